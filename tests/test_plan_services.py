"""The actions of smart charging: what they take, and what they refuse."""

from datetime import timedelta
from typing import Any

from homeassistant.exceptions import ServiceValidationError
from homeassistant.util import dt as dt_util
import pytest
import voluptuous as vol

from .house import House, charger_subentry
from .priced import Priced, patient_fixture, priced_site  # noqa: F401

pytestmark = pytest.mark.usefixtures("patient")

STATUS = "sensor.garage_status"


@pytest.fixture
async def home(house: House) -> Priced:
    """Return a home with prices and a charger."""
    priced = Priced(house)
    priced.prices(cheap=(6, 7))
    await house.set_up(priced_site(), charger_subentry(circuit_fuse=16))
    await priced.connect()
    await priced.ready_by(9)
    return priced


async def _call(home: Priced, service: str, **data: Any) -> Any:
    return await home.house.hass.services.async_call(
        "zmartcharge", service, data, blocking=True, return_response=True
    )


def _device(home: Priced, subentry_id: str = "garage") -> str:
    device = home.house.device(subentry_id)
    assert device is not None
    return device.id


async def test_plan_is_returned_in_words_and_numbers(home: Priced) -> None:
    await home.plug_in(home.charge_points[0])
    answer = await _call(home, "plan_charging", device_id=_device(home), energy=11.04)
    (plan,) = answer["plans"]
    assert plan["charger"] == "Garage"
    assert plan["energy"] == pytest.approx(11.04, abs=0.05)
    assert plan["cost"] == pytest.approx(5.52, abs=0.05)
    assert plan["saving"] == pytest.approx(5.52, abs=0.1)
    assert (plan["currency"], plan["starts"], plan["late_by"]) == ("NOK", 1, 0)
    assert plan["slots"][0]["start"] == dt_util.as_local(home.hour(6)).isoformat()
    assert plan["slots"][0]["why"].startswith("Part of the cheapest plan")
    state = home.house.full_state("sensor.garage_plan")
    assert state.state == plan["sentence"]
    assert state.attributes["slots"] == plan["slots"]
    assert home.house.number("sensor.garage_planned_cost") == plan["cost"]
    starts = dt_util.parse_datetime(home.house.state("sensor.garage_planned_start"))
    assert starts == home.hour(6)


async def test_preview_changes_nothing(home: Priced) -> None:
    await home.plug_in(home.charge_points[0])
    await _call(home, "plan_charging", device_id=_device(home), energy=11.04)
    before = home.house.state("sensor.garage_plan")
    answer = await _call(home, "plan_charging", device_id=_device(home), energy=30, preview=True)
    assert answer["plans"][0]["energy"] == pytest.approx(30, abs=0.05)
    assert home.house.state("sensor.garage_plan") == before
    await home.live(2)
    assert home.house.state("sensor.garage_plan") == before


async def test_preview_tells_what_smart_charging_would_do_where_it_is_off(home: Priced) -> None:
    await home.house.act("switch", "turn_off", "switch.garage_smart_charging")
    await home.plug_in(home.charge_points[0])
    answer = await _call(home, "plan_charging", device_id=_device(home), energy=11.04, preview=True)
    assert answer["plans"][0]["energy"] == pytest.approx(11.04, abs=0.05)
    assert home.house.state("sensor.garage_plan") == "unavailable"
    assert await _call(home, "plan_charging", device_id=_device(home)) == {"plans": []}


async def test_nothing_is_planned_without_a_car(home: Priced) -> None:
    answer = await _call(home, "plan_charging", device_id=_device(home))
    assert answer == {"plans": []}


async def test_state_of_charge_tells_what_is_needed(home: Priced) -> None:
    await home.plug_in(home.charge_points[0])
    answer = await _call(
        home,
        "plan_charging",
        device_id=_device(home),
        state_of_charge="60",
        target_state_of_charge=78,
        battery_capacity=50,
    )
    assert answer["plans"][0]["energy"] == pytest.approx(10, abs=0.05)


