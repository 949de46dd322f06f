"""Whether a car may charge at this moment: what goes before what."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from custom_components.zmartcharge.plan import (
    CarNeed,
    Following,
    Overrides,
    Plan,
    PricedPeriod,
    VerdictReason,
    plan_one,
    verdict,
)

NOW = datetime(2026, 11, 21, 18, tzinfo=UTC)
READY_BY = NOW + timedelta(hours=12)
LATEST = NOW + timedelta(hours=10)


def _plan() -> Plan:
    """Return a plan that charges from 20:00 to 22:00, and nothing else."""
    prices = [
        PricedPeriod(
            NOW + timedelta(hours=hour),
            NOW + timedelta(hours=hour + 1),
            Decimal("0.5") if hour in (2, 3) else Decimal(1),
        )
        for hour in range(12)
    ]
    need = CarNeed(
        car="car", energy=22_080, watts_per_ampere=690, max_current=16, ready_by=READY_BY
    )
    return plan_one(need, prices, NOW)


PLANNED = Following(
    plan=_plan(), relied_on=True, overdue=False, ready_by=READY_BY, latest_start=LATEST
)
UNPLANNED = replace(PLANNED, plan=None)


@pytest.mark.parametrize(
    ("hours", "reason", "until"),
    [
        (0, VerdictReason.WAITING, 2),
        (2, VerdictReason.PLANNED, 4),
        (3.9, VerdictReason.PLANNED, 4),
        (4, VerdictReason.DONE, 12),
        (11, VerdictReason.DONE, 12),
    ],
)
def test_plan_that_is_relied_on_decides(hours: float, reason: VerdictReason, until: float) -> None:
    found = verdict(PLANNED, NOW + timedelta(hours=hours))
    assert found.reason is reason
    assert found.until is not None
    assert found.until == pytest.approx(NOW + timedelta(hours=until), abs=timedelta(minutes=2))
    assert found.charge is (reason is VerdictReason.PLANNED)


def test_without_a_plan_the_car_waits_until_the_latest_moment() -> None:
    before = verdict(UNPLANNED, NOW)
    assert (before.reason, before.until, before.charge) == (VerdictReason.UNPLANNED, LATEST, False)
    after = verdict(UNPLANNED, LATEST)
    assert (after.reason, after.charge) == (VerdictReason.LATEST_START, True)


def test_plan_that_nobody_corrects_still_charges_and_the_guard_does_the_rest() -> None:
    left = replace(PLANNED, relied_on=False)
    assert verdict(left, NOW).reason is VerdictReason.UNPLANNED
    assert verdict(left, NOW + timedelta(hours=3)).reason is VerdictReason.PLANNED
    assert verdict(left, LATEST).reason is VerdictReason.LATEST_START


def test_without_a_time_to_be_ready_nobody_waits_for_a_plan() -> None:
    assert verdict(replace(UNPLANNED, ready_by=None, latest_start=None), NOW).charge


def test_without_a_need_nothing_is_charged() -> None:
    assert verdict(replace(UNPLANNED, latest_start=None), NOW).reason is VerdictReason.DONE


def test_car_that_is_late_is_charged_whatever_the_plan_says() -> None:
    found = verdict(replace(PLANNED, overdue=True), NOW)
    assert (found.reason, found.charge) == (VerdictReason.LATE, True)


def test_what_was_said_for_once_goes_before_all() -> None:
    until = NOW + timedelta(hours=1)
    now = verdict(replace(PLANNED, overrides=Overrides(charge_until=until)), NOW)
    assert (now.reason, now.until) == (VerdictReason.OVERRIDE, until)
    skipped = Overrides(skip_until=until)
    never = verdict(replace(PLANNED, overdue=True, overrides=skipped), NOW)
    assert (never.reason, never.charge) == (VerdictReason.SKIPPED, False)
    over = verdict(replace(PLANNED, overrides=skipped), until)
    assert over.reason is VerdictReason.WAITING
