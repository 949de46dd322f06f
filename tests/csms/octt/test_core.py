"""Core: booting, sessions, remote control, configuration, offline."""

from typing import Any

import pytest

from custom_components.zmartcharge.csms import (
    AuthorizationStatus,
    CallRejectedError,
    ConnectorState,
    IdTagInfo,
    Station,
    VendorAnswer,
    VendorStatus,
)

from ..conftest import RecordingHandler, Server
from .charge_point import AT, CARD, ChargePoint

UNREFUSED = "Accepted"


def states(handler: RecordingHandler) -> list[ConnectorState]:
    return [status.state for status in handler.all("status")]


async def charge(charge_point: ChargePoint, id_tag: str = CARD) -> int:
    """Begin to charge, and return the transaction's id."""
    answer = await charge_point.start(id_tag)
    assert answer["idTagInfo"]["status"] == UNREFUSED
    await charge_point.status("Charging")
    number: int = answer["transactionId"]
    return number


# Booting and sessions -----------------------------------------------------------------------------


async def test_tc_001_cold_boot(charge_point: ChargePoint, handler: RecordingHandler) -> None:
    await charge_point.status("Available", 0)
    answer = await charge_point.say("Heartbeat")
    assert answer["currentTime"] == "2026-11-21T12:00:00Z"
    assert len(handler.all("boot")) == 1
    assert states(handler)[-1] is ConnectorState.AVAILABLE


async def test_tc_003_session_plugged_in_first(
    charge_point: ChargePoint, handler: RecordingHandler
) -> None:
    await charge_point.status("Preparing")
    assert await charge_point.authorize() == UNREFUSED
    number = await charge(charge_point)
    assert await charge_point.authorize() == UNREFUSED
    answer = await charge_point.stop_transaction(number, idTag=CARD)
    assert answer["idTagInfo"]["status"] == UNREFUSED
    for status in ("Finishing", "Available"):
        await charge_point.status(status)
    assert handler.all("stop")[0].meter_stop == 5000


async def test_tc_004_1_session_identified_first(
    charge_point: ChargePoint, handler: RecordingHandler
) -> None:
    assert await charge_point.authorize() == UNREFUSED
    await charge_point.status("Preparing")
    number = await charge(charge_point)
    await charge_point.stop_transaction(number, idTag=CARD)
    assert (len(handler.all("start")), len(handler.all("stop"))) == (1, 1)


async def test_tc_004_2_connection_time_out(
    charge_point: ChargePoint, handler: RecordingHandler
) -> None:
    assert await charge_point.authorize() == UNREFUSED
    for status in ("Preparing", "Available"):
        await charge_point.status(status)
    assert handler.all("start") == []
    assert states(handler)[-1] is ConnectorState.AVAILABLE


async def test_tc_005_1_cable_unplugged_at_the_car(
    charge_point: ChargePoint, handler: RecordingHandler
) -> None:
    number = await charge(charge_point)
    await charge_point.status("SuspendedEV")
    assert await charge_point.stop_transaction(number, "EVDisconnected") == {}
    for status in ("Finishing", "Available"):
        await charge_point.status(status)
    assert handler.all("stop")[0].reason == "EVDisconnected"


async def test_tc_007_session_with_a_cached_id(
    charge_point: ChargePoint, handler: RecordingHandler
) -> None:
    # It starts without asking: whether the card may charge it hears in the answer.
    await charge_point.status("Preparing")
    await charge(charge_point)
    assert handler.all("authorize") == []
    assert handler.all("start")[0].id_tag == CARD


async def test_tc_010_remote_start_plugged_in_first(
    charge_point: ChargePoint, station: Station, handler: RecordingHandler
) -> None:
    await charge_point.status("Preparing")
    await station.remote_start(1, CARD)
    request = await charge_point.was_asked("RemoteStartTransaction")
    assert request == {"connectorId": 1, "idTag": CARD}
    await charge(charge_point)
    assert len(handler.all("start")) == 1


