"""A small central system for OCPP 2.0.1, made of the ocpp library, which checks every schema."""

from contextlib import suppress
from typing import Any, override

import aiohttp
from aiohttp import web
from ocpp.routing import on
from ocpp.v201 import ChargePoint, call_result
from ocpp.v201.enums import Action

from ..central import BOOT_TIME, CentralSystem, _Socket, credentials_of


class Peer201(ChargePoint):  # type: ignore[misc]
    """The central system's side of one connection."""

    central: CentralSystem201

    def _note(self, action: str, request: dict[str, Any]) -> None:
        self.central.requests.append((action, request))
        self.central.watch.notify()

    @on(Action.boot_notification)
    def on_boot_notification(self, **request: Any) -> Any:
        self._note("BootNotification", request)
        return call_result.BootNotification(current_time=BOOT_TIME, interval=300, status="Accepted")

    @on(Action.heartbeat)
    def on_heartbeat(self) -> Any:
        self._note("Heartbeat", {})
        return call_result.Heartbeat(current_time=BOOT_TIME)

    @on(Action.authorize)
    def on_authorize(self, **request: Any) -> Any:
        self._note("Authorize", request)
        tag = request["id_token"]["id_token"]
        return call_result.Authorize(id_token_info=self.central.id_tag_info(tag))

    @on(Action.status_notification)
    def on_status_notification(self, **request: Any) -> Any:
        self._note("StatusNotification", request)
        return call_result.StatusNotification()

    @on(Action.transaction_event)
    def on_transaction_event(self, **request: Any) -> Any:
        self._note("TransactionEvent", request)
        token = request.get("id_token")
        info = token and self.central.id_tag_info(token["id_token"])
        return call_result.TransactionEvent(id_token_info=info)

    @on(Action.meter_values)
    def on_meter_values(self, **request: Any) -> Any:
        self._note("MeterValues", request)
        return call_result.MeterValues()

    @on(Action.notify_report)
    def on_notify_report(self, **request: Any) -> Any:
        self._note("NotifyReport", request)
        return call_result.NotifyReport()

    @on(Action.firmware_status_notification)
    def on_firmware_status_notification(self, **request: Any) -> Any:
        self._note("FirmwareStatusNotification", request)
        return call_result.FirmwareStatusNotification()

    @on(Action.log_status_notification)
    def on_log_status_notification(self, **request: Any) -> Any:
        self._note("LogStatusNotification", request)
        return call_result.LogStatusNotification()


class CentralSystem201(CentralSystem):
    """Speaks 2.0.1."""

    def __init__(self) -> None:
        super().__init__()
        self.subprotocols = ("ocpp2.0.1",)

    def events(self, kind: str | None = None) -> list[dict[str, Any]]:
        """Return the TransactionEvents, of one kind or all."""
        found = self.of("TransactionEvent")
        return [event for event in found if kind in {None, event["event_type"]}]

    @override
    async def _serve(self, request: web.Request) -> web.StreamResponse:
        self.credentials.append(credentials_of(request.headers.get("Authorization")))
        socket = web.WebSocketResponse(protocols=self.subprotocols, timeout=1.0)
        await socket.prepare(request)
        self._sockets.add(socket)
        self.connections += 1
        peer = Peer201(request.match_info["id"], _Socket(socket), response_timeout=5)
        peer.central = self
        self.peer = peer
        self.watch.notify()
        with suppress(ConnectionError, aiohttp.ClientError):
            await peer.start()
        self._sockets.discard(socket)
        if self.peer is peer:
            self.peer = None
        self.watch.notify()
        return socket
