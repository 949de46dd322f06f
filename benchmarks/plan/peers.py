"""The rules of other planners, re-implemented from their documentation; each knows the need exactly.

All pick quarters by the spot price: evcc the cheapest, the later ones of equals, trimming the last;
ev_smart_charging whole quarters, either the first cheapest window or the cheapest ones; openWB one
quarter more than is needed, later ones of equals, and the car ends by itself; chargers' own apps
(Easee, Zaptec, Tibber) the cheapest whole hours; "cheapest by spot" is the plain rule of quarters. Who would be late charges from now on.
"""

from collections.abc import Callable, Sequence
from math import ceil

type Chosen = list[int]
#: What was picked: spot prices by quarter, how many quarters the energy takes -> which, in order.
type Rule = Callable[[Sequence[float], float], Chosen]


def immediate(spot: Sequence[float], _quarters: float) -> Chosen:
    """Charge from now on."""
    return list(range(len(spot)))


def evcc(spot: Sequence[float], quarters: float) -> Chosen:
    """Take the cheapest quarters; the dearest one is trimmed."""
    return sorted(range(len(spot)), key=lambda i: (spot[i], -i))[: ceil(quarters)]


def smart_charging(spot: Sequence[float], quarters: float) -> Chosen:
    """Take the cheapest quarters, each whole."""
    return sorted(sorted(range(len(spot)), key=lambda i: (spot[i], i))[: ceil(quarters)])


def smart_charging_continuous(spot: Sequence[float], quarters: float) -> Chosen:
    """Take the first cheapest window."""
    length = min(len(spot), ceil(quarters))
    sums = [sum(spot[i : i + length]) for i in range(len(spot) - length + 1)]
    first = sums.index(min(sums))
    return list(range(first, first + length))


def openwb(spot: Sequence[float], quarters: float) -> Chosen:
    """Take one quarter more than is needed, in the order of time."""
    return sorted(sorted(range(len(spot)), key=lambda i: (spot[i], -i))[: ceil(quarters) + 1])


def cheapest_quarters(spot: Sequence[float], quarters: float) -> Chosen:
    """Take the cheapest quarters, the earlier ones of equals; the dearest one is trimmed."""
    return sorted(range(len(spot)), key=lambda i: (spot[i], i))[: ceil(quarters)]


def cheapest_hours(spot: Sequence[float], quarters: float) -> Chosen:
    """Take the cheapest whole hours, as chargers' own apps do."""
    hours = [range(i, min(len(spot), i + 4)) for i in range(0, len(spot), 4)]
    hours.sort(key=lambda hour: (sum(spot[i] for i in hour) / len(hour), hour[0]))
    found: Chosen = []
    for hour in hours:
        if len(found) >= quarters:
            break
        found += hour
    return sorted(found)


RULES: dict[str, Rule] = {
    "immediate": immediate,
    "evcc": evcc,
    "ev_smart_charging": smart_charging,
    "ev_smart_charging continuous": smart_charging_continuous,
    "openWB": openwb,
    "cheapest by spot": cheapest_quarters,
    "cheapest hours by spot": cheapest_hours,
}


def delivered(rule: Rule, spot: Sequence[float], energy: int, power: int) -> list[int]:
    """Return what is charged in each quarter, in Wh, the picked ones filled in the rule's order."""
    quarter = power / 4
    placed, left = [0] * len(spot), energy
    for index in rule(spot, energy / quarter):
        placed[index] = min(left, int(quarter))
        left -= placed[index]
    return placed
