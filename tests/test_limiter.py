"""Chargers that do not take a limit, or do not keep to it."""

import asyncio
from datetime import timedelta
import json
from typing import Any

from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.typing import MqttMockHAClient

from custom_components.zmartcharge.csms import CallRejectedError
from custom_components.zmartcharge.limiter import Defiance
from custom_components.zmartcharge.own_limits import SECOND_SYSTEM
from custom_components.zmartcharge.reasons import reason_text
from custom_components.zmartcharge.units import Phase
from simulator import SimulatedChargePoint

from .balanced import Balanced
from .house import (
    House,
    charger_subentry,
    metered_site,
    mqtt_meter,
    prompt_evse,
    site_subentry,
    wait_until,
)


@pytest.fixture
async def home(house: House, mqtt_mock: MqttMockHAClient) -> Balanced:
    """Return a home behind 25 A with a charger of 16 A that is still switched off."""
    await house.set_up(metered_site(main_fuse=25), charger_subentry(circuit_fuse=16))
    balanced = Balanced(house)
    await balanced.read()
    balanced.answer()
    return balanced


async def _charge(home: Balanced, **settings: Any) -> SimulatedChargePoint:
    charge_point = await home.house.connect(**settings)
    home.charge_points = (charge_point,)
    await home.house.charge(charge_point)
    return charge_point


def _profiles(charge_point: SimulatedChargePoint) -> list[dict[str, Any]]:
    """Return the limits that the charger was sent, in order."""
    messages = [json.loads(frame.text) for frame in charge_point.frames if not frame.sent]
    return [
        message[3]["csChargingProfiles"]
        for message in messages
        if message[0] == 2 and message[2] == "SetChargingProfile"
    ]


async def test_limit_of_a_session_runs_out_and_the_fail_safe_does_not(home: Balanced) -> None:
    charge_point = await _charge(home)
    await home.live(60)
    fail_safe = next(p for p in _profiles(charge_point) if p["chargingProfileId"] == 2)
    assert fail_safe["chargingProfilePurpose"] == "TxDefaultProfile"
    assert fail_safe["stackLevel"] == 0
    assert "validTo" not in fail_safe
    limit = _profiles(charge_point)[-1]
    assert limit["chargingProfilePurpose"] == "TxProfile"
    assert limit["chargingSchedule"]["duration"] == 120


async def test_limit_is_renewed_only_when_it_is_about_to_run_out(home: Balanced) -> None:
    charge_point = await _charge(home)
    await home.live(60)
    before = len(_profiles(charge_point))
    await home.live(300)
    assert 3 <= len(_profiles(charge_point)) - before <= 6


async def test_charger_that_ignores_limits_is_told_again_then_stopped_then_disabled(
    home: Balanced,
) -> None:
    charge_point = await _charge(home)
    await home.live(60)
    assert home.drawn(charge_point)[0] == 16
    charge_point.station.evse.behaviour = prompt_evse(behaviour={"ignore_limits": True}).behaviour
    home.load = [20.0, 20.0, 20.0]
    await home.live(45)
    assert home.house.connector.limiter.defiance is Defiance.SENT_AGAIN
    assert home.house.issue("limit_ignored_garage_1")
    await home.live(40)
    assert home.drawn(charge_point)[0] == 0
    assert not home.house.connector.in_session


async def test_charger_that_obeys_after_all_is_forgiven(home: Balanced) -> None:
    charge_point = await _charge(home)
    await home.live(60)
    behaviour = charge_point.station.evse.behaviour
    charge_point.station.evse.behaviour = prompt_evse(behaviour={"ignore_limits": True}).behaviour
    home.load = [14.0, 14.0, 14.0]
    for _ in range(60):
        await home.live(1)
        if home.house.issue("limit_ignored_garage_1"):
            break
    assert home.house.issue("limit_ignored_garage_1")
    charge_point.station.evse.behaviour = behaviour
    # The next limit it takes.
    await home.house.connector.limiter.allow(7)
    await home.live(20)
    assert not home.house.issue("limit_ignored_garage_1")
    assert home.house.connector.in_session


async def test_charger_that_refuses_a_limit_keeps_the_one_before(
    home: Balanced, monkeypatch: pytest.MonkeyPatch
) -> None:
    charge_point = await _charge(home)
    await home.live(60)

    async def refuse(*_: object, **__: object) -> None:
        raise CallRejectedError("SetChargingProfile", "Rejected")

    monkeypatch.setattr(home.house.charger.station, "set_limit", refuse)
    home.load = [14.0, 14.0, 14.0]
    await home.live(20)
    assert not home.house.connector.limiter.accepted
    assert home.house.connector.allocated == 16
    assert home.drawn(charge_point)[0] == 16
    # What draws too much and cannot be told is stopped.
    await home.live(50)
    assert home.drawn(charge_point)[0] == 0


async def test_session_that_follows_begins_with_the_fail_safe(home: Balanced) -> None:
    charge_point = await _charge(home)
    await home.live(60)
    assert home.house.connector.allocated == 16
    await home.house.connector.stop()
    await home.house.settled(charge_point)
    assert home.house.connector.allocated == 0


async def test_who_limits_is_told_apart(home: Balanced) -> None:
    await _charge(home)
    await home.live(60)
    connector = home.house.connector

    async def told() -> str:
        await home.live(10)
        reason = connector.allocation_reason
        return reason_text(home.house.hass, reason) if reason else ""

    await connector.set_own_limit(8, SECOND_SYSTEM)
    assert await told() == "Limited to 8 A by the second central system"
    await connector.set_own_limit(8)
    assert await told() == "Limited to 8 A by you or an automation"
    await connector.set_own_limit(10)
    assert await told() == "Limited to 8 A by the second central system"
    await connector.set_own_limit(None, SECOND_SYSTEM)
    assert await told() == "Limited to 10 A by you or an automation"


