"""Runs everything and tells what came of it."""

import asyncio
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
import os
from pathlib import Path

from ..report import Figure, Goal, show
from . import files, house as capacity, prices, sessions
from .optimality import Gaps, few_starts, one_car, several_cars
from .peers import RULES
from .prices import Series
from .sessions import Visit
from .speed import Times, longest_holds, loop_waits, plan_times
from .year import KNOWN, LEARNED, Year, run_year

_ONE, _SEVERAL, _STARTS = 2_000, 300, 200
_SPEEDS = ((1, 300, 2.0), (4, 40, None), (20, 40, 100.0))
#: For how long a plan may keep the event loop from running at most, in ms.
_LOOP = 5.0


def run(*, as_json: bool, seed: int, prices_file: Path | None, sessions_file: Path | None) -> None:
    """Measure and print. Files: see ``read_prices`` and ``read_sessions``.

    Raises ``SystemExit`` that tells what is wrong with a file.
    """
    try:
        years = _given(prices_file, sessions_file, seed)
    except (OSError, ValueError) as error:
        raise SystemExit(str(error)) from None
    figures: list[Figure] = []
    goals: list[Goal] = []
    for add in (_optimality(seed), _speeds(seed), compared(years)):
        figures += add[0]
        goals += add[1]
    figures += _capacity(*years[0], seed)
    show("Plans", figures, goals, as_json=as_json)


type _Found = tuple[list[Figure], list[Goal]]


def _optimality(seed: int) -> _Found:
    one, several = one_car(seed, _ONE), several_cars(seed, _SEVERAL)
    realised = few_starts(seed, _STARTS)
    figures = [
        Figure(
            f"realised plan, mean gap to the integer program of {_STARTS}", 100 * realised.mean, "%"
        ),
        Figure("realised plan, 90 % of the gaps are below", 100 * realised.quantile(0.9), "%"),
        Figure("starts per session, planned", realised.starts, ""),
        Figure("starts per session, bare optimum", realised.bare_starts, ""),
    ]
    goals = [
        _gap(f"one car, largest gap of {_ONE} to HiGHS, 10^-6", one),
        _gap(f"several cars, largest gap of {_SEVERAL} to HiGHS, 10^-6", several),
        Goal("realised plan, mean gap, %", 100 * realised.mean, 0.3, at_most=True),
    ]
    return figures, goals


def _gap(name: str, found: Gaps) -> Goal:
    return Goal(name, 1e6 * found.largest, 1, at_most=True)


def _speeds(seed: int) -> _Found:
    figures: list[Figure] = []
    goals: list[Goal] = []
    for cars, rounds, goal in _SPEEDS:
        for limited in (False, True):
            times: Times = plan_times(cars, rounds, seed, limited=limited)
            room = "under limits" if limited else "without limits"
            name = f"{cars} car{'s' if cars > 1 else ''}, 192 quarters, {room}"
            figures += [
                Figure(f"{name}, median", times.median, "ms"),
                Figure(f"{name}, p99", times.p99, "ms"),
            ]
            if goal is not None and limited == (cars > 1):
                goals.append(Goal(f"{name}, p99, ms", times.p99, goal, at_most=True))
    for cars, rounds, _ in _SPEEDS:
        times = plan_times(cars, rounds, seed, limited=cars > 1, learned=True)
        name = f"{cars} car{'s' if cars > 1 else ''}, needs learned"
        figures += [
            Figure(f"{name}, median", times.median, "ms"),
            Figure(f"{name}, p99", times.p99, "ms"),
        ]
    waits, idle = asyncio.run(loop_waits(20, 10, seed))
    holds = longest_holds(20, 40, seed)
    name = "event loop late while another thread plans for 20 cars"
    figures += [
        Figure(f"{name}, median", waits.median, "ms"),
        Figure("event loop late while nothing is planned, p99", idle.p99, "ms"),
        Figure("longest hold of the interpreter in a plan for 20 cars, median", holds.median, "ms"),
    ]
    goals += [
        Goal(f"{name}, p99, ms", waits.p99, _LOOP, at_most=True),
        Goal(
            "longest hold of the interpreter in a plan for 20 cars, p99, ms",
            holds.p99,
            _LOOP,
            at_most=True,
        ),
    ]
    return figures, goals


type _Given = tuple[Series, list[Visit]]


def _given(prices_file: Path | None, sessions_file: Path | None, seed: int) -> list[_Given]:
    """Return prices with the sessions that lie within; one household's first."""
    if prices_file is not None:
        found = [files.read_prices(prices_file)]
    else:
        found = [prices.generated(area, seed) for area in prices.AREAS]
    if sessions_file is not None:
        return [(series, files.read_sessions(sessions_file, series)) for series in found]
    return [
        (
            series,
            [visit for visit in sessions.generated(series, seed) if visit.end <= len(series.paid)],
        )
        for series in found
    ]


def _year(given: _Given) -> Year:
    year = Year()
    run_year(*given, year)
    return year


def compared(years: Sequence[_Given]) -> _Found:
    """Return what years cost by each rule; each is reckoned by a process of its own."""
    workers = min(len(years), os.process_cpu_count() or 1)
    if workers == 1:
        reckoned = [_year(each) for each in years]
    else:
        with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
            reckoned = list(pool.map(_year, years))
    year = Year()
    for each in reckoned:
        for name, found in each.by_rule.items():
            year.of(name).join(found)
    figures = []
    for name, found in year.by_rule.items():
        figures += [
            Figure(f"{name}: cost above the optimum for the same kWh", found.above, "%"),
            Figure(f"{name}: energy missed", found.missed, "%"),
            Figure(f"{name}: starts per session", found.starts / max(1, found.sessions), ""),
        ]
    learned = year.of(LEARNED)
    figures.append(Figure("sessions", year.of(KNOWN).sessions, ""))
    if not learned.sessions:
        return figures, []  # too few to learn of
    goals = [
        Goal(f"{LEARNED}: cost above the optimum, %", learned.above, 1.0, at_most=True),
        Goal(f"{LEARNED}: energy missed, %", learned.missed, 1.0, at_most=True),
    ]
    return figures, goals


def _capacity(series: Series, visits: Sequence[Visit], seed: int) -> list[Figure]:
    """Return the bill of one household: the first, which is a commuter's in NO1 if generated."""
    driver = min((visit.driver for visit in visits), key=lambda each: not each.endswith("commuter"))
    visits = [visit for visit in visits if visit.driver == driver]
    house = capacity.house_load(seed, series)
    budgets = capacity.budgets_of(house, series.start)
    choices: dict[str, capacity.Choice] = {
        name: capacity.Ruled(series, rule) for name, rule in RULES.items()
    }
    choices |= {
        "ours, by price alone": capacity.Planned(series, house, None),
        "ours, hour budget, house predicted": capacity.Planned(series, house, budgets),
        "ours, hour budget, house known": capacity.Planned(series, house, budgets, perfect=True),
    }
    figures = [Figure("house alone: capacity fees", capacity.fee(house, series.start), "NOK")]
    for name, choice in choices.items():
        bill = capacity.charge(series, visits, house, choice)
        figures += [
            Figure(f"{name}: energy of the car", bill.energy, "NOK"),
            Figure(f"{name}: capacity fees", bill.capacity, "NOK"),
            Figure(f"{name}: energy missed", bill.missed, "%"),
        ]
    return figures