async def test_tc_011_1_remote_start_first(
    charge_point: ChargePoint, station: Station, handler: RecordingHandler
) -> None:
    await station.remote_start(1, CARD)
    await charge_point.status("Preparing")
    await charge(charge_point)
    assert len(handler.all("start")) == 1


async def test_tc_011_2_remote_start_that_nobody_uses(
    charge_point: ChargePoint, station: Station, handler: RecordingHandler
) -> None:
    await station.remote_start(1, CARD)
    for status in ("Preparing", "Available"):
        await charge_point.status(status)
    assert handler.all("start") == []


async def test_tc_012_remote_stop(
    charge_point: ChargePoint, station: Station, handler: RecordingHandler
) -> None:
    number = await charge(charge_point)
    await station.remote_stop(number)
    request = await charge_point.was_asked("RemoteStopTransaction")
    assert request == {"transactionId": number}
    await charge_point.stop_transaction(number, "Remote")
    assert handler.all("stop")[0].reason == "Remote"


async def test_tc_013_hard_reset(
    charge_point: ChargePoint, server: Server, station: Station, handler: RecordingHandler
) -> None:
    await charge(charge_point)
    await station.reset(hard=True)
    assert await charge_point.was_asked("Reset") == {"type": "Hard"}
    await charge_point.stop()
    again = ChargePoint((await server.connect()).socket)
    await again.boot()
    await again.status("Available")
    assert len(handler.all("boot")) == 2
    await again.stop()


async def test_tc_014_soft_reset(
    charge_point: ChargePoint, station: Station, handler: RecordingHandler
) -> None:
    number = await charge(charge_point)
    await station.reset(hard=False)
    assert await charge_point.was_asked("Reset") == {"type": "Soft"}
    await charge_point.stop_transaction(number, "SoftReset")
    await charge_point.boot()
    assert handler.all("stop")[0].reason == "SoftReset"


# Unlocking ----------------------------------------------------------------------------------------


async def test_tc_017_1_unlock_without_a_session(
    charge_point: ChargePoint, station: Station
) -> None:
    charge_point.answers["UnlockConnector"] = {"status": "Unlocked"}
    await station.unlock(1)
    assert await charge_point.was_asked("UnlockConnector") == {"connectorId": 1}


async def _unlock_is_refused(charge_point: ChargePoint, station: Station, status: str) -> None:
    charge_point.answers["UnlockConnector"] = {"status": status}
    with pytest.raises(CallRejectedError) as refused:
        await station.unlock(1)
    assert refused.value.status == status
    # The connection goes on as before.
    assert "currentTime" in await charge_point.say("Heartbeat")


async def test_tc_017_2_unlock_a_fixed_cable(charge_point: ChargePoint, station: Station) -> None:
    await _unlock_is_refused(charge_point, station, "NotSupported")


async def test_tc_018_1_unlock_during_a_session(
    charge_point: ChargePoint, station: Station, handler: RecordingHandler
) -> None:
    number = await charge(charge_point)
    charge_point.answers["UnlockConnector"] = {"status": "Unlocked"}
    await station.unlock(1)
    await charge_point.stop_transaction(number, "UnlockCommand")
    assert handler.all("stop")[0].reason == "UnlockCommand"


async def test_tc_030_unlock_fails(charge_point: ChargePoint, station: Station) -> None:
    await _unlock_is_refused(charge_point, station, "UnlockFailed")


async def test_tc_031_unlock_of_an_unknown_connector(
    charge_point: ChargePoint, station: Station
) -> None:
    charge_point.answers["UnlockConnector"] = {"status": "NotSupported"}
    with pytest.raises(CallRejectedError, match="NotSupported"):
        await station.unlock(7)
    assert await charge_point.was_asked("UnlockConnector") == {"connectorId": 7}


# Configuration ------------------------------------------------------------------------------------

KEYS = {
    "configurationKey": [
        {"key": "HeartbeatInterval", "readonly": False, "value": "300"},
        {"key": "AuthorizationKey", "readonly": False},
    ]
}