async def test_own_limit_is_kept_to_and_lifted(home: Balanced) -> None:
    charge_point = await _charge(home)
    await home.live(60)
    await home.house.connector.set_own_limit(10)
    await home.live(10)
    assert home.drawn(charge_point)[0] == 10
    reason = home.house.connector.allocation_reason
    assert reason is not None
    assert (reason.key, reason.placeholders) == ("own_limit", {"limit": 10})
    await home.house.connector.set_own_limit(0)
    await home.live(10)
    assert home.drawn(charge_point)[0] == 0
    await home.live(60)
    assert home.drawn(charge_point)[0] == 0
    await home.house.connector.set_own_limit(None)
    await home.live(60)
    assert home.drawn(charge_point)[0] == 16


async def test_own_limit_holds_without_a_meter_and_over_a_restart(house: House) -> None:
    await house.set_up()
    charge_point = await house.connect()
    await house.charge(charge_point, 10)
    assert house.connector.measured.current(Phase.L1) == 16
    await house.connector.set_own_limit(8)
    await house.run(charge_point, 20)
    assert house.connector.measured.current(Phase.L1) == 8
    await house.connector.set_own_limit(None)
    await house.run(charge_point, 20)
    assert house.connector.measured.current(Phase.L1) == 16
    await house.connector.set_own_limit(7)
    await charge_point.unplug()
    await house.settled(charge_point)
    await house.charge(charge_point)
    await wait_until(lambda: house.connector.limiter.told)
    await house.run(charge_point, 20)
    assert house.connector.measured.current(Phase.L1) == 7
    await house.hass.config_entries.async_reload(house.entry.entry_id)
    await house.hass.async_block_till_done()
    assert house.connector.own_limit == 7


async def test_own_limit_comes_back_when_the_charger_restarts(house: House) -> None:
    await house.set_up()
    charge_point = await house.connect()
    await house.charge(charge_point, 10)
    await house.connector.set_own_limit(8)
    await charge_point.reboot()
    await wait_until(lambda: not house.charger.connected)
    await house.settled(charge_point)
    await wait_until(lambda: house.connector.limiter.told is not None)
    await house.run(charge_point, 20)
    assert house.connector.measured.current(Phase.L1) == 8


async def test_own_limit_stays_when_the_meter_is_taken_away(home: Balanced) -> None:
    charge_point = await _charge(home)
    await home.live(60)
    await home.house.connector.set_own_limit(9)
    await home.live(10)
    await home.house.change("home", meter=None)
    home.metered = False
    limiter = home.house.connector.limiter
    await wait_until(
        lambda: limiter.told and limiter.told.until - limiter.told.at > timedelta(days=1)
    )
    await home.live(150)
    assert home.drawn(charge_point)[0] == 9


async def test_own_limit_from_before_the_meter_gives_way_to_the_balancing(
    house: House, mqtt_mock: MqttMockHAClient
) -> None:
    await house.set_up(site_subentry(main_fuse=25), charger_subentry(circuit_fuse=16))
    home = Balanced(house, metered=False)
    charge_point = await _charge(home)
    await house.connector.set_own_limit(14)
    await home.live(10)
    assert home.drawn(charge_point)[0] == 14
    await house.change("home", meter=mqtt_meter())
    limiter = house.connector.limiter
    await wait_until(lambda: limiter.told and limiter.told.amperes == 6)
    assert limiter.told is not None
    assert limiter.told.until - limiter.told.at == timedelta(seconds=120)


async def test_charger_that_is_removed_keeps_nothing_of_ours(home: Balanced) -> None:
    charge_point = await _charge(home)
    await home.live(60)
    charge_point.step(dt_util.utcnow(), 1.0)
    await home.house.remove("garage")
    for _ in range(150):
        home.house.time.tick(timedelta(seconds=1))
        charge_point.step(dt_util.utcnow(), 1.0)
    assert home.drawn(charge_point)[0] == 16


async def test_clock_that_is_set_back_leaves_the_safe_current_until_all_is_known(
    home: Balanced, monkeypatch: pytest.MonkeyPatch
) -> None:
    charge_point = await _charge(home)
    await home.live(60)
    assert home.drawn(charge_point)[0] == 16
    home.metered = False
    loop = asyncio.get_running_loop()
    loop_time = loop.time
    home.house.time.move_to(dt_util.utcnow() - timedelta(hours=1))
    monkeypatch.setattr(loop, "time", lambda: loop_time() + 3600)
    await home.live(5)
    assert home.house.connector.allocated == 6
    home.metered = True
    await home.live(90)
    assert home.house.connector.allocated == 16


async def test_newer_limit_is_told_when_an_older_one_is_refused(
    home: Balanced, monkeypatch: pytest.MonkeyPatch
) -> None:
    charge_point = await _charge(home)
    await home.live(60)
    limiter, station = home.house.connector.limiter, home.house.charger.station
    genuine = station.set_limit

    async def refuse_ten(connector_id: int, limit: Any, **more: Any) -> None:
        if limit.amperes == 10:
            home.house.hub.create_task(limiter.allow(8), "newer")
            raise CallRejectedError("SetChargingProfile", "Rejected")
        await genuine(connector_id, limit, **more)

    monkeypatch.setattr(station, "set_limit", refuse_ten)
    await limiter.allow(10)
    assert limiter.told is not None
    assert limiter.told.amperes == 8
    await home.live(2)
    assert home.drawn(charge_point)[0] == 8
