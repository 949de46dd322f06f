"""What we ask of a 2.0.1 charger, over a real socket; every request against the schema."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

from ocpp.messages import Call, validate_payload
import pytest

from custom_components.zmartcharge.csms import (
    CallRejectedError,
    InvalidRequestError,
    Limit,
    NotConnectedError,
    OfferedSchedule,
    Station,
)
from custom_components.zmartcharge.csms.resync import resynchronise

from ..conftest import Server
from .conftest import CARD, Charger201, KeepingHandler, connect

TEN = Limit(amperes=10.57, watts=7293.3)
EXPIRY = timedelta(seconds=120)
_ACCEPTED = {"status": "Accepted"}


async def obey(
    charger: Charger201, asking: Awaitable[Any], answer: dict[str, Any] | None = None
) -> tuple[list[tuple[str, dict[str, Any]]], Any]:
    """Answer every request the same way; return the requests and what came of the asking."""
    requests: list[tuple[str, dict[str, Any]]] = []

    def note(action: str, payload: dict[str, Any]) -> dict[str, Any]:
        requests.append((action, payload))
        return answer or _ACCEPTED

    serving = asyncio.ensure_future(charger.serve(note))
    try:
        result = await asking
    finally:
        serving.cancel()
        await asyncio.wait([serving])
        for action, payload in requests:
            await validate_payload(Call("1", action, payload), "2.0.1")
    return requests, result


@pytest.mark.parametrize(
    ("ask", "action", "payload"),
    [
        (lambda s: s.reset(hard=False), "Reset", {"type": "OnIdle"}),
        (lambda s: s.reset(hard=True), "Reset", {"type": "Immediate"}),
        (lambda s: s.set_available(0, available=False), "ChangeAvailability",
         {"operationalStatus": "Inoperative"}),
        (lambda s: s.set_available(2, available=True), "ChangeAvailability",
         {"operationalStatus": "Operative", "evse": {"id": 2}}),
        (lambda s: s.trigger("Heartbeat"), "TriggerMessage", {"requestedMessage": "Heartbeat"}),
        (lambda s: s.trigger("StatusNotification", 2), "TriggerMessage",
         {"requestedMessage": "StatusNotification", "evse": {"id": 2, "connectorId": 1}}),
        (lambda s: s.call("ClearCache", {}), "ClearCache", {}),
    ],
)  # fmt: skip
async def test_requests_go_out_as_the_standard_names_them(
    charger: Charger201,
    station: Station,
    ask: Callable[[Station], Awaitable[Any]],
    action: str,
    payload: dict[str, Any],
) -> None:
    requests, _ = await obey(charger, ask(station))
    assert requests == [(action, payload)]


async def test_a_scheduled_change_and_a_scheduled_reset_are_no_refusals(
    charger: Charger201, station: Station
) -> None:
    scheduled = {"status": "Scheduled"}
    _, status = await obey(charger, station.set_available(1, available=False), scheduled)
    assert status == "Scheduled"
    await obey(charger, station.reset(hard=False), scheduled)


@pytest.mark.parametrize(
    ("ask", "status", "why"),
    [
        (lambda s: s.unlock(1), "OngoingAuthorizedTransaction", "UnlockConnector"),
        (lambda s: s.remote_start(1, "X"), "Rejected", "RequestStartTransaction"),
        (lambda s: s.reset(hard=True), "Rejected", "Reset"),
        (lambda s: s.trigger("Heartbeat"), "NotImplemented", "TriggerMessage"),
        (lambda s: s.trigger("MeterValues"), "Rejected", "TriggerMessage"),
        (lambda s: s.trigger("StatusNotification"), "Rejected", "TriggerMessage"),
        (lambda s: s.set_maximum(16, 11040), "Rejected", "SetChargingProfile"),
    ],
)
async def test_a_refusal_is_raised(
    charger: Charger201,
    station: Station,
    ask: Callable[[Station], Awaitable[Any]],
    status: str,
    why: str,
) -> None:
    with pytest.raises(CallRejectedError, match=f"{why}: {status}"):
        await obey(charger, ask(station), {"status": status})


async def test_a_lost_connection_fails_the_request(charger: Charger201, station: Station) -> None:
    asking = asyncio.ensure_future(station.unlock(1))
    await charger.hear()
    await charger.socket.close()
    with pytest.raises(NotConnectedError):
        await asking


@pytest.mark.parametrize(
    ("action", "payload"),
    [
        ("Fly", {}),
        ("../Reset", {}),
        ("Reset", {"type": "Soft"}),
        ("RemoteStartTransaction", {"idTag": "x"}),
        ("Reset", {"type": "OnIdle", "extra": 1}),
    ],
)
async def test_a_request_that_the_standard_does_not_know_is_refused(
    station: Station, action: str, payload: dict[str, Any]
) -> None:
    with pytest.raises(InvalidRequestError):
        await station.call(action, payload)


async def test_the_connector_that_is_in_use_is_unlocked(
    charger: Charger201, station: Station
) -> None:
    await charger.status("Unavailable", evse=1, connector=1)
    await charger.status("Occupied", evse=1, connector=2)
    requests, _ = await obey(charger, station.unlock(1), {"status": "Unlocked"})
    assert requests == [("UnlockConnector", {"evseId": 1, "connectorId": 2})]


async def test_a_session_is_ended_for_its_cable_to_be_released(
    charger: Charger201, station: Station
) -> None:
    await charger.event("Started", "abc", idToken=CARD)
    asked: list[str] = []

    def answer(action: str, payload: dict[str, Any]) -> dict[str, Any]:
        asked.append(action)
        if action == "RequestStopTransaction":
            return _ACCEPTED
        ended = "RequestStopTransaction" in asked
        return {"status": "Unlocked" if ended else "OngoingAuthorizedTransaction"}

    serving = asyncio.ensure_future(charger.serve(answer))
    await station.unlock(1)
    serving.cancel()
    assert asked == ["UnlockConnector", "RequestStopTransaction", "UnlockConnector"]


async def test_what_a_remote_start_gave_is_known_in_its_transaction(
    charger: Charger201, station: Station, handler: KeepingHandler
) -> None:
    requests, _ = await obey(charger, station.remote_start(1, "HomeAssistant"))
    ((action, payload),) = requests
    assert action == "RequestStartTransaction"
    assert payload["idToken"] == {"idToken": "HomeAssistant", "type": "Central"}
    assert payload["evseId"] == 1
    info = {"remoteStartId": payload["remoteStartId"], "chargingState": "Charging"}
    await charger.event("Started", triggerReason="RemoteStart", info=info)
    assert handler.all("start")[0].id_tag == "HomeAssistant"


async def test_a_remote_start_of_somebody_else_is_not_ours(
    charger: Charger201, station: Station, handler: KeepingHandler
) -> None:
    info = {"remoteStartId": 7, "chargingState": "Charging"}
    await charger.event("Started", info=info)
    assert handler.all("start")[0].id_tag == ""


async def test_a_transaction_is_stopped_by_its_own_name(
    server: Server, charger: Charger201, station: Station, handler: KeepingHandler
) -> None:
    await charger.event("Started", "abc", idToken=CARD)
    requests, _ = await obey(charger, station.remote_stop(4711))
    assert requests == [("RequestStopTransaction", {"transactionId": "abc"})]
    await charger.socket.close()
    server.csms._memories.clear()
    again = await connect(server)
    await again.call("Heartbeat", {})
    requests, _ = await obey(again, handler.station.remote_stop(4711))
    assert requests == [("RequestStopTransaction", {"transactionId": "abc"})]


async def test_a_transaction_that_nobody_knows_cannot_be_stopped(station: Station) -> None:
    with pytest.raises(CallRejectedError, match="UnknownTransaction"):
        await station.remote_stop(1)


async def test_the_maximum_is_set_for_the_whole_station(
    charger: Charger201, station: Station
) -> None:
    requests, _ = await obey(charger, station.set_maximum(16.04, 11040.4))
    (_, payload), *_ = requests
    assert payload["evseId"] == 0
    profile = payload["chargingProfile"]
    assert profile["chargingProfilePurpose"] == "ChargingStationMaxProfile"
    (schedule,) = profile["chargingSchedule"]
    assert schedule["chargingSchedulePeriod"] == [{"startPeriod": 0, "limit": 16.0}]


async def test_a_limit_is_a_profile_of_the_transaction_and_runs_out(
    charger: Charger201, station: Station
) -> None:
    await charger.event("Started", "abc", idToken=CARD)
    requests, _ = await obey(charger, station.set_limit(1, TEN, expiry=EXPIRY, transaction_id=4711))
    ((_, payload),) = requests
    profile = payload["chargingProfile"]
    assert payload["evseId"] == 1
    assert (profile["chargingProfilePurpose"], profile["transactionId"]) == ("TxProfile", "abc")
    assert profile["validTo"] == "2026-11-21T12:02:00Z"
    (schedule,) = profile["chargingSchedule"]
    assert (schedule["chargingRateUnit"], schedule["duration"]) == ("A", 120)
    assert schedule["chargingSchedulePeriod"] == [{"startPeriod": 0, "limit": 10.5}]


async def test_a_limit_of_an_unknown_transaction_holds_for_any_above_the_fail_safe(
    charger: Charger201, station: Station
) -> None:
    requests, _ = await obey(charger, station.set_limit(1, TEN, expiry=EXPIRY, transaction_id=9))
    profile = requests[0][1]["chargingProfile"]
    assert profile["chargingProfilePurpose"] == "TxDefaultProfile"
    assert profile["stackLevel"] == 1
    assert "transactionId" not in profile


async def test_the_fail_safe_is_for_all_evses_for_ever(
    charger: Charger201, station: Station
) -> None:
    requests, _ = await obey(charger, station.set_fail_safe(TEN))
    ((_, payload),) = requests
    profile = payload["chargingProfile"]
    assert (payload["evseId"], profile["stackLevel"]) == (0, 0)
    assert profile["chargingProfilePurpose"] == "TxDefaultProfile"
    assert "validTo" not in profile
    assert "duration" not in profile["chargingSchedule"][0]


async def test_limits_are_removed_by_their_ids(charger: Charger201, station: Station) -> None:
    unknown = {"status": "Unknown"}
    limit, _ = await obey(
        charger, station.set_limit(1, None, expiry=EXPIRY, transaction_id=None), unknown
    )
    fail_safe, _ = await obey(charger, station.set_fail_safe(None), unknown)
    assert limit == [("ClearChargingProfile", {"chargingProfileId": 11})]
    assert fail_safe == [("ClearChargingProfile", {"chargingProfileId": 2})]


async def test_what_the_limits_add_up_to_is_told(charger: Charger201, station: Station) -> None:
    answer = {
        "status": "Accepted",
        "schedule": {
            "evseId": 1,
            "duration": 60,
            "scheduleStart": "2026-11-21T12:00:00Z",
            "chargingRateUnit": "A",
            "chargingSchedulePeriod": [
                {"startPeriod": 0, "limit": 10},
                {"startPeriod": 30, "limit": 6.0},
            ],
        },
    }
    asking = station.offered_schedule(1, timedelta(seconds=60))
    requests, offered = await obey(charger, asking, answer)
    assert requests[0][1] == {"evseId": 1, "duration": 60, "chargingRateUnit": "A"}
    assert offered == OfferedSchedule(unit="A", steps=((0, 10.0), (30, 6.0)))


@pytest.mark.parametrize("answer", [{"status": "Rejected"}, {"status": "Accepted"}])
async def test_a_charger_that_does_not_tell_its_limits_is_no_fault(
    charger: Charger201, station: Station, answer: dict[str, Any]
) -> None:
    _, offered = await obey(charger, station.offered_schedule(1, EXPIRY), answer)
    assert offered is None


async def test_a_reconnected_charger_is_asked_for_what_was_missed(
    charger: Charger201, station: Station, handler: KeepingHandler
) -> None:
    await charger.status("Occupied", evse=1, connector=1)
    await charger.status("Available", evse=2, connector=3)
    requests, _ = await obey(charger, resynchronise("OPEN", station, handler, grace=0))  # type: ignore[arg-type]
    asked = [(payload["requestedMessage"], payload.get("evse")) for _, payload in requests]
    assert asked == [
        ("BootNotification", None),
        ("StatusNotification", {"id": 1, "connectorId": 1}),
        ("StatusNotification", {"id": 2, "connectorId": 3}),
        ("MeterValues", None),
        ("TransactionEvent", None),
    ]
    assert handler.resumptions == 1


async def test_a_charger_of_which_nothing_is_known_is_asked_evse_by_evse(
    charger: Charger201, station: Station
) -> None:
    asked: list[dict[str, Any]] = []

    def answer(action: str, payload: dict[str, Any]) -> dict[str, Any]:
        asked.append(payload["evse"])
        return {"status": "Accepted" if payload["evse"]["id"] <= 2 else "Rejected"}

    serving = asyncio.ensure_future(charger.serve(answer))
    await station.trigger("StatusNotification")
    serving.cancel()
    assert [evse["id"] for evse in asked] == [1, 2, 3]


async def test_a_charger_that_knows_one_of_the_two_messages_of_values_is_no_fault(
    charger: Charger201, station: Station
) -> None:
    def answer(action: str, payload: dict[str, Any]) -> dict[str, Any]:
        known = payload["requestedMessage"] == "TransactionEvent"
        return {"status": "Accepted" if known else "NotImplemented"}

    serving = asyncio.ensure_future(charger.serve(answer))
    await station.trigger("MeterValues", 1)
    serving.cancel()
