"""Smart charging."""

from datetime import timedelta
from typing import Any

from custom_components.zmartcharge.csms import Limit, OfferedSchedule, Station

from ..conftest import RecordingHandler
from .charge_point import CARD, ChargePoint

SIX = Limit(amperes=6, watts=4140)
EXPIRY = timedelta(minutes=2)


def _limit(profile: dict[str, Any]) -> tuple[str, float]:
    schedule = profile["chargingSchedule"]
    return schedule["chargingRateUnit"], schedule["chargingSchedulePeriod"][0]["limit"]


async def test_tc_056_default_profile(charge_point: ChargePoint, station: Station) -> None:
    await station.set_fail_safe(SIX)
    request = await charge_point.was_asked("SetChargingProfile")
    profile = request["csChargingProfiles"]
    assert request["connectorId"] == 0
    assert profile["chargingProfilePurpose"] == "TxDefaultProfile"
    assert _limit(profile) == ("A", 6)


async def test_tc_057_profile_of_a_transaction(charge_point: ChargePoint, station: Station) -> None:
    number = (await charge_point.start())["transactionId"]
    await station.set_limit(1, SIX, expiry=EXPIRY, transaction_id=number)
    request = await charge_point.was_asked("SetChargingProfile")
    profile = request["csChargingProfiles"]
    assert request["connectorId"] == 1
    assert profile["chargingProfilePurpose"] == "TxProfile"
    assert profile["transactionId"] == number
    assert profile["validTo"] == "2026-11-21T12:02:00Z"
    assert _limit(profile) == ("A", 6)


async def test_tc_059_remote_start_with_a_profile(
    charge_point: ChargePoint, station: Station, handler: RecordingHandler
) -> None:
    await station.remote_start(1, CARD, SIX)
    profile = (await charge_point.was_asked("RemoteStartTransaction"))["chargingProfile"]
    assert profile["chargingProfilePurpose"] == "TxProfile"
    # Clause 5.16.2: the transaction has no id yet.
    assert "transactionId" not in profile
    assert _limit(profile) == ("A", 6)
    number = (await charge_point.start())["transactionId"]
    await station.set_limit(1, SIX, expiry=EXPIRY, transaction_id=number)
    later = (await charge_point.was_asked("SetChargingProfile"))["csChargingProfiles"]
    # What is told next takes its place.
    assert later["chargingProfileId"] == profile["chargingProfileId"]


async def test_tc_066_composite_schedule(charge_point: ChargePoint, station: Station) -> None:
    charge_point.answers["GetCompositeSchedule"] = {
        "status": "Accepted",
        "connectorId": 1,
        "scheduleStart": "2026-11-21T12:00:00Z",
        "chargingSchedule": {
            "chargingRateUnit": "A",
            "chargingSchedulePeriod": [
                {"startPeriod": 0, "limit": 6.0},
                {"startPeriod": 120, "limit": 16.0},
            ],
        },
    }
    found = await station.offered_schedule(1, timedelta(minutes=5))
    assert found == OfferedSchedule(unit="A", steps=((0, 6.0), (120, 16.0)))
    request = await charge_point.was_asked("GetCompositeSchedule")
    assert request == {"connectorId": 1, "duration": 300, "chargingRateUnit": "A"}


async def test_tc_067_profile_is_cleared(charge_point: ChargePoint, station: Station) -> None:
    await station.set_fail_safe(SIX)
    installed = (await charge_point.was_asked("SetChargingProfile"))["csChargingProfiles"]
    await station.set_fail_safe(None)
    request = await charge_point.was_asked("ClearChargingProfile")
    assert request == {"id": installed["chargingProfileId"]}
    # One that has none of this id does no harm.
    charge_point.answers["ClearChargingProfile"] = {"status": "Unknown"}
    await station.set_fail_safe(None)
