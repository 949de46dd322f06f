"""What there is to share: the resources, and the chargers as their consumers."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from math import sqrt

from ..units import Ampere, GridType, Phase, Watt
from .learning import coefficients
from .sharing import Consumer, Resource, Route, round_down, round_up
from .situation import ChargerSituation, Circuit, SiteLimits, Situation
from .state import ChargerMemory, HouseSample

POWER: Resource = ("power",)
BUDGET: Resource = ("budget",)
_NEVER = datetime.max.replace(tzinfo=UTC)
#: At the end of an hour a budget is not divided by less than this.
_LEAST_TIME = timedelta(minutes=1)


def line_resource(line: Phase) -> Resource:
    """Return the resource that a line of the main fuse is."""
    return ("line", line)


def capacity(
    limits: SiteLimits, house: Sequence[HouseSample], now: datetime
) -> dict[Resource, float]:
    """Return what all chargers together may take, beside the highest that the house took."""
    found: dict[Resource, float] = {
        line_resource(line): limits.line_limit - max(taken.lines[line] for taken in house)
        for line in limits.grid.phases
    }
    for circuit in _circuits(limits.circuits):
        for line in limits.grid.phases:
            found["circuit", circuit.name, line] = circuit.limit
    power = max(_power(taken, limits.grid) for taken in house)
    if limits.power_cap is not None:
        found[POWER] = limits.power_cap - power
    if limits.budget is not None:
        left = max(_LEAST_TIME, limits.budget.ends - now)
        found[BUDGET] = limits.budget.energy * (timedelta(hours=1) / left) - power
    return found


def weights(
    charger: ChargerSituation, memory: ChargerMemory, limits: SiteLimits, feed: int
) -> dict[Resource, float]:
    """Return what a charger takes of each resource per ampere, by a feed."""
    lines = coefficients(charger, memory, limits.grid, feed)
    found: dict[Resource, float] = {line_resource(line): each for line, each in lines.items()}
    for circuit in _circuits(limits.circuits):
        if charger.id in circuit.chargers:
            for line, each in lines.items():
                found["circuit", circuit.name, line] = each
    found[POWER] = found[BUDGET] = charger.feeds[feed].watts_per_ampere
    return found


def subtract(
    slack: dict[Resource, float], taken: Mapping[Resource, float], amperes: Ampere
) -> None:
    """Take a charger's current out of what there is."""
    for resource, weight in taken.items():
        if resource in slack:
            slack[resource] -= weight * amperes


def urgent(charger: ChargerSituation, now: datetime) -> bool:
    """Return whether a charger must charge now to be ready in time."""
    return charger.latest_start is not None and charger.latest_start <= now


def maximum(charger: ChargerSituation, memory: ChargerMemory, grid: GridType, feed: int) -> Ampere:
    """Return the most that a charger may offer by a feed, in A."""
    found = min(
        limit for limit in (charger.maximum, charger.cable, charger.car) if limit is not None
    )
    if charger.circuit_fuse is not None:
        highest = max(coefficients(charger, memory, grid, feed).values(), default=1.0)
        found = min(found, charger.circuit_fuse / max(1.0, highest))
    return round_down(found, charger.step)


def consumer(
    charger: ChargerSituation,
    memory: ChargerMemory,
    situation: Situation,
    feeds: Sequence[int],
    now: datetime,
) -> Consumer:
    """Return a charger as who wants to have a share, by one of these feeds."""
    limits = situation.limits
    least = round_up(charger.minimum, charger.step)
    most = min(maximum(charger, memory, limits.grid, feed) for feed in feeds)
    wish = most
    if charger.suspended_by_car:
        wish = least
    elif memory.ceiling is not None:
        wish = min(most, max(least, round_up(memory.ceiling, charger.step)))
    hurries = urgent(charger, now)
    yields = limits.budget is not None and limits.budget.yields and hurries
    routes = tuple(
        Route(
            feed=feed,
            phases=charger.feeds[feed].phases,
            weights=weights(charger, memory, limits, feed),
            exempt=frozenset({BUDGET}) if yields else frozenset(),
        )
        for feed in feeds
    )
    return Consumer(
        id=charger.id,
        group=(charger.priority, int(not hurries)),
        minimum=least,
        maximum=most,
        wish=wish,
        step=charger.step,
        routes=routes,
    )


def order(
    charger: ChargerSituation, memory: ChargerMemory, turn: timedelta, now: datetime
) -> tuple[object, ...]:
    """Return what sorts chargers by who gets its minimum first.

    In a class who must start now comes first, who waits goes before those whose turn is over, and a
    car that takes nothing comes last.
    """
    since = memory.turn_since or now
    lasted = now - since
    first_come = (charger.latest_start or _NEVER, since, charger.arrived or _NEVER, charger.id)
    place: tuple[object, ...]
    if charger.allowed and lasted < turn:
        place = (0, *first_come)
    elif charger.allowed:
        # Who began last gives its place up last.
        place = (3, lasted, charger.id)
    elif lasted >= 2 * turn:
        # Nobody waits for ever because others have an earlier time to be ready at.
        place = (1, since, charger.id)
    else:
        place = (2, *first_come)
    return (charger.priority, not urgent(charger, now), charger.suspended_by_car, *place)


def _power(house: HouseSample, grid: GridType) -> Watt:
    if house.power is not None:
        return house.power
    total = sum(house.lines.values()) * grid.line_voltage
    return total / sqrt(3) if grid is GridType.IT_230 else total


def _circuits(circuits: Sequence[Circuit]) -> list[Circuit]:
    return [inner for circuit in circuits for inner in (circuit, *_circuits(circuit.circuits))]
