"""Chargers that fetch firmware, send logs and keep certificates, asked by the central system."""

from base64 import b64encode
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509.oid import NameOID
import pytest

from custom_components.zmartcharge.csms import (
    CertificateDeletionStatus,
    CertificateInstallStatus,
    CertificateUse,
    FirmwareUpdate,
    FirmwareUpdateStatus,
    LogKind,
    LogUpload,
    LogUploadStatus,
    OwnAuthority,
)
from simulator import Car

from .conftest import START, Clock
from .house import Home, home as make_home

FIRMWARE = b"2.0.0\n" + bytes(1000)
ROOT = CertificateUse.CENTRAL_SYSTEM_ROOT
type Key = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


@pytest.fixture(params=["1.6", "2.0.1"])
async def home(
    request: pytest.FixtureRequest, clock: Clock, socket_enabled: None
) -> AsyncIterator[Home]:
    async with make_home(request.param, clock) as home:
        home.files.files["fw.bin"] = FIRMWARE
        yield home


def update(home: Home, name: str = "fw.bin") -> FirmwareUpdate:
    return FirmwareUpdate(location=f"{home.files.url}/{name}", retrieve_at=START)


# Firmware -----------------------------------------------------------------------------------------


async def test_a_charger_fetches_its_firmware_and_comes_back_with_it(home: Home) -> None:
    answer = await home.peer.update_firmware(update(home))
    assert answer.status is FirmwareUpdateStatus.ACCEPTED
    await home.until(lambda: "Installed" in home.heard("firmware"))
    assert home.heard("firmware") == ["Downloading", "Downloaded", "Installing", "Installed"]
    assert [boot.firmware for boot in home.handler.all("boot")] == ["1.0.0", "2.0.0"]
    numbers = {progress.request_id for progress in home.handler.all("firmware")}
    assert numbers == {answer.request_id}


@pytest.mark.parametrize("name", ["missing.bin", "ftp"])
async def test_a_firmware_that_cannot_be_fetched_is_told(home: Home, name: str) -> None:
    order = update(home, name)
    if name == "ftp":
        order = replace(order, location="ftp://127.0.0.1/fw.bin")
    await home.peer.update_firmware(order)
    await home.until(lambda: len(home.heard("firmware")) == 2)
    assert home.heard("firmware") == ["Downloading", "DownloadFailed"]


async def test_a_firmware_is_tried_again_as_often_as_it_was_told(home: Home) -> None:
    order = replace(update(home, "missing.bin"), retries=2, retry_interval=timedelta())
    await home.peer.update_firmware(order)
    await home.until(lambda: "DownloadFailed" in home.heard("firmware"))
    assert home.files.asked == 3


async def test_a_file_that_is_no_firmware_is_not_installed(home: Home) -> None:
    home.files.files["fw.bin"] = bytes(range(256))
    await home.peer.update_firmware(update(home))
    await home.until(lambda: "InstallationFailed" in home.heard("firmware"))
    assert len(home.handler.all("boot")) == 1


async def test_an_update_waits_for_its_time_and_for_the_session_to_end(home: Home) -> None:
    order = replace(update(home), retrieve_at=START + timedelta(hours=1))
    await home.peer.update_firmware(order)
    await home.until(lambda: home.charge_point.maintenance.firmware[0] == "DownloadScheduled")
    cp = home.charge_point
    await cp.plug_in(Car())
    await cp.tap("04A1")
    home.clock.advance(3600)
    await home.until(lambda: "Downloaded" in home.heard("firmware"))
    assert "Installing" not in home.heard("firmware")
    await cp.unplug()
    await home.until(lambda: "Installed" in home.heard("firmware"))


async def test_another_update_replaces_the_one_that_waits(home: Home) -> None:
    later = replace(update(home, "old.bin"), retrieve_at=START + timedelta(hours=1))
    await home.peer.update_firmware(later)
    await home.until(lambda: home.charge_point.maintenance.firmware[0] == "DownloadScheduled")
    await home.peer.update_firmware(update(home))
    await home.until(lambda: "Installed" in home.heard("firmware"))
    assert home.files.asked == 1