async def test_tc_019_1_all_configuration_keys(charge_point: ChargePoint, station: Station) -> None:
    charge_point.answers["GetConfiguration"] = KEYS
    expected = {"HeartbeatInterval": "300", "AuthorizationKey": None}
    assert await station.configuration() == expected
    assert await charge_point.was_asked("GetConfiguration") == {}


async def test_tc_019_2_one_configuration_key(charge_point: ChargePoint, station: Station) -> None:
    charge_point.answers["GetConfiguration"] = {
        "configurationKey": KEYS["configurationKey"][:1],
        "unknownKey": ["Nonsense"],
    }
    found = await station.configuration("HeartbeatInterval", "Nonsense")
    assert found == {"HeartbeatInterval": "300"}
    asked = await charge_point.was_asked("GetConfiguration")
    assert asked == {"key": ["HeartbeatInterval", "Nonsense"]}


async def test_tc_021_change_of_the_configuration(
    charge_point: ChargePoint, station: Station
) -> None:
    assert await station.configure("MeterValueSampleInterval", "10") == "Accepted"
    request = await charge_point.was_asked("ChangeConfiguration")
    assert request == {"key": "MeterValueSampleInterval", "value": "10"}


async def test_tc_040_1_key_that_is_not_supported(
    charge_point: ChargePoint, station: Station
) -> None:
    charge_point.answers["ChangeConfiguration"] = {"status": "NotSupported"}
    with pytest.raises(CallRejectedError, match="NotSupported"):
        await station.configure("Nonsense", "1")


async def test_tc_040_2_value_that_is_invalid(charge_point: ChargePoint, station: Station) -> None:
    charge_point.answers["ChangeConfiguration"] = {"status": "Rejected"}
    with pytest.raises(CallRejectedError, match="Rejected"):
        await station.configure("MeterValueSampleInterval", "-1")


# Refusals and failures ----------------------------------------------------------------------------


async def _refused(
    charge_point: ChargePoint, handler: RecordingHandler, status: AuthorizationStatus
) -> None:
    handler.info = IdTagInfo(status=status)
    assert await charge_point.authorize() == status.value
    # One that starts all the same is told in the answer, with an id of its own to end it by.
    answer = await charge_point.start()
    assert answer["idTagInfo"] == {"status": status.value}
    assert await charge_point.stop_transaction(answer["transactionId"], "DeAuthorized") == {}


async def test_tc_023_1_card_that_nobody_knows(
    charge_point: ChargePoint, handler: RecordingHandler
) -> None:
    await _refused(charge_point, handler, AuthorizationStatus.INVALID)


async def test_tc_023_2_card_that_has_expired(
    charge_point: ChargePoint, handler: RecordingHandler
) -> None:
    await _refused(charge_point, handler, AuthorizationStatus.EXPIRED)


async def test_tc_023_3_card_that_is_blocked(
    charge_point: ChargePoint, handler: RecordingHandler
) -> None:
    await _refused(charge_point, handler, AuthorizationStatus.BLOCKED)


async def test_tc_024_lock_failure(charge_point: ChargePoint, handler: RecordingHandler) -> None:
    await charge_point.authorize()
    await charge_point.status("Faulted", error="ConnectorLockFailure")
    told = handler.all("status")[-1]
    assert (told.state, told.error_code) == (ConnectorState.FAULTED, "ConnectorLockFailure")
    assert handler.all("start") == []


async def test_tc_026_remote_start_is_rejected(charge_point: ChargePoint, station: Station) -> None:
    charge_point.answers["RemoteStartTransaction"] = {"status": "Rejected"}
    with pytest.raises(CallRejectedError, match="RemoteStartTransaction: Rejected"):
        await station.remote_start(1, CARD)


async def test_tc_028_remote_stop_is_rejected(charge_point: ChargePoint, station: Station) -> None:
    charge_point.answers["RemoteStopTransaction"] = {"status": "Rejected"}
    with pytest.raises(CallRejectedError, match="RemoteStopTransaction: Rejected"):
        await station.remote_stop(4711)


