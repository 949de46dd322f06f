"""What a 2.0.1 charger can be asked beside charging, and what comes of its answers."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest

from custom_components.zmartcharge.csms import (
    CallRejectedError,
    CallTimeoutError,
    CertificateDeletionStatus,
    CertificateInstallStatus,
    CertificateUse,
    CustomerInformation,
    CustomerInformationStatus,
    DisplayMessage,
    DisplayPriority,
    DisplayStatus,
    FirmwareUpdateStatus,
    InstalledCertificate,
    InstalledProfile,
    LocalListStatus,
    LogUploadAnswer,
    LogUploadStatus,
    ReservationStatus,
    Station,
    TransactionStatus,
    VendorAnswer,
    VendorMessage,
    VendorStatus,
)
from custom_components.zmartcharge.csms.v201 import reports

from ..conftest import NOW
from ..v16.test_commands import (
    AT,
    ENTRIES,
    HASH,
    HASH_TEXT,
    SECURITY_LOG,
    TEXT,
    UPDATE,
    URL,
    Ask,
    asked,
    fail,
)
from .conftest import Charger201, KeepingHandler, begin

ROOT = CertificateUse.CENTRAL_SYSTEM_ROOT
TOKEN = {"idToken": "04A1", "type": "ISO14443"}
GROUP = {"idToken": "FAMILY", "type": "Central"}


@pytest.mark.parametrize(
    ("ask", "answer", "request_", "result"),
    [
        (lambda s: s.clear_cache(), {"status": "Accepted"}, ("ClearCache", {}), True),
        (
            lambda s: s.local_list_version(),
            {"versionNumber": 0},
            ("GetLocalListVersion", {}),
            0,
        ),
        (
            lambda s: s.send_local_list(8, ENTRIES, full=False),
            {"status": "Failed"},
            (
                "SendLocalList",
                {
                    "versionNumber": 8,
                    "updateType": "Differential",
                    "localAuthorizationList": [
                        {
                            "idToken": TOKEN,
                            "idTokenInfo": {
                                "status": "Accepted",
                                "cacheExpiryDateTime": TEXT,
                                "groupIdToken": GROUP,
                            },
                        },
                        {"idToken": {"idToken": "04B2", "type": "ISO14443"}},
                    ],
                },
            ),
            LocalListStatus.FAILED,
        ),
        (
            lambda s: s.send_local_list(1, (), full=True),
            {"status": "Accepted"},
            ("SendLocalList", {"versionNumber": 1, "updateType": "Full"}),
            LocalListStatus.ACCEPTED,
        ),
        (
            lambda s: s.reserve(1, 5, "04A1", AT, "FAMILY"),
            {"status": "Faulted"},
            (
                "ReserveNow",
                {
                    "id": 5,
                    "evseId": 1,
                    "idToken": TOKEN,
                    "expiryDateTime": TEXT,
                    "groupIdToken": GROUP,
                },
            ),
            ReservationStatus.FAULTED,
        ),
        (
            lambda s: s.reserve(0, 5, "04A1", AT),
            {"status": "Accepted"},
            ("ReserveNow", {"id": 5, "idToken": TOKEN, "expiryDateTime": TEXT}),
            ReservationStatus.ACCEPTED,
        ),
        (
            lambda s: s.cancel_reservation(5),
            {"status": "Accepted"},
            ("CancelReservation", {"reservationId": 5}),
            True,
        ),
        (
            lambda s: s.install_certificate(ROOT, "PEM"),
            {"status": "Accepted"},
            (
                "InstallCertificate",
                {"certificateType": "CSMSRootCertificate", "certificate": "PEM"},
            ),
            CertificateInstallStatus.ACCEPTED,
        ),
        (
            lambda s: s.delete_certificate(HASH),
            {"status": "Accepted"},
            ("DeleteCertificate", {"certificateHashData": HASH_TEXT}),
            CertificateDeletionStatus.ACCEPTED,
        ),
        (
            lambda s: s.installed_certificates(ROOT),
            {
                "status": "Accepted",
                "certificateHashDataChain": [
                    {"certificateType": ROOT.value, "certificateHashData": HASH_TEXT},
                    {"certificateType": "V2GRootCertificate", "certificateHashData": HASH_TEXT},
                ],
            },
            ("GetInstalledCertificateIds", {"certificateType": ["CSMSRootCertificate"]}),
            (InstalledCertificate(use=ROOT, hash=HASH),),
        ),
        (
            lambda s: s.certificate_signed("PEM", for_vehicle=True),
            {"status": "Rejected"},
            (
                "CertificateSigned",
                {"certificateChain": "PEM", "certificateType": "V2GCertificate"},
            ),
            False,
        ),
        (
            lambda s: s.set_display_message(
                DisplayMessage(message_id=3, text="Hei", language="nb", end=AT, state="Idle")
            ),
            {"status": "NotSupportedState"},
            (
                "SetDisplayMessage",
                {
                    "message": {
                        "id": 3,
                        "priority": "NormalCycle",
                        "state": "Idle",
                        "endDateTime": TEXT,
                        "message": {"format": "UTF8", "language": "nb", "content": "Hei"},
                    }
                },
            ),
            DisplayStatus.NOT_SUPPORTED_STATE,
        ),
        (
            lambda s: s.clear_display_message(3),
            {"status": "Unknown"},
            ("ClearDisplayMessage", {"id": 3}),
            False,
        ),
        (
            lambda s: s.transaction_status(),
            {"messagesInQueue": True},
            ("GetTransactionStatus", {}),
            TransactionStatus(ongoing=None, messages_waiting=True),
        ),
        (
            lambda s: s.customer_information("04A1", report=False, clear=True),
            {"status": "Accepted"},
            (
                "CustomerInformation",
                {"report": False, "clear": True, "idToken": TOKEN},
            ),
            CustomerInformation(status=CustomerInformationStatus.ACCEPTED),
        ),
        (
            lambda s: s.charging_profiles(2),
            {"status": "NoProfiles"},
            (
                "GetChargingProfiles",
                {
                    "evseId": 2,
                    "chargingProfile": {"chargingLimitSource": ["CSO", "EMS", "SO", "Other"]},
                },
            ),
            (),
        ),
        (
            lambda s: s.display_messages(),
            {"status": "Unknown"},
            ("GetDisplayMessages", {}),
            (),
        ),
        (
            lambda s: s.data_transfer(VendorMessage(vendor_id="org.example", data={"a": 1})),
            {"status": "Accepted", "data": [1]},
            ("DataTransfer", {"vendorId": "org.example", "data": {"a": 1}}),
            VendorAnswer(status=VendorStatus.ACCEPTED, data=[1]),
        ),
        (
            lambda s: s.trigger("SignChargePointCertificate"),
            {"status": "Accepted"},
            ("TriggerMessage", {"requestedMessage": "SignChargingStationCertificate"}),
            None,
        ),
    ],
)
async def test_each_request_goes_out_as_the_standard_names_it_and_its_answer_is_typed(
    charger: Charger201, station: Station, ask: Ask, answer: Any, request_: Any, result: Any
) -> None:
    assert await asked(charger, ask(station), answer) == (request_, result)


async def test_firmware_and_logs_have_numbers_that_their_progress_names(
    charger: Charger201, station: Station
) -> None:
    updating = asyncio.ensure_future(station.update_firmware(replace(UPDATE, install_at=AT)))
    frame = await charger.answer({"status": "Accepted"})
    answer = await updating
    assert answer.status is FirmwareUpdateStatus.ACCEPTED
    assert answer.request_id == frame[3].pop("requestId")
    firmware = {"location": URL, "retrieveDateTime": TEXT, "installDateTime": TEXT}
    assert frame[2:] == ["UpdateFirmware", {"firmware": firmware, "retries": 2}]
    uploading = asyncio.ensure_future(station.upload_log(SECURITY_LOG))
    frame = await charger.answer({"status": "Rejected"})
    assert frame[2] == "GetLog"
    assert await uploading == LogUploadAnswer(
        status=LogUploadStatus.REJECTED, request_id=frame[3]["requestId"]
    )


async def test_what_concerns_a_transaction_has_the_chargers_name_for_it(
    charger: Charger201, station: Station
) -> None:
    await begin(charger)
    request, _ = await asked(charger, station.cost_updated(4711, 12.5), {})
    assert request == ("CostUpdated", {"transactionId": "T1", "totalCost": 12.5})
    request, status = await asked(
        charger,
        station.transaction_status(4711),
        {"ongoingIndicator": True, "messagesInQueue": False},
    )
    assert request == ("GetTransactionStatus", {"transactionId": "T1"})
    assert status == TransactionStatus(ongoing=True, messages_waiting=False)


async def test_a_transaction_that_nobody_knows_is_not_named(station: Station) -> None:
    with pytest.raises(CallRejectedError, match="UnknownTransaction"):
        await station.cost_updated(1, 2.5)
    message = DisplayMessage(message_id=1, text="Hi", transaction_id=1)
    assert await station.set_display_message(message) is DisplayStatus.UNKNOWN_TRANSACTION


async def reported(
    charger: Charger201, asking: Awaitable[Any], action: str, parts: list[dict[str, Any]]
) -> Any:
    """Accept a request for a report, send its parts, and return what came of it."""
    task = asyncio.ensure_future(asking)
    frame = await charger.answer({"status": "Accepted"})
    for part in parts:
        assert (await charger.call(action, {"requestId": frame[3]["requestId"], **part}))[2] == {}
    return await task


async def test_charging_profiles_are_collected_from_their_parts(
    charger: Charger201, station: Station
) -> None:
    profile = {
        "id": 10,
        "stackLevel": 1,
        "chargingProfilePurpose": "TxProfile",
        "chargingProfileKind": "Absolute",
        "chargingSchedule": [
            {
                "id": 1,
                "chargingRateUnit": "A",
                "chargingSchedulePeriod": [{"startPeriod": 0, "limit": 8.0}],
            }
        ],
    }
    parts = [
        {
            "tbc": True,
            "evseId": 1,
            "chargingLimitSource": "CSO",
            "chargingProfile": [profile],
        },
        {"evseId": 0, "chargingLimitSource": "EMS", "chargingProfile": [{"id": 2}, "x", {}]},
    ]
    found = await reported(charger, station.charging_profiles(), "ReportChargingProfiles", parts)
    assert found[0] == InstalledProfile(
        connector_id=1,
        profile_id=10,
        purpose="TxProfile",
        kind="Absolute",
        stack_level=1,
        source="CSO",
        unit="A",
        steps=((0, 8.0),),
    )
    assert [(each.connector_id, each.profile_id, each.source) for each in found[1:]] == [
        (0, 2, "EMS")
    ]


async def test_messages_on_the_display_are_collected(charger: Charger201, station: Station) -> None:
    item = {
        "id": 3,
        "priority": "AlwaysFront",
        "startDateTime": "2026-11-21T12:00:00Z",
        "message": {"format": "UTF8", "content": "Hei"},
    }
    parts = [{"messageInfo": [item, {"id": 4}, {"priority": "Purple"}]}]
    found = await reported(charger, station.display_messages(), "NotifyDisplayMessages", parts)
    assert found == (
        DisplayMessage(message_id=3, text="Hei", priority=DisplayPriority.ALWAYS_FRONT, start=NOW),
    )


async def test_what_is_kept_of_a_customer_is_put_together_in_order(
    charger: Charger201, station: Station
) -> None:
    # The last part comes first.
    parts = [
        {"seqNo": 0, "data": "a", "tbc": True},
        {"seqNo": 2, "data": "c", "tbc": True},
        {"seqNo": 3, "data": "d", "tbc": False},
    ]
    asking = station.customer_information("04A1", report=True, clear=True)
    found = await reported(charger, asking, "NotifyCustomerInformation", parts)
    assert found == CustomerInformation(status=CustomerInformationStatus.ACCEPTED, text="acd")


async def test_a_report_that_breaks_off_is_told(
    charger: Charger201, station: Station, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reports, "PATIENCE", 0.05)
    asking = station.charging_profiles()
    with pytest.raises(CallTimeoutError):
        await reported(charger, asking, "ReportChargingProfiles", [{"tbc": True}])


async def test_parts_that_nobody_asked_for_are_acknowledged(charger: Charger201) -> None:
    for action in ("ReportChargingProfiles", "NotifyCustomerInformation", "NotifyDisplayMessages"):
        assert (await charger.call(action, {"requestId": 7}))[2] == {}


@pytest.mark.parametrize(
    ("ask", "result"),
    [
        (lambda s: s.local_list_version(), None),
        (lambda s: s.send_local_list(1, ENTRIES, full=True), LocalListStatus.NOT_SUPPORTED),
    ],
)
async def test_a_charger_that_has_no_local_list_says_so(
    charger: Charger201, station: Station, ask: Callable[[Station], Awaitable[Any]], result: Any
) -> None:
    task = asyncio.ensure_future(ask(station))
    await fail(charger, "NotImplemented")
    assert await task == result


def report_of(name: str, value: str, **characteristics: Any) -> dict[str, Any]:
    component, _, variable = name.partition(".")
    return {
        "component": {"name": component},
        "variable": {"name": variable},
        "variableAttribute": [{"value": value}],
        "variableCharacteristics": {"dataType": "integer", **characteristics},
    }


@pytest.mark.parametrize(
    ("items", "expected"),
    [
        ([], None),
        ([report_of("LocalAuthListCtrlr.Available", "false")], None),
        (
            [
                report_of("LocalAuthListCtrlr.Enabled", "true"),
                report_of("LocalAuthListCtrlr.Entries", "0", maxLimit=50),
                report_of("LocalAuthListCtrlr.ItemsPerMessage", "20"),
                report_of("LocalAuthListCtrlr.BytesPerMessage", "1000"),
            ],
            (50, 3),
        ),
        ([report_of("LocalAuthListCtrlr.Available", "true")], (None, None)),
    ],
)
async def test_what_the_local_list_has_room_for_is_learned(
    charger: Charger201,
    station: Station,
    handler: KeepingHandler,
    items: list[dict[str, Any]],
    expected: tuple[int | None, int | None] | None,
) -> None:
    preparing = asyncio.ensure_future(station.prepare())
    frame = await charger.answer({"status": "Accepted"})
    items = [report_of("AuthCtrlr.Enabled", "true"), *items]
    await charger.call(
        "NotifyReport", {"requestId": frame[3]["requestId"], "seqNo": 0, "reportData": items}
    )
    ability = (await preparing).local_list
    found = ability and (ability.max_entries, ability.per_message)
    assert found == expected
