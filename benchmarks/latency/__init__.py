"""Meter's message to SetChargingProfile, in a real Home Assistant with Mosquitto and sockets.

The way is the one of a home: MQTT, trigger, automation, action, OCPP. Beside it what balancing costs.
"""

import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from random import Random
import sys
import tempfile

from script.lib.demo.processes import ProgramError

from ..report import Figure, Goal, show
from .events import WITHIN, Answers, answers
from .home import Home, Size, home
from .load import Load, load

EVENTS = 500
#: With the goal's number of chargers.
_GOAL_CHARGERS, _GOAL_MS = 10, 50
#: Seconds for which rows and processor time are counted, with all events.
_LOAD_SECONDS = 60.0
_LEAST_LOAD_SECONDS = 10.0
_SEED = 20260114


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """So many Home Assistants, each as large.

    More than one take turns: a charger has few steps, and waits 20 s and more for each raise.
    """

    homes: int
    size: Size
    measures_load: bool = False

    @property
    def chargers(self) -> int:
        """Return how many chargers one Home Assistant has."""
        return self.size.sites * self.size.chargers


SCENARIOS = (
    Scenario(homes=3, size=Size(sites=1, chargers=1)),
    Scenario(homes=2, size=Size(sites=1, chargers=10), measures_load=True),
    Scenario(homes=1, size=Size(sites=10, chargers=10)),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a scenario came to; ``load`` only where it was measured."""

    chargers: int
    answers: Answers
    load: Load | None


async def measure(scenario: Scenario, events: int, load_seconds: float) -> Outcome:
    """Return what a scenario comes to; raises ProgramError, also in a group."""
    random = Random(_SEED)
    async with AsyncExitStack() as stack:
        homes = [await _move_in(stack, scenario.size) for _ in range(scenario.homes)]
        answered = await answers(homes, events, random)
    if not scenario.measures_load:
        return Outcome(chargers=scenario.chargers, answers=answered, load=None)
    async with AsyncExitStack() as stack:
        # Another one: after hundreds of overloads a site waits long before it raises again.
        cost = await load(await _move_in(stack, scenario.size), load_seconds, random)
    return Outcome(chargers=scenario.chargers, answers=answered, load=cost)


async def _move_in(stack: AsyncExitStack, size: Size) -> Home:
    folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="zmartcharge-bench-"))
    return await stack.enter_async_context(home(Path(folder), size))


def figures_of(outcomes: Sequence[Outcome]) -> list[Figure]:
    """Return what is to be shown of all scenarios."""
    found = []
    for outcome in outcomes:
        name = f"{outcome.chargers} charger{'s' if outcome.chargers > 1 else ''}"
        answered = outcome.answers
        found += [
            Figure(f"{name}: overloads", len(answered.seconds), "events"),
            Figure(f"{name}: message to SetChargingProfile, p50", _ms(answered, 0.5), "ms"),
            Figure(f"{name}: message to SetChargingProfile, p99", _ms(answered, 0.99), "ms"),
            Figure(f"{name}: message to SetChargingProfile, max", _ms(answered, 1.0), "ms"),
            Figure(f"{name}: answered after more than 1 s", answered.late, "events"),
            Figure(f"{name}: not answered within {WITHIN:.0f} s", answered.unanswered, "events"),
        ]
        if outcome.load:
            found += [
                Figure(f"{name}: recorder rows", outcome.load.rows_per_hour, "per hour"),
                Figure(f"{name}: of these states", outcome.load.states_per_hour, "per hour"),
                Figure(f"{name}: Home Assistant", outcome.load.share, "% of a core"),
            ]
    return found


def goals_of(outcomes: Sequence[Outcome]) -> list[Goal]:
    """Return the goals beside what was measured."""
    goals = [
        Goal(
            f"p99 with {_GOAL_CHARGERS} chargers, ms",
            _ms(outcome.answers, 0.99),
            _GOAL_MS,
            at_most=True,
        )
        for outcome in outcomes
        if outcome.chargers == _GOAL_CHARGERS
    ]
    unanswered = sum(outcome.answers.unanswered for outcome in outcomes)
    return [*goals, Goal("overloads not answered", unanswered, 0, at_most=True)]


def run(*, as_json: bool, events: int = EVENTS) -> None:
    """Measure all and print; ``events`` are those of each scenario. Says how far it is on stderr."""
    seconds = max(_LEAST_LOAD_SECONDS, _LOAD_SECONDS * min(1, events / EVENTS))
    outcomes = []
    for scenario in SCENARIOS:
        print(f"{scenario.chargers} charging …", file=sys.stderr, flush=True)
        try:
            outcomes.append(asyncio.run(measure(scenario, events, seconds)))
        except (ProgramError, ExceptionGroup) as err:
            cause = _program_error(err)
            if cause is None:
                raise
            sys.exit(f"failed: {cause}")
    show("Load balancing in real time", figures_of(outcomes), goals_of(outcomes), as_json=as_json)


def _program_error(err: Exception) -> ProgramError | None:
    """Return what went wrong with the programs, out of the groups of those that ran beside it."""
    if isinstance(err, ExceptionGroup):
        found = err.subgroup(ProgramError)
        return _program_error(found.exceptions[0]) if found else None
    return err if isinstance(err, ProgramError) else None


def _ms(answered: Answers, share: float) -> float:
    return 1000 * answered.percentile(share)
