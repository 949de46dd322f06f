"""The security whitepaper: keys, certificates, logs, signed firmware, security profiles."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

from aiohttp import WSMsgType
import pytest

from custom_components.zmartcharge.csms import (
    CertificateDeletionStatus,
    CertificateHash,
    CertificateInstallStatus,
    CertificateRequest,
    CertificateUse,
    FirmwareUpdate,
    FirmwareUpdateStatus,
    LogKind,
    LogUpload,
    LogUploadStatus,
    Registration,
    Station,
    UpgradeEnd,
    UpgradePlan,
    upgrade,
)
from custom_components.zmartcharge.csms.security_profile import SecurityProfile

from ..conftest import KEY, NOW, RecordingHandler, Server
from ..secure import (
    KEY_HASH,
    SecureServer,
    answers,
    charger_context,
    client_certificate,
    one_of_each,
    refusal,
    secure_server,
    server_certificate,
)
from .charge_point import ChargePoint

URL = "http://127.0.0.1/up"
ROOT, MANUFACTURER = CertificateUse.CENTRAL_SYSTEM_ROOT, CertificateUse.MANUFACTURER_ROOT
HASH = CertificateHash(algorithm="SHA256", issuer_name="aa", issuer_key="bb", serial_number="01")
HASH_TEXT = {
    "hashAlgorithm": "SHA256",
    "issuerNameHash": "aa",
    "issuerKeyHash": "bb",
    "serialNumber": "01",
}


@pytest.fixture
async def secure(handler: RecordingHandler, socket_enabled: None) -> AsyncIterator[SecureServer]:
    async with secure_server(one_of_each(handler)) as running:
        yield running


# Keys and certificates in the charger -------------------------------------------------------------


async def test_tc_073_new_key(charge_point: ChargePoint, station: Station) -> None:
    new = "0123456789abcdefghij"
    assert await station.configure("AuthorizationKey", new.encode().hex()) == "Accepted"
    request = await charge_point.was_asked("ChangeConfiguration")
    assert request == {"key": "AuthorizationKey", "value": new.encode().hex()}


async def test_tc_074_new_certificate_of_the_charger(
    charge_point: ChargePoint, station: Station, handler: RecordingHandler
) -> None:
    handler.signs = True
    await station.trigger("SignChargePointCertificate")
    request = await charge_point.was_asked("ExtendedTriggerMessage")
    assert request == {"requestedMessage": "SignChargePointCertificate"}
    assert await charge_point.say("SignCertificate", {"csr": "CSR"}) == {"status": "Accepted"}
    assert handler.all("csr") == [CertificateRequest(csr="CSR")]
    assert await station.certificate_signed("CHAIN")
    assert await charge_point.was_asked("CertificateSigned") == {"certificateChain": "CHAIN"}


async def _install(charge_point: ChargePoint, station: Station, use: CertificateUse) -> str:
    status = await station.install_certificate(use, "PEM")
    assert status is CertificateInstallStatus.ACCEPTED
    kind: str = (await charge_point.was_asked("InstallCertificate"))["certificateType"]
    charge_point.answers["GetInstalledCertificateIds"] = {
        "status": "Accepted",
        "certificateHashData": [HASH_TEXT],
    }
    (found,) = await station.installed_certificates(use)
    assert (found.use, found.hash) == (use, HASH)
    return kind


async def test_tc_075_1_root_of_the_manufacturer_is_installed(
    charge_point: ChargePoint, station: Station
) -> None:
    kind = await _install(charge_point, station, MANUFACTURER)
    assert kind == "ManufacturerRootCertificate"


async def test_tc_075_2_root_of_the_central_system_is_installed(
    charge_point: ChargePoint, station: Station
) -> None:
    kind = await _install(charge_point, station, ROOT)
    assert kind == "CentralSystemRootCertificate"


async def test_tc_076_certificate_is_deleted(charge_point: ChargePoint, station: Station) -> None:
    deleted = await station.delete_certificate(HASH)
    assert deleted is CertificateDeletionStatus.ACCEPTED
    request = await charge_point.was_asked("DeleteCertificate")
    assert request == {"certificateHashData": HASH_TEXT}


async def _event(charge_point: ChargePoint, handler: RecordingHandler, kind: str) -> None:
    payload = {"type": kind, "timestamp": "2026-11-21T11:59:00Z"}
    assert await charge_point.say("SecurityEventNotification", payload) == {}
    (notice,) = handler.all("notice")
    assert (notice.action, notice.payload["type"]) == ("SecurityEventNotification", kind)


async def test_tc_077_charger_refuses_its_certificate(
    charge_point: ChargePoint, station: Station, handler: RecordingHandler
) -> None:
    charge_point.answers["CertificateSigned"] = {"status": "Rejected"}
    assert not await station.certificate_signed("CHAIN")
    await _event(charge_point, handler, "InvalidChargePointCertificate")


async def test_tc_078_charger_refuses_the_central_systems_certificate(
    charge_point: ChargePoint, station: Station, handler: RecordingHandler
) -> None:
    charge_point.answers["InstallCertificate"] = {"status": "Rejected"}
    status = await station.install_certificate(ROOT, "PEM")
    assert status is CertificateInstallStatus.REJECTED
    await _event(charge_point, handler, "InvalidCentralSystemCertificate")


# Logs and firmware --------------------------------------------------------------------------------


async def test_tc_079_security_log(
    charge_point: ChargePoint, station: Station, handler: RecordingHandler
) -> None:
    charge_point.answers["GetLog"] = {"status": "Accepted", "filename": "s.log"}
    answer = await station.upload_log(LogUpload(kind=LogKind.SECURITY, location=URL))
    assert (answer.status, answer.file_name) == (LogUploadStatus.ACCEPTED, "s.log")
    request = await charge_point.was_asked("GetLog")
    assert (request["logType"], request["log"]) == ("SecurityLog", {"remoteLocation": URL})
    for status in ("Uploading", "Uploaded"):
        told = {"status": status, "requestId": request["requestId"]}
        assert await charge_point.say("LogStatusNotification", told) == {}
    assert {progress.request_id for progress in handler.all("log")} == {answer.request_id}


async def _signed(
    charge_point: ChargePoint, station: Station, handler: RecordingHandler, *statuses: str
) -> None:
    update = FirmwareUpdate(location=URL, retrieve_at=NOW, certificate="PEM", signature="c2ln")
    answer = await station.update_firmware(update)
    assert answer.status is FirmwareUpdateStatus.ACCEPTED
    request = await charge_point.was_asked("SignedUpdateFirmware")
    assert request["firmware"]["signature"] == "c2ln"
    for status in statuses:
        told = {"status": status, "requestId": request["requestId"]}
        assert await charge_point.say("SignedFirmwareStatusNotification", told) == {}
    assert [progress.status.value for progress in handler.all("firmware")] == list(statuses)
    assert {progress.request_id for progress in handler.all("firmware")} == {answer.request_id}


async def test_tc_080_signed_firmware(
    charge_point: ChargePoint, station: Station, handler: RecordingHandler
) -> None:
    steps = ("Downloading", "Downloaded", "SignatureVerified", "Installing", "InstallRebooting")
    await _signed(charge_point, station, handler, *steps)
    await charge_point.boot()
    await charge_point.say("SignedFirmwareStatusNotification", {"status": "Installed"})
    assert not handler.all("firmware")[-1].status.under_way


async def test_tc_081_firmware_with_an_invalid_signature(
    charge_point: ChargePoint, station: Station, handler: RecordingHandler
) -> None:
    await _signed(charge_point, station, handler, "Downloading", "Downloaded", "InvalidSignature")
    assert not handler.all("firmware")[-1].status.under_way
    await _event(charge_point, handler, "InvalidFirmwareSignature")


# How chargers come --------------------------------------------------------------------------------


async def test_tc_083_security_profile_is_raised(
    secure: SecureServer, handler: RecordingHandler
) -> None:
    charge_point = ChargePoint((await secure.dial("CP1", key=KEY, plain=True)).socket)
    await charge_point.boot()
    charge_point.answers["GetConfiguration"] = {
        "configurationKey": [{"key": "SecurityProfile", "readonly": False, "value": "1"}]
    }
    plan = UpgradePlan(roots=("PEM",), patience=timedelta(seconds=5))
    upgrading = asyncio.ensure_future(upgrade(secure.csms, "CP1", plan))
    request = await charge_point.was_asked("ChangeConfiguration")
    assert request == {"key": "SecurityProfile", "value": "2"}
    await charge_point.stop()
    again = ChargePoint((await secure.dial("CP1", key=KEY)).socket)
    assert (await upgrading).end is UpgradeEnd.DONE
    await again.boot()
    assert secure.csms.profile("CP1") is SecurityProfile.TLS_BASIC
    await again.stop()


async def test_tc_085_basic_authentication(server: Server) -> None:
    charger = await server.connect("CP1", key=KEY)
    assert (await charger.call("Heartbeat", {}))[0] == 3
    assert await refusal(server.connect("CP1", key="0123456789abcdefghij")) == 401
    assert await refusal(server.connect("CP1", key=KEY, username="CP2")) == 401


async def test_tc_086_certificate_of_the_central_system(secure: SecureServer) -> None:
    charger = await secure.dial("CP2", key=KEY)
    assert await answers(charger)
    assert secure.csms.profile("CP2") is SecurityProfile.TLS_BASIC
    assert "BEGIN CERTIFICATE" in server_certificate().roots[0]


async def test_tc_087_certificate_of_the_charger(
    handler: RecordingHandler, secure: SecureServer, tmp_path: Path
) -> None:
    own = client_certificate(tmp_path, "CP3")
    directory = one_of_each(handler)
    directory.registrations["CP3"] = Registration(
        key_hash=KEY_HASH,
        handler=handler,
        profile=SecurityProfile.TLS_CERTIFICATE,
        certificates=(own.fingerprint,),
    )
    async with secure_server(directory) as running:
        charger = await running.dial("CP3", context=charger_context(own.path))
        assert await answers(charger)
        assert running.csms.profile("CP3") is SecurityProfile.TLS_CERTIFICATE
    # Without one it is not let in, whatever it knows besides.
    assert await refusal(secure.dial("CP3", key=KEY)) == 403


@pytest.mark.parametrize(
    ("offered", "chosen"),
    [
        (("ocpp1.6",), "ocpp1.6"),
        (("ocpp0.1", "ocpp1.6"), "ocpp1.6"),
        (("ocpp0.1",), None),
    ],
)
async def test_tc_088_subprotocol(
    server: Server, offered: tuple[str, ...], chosen: str | None
) -> None:
    charger = await server.connect(protocols=offered)
    assert charger.socket.protocol == chosen
    if chosen is None:
        # OCPP-J 1.6, clause 3.3: no common one, so the connection is closed at once.
        assert (await charger.socket.receive(timeout=5)).type is WSMsgType.CLOSE
    else:
        assert (await charger.call("Heartbeat", {}))[0] == 3
