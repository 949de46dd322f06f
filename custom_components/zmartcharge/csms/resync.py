"""Learns a charger's present state after it connected."""

import asyncio
import contextlib
import logging
from typing import Protocol

from .errors import CsmsError
from .station import ChargePointHandler, Station

_LOGGER = logging.getLogger(__name__)

#: A charger that boots says so within this; one that merely reconnected stays silent.
BOOT_GRACE = 5.0


class BootableStation(Station, Protocol):
    """A station that knows whether it has booted in this connection."""

    @property
    def booted(self) -> bool:
        """Tell whether a BootNotification came."""


async def resynchronise(
    name: str, station: BootableStation, handler: ChargePointHandler, grace: float = BOOT_GRACE
) -> None:
    """Ask a charger that reconnected without booting for what we may have missed.

    BootNotification is not repeated after a mere reconnect (OCPP 1.6, clause 4.2), so we ask
    with TriggerMessage (clause 5.17); a charger without it is understood from what it sends.
    """
    await asyncio.sleep(grace)
    if station.booted:
        return
    _LOGGER.debug("%s reconnected without booting: resynchronising", name)
    for message in ("BootNotification", "StatusNotification", "MeterValues"):
        with contextlib.suppress(CsmsError):
            await station.trigger(message)
    await handler.resumed()
