"""Ends of sessions are told exactly once, whatever becomes of the ledger and of Home Assistant."""

import asyncio
from datetime import timedelta
from typing import Never

from homeassistant.util import dt as dt_util
import pytest

from custom_components.zmartcharge import charger_news
from custom_components.zmartcharge.ledger import Ledger, LedgerUnavailableError
from simulator.charge_point import SimulatedChargePoint

from .heard import Heard, heard_fixture  # noqa: F401
from .house import House, RawCharger, charger_subentry, site_subentry, wait_until


class Broken:
    """Something that the ledger cannot do for now."""

    def __init__(self) -> None:
        """Nobody has asked for it yet."""
        self.calls = 0

    async def __call__(self, *_args: object, **_kwargs: object) -> Never:
        """Fail."""
        self.calls += 1
        raise LedgerUnavailableError("disk I/O error")


async def _charging(house: House, heard: Heard) -> SimulatedChargePoint:
    charge_point = await house.connect()
    await house.charge(charge_point, 600)
    await heard.after("session_started")
    return charge_point


async def test_end_is_told_once_although_its_cost_could_not_be_read(
    house: House, heard: Heard, monkeypatch: pytest.MonkeyPatch
) -> None:
    await house.set_up()
    charge_point = await _charging(house, heard)
    with monkeypatch.context() as patch:
        patch.setattr(Ledger, "session_cost", broken := Broken())
        await house.connector.stop()
        await house.settled(charge_point)
        await wait_until(lambda: broken.calls)
        await house.hass.async_block_till_done()
    await house.unload()
    await house.set_up()
    await wait_until(lambda: heard.of("session_ended"))
    await house.pass_time(60)
    assert heard.names.count("session_ended") == 1


async def test_end_is_told_once_although_a_reload_interrupts_it(
    house: House, heard: Heard, monkeypatch: pytest.MonkeyPatch
) -> None:
    await house.set_up()
    await _charging(house, heard)
    reached = asyncio.Event()

    async def hang(*_args: object) -> None:
        reached.set()
        await asyncio.Event().wait()

    with monkeypatch.context() as patch:
        patch.setattr(Ledger, "session_cost", hang)
        await house.connector.stop()
        await asyncio.wait_for(reached.wait(), 10)
        await house.unload()
    await house.set_up()
    await wait_until(lambda: heard.of("session_ended"))
    await house.pass_time(60)
    assert heard.names.count("session_ended") == 1


async def test_of_two_missed_ends_none_is_told_twice_when_the_second_fails(
    house: House, heard: Heard, monkeypatch: pytest.MonkeyPatch
) -> None:
    await house.set_up()
    charge_point = await house.connect()
    for _ in range(2):
        await house.charge(charge_point, 120)
        await house.connector.stop()
        await heard.after("session_ended")
        await charge_point.unplug()
        await house.settled(charge_point)
        house.time.tick(timedelta(minutes=1))
    heard.clear()
    # As if Home Assistant had been away for both.
    told = house.hub.told.values["garage"]
    told.sessions = set()
    house.hub.told.changed()
    await house.unload()
    real, asked = Ledger.session_cost, set[str]()

    async def only_one(ledger: Ledger, session_id: str) -> object:
        asked.add(session_id)
        if len(asked) > 1:
            raise LedgerUnavailableError("disk I/O error")
        return await real(ledger, session_id)

    with monkeypatch.context() as patch:
        patch.setattr(Ledger, "session_cost", only_one)
        await house.set_up()
        await wait_until(lambda: len(asked) == 2)
        await house.hass.async_block_till_done()
        await house.unload()
    await house.set_up()
    await wait_until(lambda: len(heard.of("session_ended")) >= 2)
    await house.pass_time(60)
    ended = [each["session"] for each in heard.of("session_ended")]
    assert len(ended) == len(set(ended)) == 2


async def test_sessions_that_could_not_be_asked_for_are_asked_for_again(
    house: House, heard: Heard, monkeypatch: pytest.MonkeyPatch
) -> None:
    await house.set_up()
    charge_point = await _charging(house, heard)
    with monkeypatch.context() as patch:
        patch.setattr(Ledger, "sessions", broken := Broken())
        await house.connector.stop()
        await house.settled(charge_point)
        await wait_until(lambda: broken.calls)
        await house.hass.async_block_till_done()
        assert heard.names == ["session_started"]
    await house.pass_time(60)
    await heard.after("session_ended")
    await house.pass_time(120)
    assert heard.names.count("session_ended") == 1


async def test_end_of_a_long_session_is_told_beside_a_busy_connector(
    house: House, heard: Heard, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(charger_news, "_NEWEST", 2)
    await house.set_up(site_subentry(), charger_subentry(connectors=2))
    async with house.raw_charger() as raw:
        long = await _start(house, raw, 1)
        await heard.after("session_started")
        for _ in range(3):
            short = await _start(house, raw, 2)
            await heard.after("session_started")
            await _stop(house, raw, short)
            await heard.after("session_ended")
        await _stop(house, raw, long)
        await wait_until(lambda: heard.names.count("session_ended") == 4)
    assert heard.of("session_ended")[-1]["session"] == heard.of("session_started")[0]["session"]


async def _start(house: House, raw: RawCharger, connector_id: int) -> int:
    house.time.tick(timedelta(minutes=1))
    started = {"connectorId": connector_id, "idTag": "T", "meterStart": 0}
    answer = await raw.call("StartTransaction", started | {"timestamp": _now()})
    return int(answer[2]["transactionId"])


async def _stop(house: House, raw: RawCharger, transaction_id: int) -> None:
    house.time.tick(timedelta(minutes=1))
    stopped = {"transactionId": transaction_id, "meterStop": 5000, "reason": "Local"}
    await raw.call("StopTransaction", stopped | {"timestamp": _now()})


def _now() -> str:
    return dt_util.utcnow().isoformat()
