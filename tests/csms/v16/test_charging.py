"""Limits by charging profiles, and chargers that take them in their own ways."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from custom_components.zmartcharge.csms import CallFailedError, CallRejectedError, Limit
from custom_components.zmartcharge.csms.charging import ChargingLimits, Strategy
from custom_components.zmartcharge.csms.v16.charging import Dialect16

NOW = datetime(2026, 1, 21, 6, 0, tzinfo=UTC)
EXPIRY = timedelta(seconds=120)
TEN = Limit(amperes=10.57, watts=7293.3)
SAFE = Limit(amperes=6, watts=4140)

type Judge = Callable[[dict[str, Any]], str]


class Charger:
    """Answers as it is told to, and remembers what it was asked."""

    def __init__(self, judge: Judge = lambda _: "Accepted", **answers: Any) -> None:
        self.profiles: list[dict[str, Any]] = []
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self._judge = judge
        self._answers = answers

    async def call(self, action: str, payload: dict[str, Any]) -> dict[str, Any]:
        self.calls.append((action, payload))
        if action != "SetChargingProfile":
            answer = self._answers.get(action, {"status": "Accepted"})
            if isinstance(answer, Exception):
                raise answer
            return dict(answer)
        profile = payload["csChargingProfiles"]
        status = self._judge(profile)
        if status == "CALLERROR":
            raise CallFailedError("InternalError")
        if status == "Accepted":
            self.profiles.append(profile | {"connectorId": payload["connectorId"]})
        return {"status": status}


def limits(charger: Charger) -> ChargingLimits:
    return ChargingLimits(charger.call, lambda: NOW, Dialect16())


def value(profile: dict[str, Any]) -> tuple[str, float]:
    schedule = profile["chargingSchedule"]
    return schedule["chargingRateUnit"], schedule["chargingSchedulePeriod"][0]["limit"]


def accepts(**wanted: Any) -> Judge:
    """Return a charger's judgement that accepts only what has these fields."""

    def judge(profile: dict[str, Any]) -> str:
        fields = profile | profile["chargingSchedule"]
        return "Accepted" if all(fields.get(k) == v for k, v in wanted.items()) else "Rejected"

    return judge


async def test_fail_safe_stays_for_ever_on_the_whole_charger_at_the_lowest_level() -> None:
    charger = Charger()
    await limits(charger).set_fail_safe(SAFE)
    (profile,) = charger.profiles
    assert profile["connectorId"] == 0
    assert profile["chargingProfilePurpose"] == "TxDefaultProfile"
    assert profile["stackLevel"] == 0
    assert "validTo" not in profile
    assert "duration" not in profile["chargingSchedule"]
    assert value(profile) == ("A", 6)


async def test_limit_of_a_session_expires_by_itself() -> None:
    charger = Charger()
    await limits(charger).set_limit(1, TEN, EXPIRY, 77)
    (profile,) = charger.profiles
    assert profile["connectorId"] == 1
    assert profile["chargingProfilePurpose"] == "TxProfile"
    assert profile["transactionId"] == 77
    assert profile["validTo"] == "2026-01-21T06:02:00Z"
    assert profile["chargingSchedule"]["startSchedule"] == "2026-01-21T06:00:00Z"
    assert profile["chargingSchedule"]["duration"] == 120


async def test_limit_is_never_rounded_up() -> None:
    charger = Charger()
    await limits(charger).set_limit(1, TEN, EXPIRY, 1)
    assert value(charger.profiles[0]) == ("A", 10.5)


async def test_limit_before_a_session_lies_above_the_fail_safe() -> None:
    charger = Charger()
    room = limits(charger)
    await room.set_fail_safe(SAFE)
    await room.set_limit(1, TEN, EXPIRY, None)
    fail_safe, limit = charger.profiles
    assert limit["chargingProfilePurpose"] == "TxDefaultProfile"
    assert limit["stackLevel"] > fail_safe["stackLevel"]
    assert limit["chargingProfileId"] != fail_safe["chargingProfileId"]
    assert "transactionId" not in limit


@pytest.mark.parametrize(
    ("judge", "expected"),
    [
        (accepts(chargingRateUnit="W"), ("W", 7293.3)),
        (accepts(chargingProfileKind="Relative"), ("A", 10.5)),
        (accepts(stackLevel=0), ("A", 10.5)),
        (accepts(chargingProfilePurpose="TxDefaultProfile"), ("A", 10.5)),
        (lambda p: "Accepted" if value(p)[1] == int(value(p)[1]) else "Rejected", ("A", 10)),
        (
            lambda p: "Accepted" if p["chargingProfileKind"] == "Relative" else "CALLERROR",
            ("A", 10.5),
        ),
    ],
    ids=["watts", "relative", "stack 0", "default only", "whole amperes", "callerror"],
)
async def test_charger_gets_its_limit_in_the_way_that_it_accepts(
    judge: Judge, expected: tuple[str, float]
) -> None:
    charger = Charger(judge)
    room = limits(charger)
    await room.set_limit(1, TEN, EXPIRY, 5)
    assert value(charger.profiles[-1]) == expected

    asked = len(charger.calls)
    await room.set_limit(1, TEN, EXPIRY, 5)
    assert len(charger.calls) == asked + 1, "what was accepted once is tried first"


async def test_charger_that_has_not_read_its_transactions_number_yet_is_asked_again() -> None:
    statuses = iter(["Rejected"])
    charger = Charger(lambda _: next(statuses, "Accepted"))
    room = limits(charger)
    await room.set_limit(1, TEN, EXPIRY, 5)
    assert room.strategy == Strategy(
        purpose="TxProfile", kind="Absolute", stack_level=1, unit="A", whole=False
    )


