"""What a charger answers about firmware, logs and certificates: 1.6 and the security whitepaper."""

from typing import Any, Protocol

from ocpp.v16 import call_result
from ocpp.v16.enums import Action

from .certificate_store import CertificateStore
from .charging_profile import ProfileError, parse_time
from .maintenance import ACCEPTED, REJECTED, FirmwareOrder, LogOrder, Maintenance
from .routing import after, on


class MaintenanceHost(Protocol):
    """What the requests need of the charge point that they are made to."""

    @property
    def maintenance(self) -> Maintenance:
        """Return its updates and uploads."""
        ...

    @property
    def certificates(self) -> CertificateStore:
        """Return its certificates."""
        ...

    def install_certificate(self, certificate_type: str, certificate: str) -> str:
        """Install a root certificate and return the CertificateStatus."""
        ...


class SharedMaintenanceRequests:
    """What both versions answer alike: an answer has the same name and fields in either."""

    _host: MaintenanceHost

    @on(Action.get_log)
    def on_get_log(self, **request: Any) -> Any:
        """N01."""
        status, name = self._host.maintenance.send_log(_log_order(request))
        return call_result.GetLog(status=status, filename=name)

    @on(Action.install_certificate)
    def on_install_certificate(self, **request: Any) -> Any:
        """M05."""
        status = self._host.install_certificate(request["certificate_type"], request["certificate"])
        return call_result.InstallCertificate(status=status)

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

    def _update(self, request: dict[str, Any]) -> str:
        """Take a numbered firmware order and return the UpdateFirmwareStatus (L01)."""
        firmware = request["firmware"]
        order = _firmware_order(firmware, firmware["retrieve_date_time"], request)
        return REJECTED if order is None else self._host.maintenance.update(order)


class MaintenanceRequests(SharedMaintenanceRequests):
    """Answers about firmware, logs and certificates."""

    @on(Action.update_firmware)
    def on_update_firmware(self, **_request: Any) -> Any:
        """5.19."""
        return call_result.UpdateFirmware()

    @after(Action.update_firmware)
    def after_update_firmware(self, **request: Any) -> None:
        """Begin, after the answer went out: it has no status."""
        if order := _firmware_order(request, request["retrieve_date"], request):
            self._host.maintenance.update(order)

    @on(Action.signed_update_firmware)
    def on_signed_update_firmware(self, **request: Any) -> Any:
        """L01."""
        return call_result.SignedUpdateFirmware(status=self._update(request))

    @on(Action.get_diagnostics)
    def on_get_diagnostics(self, **request: Any) -> Any:
        """5.9: without a file name there is nothing to send."""
        order = LogOrder(kind="DiagnosticsLog", location=request["location"], **_tries(request))
        _, name = self._host.maintenance.send_log(order)
        return call_result.GetDiagnostics(file_name=name)

    @on(Action.get_installed_certificate_ids)
    def on_get_installed_certificate_ids(self, **request: Any) -> Any:
        """M03."""
        found = self._host.certificates.of({request["certificate_type"]})
        return call_result.GetInstalledCertificateIds(
            status=ACCEPTED if found else "NotFound",
            certificate_hash_data=[told for _, told in found] or None,
        )


def _firmware_order(
    firmware: dict[str, Any], retrieve_at: str, request: dict[str, Any]
) -> FirmwareOrder | None:
    """Return what is to be installed, None where a time cannot be read."""
    try:
        retrieve, install = parse_time(retrieve_at), parse_time(firmware.get("install_date_time"))
    except ProfileError:
        return None
    if retrieve is None:
        return None
    return FirmwareOrder(
        location=firmware["location"],
        retrieve_at=retrieve,
        install_at=install,
        certificate=firmware.get("signing_certificate"),
        signature=firmware.get("signature"),
        request_id=request.get("request_id"),
        **_tries(request),
    )


def _log_order(request: dict[str, Any]) -> LogOrder:
    """Return which log is to be sent, of a GetLog of either version."""
    return LogOrder(
        kind=request["log_type"],
        location=request["log"]["remote_location"],
        request_id=request["request_id"],
        **_tries(request),
    )


def _tries(request: dict[str, Any]) -> dict[str, Any]:
    return {
        "retries": max(0, request.get("retries") or 0),
        "retry_interval_s": float(max(0, request.get("retry_interval") or 0)),
    }
