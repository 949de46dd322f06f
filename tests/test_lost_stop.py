"""A session whose end the charger never told."""

from typing import Any

import pytest

from custom_components.zmartcharge.csms import ConnectorState, TransactionStatus
from custom_components.zmartcharge.ledger import SessionFlag
from simulator import SimulatedChargePoint

from .house import House, status_call, wait_until

WAIT = 5 * 60 + 1


@pytest.fixture
async def charging(house: House) -> SimulatedChargePoint:
    """Return a charger that has forgotten to end its session and does not measure any more."""
    assert await house.set_up()
    charge_point = await house.connect()
    await house.charge(charge_point, 60)
    return charge_point


async def _shows(house: House, charge_point: SimulatedChargePoint, state: str) -> None:
    await charge_point.call(status_call(state))
    await house.hass.async_block_till_done()


@pytest.mark.parametrize("state", ["Available", "Preparing"])
async def test_it_is_closed_as_interrupted_with_what_was_measured(
    house: House, charging: SimulatedChargePoint, state: str
) -> None:
    energy = house.connector.session_energy
    await _shows(house, charging, state)
    assert house.connector.in_session
    await house.pass_time(WAIT)
    await wait_until(lambda: not house.connector.in_session)
    (session,) = await house.sessions()
    assert SessionFlag.INTERRUPTED in session.flags
    assert session.energy_wh == energy
    assert house.number("sensor.garage_session_energy") == pytest.approx((energy or 0) / 1000)


async def test_a_stop_that_was_only_late_counts(
    house: House, charging: SimulatedChargePoint
) -> None:
    await _shows(house, charging, "Available")
    await house.pass_time(WAIT)
    await wait_until(lambda: not house.connector.in_session)
    await charging.unplug()
    await house.settled(charging)
    (session,) = await house.sessions()
    assert session.stop_reason == "EVDisconnected"
    assert session.energy_wh == charging.evse.connector(1).energy_wh


@pytest.mark.parametrize("then", ["Charging", "SuspendedEV", "Faulted"])
async def test_a_status_that_was_only_passing_ends_nothing(
    house: House, charging: SimulatedChargePoint, then: str
) -> None:
    await _shows(house, charging, "Available")
    await house.pass_time(60)
    await _shows(house, charging, then)
    await house.pass_time(WAIT)
    assert house.connector.in_session


async def test_one_that_goes_on_taking_energy_is_not_closed(
    house: House, charging: SimulatedChargePoint
) -> None:
    await _shows(house, charging, "Preparing")
    await house.run(charging, 60)
    await house.pass_time(WAIT)
    assert house.connector.in_session


async def test_the_next_session_can_be_started_at_once_when_the_cable_was_out(
    house: House, charging: SimulatedChargePoint
) -> None:
    await _shows(house, charging, "Available")
    asked: list[Any] = []

    async def remote_start(*arguments: Any, **_more: Any) -> None:
        asked.append(arguments)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(house.charger.station, "remote_start", remote_start)
        await house.act("zmartcharge", "start_charging", "sensor.garage_status")
    assert asked


@pytest.mark.parametrize("ongoing", [True, False, None])
async def test_a_charger_of_2_0_1_is_asked_first(
    house: House, monkeypatch: pytest.MonkeyPatch, ongoing: bool | None
) -> None:
    assert await house.set_up()
    charge_point = await house.connect(ocpp="2.0.1")
    await house.charge(charge_point, 60)
    asked = []

    async def transaction_status(transaction_id: int) -> TransactionStatus:
        asked.append(transaction_id)
        return TransactionStatus(ongoing=ongoing, messages_waiting=False)

    monkeypatch.setattr(house.charger.station, "transaction_status", transaction_status)
    # An EVSE may have a transaction that began with a card, before there is a car.
    house.connector.state = ConnectorState.AVAILABLE
    house.connector.lost_stop.look()
    await house.pass_time(WAIT)
    await wait_until(lambda: asked)
    await house.settled(charge_point)
    if ongoing is False:
        await wait_until(lambda: not house.connector.in_session)
    assert house.connector.in_session is (ongoing is not False)
