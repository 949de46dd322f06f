"""What a 2.0.1 charger tells in parts after it was asked: profiles, messages, customers.

Each part has the request's id and, unless it is the last one, ``tbc`` (to be continued).
"""

import asyncio
from collections.abc import Awaitable, Callable

from ..adapter import new_request_id
from ..errors import CallTimeoutError
from ..rpc import JsonObject

#: Seconds between the parts of a report.
PATIENCE = 30.0
#: More than any charger sends.
_MAX_PARTS = 500


class _Report:
    """The parts of one report as they come; those with a number in its order."""

    def __init__(self) -> None:
        self.parts: list[JsonObject] = []
        self.complete = False
        self.news = asyncio.Event()

    def take(self, part: JsonObject) -> None:
        if len(self.parts) < _MAX_PARTS:
            self.parts.append(part)
        self.complete = self.complete or part.get("tbc") is not True
        self.news.set()

    @property
    def in_order(self) -> tuple[JsonObject, ...]:
        return tuple(sorted(self.parts, key=_number))


class Reports:
    """The reports that one charger was asked for."""

    def __init__(self, call: Callable[[str, JsonObject], Awaitable[JsonObject]]) -> None:
        """Take how to ask the charger."""
        self._call = call
        self._awaited: dict[int, _Report] = {}

    def take(self, payload: JsonObject) -> None:
        """Take a part of a report; one that nobody asked for is left aside."""
        request_id = payload.get("requestId")
        report = self._awaited.get(request_id) if isinstance(request_id, int) else None
        if report is not None:
            report.take(payload)

    async def ask(
        self, action: str, payload: JsonObject, *, reported: bool = True
    ) -> tuple[JsonObject, tuple[JsonObject, ...]]:
        """Ask for a report; return the response and the parts, none unless it was accepted.

        ``reported`` False: no parts will come. Raises the errors of a request, and
        CallTimeoutError when the parts break off.
        """
        request_id, report = new_request_id(), _Report()
        self._awaited[request_id] = report
        try:
            response = await self._call(action, {"requestId": request_id, **payload})
            if response.get("status") == "Accepted" and reported:
                await self._collect(action, report)
        finally:
            del self._awaited[request_id]
        return response, report.in_order

    async def _collect(self, action: str, report: _Report) -> None:
        while not report.complete:
            report.news.clear()
            try:
                async with asyncio.timeout(PATIENCE):
                    await report.news.wait()
            except TimeoutError as err:
                raise CallTimeoutError(action) from err


def _number(part: JsonObject) -> int:
    number = part.get("seqNo")
    return number if isinstance(number, int) else 0
