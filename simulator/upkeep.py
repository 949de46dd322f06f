"""What the maintenance of a charger needs of it: its logs, its listeners and a restart."""

from contextlib import suppress
from typing import TYPE_CHECKING

from .link import NotConnectedError
from .uplink import REFUSED, Uplink

if TYPE_CHECKING:
    from datetime import datetime

    from .charge_point import SimulatedChargePoint

_ACCEPTED = "Accepted"
_FOREVER_S = 10.0 * 365 * 86400


class Upkeep:
    """Of one charger."""

    def __init__(self, charge_point: SimulatedChargePoint, uplink: Uplink) -> None:
        """Take the charger and its connection."""
        self._charge_point = charge_point
        self._uplink = uplink

    def now(self) -> datetime:
        """Return the charger's time."""
        return self._charge_point.now()

    def log(self, kind: str) -> str:
        """Return the text of a log: what was said lately, or its security events."""
        security = kind == "SecurityLog"
        frames = self._charge_point.frames
        texts = [("> " if frame.sent else "< ") + frame.text for frame in frames]
        return "".join(f"{text}\n" for text in texts if not security or "SecurityEvent" in text)

    async def tell_firmware(self, status: str, request_id: int | None) -> None:
        """Tell how far an update is, if anybody listens."""
        with suppress(*REFUSED, NotConnectedError):
            await self._uplink.tell_firmware(status, request_id)

    async def tell_log(self, status: str, request_id: int | None) -> None:
        """Tell how far an upload is, if anybody listens."""
        with suppress(*REFUSED, NotConnectedError):
            await self._uplink.tell_log(status, request_id)

    async def wait_idle(self) -> None:
        """Return when no transaction runs."""
        await self._charge_point.wait_for(
            lambda cp: all(item.transaction is None for item in cp.evse.connectors), _FOREVER_S
        )

    async def install(self, version: str) -> None:
        """Restart with another firmware, and return when the central system knows."""
        self._uplink.use_firmware(version)
        await self._charge_point.reboot()
        await self._charge_point.wait_for(
            lambda cp: cp.boot_status == _ACCEPTED and cp.registered, _FOREVER_S
        )
