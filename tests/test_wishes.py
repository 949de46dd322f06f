"""What people want of the charging: kept over a restart, over by itself, safe from damage."""

from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest

from custom_components.zmartcharge.plan import Overrides
from custom_components.zmartcharge.wishes import DEFAULT_READY_BY, Car, Wishes

from .house import House

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


def test_nothing_said_means_seven_on_all_days() -> None:
    wishes = Wishes()
    assert wishes.common_ready_by == DEFAULT_READY_BY
    assert set(wishes.ready_by) == set(range(7))
    assert wishes.smart is None


def test_wishes_come_back_as_they_were() -> None:
    wishes = Wishes(
        smart=False,
        ready_by={0: time(6, 30), 6: time(11)},
        energy=12_000,
        starts_alone=False,
        overrides=Overrides(charge_until=NOW, ready_by=NOW),
        car=Car(full_range=412.5, battery=77_400),
    )
    assert Wishes.from_dict(wishes.to_dict()) == wishes


def test_wishes_of_before_there_were_cars_are_read() -> None:
    kept = Wishes(energy=9_000).to_dict()
    del kept["car"]
    assert Wishes.from_dict(kept) == Wishes(energy=9_000)


@pytest.mark.parametrize("damaged", [{"full_range": 0, "battery": 1}, {"full_range": 5}, {"x": 1}])
def test_damaged_car_is_told(damaged: dict[str, Any]) -> None:
    with pytest.raises((KeyError, ValueError)):
        Wishes.from_dict({**Wishes().to_dict(), "car": damaged})


def test_day_without_a_time_has_none() -> None:
    wishes = Wishes().with_ready_by([5, 6], None)
    assert wishes.ready_by.keys() == {0, 1, 2, 3, 4}
    assert wishes.with_ready_by(range(7), None).common_ready_by is None
    assert wishes.with_ready_by([5], time(9)).ready_by[5] == time(9)


def test_time_of_most_days_is_told() -> None:
    wishes = Wishes().with_ready_by([0, 1], time(6)).with_ready_by([4, 5, 6], time(10))
    assert wishes.common_ready_by == time(10)


def test_what_was_said_for_once_is_over_when_its_time_is() -> None:
    wishes = Wishes(overrides=Overrides(charge_until=NOW, skip_until=NOW + timedelta(hours=1)))
    assert wishes.without_past(NOW).overrides == Overrides(skip_until=NOW + timedelta(hours=1))
    before = NOW - timedelta(seconds=1)
    assert wishes.without_past(before) is wishes


async def test_wishes_survive_a_restart(house: House) -> None:
    await house.set_up()
    await house.act("number", "set_value", "number.garage_energy_per_session", value=12.5)
    await house.act("time", "set_value", "time.garage_charging_must_be_done", time=time(6, 15))
    await house.unload()
    await house.set_up()
    assert house.number("number.garage_energy_per_session") == 12.5
    assert house.state("time.garage_charging_must_be_done") == "06:15:00"


@pytest.mark.parametrize("damage", [[], {"smart": 1}, {"ready_by": {"someday": "x"}}, None])
async def test_damaged_wishes_are_asked_anew(
    house: House, hass_storage: dict[str, Any], damage: Any
) -> None:
    hass_storage["zmartcharge.wishes"] = {"version": 1, "data": {"garage_1": damage}}
    await house.set_up()
    assert house.state("time.garage_charging_must_be_done") == "07:00:00"


async def test_wishes_go_with_the_integration(house: House, hass_storage: dict[str, Any]) -> None:
    await house.set_up()
    await house.act("number", "set_value", "number.garage_energy_per_session", value=10)
    await house.pass_time(10)
    assert "zmartcharge.wishes" in hass_storage
    await house.hass.config_entries.async_remove("hub")
    assert "zmartcharge.wishes" not in hass_storage
