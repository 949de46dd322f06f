"""The estimate for the hour when the reader counts too."""

from datetime import UTC, datetime, timedelta
import json

import pytest

from custom_components.zmartcharge.meter import HourAccount, Measured, ReaderAccount, parse

HALF_PAST = datetime(2026, 1, 21, 6, 30, tzinfo=UTC)


def account(power: float, since: timedelta) -> HourAccount:
    """Return an account that has heard a constant power for a while."""
    told = HourAccount(time_zone=UTC)
    for seconds in range(0, int(since.total_seconds()) + 1, 10):
        told = told.with_power(power, HALF_PAST - since + timedelta(seconds=seconds))
    return told


def test_reader_that_was_awake_all_the_hour_is_believed() -> None:
    reader = Measured(ReaderAccount(hour=500, complete=True), HALF_PAST)
    assert account(4000, timedelta(minutes=5)).estimate(HALF_PAST, 2000, reader) == 1500


def test_reader_that_has_just_started_does_not_make_the_hour_look_cheap() -> None:
    reader = Measured(ReaderAccount(hour=10, complete=False), HALF_PAST)
    assert account(4000, timedelta(minutes=5)).estimate(HALF_PAST, 4000, reader) == 4000


def test_reader_that_has_counted_more_than_we_heard_counts() -> None:
    reader = Measured(ReaderAccount(hour=3000, complete=False), HALF_PAST)
    assert account(1000, timedelta(minutes=5)).estimate(HALF_PAST, 1000, reader) == 3500


def test_count_of_the_hour_before_is_not_taken_for_this_one() -> None:
    reader = Measured(ReaderAccount(hour=5000), HALF_PAST - timedelta(minutes=31))
    assert account(2000, timedelta(minutes=30)).estimate(HALF_PAST, 2000, reader) == 2000


@pytest.mark.parametrize(
    ("body", "complete"),
    [
        ({"up": 1800, "realtime": {"h": 1}}, True),
        ({"up": 60, "realtime": {"h": 1}}, False),
        ({"up": 60, "realtime": {"h": 1, "hq": "good"}}, True),
        ({"up": 9000, "realtime": {"h": 1, "hq": "incomplete"}}, False),
        ({"up": "soon", "realtime": {"h": 1}}, True),
        ({"rt_h": 1, "up": 10}, False),
    ],
)
def test_reader_tells_by_its_quality_or_its_uptime_whether_it_was_awake(
    body: dict[str, object], complete: bool
) -> None:
    reading = parse(json.dumps(body), received=HALF_PAST, retained=False)
    assert reading is not None and reading.account is not None
    assert reading.account.complete is complete
