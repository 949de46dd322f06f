"""Charging profiles of the other central system, as a limit in amperes."""

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given, strategies as st
import pytest

from custom_components.zmartcharge.csms.forwarding import (
    ForeignProfile,
    limit_of,
    read_profile,
    replaces,
)

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
WATTS = 690.0


def payload(*periods: tuple[float, float], unit: str = "A", **changes: Any) -> dict[str, Any]:
    schedule = {
        "chargingRateUnit": unit,
        "chargingSchedulePeriod": [
            {"startPeriod": start, "limit": limit} for start, limit in periods or [(0, 10)]
        ],
        **changes.pop("schedule", {}),
    }
    return {
        "chargingProfileId": 1,
        "stackLevel": 0,
        "chargingProfilePurpose": "TxDefaultProfile",
        "chargingProfileKind": "Absolute",
        "chargingSchedule": schedule,
        **changes,
    }


def profile(*periods: tuple[float, float], connector: int = 1, **changes: Any) -> ForeignProfile:
    transaction = changes.pop("transaction", None)
    return read_profile(payload(*periods, **changes), connector, NOW, transaction)


def limit(*profiles: ForeignProfile, at: float = 0, **changes: Any) -> float | None:
    moment = NOW + timedelta(seconds=at)
    arguments = {"watts_per_ampere": WATTS, **changes}
    return limit_of(profiles, 1, 7, moment, NOW, **arguments)


def test_each_period_holds_from_its_start_to_the_end_of_the_schedule() -> None:
    steps = profile((0, 10), (60, 16), schedule={"duration": 120})
    assert [limit(steps, at=second) for second in (0, 59, 60, 119, 120)] == [10, 10, 16, 16, None]


def test_watts_are_what_the_charger_s_lines_come_to() -> None:
    assert limit(profile((0, 6900), unit="W")) == 10.0
    assert limit(profile((0, 6899), unit="W")) == 9.9


@pytest.mark.parametrize("amperes", [0, 1, 5.9])
def test_less_than_a_car_can_take_is_a_pause(amperes: float) -> None:
    assert limit(profile((0, amperes))) == 0.0


def test_higher_level_holds_and_the_maximum_on_top_of_it() -> None:
    low, high = profile((0, 10)), profile((0, 16), stackLevel=1)
    most = profile((0, 12), connector=0, chargingProfilePurpose="ChargePointMaxProfile")
    assert limit(low, high) == 16
    assert limit(low, high, most) == 12
    assert limit(low, most) == 10
    assert limit(most) == 12


def test_connector_s_own_profile_comes_before_that_of_all() -> None:
    assert limit(profile((0, 10)), profile((0, 16), connector=0)) == 10
    assert limit(profile((0, 10), connector=2)) is None


def test_maximum_of_a_charger_is_shared_by_its_connectors() -> None:
    most = profile((0, 32), connector=0, chargingProfilePurpose="ChargingStationMaxProfile")
    assert limit(most, connectors=2) == 16


def test_profile_of_a_transaction_is_for_that_one() -> None:
    default = profile((0, 10))
    own = profile((0, 20), chargingProfilePurpose="TxProfile", transaction=7)
    foreign = profile((0, 6), chargingProfilePurpose="TxProfile", transaction=8)
    assert limit(default, own, foreign) == 20
    assert limit(default, foreign) == 10


def test_validity_bounds_it() -> None:
    bounded = profile(
        (0, 10),
        validFrom=(NOW + timedelta(seconds=10)).isoformat(),
        validTo=(NOW + timedelta(seconds=20)).isoformat(),
    )
    assert [limit(bounded, at=second) for second in (9, 10, 19, 20)] == [None, 10, 10, None]
    assert bounded.is_over(NOW + timedelta(seconds=20))


def test_relative_schedule_begins_with_the_session() -> None:
    relative = read_profile(
        payload((0, 10), (60, 16), chargingProfileKind="Relative"), 1, NOW - timedelta(hours=1)
    )
    assert limit(relative, at=59) == 10
    assert limit(relative, at=60) == 16


def test_daily_schedule_comes_again_also_in_the_night_when_clocks_change() -> None:
    start = datetime(2026, 10, 24, 0, 30, tzinfo=UTC)  # 02:30 in Oslo
    daily = read_profile(
        payload(
            (0, 10), (3600, 0),
            chargingProfileKind="Recurring", recurrencyKind="Daily",
            schedule={"startSchedule": "2026-10-24T02:30:00+02:00"},
        ),
        1, start,
    )  # fmt: skip
    for day in range(3):
        again = start + timedelta(days=day)
        assert daily.limit(again, start, WATTS) == 10
        assert daily.limit(again + timedelta(hours=2), start, WATTS) == 0


def test_profile_with_the_same_id_or_use_takes_the_place_of_the_one_before() -> None:
    assert replaces(profile((0, 10)), profile((0, 16), stackLevel=3))
    assert replaces(profile((0, 10)), profile((0, 16), chargingProfileId=2))
    assert not replaces(profile((0, 10)), profile((0, 16), chargingProfileId=2, stackLevel=3))


BAD: list[dict[str, Any]] = [
    {"chargingSchedule": None},
    {"chargingSchedule": []},
    {"chargingProfilePurpose": "Other"},
    {"chargingProfileKind": "Recurring"},
    {"chargingProfileId": None},
    {"stackLevel": "x"},
    {"schedule": {"chargingRateUnit": "kW"}},
    {"schedule": {"chargingSchedulePeriod": []}},
    {"schedule": {"chargingSchedulePeriod": [{"startPeriod": 5, "limit": 10}]}},
    {"schedule": {"chargingSchedulePeriod": [{"startPeriod": 0, "limit": -1}]}},
    {"schedule": {"chargingSchedulePeriod": [{"startPeriod": 0, "limit": "NaN"}]}},
    {"schedule": {"chargingSchedulePeriod": [5]}},
    {"chargingProfilePurpose": "ChargePointMaxProfile"},
]


@pytest.mark.parametrize("changes", BAD)
def test_nonsense_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(ValueError):
        profile(**changes)


@given(
    periods=st.lists(st.tuples(st.integers(0, 1000), st.floats(0, 100)), max_size=5),
    at=st.integers(-1000, 3000),
    unit=st.sampled_from(["A", "W"]),
    kind=st.sampled_from(["Absolute", "Relative", "Recurring"]),
)
def test_no_profile_gives_more_than_it_says_or_a_current_that_no_car_takes(
    periods: list[tuple[int, float]], at: int, unit: str, kind: str
) -> None:
    steps = [(0, 0.0), *sorted(dict(periods).items())]
    try:
        read = profile(*steps, unit=unit, chargingProfileKind=kind, recurrencyKind="Daily")
    except ValueError:
        return
    found = limit(read, at=at)
    if found is not None:
        highest = max(value for _, value in steps) / (WATTS if unit == "W" else 1)
        assert found == 0 or 6 <= found <= highest
