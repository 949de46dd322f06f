"""What all OCPP versions share in hearing a charger: routes, doubts, and who is told."""

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Mapping, Set as AbstractSet
from datetime import datetime
import json
from typing import Any, ClassVar

from .commands import VendorMessage
from .fields import INT32, Fields
from .messages import (
    CertificateRequest,
    Doubt,
    FirmwareProgress,
    FirmwareStatus,
    LogProgress,
    LogStatus,
    Notice,
)
from .rpc import JsonObject, RpcError
from .station import ChargePointHandler

#: Seconds between heartbeats. WebSocket pings watch the connection; heartbeats set the clock.
HEARTBEAT_INTERVAL = 300
#: More connectors than any charger has.
MAX_CONNECTOR = 64
#: A CertificateSigningUseEnumType (OCPP 2.0.1).
VEHICLE_CERTIFICATE = "V2GCertificate"
_MAX_RAW = 4000

type Route = Callable[[Fields, JsonObject], Awaitable[JsonObject]]


class Inbound(ABC):
    """Answers the calls of one charger."""

    #: Every action of the version, whoever may send it.
    actions: ClassVar[AbstractSet[str]]
    #: Responses to what is only acknowledged and handed on.
    acknowledged: ClassVar[Mapping[str, JsonObject]]

    def __init__(self, handler: ChargePointHandler, clock: Callable[[], datetime]) -> None:
        """Take who hears the messages and a clock that gives aware UTC times."""
        self._handler = handler
        self._clock = clock
        self._routes = self._make_routes()
        self.booted = False

    @abstractmethod
    def _make_routes(self) -> dict[str, Route]:
        """Return who answers which action."""

    async def answer(self, action: str, payload: JsonObject) -> JsonObject:
        """Return the response to a call; raises RpcError for one that we do not know."""
        self._handler.overhear(action, payload)
        response = await self._respond(action, payload)
        self._handler.overhear_answer(action, payload, response)
        return response

    async def _respond(self, action: str, payload: JsonObject) -> JsonObject:
        if route := self._routes.get(action):
            fields = Fields(payload, received=self._clock())
            return await route(fields, payload)
        if action in self.acknowledged:
            await self._handler.notice(Notice(action=action, payload=payload))
            return self.acknowledged[action]
        code = "NotSupported" if action in self.actions else "NotImplemented"
        raise RpcError(code, action[:50])

    def _boot_answer(self) -> JsonObject:
        return {"status": "Accepted", "interval": HEARTBEAT_INTERVAL, **self._time()}

    def _time(self) -> JsonObject:
        return {"currentTime": self._clock().strftime("%Y-%m-%dT%H:%M:%SZ")}

    async def _heartbeat(self, fields: Fields, payload: JsonObject) -> JsonObject:
        return self._time()

    async def _firmware_progress(self, fields: Fields, payload: JsonObject) -> JsonObject:
        status = fields.text("status", 50)
        request_id = fields.integer("requestId", -INT32, INT32)
        known = status in set(FirmwareStatus)
        if not known:
            fields.problems.append("status: unknown")
        await self._report("FirmwareStatusNotification", fields, payload)
        if status is not None and known:
            progress = FirmwareProgress(status=FirmwareStatus(status), request_id=request_id)
            await self._handler.firmware_progress(progress)
        return {}

    async def _log_progress(self, fields: Fields, payload: JsonObject) -> JsonObject:
        status = fields.text("status", 50)
        # What DiagnosticsStatusNotification of OCPP 1.6 (clause 7.23) calls it.
        status = LogStatus.UPLOAD_FAILURE if status == "UploadFailed" else status
        request_id = fields.integer("requestId", -INT32, INT32)
        known = status in set(LogStatus)
        if not known:
            fields.problems.append("status: unknown")
        await self._report("LogStatusNotification", fields, payload)
        if status is not None and known:
            progress = LogProgress(status=LogStatus(status), request_id=request_id)
            await self._handler.log_progress(progress)
        return {}

    async def _sign_certificate(self, fields: Fields, payload: JsonObject) -> JsonObject:
        csr = payload.get("csr")
        request = CertificateRequest(
            csr=csr if isinstance(csr, str) else "",
            for_vehicle=fields.text("certificateType", 40) == VEHICLE_CERTIFICATE,
        )
        accepted = bool(request.csr) and await self._handler.sign_certificate(request)
        return {"status": "Accepted" if accepted else "Rejected"}

    async def _data_transfer(self, fields: Fields, payload: JsonObject) -> JsonObject:
        message = VendorMessage(
            vendor_id=fields.text("vendorId", 255) or "",
            message_id=fields.text("messageId", 50),
            data=payload.get("data"),
        )
        await self._report("DataTransfer", fields, payload)
        answer = await self._handler.data_transfer(message)
        data = self._vendor_data(answer.data)
        return {"status": answer.status.value} | ({} if data is None else {"data": data})

    def _vendor_data(self, data: Any) -> Any:
        """Return data as the version has it."""
        return data

    async def _report(self, action: str, fields: Fields, payload: JsonObject) -> None:
        if fields.problems:
            reason = "; ".join(dict.fromkeys(fields.problems))[:500]
            await self._handler.doubt(Doubt(action=action, reason=reason, payload=raw(payload)))


def raw(payload: Any) -> str:
    """Return a payload as it is kept, cut."""
    return json.dumps(payload)[:_MAX_RAW]
