"""What a car needs, learned from what it took before.

Sessions on the same weekday tell most, recent ones more than old ones, and those that came as long
after the one before as this: what is driven in two days takes more than what is driven in one. While the
car charges, what it has already taken rules out the sessions that took less; what is left tells what is
still to come.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from enum import StrEnum
from itertools import pairwise
from math import exp, log

from ..units import WattHour
from .quantiles import weighted_quantile, weighted_quantiles

QUANTILE = 0.8
_MEMORY = timedelta(days=180)
_SAME_KIND, _OTHER_KIND = 0.8, 0.5
_SATURDAY = 5
#: How much the time since the session before tells: the width in its logarithm, and the weight (beside
#: one more) of sessions after quite another time, or one that is not known.
_ALIKE, _UNLIKE = 0.5, 0.1
#: Sessions below this took nothing that tells of a need.
_LEAST = 200
#: How many values the likely needs are told by.
_LIKELY = 60
_SHARES = tuple((2 * each + 1) / (2 * _LIKELY) for each in range(_LIKELY))
#: What a car that nobody knows is expected to need, and in which steps it may need more.
_UNKNOWN: WattHour = 15_000
_STEP: WattHour = 2_000
#: By how much a car may exceed all that it ever took, and how much that counts beside a session.
_FURTHER: WattHour = 8_000
_FURTHER_WEIGHT = 0.3
#: A share of the weights that is but a rounding error.
_NOTHING = 1e-9
_FEW, _ENOUGH, _MANY = 2.0, 5.0, 12.0


class Confidence(StrEnum):
    """How far a learned need can be relied on; each is also the key of a translated text."""

    NONE = "none"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


@dataclass(frozen=True, slots=True)
class PastSession:
    """A session that is over: when the car was plugged in, and what it took in Wh.

    ``full``: it ended by itself. One that was ended before tells only that at least so much was
    needed.
    """

    plugged_at: datetime
    energy: WattHour
    full: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class LearnedNeed:
    """What a car is expected to still need, in Wh.

    ``energy``: what suffices with the probability asked for. ``likely``: equally likely values,
    ascending, for ``CarNeed.likely``. ``count``: sessions that this rests on, of them ``weekday`` on
    the same weekday. ``spread``: between the 20 % and the 80 % quantile, in Wh.
    """

    energy: WattHour
    likely: tuple[WattHour, ...]
    count: int
    weekday: int
    spread: WattHour
    confidence: Confidence


def learn_need(
    sessions: Sequence[PastSession],
    plugged_at: datetime,
    zone: tzinfo,
    *,
    taken: WattHour = 0,
    quantile: float = QUANTILE,
    default: WattHour = _UNKNOWN,
) -> LearnedNeed:
    """Return what a car plugged in at ``plugged_at`` still needs after it took ``taken`` Wh.

    While it charges it is never nothing: a car that has taken more than ever is expected to take
    some more. ``default``: what a car is expected to need of which nothing is known. Raises
    ``ValueError`` for a quantile that is not within 0 to 1.
    """
    if not 0 <= quantile <= 1:
        raise ValueError(f"{quantile} is not a quantile")
    day = plugged_at.astimezone(zone).weekday()
    known = _weighted(sessions, day, plugged_at, zone)
    samples = _completed(known)
    if not samples:
        samples = [(float(default), 1.0)]
    left = [(value - taken, weight) for value, weight in samples if value > taken]
    left += _beyond(samples, taken, sum(weight for _, weight in left))
    low, high = weighted_quantiles(samples, (0.2, 0.8))
    spread = high - low
    weekday = sum(session.plugged_at.astimezone(zone).weekday() == day for session, _ in known)
    return LearnedNeed(
        energy=round(weighted_quantile(left, quantile)),
        likely=tuple(round(each) for each in weighted_quantiles(left, _SHARES)),
        count=len(known),
        weekday=weekday,
        spread=round(spread),
        confidence=_confidence([weight for _, weight in known], spread, samples),
    )


def _weighted(
    sessions: Sequence[PastSession], day: int, now: datetime, zone: tzinfo
) -> list[tuple[PastSession, float]]:
    """Return the sessions that tell of a need, in order of time, and how much each counts."""
    past = sorted(
        (each for each in sessions if each.energy >= _LEAST and each.plugged_at < now),
        key=lambda each: each.plugged_at,
    )
    if not past:
        return []
    since = _since(past[-1].plugged_at, now)
    waited = [None, *(_since(a.plugged_at, b.plugged_at) for a, b in pairwise(past))]
    found = []
    for session, each in zip(past, waited, strict=True):
        near = 0.0 if each is None else exp(-(((each - since) / _ALIKE) ** 2) / 2)
        weight = _weight(session, day, now, zone) * (near + _UNLIKE) / (1 + _UNLIKE)
        if weight > 0:
            found.append((session, weight))
    return found


def _since(earlier: datetime, later: datetime) -> float:
    """Return the logarithm of the time between two sessions, an hour at least."""
    return log(max(1.0, (later - earlier) / timedelta(hours=1)))


def _weight(session: PastSession, day: int, now: datetime, zone: tzinfo) -> float:
    that = session.plugged_at.astimezone(zone).weekday()
    alike = _OTHER_KIND
    if that == day:
        alike = 1.0
    elif (that >= _SATURDAY) == (day >= _SATURDAY):
        alike = _SAME_KIND
    return alike * exp((session.plugged_at - now) / _MEMORY)


def _completed(known: Sequence[tuple[PastSession, float]]) -> list[tuple[float, float]]:
    """Return what sessions took and their weights, those that were ended early made good for.

    One that was ended early is counted as those that took more (Efron's redistribution to the right,
    which is the estimator of Kaplan and Meier); as what it took if there are none.
    """
    samples: list[tuple[float, float]] = []
    passed = carried = 0.0
    total = sum(weight for _, weight in known)
    ordered = sorted(known, key=lambda each: (each[0].energy, not each[0].full))
    for session, weight in ordered:
        passed += weight
        if session.full:
            samples.append((float(session.energy), weight * (1 + carried)))
            continue
        later = total - passed
        # Sums in two orders differ by what floating point rounds: nothing is left then.
        if later > _NOTHING * total:
            carried += (1 + carried) * weight / later
        else:
            samples.append((float(session.energy), weight * (1 + carried)))
    return samples


def _beyond(
    samples: Sequence[tuple[float, float]], taken: WattHour, weight: float
) -> list[tuple[float, float]]:
    """Return what a car may take beyond all that it ever took, with a small weight.

    The next need exceeds all before with a chance of one in their number and one more.
    """
    highest = max(value for value, _ in samples)
    weights = [each for _, each in samples]
    if weight == 0:
        return [(max(highest, float(taken)) + _STEP - taken, max(weights))]
    total = sum(weights)
    count = total**2 / sum(each**2 for each in weights)
    further = _FURTHER if count > _FEW else _STEP
    return [(highest + further - taken, _FURTHER_WEIGHT * total / (count + 1))]


def _confidence(
    weights: Sequence[float], spread: float, samples: Sequence[tuple[float, float]]
) -> Confidence:
    count = sum(weights)
    typical = weighted_quantile(samples, 0.5)
    if not weights:
        return Confidence.NONE
    if count < _FEW or spread > 1.5 * typical:
        return Confidence.LOW
    return Confidence.HIGH if count >= _ENOUGH and spread < 0.6 * typical else Confidence.MEDIUM
