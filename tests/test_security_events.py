"""Security events of a charger, noticed by itself or by us."""

from typing import Any

import pytest

from custom_components.zmartcharge.csms import Notice
from custom_components.zmartcharge.security_events import (
    SecurityEvent,
    SecurityNote,
    read_security_event,
)

from .flows import ENGLISH, refused
from .house import House, RawCharger

EVENT = "event.garage_security_event"
NEVER = "unknown"


def _texts() -> dict[str, Any]:
    texts: dict[str, Any] = ENGLISH["entity"]["event"]["security"]["state_attributes"]
    return texts


def test_every_event_has_words() -> None:
    assert set(_texts()["event_type"]["state"]) == {event.value for event in SecurityEvent}


@pytest.mark.parametrize(
    ("name", "event"),
    [
        ("TamperDetectionActivated", SecurityEvent.TAMPERED),
        # OCPP 1.6 and 2.0.1 call the same by different names.
        ("InvalidCentralSystemCertificate", SecurityEvent.SERVER_NOT_TRUSTED),
        ("InvalidCsmsCertificate", SecurityEvent.SERVER_NOT_TRUSTED),
        ("VendorsOwnEvent", SecurityEvent.OTHER),
        ("", SecurityEvent.OTHER),
        (None, SecurityEvent.OTHER),
        (["TamperDetectionActivated"], SecurityEvent.OTHER),
    ],
)
def test_what_a_charger_tells_is_one_of_a_few_events(name: object, event: SecurityEvent) -> None:
    notice = Notice(action="SecurityEventNotification", payload={"type": name})
    assert read_security_event(notice) == SecurityNote(event=event)


@pytest.mark.parametrize("moment", ["yesterday", 5, "", "2026-13-45T00:00:00Z", None])
def test_a_moment_that_is_none_is_left_out(moment: object) -> None:
    payload = {"type": "SettingSystemTime", "timestamp": moment}
    notice = Notice(action="SecurityEventNotification", payload=payload)
    assert read_security_event(notice).occurred_at is None


async def _tell(charger: RawCharger, name: str, **more: Any) -> None:
    payload = {"type": name, "timestamp": "2026-11-20T02:30:00Z", **more}
    answer = await charger.call("SecurityEventNotification", payload)
    assert answer[2] == {}


async def test_an_event_of_the_charger_is_shown_without_what_it_wrote(house: House) -> None:
    await house.set_up()
    assert house.state(EVENT) == NEVER
    async with house.raw_charger() as charger:
        await _tell(charger, "TamperDetectionActivated", techInfo="key=hunter2hunter2")
        await house.hass.async_block_till_done()
    state = house.full_state(EVENT)
    assert state.attributes["event_type"] == "tampered"
    assert state.attributes["occurred_at"] == "2026-11-20T02:30:00+00:00"
    assert "hunter2" not in str(state.as_dict())


async def test_a_wrong_key_is_shown_while_the_charger_is_away(house: House) -> None:
    await house.set_up()
    charge_point = house.charge_point(password="something-else-entirely")
    await charge_point.start()
    await refused(charge_point, "401")
    await house.hass.async_block_till_done()
    state = house.full_state(EVENT)
    assert state.attributes["event_type"] == "wrong_key"
    assert "something-else" not in str(state.as_dict())


async def test_the_same_over_and_over_is_told_once_in_ten_seconds(house: House) -> None:
    await house.set_up()
    heard: list[SecurityNote] = []
    security = house.charger.security
    security.notes.async_listen(heard.append)
    for _ in range(100):
        security.note(SecurityEvent.WRONG_KEY)
    security.note(SecurityEvent.REFUSED, "not_encrypted")
    assert [note.event for note in heard] == [SecurityEvent.WRONG_KEY, SecurityEvent.REFUSED]
    await house.pass_time(11)
    security.note(SecurityEvent.WRONG_KEY)
    assert len(heard) == 3


async def test_a_clock_that_was_set_back_silences_nothing(house: House) -> None:
    await house.set_up()
    heard: list[SecurityNote] = []
    security = house.charger.security
    security.notes.async_listen(heard.append)
    security.note(SecurityEvent.WRONG_KEY)
    house.time.tick(-3600)
    security.note(SecurityEvent.WRONG_KEY)
    assert len(heard) == 2
    house.time.tick(3600)
