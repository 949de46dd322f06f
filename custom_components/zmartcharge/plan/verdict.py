"""Whether a car may charge at this moment: the plan's word, what was said for once, and the guard's.

The guard is what holds without a plan, or when nobody corrects one any more: the car waits, because
it was to be charged cheaply, but no longer than until the latest moment from which it can still be
ready in time.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from .inputs import NO_OVERRIDES, Overrides
from .result import Plan


class VerdictReason(StrEnum):
    """Why a car may charge, or waits; each is also the key of a translated text."""

    #: The user said to charge now.
    OVERRIDE = "override"
    #: The user said to skip this time.
    SKIPPED = "skipped"
    #: The plan charges now.
    PLANNED = "planned"
    #: The plan charges later.
    WAITING = "waiting"
    #: What was needed has been charged.
    DONE = "done"
    #: There is no plan, or none that is followed up; there is still time.
    UNPLANNED = "unplanned"
    #: There is no plan that is followed up, and no time to lose.
    LATEST_START = "latest_start"
    #: The time to be ready at is over, and the car has not got what it needs.
    LATE = "late"


_CHARGES = {
    VerdictReason.OVERRIDE,
    VerdictReason.PLANNED,
    VerdictReason.LATEST_START,
    VerdictReason.LATE,
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """What holds until ``until``; ``None``: until something changes."""

    reason: VerdictReason
    until: datetime | None

    @property
    def charge(self) -> bool:
        """Tell whether the car may charge."""
        return self.reason in _CHARGES


@dataclass(frozen=True, slots=True, kw_only=True)
class Following:
    """What is known of a car whose charging is planned.

    ``relied_on``: somebody corrects the plan when something changes. ``overdue``: the time to be
    ready at passed without the car having got what it needed then. ``latest_start``: see there, of
    what is still needed; ``None`` when nothing is, or nothing is to be ready.
    """

    plan: Plan | None
    relied_on: bool
    overdue: bool
    ready_by: datetime | None
    latest_start: datetime | None
    overrides: Overrides = NO_OVERRIDES


def verdict(following: Following, now: datetime) -> Verdict:
    """Return whether the car may charge, and until when that holds."""
    said = _said_for_once(following.overrides, now)
    if said is not None:
        return said
    if following.overdue:
        return Verdict(VerdictReason.LATE, None)
    if following.plan is not None and following.relied_on:
        return _of_plan(following.plan, following.ready_by, now)
    planned = following.plan.slot_at(now) if following.plan else None
    if planned is not None:
        return Verdict(VerdictReason.PLANNED, planned.end)
    return _of_guard(following, now)


def _said_for_once(overrides: Overrides, now: datetime) -> Verdict | None:
    if overrides.charge_until is not None and overrides.charge_until > now:
        return Verdict(VerdictReason.OVERRIDE, overrides.charge_until)
    if overrides.skip_until is not None and overrides.skip_until > now:
        return Verdict(VerdictReason.SKIPPED, overrides.skip_until)
    return None


def _of_plan(plan: Plan, ready_by: datetime | None, now: datetime) -> Verdict:
    run = next((run for run in plan.runs if now < run.end), None)
    if run is None:
        return Verdict(VerdictReason.DONE, ready_by)
    if run.start <= now:
        return Verdict(VerdictReason.PLANNED, run.end)
    return Verdict(VerdictReason.WAITING, run.start)


def _of_guard(following: Following, now: datetime) -> Verdict:
    latest = following.latest_start
    if following.ready_by is None:
        # Nobody plans, and there is no time to wait for: waiting would never end.
        return Verdict(VerdictReason.LATEST_START, None)
    if latest is None:
        return Verdict(VerdictReason.DONE, following.ready_by)
    if latest <= now:
        return Verdict(VerdictReason.LATEST_START, None)
    return Verdict(VerdictReason.UNPLANNED, latest)
