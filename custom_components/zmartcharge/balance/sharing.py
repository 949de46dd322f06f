"""Shares what is left between chargers: minimums first, then max-min fair, class by class.

Max-min fair by progressive filling (Bertsekas and Gallager, Data Networks, 6.5.2): all rise together
until a resource is exhausted or one has all it can take; who uses that resource stays, the others go
on.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil, floor, inf

from ..units import Ampere

#: Less than any step that a charger can be set in.
EPSILON = 1e-6

type Resource = tuple[str, ...]
type Top = Callable[[Consumer], Ampere]


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """A feed as the resources it uses per ampere; those ``exempt`` are used but hold nobody back."""

    feed: int
    phases: int
    weights: Mapping[Resource, float]
    exempt: frozenset[Resource] = frozenset()

    def room(self, slack: Mapping[Resource, float]) -> tuple[float, Resource | None]:
        """Return how many amperes fit, and what allows no more."""
        least: tuple[float, Resource | None] = (inf, None)
        for resource, weight in self.weights.items():
            if resource in slack and resource not in self.exempt:
                fits = slack[resource] / weight
                if fits < least[0]:
                    least = (fits, resource)
        return least


@dataclass(frozen=True, slots=True, kw_only=True)
class Consumer:
    """A charger that wants current. Currents in A: multiples of ``step``, ``minimum`` ≤ ``maximum``.

    ``wish`` is what its car is known to use at most; it gets more only when nobody else wants it.
    ``routes`` in the order of preference. ``group`` sorts the classes, the lowest first.
    """

    id: str
    group: tuple[int, ...]
    minimum: Ampere
    maximum: Ampere
    wish: Ampere
    step: Ampere
    routes: tuple[Route, ...]


@dataclass(slots=True)
class Share:
    """What a consumer gets in A, by which route, and what allows no more (``None``: itself)."""

    current: Ampere = 0.0
    route: Route | None = None
    bound: Resource | None = None


def round_down(current: Ampere, step: Ampere) -> Ampere:
    """Return the highest multiple of ``step`` that is not above ``current``."""
    return round(floor((current + EPSILON) / step) * step, 3)


def round_up(current: Ampere, step: Ampere) -> Ampere:
    """Return the lowest multiple of ``step`` that is not below ``current``."""
    return round(ceil((current - EPSILON) / step) * step, 3)


def share(consumers: Sequence[Consumer], capacity: Mapping[Resource, float]) -> dict[str, Share]:
    """Share a capacity between consumers, who get their minimums in the order given."""
    slack = dict(capacity)
    shares = {consumer.id: _admit(consumer, slack) for consumer in consumers}
    admitted = sorted(
        (consumer for consumer in consumers if shares[consumer.id].route),
        key=lambda consumer: (consumer.group, consumer.id),
    )
    groups = sorted({consumer.group for consumer in admitted})
    members = [[consumer for consumer in admitted if consumer.group == group] for group in groups]
    for group_members in members:
        _fill(group_members, shares, slack, lambda consumer: consumer.wish)
    for group_members in members:
        _fill(group_members, shares, slack, lambda consumer: consumer.maximum)
    for consumer in admitted:
        _round(consumer, shares[consumer.id], slack)
    for group_members in members:
        _hand_out(group_members, shares, slack)
    return shares


def _admit(consumer: Consumer, slack: dict[Resource, float]) -> Share:
    """Give a consumer its minimum by the first route on which it fits."""
    result = Share()
    for route in consumer.routes:
        fits, bound = route.room(slack)
        if consumer.maximum >= consumer.minimum and fits + EPSILON >= consumer.minimum:
            _take(route, consumer.minimum, slack)
            return Share(consumer.minimum, route)
        result.bound = result.bound or bound
    return result


def _take(route: Route, amperes: Ampere, slack: dict[Resource, float]) -> None:
    for resource, weight in route.weights.items():
        if resource in slack:
            slack[resource] -= weight * amperes


def _fill(
    consumers: Sequence[Consumer],
    shares: Mapping[str, Share],
    slack: dict[Resource, float],
    top_of: Top,
) -> None:
    """Raise consumers together up to their tops, as far as the slack allows."""
    active = [consumer for consumer in consumers if shares[consumer.id].current < top_of(consumer)]
    while active:
        for consumer in list(active):
            fits, bound = _route(shares[consumer.id]).room(slack)
            if fits <= EPSILON:
                shares[consumer.id].bound = bound
                active.remove(consumer)
        if not active:
            return
        level = min(shares[consumer.id].current for consumer in active)
        rising = [c for c in active if shares[c.id].current <= level + EPSILON]
        reach = min(top_of(consumer) for consumer in rising)
        joins = [shares[c.id].current for c in active if shares[c.id].current > level + EPSILON]
        rise = min(min([reach, *joins]) - level, _common_room(rising, shares, slack))
        for consumer in rising:
            given = shares[consumer.id]
            given.current += rise
            given.bound = None
            _take(_route(given), rise, slack)
        active = [c for c in active if shares[c.id].current < top_of(c) - EPSILON]


def _common_room(
    rising: Sequence[Consumer], shares: Mapping[str, Share], slack: Mapping[Resource, float]
) -> float:
    """Return how far consumers can rise together."""
    total: dict[Resource, float] = {}
    binding: set[Resource] = set()
    for consumer in rising:
        route = _route(shares[consumer.id])
        for resource, weight in route.weights.items():
            total[resource] = total.get(resource, 0.0) + weight
            if resource not in route.exempt:
                binding.add(resource)
    return min(
        (max(0.0, slack[resource]) / total[resource] for resource in binding & slack.keys()),
        default=inf,
    )


def _round(consumer: Consumer, given: Share, slack: dict[Resource, float]) -> None:
    whole = max(consumer.minimum, round_down(given.current, consumer.step))
    _take(_route(given), whole - given.current, slack)
    given.current = whole


def _hand_out(
    consumers: Sequence[Consumer], shares: Mapping[str, Share], slack: dict[Resource, float]
) -> None:
    """Give what rounding left over away, a step at a time, to who has least first.

    Consumers that use a line unequally may leave room for a second step of one of them.
    """
    given_away = True
    while given_away:
        given_away = False
        for consumer in sorted(consumers, key=lambda consumer: shares[consumer.id].current):
            given_away |= _hand_step(consumer, shares[consumer.id], slack)


def _hand_step(consumer: Consumer, given: Share, slack: dict[Resource, float]) -> bool:
    fits, bound = _route(given).room(slack)
    steps = round_down(min(fits, consumer.maximum - given.current), consumer.step)
    extra = min(steps, max(consumer.step, round_down(1.0, consumer.step)))
    if extra > 0:
        _take(_route(given), extra, slack)
        given.current = round(given.current + extra, 3)
    if given.current < consumer.maximum:
        given.bound = given.bound or bound
    return extra > 0


def _route(given: Share) -> Route:
    if given.route is None:
        raise ValueError("a share without a route has nothing")
    return given.route
