"""The connection of a 2.0.1 charger: its subprotocol, its BootNotification, what is triggered."""

from typing import Any, ClassVar, cast, override

from ocpp.v201 import call

from ..link import Link
from ..meter_values import meter_value as measured, timestamp
from ..outbox import Outgoing
from ..uplink import Talk, Uplink
from .outbox import EVENT
from .requests import Conversation201, Host201, id_tag_info


class Uplink201(Uplink):
    """The connection of one charger."""

    subprotocol: ClassVar[str] = "ocpp2.0.1"
    calls: ClassVar[Any] = call

    @property
    def _host201(self) -> Host201:
        return cast("Host201", self._host)

    @override
    def _talk(self, link: Link) -> Talk:
        talk: Talk = Conversation201(self.identity, link, self._host201, **self._settings)
        return talk

    @override
    def _boot_notification(self) -> Any:
        self._host201.networks.connected()
        plate = self.nameplate
        return call.BootNotification(
            reason="PowerUp",
            charging_station={
                "model": plate.model,
                "vendor_name": plate.vendor,
                "serial_number": plate.serial_number,
                "firmware_version": plate.firmware_version,
            },
        )

    @override
    def _answered(self, message: Outgoing, answer: Any) -> None:
        if message.action == EVENT and answer is not None:
            self._host201.display.take_cost(message.payload, answer.total_cost)
            self._host201.display.greet(answer.id_token_info)
        key, info = message.transaction_key, getattr(answer, "id_token_info", None)
        if message.action == EVENT and key is not None and info is not None:
            self._station.started(key, key, id_tag_info(info), self._host.now())

    @override
    async def trigger(self, message: str, connector_id: int | None) -> None:
        now = self._host.now()
        connectors = [
            connector
            for connector in self._station.evse.connectors
            if connector_id in {None, connector.connector_id}
        ]
        match message:
            case "Heartbeat":
                await self.call(call.Heartbeat())
            case "StatusNotification":
                for connector in connectors:
                    number = connector.connector_id
                    payload = self._host201.outbox.status_payload(number, timestamp(now))
                    await self.call(call.StatusNotification(**payload))
            case "TransactionEvent":
                for connector in connectors:
                    if connector.transaction is not None:
                        self._station.sampler.sample(connector.connector_id, now, "Trigger")
            case "MeterValues":
                names = self._station.configuration.measurands("MeterValuesAlignedData")
                for connector in connectors if names else ():
                    value = measured(self._station.evse, connector, now, names, "Trigger")
                    self._station.outbox.add(
                        Outgoing(
                            action="MeterValues",
                            payload={"meter_value": [value]},
                            connector_id=connector.connector_id,
                        )
                    )
            case "FirmwareStatusNotification":
                await self.tell_firmware(*self._host.maintenance.firmware)
            case "LogStatusNotification":
                await self.tell_log(*self._host.maintenance.upload)
            case "SignChargingStationCertificate":
                await self.ask_for_certificate()
        self.wake()

    @override
    async def tell_firmware(self, status: str, request_id: int | None) -> None:
        await self.call(call.FirmwareStatusNotification(status=status, request_id=request_id))

    @override
    async def tell_log(self, status: str, request_id: int | None) -> None:
        await self.call(call.LogStatusNotification(status=status, request_id=request_id))
