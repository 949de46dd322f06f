"""The plan as a calendar."""

from datetime import UTC, datetime, timedelta

from homeassistant.util import dt as dt_util
import pytest

from custom_components.zmartcharge.plan_options import PlanOptions

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


async def test_time_without_a_pause_is_one_event(home: Priced) -> None:
    home.prices(cheap=(1, 2), h2="0.4")
    await home.settle()
    home.house.connector.smart.choose_energy(20_000)
    await home.plug_in(home.charge_points[0])
    await home.live(2)
    plan = home.house.connector.smart.plan
    assert plan is not None
    (event,) = await _events(home.house, dt_util.utcnow())
    assert datetime.fromisoformat(event["start"]) == plan.slots[0].start
    assert datetime.fromisoformat(event["end"]) == plan.slots[-1].end
    assert event["summary"].startswith("20.0 kWh")


async def test_days_without_a_plan_are_empty(home: Priced) -> None:
    await home.plug_in(home.charge_points[0])
    await home.live(2)
    assert await _events(home.house, dt_util.utcnow() + timedelta(days=3)) == []


async def test_plan_over_the_hour_that_comes_twice_is_shown_and_followed(house: House) -> None:
    await house.hass.config.async_set_time_zone("Europe/Oslo")
    house.time.move_to(datetime(2027, 10, 31, 0, 10, tzinfo=UTC))
    home = Priced(house)
    home.prices(hours=10)
    await house.set_up(priced_site(), charger_subentry(circuit_fuse=16))
    charge_point = await home.connect()
    house.connector.smart.choose_energy(8000)
    ready_by = datetime(2027, 10, 31, 1, 15, tzinfo=UTC)  # the second 02:15
    target = "sensor.garage_status"
    await house.act("zmartcharge", "override_plan", target, ready_by=ready_by.isoformat())
    await home.plug_in(charge_point)
    plan = await house.site.planning.plan(house.connector, PlanOptions(prefer_late=True))
    assert plan.slots[0].start < datetime(2027, 10, 31, 0, 45, tzinfo=UTC)  # the first 02:45
    events = await _events(house, datetime(2027, 10, 31, tzinfo=UTC))
    assert [datetime.fromisoformat(each["start"]) for each in events] == [plan.slots[0].start]
    await home.live(70, step=300)
    assert house.connector.session_energy == pytest.approx(8000, rel=0.05)
