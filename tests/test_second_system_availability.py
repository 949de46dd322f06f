"""What a second central system puts out of operation is put back when nobody wants it any more."""

from collections.abc import Awaitable, Callable
import json
from typing import Any

import pytest

from simulator import SimulatedChargePoint

from .beside import central_fixture, second_system, told_charger  # noqa: F401
from .csms.forwarding.central import FakeCentral
from .house import House, RawCharger, charger_subentry, site_subentry, wait_until

INOPERATIVE: dict[str, Any] = {"connectorId": 0, "type": "Inoperative"}


async def _out_of_operation(
    house: House, central: FakeCentral, connector_id: int = 0
) -> SimulatedChargePoint:
    await house.set_up(site_subentry(), told_charger(central, "proxy"), charger_subentry(
        "hall", charge_point_id="CP2"
    ))  # fmt: skip
    charge_point = await house.connect()
    await wait_until(lambda: house.charger.second_system.connected)
    request = {**INOPERATIVE, "connectorId": connector_id}
    assert (await central.ask("ChangeAvailability", request))[2]["status"] == "Accepted"
    await house.settled(charge_point)
    assert not _operative(charge_point)
    return charge_point


def _operative(charge_point: SimulatedChargePoint) -> bool:
    station = charge_point.station
    return station.operative and all(each.operative for each in station.evse.connectors)


def _put_back(charge_point: SimulatedChargePoint) -> int:
    return sum(
        '"ChangeAvailability"' in frame.text and '"Operative"' in frame.text
        for frame in charge_point.frames
    )


async def _removed(house: House, _central: FakeCentral) -> None:
    await house.change("garage", second_system=None)


async def _only_told(house: House, central: FakeCentral) -> None:
    await house.change("garage", second_system=second_system(central))


async def _another(house: House, central: FakeCentral) -> None:
    system = second_system(central, mode="proxy", username="CP-8")
    await house.change("garage", second_system=system)


async def _gone(house: House, central: FakeCentral) -> None:
    central.status = 503
    await central.drop()
    await wait_until(lambda: not house.charger.second_system.connected)
    await house.pass_time(62 * 60)


async def _charger_removed(house: House, _central: FakeCentral) -> None:
    await house.remove("garage")


ENDS = pytest.mark.parametrize(
    "end", [_removed, _only_told, _another, _gone, _charger_removed], ids=lambda end: end.__name__
)
type End = Callable[[House, FakeCentral], Awaitable[None]]


@ENDS
@pytest.mark.parametrize("connector_id", [0, 1])
async def test_it_is_put_back_when_the_other_commands_no_more(
    house: House, central: FakeCentral, end: End, connector_id: int
) -> None:
    charge_point = await _out_of_operation(house, central, connector_id)
    await end(house, central)
    await wait_until(lambda: _operative(charge_point))


async def test_it_stays_while_the_other_is_there_or_back_within_the_hour(
    house: House, central: FakeCentral
) -> None:
    charge_point = await _out_of_operation(house, central)
    await house.pass_time(3 * 3600)
    central.status = 503
    await central.drop()
    await wait_until(lambda: not house.charger.second_system.connected)
    await house.pass_time(50 * 60)
    central.status = None
    await wait_until(lambda: house.charger.second_system.connected)
    await house.pass_time(60 * 60)
    await house.settled(charge_point)
    assert _put_back(charge_point) == 0


async def test_what_the_other_put_back_itself_is_not_put_back_again(
    house: House, central: FakeCentral
) -> None:
    charge_point = await _out_of_operation(house, central)
    operative = {**INOPERATIVE, "type": "Operative"}
    assert (await central.ask("ChangeAvailability", operative))[2]["status"] == "Accepted"
    await _removed(house, central)
    await house.settled(charge_point)
    assert _put_back(charge_point) == 1


async def test_a_charger_that_is_away_is_put_back_when_it_comes_even_after_a_restart(
    house: House, central: FakeCentral
) -> None:
    charge_point = await _out_of_operation(house, central)
    await charge_point.stop()
    await wait_until(lambda: not house.charger.connected)
    await _removed(house, central)
    await house.unload()
    await house.hass.config_entries.async_setup(house.entry.entry_id)
    again = await house.connect(station=charge_point.station)
    await wait_until(lambda: _operative(again))
    await again.stop()
    # Once is enough.
    once_more = await house.connect(station=charge_point.station)
    assert _put_back(once_more) == 0


async def test_what_the_other_did_before_a_restart_ends_like_what_it_did_since(
    house: House, central: FakeCentral
) -> None:
    charge_point = await _out_of_operation(house, central)
    await house.unload()
    await charge_point.stop()
    await house.hass.config_entries.async_setup(house.entry.entry_id)
    again = await house.connect(station=charge_point.station)
    assert _put_back(again) == 0
    await _removed(house, central)
    await wait_until(lambda: _operative(again))


@ENDS
async def test_what_its_owner_disabled_stays_so(
    house: House, central: FakeCentral, end: End
) -> None:
    charge_point = await _out_of_operation(house, central)
    await house.charger.set_enabled(enabled=False)
    await end(house, central)
    await house.pass_time(120)
    assert _put_back(charge_point) == 0


async def test_it_is_put_back_once_its_owner_lets_people_charge_again(
    house: House, central: FakeCentral
) -> None:
    charge_point = await _out_of_operation(house, central, 1)
    await house.charger.set_enabled(enabled=False)
    await _removed(house, central)
    await house.charger.set_enabled(enabled=True)
    await wait_until(lambda: _operative(charge_point))


async def _asked(house: House, central: FakeCentral, charger: RawCharger) -> tuple[Any, str]:
    """Let a charger boot and be put out of operation; return the other's question and its id."""
    boot = {"chargePointVendor": "V", "chargePointModel": "M"}
    await charger.socket.send_str(json.dumps([2, "boot", "BootNotification", boot]))
    while (frame := await charger.hear())[1] != "boot":
        await charger.fail(frame[1], "NotSupported", "")
    await wait_until(lambda: house.charger.second_system.connected)
    asking = house.hass.async_create_task(central.ask("ChangeAvailability", INOPERATIVE))
    while (frame := await charger.hear())[2] != "ChangeAvailability":
        await charger.fail(frame[1], "NotSupported", "")
    return asking, frame[1]


async def test_what_the_charger_refused_leaves_nothing_to_put_back(
    house: House, central: FakeCentral
) -> None:
    await house.set_up(site_subentry(), told_charger(central, "proxy"))
    async with house.raw_charger() as charger:
        asking, message_id = await _asked(house, central, charger)
        await charger.answer(message_id, {"status": "Rejected"})
        assert (await asking)[2]["status"] == "Rejected"
    await _removed(house, central)
    charge_point = await house.connect()
    await house.settled(charge_point)
    assert _put_back(charge_point) == 0


async def test_an_answer_that_was_lost_may_mean_that_it_was_done(
    house: House, central: FakeCentral
) -> None:
    await house.set_up(site_subentry(), told_charger(central, "proxy"))
    async with house.raw_charger() as charger:
        asking, _ = await _asked(house, central, charger)
    assert (await asking)[2]["status"] == "Rejected"
    await _removed(house, central)
    charge_point = await house.connect()
    await wait_until(lambda: _put_back(charge_point) == 1)
