"""Answers what the other central system asks for; what it may not have never reaches the charger."""

from abc import ABC, abstractmethod
import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
import logging
from typing import Any, ClassVar

from ..commands import VendorMessage
from ..errors import CallRejectedError, CsmsError, InvalidRequestError, NotConnectedError
from ..fields import to_time
from ..redaction import is_secret_key, loggable
from ..rpc import JsonObject, RpcError
from ..schema import check_request
from .commanded import CommandedCharger
from .destination import ForwardingMode
from .errors import Reason, RequestRefusedError
from .profiles import ForeignProfile, read_profile
from .refusals import NEVER
from .traffic import BOOT, STATUS

_LOGGER = logging.getLogger(__name__)

ACCEPTED: JsonObject = {"status": "Accepted"}
_HEARTBEAT = "Heartbeat"
#: What of a charger may be triggered beside what we can say ourselves.
_TRIGGERS = {
    "DiagnosticsStatusNotification",
    "FirmwareStatusNotification",
    "LogStatusNotification",
    "MeterValues",
    "TransactionEvent",
}
#: Requests that reach a charger at once, and seconds until there may be one more.
_BURST, _EVERY = 10, 6.0
#: Entries of refusals that are counted; actions are the other's own text.
_MAX_COUNTED = 60

type Route = Callable[[JsonObject], Awaitable[JsonObject]]


