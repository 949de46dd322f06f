"""Runs everything and tells what came of it."""

from pathlib import Path

from ..report import Figure, Goal, show
from . import house as capacity, prices, sessions
from .optimality import Gaps, few_starts, one_car, several_cars
from .prices import Series
from .sessions import Visit
from .speed import Times, plan_times
from .year import KNOWN, LEARNED, Year, run_year

_ONE, _SEVERAL, _STARTS = 2_000, 300, 200
_SPEEDS = ((1, 300, 2.0), (4, 60, None), (20, 40, 100.0))


def run(*, as_json: bool, seed: int, prices_file: Path | None, sessions_file: Path | None) -> None:
    """Measure and print. Files: see ``read_prices`` and ``read_sessions``."""
    figures: list[Figure] = []
    goals: list[Goal] = []
    for add in (_optimality(seed), _speeds(seed), _years(seed, prices_file, sessions_file)):
        figures += add[0]
        goals += add[1]
    figures += _capacity(seed)
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
    return figures, goals


def _series(prices_file: Path | None, seed: int) -> list[Series]:
    if prices_file is not None:
        return [prices.read_prices(prices_file)]
    return [prices.generated(area, seed) for area in prices.AREAS]


def _visits(series: Series, sessions_file: Path | None, seed: int) -> list[Visit]:
    if sessions_file is not None:
        return sessions.read_sessions(sessions_file, series)
    found = sessions.generated(series, seed)
    return [visit for visit in found if visit.end <= len(series.paid)]


def _years(seed: int, prices_file: Path | None, sessions_file: Path | None) -> _Found:
    year = Year()
    for series in _series(prices_file, seed):
        run_year(series, _visits(series, sessions_file, seed), year)
    figures = []
    for name, found in year.by_rule.items():
        figures += [
            Figure(f"{name}: cost above the optimum for the same kWh", found.above, "%"),
            Figure(f"{name}: energy missed", found.missed, "%"),
            Figure(f"{name}: starts per session", found.starts / max(1, found.sessions), ""),
        ]
    learned = year.of(LEARNED)
    figures.append(Figure("sessions", year.of(KNOWN).sessions, ""))
    goals = [
        Goal(f"{LEARNED}: cost above the optimum, %", learned.above, 1.0, at_most=True),
        Goal(f"{LEARNED}: energy missed, %", learned.missed, 1.0, at_most=True),
    ]
    return figures, goals


def _capacity(seed: int) -> list[Figure]:
    """Return a year's bill of one commuter's house in NO1."""
    series = prices.generated("NO1", seed)
    visits = [
        visit
        for visit in sessions.generated(series, seed)
        if visit.driver.endswith("commuter") and visit.end <= len(series.paid)
    ]
    house = capacity.house_load(seed)
    budgets = capacity.budgets_of(house, series.start)
    choices: dict[str, capacity.Choice] = {
        "immediate": capacity.at_once,
        "planned by price": capacity.Planned(series, house, None),
        "hour budget, house predicted": capacity.Planned(series, house, budgets),
        "hour budget, house known": capacity.Planned(series, house, budgets, perfect=True),
    }
    figures = [
        Figure("house alone: capacity fees", capacity.fee(house, series.start), "NOK a year")
    ]
    for name, choice in choices.items():
        bill = capacity.charge(series, visits, house, choice)
        figures += [
            Figure(f"{name}: energy of the car", bill.energy, "NOK a year"),
            Figure(f"{name}: capacity fees", bill.capacity, "NOK a year"),
            Figure(f"{name}: energy missed", bill.missed, "%"),
        ]
    return figures
