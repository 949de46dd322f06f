"""Firmware, logs and certificates of a 1.6 charger (clauses 5.9 and 5.19, security whitepaper)."""

from typing import override

from ..adapter import StationAdapter, new_request_id, read_status, seconds_of, text_of, without_none
from ..commands import (
    CertificateDeletionStatus,
    CertificateHash,
    CertificateInstallStatus,
    CertificateUse,
    FirmwareUpdate,
    FirmwareUpdateAnswer,
    FirmwareUpdateStatus,
    InstalledCertificate,
    LogKind,
    LogUpload,
    LogUploadAnswer,
    LogUploadStatus,
)
from ..errors import CallFailedError, InvalidRequestError
from ..maintenance import file_name, hash_payload, log_request, read_hash
from .authorization import MISSING

_USES = {
    CertificateUse.CENTRAL_SYSTEM_ROOT: "CentralSystemRootCertificate",
    CertificateUse.MANUFACTURER_ROOT: "ManufacturerRootCertificate",
}


class Maintenance16(StationAdapter):
    """Firmware, logs and certificates."""

    @override
    async def update_firmware(self, update: FirmwareUpdate) -> FirmwareUpdateAnswer:
        tries = {"retries": update.retries, "retryInterval": seconds_of(update.retry_interval)}
        if not update.signed:
            payload = {
                "location": update.location,
                "retrieveDate": text_of(update.retrieve_at),
                **tries,
            }
            # Clause 6.62: the response has no fields, so whoever answers has taken it.
            await self.call("UpdateFirmware", without_none(payload))
            return FirmwareUpdateAnswer(status=FirmwareUpdateStatus.ACCEPTED)
        request_id = new_request_id()
        firmware = {
            "location": update.location,
            "retrieveDateTime": text_of(update.retrieve_at),
            "installDateTime": text_of(update.install_at),
            "signingCertificate": update.certificate,
            "signature": update.signature,
        }
        request = {"requestId": request_id, "firmware": without_none(firmware), **tries}
        status = await self._command(
            "SignedUpdateFirmware", without_none(request), FirmwareUpdateStatus
        )
        return FirmwareUpdateAnswer(status=status, request_id=request_id)

    @override
    async def upload_log(self, upload: LogUpload) -> LogUploadAnswer:
        if upload.kind is LogKind.SECURITY:
            return await self._get_log(upload)
        try:
            return await self._get_diagnostics(upload)
        except CallFailedError as err:
            if err.code not in MISSING:
                raise
            # Chargers with the security whitepaper may have left the older message out.
            return await self._get_log(upload)

    async def _get_diagnostics(self, upload: LogUpload) -> LogUploadAnswer:
        payload = {
            "location": upload.location,
            "retries": upload.retries,
            "retryInterval": seconds_of(upload.retry_interval),
            "startTime": text_of(upload.oldest),
            "stopTime": text_of(upload.latest),
        }
        response = await self.call("GetDiagnostics", without_none(payload))
        name = file_name(response, "fileName")
        # Clause 5.9: without a file name there is nothing to send.
        status = LogUploadStatus.REJECTED if name is None else LogUploadStatus.ACCEPTED
        return LogUploadAnswer(status=status, file_name=name)

    async def _get_log(self, upload: LogUpload) -> LogUploadAnswer:
        request_id = new_request_id()
        response = await self.call("GetLog", log_request(upload, request_id))
        return LogUploadAnswer(
            status=read_status("GetLog", response, LogUploadStatus),
            file_name=file_name(response, "filename"),
            request_id=request_id,
        )

    @override
    async def install_certificate(
        self, use: CertificateUse, certificate: str
    ) -> CertificateInstallStatus:
        payload = {"certificateType": _use(use), "certificate": certificate}
        return await self._command("InstallCertificate", payload, CertificateInstallStatus)

    @override
    async def delete_certificate(self, certificate: CertificateHash) -> CertificateDeletionStatus:
        payload = {"certificateHashData": hash_payload(certificate)}
        return await self._command("DeleteCertificate", payload, CertificateDeletionStatus)

    @override
    async def installed_certificates(self, use: CertificateUse) -> tuple[InstalledCertificate, ...]:
        payload = {"certificateType": _use(use)}
        response = await self.call("GetInstalledCertificateIds", payload)
        found = response.get("certificateHashData")
        return tuple(
            InstalledCertificate(use=use, hash=certificate)
            for item in (found if isinstance(found, list) else [])
            if (certificate := read_hash(item))
        )

    @override
    async def certificate_signed(self, chain: str, *, for_vehicle: bool = False) -> bool:
        if for_vehicle:
            raise InvalidRequestError("OCPP 1.6 has no certificates for vehicles")
        response = await self.call("CertificateSigned", {"certificateChain": chain})
        return response.get("status") == "Accepted"


def _use(use: CertificateUse) -> str:
    if use not in _USES:
        raise InvalidRequestError(f"OCPP 1.6 has no {use}")
    return _USES[use]