async def test_charger_that_refuses_every_way_is_asked_two_at_a_time() -> None:
    charger = Charger(lambda _: "Rejected")
    room = limits(charger)
    with pytest.raises(CallRejectedError):
        await room.set_limit(1, TEN, EXPIRY, 5)
    first = len(charger.calls)
    for _ in range(3):
        with pytest.raises(CallRejectedError):
            await room.set_limit(1, TEN, EXPIRY, 5)
    assert len(charger.calls) - first == 6
    assert len({str(payload) for _, payload in charger.calls[first:]}) == 4, "one after the other"


async def test_what_a_charger_accepts_without_obeying_is_told_in_another_way() -> None:
    charger = Charger()
    room = limits(charger)
    await room.set_limit(1, TEN, EXPIRY, 5)
    room.distrust()
    await room.set_limit(1, TEN, EXPIRY, 5)
    assert [value(profile)[0] for profile in charger.profiles] == ["A", "W"]


async def test_last_way_takes_the_fail_safes_place_and_never_runs_out() -> None:
    charger = Charger(
        lambda p: (
            "Accepted"
            if (p["chargingProfilePurpose"], p["stackLevel"]) == ("TxDefaultProfile", 0)
            else "Rejected"
        )
    )
    room = limits(charger)
    await room.set_limit(1, TEN, EXPIRY, 5)
    assert room.strategy is not None and room.strategy.replaces_fail_safe
    assert "validTo" not in charger.profiles[-1]
    with pytest.raises(CallRejectedError):
        await room.set_limit(1, TEN, EXPIRY, None)


async def test_relative_limit_expires_too() -> None:
    charger = Charger(accepts(chargingProfileKind="Relative"))
    await limits(charger).set_limit(1, TEN, EXPIRY, 5)
    (profile,) = charger.profiles
    assert profile["validTo"] == "2026-01-21T06:02:00Z"
    assert "duration" not in profile["chargingSchedule"], "it would count from the session's start"


async def test_fail_safe_is_never_replaced_by_a_limit() -> None:
    charger = Charger(lambda p: "Accepted" if p["stackLevel"] == 0 else "Rejected")
    room = limits(charger)
    await room.set_fail_safe(SAFE)
    with pytest.raises(CallRejectedError):
        await room.set_limit(1, TEN, EXPIRY, None)
    assert len(charger.profiles) == 1


async def test_unit_that_the_charger_named_is_the_only_one_tried() -> None:
    charger = Charger(accepts(chargingRateUnit="A"))
    room = limits(charger)
    room.learn(("W",), 5)
    with pytest.raises(CallRejectedError):
        await room.set_limit(1, TEN, EXPIRY, 5)
    assert {value(p["csChargingProfiles"])[0] for _, p in charger.calls} == {"W"}


async def test_charger_without_smart_charging_is_asked_once() -> None:
    charger = Charger(lambda _: "NotSupported")
    with pytest.raises(CallRejectedError):
        await limits(charger).set_limit(1, TEN, EXPIRY, 5)
    assert len(charger.calls) == 1


async def test_two_connectors_have_a_limit_each() -> None:
    charger = Charger()
    room = limits(charger)
    await room.set_limit(1, TEN, EXPIRY, 5)
    await room.set_limit(2, TEN, EXPIRY, 6)
    assert len({profile["chargingProfileId"] for profile in charger.profiles}) == 2


async def test_pause_is_a_limit_of_zero() -> None:
    charger = Charger()
    await limits(charger).set_limit(1, Limit(amperes=0, watts=0), EXPIRY, 5)
    assert value(charger.profiles[0]) == ("A", 0)


async def test_number_of_lines_is_asked_for_where_it_is_set() -> None:
    charger = Charger()
    await limits(charger).set_limit(1, Limit(amperes=10, watts=2300, phases=1), EXPIRY, 5)
    period = charger.profiles[0]["chargingSchedule"]["chargingSchedulePeriod"][0]
    assert period["numberPhases"] == 1


async def test_offered_schedule_tells_what_holds_after_the_expiry() -> None:
    schedule = {
        "chargingRateUnit": "A",
        "chargingSchedulePeriod": [
            {"startPeriod": 0, "limit": 10},
            {"startPeriod": 120, "limit": 6},
            {"startPeriod": "x", "limit": 99},
            "nonsense",
        ],
    }
    charger = Charger(GetCompositeSchedule={"status": "Accepted", "chargingSchedule": schedule})
    offered = await limits(charger).offered(1, timedelta(minutes=5))
    assert offered is not None
    assert (offered.at(0), offered.at(119), offered.at(120), offered.at(299)) == (10, 10, 6, 6)


@pytest.mark.parametrize(
    "answer",
    [
        {"status": "Rejected"},
        {"status": "Accepted"},
        {"status": "Accepted", "chargingSchedule": []},
        CallFailedError("NotImplemented"),
    ],
)
async def test_charger_that_does_not_tell_its_schedule_is_no_trouble(answer: Any) -> None:
    charger = Charger(GetCompositeSchedule=answer)
    assert await limits(charger).offered(1, timedelta(minutes=5)) is None


async def test_schedule_without_steps_tells_nothing() -> None:
    answer = {"status": "Accepted", "chargingSchedule": {"chargingRateUnit": "A"}}
    charger = Charger(GetCompositeSchedule=answer)
    offered = await limits(charger).offered(1, timedelta(minutes=5))
    assert offered is not None
    assert offered.at(0) is None


async def test_limit_and_fail_safe_are_removed_one_by_one() -> None:
    charger = Charger(ClearChargingProfile={"status": "Unknown"})
    room = limits(charger)
    await room.clear_limit(1)
    await room.clear_fail_safe()
    assert [payload["id"] for _, payload in charger.calls] == [11, 2]