def signed_by(key: Key, content: bytes) -> tuple[str, str]:
    """Return the certificate of a key and its signature of a content."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Manufacturer")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(5)
        .not_valid_before(START)
        .not_valid_after(START + timedelta(days=9))
        .sign(key, hashes.SHA256())
    )
    digest = hashes.SHA256()
    if isinstance(key, rsa.RSAPrivateKey):
        pss = padding.PSS(padding.MGF1(digest), padding.PSS.DIGEST_LENGTH)
        signature = key.sign(content, pss, digest)
    else:
        signature = key.sign(content, ec.ECDSA(digest))
    pem = certificate.public_bytes(serialization.Encoding.PEM).decode()
    return pem, b64encode(signature).decode()


@pytest.mark.parametrize("algorithm", ["ec", "rsa"])
async def test_a_signed_firmware_is_verified_before_it_is_installed(
    home: Home, algorithm: str
) -> None:
    key: Key = ec.generate_private_key(ec.SECP256R1())
    if algorithm == "rsa":
        key = rsa.generate_private_key(65537, 2048)
    certificate, signature = signed_by(key, FIRMWARE)
    order = replace(update(home), certificate=certificate, signature=signature)
    answer = await home.peer.update_firmware(order)
    assert answer.request_id is not None
    await home.until(lambda: "Installed" in home.heard("firmware"))
    assert home.heard("firmware")[:3] == ["Downloading", "Downloaded", "SignatureVerified"]


async def test_a_wrong_signature_ends_the_update(home: Home) -> None:
    certificate, signature = signed_by(ec.generate_private_key(ec.SECP256R1()), b"other")
    order = replace(update(home), certificate=certificate, signature=signature)
    await home.peer.update_firmware(order)
    await home.until(lambda: "InvalidSignature" in home.heard("firmware"))
    assert len(home.handler.all("boot")) == 1


async def test_a_certificate_that_is_none_is_refused_at_once(home: Home) -> None:
    order = replace(update(home), certificate="PEM", signature="c2ln")
    answer = await home.peer.update_firmware(order)
    assert answer.status is FirmwareUpdateStatus.INVALID_CERTIFICATE
    assert home.files.asked == 0


# Logs ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "name"),
    [(LogKind.DIAGNOSTICS, "diagnostics.log"), (LogKind.SECURITY, "security.log")],
)
async def test_a_log_is_put_where_it_was_asked_for(home: Home, kind: LogKind, name: str) -> None:
    upload = LogUpload(kind=kind, location=f"{home.files.url}/in/")
    answer = await home.peer.upload_log(upload)
    assert (answer.status, answer.file_name) == (LogUploadStatus.ACCEPTED, name)
    await home.until(lambda: "Uploaded" in home.heard("log"))
    assert home.heard("log") == ["Uploading", "Uploaded"]
    content = home.files.kept[f"in/{name}"].decode()
    assert ("BootNotification" in content) is (kind is LogKind.DIAGNOSTICS)


@pytest.mark.parametrize("status", [403, 500])
async def test_a_log_that_cannot_be_sent_is_told(home: Home, status: int) -> None:
    home.files.status = status
    upload = LogUpload(kind=LogKind.SECURITY, location=home.files.url)
    await home.peer.upload_log(upload)
    await home.until(lambda: len(home.heard("log")) == 2)
    ends = {403: "PermissionDenied", 500: "UploadFailure"}
    assert home.heard("log") == ["Uploading", ends[status]]


async def test_a_log_goes_nowhere_but_over_http(home: Home) -> None:
    upload = LogUpload(kind=LogKind.DIAGNOSTICS, location="ftp://127.0.0.1/")
    answer = await home.peer.upload_log(upload)
    assert (answer.status, answer.file_name) == (LogUploadStatus.REJECTED, None)


# Certificates -------------------------------------------------------------------------------------


async def test_roots_can_be_installed_listed_and_all_but_the_last_deleted(
    home: Home, tmp_path: Path
) -> None:
    assert await home.peer.installed_certificates(ROOT) == ()
    for name in ("one", "two"):
        authority = OwnAuthority(tmp_path / name, name)
        for root in authority.prepare(("127.0.0.1",), datetime.now(UTC)).roots[:1]:
            status = await home.peer.install_certificate(ROOT, root)
            assert status is CertificateInstallStatus.ACCEPTED
    first, second = await home.peer.installed_certificates(ROOT)
    assert first != second
    delete = home.peer.delete_certificate
    assert await delete(first.hash) is CertificateDeletionStatus.ACCEPTED
    assert await delete(first.hash) is CertificateDeletionStatus.NOT_FOUND
    assert await delete(second.hash) is CertificateDeletionStatus.FAILED
    assert await home.peer.installed_certificates(ROOT) == (second,)


async def test_what_is_no_certificate_is_not_installed(home: Home) -> None:
    status = await home.peer.install_certificate(ROOT, "PEM")
    assert status is CertificateInstallStatus.FAILED
    other = CertificateUse.MANUFACTURER_ROOT
    assert await home.peer.install_certificate(other, "PEM") is CertificateInstallStatus.FAILED


async def test_a_charger_asks_for_its_own_certificate_and_takes_it(
    home: Home, tmp_path: Path
) -> None:
    home.handler.signs = True
    await home.peer.trigger("SignChargePointCertificate")
    await home.until(lambda: home.handler.all("csr"))
    authority = OwnAuthority(tmp_path, "House")
    authority.prepare(("127.0.0.1",), datetime.now(UTC))
    (request,) = home.handler.all("csr")
    chain = authority.sign(request.csr, "SIM7", datetime.now(UTC)).chain
    assert await home.peer.certificate_signed(chain)
    assert home.charge_point.certificates.own_chain == chain


async def test_a_certificate_for_another_key_is_refused(home: Home, tmp_path: Path) -> None:
    assert not await home.peer.certificate_signed("PEM")
    certificate, _ = signed_by(ec.generate_private_key(ec.SECP256R1()), b"")
    await home.peer.trigger("SignChargePointCertificate")
    await home.until(lambda: home.handler.all("csr"))
    assert not await home.peer.certificate_signed(certificate)


async def test_how_far_things_are_is_told_when_asked(home: Home) -> None:
    for message in ("FirmwareStatusNotification", "LogStatusNotification"):
        await home.peer.trigger(message)
    await home.until(lambda: home.heard("firmware") and home.heard("log"))
    assert (home.heard("firmware"), home.heard("log")) == (["Idle"], ["Idle"])
    await home.peer.trigger("DiagnosticsStatusNotification")
    await home.until(lambda: len(home.heard("log")) == 2)
