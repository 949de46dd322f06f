"""What a charger answers about firmware, logs and certificates: OCPP 2.0.1 (L01, N01, M, A02)."""

from typing import Any

from ocpp.v201 import call_result
from ocpp.v201.enums import Action

from ..maintenance import ACCEPTED
from ..maintenance_requests import SharedMaintenanceRequests
from ..routing import on

_EVERY_KIND = {
    "CSMSRootCertificate",
    "ManufacturerRootCertificate",
    "MORootCertificate",
    "V2GRootCertificate",
}


class MaintenanceRequests201(SharedMaintenanceRequests):
    """Answers about firmware, logs and certificates."""

    @on(Action.update_firmware)
    def on_update_firmware(self, **request: Any) -> Any:
        """L01, L02."""
        return call_result.UpdateFirmware(status=self._update(request))

    @on(Action.get_installed_certificate_ids)
    def on_get_installed_certificate_ids(self, **request: Any) -> Any:
        """M03."""
        kinds = set(request.get("certificate_type") or _EVERY_KIND)
        chains = [
            {"certificate_type": kind, "certificate_hash_data": told}
            for kind, told in self._host.certificates.of(kinds)
        ]
        return call_result.GetInstalledCertificateIds(
            status=ACCEPTED if chains else "NotFound", certificate_hash_data_chain=chains or None
        )
