"""What a charger answers about firmware, logs and certificates: OCPP 2.0.1 (L01, N01, M, A02)."""

from typing import Any

from ocpp.v201 import call_result
from ocpp.v201.enums import Action

from ..maintenance import ACCEPTED, REJECTED
from ..maintenance_requests import MaintenanceHost, firmware_order, log_order
from ..routing import on

_EVERY_KIND = {
    "CSMSRootCertificate",
    "ManufacturerRootCertificate",
    "MORootCertificate",
    "V2GRootCertificate",
}


class MaintenanceRequests201:
    """Answers about firmware, logs and certificates."""

    _host: MaintenanceHost

    @on(Action.update_firmware)
    def on_update_firmware(self, **request: Any) -> Any:
        """L01, L02."""
        firmware = request["firmware"]
        order = firmware_order(firmware, firmware["retrieve_date_time"], request)
        status = REJECTED if order is None else self._host.maintenance.update(order)
        return call_result.UpdateFirmware(status=status)

    @on(Action.get_log)
    def on_get_log(self, **request: Any) -> Any:
        """N01."""
        status, name = self._host.maintenance.send_log(log_order(request))
        return call_result.GetLog(status=status, filename=name)

    @on(Action.install_certificate)
    def on_install_certificate(self, **request: Any) -> Any:
        """M05."""
        status = self._host.install_certificate(request["certificate_type"], request["certificate"])
        return call_result.InstallCertificate(status=status)

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

    @on(Action.delete_certificate)
    def on_delete_certificate(self, **request: Any) -> Any:
        """M04."""
        status = self._host.certificates.delete(request["certificate_hash_data"])
        return call_result.DeleteCertificate(status=status)

    @on(Action.certificate_signed)
    def on_certificate_signed(self, **request: Any) -> Any:
        """A02."""
        status = self._host.certificates.take(request["certificate_chain"])
        return call_result.CertificateSigned(status=status)
