"""The one sentence about a plan."""

from datetime import datetime, timedelta
from decimal import Decimal

from .inputs import Overrides
from .result import Placeholder, PlanSlot, Sentence, SentenceKey, runs_of

#: What begins within this begins now.
_NOW = timedelta(seconds=5)


def sentence_of(
    slots: tuple[PlanSlot, ...],
    overrides: Overrides,
    now: datetime,
    *,
    needed: bool,
    cost: Decimal | None,
    late_by: timedelta,
    too_dear_until: datetime | None,
) -> Sentence:
    """Return what to tell of a plan.

    ``needed``: whether the car needs anything. ``too_dear_until``: when the known prices end, all of
    which are above the limit.
    """
    if overrides.charge_until is not None and overrides.charge_until > now and slots:
        return Sentence(SentenceKey.OVERRIDE, {"until": overrides.charge_until})
    if not needed:
        return Sentence(SentenceKey.NOTHING_NEEDED)
    if overrides.skip_until is not None and overrides.skip_until > now:
        return Sentence(SentenceKey.SKIPPED, {"until": overrides.skip_until})
    runs = runs_of(slots)
    if not runs:
        if too_dear_until is not None:
            return Sentence(SentenceKey.ABOVE_LIMIT, {"until": too_dear_until})
        return Sentence(SentenceKey.NO_POWER)
    start, ready = runs[0].start, runs[-1].end
    starts_now = start <= now + _NOW
    if late_by:
        if starts_now:
            return Sentence(SentenceKey.LATE, {"ready": ready, "late": late_by})
        return Sentence(SentenceKey.LATE_LATER, {"start": start, "ready": ready, "late": late_by})
    if cost is None:
        if starts_now:
            return Sentence(SentenceKey.NO_PRICES, {"ready": ready})
        return Sentence(SentenceKey.NO_PRICES_LATER, {"start": start, "ready": ready})
    if starts_now and len(runs) == 1:
        return Sentence(SentenceKey.NOW, {"ready": ready, "cost": cost})
    if starts_now:
        pausing: dict[str, Placeholder] = {"pause": runs[0].end, "ready": ready, "cost": cost}
        return Sentence(SentenceKey.NOW_AND_LATER, pausing)
    told: dict[str, Placeholder] = {"start": start, "ready": ready, "cost": cost}
    if len(runs) > 1:
        return Sentence(SentenceKey.WAITING_AND_PAUSES, {**told, "pause": runs[0].end})
    return Sentence(SentenceKey.WAITING, {**told, "cheap_from": start, "cheap_to": ready})
