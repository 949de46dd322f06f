"""Whether new plans are worth a change, and when it is too late to wait."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from ..units import WattHour
from .following import Followed, fits, follow_plan, go_on
from .grid import build_grid, moment, reach_of
from .inputs import NO_HEADROOM_LIMIT, NO_OVERRIDES, CarNeed, Headroom, Overrides, PricedPeriod
from .one import grid_of, task_of, whole_second, wish_of
from .result import Plan, SentenceKey, SlotReason

#: What a new plan has to save for a change, as a share of its cost; a start's penalty at least.
_GAIN = 0.01
#: By how much a car that is late anyway may be later.
_LATER = timedelta(minutes=1)
#: What a plan may lack of the need before it is no longer followed: a share of the need, and Wh.
_LACKS, _LACKS_LEAST = 0.05, 500


class ReplanReason(StrEnum):
    """Why another plan is followed than before; each is also the key of a translated text."""

    #: There was no plan, or none for this car.
    NEW = "new"
    #: The user said something for once, or no longer.
    OVERRIDE = "override"
    READY_BY = "ready_by"
    #: The car needs more than is left in the plan, or less so that another one is better.
    NEED = "need"
    #: The site can no longer spare what was planned.
    HEADROOM = "headroom"
    #: Prices came or changed, so that another plan is better.
    PRICES = "prices"


@dataclass(frozen=True, slots=True)
class Replanned:
    """The plan to follow, and why it is another than before; ``None``: it is the same."""

    plan: Plan
    reason: ReplanReason | None


def replan(
    previous: Mapping[str, Plan],
    proposed: Sequence[Plan],
    needs: Sequence[CarNeed],
    prices: Sequence[PricedPeriod],
    now: datetime,
    headroom: Headroom = NO_HEADROOM_LIMIT,
    overrides: Mapping[str, Overrides] | None = None,
) -> tuple[Replanned, ...]:
    """Return for each car the previous plan as it is now, or the proposed one if that is worth it.

    ``previous`` by car; ``proposed``, in the order of ``needs``, was just made by ``plan_one`` or
    ``plan_joint`` of the other arguments. A previous plan is kept as long as it still does what is
    asked for, and the proposed one saves no more than a start is worth; what is told of it is made
    anew. Cars that share a limited headroom keep their plans together or not at all.
    """
    now = whole_second(now)
    said = overrides or {}
    followed = [
        _follow(previous.get(need.car), plan, need, prices, now, headroom, said)
        for need, plan in zip(needs, proposed, strict=True)
    ]
    reasons = [reason for reason, _ in followed]
    if headroom.periods or headroom.hours:
        found = [each for _, each in followed if each is not None]
        shared = next((reason for reason in reasons if reason is not None), None)
        over = sum(plan.over_budget for plan in proposed)
        if shared is None and not fits(found, headroom, over):
            shared = ReplanReason.HEADROOM
        if shared is not None:
            reasons = [reason or shared for reason in reasons]
    return tuple(
        Replanned(plan, reason)
        if reason is not None or each is None
        else Replanned(go_on(each, said.get(plan.car, NO_OVERRIDES), now), None)
        for plan, reason, (_, each) in zip(proposed, reasons, followed, strict=True)
    )


def _follow(
    previous: Plan | None,
    proposed: Plan,
    need: CarNeed,
    prices: Sequence[PricedPeriod],
    now: datetime,
    headroom: Headroom,
    said: Mapping[str, Overrides],
) -> tuple[ReplanReason | None, Followed | None]:
    """Return why the previous plan is not followed, or what following it means."""
    if previous is None:
        return ReplanReason.NEW, None
    overrides = said.get(need.car, NO_OVERRIDES)
    if _overridden(previous, now) != _overridden(proposed, now):
        return ReplanReason.OVERRIDE, None
    if previous.ready_by != proposed.ready_by:
        return ReplanReason.READY_BY, None
    wish = wish_of(need, overrides)
    marks = [
        at.timestamp() for p in (previous, proposed) for s in p.slots for at in (s.start, s.end)
    ]
    late = proposed.late_by > timedelta()
    grid = grid_of([wish], prices, headroom, now, late=late, marks=marks)
    task = task_of(wish, grid, now)
    old = follow_plan(previous, task, grid)
    new = follow_plan(proposed, task, grid)
    wanted = sum(new.placed)
    lacks = wanted - sum(old.placed)
    changed = abs(proposed.energy - sum(s.energy for s in old.slots)) > _tolerance(wanted)
    if lacks > _tolerance(wanted):
        # What is lost to the headroom was still planned at the currents of the slots.
        less = old.asked - sum(old.placed) > _tolerance(wanted)
        return ReplanReason.HEADROOM if less else ReplanReason.NEED, None
    if late and old.ends_at > new.ends_at + _LATER:
        return ReplanReason.NEED, None
    gain = old.cost - new.cost
    worth = max(float(need.start_penalty), _GAIN * abs(float(proposed.cost or 0)))
    if gain > worth:
        return ReplanReason.NEED if changed else ReplanReason.PRICES, None
    return None, old


def _tolerance(wanted: WattHour) -> float:
    return max(_LACKS * wanted, min(_LACKS_LEAST, wanted / 2))


def _overridden(plan: Plan, now: datetime) -> tuple[bool, bool]:
    forced = any(s.reason is SlotReason.OVERRIDE and s.end > now for s in plan.slots)
    return forced, plan.sentence.key is SentenceKey.SKIPPED


def latest_start(
    need: CarNeed, now: datetime, headroom: Headroom = NO_HEADROOM_LIMIT
) -> datetime | None:
    """Return the latest time to begin charging, without a pause, to be ready in time.

    The hours' budgets do not count if they yield. It is ``now`` when there is no time to lose, and
    ``None`` when nothing is to be ready, or nothing is needed. Raises ``ValueError`` for a naive
    ``now``.
    """
    now = whole_second(now)
    if need.ready_by is None or not need.energy:
        return None
    if headroom.budget_yields:
        headroom = Headroom(periods=headroom.periods)
    begin, end = now.timestamp(), whole_second(need.ready_by).timestamp()
    grid = build_grid((), headroom, begin, end)
    most = reach_of(need, grid).most
    left = list(grid.budgets)
    energy = need.energy
    for index in range(len(grid) - 1, -1, -1):
        taken = min(energy, most[index])
        if (hour := grid.hour[index]) >= 0:
            taken = min(taken, left[hour])
            left[hour] -= taken
        energy -= taken
        if energy <= 0:
            whole = grid.ends[index] - grid.starts[index]
            return moment(grid.ends[index] - whole * taken / most[index])
    return now
