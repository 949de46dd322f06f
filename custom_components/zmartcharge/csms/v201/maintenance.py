"""Firmware, logs and certificates of a 2.0.1 charger (part 2, blocks L, N01, M and A02)."""

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
    LogUpload,
    LogUploadAnswer,
    LogUploadStatus,
)
from ..inbound import VEHICLE_CERTIFICATE
from ..maintenance import file_name, hash_payload, log_request, read_hash
from .variables import objects_of

_OWN_CERTIFICATE = "ChargingStationCertificate"


class Maintenance201(StationAdapter):
    """Firmware, logs and certificates."""

    @override
    async def update_firmware(self, update: FirmwareUpdate) -> FirmwareUpdateAnswer:
        request_id = new_request_id()
        firmware = {
            "location": update.location,
            "retrieveDateTime": text_of(update.retrieve_at),
            "installDateTime": text_of(update.install_at),
            "signingCertificate": update.certificate,
            "signature": update.signature,
        }
        payload = {
            "requestId": request_id,
            "firmware": without_none(firmware),
            "retries": update.retries,
            "retryInterval": seconds_of(update.retry_interval),
        }
        status = await self._command("UpdateFirmware", without_none(payload), FirmwareUpdateStatus)
        return FirmwareUpdateAnswer(status=status, request_id=request_id)

    @override
    async def upload_log(self, upload: LogUpload) -> LogUploadAnswer:
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
        payload = {"certificateType": use.value, "certificate": certificate}
        return await self._command("InstallCertificate", payload, CertificateInstallStatus)

    @override
    async def delete_certificate(self, certificate: CertificateHash) -> CertificateDeletionStatus:
        payload = {"certificateHashData": hash_payload(certificate)}
        return await self._command("DeleteCertificate", payload, CertificateDeletionStatus)

    @override
    async def installed_certificates(self, use: CertificateUse) -> tuple[InstalledCertificate, ...]:
        payload = {"certificateType": [use.value]}
        response = await self.call("GetInstalledCertificateIds", payload)
        chains = objects_of(response.get("certificateHashDataChain"))
        return tuple(
            InstalledCertificate(use=use, hash=certificate)
            for chain in chains
            if chain.get("certificateType", use.value) == use.value
            and (certificate := read_hash(chain.get("certificateHashData")))
        )

    @override
    async def certificate_signed(self, chain: str, *, for_vehicle: bool = False) -> bool:
        kind = VEHICLE_CERTIFICATE if for_vehicle else _OWN_CERTIFICATE
        payload = {"certificateChain": chain, "certificateType": kind}
        return (await self.call("CertificateSigned", payload)).get("status") == "Accepted"
