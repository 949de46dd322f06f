"""What a 1.6 charger says, over a real socket."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from custom_components.zmartcharge.csms import (
    AuthorizationStatus,
    CertificateRequest,
    ConnectorState,
    FirmwareProgress,
    FirmwareStatus,
    IdTagInfo,
    LogProgress,
    LogStatus,
    Notice,
    VendorAnswer,
    VendorMessage,
    VendorStatus,
)

from ..conftest import NOW, RecordingHandler, Server


async def test_boot_is_accepted_and_told(server: Server, handler: RecordingHandler) -> None:
    charger = await server.connect()
    answer = await charger.call(
        "BootNotification",
        {
            "chargePointVendor": "Zm",
            "chargePointModel": "One",
            "chargePointSerialNumber": "S1",
            "firmwareVersion": "1.2.3",
        },
    )
    assert answer[2] == {
        "status": "Accepted",
        "currentTime": "2026-11-21T12:00:00Z",
        "interval": 300,
    }
    (boot,) = handler.all("boot")
    assert (boot.vendor, boot.model, boot.serial, boot.firmware) == ("Zm", "One", "S1", "1.2.3")


async def test_an_id_tag_is_decided_about(server: Server, handler: RecordingHandler) -> None:
    charger = await server.connect()
    answer = await charger.call("Authorize", {"idTag": "04A1B2C3"})
    assert answer[2] == {"idTagInfo": {"status": "Accepted"}}
    assert handler.all("authorize") == ["04A1B2C3"]


async def test_an_empty_id_tag_is_invalid(server: Server, handler: RecordingHandler) -> None:
    charger = await server.connect()
    assert (await charger.call("Authorize", {}))[2] == {"idTagInfo": {"status": "Invalid"}}
    assert handler.all("authorize") == []


async def test_a_status_is_told(server: Server, handler: RecordingHandler) -> None:
    charger = await server.connect()
    payload = {
        "connectorId": 1,
        "errorCode": "GroundFailure",
        "status": "Faulted",
        "vendorErrorCode": "E42",
        "timestamp": "2026-11-21T13:00:00+02:00",
    }
    assert (await charger.call("StatusNotification", payload))[2] == {}
    (status,) = handler.all("status")
    assert status.state is ConnectorState.FAULTED
    assert (status.error_code, status.vendor_error_code) == ("GroundFailure", "E42")
    assert status.timestamp == datetime(2026, 11, 21, 11, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "payload",
    [{}, {"connectorId": 1, "status": "Dancing"}, {"connectorId": -1, "status": "Available"}],
)
async def test_an_impossible_status_is_answered_and_quarantined(
    server: Server, handler: RecordingHandler, payload: dict[str, Any]
) -> None:
    charger = await server.connect()
    assert (await charger.call("StatusNotification", payload))[0] == 3
    assert handler.all("status") == []
    assert len(handler.all("doubt")) == 1


async def test_a_start_gets_its_transaction_id(server: Server, handler: RecordingHandler) -> None:
    charger = await server.connect()
    answer = await charger.call(
        "StartTransaction",
        {
            "connectorId": 1,
            "idTag": "T",
            "meterStart": 1000,
            "timestamp": "2026-11-21T11:59:00Z",
            "reservationId": 5,
        },
    )
    assert answer[2] == {"transactionId": 4711, "idTagInfo": {"status": "Accepted"}}
    (start,) = handler.all("start")
    assert (start.connector_id, start.meter_start, start.reservation_id) == (1, 1000, 5)
    assert start.timestamp == datetime(2026, 11, 21, 11, 59, tzinfo=UTC)
    assert handler.all("doubt") == []


_READABLE = ("1970-01-01T00:00:00Z", "2030-01-01T00:00:00Z")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("meterStart", -5),
        ("meterStart", 10**30),
        ("meterStart", "NaN"),
        ("meterStart", ""),
        ("connectorId", -1),
        ("connectorId", True),
        ("connectorId", [1]),
        ("timestamp", "not a date"),
        ("timestamp", "1970-01-01T00:00:00Z"),
        ("timestamp", "2030-01-01T00:00:00Z"),
        ("timestamp", 5),
        ("idTag", "a\nb"),
        ("idTag", "x" * 40),
        ("idTag", {}),
    ],
)
async def test_a_doubtful_start_is_quarantined_and_still_answered(
    server: Server, handler: RecordingHandler, field: str, value: Any
) -> None:
    charger = await server.connect()
    payload = {
        "connectorId": 1,
        "idTag": "T",
        "meterStart": 0,
        "timestamp": "2026-11-21T11:59:00Z",
    }
    answer = await charger.call("StartTransaction", payload | {field: value})
    assert answer[2]["transactionId"] == 4711
    (start,) = handler.all("start")
    # The charger's own clock is kept where it says something: the ledger knows repeats by it.
    readable = field == "timestamp" and value in _READABLE
    expected = datetime.fromisoformat(value) if readable else None
    assert start.timestamp in (expected, NOW, datetime(2026, 11, 21, 11, 59, tzinfo=UTC))
    assert not readable or start.timestamp == expected
    assert start.meter_start is None or start.meter_start == 0
    assert start.connector_id in (0, 1)
    if value != "":
        assert field in handler.all("doubt")[0].reason


async def test_a_start_that_cannot_be_kept_is_not_acknowledged(
    server: Server, handler: RecordingHandler
) -> None:
    handler.keeps = False
    charger = await server.connect()
    answer = await charger.call("StartTransaction", {"connectorId": 1, "idTag": "T"})
    assert answer[:3] == [4, "m1", "InternalError"]


async def test_a_stop_with_its_closing_values(server: Server, handler: RecordingHandler) -> None:
    charger = await server.connect()
    answer = await charger.call(
        "StopTransaction",
        {
            "transactionId": 4711,
            "meterStop": 2500,
            "timestamp": "2026-11-21T11:59:00",
            "reason": "EVDisconnected",
            "idTag": "T",
            "transactionData": [
                {
                    "timestamp": "2026-11-21T11:58:00Z",
                    "sampledValue": [{"value": "2.4", "unit": "kWh"}],
                }
            ],
        },
    )
    assert answer[2] == {"idTagInfo": {"status": "Accepted"}}
    (stop,) = handler.all("stop")
    assert (stop.transaction_id, stop.meter_stop, stop.reason) == (4711, 2500, "EVDisconnected")
    assert stop.timestamp == datetime(2026, 11, 21, 11, 59, tzinfo=UTC)
    assert stop.snapshots[0].register == 2400


async def test_a_stop_of_nothing_is_acknowledged(server: Server, handler: RecordingHandler) -> None:
    charger = await server.connect()
    answer = await charger.call(
        "StopTransaction", {"transactionId": -1, "meterStop": "x", "reason": "Weird"}
    )
    assert answer[2] == {}
    (stop,) = handler.all("stop")
    assert (stop.transaction_id, stop.meter_stop, stop.reason) == (-1, None, "Other")


@pytest.mark.parametrize(
    ("action", "response"),
    [
        ("DiagnosticsStatusNotification", {}),
        ("FirmwareStatusNotification", {}),
        ("LogStatusNotification", {}),
        ("SecurityEventNotification", {}),
        ("SignedFirmwareStatusNotification", {}),
        ("SignCertificate", {"status": "Rejected"}),
        ("DataTransfer", {"status": "UnknownVendorId"}),
    ],
)
async def test_everything_else_a_charger_may_send_is_acknowledged(
    server: Server, action: str, response: dict[str, Any]
) -> None:
    charger = await server.connect()
    assert (await charger.call(action, {"status": "Idle"}))[2] == response
    assert (await charger.call(action, {"status": 7, "requestId": "x", "csr": []}))[2] == response


async def test_security_events_are_handed_on(server: Server, handler: RecordingHandler) -> None:
    charger = await server.connect()
    payload = {"type": "TamperDetectionActivated", "timestamp": "2026-11-21T11:59:00Z"}
    assert (await charger.call("SecurityEventNotification", payload))[2] == {}
    assert handler.all("notice") == [Notice(action="SecurityEventNotification", payload=payload)]


@pytest.mark.parametrize(
    "action", ["FirmwareStatusNotification", "SignedFirmwareStatusNotification"]
)
async def test_the_progress_of_an_update_is_told(
    server: Server, handler: RecordingHandler, action: str
) -> None:
    charger = await server.connect()
    await charger.call(action, {"status": "Downloading", "requestId": 7})
    await charger.call(action, {"status": "Teleported"})
    (progress,) = handler.all("firmware")
    assert progress == FirmwareProgress(status=FirmwareStatus.DOWNLOADING, request_id=7)
    assert progress.status.under_way
    assert not FirmwareStatus.INSTALLED.under_way
    assert [doubt.reason for doubt in handler.all("doubt")] == ["status: unknown"]


async def test_both_ways_to_tell_of_a_log_are_one(
    server: Server, handler: RecordingHandler
) -> None:
    charger = await server.connect()
    await charger.call("DiagnosticsStatusNotification", {"status": "UploadFailed"})
    await charger.call("LogStatusNotification", {"status": "UploadFailure", "requestId": 3})
    failed = LogStatus.UPLOAD_FAILURE
    assert handler.all("log") == [
        LogProgress(status=failed),
        LogProgress(status=failed, request_id=3),
    ]


async def test_who_signs_certificates_decides_about_the_answer(
    server: Server, handler: RecordingHandler
) -> None:
    charger = await server.connect()
    handler.signs = True
    answer = await charger.call("SignCertificate", {"csr": "-----BEGIN\nQ==\n"})
    assert answer[2] == {"status": "Accepted"}
    assert handler.all("csr") == [CertificateRequest(csr="-----BEGIN\nQ==\n")]


async def test_a_vendors_message_is_answered_as_the_handler_says(
    server: Server, handler: RecordingHandler
) -> None:
    charger = await server.connect()
    handler.vendor_answer = VendorAnswer(status=VendorStatus.ACCEPTED, data={"a": 1})
    request = {"vendorId": "org.example", "messageId": "hi", "data": "{}"}
    answer = await charger.call("DataTransfer", request)
    assert answer[2] == {"status": "Accepted", "data": '{"a": 1}'}
    assert handler.all("vendor") == [
        VendorMessage(vendor_id="org.example", message_id="hi", data="{}")
    ]


async def test_the_answer_to_an_id_tag_carries_its_group_and_end(
    server: Server, handler: RecordingHandler
) -> None:
    charger = await server.connect()
    handler.info = IdTagInfo(
        status=AuthorizationStatus.ACCEPTED, group="FAMILY", valid_until=NOW + timedelta(days=1)
    )
    told = {
        "status": "Accepted",
        "parentIdTag": "FAMILY",
        "expiryDate": "2026-11-22T12:00:00Z",
    }
    assert (await charger.call("Authorize", {"idTag": "04A1"}))[2] == {"idTagInfo": told}
    start = {
        "connectorId": 1,
        "idTag": "04A1",
        "meterStart": 0,
        "timestamp": "2026-11-21T11:59:00Z",
    }
    assert (await charger.call("StartTransaction", start))[2]["idTagInfo"] == told
    handler.info = IdTagInfo(status=AuthorizationStatus.ACCEPTED, group="X" * 21)
    # OCPP 1.6 has no room for such a group.
    assert (await charger.call("Authorize", {"idTag": "04A1"}))[2] == {
        "idTagInfo": {"status": "Accepted"}
    }


@pytest.mark.parametrize(("action", "code"), [("Reset", "NotSupported"), ("Fly", "NotImplemented")])
async def test_unknown_actions_get_a_callerror(server: Server, action: str, code: str) -> None:
    charger = await server.connect()
    assert (await charger.call(action, {}))[:3] == [4, "m1", code]