async def test_tc_032_1_power_failure_during_a_session(
    charge_point: ChargePoint, server: Server, handler: RecordingHandler
) -> None:
    number = await charge(charge_point)
    await charge_point.stop()
    again = ChargePoint((await server.connect()).socket)
    await again.boot()
    assert await again.stop_transaction(number, "PowerLoss") == {}
    await again.status("Available")
    assert handler.all("stop")[0].reason == "PowerLoss"
    await again.stop()


# Offline ------------------------------------------------------------------------------------------

BEFORE = "2026-11-21T09:00:00Z"


async def _came_back(
    charge_point: ChargePoint, server: Server, messages: list[tuple[str, dict[str, Any]]]
) -> list[dict[str, Any]]:
    """Lose the connection, come back, and tell what happened meanwhile."""
    await charge_point.stop()
    again = ChargePoint((await server.connect()).socket)
    found = [await again.say(action, payload) for action, payload in messages]
    await again.stop()
    return found


_STARTED = {"connectorId": 1, "idTag": CARD, "meterStart": 1000, "timestamp": BEFORE}


async def test_tc_037_1_offline_start_of_a_valid_card(
    charge_point: ChargePoint, server: Server, handler: RecordingHandler
) -> None:
    (answer,) = await _came_back(charge_point, server, [("StartTransaction", _STARTED)])
    assert answer["idTagInfo"]["status"] == "Accepted"
    # It counts from when it happened, not from when it was told.
    assert handler.all("start")[0].timestamp.hour == 9


async def test_tc_037_3_offline_start_of_an_invalid_card(
    charge_point: ChargePoint, server: Server, handler: RecordingHandler
) -> None:
    handler.info = IdTagInfo(status=AuthorizationStatus.INVALID)
    stopped = {"transactionId": 4711, "meterStop": 1000, "timestamp": AT, "reason": "DeAuthorized"}
    messages = [("StartTransaction", _STARTED), ("StopTransaction", stopped)]
    started, ended = await _came_back(charge_point, server, messages)
    assert started["idTagInfo"]["status"] == "Invalid"
    assert ended == {}
    assert handler.all("stop")[0].reason == "DeAuthorized"


async def test_tc_039_offline_transaction(
    charge_point: ChargePoint, server: Server, handler: RecordingHandler
) -> None:
    value = {"timestamp": "2026-11-21T10:00:00Z", "sampledValue": [{"value": "2500"}]}
    messages: list[tuple[str, dict[str, Any]]] = [
        ("StartTransaction", _STARTED),
        ("MeterValues", {"connectorId": 1, "transactionId": 4711, "meterValue": [value]}),
        (
            "StopTransaction",
            {
                "transactionId": 4711,
                "meterStop": 4000,
                "timestamp": "2026-11-21T11:00:00Z",
                "reason": "Local",
                "idTag": CARD,
            },
        ),
    ]
    answers = await _came_back(charge_point, server, messages)
    assert answers[2]["idTagInfo"]["status"] == "Accepted"
    (start,), (stop,) = handler.all("start"), handler.all("stop")
    assert (start.meter_start, stop.meter_stop) == (1000, 4000)
    assert (start.timestamp.hour, stop.timestamp.hour) == (9, 11)
    assert handler.all("meter")[0].snapshots[0].register == 2500


# Cache and vendors --------------------------------------------------------------------------------


async def test_tc_061_clear_the_cache(charge_point: ChargePoint, station: Station) -> None:
    assert await station.clear_cache()
    assert await charge_point.was_asked("ClearCache") == {}
    charge_point.answers["ClearCache"] = {"status": "Rejected"}
    assert not await station.clear_cache()


async def test_tc_064_data_transfer_to_the_central_system(
    charge_point: ChargePoint, handler: RecordingHandler
) -> None:
    request = {"vendorId": "org.example", "messageId": "m", "data": "d"}
    assert await charge_point.say("DataTransfer", request) == {"status": "UnknownVendorId"}
    handler.vendor_answer = VendorAnswer(status=VendorStatus.UNKNOWN_MESSAGE)
    assert await charge_point.say("DataTransfer", request) == {"status": "UnknownMessageId"}
