"""A connector whose values come too often."""

from datetime import timedelta

from homeassistant.util import dt as dt_util
from ocpp.v16 import call
import pytest

from custom_components.zmartcharge import refreshing
from simulator.charge_point import SimulatedChargePoint

from .house import House, wait_until
from .priced import patient_fixture  # noqa: F401

_POWER = "sensor.garage_power"


@pytest.fixture
async def charge_point(
    house: House, patient: None, monkeypatch: pytest.MonkeyPatch
) -> SimulatedChargePoint:
    """Return a charger that charges, of which three values may be shown at once."""
    await house.set_up()
    charge_point = await house.connect()
    await house.charge(charge_point, 60)
    await house.pass_time(30)
    monkeypatch.setattr(refreshing, "BURST", 3)
    return charge_point


async def _say(house: House, charge_point: SimulatedChargePoint, watts: int, register: int) -> None:
    sample = {
        "timestamp": dt_util.utcnow().isoformat(),
        "sampled_value": [
            {"value": str(watts), "measurand": "Power.Active.Import", "unit": "W"},
            {"value": str(register), "unit": "Wh"},
        ],
    }
    session = house.connector.session
    assert session
    await charge_point.call(
        call.MeterValues(
            connector_id=1, transaction_id=session.transaction_id, meter_value=[sample]
        )
    )
    await house.hass.async_block_till_done()


async def test_flood_of_values_is_shown_now_and_then_and_its_last_value_in_the_end(
    house: House, charge_point: SimulatedChargePoint
) -> None:
    session = house.connector.session
    assert session and session.last_register_wh is not None
    began = session.last_register_wh
    shown = []
    for number in range(1, 41):
        await _say(house, charge_point, 5000 + 100 * number, began + number)
        shown.append(house.number(_POWER))
    assert 3 <= len(set(shown)) < 8
    kept = await house.hub.ledger.session(session.id)
    assert kept and kept.last_register_wh == began + 40
    await house.pass_time(0.6)
    await wait_until(lambda: house.number(_POWER) == 9000)
    assert house.connector.session_energy == kept.energy_wh


async def test_values_at_an_ordinary_pace_are_shown_at_once(
    house: House, charge_point: SimulatedChargePoint
) -> None:
    for number in range(1, 11):
        house.time.tick(timedelta(seconds=1))
        await _say(house, charge_point, 5000 + 100 * number, 100_000 + number)
        assert house.number(_POWER) == 5000 + 100 * number


async def test_end_of_a_session_is_shown_whatever_waits(
    house: House, charge_point: SimulatedChargePoint
) -> None:
    for number in range(1, 11):
        await _say(house, charge_point, 5000 + 100 * number, 100_000 + number)
    await house.connector.stop()
    await house.settled(charge_point)
    assert house.number(_POWER) == 0
    await house.pass_time(1)
    assert house.number(_POWER) == 0


async def test_what_waits_ends_with_the_integration(
    house: House, charge_point: SimulatedChargePoint
) -> None:
    for number in range(1, 11):
        await _say(house, charge_point, 5000 + 100 * number, 100_000 + number)
    await house.unload()
    await house.pass_time(1)
