"""Firmware, logs and certificates of a 2.0.1 charger (part 2, blocks L, N01, M and A02)."""

from typing import override

from ..commands import (
    CertificateUse,
    FirmwareUpdate,
    FirmwareUpdateAnswer,
    InstalledCertificate,
    LogUpload,
    LogUploadAnswer,
)
from ..inbound import VEHICLE_CERTIFICATE
from ..maintenance import MaintenanceAdapter, read_hash
from .variables import objects_of

_OWN_CERTIFICATE = "ChargingStationCertificate"


class Maintenance201(MaintenanceAdapter):
    """Firmware, logs and certificates."""

    @override
    async def update_firmware(self, update: FirmwareUpdate) -> FirmwareUpdateAnswer:
        return await self._order_firmware("UpdateFirmware", update)

    @override
    async def upload_log(self, upload: LogUpload) -> LogUploadAnswer:
        return await self._get_log(upload)

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
        return await self._send_certificate({"certificateChain": chain, "certificateType": kind})

    @override
    def _use_name(self, use: CertificateUse) -> str:
        return use.value
