"""Runs every controller through the same days, and tells what came of it."""

from collections.abc import Iterator, Mapping, Set as AbstractSet
from dataclasses import dataclass
from multiprocessing import get_context
import sys

from ..report import Figure, Goal, show
from .controller import Make, Ours
from .loop import Outcome, run_day
from .oracle import run_oracle
from .peers import Evcc, EvseLoadBalancer, LoadJuggler, OpenWb, SmartEvse
from .scenarios import SCENARIOS, day_of
from .steps import Reactions, reactions

_OURS, _ORACLE, _SILENT = "ours", "oracle", "oracle that keeps silence"
#: Nobody who could be compared.
_BOUNDS = {_ORACLE, _SILENT}
CONTROLLERS: Mapping[str, Make] = {
    _OURS: Ours,
    "evcc": Evcc,
    "hass-evse-load-balancer": EvseLoadBalancer,
    "openWB": OpenWb,
    "SmartEVSE": SmartEvse,
    "Load Juggler": LoadJuggler,
}
#: Knows one charger only.
_SINGLE = {"hass-evse-load-balancer"}
_WORKERS = 2
_STEPS = 60

type Task = tuple[int, int, int]
type Found = dict[tuple[str, str], Outcome]


@dataclass(frozen=True, slots=True)
class _Sum:
    """What came of all scenarios that a controller knows, as shares in %."""

    early: int
    late: int
    above: float
    energy: float


def one_day(task: Task) -> tuple[int, dict[str, Outcome]]:
    """Run a scenario's day (its index, the seed, the day's number) under all."""
    index, seed, number = task
    scenario = SCENARIOS[index]
    day = day_of(scenario, seed, number)
    found = {_ORACLE: run_oracle(day)}
    if scenario.broken:
        found[_SILENT] = run_oracle(day, silent=True)
    for name, make in CONTROLLERS.items():
        if len(scenario.places) == 1 or name not in _SINGLE:
            found[name] = run_day(day, make)
    return index, found


def run_all(seed: int, days: int) -> Found:
    """Return the outcomes by scenario and controller."""
    tasks = [(index, seed, day) for day in range(days) for index in range(len(SCENARIOS))]
    found: Found = {}
    with get_context("spawn").Pool(_WORKERS) as pool:
        for index, outcomes in pool.imap(one_day, tasks):
            for name, outcome in outcomes.items():
                found.setdefault((SCENARIOS[index].name, name), Outcome()).add(outcome)
    return found


def _total(found: Found, name: str) -> _Sum:
    mine = [outcome for (_, by), outcome in found.items() if by == name]
    known = [scenario for scenario, by in found if by == name]
    best = sum(found[scenario, _ORACLE].energy for scenario in known)
    return _Sum(
        early=sum(outcome.early for outcome in mine),
        late=sum(outcome.late for outcome in mine),
        above=100 * sum(o.above for o in mine) / max(1, sum(o.charging for o in mine)),
        energy=100 * sum(o.energy for o in mine) / max(1.0, best),
    )


def _share(found: Found, scenarios: AbstractSet[str], bound: str) -> float:
    """Return the energy of ours in some scenarios as a share of a bound's, in %."""
    known = [name for name in scenarios if (name, _OURS) in found and (name, bound) in found]
    best = sum(found[name, bound].energy for name in known)
    return 100 * sum(found[name, _OURS].energy for name in known) / max(1.0, best)


def _figures(found: Found, times: Mapping[str, Reactions]) -> Iterator[Figure]:
    for (scenario, name), outcome in found.items():
        if name in _BOUNDS:
            continue
        best = found[scenario, _ORACLE].energy
        start = f"{scenario}: {name}"
        yield Figure(f"{start}: early fuse", outcome.early, "trips")
        yield Figure(f"{start}: late fuse", outcome.late, "trips")
        above = 100 * outcome.above / max(1, outcome.charging)
        yield Figure(f"{start}: above the rating", above, "% of charging")
        yield Figure(f"{start}: energy", 100 * outcome.energy / max(1.0, best), "% of oracle")
    for name, each in times.items():
        total = _total(found, name)
        yield Figure(f"all: {name}: early fuse", total.early, "trips")
        yield Figure(f"all: {name}: late fuse", total.late, "trips")
        yield Figure(f"all: {name}: above the rating", total.above, "% of charging")
        yield Figure(f"all: {name}: energy", total.energy, "% of oracle")
        yield Figure(f"one step: {name}: overload, median", each.median, "s")
        yield Figure(f"one step: {name}: overload, worst", each.worst, "s")


def goals_of(found: Found, times: Mapping[str, Reactions]) -> list[Goal]:
    """Return the goals of ours, over all scenarios."""
    groups: dict[str, int] = {"well": 0, "faults": 0, "disobedient": 0}
    for scenario in SCENARIOS:
        group = "disobedient" if scenario.forgets else "faults" if scenario.broken else "well"
        if (scenario.name, _OURS) in found:
            outcome = found[scenario.name, _OURS]
            groups[group] += outcome.early + outcome.late
    total = _total(found, _OURS)
    well = {s.name for s in SCENARIOS if not s.broken}
    faults = {s.name for s in SCENARIOS if s.broken}
    return [
        Goal("trips, all well", groups["well"], 0, at_most=True),
        Goal("trips with faults", groups["faults"], 0, at_most=True),
        Goal("one step: overload, median, s", times[_OURS].median, 10, at_most=True),
        Goal("one step: overload, worst, s", times[_OURS].worst, 30, at_most=True),
        Goal("charging above the rating, %", total.above, 2, at_most=True),
        Goal("energy, all well, % of an oracle's", _share(found, well, _ORACLE), 95),
        Goal(
            "energy with faults, % of one's that keeps silence", _share(found, faults, _SILENT), 95
        ),
        Goal("energy, all and faults, % of an oracle's", total.energy, 95),
    ]


def table(found: Found, times: Mapping[str, Reactions]) -> str:
    """Return one line for each controller and scenario."""
    lines = [
        f"{'scenario':<24}{'controller':<26}{'early':>6}{'late':>6}{'above %':>9}{'energy %':>10}"
    ]
    for (scenario, name), outcome in found.items():
        if name in _BOUNDS:
            continue
        above = 100 * outcome.above / max(1, outcome.charging)
        energy = 100 * outcome.energy / max(1.0, found[scenario, _ORACLE].energy)
        lines.append(
            f"{scenario:<24}{name:<26}{outcome.early:>6}{outcome.late:>6}{above:>9.2f}{energy:>10.1f}"
        )
    for name, each in times.items():
        total = _total(found, name)
        lines.append(
            f"{'all it knows':<24}{name:<26}{total.early:>6}{total.late:>6}"
            f"{total.above:>9.2f}{total.energy:>10.1f}"
            f"   one step: median {each.median:.0f} s, worst {each.worst:.0f} s"
        )
    return "\n".join(lines)


def run(*, as_json: bool, seed: int, days: int) -> None:
    """Run everything and print."""
    found = run_all(seed, days)
    times = {name: reactions(make, seed, _STEPS) for name, make in CONTROLLERS.items()}
    goals = goals_of(found, times)
    title = f"Load balancing in virtual time: seed {seed}, {days} winter days in each home"
    if not as_json:
        sys.stdout.write(table(found, times) + "\n")
    show(title, list(_figures(found, times)) if as_json else (), goals, as_json=as_json)
