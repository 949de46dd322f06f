"""How a charger gets its firmware and sends its logs: OCPP 1.6 (5.9, 5.19), security whitepaper.

A firmware of this charger is a text file whose first line is its version, such as ``1.2.3``. Files
are fetched and sent over HTTP.
"""

import asyncio
from base64 import b64decode
import binascii
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from urllib.parse import urlsplit

import aiohttp
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

ACCEPTED, REJECTED = "Accepted", "Rejected"
ACCEPTED_CANCELED, INVALID_CERTIFICATE = "AcceptedCanceled", "InvalidCertificate"
IDLE = "Idle"
_MAX_FIRMWARE = 16 * 2**20
_MAX_VERSION = 25
_HTTP = aiohttp.ClientTimeout(total=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class FirmwareOrder:
    """Where a firmware is, when to fetch and when to install it; ``request_id`` None: unnumbered."""

    location: str
    retrieve_at: datetime
    install_at: datetime | None = None
    retries: int = 0
    retry_interval_s: float = 0.0
    request_id: int | None = None
    certificate: str | None = None
    signature: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LogOrder:
    """Where to send which log."""

    kind: str
    location: str
    retries: int = 0
    retry_interval_s: float = 0.0
    request_id: int | None = None


class Charger(Protocol):
    """What maintenance needs of the charger."""

    def now(self) -> datetime:
        """Return the charger's time."""
        ...

    def log(self, kind: str) -> str:
        """Return the text of a log."""
        ...

    async def tell_firmware(self, status: str, request_id: int | None) -> None:
        """Tell how far an update is, if anybody listens."""
        ...

    async def tell_log(self, status: str, request_id: int | None) -> None:
        """Tell how far an upload is, if anybody listens."""
        ...

    async def wait_idle(self) -> None:
        """Return when no transaction runs."""
        ...

    async def install(self, version: str) -> None:
        """Restart with another firmware."""
        ...


class Maintenance:
    """The updates and uploads of one charger: one of each at a time."""

    def __init__(
        self, charger: Charger, spawn: Callable[[Awaitable[None]], asyncio.Task[None]]
    ) -> None:
        """Work for ``charger``; ``spawn`` runs a job beside everything else."""
        self.firmware: tuple[str, int | None] = (IDLE, None)
        self.upload: tuple[str, int | None] = (IDLE, None)
        self._charger = charger
        self._spawn = spawn
        self._updating: asyncio.Task[None] | None = None
        self._uploading: asyncio.Task[None] | None = None

    def update(self, order: FirmwareOrder) -> str:
        """Begin an update and return the UpdateFirmwareStatus."""
        if order.certificate is not None and _public_key(order.certificate) is None:
            return INVALID_CERTIFICATE
        canceled = _cancel(self._updating)
        self._updating = self._spawn(self._update(order))
        return ACCEPTED_CANCELED if canceled else ACCEPTED

    def send_log(self, order: LogOrder) -> tuple[str, str | None]:
        """Begin an upload and return the LogStatus and the file's name."""
        if not _is_http(order.location):
            return REJECTED, None
        canceled = _cancel(self._uploading)
        self._uploading = self._spawn(self._send_log(order))
        return (ACCEPTED_CANCELED if canceled else ACCEPTED), _file_name(order.kind)

    async def _update(self, order: FirmwareOrder) -> None:
        if order.retrieve_at > self._charger.now():
            await self._firmware("DownloadScheduled", order)
            await self._wait_for(order.retrieve_at)
        await self._firmware("Downloading", order)
        content = await self._download(order)
        if content is None:
            await self._firmware("DownloadFailed", order)
            return
        await self._firmware("Downloaded", order)
        if order.signature is not None:
            fits = _is_signed(content, order.certificate or "", order.signature)
            await self._firmware("SignatureVerified" if fits else "InvalidSignature", order)
            if not fits:
                return
        if order.install_at is not None and order.install_at > self._charger.now():
            await self._firmware("InstallScheduled", order)
            await self._wait_for(order.install_at)
        await self._charger.wait_idle()
        await self._firmware("Installing", order)
        version = _version(content)
        if version is None:
            await self._firmware("InstallationFailed", order)
            return
        await self._charger.install(version)
        await self._firmware("Installed", order)
        self.firmware = (IDLE, None)

    async def _download(self, order: FirmwareOrder) -> bytes | None:
        if not _is_http(order.location):
            return None
        for attempt in range(order.retries + 1):
            if attempt:
                await asyncio.sleep(order.retry_interval_s)
            try:
                async with (
                    aiohttp.ClientSession(timeout=_HTTP) as session,
                    session.get(order.location) as response,
                ):
                    response.raise_for_status()
                    content = await response.content.read(_MAX_FIRMWARE + 1)
            except aiohttp.ClientError, OSError, TimeoutError:
                continue
            if len(content) <= _MAX_FIRMWARE:
                return content
        return None

    async def _send_log(self, order: LogOrder) -> None:
        await self._log("Uploading", order)
        url = f"{order.location.rstrip('/')}/{_file_name(order.kind)}"
        status = "UploadFailure"
        for attempt in range(order.retries + 1):
            if attempt:
                await asyncio.sleep(order.retry_interval_s)
            try:
                async with (
                    aiohttp.ClientSession(timeout=_HTTP) as session,
                    session.put(url, data=self._charger.log(order.kind).encode()) as response,
                ):
                    if response.status in {401, 403}:
                        status = "PermissionDenied"
                        break
                    response.raise_for_status()
                    status = "Uploaded"
                    break
            except aiohttp.ClientError, OSError, TimeoutError:
                continue
        await self._log(status, order)
        self.upload = (IDLE, None)

    async def _wait_for(self, moment: datetime) -> None:
        # The charger's clock may be one that others tick.
        while (left := (moment - self._charger.now()).total_seconds()) > 0:
            await asyncio.sleep(min(left, 0.05))

    async def _firmware(self, status: str, order: FirmwareOrder) -> None:
        self.firmware = (status, order.request_id)
        await self._charger.tell_firmware(status, order.request_id)

    async def _log(self, status: str, order: LogOrder) -> None:
        self.upload = (status, order.request_id)
        await self._charger.tell_log(status, order.request_id)


def _cancel(task: asyncio.Task[None] | None) -> bool:
    """Give up a job; tell whether it still went on."""
    return task is not None and not task.done() and task.cancel()


def _is_http(location: str) -> bool:
    return urlsplit(location).scheme in {"http", "https"}


def _file_name(kind: str) -> str:
    return "security.log" if kind == "SecurityLog" else "diagnostics.log"


def _version(content: bytes) -> str | None:
    """Return the version that a firmware says it is, None where it is no firmware."""
    first = content.split(b"\n", 1)[0].strip()
    text = first.decode("ascii", "replace")
    is_version = 0 < len(text) <= _MAX_VERSION and text.isascii() and text.isprintable()
    return text if is_version else None


def _public_key(certificate: str) -> rsa.RSAPublicKey | ec.EllipticCurvePublicKey | None:
    try:
        key = x509.load_pem_x509_certificate(certificate.encode()).public_key()
    except ValueError:
        return None
    return key if isinstance(key, rsa.RSAPublicKey | ec.EllipticCurvePublicKey) else None


def _is_signed(content: bytes, certificate: str, signature: str) -> bool:
    """Tell whether the certificate's owner signed the content (RSA-PSS or ECDSA, SHA-256)."""
    key, digest = _public_key(certificate), hashes.SHA256()
    try:
        raw = b64decode(signature, validate=True)
        match key:
            case rsa.RSAPublicKey():
                pss = padding.PSS(padding.MGF1(digest), padding.PSS.AUTO)
                key.verify(raw, content, pss, digest)
            case ec.EllipticCurvePublicKey():
                key.verify(raw, content, ec.ECDSA(digest))
            case _:
                return False
    except InvalidSignature, binascii.Error:
        return False
    return True
