"""What the house put out of operation stays so, whoever puts something else back."""

import json
from typing import Any

import pytest

from custom_components.zmartcharge.limiter import Defiance
from simulator import SimulatedChargePoint

from .beside import central_fixture, told_charger  # noqa: F401
from .csms.forwarding.central import FakeCentral
from .house import House, charger_subentry, prompt_evse, site_subentry, wait_until

VERSIONS = pytest.mark.parametrize("ocpp", ["1.6", "2.0.1"])


async def _set_up(
    house: House, ocpp: str = "1.6", central: FakeCentral | None = None, connectors: int = 2
) -> SimulatedChargePoint:
    """Set up a charger, which may have two connectors and another system that commands it."""
    charger = told_charger(central, "proxy") if central else charger_subentry()
    await house.set_up(site_subentry(), charger)
    charge_point = await house.connect(ocpp=ocpp, evse=prompt_evse(connectors=connectors))
    await wait_until(lambda: len(house.charger.connectors) == connectors)
    if central:
        await wait_until(lambda: house.charger.second_system.connected)
    return charge_point


async def _disabled(house: House, charge_point: SimulatedChargePoint) -> None:
    """Let load balancing put a connector out of operation, as the last that it can do against it."""
    await house.connector.limiter._enforce(Defiance.DISABLED, 6.0)
    await house.settled(charge_point)
    assert _operative(charge_point)[0] is False


def _operative(charge_point: SimulatedChargePoint) -> list[bool]:
    station = charge_point.station
    return [station.operative and each.operative for each in station.evse.connectors]


async def _request(house: House, ocpp: str, connector_id: int, *, available: bool) -> Any:
    """Let an administrator send ChangeAvailability."""
    device = house.device("garage")
    assert device is not None
    status = "Operative" if available else "Inoperative"
    payload: dict[str, Any] = {"connectorId": connector_id, "type": status}
    if ocpp != "1.6":
        payload = {"operationalStatus": status}
        payload |= {"evse": {"id": connector_id}} if connector_id else {}
    data = {"device_id": device.id, "action": "ChangeAvailability", "payload": payload}
    return await house.hass.services.async_call(
        "zmartcharge", "ocpp_call", data, blocking=True, return_response=True
    )


async def _theirs(
    central: FakeCentral, ocpp: str, connector_id: int, number: str, *, available: bool
) -> str:
    """Let the second central system ask for it."""
    status = "Operative" if available else "Inoperative"
    payload: dict[str, Any] = {"connectorId": connector_id, "type": status}
    if ocpp != "1.6":
        payload = {"operationalStatus": status}
        payload |= {"evse": {"id": connector_id}} if connector_id else {}
    answer = await central.ask("ChangeAvailability", payload, number)
    return str(answer[2]["status"])


@VERSIONS
@pytest.mark.parametrize("connectors", [1, 2])
async def test_in_use_again_is_not_what_load_balancing_disabled(
    house: House, ocpp: str, connectors: int
) -> None:
    charge_point = await _set_up(house, ocpp, connectors=connectors)
    await _disabled(house, charge_point)
    # As an automation of opening hours does every morning.
    await house.charger.set_enabled(enabled=False)
    await house.charger.set_enabled(enabled=True)
    await house.settled(charge_point)
    assert _operative(charge_point) == [False, True][:connectors]


@VERSIONS
@pytest.mark.parametrize("connector_id", [0, 1])
async def test_what_a_second_system_puts_back_is_not_what_load_balancing_disabled(
    house: House, central: FakeCentral, ocpp: str, connector_id: int
) -> None:
    charge_point = await _set_up(house, ocpp, central)
    assert await _theirs(central, ocpp, connector_id, "out", available=False) == "Accepted"
    await _disabled(house, charge_point)
    status = await _theirs(central, ocpp, connector_id, "back", available=True)
    assert status == ("Rejected" if connector_id else "Accepted")
    await house.settled(charge_point)
    assert _operative(charge_point) == [False, True]


@VERSIONS
@pytest.mark.parametrize("connector_id", [0, 1])
async def test_what_is_put_back_when_a_second_system_goes_is_not_what_load_balancing_disabled(
    house: House, central: FakeCentral, ocpp: str, connector_id: int
) -> None:
    charge_point = await _set_up(house, ocpp, central)
    assert await _theirs(central, ocpp, connector_id, "out", available=False) == "Accepted"
    await _disabled(house, charge_point)
    await house.change("garage", second_system=None)
    await wait_until(lambda: _operative(charge_point)[1])
    await house.settled(charge_point)
    assert _operative(charge_point) == [False, True]
    assert not house.charger.second_system.kept.to_restore


@VERSIONS
@pytest.mark.parametrize("ours", [0, 1])
async def test_what_an_administrator_put_out_of_operation_is_put_back_by_nobody_else(
    house: House, central: FakeCentral, ocpp: str, ours: int
) -> None:
    charge_point = await _set_up(house, ocpp, central)
    assert await _theirs(central, ocpp, 1, "out", available=False) == "Accepted"
    await _request(house, ocpp, ours, available=False)
    assert await _theirs(central, ocpp, 1, "back", available=True) == "Rejected"
    await house.change("garage", second_system=None)
    await house.pass_time(120)
    await house.settled(charge_point)
    assert _operative(charge_point)[0] is False
    await _request(house, ocpp, ours, available=True)
    await house.pass_time(61)
    await wait_until(lambda: all(_operative(charge_point)))


@VERSIONS
async def test_an_administrator_puts_back_what_load_balancing_disabled(
    house: House, ocpp: str
) -> None:
    charge_point = await _set_up(house, ocpp)
    await _disabled(house, charge_point)
    assert (await _request(house, ocpp, 1, available=True))["status"] == "Accepted"
    assert all(_operative(charge_point))
    await house.charger.set_enabled(enabled=False)
    await house.charger.set_enabled(enabled=True)
    await house.settled(charge_point)
    assert all(_operative(charge_point))


async def test_it_stays_so_over_a_restart_and_in_a_charger_that_forgot_it(house: House) -> None:
    charge_point = await _set_up(house)
    await _disabled(house, charge_point)
    await house.unload()
    await charge_point.stop()
    charge_point.station.evse.connector(1).operative = True
    await house.hass.config_entries.async_setup(house.entry.entry_id)
    again = await house.connect(station=charge_point.station)
    assert _operative(again) == [False, True]


async def test_it_is_forgotten_with_the_charger(house: House) -> None:
    charge_point = await _set_up(house)
    await _disabled(house, charge_point)
    await charge_point.stop()
    await wait_until(lambda: not house.charger.connected)
    await house.change("garage", charge_point_id="CP9")
    another = await house.connect("CP9", evse=prompt_evse())
    assert _operative(another) == [True]


async def test_what_the_charger_refused_was_not_done(house: House) -> None:
    charge_point = await _set_up(house)
    asked = len(charge_point.frames)
    await _request(house, "1.6", 7, available=False)
    await house.charger.set_enabled(enabled=True)
    await house.settled(charge_point)
    frames = [json.loads(frame.text) for frame in list(charge_point.frames)[asked:]]
    payloads = [frame[3] for frame in frames if frame[0] == 2 and not frame[3].get("errorCode")]
    assert payloads == [
        {"connectorId": 7, "type": "Inoperative"}, {"connectorId": 0, "type": "Operative"}
    ]  # fmt: skip
