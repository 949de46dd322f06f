"""Sessions that a charger began although nobody may have them, and those that may go on."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
import json
from typing import Any

from aiohttp import ClientSession, encode_basic_auth
from homeassistant.util import dt as dt_util
import pytest

from custom_components.zmartcharge.ledger import LedgerError

from .house import KEY, House, RawCharger, charger_subentry, site_subentry, wait_until

CARD = "04A1B2C3"
STOP_16, STOP_201 = "RemoteStopTransaction", "RequestStopTransaction"
UNKNOWN = {"idToken": "DEAD", "type": "ISO14443"}
KNOWN = {"idToken": CARD, "type": "ISO14443"}


async def _set_up(house: House, **changes: Any) -> None:
    await house.set_up(site_subentry(), charger_subentry(access="registered", **changes))


async def _register(house: House, **about: Any) -> None:
    await house.hass.services.async_call(
        "zmartcharge", "register_token", {"id_tag": CARD, **about}, blocking=True
    )


def _start(id_tag: str, **changes: Any) -> dict[str, Any]:
    return {
        "connectorId": 1,
        "idTag": id_tag,
        "meterStart": 0,
        "timestamp": dt_util.utcnow().isoformat(),
        **changes,
    }


async def _begin(charger: RawCharger, id_tag: str, **changes: Any) -> str:
    """Begin a session by itself; return what the charger is told of it."""
    answer = await charger.call("StartTransaction", _start(id_tag, **changes))
    status: str = answer[2]["idTagInfo"]["status"]
    return status


@asynccontextmanager
async def _charger_201(house: House) -> AsyncIterator[RawCharger]:
    headers = {"Authorization": encode_basic_auth("CP1", KEY)}
    url = f"ws://127.0.0.1:{house.hub.port}/CP1"
    async with (
        ClientSession() as session,
        session.ws_connect(url, protocols=("ocpp2.0.1",), headers=headers) as socket,
    ):
        await wait_until(lambda: house.charger.connected)
        yield RawCharger(socket)


def _event(
    kind: str, seq: int, trigger: str, state: str = "Charging", **more: Any
) -> dict[str, Any]:
    return {
        "eventType": kind,
        "timestamp": dt_util.utcnow().isoformat(),
        "triggerReason": trigger,
        "seqNo": seq,
        "transactionInfo": {"transactionId": "T1", "chargingState": state},
        "evse": {"id": 1, "connectorId": 1},
        **more,
    }


async def _is_stopped(house: House, charger: RawCharger, stop: str, rounds: int = 3) -> bool:
    """Accept whatever the charger is asked; tell whether it is asked to stop in some minutes."""
    for _ in range(rounds):
        await house.pass_time(31)
        with suppress(TimeoutError):
            async with asyncio.timeout(1):
                while True:
                    frame = await charger.hear()
                    if frame[0] != 2:
                        continue
                    if frame[2] == stop:
                        return True
                    await charger.socket.send_str(json.dumps([3, frame[1], {}]))
    return False


# It is ended --------------------------------------------------------------------------------------


async def test_refused_session_is_ended_after_the_connection_was_lost(house: House) -> None:
    await _set_up(house)
    async with house.raw_charger() as charger:
        assert await _begin(charger, CARD) == "Invalid"
    await wait_until(lambda: not house.charger.connected)
    await house.pass_time(31)
    async with house.raw_charger() as charger:
        assert await _is_stopped(house, charger, STOP_16)


async def test_refused_session_is_ended_after_a_restart(house: House) -> None:
    await _set_up(house)
    async with house.raw_charger() as charger:
        assert await _begin(charger, CARD) == "Invalid"
    await house.unload()
    await house.set_up()
    async with house.raw_charger() as charger:
        assert await _is_stopped(house, charger, STOP_16)


@pytest.mark.parametrize(("id_tag", "enabled"), [("", True), (CARD, False)])
async def test_repeated_start_is_refused_again(house: House, id_tag: str, enabled: bool) -> None:
    await _set_up(house, enabled=enabled)
    await _register(house)
    async with house.raw_charger() as charger:
        start = _start(id_tag)
        answers = [await charger.call("StartTransaction", start) for _ in range(2)]
    told = [answer[2]["idTagInfo"]["status"] for answer in answers]
    assert told[0] == told[1] != "Accepted"


async def test_event_of_a_refused_session_is_refused_after_a_restart(house: House) -> None:
    await _set_up(house)
    event = _event("Started", 0, "Authorized", idToken=UNKNOWN)
    async with _charger_201(house) as charger:
        answer = await charger.call("TransactionEvent", event)
        assert answer[2]["idTokenInfo"]["status"] == "Invalid"
    await house.unload()
    await house.set_up()
    async with _charger_201(house) as charger:
        answer = await charger.call("TransactionEvent", event)
        assert answer[2]["idTokenInfo"]["status"] == "Invalid"


async def test_session_that_was_ended_for_that_is_no_stop_of_the_user(house: House) -> None:
    await _set_up(house)
    async with house.raw_charger() as charger:
        answer = await charger.call("StartTransaction", _start("PLUGGED"))
        assert await _is_stopped(house, charger, STOP_16)
        stop = {
            "transactionId": answer[2]["transactionId"],
            "meterStop": 1,
            "timestamp": dt_util.utcnow().isoformat(),
            "reason": "Remote",
        }
        await charger.call("StopTransaction", stop)
        await house.act("switch", "turn_on", "switch.garage_start_when_plugged_in")
        assert not house.connector.smart.starting.stopped


# It goes on ---------------------------------------------------------------------------------------


async def test_session_that_ran_before_anybody_heard_of_it_goes_on(house: House) -> None:
    await _set_up(house)
    async with _charger_201(house) as charger:
        await charger.call("TransactionEvent", _event("Updated", 7, "MeterValuePeriodic"))
        assert house.connector.in_session
        assert not await _is_stopped(house, charger, STOP_201)


async def test_session_goes_on_when_a_registered_card_comes_to_it(house: House) -> None:
    await _set_up(house)
    await _register(house)
    async with _charger_201(house) as charger:
        started = _event("Started", 0, "Authorized", "EVConnected", idToken=UNKNOWN)
        answer = await charger.call("TransactionEvent", started)
        assert answer[2]["idTokenInfo"]["status"] == "Invalid"
        updated = _event("Updated", 1, "Authorized", idToken=KNOWN)
        answer = await charger.call("TransactionEvent", updated)
        assert answer[2]["idTokenInfo"]["status"] == "Accepted"
        assert not await _is_stopped(house, charger, STOP_201)


async def test_card_for_one_connector_forgives_no_strangers_session_at_the_other(
    house: House,
) -> None:
    await _set_up(house, connectors=2)
    await _register(house)
    async with house.raw_charger() as charger:
        assert await _begin(charger, "STRANGER", connectorId=2) == "Invalid"
        await charger.call("Authorize", {"idTag": CARD})
        assert await _begin(charger, CARD) == "Accepted"
        session = house.charger.connectors[2].session
        assert session and house.charger.gatekeeper.refuses(session)


async def test_own_id_tag_is_known_however_a_charger_spells_it(house: House) -> None:
    await _set_up(house)
    async with house.raw_charger() as charger:
        assert await _begin(charger, "HOMEASSISTANT") == "Accepted"


# Impossible times, and ends that were lost --------------------------------------------------------


@pytest.mark.parametrize(
    ("about", "status"),
    [
        ({"valid_from": "2026-11-01 00:00:00"}, "Accepted"),
        ({"valid_until": "2026-11-01 00:00:00"}, "Expired"),
    ],
)
async def test_card_is_judged_by_a_believed_time(
    house: House, about: dict[str, str], status: str
) -> None:
    await _set_up(house)
    await _register(house, **about)
    async with house.raw_charger() as charger:
        assert await _begin(charger, CARD, timestamp="1970-01-01T00:10:00Z") == status


async def test_session_whose_end_was_lost_does_not_block_its_card(house: House) -> None:
    drive = charger_subentry("drive", "Drive", charge_point_id="CP2", access="registered")
    await house.set_up(site_subentry(), charger_subentry(access="registered"), drive)
    await _register(house)
    async with house.raw_charger() as one, house.raw_charger("CP2") as other:
        assert await _begin(one, CARD) == "Accepted"
        await house.pass_time(20)
        await one.call(
            "StatusNotification",
            {"connectorId": 1, "status": "Available", "errorCode": "NoError"},
        )
        await house.pass_time(20)
        assert await _begin(other, CARD) == "Accepted"


async def test_numbers_of_strange_cards_become_no_tags(house: House) -> None:
    await _set_up(house)
    async with house.raw_charger() as charger:
        for number in range(5):
            await charger.call("Authorize", {"idTag": f"STRANGE{number}"})
    await house.hass.async_block_till_done()
    assert "STRANGE" not in str([state.as_dict() for state in house.hass.states.async_all()])


async def test_start_that_was_kept_but_not_told_is_one_session(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    await _set_up(house)
    await _register(house)
    async with _charger_201(house) as charger:
        read, failed = house.hub.ledger.session, []

        async def fail_once(session_id: str) -> Any:
            if not failed:
                failed.append(session_id)
                raise LedgerError("disk")
            return await read(session_id)

        monkeypatch.setattr(house.hub.ledger, "session", fail_once)
        await charger.call("TransactionEvent", _event("Started", 0, "Authorized", idToken=KNOWN))
        house.time.tick(10)
        await charger.call("TransactionEvent", _event("Updated", 1, "MeterValuePeriodic"))
    assert len(await house.sessions()) == 1
