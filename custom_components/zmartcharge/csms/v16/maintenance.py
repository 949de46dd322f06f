"""Firmware, logs and certificates of a 1.6 charger (clauses 5.9 and 5.19, security whitepaper)."""

from typing import override

from ..adapter import MISSING, text_of, without_none
from ..commands import (
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
from ..maintenance import MaintenanceAdapter, file_name, read_hash, tries_of

_USES = {
    CertificateUse.CENTRAL_SYSTEM_ROOT: "CentralSystemRootCertificate",
    CertificateUse.MANUFACTURER_ROOT: "ManufacturerRootCertificate",
}


class Maintenance16(MaintenanceAdapter):
    """Firmware, logs and certificates."""

    @override
    async def update_firmware(self, update: FirmwareUpdate) -> FirmwareUpdateAnswer:
        if update.signed:
            return await self._order_firmware("SignedUpdateFirmware", update)
        retrieve = text_of(update.retrieve_at)
        payload = {"location": update.location, "retrieveDate": retrieve, **tries_of(update)}
        # Clause 6.62: the response has no fields, so whoever answers has taken it.
        await self.call("UpdateFirmware", payload)
        return FirmwareUpdateAnswer(status=FirmwareUpdateStatus.ACCEPTED)

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
            "startTime": text_of(upload.oldest),
            "stopTime": text_of(upload.latest),
            **tries_of(upload),
        }
        response = await self.call("GetDiagnostics", without_none(payload))
        name = file_name(response, "fileName")
        # Clause 5.9: without a file name there is nothing to send.
        status = LogUploadStatus.REJECTED if name is None else LogUploadStatus.ACCEPTED
        return LogUploadAnswer(status=status, file_name=name)

    @override
    async def installed_certificates(self, use: CertificateUse) -> tuple[InstalledCertificate, ...]:
        payload = {"certificateType": self._use_name(use)}
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
        return await self._send_certificate({"certificateChain": chain})

    @override
    def _use_name(self, use: CertificateUse) -> str:
        if use not in _USES:
            raise InvalidRequestError(f"OCPP 1.6 has no {use}")
        return _USES[use]
