"""Reads and sets the variables of a 2.0.1 charger (part 2, chapter B: provisioning)."""

import asyncio
from collections.abc import Awaitable, Iterable, Mapping
import contextlib
from itertools import batched
import logging
import secrets
from typing import Any, Protocol

from ..errors import CallFailedError, CallRejectedError
from ..fields import INT32
from ..rpc import JsonObject
from .variables import VariableName, objects_of, read_report, read_values

_LOGGER = logging.getLogger(__name__)

#: The whole model; where that is refused, what can be set.
_REPORTS = ("FullInventory", "ConfigurationInventory")
#: Seconds between the parts of a report.
REPORT_PATIENCE = 30.0
#: More than any charger reports.
_MAX_VARIABLES, _MAX_PARTS = 5000, 2000
#: What goes into one message where the charger does not say how much.
_ITEMS = 8
ITEMS_PER_GET = "DeviceDataCtrlr.ItemsPerMessage[GetVariables]"
ITEMS_PER_SET = "DeviceDataCtrlr.ItemsPerMessage[SetVariables]"
ACCEPTED, REBOOT_REQUIRED = "Accepted", "RebootRequired"


class Call(Protocol):
    """Sends a request and returns the response."""

    def __call__(self, action: str, payload: JsonObject) -> Awaitable[JsonObject]:
        """Send a request; raises the errors of ``Rpc.call``."""


class _Collection:
    """The parts of one report, in whatever order they come."""

    def __init__(self, request_id: int) -> None:
        self.request_id = request_id
        self.values: dict[str, str | None] = {}
        self.news = asyncio.Event()
        self._parts: set[int] = set()
        self._last: int | None = None

    @property
    def complete(self) -> bool:
        """Tell whether the last part and all before it have come."""
        return self._last is not None and self._parts.issuperset(range(self._last + 1))

    def take(self, payload: JsonObject) -> None:
        """Take a part (B07.FR.08: ``tbc`` is absent from the last one)."""
        seq = payload.get("seqNo")
        if isinstance(seq, int) and 0 <= seq < _MAX_PARTS:
            self._parts.add(seq)
            if payload.get("tbc") is not True:
                self._last = seq
        for name, value in read_report(payload.get("reportData")):
            if len(self.values) < _MAX_VARIABLES:
                self.values[name] = value
        self.news.set()


class DeviceModel:
    """The variables of one charger."""

    def __init__(self, call: Call) -> None:
        """Take how to ask the charger."""
        self._call = call
        self._collecting: _Collection | None = None
        self._asking = asyncio.Lock()
        self._items = {ITEMS_PER_GET: _ITEMS, ITEMS_PER_SET: _ITEMS}

    def take_report(self, payload: JsonObject) -> None:
        """Take a NotifyReport; one that nobody asked for is left aside."""
        collecting = self._collecting
        if collecting is not None and payload.get("requestId") == collecting.request_id:
            collecting.take(payload)

    async def report(self) -> dict[str, str | None]:
        """Return every variable's actual value by name, as far as the charger tells.

        Raises NotConnectedError and CallTimeoutError. A report that breaks off is taken as it is.
        """
        async with self._asking:
            for base in _REPORTS:
                collection = _Collection(secrets.randbelow(INT32))
                self._collecting = collection
                try:
                    if await self._begin(base, collection):
                        self._learn(collection.values)
                        return collection.values
                finally:
                    self._collecting = None
        return {}

    async def get(self, names: Iterable[VariableName]) -> dict[str, str | None]:
        """Return the actual values of variables; those that the charger does not have are absent.

        Raises the connection's errors. A message that the charger does not take as a whole is said
        again in single ones.
        """
        found: dict[str, str | None] = {}
        for chunk in batched(names, self._items[ITEMS_PER_GET], strict=False):
            try:
                found |= await self._get(chunk)
            except CallFailedError:
                for single in chunk if len(chunk) > 1 else ():
                    with contextlib.suppress(CallFailedError):
                        found |= await self._get([single])
        self._learn(found)
        return found

    async def set(self, values: Mapping[str, str]) -> dict[str, str]:
        """Set variables by name; returns the SetVariableStatus of each.

        Raises InvalidRequestError for a name that is none, and the connection's errors. A message
        that the charger does not take as a whole is said again in single ones.
        """
        wanted = {VariableName.parse(name): value for name, value in values.items()}
        found: dict[str, str] = {}
        for chunk in batched(wanted.items(), self._items[ITEMS_PER_SET], strict=False):
            try:
                found |= await self._set(chunk)
            except CallFailedError as err:
                if len(chunk) == 1:
                    found[str(chunk[0][0])] = err.code
                    continue
                for single in chunk:
                    found |= await self._set_one(single)
        return found

    async def _begin(self, base: str, collection: _Collection) -> bool:
        """Ask for a report and collect it; tell whether the charger makes such ones."""
        payload = {"requestId": collection.request_id, "reportBase": base}
        try:
            response = await self._call("GetBaseReport", payload)
        except CallFailedError:
            return False
        if response.get("status") != ACCEPTED:
            return False
        while not collection.complete:
            collection.news.clear()
            try:
                async with asyncio.timeout(REPORT_PATIENCE):
                    await collection.news.wait()
            except TimeoutError:
                _LOGGER.info("A report broke off after %d variables", len(collection.values))
                break
        return True

    async def _get(self, chunk: Iterable[VariableName]) -> dict[str, str | None]:
        payload = {"getVariableData": [name.payload() for name in chunk]}
        response = await self._call("GetVariables", payload)
        accepted = [
            item
            for item in objects_of(response.get("getVariableResult"))
            if item.get("attributeStatus") == ACCEPTED
        ]
        return dict(read_values(accepted, "attributeValue", "attributeType"))

    async def _set(self, chunk: Iterable[tuple[VariableName, str]]) -> dict[str, str]:
        items = [{**name.payload(), "attributeValue": value} for name, value in chunk]
        response = await self._call("SetVariables", {"setVariableData": items})
        return {
            str(name): str(item.get("attributeStatus"))[:40]
            for item in objects_of(response.get("setVariableResult"))
            if (name := VariableName.read(item))
        }

    async def _set_one(self, item: tuple[VariableName, str]) -> dict[str, str]:
        try:
            return await self._set([item])
        except CallFailedError as err:
            return {str(item[0]): err.code}

    def _learn(self, values: Mapping[str, Any]) -> None:
        """Take how many variables the charger takes in one message (B06.FR.16, B05.FR.11)."""
        for key in self._items:
            if (count := count_of(values.get(key))) is not None:
                self._items[key] = max(1, count)


def count_of(text: str | None) -> int | None:
    """Return a whole number from 0 that a value is, None when it is none."""
    if not text:
        return None
    whole, _, decimals = text.strip().partition(".")
    is_count = whole.isascii() and whole.isdigit() and len(whole) < 7 and not decimals.strip("0")
    return int(whole) if is_count else None


def raise_for(name: str, status: str) -> str:
    """Return the status of a variable that was set; raises CallRejectedError for a refusal."""
    if status not in {ACCEPTED, REBOOT_REQUIRED}:
        raise CallRejectedError(f"SetVariables {name[:60]}", status)
    return status