class Requests(ABC):
    """The requests of one system about one charger."""

    version: ClassVar[str]
    refused: ClassVar[Mapping[str, JsonObject | None]]

    def __init__(
        self,
        charger: CommandedCharger,
        mode: ForwardingMode,
        clock: Callable[[], datetime],
        again: Callable[[str], bool],
        report: Callable[[str, Sequence[JsonObject]], bool],
    ) -> None:
        """Take the charger, what may be done with it, the time, and who tells what is asked for.

        ``again`` tells the newest message of a kind, ``report`` what is told once in several parts.
        """
        self.mode = mode
        self._charger = charger
        self._clock = clock
        self._again = again
        self._report = report
        self._reads = self._make_reads()
        self._commands = self._make_commands()
        self._budget = float(_BURST)
        self._spent_at = asyncio.get_running_loop().time()
        #: How often what was refused, and why, for diagnostics.
        self.refusals: Counter[str] = Counter()

    @abstractmethod
    def _make_reads(self) -> dict[str, Route]:
        """Return who answers what only reads, and never asks the charger."""

    @abstractmethod
    def _make_commands(self) -> dict[str, Route]:
        """Return who answers what the charger is asked for."""

    async def answer(self, action: str, payload: JsonObject) -> JsonObject:
        """Return the response; raises RpcError where there is none."""
        try:
            return await self._try(action, payload)
        except RequestRefusedError as err:
            reason = err.reason
        except NotConnectedError:
            reason = Reason.CHARGER_AWAY
        except CsmsError:
            reason = Reason.CHARGER_REFUSED
        return self._refuse(action, payload, reason)

    async def _try(self, action: str, payload: JsonObject) -> JsonObject:
        if read := self._reads.get(action):
            await self._check(action, payload)
            return await read(payload)
        if reason := NEVER.get(action):
            raise RequestRefusedError(reason)
        command = self._commands.get(action)
        if command is None:
            raise RequestRefusedError(Reason.NOT_FORWARDED)
        if self.mode is not ForwardingMode.PROXY:
            raise RequestRefusedError(Reason.READ_ONLY)
        await self._check(action, payload)
        self._spend()
        return await command(payload)

    def _refuse(self, action: str, payload: JsonObject, reason: Reason) -> JsonObject:
        counted = f"{loggable(action)[:40]}: {reason}"
        if counted in self.refusals or len(self.refusals) < _MAX_COUNTED:
            self.refusals[counted] += 1
        _LOGGER.debug("refused %s", counted)
        if action not in self._known:
            raise RpcError("NotImplemented", action[:50])
        if reason is Reason.INVALID:
            raise RpcError("PropertyConstraintViolation", reason.value)
        response = self._refusal(action, payload)
        if response is None:
            raise RpcError("NotSupported", reason.value)
        return response

    @property
    def _known(self) -> set[str]:
        return {*self.refused, *self._reads, *self._commands}

    def _refusal(self, action: str, payload: JsonObject) -> JsonObject | None:
        """Return how a request is refused, None where only an error says so."""
        return self.refused.get(action)

    async def _check(self, action: str, payload: JsonObject) -> None:
        try:
            await check_request(action, payload, self.version)
        except InvalidRequestError as err:
            raise RequestRefusedError(Reason.INVALID) from err

    def _spend(self) -> None:
        """Count a request that reaches the charger, so that it has time for its own house."""
        now = asyncio.get_running_loop().time()
        self._budget = min(_BURST, self._budget + (now - self._spent_at) / _EVERY)
        self._spent_at = now
        if self._budget < 1:
            raise RequestRefusedError(Reason.TOO_OFTEN)
        self._budget -= 1

    def _readable(self, key: str) -> bool:
        """Tell whether a setting may be told: no key, password or address of ours."""
        return key in self._charger.configuration and not is_secret_key(key)

    def _connector(self, number: int) -> int:
        if not self._charger.known_connector(number):
            raise RequestRefusedError(Reason.NOT_ALLOWED)
        return number

    async def _trigger(self, message: str, connector_id: int | None) -> JsonObject:
        """Say again what we know, without asking the charger; only who may ask it gets more."""
        if message in (BOOT, STATUS, _HEARTBEAT):
            # Any message is a sign of life; the newest status is the present one.
            self._again(BOOT if message == BOOT else STATUS)
            return ACCEPTED
        if self.mode is not ForwardingMode.PROXY:
            raise RequestRefusedError(Reason.READ_ONLY)
        if message not in _TRIGGERS:
            raise RequestRefusedError(Reason.NOT_FORWARDED)
        self._spend()
        await self._charger.trigger(message, connector_id)
        return ACCEPTED

    async def _set_profile(self, connector_id: int, payload: JsonObject) -> JsonObject:
        if connector_id:
            self._connector(connector_id)
        await self._charger.set_profile(await self._profile(connector_id, payload))
        return ACCEPTED

    async def _profile(
        self, connector_id: int, payload: JsonObject, *, starting: bool = False
    ) -> ForeignProfile:
        """Read a profile; a TxProfile is for its transaction, or what runs, or what is started."""
        transaction_id = None
        if not starting and payload.get("chargingProfilePurpose") == "TxProfile":
            name = payload.get("transactionId")
            transaction_id = (
                self._charger.running_transaction(connector_id)
                if name is None
                else await self._charger.our_transaction(name)
            )
            if transaction_id is None:
                raise RequestRefusedError(Reason.UNKNOWN_TRANSACTION)
        try:
            return read_profile(payload, connector_id, self._clock(), transaction_id)
        except ValueError as err:
            raise RequestRefusedError(Reason.INVALID) from err

    async def _composite(self, connector_id: int, payload: JsonObject, *told: str) -> JsonObject:
        """Ask the charger what its limits add up to; ``told`` are the fields of its answer."""
        if connector_id:
            self._connector(connector_id)
        answer = await self._charger.composite_schedule(payload)
        if answer.get("status") != ACCEPTED["status"]:
            raise RequestRefusedError(Reason.CHARGER_REFUSED)
        return ACCEPTED | {key: answer[key] for key in told if key in answer}

    async def _stop(self, name: int | str) -> JsonObject:
        transaction_id = await self._charger.our_transaction(name)
        if transaction_id is None:
            raise RequestRefusedError(Reason.UNKNOWN_TRANSACTION)
        await self._charger.remote_stop(transaction_id)
        return ACCEPTED

    async def _set_available(self, connector_id: int, *, available: bool) -> JsonObject:
        if connector_id:
            self._connector(connector_id)
        status = await self._charger.set_available(connector_id, available=available)
        return {"status": status}

    async def _reserve(
        self, connector_id: int, number: int, id_tag: str, until: object
    ) -> JsonObject:
        moment = to_time(until)
        if moment is None:
            raise RequestRefusedError(Reason.INVALID)
        status = await self._charger.reserve(connector_id, number, id_tag, moment)
        return {"status": status.value}

    async def _cancel_reservation(self, payload: JsonObject) -> JsonObject:
        if not await self._charger.cancel_reservation(payload["reservationId"]):
            raise RequestRefusedError(Reason.NOT_ALLOWED)
        return ACCEPTED

    async def _data_transfer(self, payload: JsonObject) -> JsonObject:
        message = VendorMessage(
            vendor_id=payload["vendorId"],
            message_id=payload.get("messageId"),
            data=payload.get("data"),
        )
        answer = await self._charger.data_transfer(message)
        data: dict[str, Any] = {} if answer.data is None else {"data": answer.data}
        return {"status": answer.status.value} | data

    async def _unlock(self, connector_id: int) -> JsonObject:
        try:
            await self._charger.unlock(self._connector(connector_id))
        except CallRejectedError:
            return {"status": "UnlockFailed"}
        return {"status": "Unlocked"}
