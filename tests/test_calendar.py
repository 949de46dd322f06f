"""The plan as a calendar."""

from datetime import datetime, timedelta

from homeassistant.util import dt as dt_util
import pytest

from .house import House, charger_subentry
from .priced import Priced, patient_fixture, priced_site  # noqa: F401

pytestmark = pytest.mark.usefixtures("patient")

CALENDAR = "calendar.garage_charging_plan"


async def _events(house: House, start: datetime) -> list[dict[str, str]]:
    answer = await house.hass.services.async_call(
        "calendar",
        "get_events",
        {
            "entity_id": CALENDAR,
            "start_date_time": start,
            "end_date_time": start + timedelta(days=1),
        },
        blocking=True,
        return_response=True,
    )
    assert answer is not None
    events: list[dict[str, str]] = answer[CALENDAR]["events"]  # type: ignore[assignment,call-overload,index]
    return events


@pytest.fixture
async def home(house: House) -> Priced:
    """Return a home with prices, where somebody plans."""
    priced = Priced(house)
    priced.prices(cheap=(1,))
    await house.set_up(priced_site(), charger_subentry(circuit_fuse=16))
    priced.answer()
    await priced.connect()
    await priced.ready_by(4)
    house.connector.smart.choose_energy(5000)
    return priced


async def test_plan_is_in_the_calendar(home: Priced) -> None:
    house = home.house
    now = dt_util.utcnow()
    assert await _events(house, now) == []
    assert house.state(CALENDAR) == "off"
    await home.plug_in(home.charge_points[0])
    await home.live(2)
    first = (await _events(house, now))[0]
    assert datetime.fromisoformat(first["start"]) == home.hour(1)
    assert "kWh" in first["summary"] and "kr" in first["summary"]
    assert first["description"]
    await home.live(60, step=60)
    assert house.state(CALENDAR) == "on"


async def test_days_without_a_plan_are_empty(home: Priced) -> None:
    await home.plug_in(home.charge_points[0])
    await home.live(2)
    assert await _events(home.house, dt_util.utcnow() + timedelta(days=3)) == []
