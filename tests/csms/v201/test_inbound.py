"""What a 2.0.1 charger says, over a real socket."""

from datetime import UTC, datetime, timedelta
import json
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
    ReservationEnd,
    ReservationUpdate,
    VendorAnswer,
    VendorMessage,
    VendorStatus,
)

from ..conftest import NOW, Server
from .conftest import AT, BOOT, CARD, CHARGING, Charger201, KeepingHandler, connect, register


@pytest.mark.parametrize(
    ("offered", "chosen", "version"),
    [
        (("ocpp2.0.1", "ocpp1.6"), "ocpp2.0.1", "2.0.1"),
        (("ocpp1.6", "ocpp2.0.1"), "ocpp1.6", "1.6"),
        (("ocpp2.1", "ocpp2.0.1"), "ocpp2.1", "2.1"),
        (("ocpp3.0", "ocpp2.0.1"), "ocpp2.0.1", "2.0.1"),
        (("ocpp2.0.1",), "ocpp2.0.1", "2.0.1"),
        ((), None, "1.6"),
    ],
)
async def test_the_charger_chooses_among_the_versions_that_we_speak(
    server: Server,
    handler: KeepingHandler,
    offered: tuple[str, ...],
    chosen: str | None,
    version: str,
) -> None:
    charger = await server.connect(protocols=offered)
    assert (await charger.call("Heartbeat", {}))[2] == {"currentTime": "2026-11-21T12:00:00Z"}
    assert charger.socket.protocol == chosen
    assert handler.station.version == version


async def test_boot_is_accepted_and_told(charger: Charger201, handler: KeepingHandler) -> None:
    answer = await charger.call("BootNotification", BOOT)
    assert answer[2] == {
        "status": "Accepted",
        "currentTime": "2026-11-21T12:00:00Z",
        "interval": 300,
    }
    (boot,) = handler.all("boot")
    assert (boot.vendor, boot.model, boot.serial, boot.firmware) == ("Zm", "One", "S1", "1.2.3")
    assert boot.iccid == "89470000000000000000"
    assert handler.station.booted


@pytest.mark.parametrize("station", [{}, [], "One", {"model": ["x"]}, None])
async def test_a_boot_that_says_nothing_is_accepted(
    charger: Charger201, handler: KeepingHandler, station: Any
) -> None:
    answer = await charger.call("BootNotification", {"chargingStation": station})
    assert answer[2]["status"] == "Accepted"
    assert handler.all("boot")[0].model == ""


async def test_a_token_is_decided_about(charger: Charger201, handler: KeepingHandler) -> None:
    answer = await charger.call("Authorize", {"idToken": CARD})
    assert answer[2] == {"idTokenInfo": {"status": "Accepted"}}
    assert handler.all("authorize") == ["04A1B2C3"]


@pytest.mark.parametrize("token", [None, {}, {"idToken": ""}, "04A1B2C3", {"idToken": {}}])
async def test_a_token_that_is_none_is_invalid(
    charger: Charger201, handler: KeepingHandler, token: Any
) -> None:
    answer = await charger.call("Authorize", {"idToken": token})
    assert answer[2] == {"idTokenInfo": {"status": "Invalid"}}
    assert handler.all("authorize") == []


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("Available", ConnectorState.AVAILABLE),
        ("Occupied", ConnectorState.PREPARING),
        ("Reserved", ConnectorState.RESERVED),
        ("Unavailable", ConnectorState.UNAVAILABLE),
        ("Faulted", ConnectorState.FAULTED),
    ],
)
async def test_the_status_of_an_evse_is_told(
    charger: Charger201, handler: KeepingHandler, status: str, state: ConnectorState
) -> None:
    await charger.status(status, evse=2)
    (told,) = handler.all("status")
    assert (told.connector_id, told.state) == (2, state)
    assert told.timestamp == datetime(2026, 11, 21, 11, 59, tzinfo=UTC)
    faulted = state is ConnectorState.FAULTED
    assert told.error_code == ("OtherError" if faulted else "NoError")


async def test_an_evse_with_two_connectors_is_one_connector(
    charger: Charger201, handler: KeepingHandler
) -> None:
    await charger.status("Available", connector=1)
    await charger.status("Available", connector=2)
    await charger.status("Occupied", connector=2)
    await charger.status("Unavailable", connector=1)
    states = [told.state for told in handler.all("status")]
    assert states[-1] is ConnectorState.PREPARING
    await charger.status("Available", connector=2)
    await charger.status("Faulted", connector=1)
    assert handler.all("status")[-1].state is ConnectorState.AVAILABLE
    assert {told.connector_id for told in handler.all("status")} == {1}


