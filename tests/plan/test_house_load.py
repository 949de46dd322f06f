from datetime import UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

import pytest

from custom_components.zmartcharge.plan import LoadSample, expected_headroom, learn_load

from .builders import HOUR, NOW

OSLO = ZoneInfo("Europe/Oslo")


def weeks(count: int, zone: tzinfo = OSLO, factor: float = 1.0) -> list[LoadSample]:
    """Return a house that takes 1 kWh an hour, and 3 at 17 local on working days."""
    found = []
    for hours in range(1, count * 7 * 24 + 1):
        start = NOW - hours * HOUR
        local = start.astimezone(zone)
        energy = 3_000 if local.hour == 17 and local.weekday() < 5 else 1_000
        found.append(LoadSample(start, round(energy * (factor if hours <= 24 else 1))))
    return found


def test_nothing_known_expects_nothing() -> None:
    load = learn_load([], NOW, OSLO)
    assert not load.known and load.expected(NOW) is None and load.level == 1.0
    assert load.rest_of_hour(NOW) is None


def test_hour_and_weekday_are_learned_in_local_time() -> None:
    load = learn_load(weeks(4), NOW, OSLO)
    monday_17 = datetime(2026, 11, 23, 16, 0, tzinfo=UTC)
    assert load.expected(monday_17) == pytest.approx(3_000, rel=0.05)
    assert load.expected(monday_17 + HOUR) == pytest.approx(1_000, rel=0.05)
    assert load.expected(monday_17 - timedelta(days=1)) == pytest.approx(1_000, rel=0.05)


def test_colder_day_raises_what_is_expected() -> None:
    usual, cold = learn_load(weeks(3), NOW, OSLO), learn_load(weeks(3, factor=1.6), NOW, OSLO)
    assert usual.level == pytest.approx(1.0)
    assert 1.2 < cold.level <= 1.35


def test_higher_quantile_expects_more() -> None:
    load = learn_load(
        [LoadSample(NOW - days * 24 * HOUR, 1_000 + 40 * days) for days in range(1, 50)], NOW, OSLO
    )
    low, high = load.expected(NOW, 0.2), load.expected(NOW, 0.9)
    assert low is not None and high is not None and low < high


def test_rest_of_the_hour_follows_the_meter_the_more_the_less_is_left() -> None:
    load = learn_load(weeks(4), NOW, OSLO)
    early, late = NOW + timedelta(minutes=6), NOW + timedelta(minutes=54)
    assert load.rest_of_hour(early) == pytest.approx(900, rel=0.05)
    assert load.rest_of_hour(early, 4_000) == pytest.approx(0.9 * (0.55 * 4_000 + 450), rel=0.05)
    assert load.rest_of_hour(late, 4_000) == pytest.approx(0.1 * (0.95 * 4_000 + 50), rel=0.05)
    assert load.rest_of_hour(late, -500) is not None


def test_headroom_is_what_the_house_leaves() -> None:
    load = learn_load(weeks(4), NOW, OSLO)
    room = expected_headroom(load, NOW, NOW + 3 * HOUR, fuse_power=10_000, hour_budget=5_000)
    assert [period.power for period in room.periods] == pytest.approx([9_000] * 3, rel=0.05)
    assert [hour.energy for hour in room.hours] == pytest.approx([4_000] * 3, rel=0.05)
    assert room.budget_yields


def test_hour_that_has_begun_has_what_is_left_of_its_budget() -> None:
    load = learn_load(weeks(4), NOW, OSLO)
    now = NOW + timedelta(minutes=30)
    room = expected_headroom(load, now, now + HOUR, hour_budget=5_000, used=2_500, power=2_000)
    assert room.hours[0].start == NOW
    assert room.hours[0].energy == pytest.approx(5_000 - 2_500 - 875, rel=0.05)
    spent = expected_headroom(load, now, now + HOUR, hour_budget=5_000, used=9_000)
    assert spent.hours[0].energy == 0


def test_unknown_house_is_expected_to_go_on_as_it_does() -> None:
    room = expected_headroom(
        learn_load([], NOW, OSLO),
        NOW,
        NOW + HOUR,
        fuse_power=10_000,
        hour_budget=5_000,
        power=2_000,
    )
    assert room.periods[0].power == 8_000 and room.hours[0].energy == 3_000


def test_without_fuse_and_budget_there_is_no_limit() -> None:
    room = expected_headroom(learn_load([], NOW, OSLO), NOW, NOW + HOUR)
    assert (room.periods, room.hours) == ((), ())


@pytest.mark.parametrize(
    "day", [datetime(2026, 3, 28, 23, tzinfo=UTC), datetime(2026, 10, 24, 22, tzinfo=UTC)]
)
def test_night_that_the_clocks_change_has_its_hours(day: datetime) -> None:
    load = learn_load([LoadSample(day - hours * HOUR, 1_000) for hours in range(1, 200)], day, OSLO)
    room = expected_headroom(load, day, day + 25 * HOUR, hour_budget=5_000)
    assert [hour.energy for hour in room.hours] == pytest.approx([4_000] * 25, rel=0.05)
