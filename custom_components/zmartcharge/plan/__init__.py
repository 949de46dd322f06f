"""When to charge: pure functions of prices, of what the site can spare, and of what cars need.

``plan_one`` and ``plan_joint`` make plans, ``replan`` decides whether a new one is worth a change,
``learn_need`` and ``learn_load`` tell what to expect from the past. Nothing here reads a clock, and
nothing commands anything.

A plan minimises what the energy costs plus a penalty per start. What goes before the price, in this
order: what the user said to charge now; the minimum energy; preheating; being ready in time, for
which first the price limit and then the hour's budget (if it yields) give way, and the fuse never.
"""

from .house_load import HouseLoad, LoadSample, expected_headroom, learn_load
from .inputs import (
    MINIMUM_CURRENT,
    NO_OVERRIDES,
    START_PENALTY,
    CarNeed,
    Headroom,
    HeadroomPeriod,
    HourAllowance,
    Overrides,
    PricedPeriod,
)
from .joint import plan_joint
from .learning import Confidence, LearnedNeed, PastSession, learn_need
from .one import plan_one
from .ready_by import ReadyBySchedule, instant, next_ready_by
from .replanning import Replanned, ReplanReason, latest_start, replan
from .result import Plan, PlanSlot, Run, Sentence, SentenceKey, SlotReason
from .verdict import Following, Verdict, VerdictReason, verdict
from .waking import CarAction, CarBehaviour, CarState, CarView, wake

__all__ = [
    "MINIMUM_CURRENT",
    "NO_OVERRIDES",
    "START_PENALTY",
    "CarAction",
    "CarBehaviour",
    "CarNeed",
    "CarState",
    "CarView",
    "Confidence",
    "Following",
    "Headroom",
    "HeadroomPeriod",
    "HourAllowance",
    "HouseLoad",
    "LearnedNeed",
    "LoadSample",
    "Overrides",
    "PastSession",
    "Plan",
    "PlanSlot",
    "PricedPeriod",
    "ReadyBySchedule",
    "ReplanReason",
    "Replanned",
    "Run",
    "Sentence",
    "SentenceKey",
    "SlotReason",
    "Verdict",
    "VerdictReason",
    "expected_headroom",
    "instant",
    "latest_start",
    "learn_load",
    "learn_need",
    "next_ready_by",
    "plan_joint",
    "plan_one",
    "replan",
    "verdict",
    "wake",
]
