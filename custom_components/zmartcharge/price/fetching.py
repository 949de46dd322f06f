"""Which day's prices to fetch, from which source, and when to try again.

The state is plain values and time an argument; only ``SourceChain.update`` awaits the sources.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta

from .errors import PriceError, PriceProblem
from .period import local_day
from .publication import MARKET_ZONE, expected_at, final_at, is_preliminary, late_at, market_day
from .series import PriceSeries

#: Waits after the first, second … failure of all sources in a row; the last one goes on.
RETRY_AFTER = tuple(timedelta(minutes=minutes) for minutes in (1, 2, 5, 10, 15, 30))
#: Waits while the market has not published: often when it is about to, then less.
ASK_AGAIN = timedelta(minutes=5)
ASK_AGAIN_LATE = timedelta(minutes=15)
_DAY = timedelta(days=1)
_AT_ONCE = datetime.min.replace(tzinfo=UTC)

type Fetch = Callable[[date], Awaitable[PriceSeries]]


@dataclass(frozen=True, slots=True)
class Source:
    """Where prices come from: ``fetch`` returns the series of a delivery day.

    ``fetch`` raises ``PriceError``: ``price_not_published`` for a day that the market has not told
    (204), ``price_source_unreachable`` for what went wrong on the way, any other for what was sent.
    It must end by itself in reasonable time. ``id`` is for the user's eyes and for logs.
    """

    id: str
    fetch: Fetch


@dataclass(frozen=True, slots=True)
class Attempt:
    """How a delivery day fares: failures in a row, when to try next, what each source said last."""

    failures: int = 0
    next_at: datetime = _AT_ONCE
    problems: Mapping[str, PriceError] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FetchState:
    """What is to be remembered between updates; empty after a restart."""

    attempts: Mapping[date, Attempt] = field(default_factory=dict)

    def of(self, day: date) -> Attempt:
        """Return how a day fares."""
        return self.attempts.get(day, Attempt())

    def with_attempt(self, day: date, attempt: Attempt) -> FetchState:
        """Return the state after an attempt."""
        return replace(self, attempts={**self.attempts, day: attempt})

    def since(self, day: date) -> FetchState:
        """Return the state without the days before one."""
        kept = {each: attempt for each, attempt in self.attempts.items() if each >= day}
        return replace(self, attempts=kept)


def wanted_days(
    series: PriceSeries, now: datetime, backlog: Iterable[date] = ()
) -> tuple[date, ...]:
    """Return the delivery days whose prices are lacking or not final, most urgent first.

    Today, tomorrow once the market publishes, then what lies behind (``backlog``) because a cost waits
    for it.
    """
    today = market_day(now)
    days = [today, today + _DAY] if now >= expected_at(today + _DAY) else [today]
    behind = sorted(set(backlog) - set(days), reverse=True)
    return tuple(
        day
        for day in (*days, *behind)
        if day <= days[-1]
        and (not series.covers(day, MARKET_ZONE) or _may_be_final(series, day, now))
    )


def due_days(
    series: PriceSeries, state: FetchState, now: datetime, backlog: Iterable[date] = ()
) -> tuple[date, ...]:
    """Return the wanted days that are to be tried now."""
    return tuple(day for day in wanted_days(series, now, backlog) if state.of(day).next_at <= now)


def next_look(
    series: PriceSeries, state: FetchState, now: datetime, backlog: Iterable[date] = ()
) -> datetime:
    """Return when to look again: a retry, the next publication, or preliminary prices being final."""
    tomorrow = market_day(now) + _DAY
    events = [expected_at(tomorrow), expected_at(tomorrow + _DAY)]
    for day in (tomorrow - _DAY, tomorrow):
        final = final_at(day, series.currency)
        if final is not None and _has_preliminary(series, day):
            events.append(final)
    retries = [state.of(day).next_at for day in wanted_days(series, now, backlog)]
    return min(
        [*(event for event in events if event > now), *(max(now, retry) for retry in retries)]
    )


def missing_since(series: PriceSeries, now: datetime) -> datetime | None:
    """Return since when a price is missing that there should be; ``None`` when all is well.

    That is a price of now or of the rest of today, or tomorrow's when the market is late (15:00).
    A forecast is no price.
    """
    today = market_day(now)
    day = local_day(today, MARKET_ZONE)
    for gap in series.gaps(day):
        if gap.end > now:
            return gap.start
    if now >= (late := late_at(today + _DAY)) and not series.covers(today + _DAY, MARKET_ZONE):
        return late
    return None


@dataclass(frozen=True, slots=True)
class Update:
    """What an update came to. ``fetched`` tells which source gave each new day."""

    series: PriceSeries
    state: FetchState
    fetched: Mapping[date, str]


class SourceChain:
    """Sources in the order of trust: a day comes from the first that has all of it."""

    def __init__(self, sources: Sequence[Source]) -> None:
        """Take the sources, the best one first."""
        self.sources = tuple(sources)

    async def update(
        self,
        series: PriceSeries,
        state: FetchState,
        now: datetime,
        backlog: Iterable[date] = (),
    ) -> Update:
        """Fetch every day that is due and return the series with it."""
        backlog = tuple(backlog)
        fetched: dict[date, str] = {}
        for day in due_days(series, state, now, backlog):
            found, source, attempt = await self._day(series, day, state.of(day), now)
            series, state = found, state.with_attempt(day, attempt)
            if source is not None:
                fetched[day] = source
        oldest = min((*backlog, market_day(now)))
        return Update(series, state.since(oldest), fetched)

    async def _day(
        self, series: PriceSeries, day: date, before: Attempt, now: datetime
    ) -> tuple[PriceSeries, str | None, Attempt]:
        """Ask the sources for a day; a part of it is kept while the next source is asked."""
        problems: dict[str, PriceError] = {}
        for source in self.sources:
            try:
                found = _of_day(await source.fetch(day), day, now)
                series = series.merge(found)
            except PriceError as problem:
                problems[source.id] = problem
                continue
            except (TimeoutError, OSError) as problem:
                problems[source.id] = PriceError(PriceProblem.UNREACHABLE, problem=problem)
                continue
            if found and series.covers(day, MARKET_ZONE):
                return series, source.id, Attempt(0, now + ASK_AGAIN, problems)
            problems[source.id] = PriceError(PriceProblem.NO_PRICES)
        return series, None, _again(day, before, problems, now)


def _again(
    day: date, before: Attempt, problems: Mapping[str, PriceError], now: datetime
) -> Attempt:
    """Return when to try a day again that no source has all of."""
    told = {problem.key for problem in problems.values()}
    if told <= {PriceProblem.NOT_PUBLISHED} and day > market_day(now):
        wait = ASK_AGAIN if now < late_at(day) else ASK_AGAIN_LATE
        return Attempt(0, now + wait, problems)
    wait = RETRY_AFTER[min(before.failures, len(RETRY_AFTER) - 1)]
    return Attempt(before.failures + 1, now + wait, problems)


def _of_day(found: PriceSeries, day: date, now: datetime) -> PriceSeries:
    """Return what of a series lies in a day, marked when it may still be corrected."""
    period = local_day(day, MARKET_ZONE)
    preliminary = is_preliminary(day, found.currency, now)
    prices = (
        replace(price, preliminary=price.preliminary or preliminary)
        for price in found.between(period.start, period.end)
    )
    return replace(found, prices=tuple(prices))


def _has_preliminary(series: PriceSeries, day: date) -> bool:
    period = local_day(day, MARKET_ZONE)
    return any(price.preliminary for price in series.between(period.start, period.end))


def _may_be_final(series: PriceSeries, day: date, now: datetime) -> bool:
    return _has_preliminary(series, day) and not is_preliminary(day, series.currency, now)
