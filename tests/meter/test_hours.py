"""The account of a site's hours."""

from datetime import UTC, date, datetime, timedelta
import json
from zoneinfo import ZoneInfo

from hypothesis import given, strategies as st
import pytest

from custom_components.zmartcharge.meter import HourAccount, Measured, Peak, ReaderAccount

OSLO = ZoneInfo("Europe/Oslo")
NOON = datetime(2026, 11, 21, 11, 0, tzinfo=UTC)
SUMMER_ENDS = datetime(2026, 10, 25, 0, 0, tzinfo=UTC)
SUMMER_BEGINS = datetime(2027, 3, 28, 0, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


def empty() -> HourAccount:
    return HourAccount(time_zone=OSLO)


def drawn(
    account: HourAccount, watts: float, begin: datetime, end: datetime, step: timedelta = MINUTE
) -> HourAccount:
    """Return the account after a power that was told at each step."""
    at = begin
    while at <= end:
        account = account.with_power(watts, at)
        at += step
    return account


def restarted(account: HourAccount) -> HourAccount:
    return HourAccount.from_dict(json.loads(json.dumps(account.to_dict())), OSLO)


def test_an_hour_of_a_constant_power_is_that_energy() -> None:
    account = drawn(empty(), 3000, NOON, NOON + HOUR)
    assert account.peaks == (Peak(NOON, 3000),)


def test_the_highest_hour_of_each_day_counts_and_the_three_highest_days() -> None:
    account = empty()
    for day, watts in enumerate((2000, 5000, 1000, 4000)):
        begin = NOON + timedelta(days=day)
        account = drawn(account, watts, begin, begin + HOUR)
        account = drawn(account, watts - 500, begin + 2 * HOUR, begin + 3 * HOUR)
    account = account.advance(NOON + timedelta(days=3, hours=5))
    assert [peak.energy for peak in account.peaks] == [5000, 4000, 2000]
    assert account.peak_average(NOON + timedelta(days=3), None) == pytest.approx(11000 / 3)


def test_a_new_month_begins_with_nothing() -> None:
    # The month turns when it does on the wall, an hour before it does in UTC.
    begin = datetime(2026, 11, 30, 22, 0, tzinfo=UTC)
    account = drawn(empty(), 3000, begin, begin + HOUR - MINUTE)
    assert account.advance(begin + HOUR - timedelta(seconds=1)).peaks == ()
    account = drawn(account, 1000, begin + HOUR, begin + 2 * HOUR)
    assert account.peaks == (Peak(begin + HOUR, 1000),)


def test_a_gap_counts_for_a_minute_and_no_more() -> None:
    account = empty().with_power(6000, NOON)
    account = account.with_power(0, NOON + timedelta(minutes=30))
    assert account.energy == pytest.approx(100)
    assert account.covered == MINUTE
    account = account.with_power(6000, NOON + timedelta(minutes=59, seconds=30))
    account = account.advance(NOON + timedelta(days=3))
    assert account.peaks[0].start == NOON
    assert account.peaks[0].energy == 150
    assert account.start == NOON + timedelta(days=3)


def test_what_is_delivered_is_no_import() -> None:
    assert drawn(empty(), -5000, NOON, NOON + HOUR).peaks == (Peak(NOON, 0),)


@pytest.mark.parametrize(
    ("midnight", "hours"), [(SUMMER_ENDS - 2 * HOUR, 25), (SUMMER_BEGINS - HOUR, 23)]
)
def test_each_hour_of_the_nights_when_the_clocks_change_is_an_hour(
    midnight: datetime, hours: int
) -> None:
    for highest in range(hours):
        account = empty()
        for hour in range(hours):
            begin = midnight + hour * HOUR
            watts = 3000 if hour == highest else 1000
            account = drawn(account, watts, begin, begin + HOUR - MINUTE, MINUTE)
        account = account.advance(midnight + hours * HOUR)
        assert account.peaks == (Peak(midnight + highest * HOUR, 3000),)
    assert account.days.keys() == {midnight.astimezone(OSLO).date()}


def test_both_hours_in_which_it_is_half_past_two_count_for_themselves() -> None:
    first = SUMMER_ENDS + timedelta(minutes=30)
    account = drawn(empty(), 4000, first, first + timedelta(minutes=29))
    account = drawn(account, 0, first + timedelta(minutes=30), first + HOUR)
    assert account.start == SUMMER_ENDS + HOUR
    assert account.peaks == (Peak(SUMMER_ENDS, 2000),)
    assert account.days.keys() == {date(2026, 10, 25)}


def test_two_registers_at_the_turns_of_the_hour_tell_it_exactly() -> None:
    account = empty().with_register(1_000_000, NOON + timedelta(seconds=10))
    account = drawn(account, 3000, NOON + timedelta(seconds=10), NOON + HOUR)
    account = account.with_register(1_002_950, NOON + HOUR + timedelta(seconds=20))
    assert account.peaks == (Peak(NOON, 2950),)
    # Without a single list in between, too.
    account = account.with_register(1_007_000, NOON + 2 * HOUR + timedelta(seconds=20))
    assert account.peaks == (Peak(NOON + HOUR, 4050),)


def test_a_register_corrects_the_hours_own_integral_downwards_too() -> None:
    account = empty().with_register(0, NOON)
    account = drawn(account, 3000, NOON, NOON + HOUR)
    assert account.with_register(2500, NOON + HOUR + MINUTE).peaks == (Peak(NOON, 2500),)


@pytest.mark.parametrize("minutes", [6, 30, 59])
def test_a_register_in_the_middle_of_an_hour_says_nothing_of_whole_ones(minutes: int) -> None:
    account = empty().with_register(0, NOON + timedelta(minutes=minutes))
    assert account.register is None
    assert account.with_register(9000, NOON + HOUR).peaks == ()


def test_of_a_register_that_comes_often_the_first_of_the_hour_counts() -> None:
    account = empty()
    for minute in range(125):
        account = account.with_register(minute * 50, NOON + timedelta(minutes=minute))
    assert account.peaks == (Peak(NOON, 3000),)


def test_a_register_that_repeats_the_hour_before_is_not_believed() -> None:
    account = empty().with_register(10_000, NOON)
    account = drawn(account, 3000, NOON, NOON + HOUR)
    account = account.with_register(10_000, NOON + HOUR)
    assert account.peaks == (Peak(NOON, 3000),)
    account = account.with_register(16_000, NOON + 2 * HOUR)
    # Two hours' energy is no hour's.
    assert account.peaks == (Peak(NOON, 3000),)
    assert account.with_register(19_500, NOON + 3 * HOUR).peaks == (Peak(NOON + 2 * HOUR, 3500),)


def test_a_register_that_runs_backwards_begins_anew() -> None:
    account = empty().with_register(10_000, NOON).with_register(5, NOON + HOUR)
    assert account.peaks == ()
    assert account.with_register(1005, NOON + 2 * HOUR).peaks == (Peak(NOON + HOUR, 1000),)


def test_another_meters_register_is_not_compared() -> None:
    account = empty().with_register(10_000, NOON).without_register()
    assert account.with_register(90_000, NOON + HOUR).peaks == ()


def test_last_hour_of_a_month_is_not_counted_into_the_next() -> None:
    begin = datetime(2026, 11, 30, 22, 0, tzinfo=UTC)
    account = empty().with_register(0, begin)
    assert account.with_register(9000, begin + HOUR).peaks == ()


def test_a_clock_that_is_set_back_counts_nothing_twice() -> None:
    account = drawn(empty(), 3000, NOON, NOON + timedelta(minutes=50))
    energy = account.energy
    back = drawn(account, 3000, NOON + timedelta(minutes=20), NOON + timedelta(minutes=49))
    assert back.energy == energy
    back = back.with_power(0, NOON + timedelta(minutes=50))
    assert back.energy == energy


def test_a_clock_that_was_hours_ahead_is_forgotten() -> None:
    account = drawn(empty(), 3000, NOON + 5 * HOUR, NOON + timedelta(hours=5, minutes=30))
    account = drawn(account, 1000, NOON, NOON + HOUR)
    assert account.peaks == (Peak(NOON, 1000),)


class TestEstimate:
    def test_is_what_was_drawn_and_what_the_power_comes_to(self) -> None:
        half = NOON + HOUR / 2
        account = drawn(empty(), 4000, NOON, half)
        assert account.estimate(half, 1000) == 2500
        assert account.estimate(half, -1000) == 2000

    def test_is_unknown_without_a_power(self) -> None:
        account = drawn(empty(), 4000, NOON, NOON + MINUTE)
        assert account.estimate(NOON + MINUTE, None) is None

    def test_is_unknown_where_most_of_the_hour_is(self) -> None:
        assert empty().estimate(NOON + HOUR / 2, 1000) is None
        assert empty().estimate(NOON + timedelta(seconds=30), 1000) == 992

    def test_part_that_was_not_heard_is_taken_for_the_rest(self) -> None:
        begin, now = NOON + HOUR / 4, NOON + HOUR / 2
        assert drawn(empty(), 4000, begin, now).estimate(now, 4000) == pytest.approx(4000, abs=1)

    def test_reader_that_never_sleeps_goes_first(self) -> None:
        now = NOON + HOUR / 2
        reader = Measured(ReaderAccount(hour=3000), now - MINUTE)
        assert empty().estimate(now, 6000, reader) == 3000 + 100 + 3000
        earlier = Measured(ReaderAccount(hour=3000), NOON - MINUTE)
        assert empty().estimate(now, 6000, earlier) is None


def test_of_each_rank_the_higher_peak_counts_ours_or_the_readers() -> None:
    account = drawn(empty(), 3000, NOON, NOON + HOUR)
    now = NOON + HOUR
    reader = Measured(ReaderAccount(hour=0, peaks=(2000, 1000)), now)
    assert account.peak_average(now, reader) == 2000
    last_month = Measured(reader.value, datetime(2026, 10, 31, tzinfo=UTC))
    assert account.peak_average(now, last_month) == 3000
    assert empty().peak_average(now, None) is None


events = st.lists(
    st.tuples(
        st.integers(1, 4000),
        st.floats(-5000, 20_000),
        st.none() | st.integers(0, 100_000),
    ),
    min_size=1,
    max_size=60,
)


def replay(
    account: HourAccount, begin: datetime, found: list[tuple[int, float, int | None]], restart: int
) -> HourAccount:
    at = begin
    for number, (seconds, watts, register) in enumerate(found):
        if number == restart:
            account = restarted(account)
        at += timedelta(seconds=seconds)
        account = account.with_power(watts, at)
        if register is not None:
            account = account.with_register(register, at)
    return account


@given(
    events,
    st.integers(0, 60),
    st.sampled_from([NOON, SUMMER_ENDS, SUMMER_BEGINS, datetime(2026, 11, 30, 20, tzinfo=UTC)]),
)
def test_a_restart_anywhere_changes_nothing(
    found: list[tuple[int, float, int | None]], restart: int, begin: datetime
) -> None:
    assert replay(empty(), begin, found, restart) == replay(empty(), begin, found, -1)


@given(events, st.sampled_from([NOON, SUMMER_ENDS, SUMMER_BEGINS]))
def test_no_hour_without_registers_holds_more_than_the_highest_power(
    found: list[tuple[int, float, int | None]], begin: datetime
) -> None:
    account = replay(empty(), begin, [(s, w, None) for s, w, _ in found], -1)
    highest = max(0.0, *(watts for _, watts, _ in found), 0.0)
    assert account.energy <= highest + 1e-6
    assert account.covered <= HOUR
    assert len(account.peaks) <= 3
    for peak in account.peaks:
        assert 0 <= peak.energy <= round(highest)
        assert peak.start.minute == 0


@pytest.mark.parametrize(
    "nonsense",
    [
        {},
        {**empty().to_dict(), "start": "yesterday"},
        {**empty().to_dict(), "start": "2026-11-21T12:00:00"},
        {**empty().to_dict(), "days": [["2026-11-21T12:00:00+00:00"]]},
        {**empty().to_dict(), "register": "much"},
        {**empty().to_dict(), "energy": None},
    ],
)
def test_nonsense_that_was_kept_is_told(nonsense: dict[str, object]) -> None:
    with pytest.raises((KeyError, TypeError, ValueError)):
        HourAccount.from_dict(nonsense, OSLO)
