"""An OCPP 2.1 charge point over a real socket, used as the one of OCPP 2.0.1 is."""

from typing import Any, ClassVar

from ..ocpp201 import SimulatedChargePoint201
from ..uplink import Uplink
from .tariffs import Tariffs
from .uplink import Uplink21


class SimulatedChargePoint21(SimulatedChargePoint201):
    """A charger that talks OCPP 2.1 to a central system; its settings are those of the others."""

    uplink_type: ClassVar[type[Uplink]] = Uplink21

    def __init__(self, url: str, identity: str, **settings: Any) -> None:
        """Set up a charger for ``{url}/{identity}`` (see ``SimulatedChargePoint201``)."""
        super().__init__(url, identity, **settings)
        self.tariffs = Tariffs(self.outbox)
