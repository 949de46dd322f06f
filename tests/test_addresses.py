"""Where chargers are told to connect to."""

from types import SimpleNamespace
from typing import Any
from urllib.parse import unquote, urlsplit

from homeassistant.core import HomeAssistant
import pytest

from custom_components.zmartcharge.addresses import OcppUrls, ocpp_urls


def _hub(host: str, port: int = 9000) -> Any:
    return SimpleNamespace(config=SimpleNamespace(host=host), port=port)


@pytest.mark.parametrize(
    ("host", "internal", "base"),
    [
        ("0.0.0.0", "http://192.168.1.10:8123", "ws://192.168.1.10:9000/"),
        ("0.0.0.0", "http://house.local:8123", "ws://house.local:9000/"),
        ("0.0.0.0", "https://house.example:443", "ws://house.example:9000/"),
        ("0.0.0.0", "http://[fd00::10]:8123", "ws://[fd00::10]:9000/"),
        ("::", "http://192.168.1.10:8123", "ws://192.168.1.10:9000/"),
        ("", "http://192.168.1.10:8123", "ws://192.168.1.10:9000/"),
        ("192.168.7.2", "http://192.168.1.10:8123", "ws://192.168.7.2:9000/"),
        ("fd00::7", "http://192.168.1.10:8123", "ws://[fd00::7]:9000/"),
        ("chargers.lan", None, "ws://chargers.lan:9000/"),
    ],
)
async def test_own_address_is_that_of_the_interface(
    hass: HomeAssistant, host: str, internal: str | None, base: str
) -> None:
    hass.config.internal_url = internal
    urls = ocpp_urls(hass, _hub(host), "CP1")
    assert urls.own_base == base
    assert urls.own == base + "CP1"


@pytest.mark.parametrize(
    ("internal", "external", "expected"),
    [
        ("http://192.168.1.10:8123", None, "ws://192.168.1.10:8123"),
        ("http://192.168.1.10:8123", "https://house.example", "wss://house.example"),
        ("http://192.168.1.10:8123", "https://house.example:8443", "wss://house.example:8443"),
        ("http://192.168.1.10:8123", "http://house.example:8123", "ws://house.example:8123"),
        ("https://house.lan:8123", None, "wss://house.lan:8123"),
    ],
)
async def test_home_assistants_own_address_is_encrypted_where_it_can_be(
    hass: HomeAssistant, internal: str, external: str | None, expected: str
) -> None:
    hass.config.internal_url = internal
    hass.config.external_url = external
    urls = ocpp_urls(hass, _hub("0.0.0.0"), "CP1")
    assert urls.home_assistant == f"{expected}/api/zmartcharge/ocpp/CP1"


async def test_the_way_from_outside_is_never_offered_for_our_own_port(hass: HomeAssistant) -> None:
    hass.config.external_url = "https://house.example"
    urls = ocpp_urls(hass, _hub("0.0.0.0"), "CP1")
    assert "house.example" not in urls.own


async def test_without_any_known_address_the_usual_name_is_given(hass: HomeAssistant) -> None:
    hass.config.api = None
    urls = ocpp_urls(hass, _hub("0.0.0.0", 9001), "CP1")
    assert urls.own == "ws://homeassistant.local:9001/CP1"
    assert urls.home_assistant == "ws://homeassistant.local:8123/api/zmartcharge/ocpp/CP1"


def _urls(base: str = "ws://192.168.1.10:9000/") -> OcppUrls:
    return OcppUrls(charge_point_id="CP1", own_base=base, home_assistant="ws://ha/CP1")


def test_without_a_key_the_qr_code_holds_the_url() -> None:
    assert _urls().with_key(None) == "ws://192.168.1.10:9000/CP1"


@pytest.mark.parametrize("base", ["ws://192.168.1.10:9000/", "ws://[fd00::7]:9000/"])
@pytest.mark.parametrize("key", ["abcdefghij0123456789", "p@ss/word#1?%&=:+[]"])
def test_key_comes_whole_out_of_the_qr_code(base: str, key: str) -> None:
    parts = urlsplit(_urls(base).with_key(key))
    assert parts.username == "CP1"
    assert unquote(parts.password or "") == key
    assert f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}/" == base
    assert (parts.path, parts.query, parts.fragment) == ("/CP1", "", "")
