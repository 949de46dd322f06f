"""Load balancing: how many amperes each charger may take, as pure functions of what is known.

``balance`` takes a ``BalanceState`` and a ``Situation`` and returns what to remember and a
``Decision``; ``needs_balancing`` tells whether that decision differs from what the chargers already
do. ``guard`` is independent of both and only lowers. ``check_installation`` tells what must not be
built at all. Nothing here reads a clock or commands anything.
"""

from .decision import Allocation, Decision, Level, Reason, ReasonKey
from .engine import balance
from .guard import GuardDecision, GuardedCharger, GuardReason, GuardState, GuardView, guard
from .installation import InstallationFinding, InstallationKey, check_installation
from .needs import Need, needs_balancing
from .safe import SafeCharger, safe_currents
from .situation import (
    MINIMUM_CURRENT,
    ChargerSituation,
    Circuit,
    Feed,
    HourBudget,
    LineReading,
    Readings,
    SiteLimits,
    Situation,
    Timing,
    feed_of,
    single_phase_feeds,
)
from .state import BalanceState

__all__ = [
    "MINIMUM_CURRENT",
    "Allocation",
    "BalanceState",
    "ChargerSituation",
    "Circuit",
    "Decision",
    "Feed",
    "GuardDecision",
    "GuardReason",
    "GuardState",
    "GuardView",
    "GuardedCharger",
    "HourBudget",
    "InstallationFinding",
    "InstallationKey",
    "Level",
    "LineReading",
    "Need",
    "Readings",
    "Reason",
    "ReasonKey",
    "SafeCharger",
    "SiteLimits",
    "Situation",
    "Timing",
    "balance",
    "check_installation",
    "feed_of",
    "guard",
    "needs_balancing",
    "safe_currents",
    "single_phase_feeds",
]
