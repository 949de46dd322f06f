"""Firmware, logs and certificates: what all OCPP versions ask and are answered alike."""

from abc import abstractmethod
from typing import Any, override

from .adapter import (
    ACCEPTED,
    StationAdapter,
    new_request_id,
    read_status,
    seconds_of,
    text_of,
    without_none,
)
from .commands import (
    CertificateDeletionStatus,
    CertificateHash,
    CertificateInstallStatus,
    CertificateUse,
    FirmwareUpdate,
    FirmwareUpdateAnswer,
    FirmwareUpdateStatus,
    LogUpload,
    LogUploadAnswer,
    LogUploadStatus,
)
from .fields import EARLIEST, Fields
from .rpc import JsonObject

_MAX_FILE_NAME = 255
_MAX_HASH = 128


class MaintenanceAdapter(StationAdapter):
    """Firmware, logs and certificates."""

    @abstractmethod
    def _use_name(self, use: CertificateUse) -> str:
        """Return what the version calls a use; raises InvalidRequestError where it has none."""

    @override
    async def install_certificate(
        self, use: CertificateUse, certificate: str
    ) -> CertificateInstallStatus:
        payload = {"certificateType": self._use_name(use), "certificate": certificate}
        return await self._command("InstallCertificate", payload, CertificateInstallStatus)

    @override
    async def delete_certificate(self, certificate: CertificateHash) -> CertificateDeletionStatus:
        payload = {"certificateHashData": _hash_payload(certificate)}
        return await self._command("DeleteCertificate", payload, CertificateDeletionStatus)

    async def _order_firmware(self, action: str, update: FirmwareUpdate) -> FirmwareUpdateAnswer:
        """Send a firmware in the way that is numbered and answered (L01)."""
        request_id = new_request_id()
        firmware = {
            "location": update.location,
            "retrieveDateTime": text_of(update.retrieve_at),
            "installDateTime": text_of(update.install_at),
            "signingCertificate": update.certificate,
            "signature": update.signature,
        }
        request = {"requestId": request_id, "firmware": without_none(firmware), **tries_of(update)}
        status = await self._command(action, request, FirmwareUpdateStatus)
        return FirmwareUpdateAnswer(status=status, request_id=request_id)

    async def _get_log(self, upload: LogUpload) -> LogUploadAnswer:
        request_id = new_request_id()
        response = await self.call("GetLog", _log_request(upload, request_id))
        return LogUploadAnswer(
            status=read_status("GetLog", response, LogUploadStatus),
            file_name=file_name(response, "filename"),
            request_id=request_id,
        )

    async def _send_certificate(self, payload: JsonObject) -> bool:
        return (await self.call("CertificateSigned", payload)).get("status") in ACCEPTED


def tries_of(order: FirmwareUpdate | LogUpload) -> JsonObject:
    """Return how often and how soon something is tried again, as far as that was said."""
    interval = seconds_of(order.retry_interval)
    return without_none({"retries": order.retries, "retryInterval": interval})


def _log_request(upload: LogUpload, request_id: int) -> JsonObject:
    """Return the payload of GetLog (security whitepaper, N01)."""
    log = {
        "remoteLocation": upload.location,
        "oldestTimestamp": text_of(upload.oldest),
        "latestTimestamp": text_of(upload.latest),
    }
    return {
        "log": without_none(log),
        "logType": upload.kind.value,
        "requestId": request_id,
        **tries_of(upload),
    }


def file_name(response: JsonObject, key: str) -> str | None:
    """Return the name of a file that a charger will send, None without one."""
    return Fields(response, received=EARLIEST).text(key, _MAX_FILE_NAME)


def _hash_payload(certificate: CertificateHash) -> JsonObject:
    """Return a CertificateHashDataType, the same in all versions."""
    return {
        "hashAlgorithm": certificate.algorithm,
        "issuerNameHash": certificate.issuer_name,
        "issuerKeyHash": certificate.issuer_key,
        "serialNumber": certificate.serial_number,
    }


def read_hash(item: Any) -> CertificateHash | None:
    """Return the hash that a charger told, None where it is none."""
    if not isinstance(item, dict):
        return None
    fields = Fields(item, received=EARLIEST)
    names = ("hashAlgorithm", "issuerNameHash", "issuerKeyHash", "serialNumber")
    algorithm, issuer_name, issuer_key, serial = (fields.text(name, _MAX_HASH) for name in names)
    if not (algorithm and issuer_name and issuer_key and serial):
        return None
    return CertificateHash(
        algorithm=algorithm, issuer_name=issuer_name, issuer_key=issuer_key, serial_number=serial
    )
