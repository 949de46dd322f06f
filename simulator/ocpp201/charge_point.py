"""An OCPP 2.0.1 charge point over a real socket, used as the one of OCPP 1.6 is."""

from collections.abc import Iterable
from contextlib import suppress
from typing import Any, ClassVar, override

from ocpp.v201 import call

from ..charge_point import SimulatedChargePoint
from ..link import NotConnectedError
from ..meter_values import timestamp
from ..requests import ACCEPTED
from ..sampler import Sampler
from ..uplink import REFUSED, Nameplate, Uplink
from .device_model import NEW_KEY, DeviceModel
from .display import Display
from .network_profiles import NetworkProfiles
from .outbox import Outbox201
from .requests import id_tag_info
from .uplink import Uplink201

_FOREVER_S = 10.0 * 365 * 86400


class SimulatedChargePoint201(SimulatedChargePoint):
    """A charger that talks OCPP 2.0.1 to a central system; its settings are those of the other."""

    uplink_type: ClassVar[type[Uplink]] = Uplink201

    def __init__(
        self,
        url: str,
        identity: str,
        *,
        nameplate: Nameplate | None = None,
        shows: Iterable[str] = (),
        **settings: Any,
    ) -> None:
        """Set up a charger for ``{url}/{identity}`` (see ``SimulatedChargePoint``).

        ``shows``: "Cost" and "Tariff" are what its display has room for, in euros at first, and
        "Messages" any others.
        """
        plate = Nameplate() if nameplate is None else nameplate
        super().__init__(url, identity, nameplate=plate, **settings)
        station = self.station
        self._outbox = Outbox201(station, identity, lambda: self.registered)
        station.outbox = self._outbox
        station.sampler = Sampler(station.evse, station.configuration, self._outbox)
        self.networks = NetworkProfiles(
            self._uplink.security, station.configuration, lambda: self._uplink.password is not None
        )
        self._device_model = DeviceModel(station, self._uplink, self.networks, shows)
        self.display = Display()

    @property
    def outbox(self) -> Outbox201:
        """Return what the charger has to tell."""
        return self._outbox

    @property
    def device_model(self) -> DeviceModel:
        """Return its variables."""
        return self._device_model

    @override
    def use_stored_key(self) -> None:
        if password := self.station.configuration.text(NEW_KEY):
            self._uplink.password = password.encode()

    @override
    async def authorize(self, id_tag: str) -> str:
        if self.station.id_tags.before_asking(id_tag, self.now()):
            return ACCEPTED
        if self.registered:
            with suppress(*REFUSED, NotConnectedError):
                token = {"id_token": id_tag, "type": "ISO14443"}
                answer = await self.call(call.Authorize(id_token=token))
                info = id_tag_info(answer.id_token_info)
                self.display.greet(answer.id_token_info)
                self.station.id_tags.remember(id_tag, info)
                return str(info["status"])
        return self.station.id_tags.while_offline(id_tag, self.now())

    @override
    async def reboot(self) -> None:
        self.networks.restarted()
        await super().reboot()

    def begin_report(self, request_id: int, base: str) -> None:
        """Send the parts of a report."""
        self._uplink.spawn(self._report, request_id, base)

    def begin_telling(self, messages: list[Any]) -> None:
        """Send messages one after the other."""
        self._uplink.spawn(self._tell, messages)

    async def _tell(self, messages: list[Any]) -> None:
        for message in messages:
            await self.call(message)

    async def _report(self, request_id: int, base: str) -> None:
        parts = list(self._device_model.report(base))
        for number, part in enumerate(parts):
            await self.call(
                call.NotifyReport(
                    request_id=request_id,
                    generated_at=timestamp(self.now()),
                    seq_no=number,
                    tbc=number < len(parts) - 1,
                    report_data=part,
                )
            )

    def begin_idle_reset(self) -> None:
        """Restart as soon as no transaction runs."""
        self._uplink.spawn(self._reset_when_idle)

    async def _reset_when_idle(self) -> None:
        await self.wait_for(
            lambda cp: all(item.transaction is None for item in cp.evse.connectors), _FOREVER_S
        )
        self.begin_reset("Soft")
