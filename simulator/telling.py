"""What a charger tells when it is asked to, or when it maintains itself: OCPP 1.6."""

from abc import ABC, abstractmethod
from typing import Any, ClassVar

from ocpp.v16 import call

from .requests import Host
from .station import Station

#: What can be said of an update without a number (clause 7.25).
_PLAIN_FIRMWARE = {
    "Downloaded",
    "DownloadFailed",
    "Downloading",
    "Idle",
    "InstallationFailed",
    "Installed",
    "Installing",
}


class Telling(ABC):
    """Tells of one charger."""

    #: The requests of its version of OCPP.
    calls: ClassVar[Any] = call
    _host: Host
    _station: Station

    @property
    @abstractmethod
    def serial_number(self) -> str:
        """Return the charger's serial number."""

    @abstractmethod
    async def call(self, payload: Any) -> Any:
        """Send a request and return the answer."""

    @abstractmethod
    def wake(self) -> None:
        """Look at the outbox."""

    @abstractmethod
    async def _boot(self) -> float:
        """Send a BootNotification and return how long to wait before the next one."""

    async def trigger(self, message: str, connector_id: int | None) -> None:
        """Send what a TriggerMessage asked for (5.17)."""
        now = self._host.now()
        numbers = [connector.connector_id for connector in self._station.evse.connectors]
        match message:
            case "BootNotification":
                await self._boot()
            case "Heartbeat":
                await self.call(call.Heartbeat())
            case "StatusNotification":
                for number in [0, *numbers] if connector_id is None else [connector_id]:
                    status = self._station.status_message(number, now)
                    await self.call(call.StatusNotification(**status.payload))
            case "MeterValues":
                for number in [connector_id] if connector_id else numbers:
                    self._station.sampler.sample(number, now, "Trigger")
                self.wake()
            case "FirmwareStatusNotification":
                await self.tell_firmware(*self._host.maintenance.firmware)
            case "DiagnosticsStatusNotification":
                await self.tell_log(self._host.maintenance.upload[0], None)
            case "LogStatusNotification":
                how_far, request_id = self._host.maintenance.upload
                await self.call(call.LogStatusNotification(status=how_far, request_id=request_id))
            case "SignChargePointCertificate":
                await self.ask_for_certificate()

    async def tell_firmware(self, status: str, request_id: int | None) -> None:
        """Tell how far an update is; those with a number have a message of their own."""
        if request_id is None:
            if status in _PLAIN_FIRMWARE:
                await self.call(call.FirmwareStatusNotification(status=status))
        else:
            await self.call(
                call.SignedFirmwareStatusNotification(status=status, request_id=request_id)
            )

    async def tell_log(self, status: str, request_id: int | None) -> None:
        """Tell how far an upload is; those with a number have a message of their own."""
        if request_id is not None:
            await self.call(call.LogStatusNotification(status=status, request_id=request_id))
        else:
            known = {"Idle", "Uploaded", "Uploading"}
            told = status if status in known else "UploadFailed"
            await self.call(call.DiagnosticsStatusNotification(status=told))

    async def ask_for_certificate(self) -> None:
        """Ask for a certificate of the charger's own (A02)."""
        request = self._host.certificates.request(self.serial_number)
        await self.call(self.calls.SignCertificate(csr=request))
