"""What a 1.6 charger can be asked beside charging, and what comes of its answers."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
import json
from typing import Any

import pytest

from custom_components.zmartcharge.csms import (
    AuthorizationStatus,
    CallFailedError,
    CallRejectedError,
    CertificateDeletionStatus,
    CertificateHash,
    CertificateInstallStatus,
    CertificateUse,
    DisplayMessage,
    FirmwareUpdate,
    FirmwareUpdateAnswer,
    FirmwareUpdateStatus,
    IdTagInfo,
    InstalledCertificate,
    InvalidRequestError,
    LocalListEntry,
    LocalListStatus,
    LogKind,
    LogUpload,
    LogUploadAnswer,
    LogUploadStatus,
    ReservationStatus,
    Station,
    VendorAnswer,
    VendorMessage,
    VendorStatus,
)

from ..conftest import NOW, RawCharger, RecordingHandler, Server

AT, TEXT = NOW + timedelta(hours=1), "2026-11-21T13:00:00Z"
URL = "http://192.168.1.2/up"
HASH = CertificateHash(algorithm="SHA256", issuer_name="aa", issuer_key="bb", serial_number="01")
HASH_TEXT = {
    "hashAlgorithm": "SHA256",
    "issuerNameHash": "aa",
    "issuerKeyHash": "bb",
    "serialNumber": "01",
}
ROOT = CertificateUse.CENTRAL_SYSTEM_ROOT
ACCEPTED = IdTagInfo(status=AuthorizationStatus.ACCEPTED, group="FAMILY", valid_until=AT)
ENTRIES = (
    LocalListEntry(id_tag="04A1", info=ACCEPTED),
    LocalListEntry(id_tag="04B2", info=None),
)
UPDATE = FirmwareUpdate(location=URL, retrieve_at=AT, retries=2)
DIAGNOSTICS = LogUpload(
    kind=LogKind.DIAGNOSTICS, location=URL, oldest=NOW, retry_interval=timedelta(minutes=1)
)
SECURITY_LOG = LogUpload(kind=LogKind.SECURITY, location=URL, latest=AT)

type Ask = Callable[[Station], Awaitable[Any]]


@pytest.fixture
async def charger(server: Server) -> RawCharger:
    charger = await server.connect()
    await charger.call("Heartbeat", {})
    return charger


@pytest.fixture
def station(charger: RawCharger, handler: RecordingHandler) -> Station:
    found: Station = handler.station
    return found


async def asked(charger: RawCharger, asking: Awaitable[Any], answer: Any) -> tuple[Any, Any]:
    """Return the request that the charger got, without its own number, and what came of it."""
    task = asyncio.ensure_future(asking)
    frame = await charger.answer(answer)
    result = await task
    frame[3].pop("requestId", None)
    return (frame[2], frame[3]), result


@pytest.mark.parametrize(
    ("ask", "answer", "request_", "result"),
    [
        (lambda s: s.clear_cache(), {"status": "Rejected"}, ("ClearCache", {}), False),
        (
            lambda s: s.local_list_version(),
            {"listVersion": 7},
            ("GetLocalListVersion", {}),
            7,
        ),
        (lambda s: s.local_list_version(), {"listVersion": -1}, ("GetLocalListVersion", {}), None),
        (
            lambda s: s.send_local_list(8, ENTRIES, full=False),
            {"status": "VersionMismatch"},
            (
                "SendLocalList",
                {
                    "listVersion": 8,
                    "updateType": "Differential",
                    "localAuthorizationList": [
                        {
                            "idTag": "04A1",
                            "idTagInfo": {
                                "status": "Accepted",
                                "expiryDate": TEXT,
                                "parentIdTag": "FAMILY",
                            },
                        },
                        {"idTag": "04B2"},
                    ],
                },
            ),
            LocalListStatus.VERSION_MISMATCH,
        ),
        (
            lambda s: s.send_local_list(1, (), full=True),
            {"status": "Accepted"},
            (
                "SendLocalList",
                {"listVersion": 1, "updateType": "Full", "localAuthorizationList": []},
            ),
            LocalListStatus.ACCEPTED,
        ),
        (
            lambda s: s.reserve(1, 5, "04A1", AT, "FAMILY"),
            {"status": "Occupied"},
            (
                "ReserveNow",
                {
                    "connectorId": 1,
                    "reservationId": 5,
                    "idTag": "04A1",
                    "expiryDate": TEXT,
                    "parentIdTag": "FAMILY",
                },
            ),
            ReservationStatus.OCCUPIED,
        ),
        (
            lambda s: s.cancel_reservation(5),
            {"status": "Rejected"},
            ("CancelReservation", {"reservationId": 5}),
            False,
        ),
        (
            lambda s: s.update_firmware(UPDATE),
            {},
            ("UpdateFirmware", {"location": URL, "retrieveDate": TEXT, "retries": 2}),
            FirmwareUpdateAnswer(status=FirmwareUpdateStatus.ACCEPTED),
        ),
        (
            lambda s: s.upload_log(DIAGNOSTICS),
            {"fileName": "diag.zip"},
            (
                "GetDiagnostics",
                {"location": URL, "startTime": "2026-11-21T12:00:00Z", "retryInterval": 60},
            ),
            LogUploadAnswer(status=LogUploadStatus.ACCEPTED, file_name="diag.zip"),
        ),
        (
            lambda s: s.upload_log(replace(DIAGNOSTICS, oldest=None, retry_interval=None)),
            {},
            ("GetDiagnostics", {"location": URL}),
            LogUploadAnswer(status=LogUploadStatus.REJECTED),
        ),
        (
            lambda s: s.install_certificate(ROOT, "PEM"),
            {"status": "Failed"},
            (
                "InstallCertificate",
                {"certificateType": "CentralSystemRootCertificate", "certificate": "PEM"},
            ),
            CertificateInstallStatus.FAILED,
        ),
        (
            lambda s: s.delete_certificate(HASH),
            {"status": "NotFound"},
            ("DeleteCertificate", {"certificateHashData": HASH_TEXT}),
            CertificateDeletionStatus.NOT_FOUND,
        ),
        (
            lambda s: s.installed_certificates(ROOT),
            {"status": "Accepted", "certificateHashData": [HASH_TEXT, {"x": 1}, 7]},
            ("GetInstalledCertificateIds", {"certificateType": "CentralSystemRootCertificate"}),
            (InstalledCertificate(use=ROOT, hash=HASH),),
        ),
        (
            lambda s: s.installed_certificates(CertificateUse.MANUFACTURER_ROOT),
            {"status": "NotFound"},
            ("GetInstalledCertificateIds", {"certificateType": "ManufacturerRootCertificate"}),
            (),
        ),
        (
            lambda s: s.certificate_signed("PEM"),
            {"status": "Accepted"},
            ("CertificateSigned", {"certificateChain": "PEM"}),
            True,
        ),
        (
            lambda s: s.data_transfer(VendorMessage(vendor_id="org.example", data={"a": 1})),
            {"status": "UnknownMessageId", "data": "x"},
            ("DataTransfer", {"vendorId": "org.example", "data": '{"a": 1}'}),
            VendorAnswer(status=VendorStatus.UNKNOWN_MESSAGE, data="x"),
        ),
    ],
)
async def test_each_request_goes_out_as_the_standard_names_it_and_its_answer_is_typed(
    charger: RawCharger, station: Station, ask: Ask, answer: Any, request_: Any, result: Any
) -> None:
    assert await asked(charger, ask(station), answer) == (request_, result)


async def test_a_signed_firmware_has_a_number_that_its_progress_names(
    charger: RawCharger, station: Station
) -> None:
    update = replace(UPDATE, certificate="PEM", signature="c2ln", install_at=AT)
    task = asyncio.ensure_future(station.update_firmware(update))
    frame = await charger.answer({"status": "InvalidCertificate"})
    answer = await task
    assert answer == FirmwareUpdateAnswer(
        status=FirmwareUpdateStatus.INVALID_CERTIFICATE, request_id=frame[3]["requestId"]
    )
    assert frame[2] == "SignedUpdateFirmware"
    assert frame[3]["firmware"] == {
        "location": URL,
        "retrieveDateTime": TEXT,
        "installDateTime": TEXT,
        "signingCertificate": "PEM",
        "signature": "c2ln",
    }


def test_half_a_signature_is_none() -> None:
    with pytest.raises(ValueError, match="certificate and a signature"):
        replace(UPDATE, signature="c2ln")


async def test_the_security_log_has_a_number_that_its_progress_names(
    charger: RawCharger, station: Station
) -> None:
    task = asyncio.ensure_future(station.upload_log(SECURITY_LOG))
    frame = await charger.answer({"status": "AcceptedCanceled", "filename": "s.log"})
    assert await task == LogUploadAnswer(
        status=LogUploadStatus.ACCEPTED_CANCELED,
        file_name="s.log",
        request_id=frame[3]["requestId"],
    )
    assert frame[3]["log"] == {"remoteLocation": URL, "latestTimestamp": TEXT}


async def fail(charger: RawCharger, code: str) -> Any:
    """Refuse the next request of ours with a CALLERROR, and return its action."""
    frame = await charger.hear()
    await charger.say(json.dumps([4, frame[1], code, "", {}]))
    return frame[2]


async def test_a_charger_without_getdiagnostics_is_asked_in_the_newer_way(
    charger: RawCharger, station: Station
) -> None:
    task = asyncio.ensure_future(station.upload_log(DIAGNOSTICS))
    assert await fail(charger, "NotImplemented") == "GetDiagnostics"
    frame = await charger.answer({"status": "Accepted"})
    assert (frame[2], frame[3]["logType"]) == ("GetLog", "DiagnosticsLog")
    assert (await task).status is LogUploadStatus.ACCEPTED


@pytest.mark.parametrize(
    ("ask", "result"),
    [
        (lambda s: s.local_list_version(), None),
        (lambda s: s.send_local_list(1, ENTRIES, full=True), LocalListStatus.NOT_SUPPORTED),
    ],
)
@pytest.mark.parametrize("code", ["NotImplemented", "NotSupported"])
async def test_a_charger_that_has_no_local_list_says_so(
    charger: RawCharger, station: Station, ask: Ask, result: Any, code: str
) -> None:
    task = asyncio.ensure_future(ask(station))
    await fail(charger, code)
    assert await task == result


@pytest.mark.parametrize(
    "ask",
    [
        lambda s: s.local_list_version(),
        lambda s: s.send_local_list(1, ENTRIES, full=True),
        lambda s: s.upload_log(DIAGNOSTICS),
    ],
)
async def test_other_errors_are_no_answer(charger: RawCharger, station: Station, ask: Ask) -> None:
    task = asyncio.ensure_future(ask(station))
    await fail(charger, "InternalError")
    with pytest.raises(CallFailedError, match="InternalError"):
        await task


async def test_a_status_that_is_none_is_a_refusal(charger: RawCharger, station: Station) -> None:
    task = asyncio.ensure_future(station.reserve(1, 5, "04A1", AT))
    await charger.answer({"status": "Maybe"})
    with pytest.raises(CallRejectedError, match="ReserveNow: Maybe"):
        await task


@pytest.mark.parametrize(
    "ask",
    [
        lambda s: s.set_display_message(DisplayMessage(message_id=1, text="Hi")),
        lambda s: s.display_messages(),
        lambda s: s.clear_display_message(1),
        lambda s: s.cost_updated(1, 2.5),
        lambda s: s.transaction_status(),
        lambda s: s.customer_information("04A1", report=True, clear=False),
        lambda s: s.charging_profiles(),
        lambda s: s.certificate_signed("PEM", for_vehicle=True),
        lambda s: s.install_certificate(CertificateUse.V2G_ROOT, "PEM"),
        lambda s: s.reserve(1, 5, "X" * 21, AT),
        lambda s: s.send_local_list(
            1, (LocalListEntry(id_tag="X" * 21, info=ACCEPTED),), full=True
        ),
    ],
)
async def test_what_this_version_does_not_have_is_not_sent(station: Station, ask: Ask) -> None:
    with pytest.raises(InvalidRequestError):
        await ask(station)


async def test_a_trigger_that_only_the_whitepaper_has_goes_its_way(
    charger: RawCharger, station: Station
) -> None:
    request, _ = await asked(
        charger, station.trigger("SignChargePointCertificate"), {"status": "Accepted"}
    )
    payload = {"requestedMessage": "SignChargePointCertificate"}
    assert request == ("ExtendedTriggerMessage", payload)


async def test_a_charger_without_triggermessage_is_asked_in_the_newer_way(
    charger: RawCharger, station: Station
) -> None:
    task = asyncio.ensure_future(station.trigger("StatusNotification", 1))
    assert await fail(charger, "NotImplemented") == "TriggerMessage"
    frame = await charger.answer({"status": "Accepted"})
    await task
    payload = {"requestedMessage": "StatusNotification", "connectorId": 1}
    assert frame[2:] == ["ExtendedTriggerMessage", payload]


async def test_a_charger_with_neither_trigger_is_asked_for_both_once(
    charger: RawCharger, station: Station
) -> None:
    task = asyncio.ensure_future(station.trigger("Heartbeat"))
    await fail(charger, "NotSupported")
    await charger.answer({"status": "NotImplemented"})
    with pytest.raises(CallFailedError, match="NotSupported"):
        await task
    task = asyncio.ensure_future(station.trigger("Heartbeat"))
    assert await fail(charger, "NotSupported") == "TriggerMessage"
    with pytest.raises(CallFailedError):
        await task


async def test_a_refused_trigger_is_not_tried_in_another_way(
    charger: RawCharger, station: Station
) -> None:
    task = asyncio.ensure_future(station.trigger("Heartbeat"))
    await charger.answer({"status": "Rejected"})
    with pytest.raises(CallRejectedError, match="TriggerMessage: Rejected"):
        await task
