"""What a charging profile says at a time, and which of several prevails."""

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given, strategies as st
import pytest

from simulator import (
    ChargingProfile,
    Kind,
    ProfileError,
    Purpose,
    RateUnit,
    Recurrency,
    SchedulePeriod,
)
from simulator.charging_profile import FOREVER, slot_at
from simulator.profile_store import ProfileStore

START = datetime(2026, 1, 15, 12, tzinfo=UTC)


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def profile(*periods: tuple[int, float], **changes: Any) -> ChargingProfile:
    values: dict[str, Any] = {
        "profile_id": 1,
        "stack_level": 0,
        "purpose": Purpose.TX_DEFAULT,
        "kind": Kind.ABSOLUTE,
        "unit": RateUnit.AMPERE,
        "periods": tuple(
            SchedulePeriod(start_s=start, limit=limit) for start, limit in periods or ((0, 10.0),)
        ),
        "start": START,
    }
    return ChargingProfile(**values | changes)


def says(item: ChargingProfile, seconds: float, started: float = 0) -> float | None:
    period = slot_at(item, at(seconds), at(started)).period
    return None if period is None else period.limit


@pytest.mark.parametrize(
    ("seconds", "limit"), [(-1, None), (0, 16), (59, 16), (60, 10), (119, 10), (120, None)]
)
def test_periods_follow_each_other_until_the_duration_is_over(
    seconds: float, limit: float | None
) -> None:
    assert says(profile((0, 16), (60, 10), duration_s=120), seconds) == limit


@pytest.mark.parametrize(("seconds", "until"), [(-1, 0), (0, 60), (59, 60), (60, 120), (90, 120)])
def test_it_knows_until_when_its_word_holds(seconds: float, until: float) -> None:
    item = profile((0, 16), (60, 10), duration_s=120)
    assert slot_at(item, at(seconds), START).until == at(until)


def test_without_a_duration_the_last_period_holds_for_ever() -> None:
    assert slot_at(profile(), at(10**7), START).until == FOREVER


@pytest.mark.parametrize(
    ("seconds", "limit"), [(-1, None), (9, None), (10, 10), (29, 10), (30, None)]
)
def test_it_is_valid_from_and_to(seconds: float, limit: float | None) -> None:
    assert says(profile(valid_from=at(10), valid_to=at(30)), seconds) == limit


def test_a_relative_schedule_counts_from_the_start_of_charging() -> None:
    item = profile((0, 16), (60, 8), kind=Kind.RELATIVE, start=None)
    assert says(item, 1059, started=1000) == 16
    assert says(item, 1060, started=1000) == 8


def test_an_absolute_schedule_without_a_start_counts_from_the_start_of_charging() -> None:
    assert says(profile((0, 16), (60, 8), start=None), 100, started=50) == 16


@pytest.mark.parametrize(
    ("seconds", "limit"),
    [
        (-1, None),
        (0, 6),
        (3599, 6),
        (3600, 16),
        (7200, None),
        (86399, None),
        (86400, 6),
        (90000, 16),
    ],
)
def test_a_daily_schedule_comes_again(seconds: float, limit: float | None) -> None:
    item = profile(
        (0, 6),
        (3600, 16),
        duration_s=7200,
        kind=Kind.RECURRING,
        recurrency=Recurrency.DAILY,
    )
    assert says(item, seconds) == limit


def test_a_weekly_schedule_comes_again_after_seven_days() -> None:
    item = profile((0, 6), duration_s=60, kind=Kind.RECURRING, recurrency=Recurrency.WEEKLY)
    assert says(item, 86400) is None
    assert says(item, 7 * 86400 + 59) == 6


def test_a_daily_schedule_keeps_24_hours_on_the_night_the_clocks_change() -> None:
    evening = datetime(2026, 3, 28, 1, 30, tzinfo=UTC)
    item = profile(
        (0, 6), duration_s=3600, kind=Kind.RECURRING, recurrency=Recurrency.DAILY, start=evening
    )
    half_past_two = datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    assert slot_at(item, half_past_two, START).period is not None
    assert slot_at(item, half_past_two - timedelta(seconds=1), START).period is None


def test_a_gap_before_the_first_period_says_nothing() -> None:
    assert says(profile((30, 10)), 10) is None


@pytest.mark.parametrize(
    "changes",
    [
        {"periods": ()},
        {"periods": (SchedulePeriod(start_s=-1, limit=1),)},
        {"periods": (SchedulePeriod(start_s=0, limit=-1),)},
        {"periods": (SchedulePeriod(start_s=0, limit=float("nan")),)},
        {"periods": (SchedulePeriod(start_s=0, limit=1), SchedulePeriod(start_s=0, limit=2))},
        {"stack_level": -1},
        {"kind": Kind.RECURRING},
        {"kind": Kind.RECURRING, "recurrency": Recurrency.DAILY, "start": None},
    ],
)
def test_a_profile_that_makes_no_sense_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(ProfileError):
        profile(**changes)


@pytest.mark.parametrize(
    "payload",
    [
        {},
        {"charging_schedule": None},
        profile().to_ocpp() | {"charging_profile_kind": "Sometimes"},
        profile().to_ocpp() | {"valid_from": "not a date"},
        profile().to_ocpp() | {"valid_from": 12},
        profile().to_ocpp() | {"stack_level": None},
    ],
)
def test_a_payload_that_is_no_profile_is_refused(payload: dict[str, Any]) -> None:
    with pytest.raises(ProfileError):
        ChargingProfile.from_ocpp(payload)


def test_a_time_without_an_offset_is_utc() -> None:
    payload = profile().to_ocpp() | {"valid_from": "2026-01-15T13:00:00"}
    assert ChargingProfile.from_ocpp(payload).valid_from == at(3600)


