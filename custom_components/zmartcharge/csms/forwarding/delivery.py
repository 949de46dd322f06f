"""Delivers what waits, in its order, and gives up what the other will never take."""

from collections.abc import Callable
from datetime import datetime, timedelta
import logging

from ..errors import CallFailedError, CallTimeoutError
from ..fields import INT32
from ..rpc import JsonObject, Rpc
from .outbox import Outbox, Queued
from .traffic import EVENT_201, START_16

_LOGGER = logging.getLogger(__name__)

#: Messages that are looked at together.
_BATCH = 20
#: Errors that say of a message that it can never be taken (OCPP-J 1.6 and 2.0.1, clause 4.2.3).
_PERMANENT = {
    "FormationViolation",
    "FormatViolation",
    "MessageTypeNotSupported",
    "NotImplemented",
    "NotSupported",
    "OccurenceConstraintViolation",
    "OccurrenceConstraintViolation",
    "PropertyConstraintViolation",
    "ProtocolError",
    "RpcFrameworkError",
    "TypeConstraintViolation",
}
#: How often a message is said that is refused for good, and what may be taken later: about a day.
_ATTEMPTS, _PATIENT_ATTEMPTS = 3, 150
_FIRST_WAIT, _LONGEST_WAIT = 5.0, 600.0
#: A message that is delivered so much later was kept while there was no connection.
_LATE = timedelta(minutes=1)


class Delivery:
    """Of one charger, over all connections."""

    def __init__(
        self,
        name: str,
        outbox: Outbox,
        clock: Callable[[], datetime],
        seconds: Callable[[], float],
        changed: Callable[[], None],
        scale: float = 1.0,
    ) -> None:
        """Take what waits, the time (aware UTC), a clock for waiting, and who hears of progress.

        ``scale`` shortens all waits, for tests.
        """
        self._name = name
        self._outbox = outbox
        self._clock = clock
        self._seconds = seconds
        self._changed = changed
        self._scale = scale
        self._attempts: tuple[int, int] = (0, 0)
        self._not_before = 0.0
        #: Messages that the other did not take in spite of all patience.
        self.given_up = 0

    def pause(self) -> float | None:
        """Return for how many seconds nothing is to be delivered, None when nothing holds it up."""
        left = self._not_before - self._seconds()
        return left if left > 0 else None

    async def run(self, rpc: Rpc, timeout: float) -> None:
        """Deliver what waits, or as much as is taken now.

        Raises OutboxError, NotConnectedError, and CallTimeoutError when the other does not answer.
        """
        while self.pause() is None:
            batch = await self._outbox.waiting(_BATCH)
            if not batch:
                return
            for queued in batch:
                theirs = await self._tell(rpc, queued, timeout)
                if self.pause() is not None:
                    return
                if queued.action == START_16 or theirs is not None:
                    # What follows is looked up anew, with the number that the other gave.
                    break

    async def _tell(self, rpc: Rpc, queued: Queued, timeout: float) -> int | None:
        payload = self._payload(queued)
        if payload is None:
            await self._give_up(queued, "its transaction was never taken")
            return None
        try:
            response = await rpc.call(queued.action, payload, timeout=timeout)
        except CallFailedError as err:
            await self._refused(queued, err.code)
            return None
        except CallTimeoutError:
            await self._refused(queued, "")
            raise
        theirs = _their_number(response) if queued.action == START_16 else None
        if queued.action == START_16 and theirs is None:
            await self._refused(queued, "without a transactionId")
            return None
        await self._outbox.done(queued.number, theirs)
        self._attempts = (0, 0)
        self._changed()
        return theirs

    def _payload(self, queued: Queued) -> JsonObject | None:
        """Return what is said; None when the other never learned of the transaction."""
        payload = dict(queued.payload)
        if queued.action == EVENT_201 and self._clock() - queued.queued_at > _LATE:
            # OCPP 2.0.1, E04: an event that is told later happened while offline.
            payload["offline"] = True
        if queued.transaction_id is None or queued.action == START_16:
            return payload
        if queued.their_transaction_id is None:
            return None
        return {**payload, "transactionId": queued.their_transaction_id}

    async def _refused(self, queued: Queued, code: str) -> None:
        """Count an attempt; wait with the next one, or give the message up."""
        number, attempts = self._attempts
        attempts = attempts + 1 if number == queued.number else 1
        self._attempts = (queued.number, attempts)
        hopeless = queued.droppable or code in _PERMANENT
        if attempts >= (_ATTEMPTS if hopeless else _PATIENT_ATTEMPTS):
            await self._give_up(queued, code or "no answer")
            return
        wait = min(_LONGEST_WAIT, _FIRST_WAIT * 2 ** min(attempts - 1, 10))
        self._not_before = self._seconds() + wait * self._scale

    async def _give_up(self, queued: Queued, why: str) -> None:
        _LOGGER.warning("%s: %s was given up: %s", self._name, queued.action, why[:50])
        self.given_up += 1
        self._attempts = (0, 0)
        await self._outbox.done(queued.number)
        self._changed()


def _their_number(response: JsonObject) -> int | None:
    number = response.get("transactionId")
    if isinstance(number, bool) or not isinstance(number, int) or abs(number) > INT32:
        return None
    return number
