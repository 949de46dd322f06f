from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from custom_components.zmartcharge.price import (
    FetchState,
    PriceError,
    PriceProblem,
    PriceSeries,
    Resolution,
    Source,
    SourceChain,
    SpotPrice,
    due_days,
    final_at,
    is_preliminary,
    missing_since,
    next_look,
    periods_of_day,
    wanted_days,
)

from .builders import OSLO, local

TODAY, TOMORROW = date(2026, 11, 18), date(2026, 11, 19)
NOTHING = PriceSeries("NOK")
FRESH = FetchState()


def day(
    on: date, value: str = "1", resolution: Resolution = Resolution.HOUR, currency: str = "NOK"
) -> PriceSeries:
    return PriceSeries.of(
        currency,
        (SpotPrice(period, Decimal(value)) for period in periods_of_day(on, OSLO, resolution)),
    )


class Market:
    """A source that has the days that it was given, and counts who asks."""

    def __init__(self, name: str, *days: PriceSeries, problem: Exception | None = None) -> None:
        self.name = name
        self.days = {
            series.prices[0].period.start.astimezone(OSLO).date(): series for series in days
        }
        self.problem = problem
        self.asked: list[date] = []

    @property
    def source(self) -> Source:
        return Source(self.name, self.fetch)

    async def fetch(self, on: date) -> PriceSeries:
        self.asked.append(on)
        if self.problem:
            raise self.problem
        if on not in self.days:
            raise PriceError(PriceProblem.NOT_PUBLISHED)
        return self.days[on]


UNREACHABLE = PriceError(PriceProblem.UNREACHABLE)


@pytest.mark.parametrize(
    ("now", "days"),
    [
        ("2026-11-18T00:00", (TODAY,)),
        ("2026-11-18T12:59", (TODAY,)),
        ("2026-11-18T13:00", (TODAY, TOMORROW)),
        ("2026-11-18T23:59", (TODAY, TOMORROW)),
    ],
)
def test_tomorrow_is_wanted_from_one_o_clock(now: str, days: tuple[date, ...]) -> None:
    assert wanted_days(NOTHING, local(now)) == days


def test_day_that_is_there_is_not_fetched_again() -> None:
    assert wanted_days(day(TODAY), local("2026-11-18T10:00")) == ()


def test_days_behind_are_fetched_after_today_the_latest_first() -> None:
    behind = (date(2026, 11, 10), date(2026, 11, 16), date(2026, 11, 30))
    assert wanted_days(NOTHING, local("2026-11-18T10:00"), behind) == (
        TODAY,
        date(2026, 11, 16),
        date(2026, 11, 10),
    )


async def test_first_source_that_has_the_day_gives_it() -> None:
    down, up, spare = Market("a", problem=UNREACHABLE), Market("b", day(TODAY)), Market("c")
    chain = SourceChain([down.source, up.source, spare.source])
    update = await chain.update(NOTHING, FRESH, local("2026-11-18T10:00"))
    assert update.fetched == {TODAY: "b"}
    assert update.series.covers(TODAY, OSLO)
    assert update.state.of(TODAY).problems == {"a": UNREACHABLE}
    assert not spare.asked


@pytest.mark.parametrize("problem", [TimeoutError(), ConnectionResetError()])
async def test_source_that_breaks_down_is_passed_over(problem: Exception) -> None:
    chain = SourceChain([Market("a", problem=problem).source, Market("b", day(TODAY)).source])
    update = await chain.update(NOTHING, FRESH, local("2026-11-18T10:00"))
    assert update.fetched == {TODAY: "b"}


async def test_half_a_day_is_kept_and_filled_by_the_next_source() -> None:
    morning = PriceSeries("NOK", day(TODAY, "5").prices[:12])
    chain = SourceChain([Market("a", morning).source, Market("b", day(TODAY, "7")).source])
    update = await chain.update(NOTHING, FRESH, local("2026-11-18T10:00"))
    assert update.series.covers(TODAY, OSLO)
    alone = await SourceChain([Market("a", morning).source]).update(
        NOTHING, FRESH, local("2026-11-18T10:00")
    )
    assert not alone.fetched
    assert len(alone.series) == 12
    assert alone.state.of(TODAY).failures == 1


async def test_source_in_another_currency_is_passed_over() -> None:
    chain = SourceChain([Market("a", day(TODAY, currency="EUR")).source])
    update = await chain.update(NOTHING, FRESH, local("2026-11-18T10:00"))
    assert not update.series
    assert update.state.of(TODAY).problems["a"].key is PriceProblem.WRONG_CURRENCY


async def test_no_source_at_all_fails_quietly() -> None:
    update = await SourceChain([]).update(NOTHING, FRESH, local("2026-11-18T10:00"))
    assert not update.series
    assert update.state.of(TODAY).failures == 1


async def test_waits_grow_while_everything_is_down_for_a_day() -> None:
    down = Market("a", problem=UNREACHABLE)
    chain, state, now = SourceChain([down.source]), FRESH, local("2026-11-18T00:00")
    waits, until = [], now + timedelta(hours=12)
    while now < until:
        update = await chain.update(NOTHING, state, now)
        state = update.state
        following = next_look(NOTHING, state, now)
        waits.append(round((following - now) / timedelta(minutes=1)))
        now = following
    assert waits[:8] == [1, 2, 5, 10, 15, 30, 30, 30]
    assert len(down.asked) < 40