@pytest.mark.parametrize(
    "data",
    [
        {"state_of_charge": 50},
        {"energy": -1},
        {"energy": "much"},
        {"price_limit": "nan"},
        {"price_limit": "cheap"},
        {"preheat": 1000},
    ],
)
async def test_bad_wishes_are_refused(home: Priced, data: dict[str, Any]) -> None:
    with pytest.raises(vol.Invalid):
        await _call(home, "plan_charging", device_id=_device(home), **data)


async def test_device_that_is_no_charger_is_refused(home: Priced) -> None:
    with pytest.raises(ServiceValidationError, match="charger"):
        await _call(home, "plan_charging", device_id=_device(home, "home"))


async def test_plan_is_not_changed_where_there_is_none(home: Priced) -> None:
    await home.house.act("switch", "turn_off", "switch.garage_smart_charging")
    with pytest.raises(ServiceValidationError, match="switched off"):
        await home.house.act("zmartcharge", "override_plan", STATUS, charge_until="14:00")


@pytest.mark.parametrize("hours", [-1, 24 * 8])
async def test_time_that_is_over_or_far_away_is_refused(home: Priced, hours: int) -> None:
    at = dt_util.utcnow() + timedelta(hours=hours)
    with pytest.raises(ServiceValidationError, match="seven days"):
        await home.house.act("zmartcharge", "override_plan", STATUS, ready_by=at.isoformat())


async def test_local_time_without_a_zone_is_understood(home: Priced) -> None:
    at = dt_util.as_local(home.hour(3)).replace(tzinfo=None)
    await home.house.act("zmartcharge", "override_plan", STATUS, ready_by=at.isoformat())
    assert home.house.connector.smart.wishes.overrides.ready_by == home.hour(3)


async def test_time_of_day_that_is_over_today_is_tomorrows(home: Priced) -> None:
    at = f"{dt_util.as_local(home.hour(-2)):%H:%M}"
    await home.house.act("zmartcharge", "override_plan", STATUS, skip_until=at)
    assert home.house.connector.smart.wishes.overrides.skip_until == home.hour(22)


async def test_what_is_left_empty_is_as_planned_again(home: Priced) -> None:
    await home.house.act("zmartcharge", "override_plan", STATUS, charge_until=home.hour(3))
    await home.house.act("zmartcharge", "override_plan", STATUS, ready_by="")
    assert home.house.connector.smart.wishes.overrides.charge_until is None


@pytest.mark.parametrize("text", ["5 at night", "25:00", "tomorrow"])
async def test_what_is_no_time_is_refused_in_words(home: Priced, text: str) -> None:
    with pytest.raises(ServiceValidationError, match="is no time"):
        await home.house.act("zmartcharge", "override_plan", STATUS, ready_by=text)


async def test_charging_and_skipping_at_once_is_refused(home: Priced) -> None:
    with pytest.raises(ServiceValidationError, match="not both"):
        await home.house.act(
            "zmartcharge", "override_plan", STATUS, charge_until="20:00", skip_until="19:00"
        )


async def test_weekdays_are_set_and_cleared(home: Priced) -> None:
    await home.house.act(
        "zmartcharge", "set_ready_by", STATUS, time="10:30", weekdays=["saturday", "sunday"]
    )
    await home.house.act("zmartcharge", "set_ready_by", STATUS, weekdays=["friday"])
    ready_by = home.house.connector.smart.wishes.ready_by
    assert [ready_by.get(day) and ready_by[day].isoformat() for day in (4, 5, 6)] == [
        None,
        "10:30:00",
        "10:30:00",
    ]


async def test_capacity_step_needs_a_fee(home: Priced) -> None:
    with pytest.raises(ServiceValidationError, match="no capacity fee"):
        await _call(home, "keep_capacity_step", device_id=_device(home, "home"))
    with pytest.raises(ServiceValidationError):
        await _call(home, "keep_capacity_step", device_id=_device(home))