@given(
    st.builds(
        profile,
        st.tuples(st.just(0), st.floats(0, 100)),
        st.tuples(st.integers(1, 10**6), st.floats(0, 100)),
        profile_id=st.integers(),
        stack_level=st.integers(0, 10),
        purpose=st.sampled_from(Purpose),
        unit=st.sampled_from(RateUnit),
        duration_s=st.none() | st.integers(0, 10**6),
        start=st.none() | st.datetimes(timezones=st.just(UTC)),
        valid_from=st.none() | st.datetimes(timezones=st.just(UTC)),
        valid_to=st.none() | st.datetimes(timezones=st.just(UTC)),
        transaction_id=st.none() | st.integers(),
    )
)
def test_a_profile_survives_its_own_payload(item: ChargingProfile) -> None:
    assert ChargingProfile.from_ocpp(item.to_ocpp()) == item


@given(
    st.integers(-1000, 300_000),
    st.none() | st.integers(1, 200_000),
    st.sampled_from(Kind),
    st.integers(0, 5000),
)
def test_what_it_says_does_not_change_before_the_time_it_gave(
    seconds: int, duration: int | None, kind: Kind, started: int
) -> None:
    item = profile(
        (0, 6),
        (600, 16),
        (5000, 8),
        kind=kind,
        recurrency=Recurrency.DAILY if kind is Kind.RECURRING else None,
        duration_s=duration,
        valid_to=at(250_000),
    )
    slot = slot_at(item, at(seconds), at(started))
    assert slot.until > at(seconds)
    if slot.until != FOREVER:
        just_before = slot_at(item, slot.until - timedelta(microseconds=1), at(started))
        assert just_before.period == slot.period


class TestStore:
    """Stack levels, purposes and connectors."""

    def limit(
        self, store: ProfileStore, seconds: float = 0, connector: int = 1, started: int | None = 0
    ) -> float | None:
        begun = None if started is None else at(started)
        period = store.connector_limit(connector, at(seconds), begun).period
        return None if period is None else period.limit

    def test_nothing_is_limited_without_profiles(self) -> None:
        store = ProfileStore()
        assert self.limit(store) is None
        assert store.station_limit(START).period is None

    def test_the_highest_stack_level_prevails_while_it_is_valid(self) -> None:
        store = ProfileStore()
        store.install(1, profile((0, 6)), START)
        store.install(1, profile((0, 16), profile_id=2, stack_level=1, duration_s=60), START)
        assert self.limit(store, 59) == 16
        assert self.limit(store, 60) == 6
        assert store.connector_limit(1, at(10), START).until == at(60)

    def test_a_tx_profile_overrules_the_default_only_in_a_transaction(self) -> None:
        store = ProfileStore()
        store.install(0, profile((0, 6), stack_level=5), START)
        store.install(1, profile((0, 16), profile_id=2, purpose=Purpose.TX, duration_s=60), START)
        assert self.limit(store, 10) == 16
        assert self.limit(store, 10, started=None) == 6
        assert self.limit(store, 60) == 6
        assert self.limit(store, 10, connector=2) == 6

    def test_a_default_for_one_connector_replaces_the_common_one_of_its_level(self) -> None:
        store = ProfileStore()
        store.install(0, profile((0, 6)), START)
        store.install(1, profile((0, 10), profile_id=2), START)
        assert self.limit(store, connector=1) == 10
        assert self.limit(store, connector=2) == 6
        store.install(0, profile((0, 8), profile_id=3, stack_level=1), START)
        assert self.limit(store, connector=1) == 8

    def test_the_same_id_and_the_same_stack_replace(self) -> None:
        store = ProfileStore()
        store.install(1, profile((0, 6)), START)
        store.install(1, profile((0, 7), profile_id=2), START)
        assert [item.profile.profile_id for item in store.installed] == [2]
        store.install(1, profile((0, 8), profile_id=2, stack_level=4), START)
        assert [item.profile.stack_level for item in store.installed] == [4]

    @pytest.mark.parametrize(
        ("criteria", "left"),
        [
            ({}, []),
            ({"profile_id": 1}, [2, 3]),
            ({"connector_id": 1}, [3]),
            ({"purpose": Purpose.TX}, [1, 3]),
            ({"stack_level": 0}, [2, 3]),
            ({"connector_id": 1, "stack_level": 1}, [1, 3]),
            ({"profile_id": 9}, [1, 2, 3]),
        ],
    )
    def test_what_matches_all_criteria_is_cleared(
        self, criteria: dict[str, Any], left: list[int]
    ) -> None:
        store = ProfileStore()
        store.install(1, profile(), START)
        store.install(1, profile(profile_id=2, stack_level=1, purpose=Purpose.TX), START)
        store.install(0, profile(profile_id=3, stack_level=2), START)
        removed = store.clear(**criteria)
        assert [item.profile.profile_id for item in store.installed] == left
        assert removed == 3 - len(left)

    def test_some_chargers_count_relative_schedules_from_their_installation(self) -> None:
        expiring = profile((0, 10), kind=Kind.RELATIVE, duration_s=60)
        strict, lax = ProfileStore(), ProfileStore(relative_from_installation=True)
        for store in (strict, lax):
            store.install(1, expiring, at(1000))
        assert self.limit(strict, 1010) is None
        assert self.limit(lax, 1010) == 10

    def test_profiles_survive_a_restart(self) -> None:
        store, other = ProfileStore(), ProfileStore()
        store.install(0, profile((0, 6), duration_s=60), START)
        other.load(store.save())
        assert other.installed == store.installed
