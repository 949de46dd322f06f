"""Statement 18: the broker's login and its access control list are documented, and they suffice."""

from pathlib import Path
import re

from paho.mqtt.client import topic_matches_sub
import pytest

DOCUMENT = Path(__file__).parents[2] / "docs" / "security.md"
READER, HOME_ASSISTANT = "reader", "homeassistant"


def rules(text: str) -> dict[str, list[tuple[str, str]]]:
    """Return what Mosquitto's ``acl_file`` in a text gives each user: (access, topics)."""
    found: dict[str, list[tuple[str, str]]] = {}
    user = ""
    for line in text.splitlines():
        match line.split():
            case ["user", name]:
                user = name
                found[user] = []
            case ["topic", access, topics] if user:
                found[user].append((access, topics))
    return found


def allowed(user: str, access: str, topic: str) -> bool:
    """Tell whether the documented list lets a user read, or write, a topic."""
    given = rules(DOCUMENT.read_text())[user]
    return any(
        granted in {access, "readwrite"} and topic_matches_sub(topics, topic)
        for granted, topics in given
    )


def test_18_a_login_for_each_device_is_documented() -> None:
    assert re.search(r"anonymous access off", DOCUMENT.read_text())
    assert set(rules(DOCUMENT.read_text())) == {READER, HOME_ASSISTANT}


@pytest.mark.parametrize(
    ("access", "topic"),
    [
        ("write", "ams2mqtt"),
        ("write", "ams2mqtt/status"),
        ("write", "ams2mqtt/energy"),
        ("write", "ams2mqtt/discovery/aidon_7359"),
        ("write", "homeassistant/device/ams2mqtt_aidon_7359/config"),
        ("read", "homeassistant/device/ams2mqtt_aidon_7359/config"),
        ("read", "homeassistant/status"),
    ],
)
def test_18_the_documented_list_lets_the_reader_do_its_work(access: str, topic: str) -> None:
    assert allowed(READER, access, topic)


@pytest.mark.parametrize(
    ("access", "topic"),
    [
        ("write", "zigbee2mqtt/lock/set"),
        ("read", "zigbee2mqtt/lock"),
        ("write", "ams2mqtt_cabin"),
        ("read", "ams2mqtt_cabin/status"),
    ],
)
def test_18_the_documented_list_lets_the_reader_do_no_more(access: str, topic: str) -> None:
    assert not allowed(READER, access, topic)


@pytest.mark.parametrize("access", ["read", "write"])
def test_18_home_assistant_may_do_all(access: str) -> None:
    assert allowed(HOME_ASSISTANT, access, "ams2mqtt/status")
