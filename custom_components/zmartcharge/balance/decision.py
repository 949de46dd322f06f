"""What was decided, and why."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from ..units import Ampere, Phase


class ReasonKey(StrEnum):
    """Why a charger gets what it gets; each is also the key of a translated message.

    The placeholders of each are named in brackets; currents and limits in A, times in s.
    """

    #: Nothing holds it back but its own limit [limit].
    UNLIMITED = "unlimited"
    #: [line, current, limit]: what the line carries when all draw what they may.
    LINE_FULL = "line_full"
    #: [circuit, line, limit]
    CIRCUIT_FULL = "circuit_full"
    #: [limit], in W.
    POWER_CAP = "power_cap"
    #: [energy], in Wh that are left in this hour.
    HOUR_BUDGET = "hour_budget"
    #: The car uses no more; others have the rest [current].
    UNUSED = "unused"
    #: The car waits for its time in the plan.
    PLAN = "plan"
    #: Other cars have their turn.
    WAITING_TURN = "waiting_turn"
    #: There is headroom, which has to last first [seconds].
    WAITING_STABLE = "waiting_stable"
    #: Paused by an overload a short while ago [seconds].
    WAITING_RESTART = "waiting_restart"
    #: The power has jumped; the currents are still to come [line, current, limit].
    EARLY_WARNING = "early_warning"
    #: The meter has not been heard of twice yet.
    STARTING = "starting"
    #: [seconds] since the last reading that could be decided on.
    METER_LOST = "meter_lost"
    #: [line]
    METER_FROZEN = "meter_frozen"
    #: It cannot be reached; this much is kept for it [current].
    OFFLINE = "offline"
    #: [limit]: a user's own limit holds it back; nobody decides that here, but it reads as a reason.
    OWN_LIMIT = "own_limit"
    #: [limit]: another central system holds it back; decided there.
    SECOND_SYSTEM_LIMIT = "second_system_limit"
    #: There is no car that is to be charged.
    NOT_WANTED = "not_wanted"


@dataclass(frozen=True, slots=True)
class Reason:
    """A reason as a key with placeholders, for the face to put into words."""

    key: ReasonKey
    placeholders: Mapping[str, str | float] = field(default_factory=dict)


class Level(StrEnum):
    """How far the meter can be relied on, and so what is done."""

    NORMAL = "normal"
    #: Nothing is raised, and everything cut to the safe current.
    SAFE = "safe"
    PAUSED = "paused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Allocation:
    """What a charger may take: ``current`` in A, 0 to pause it.

    ``feed`` is the index of the feed it is to use, ``lines`` and ``phases`` are that feed's. For an
    offline charger ``current`` is what is kept for it.
    """

    charger: str
    current: Ampere
    feed: int
    lines: tuple[Phase, ...]
    phases: int
    reason: Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """Allocations in the order of the chargers, and what the site looks like.

    ``headroom`` is what each line can still take before its limit in A when every charger draws
    what it is now allocated; negative when the house alone exceeds it; a line is absent while it is
    unknown. ``overload`` are the lines whose reading exceeds the limit. ``next_look`` is when to
    decide again though nothing was heard; ``None`` when only something new can change anything.
    """

    allocations: tuple[Allocation, ...]
    level: Level
    headroom: Mapping[Phase, Ampere]
    overload: frozenset[Phase]
    next_look: datetime | None

    def of(self, charger: str) -> Allocation:
        """Return a charger's allocation; raises ``KeyError``."""
        for allocation in self.allocations:
            if allocation.charger == charger:
                return allocation
        raise KeyError(charger)
