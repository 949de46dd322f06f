"""What perfect knowledge could deliver without a second above the rating.

``run_oracle`` can keep the rules of silence as well: no more than 6 A to each car when the meter has
said nothing for 30 s and nothing after 90 s, and 6 A from a charger that nobody has reached for as long
as its limit holds. That is the most that anyone who keeps these rules can deliver.

It knows what the house takes in this very second and what each car can use, by phasors; its chargers
and cars follow at once, in any fraction of an ampere. It shares as the engine does: 6 A each in the
order of arrival, then evenly. That is an upper bound that nobody who measures can reach.
"""

from collections.abc import Sequence

from custom_components.zmartcharge.units import Ampere
from simulator.car import Car
from simulator.grid import LinePhasors, Wiring

from .charging import EXPIRES, Outage
from .house import Load
from .loop import Outcome
from .scenarios import Day

_MINIMUM = 6.0
_HALVINGS = 9
#: After so many seconds without the meter a car gets the minimum, and nothing.
_STALE, _PAUSE = 30, 90

type Use = tuple[LinePhasors, Ampere]


def run_oracle(day: Day, *, silent: bool = False) -> Outcome:
    """Return the energy that could be delivered on a day, keeping the rules of ``silent`` or not."""
    scenario, found = day.scenario, Outcome()
    visits = sorted(
        (
            (visit, place.wiring(scenario.grid, visit.phases), visit.car(), charger.deaf)
            for place, charger in zip(scenario.places, day.chargers(), strict=True)
            for visit in charger.visits
        ),
        key=lambda each: each[0].arrives,
    )
    known: tuple[object, ...] = ()
    shares: list[Ampere] = []
    for second, load in enumerate(day.loads, day.begin):
        present: list[tuple[Wiring, Car, Ampere]] = []
        blind = silent and _longest(second, day.blind)
        for visit, wiring, car, deaf in visits:
            if visit.arrives + visit.sleeps <= second < visit.leaves and not car.is_full:
                most = round(car.wanted_current(), 1)
                if silent and (
                    blind > _STALE
                    or max(_longest(second, deaf), _longest(second, day.dead)) > EXPIRES
                ):
                    most = min(most, _MINIMUM)
                if blind <= _PAUSE:
                    present.append((wiring, car, most))
        now = (id(load), *((id(car), wish) for _, car, wish in present))
        if now != known:
            known = now
            uses = [(wiring.per_ampere, wish) for wiring, _, wish in present]
            shares = best_shares(load, uses, scenario.fuse)
        for (wiring, car, _), share in zip(present, shares, strict=True):
            watts = share * wiring.watts_per_ampere
            car.charge(watts / 3600)
            found.energy += watts / 3600
        found.charging += any(shares)
    return found


def _longest(second: int, outages: Sequence[Outage]) -> int:
    """Return for how many seconds the longest of the outages of now has lasted."""
    return max((second - begins for begins, ends in outages if begins <= second < ends), default=0)


def best_shares(load: Load, uses: Sequence[Use], fuse: Ampere) -> list[Ampere]:
    """Return the currents of cars, each with what one ampere does to the lines and its most."""
    shares = [0.0 for _ in uses]
    for index in range(len(uses)):
        shares[index] = _MINIMUM
        if not _fits(load, uses, shares, fuse):
            shares[index] = 0.0
    floor = list(shares)

    def together(level: Ampere) -> list[Ampere]:
        pairs = zip(floor, uses, strict=True)
        return [min(most, max(least, level)) if least else 0.0 for least, (_, most) in pairs]

    if not any(floor):
        return shares
    highest = max(most for _, most in uses)
    if _fits(load, uses, together(highest), fuse):
        return together(highest)
    low, high = _MINIMUM, highest
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if _fits(load, uses, together(middle), fuse) else (low, middle)
    shares = together(low)
    for index, (_, most) in enumerate(uses):
        if shares[index]:
            shares[index] = _alone(load, uses, shares, index, most, fuse)
    return shares


def _alone(
    load: Load,
    uses: Sequence[Use],
    shares: Sequence[Ampere],
    index: int,
    most: Ampere,
    fuse: Ampere,
) -> Ampere:
    tried = list(shares)
    low, high = shares[index], most
    for _ in range(_HALVINGS if len(uses) > 1 else 0):
        tried[index] = (low + high) / 2
        if _fits(load, uses, tried, fuse):
            low = tried[index]
        else:
            high = tried[index]
    return low


def _fits(load: Load, uses: Sequence[Use], shares: Sequence[Ampere], fuse: Ampere) -> bool:
    (one, two, three), _ = load
    for ((first, second, third), _), share in zip(uses, shares, strict=True):
        one, two, three = one + first * share, two + second * share, three + third * share
    return max(abs(one), abs(two), abs(three)) <= fuse