async def test_nothing_is_asked_before_its_time() -> None:
    down = Market("a", problem=UNREACHABLE)
    chain, now = SourceChain([down.source]), local("2026-11-18T10:00")
    state = (await chain.update(NOTHING, FRESH, now)).state
    await chain.update(NOTHING, state, now + timedelta(seconds=59))
    assert len(down.asked) == 1
    assert due_days(NOTHING, state, now + timedelta(seconds=60)) == (TODAY,)


async def test_unpublished_tomorrow_is_asked_often_and_is_no_failure() -> None:
    market = Market("a", day(TODAY))
    chain, series, now = SourceChain([market.source]), day(TODAY), local("2026-11-18T13:00")
    update = await chain.update(series, FRESH, now)
    assert update.state.of(TOMORROW).failures == 0
    assert next_look(series, update.state, now) == now + timedelta(minutes=5)
    late = local("2026-11-18T15:00")
    update = await chain.update(series, update.state, late)
    assert next_look(series, update.state, late) == late + timedelta(minutes=15)


async def test_tomorrow_comes_when_it_is_published() -> None:
    market = Market("a", day(TODAY), day(TOMORROW))
    update = await SourceChain([market.source]).update(day(TODAY), FRESH, local("2026-11-18T13:05"))
    assert update.fetched == {TOMORROW: "a"}
    assert next_look(update.series, update.state, local("2026-11-18T13:05")) == local(
        "2026-11-19T13:00"
    )


async def test_quarter_prices_go_over_the_hours_of_a_worse_source() -> None:
    hours = day(TODAY, "9")
    quarters = Market("a", day(TODAY, "1", Resolution.QUARTER))
    partly = PriceSeries("NOK", hours.prices[1:])
    update = await SourceChain([quarters.source]).update(partly, FRESH, local("2026-11-18T10:00"))
    assert len(update.series) == 96
    assert {price.value for price in update.series} == {Decimal(1)}


@pytest.mark.parametrize(
    ("delivery", "final"),
    [
        (date(2026, 11, 18), None),
        # Saturday, Sunday and Monday are fixed on Friday, Saturday and Sunday.
        (date(2026, 11, 21), None),
        (date(2026, 11, 22), "2026-11-23T17:00"),
        (date(2026, 11, 23), "2026-11-23T17:00"),
        (date(2026, 11, 24), None),
        # Good Friday to Easter Monday; Tuesday fixes again.
        (date(2026, 4, 4), "2026-04-07T17:00"),
    ],
)
def test_prices_are_final_after_the_next_banking_day(delivery: date, final: str | None) -> None:
    assert final_at(delivery, "NOK") == (final and local(final))
    assert final_at(delivery, "EUR") is None


async def test_preliminary_prices_are_fetched_again_once_when_they_are_final() -> None:
    sunday, monday = date(2026, 11, 22), date(2026, 11, 23)
    market = Market("a", day(monday, "1.00"))
    chain = SourceChain([market.source])
    update = await chain.update(day(sunday), FRESH, local("2026-11-22T13:00"))
    assert all(price.preliminary for price in update.series.between(*_span(monday)))
    assert is_preliminary(monday, "NOK", local("2026-11-23T16:59"))

    market.days[monday] = day(monday, "1.006")
    assert not due_days(update.series, update.state, local("2026-11-23T12:59"))
    assert next_look(
        update.series.merge(day(date(2026, 11, 24))), update.state, local("2026-11-23T14:00")
    ) == local("2026-11-23T17:00")
    update = await chain.update(update.series, update.state, local("2026-11-23T17:00"))
    assert {price.value for price in update.series.between(*_span(monday))} == {Decimal("1.006")}
    assert monday not in wanted_days(update.series, local("2026-11-23T17:00"))


def _span(on: date) -> tuple[datetime, datetime]:
    periods = periods_of_day(on, OSLO)
    return periods[0].start, periods[-1].end


@pytest.mark.parametrize(
    ("series", "now", "since"),
    [
        (lambda: day(TODAY), "2026-11-18T10:00", None),
        (lambda: day(TODAY), "2026-11-18T14:59", None),
        (lambda: day(TODAY), "2026-11-18T15:00", "2026-11-18T15:00"),
        (lambda: NOTHING, "2026-11-18T10:00", "2026-11-18T00:00"),
        (
            lambda: PriceSeries("NOK", day(TODAY).prices[:12]),
            "2026-11-18T10:00",
            "2026-11-18T12:00",
        ),
        (lambda: PriceSeries("NOK", day(TODAY).prices[8:]), "2026-11-18T10:00", None),
    ],
)
def test_missing_prices_are_told_since_when(
    series: Callable[[], PriceSeries], now: str, since: str | None
) -> None:
    assert missing_since(series(), local(now)) == (since and local(since))


async def test_days_that_are_over_are_forgotten() -> None:
    down = SourceChain([Market("a", problem=UNREACHABLE).source])
    state = (await down.update(NOTHING, FRESH, local("2026-11-18T10:00"))).state
    state = (await down.update(NOTHING, state, local("2026-11-20T10:00"))).state
    assert set(state.attempts) == {date(2026, 11, 20)}


def test_next_look_is_never_in_the_past() -> None:
    now = datetime(2026, 11, 18, 9, tzinfo=UTC)
    assert next_look(NOTHING, FRESH, now) == now
