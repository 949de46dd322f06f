"""Energy lands in the quarter-hours in which it was delivered."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.zmartcharge.ledger.periods import MAX_SPAN, PERIOD, period_start, spread

_TIMES = st.timedeltas(timedelta(0), timedelta(days=7000)).map(
    lambda passed: datetime(2020, 1, 1, tzinfo=UTC) + passed
)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("wh", "since", "until", "parts"),
    [
        pytest.param(
            900, "2026-10-01T12:00", "2026-10-01T12:15", [("2026-10-01T12:00", 900)], id="one"
        ),
        pytest.param(
            100,
            "2026-10-01T12:10",
            "2026-10-01T12:20",
            [("2026-10-01T12:00", 50), ("2026-10-01T12:15", 50)],
            id="in proportion",
        ),
        pytest.param(
            10,
            "2026-10-01T12:00",
            "2026-10-01T12:45",
            [("2026-10-01T12:00", 3), ("2026-10-01T12:15", 3), ("2026-10-01T12:30", 4)],
            id="whole watt-hours",
        ),
        pytest.param(
            1, "2026-10-01T12:00", "2026-10-01T13:00", [("2026-10-01T12:45", 1)], id="empty parts"
        ),
        pytest.param(
            200,
            "2026-12-31T23:50",
            "2027-01-01T00:10",
            [("2026-12-31T23:45", 100), ("2027-01-01T00:00", 100)],
            id="year",
        ),
        pytest.param(
            60,
            "2028-02-29T23:50",
            "2028-03-01T00:05",
            [("2028-02-29T23:45", 40), ("2028-03-01T00:00", 20)],
            id="leap day and month",
        ),
        pytest.param(
            7, "2026-10-01T12:20", "2026-10-01T12:20", [("2026-10-01T12:15", 7)], id="no time"
        ),
        pytest.param(
            7, "2026-10-01T13:00", "2026-10-01T12:20", [("2026-10-01T12:15", 7)], id="backwards"
        ),
        pytest.param(0, "2026-10-01T12:20", "2026-10-01T12:20", [], id="nothing, no time"),
        pytest.param(0, "2026-10-01T12:00", "2026-10-01T13:00", [], id="nothing"),
    ],
)
def test_energy_is_spread_by_time(
    wh: int, since: str, until: str, parts: list[tuple[str, int]]
) -> None:
    assert list(spread(wh, at(since), at(until))) == [(at(start), part) for start, part in parts]


@pytest.mark.parametrize(
    ("since", "until", "hours"),
    [
        pytest.param("2026-03-29T01:00+01:00", "2026-03-29T04:00+02:00", 2, id="spring"),
        pytest.param("2026-10-25T01:00+02:00", "2026-10-25T04:00+01:00", 4, id="autumn"),
    ],
)
def test_the_nights_when_the_clocks_change_have_every_quarter_once(
    since: str, until: str, hours: int
) -> None:
    oslo = ZoneInfo("Europe/Oslo")
    parts = list(
        spread(
            hours * 4000,
            datetime.fromisoformat(since).astimezone(UTC),
            datetime.fromisoformat(until).astimezone(UTC),
        )
    )
    assert [wh for _, wh in parts] == [1000] * 4 * hours
    local = [start.astimezone(oslo) for start, _ in parts]
    # 02:30 comes never in spring and twice in autumn, as two different quarters.
    assert sum((one.hour, one.minute) == (2, 30) for one in local) == (0 if hours == 2 else 2)


@settings(deadline=None, derandomize=True)
@given(st.integers(0, 10**9), _TIMES, st.timedeltas(timedelta(0), timedelta(days=4000)))
def test_the_parts_sum_to_the_energy_and_are_bounded(
    wh: int, since: datetime, duration: timedelta
) -> None:
    parts = list(spread(wh, since, since + duration))
    assert sum(part for _, part in parts) == wh
    assert all(part > 0 for _, part in parts)
    starts = [start for start, _ in parts]
    assert starts == sorted(set(starts)) and all(start == period_start(start) for start in starts)
    assert len(parts) <= MAX_SPAN // PERIOD + 1
