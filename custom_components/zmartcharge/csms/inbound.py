"""What all OCPP versions share in hearing a charger: routes, doubts, and who is told."""

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Mapping, Set as AbstractSet
from datetime import datetime
import json
from typing import Any, ClassVar

from .fields import Fields
from .messages import Doubt, Notice
from .rpc import JsonObject, RpcError
from .station import ChargePointHandler

#: Seconds between heartbeats. WebSocket pings watch the connection; heartbeats set the clock.
HEARTBEAT_INTERVAL = 300
#: More connectors than any charger has.
MAX_CONNECTOR = 64
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

    async def _report(self, action: str, fields: Fields, payload: JsonObject) -> None:
        if fields.problems:
            reason = "; ".join(dict.fromkeys(fields.problems))[:500]
            await self._handler.doubt(Doubt(action=action, reason=reason, payload=raw(payload)))


def raw(payload: Any) -> str:
    """Return a payload as it is kept, cut."""
    return json.dumps(payload)[:_MAX_RAW]
