"""When it is open, also on the two nights on which the clocks change."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, given, settings, strategies as st
import pytest

from custom_components.zmartcharge.access import OpeningHours, OpeningInterval

from .builders import HOUR, NOW, OSLO, hours

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
#: 02:00 comes not (29 March 2026) and twice (25 October 2026) in Oslo.
SPRING, AUTUMN = date(2026, 3, 29), date(2026, 10, 25)


def oslo(day: date, at: str, fold: int = 0) -> datetime:
    return datetime.combine(day, time.fromisoformat(at), OSLO).replace(fold=fold).astimezone(UTC)


def changes(opening: OpeningHours, day: date) -> list[str]:
    """Return the local times at which it opens (+) and closes (-), from midnight to midnight."""
    at, found = oslo(day, "00:00"), []
    before = opening.is_open(at - MINUTE)
    while at < oslo(day + DAY, "00:00"):
        now = opening.is_open(at)
        if now is not before:
            local = at.astimezone(OSLO)
            found.append(f"{'+' if now else '-'}{local:%H:%M}{'*' * local.fold}")
        before, at = now, at + MINUTE
    return found


def test_open_in_the_interval_and_closed_when_it_ends() -> None:
    opening = hours("08:00-20:00")
    day = date(2026, 10, 6)
    assert [
        opening.is_open(oslo(day, at))
        for at in ("07:59:59.999999", "08:00", "19:59:59.999999", "20:00")
    ] == [False, True, True, False]


def test_an_evening_goes_on_over_midnight_into_a_day_without_hours() -> None:
    opening = hours("18:00-02:00", days=range(4, 5))
    friday = date(2026, 10, 9)
    assert changes(opening, friday) == ["+18:00"]
    assert changes(opening, friday + DAY) == ["-02:00"]
    assert not opening.is_open(oslo(friday, "01:00"))
    assert opening.closes(oslo(friday, "23:00")) == oslo(friday + DAY, "02:00")


def test_several_intervals_a_day() -> None:
    opening = hours("06:00-09:00", "16:00-22:00")
    assert changes(opening, date(2026, 10, 6)) == ["+06:00", "-09:00", "+16:00", "-22:00"]


def test_intervals_that_meet_or_overlap_are_one() -> None:
    opening = hours("08:00-12:00", "12:00-16:00", "15:00-18:00")
    day = date(2026, 10, 6)
    assert changes(opening, day) == ["+08:00", "-18:00"]
    assert opening.closes(oslo(day, "09:00")) == oslo(day, "18:00")


def test_the_same_time_twice_is_a_whole_day() -> None:
    opening = hours("00:00-00:00", days=range(1, 2))
    tuesday = date(2026, 10, 6)
    assert changes(opening, tuesday) == ["+00:00"]
    assert changes(opening, tuesday + DAY) == ["-00:00"]
    assert opening.opens(oslo(tuesday + DAY, "00:00")) == oslo(tuesday + 7 * DAY, "00:00")


def test_always_open_never_opens_nor_closes() -> None:
    opening = hours("00:00-00:00")
    assert opening.is_open(NOW)
    assert opening.opens(NOW) is None
    assert opening.closes(NOW) is None


@pytest.mark.parametrize("days", [{}, {0: ()}])
def test_no_hours_are_never_open(days: dict[int, tuple[OpeningInterval, ...]]) -> None:
    opening = OpeningHours(days, OSLO)
    assert not opening.is_open(NOW)
    assert opening.opens(NOW) is None
    assert opening.closes(NOW) is None


@pytest.mark.parametrize(
    ("interval", "found"),
    [
        ("02:30-05:00", ["+02:30", "-05:00"]),
        ("02:30-02:45", ["+02:30", "-02:45*"]),
        ("22:00-02:30", ["-02:30*", "+22:00"]),
        ("00:00-02:00", ["+00:00", "-02:00"]),
        ("00:00-03:00", ["+00:00", "-03:00"]),
        ("02:00-03:00", ["+02:00", "-03:00"]),
    ],
)
def test_an_hour_that_comes_twice_is_open_until_its_last_end(
    interval: str, found: list[str]
) -> None:
    assert changes(hours(interval), AUTUMN) == found


@pytest.mark.parametrize(
    ("interval", "found"),
    [
        ("02:30-05:00", ["+03:00", "-05:00"]),
        ("22:00-02:30", ["-03:00", "+22:00"]),
        ("02:15-02:45", []),
    ],
)
def test_what_lies_in_an_hour_that_does_not_come_is_when_the_clocks_are_moved(
    interval: str, found: list[str]
) -> None:
    assert changes(hours(interval), SPRING) == found


def test_at_half_past_two_somebody_is_told_when_it_opens() -> None:
    opening = hours("06:00-22:00")
    for fold in (0, 1):
        assert opening.opens(oslo(AUTUMN, "02:30", fold)) == oslo(AUTUMN, "06:00")


def test_what_are_no_hours_is_refused() -> None:
    with pytest.raises(ValueError, match="0 to 6"):
        OpeningHours({7: ()}, OSLO)
    with pytest.raises(ValueError, match="without a zone"):
        OpeningInterval(time(8, tzinfo=UTC), time(9))


STEP = timedelta(minutes=5)
TIMES = st.builds(time, st.integers(0, 4) | st.integers(0, 23), st.integers(0, 11).map((5).__mul__))
WEEKS = st.dictionaries(
    st.integers(0, 6), st.lists(st.builds(OpeningInterval, TIMES, TIMES), max_size=3).map(tuple)
)
NIGHTS = st.sampled_from(
    [
        ("Europe/Oslo", SPRING),
        ("Europe/Oslo", AUTUMN),
        # Midnight comes not, and twice.
        ("America/Havana", date(2026, 3, 8)),
        ("America/Havana", date(2026, 11, 1)),
        # Half an hour.
        ("Australia/Lord_Howe", date(2026, 4, 5)),
        ("Australia/Lord_Howe", date(2026, 10, 4)),
        ("UTC", AUTUMN),
    ]
)


def clock_of(zone: ZoneInfo, first: date, last: date) -> dict[datetime, datetime]:
    """Return the steps of some days (UTC), with what the clock on the wall shows then."""
    at = datetime.combine(first, time(12), UTC)
    found = {}
    while at < datetime.combine(last, time(12), UTC):
        found[at] = at.astimezone(zone).replace(tzinfo=None, fold=0)
        at += STEP
    return found


@settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
@given(WEEKS, NIGHTS)
def test_open_from_the_first_to_the_last_step_that_a_clock_shows(
    week: dict[int, tuple[OpeningInterval, ...]], night: tuple[str, date]
) -> None:
    name, day = night
    opening = OpeningHours(week, ZoneInfo(name))
    clock = clock_of(ZoneInfo(name), day - 3 * DAY, day + 2 * DAY)
    expected: set[datetime] = set()
    for days in range(-3, 3):
        begins = day + days * DAY
        for interval in week.get(begins.weekday(), ()):
            start = datetime.combine(begins, interval.start)
            end = datetime.combine(begins, interval.end)
            end += timedelta(0) if end > start else DAY
            shown = [at for at, wall in clock.items() if start <= wall < end]
            if shown:
                expected |= {at for at in clock if shown[0] <= at <= shown[-1]}
    midnight = datetime.combine(day, time())
    near = [at for at, wall in clock.items() if -4 * HOUR <= wall - midnight < 8 * HOUR]
    for at in near:
        assert opening.is_open(at) is (at in expected), at
    for at in near[::12]:
        opens, closes = opening.opens(at), opening.closes(at)
        assert (closes if at not in expected else opens) is None
        if opens is not None:
            assert opening.is_open(opens) and not opening.is_open(opens - MINUTE)
        if closes is not None:
            assert opening.is_open(closes - MINUTE) and not opening.is_open(closes)