@pytest.mark.parametrize(
    "payload",
    [
        {},
        {"evseId": 1, "connectorId": 1, "connectorStatus": "Dancing"},
        {"evseId": -1, "connectorId": 1, "connectorStatus": "Available"},
        {"evseId": 10**9, "connectorId": 1, "connectorStatus": "Available"},
        {"evseId": [1], "connectorStatus": {}},
    ],
)
async def test_an_impossible_status_is_answered_and_quarantined(
    charger: Charger201, handler: KeepingHandler, payload: dict[str, Any]
) -> None:
    assert (await charger.call("StatusNotification", payload))[0] == 3
    assert handler.all("status") == []
    assert len(handler.all("doubt")) == 1


async def test_a_fault_has_the_words_of_the_event_that_told_of_it(
    charger: Charger201, handler: KeepingHandler
) -> None:
    event = {
        "eventId": 1,
        "timestamp": AT,
        "trigger": "Alerting",
        "actualValue": "true",
        "techCode": "E42",
        "techInfo": "Ground fault",
        "eventNotificationType": "HardWiredNotification",
        "component": {"name": "Connector", "evse": {"id": 1, "connectorId": 1}},
        "variable": {"name": "Problem"},
    }
    answer = await charger.call(
        "NotifyEvent", {"generatedAt": AT, "seqNo": 0, "eventData": [event, "x", {}]}
    )
    assert answer[2] == {}
    assert handler.all("notice")[0].action == "NotifyEvent"
    await charger.status("Faulted")
    told = handler.all("status")[-1]
    assert (told.vendor_error_code, told.info) == ("E42", "Ground fault")
    await charger.call("NotifyEvent", {"eventData": [event | {"cleared": True}]})
    await charger.status("Faulted")
    assert handler.all("status")[-1].vendor_error_code is None


async def test_availability_is_heard_from_an_event_as_well(
    charger: Charger201, handler: KeepingHandler
) -> None:
    event = {
        "timestamp": AT,
        "actualValue": "Occupied",
        "component": {"name": "Connector", "evse": {"id": 1, "connectorId": 1}},
        "variable": {"name": "AvailabilityState"},
    }
    await charger.call("NotifyEvent", {"eventData": [event]})
    assert handler.all("status")[-1].state is ConnectorState.PREPARING


async def test_meter_values_are_of_the_evse(charger: Charger201, handler: KeepingHandler) -> None:
    answer = await charger.call("MeterValues", {"evseId": 2, "meterValue": [register(1500)]})
    assert answer[2] == {}
    (values,) = handler.all("meter")
    assert (values.connector_id, values.transaction_id) == (2, None)
    assert values.snapshots[0].register == 1500


async def test_absurd_meter_values_are_quarantined_and_answered(
    charger: Charger201, handler: KeepingHandler
) -> None:
    payload = {"evseId": 1, "meterValue": [register(-5), "x", {"sampledValue": 7}]}
    assert (await charger.call("MeterValues", payload))[2] == {}
    assert handler.all("meter")[0].snapshots[0].register is None
    assert "absurd" in handler.all("doubt")[0].reason


@pytest.mark.parametrize(
    ("action", "response"),
    [
        ("ClearedChargingLimit", {}),
        ("DataTransfer", {"status": "UnknownVendorId"}),
        ("FirmwareStatusNotification", {}),
        ("Get15118EVCertificate", {"status": "Failed", "exiResponse": ""}),
        ("GetCertificateStatus", {"status": "Failed"}),
        ("LogStatusNotification", {}),
        ("NotifyChargingLimit", {}),
        ("NotifyCustomerInformation", {}),
        ("NotifyDisplayMessages", {}),
        ("NotifyEVChargingNeeds", {"status": "Rejected"}),
        ("NotifyEVChargingSchedule", {"status": "Accepted"}),
        ("NotifyMonitoringReport", {}),
        ("PublishFirmwareStatusNotification", {}),
        ("ReportChargingProfiles", {}),
        ("ReservationStatusUpdate", {}),
        ("SecurityEventNotification", {}),
        ("SignCertificate", {"status": "Rejected"}),
    ],
)
async def test_everything_else_a_charger_may_send_is_acknowledged(
    charger: Charger201, action: str, response: dict[str, Any]
) -> None:
    assert (await charger.call(action, {"status": "Idle"}))[2] == response


async def test_security_events_are_handed_on(charger: Charger201, handler: KeepingHandler) -> None:
    payload = {"type": "TamperDetectionActivated", "timestamp": AT}
    assert (await charger.call("SecurityEventNotification", payload))[2] == {}
    assert handler.all("notice") == [Notice(action="SecurityEventNotification", payload=payload)]


async def test_what_goes_on_in_the_charger_is_told(
    charger: Charger201, handler: KeepingHandler
) -> None:
    await charger.call("FirmwareStatusNotification", {"status": "Installed", "requestId": 1})
    await charger.call("LogStatusNotification", {"status": "Uploading", "requestId": 2})
    ended = {"reservationId": 3, "reservationUpdateStatus": "Expired"}
    await charger.call("ReservationStatusUpdate", ended)
    await charger.call("ReservationStatusUpdate", ended | {"reservationUpdateStatus": "Eaten"})
    assert handler.all("firmware") == [
        FirmwareProgress(status=FirmwareStatus.INSTALLED, request_id=1)
    ]
    assert handler.all("log") == [LogProgress(status=LogStatus.UPLOADING, request_id=2)]
    assert handler.all("reservation") == [
        ReservationUpdate(reservation_id=3, end=ReservationEnd.EXPIRED)
    ]
    assert len(handler.all("doubt")) == 1


async def test_who_signs_certificates_decides_about_the_answer(
    charger: Charger201, handler: KeepingHandler
) -> None:
    handler.signs = True
    request = {"csr": "-----BEGIN", "certificateType": "V2GCertificate"}
    assert (await charger.call("SignCertificate", request))[2] == {"status": "Accepted"}
    assert handler.all("csr") == [CertificateRequest(csr="-----BEGIN", for_vehicle=True)]


async def test_a_vendors_message_may_hold_anything(
    charger: Charger201, handler: KeepingHandler
) -> None:
    handler.vendor_answer = VendorAnswer(status=VendorStatus.ACCEPTED, data={"a": [1]})
    answer = await charger.call("DataTransfer", {"vendorId": "org.example", "data": {"b": None}})
    assert answer[2] == {"status": "Accepted", "data": {"a": [1]}}
    assert handler.all("vendor") == [VendorMessage(vendor_id="org.example", data={"b": None})]


async def test_the_answer_to_an_id_token_carries_its_group_and_end(
    charger: Charger201, handler: KeepingHandler
) -> None:
    handler.info = IdTagInfo(
        status=AuthorizationStatus.ACCEPTED, group="FAMILY", valid_until=NOW + timedelta(days=1)
    )
    told = {
        "idTokenInfo": {
            "status": "Accepted",
            "groupIdToken": {"idToken": "FAMILY", "type": "Central"},
            "cacheExpiryDateTime": "2026-11-22T12:00:00Z",
        }
    }
    assert (await charger.call("Authorize", {"idToken": CARD}))[2] == told
    # Said again, it is answered as it was decided.
    handler.answer_group = "FAMILY"
    assert await charger.event("Started", idToken=CARD, info=CHARGING) == {
        "idTokenInfo": {
            "status": "Accepted",
            "groupIdToken": {"idToken": "FAMILY", "type": "Central"},
        }
    }


async def test_a_report_that_nobody_asked_for_is_acknowledged(charger: Charger201) -> None:
    assert (await charger.call("NotifyReport", {"requestId": 7, "seqNo": 0}))[2] == {}


@pytest.mark.parametrize(("action", "code"), [("Reset", "NotSupported"), ("Fly", "NotImplemented")])
async def test_unknown_actions_get_a_callerror(charger: Charger201, action: str, code: str) -> None:
    assert (await charger.call(action, {}))[:3] == [4, "m2", code]


@pytest.mark.parametrize("text", ["{", "[]", "7", "[9]", '["x",1]', "[2]", "[" * 2000])
async def test_statement_13_an_unreadable_frame_is_told_so(charger: Charger201, text: str) -> None:
    await charger.say(text)
    assert (await charger.hear())[:3] == [4, "-1", "RpcFrameworkError"]
    assert (await charger.call("Heartbeat", {}))[0] == 3


async def test_a_call_without_a_payload_is_told_so(charger: Charger201) -> None:
    await charger.say(json.dumps([2, "x", "Heartbeat"]))
    assert (await charger.hear())[:3] == [4, "x", "RpcFrameworkError"]


async def test_another_charger_with_the_same_id_starts_afresh(
    server: Server, handler: KeepingHandler
) -> None:
    charger = await connect(server)
    await charger.status("Occupied")
    await charger.socket.close()
    known = server.csms._memories["OPEN"][1]
    again = await connect(server)
    await again.call("Heartbeat", {})
    assert server.csms._memories["OPEN"][1] is known
    assert server.csms._memory("OPEN", KeepingHandler()) is not known
