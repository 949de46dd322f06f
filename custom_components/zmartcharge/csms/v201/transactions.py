"""TransactionEvents as the transactions that the handler knows from OCPP 1.6.

A 2.0.1 charger names its transactions itself, and may begin one as soon as a cable is plugged in.
One of ours begins when somebody may charge or energy can flow; before that, a car is preparing.
Everything here may be said again (E04): a start finds what it began, values and ends count once.
"""

from dataclasses import replace

from ..messages import (
    AuthorizationStatus,
    Doubt,
    IdTagInfo,
    MeterValues,
    StartTransaction,
    StopTransaction,
)
from ..rpc import JsonObject
from ..station import ChargePointHandler
from .authorization import id_token_info
from .event import ENDED, STARTED, UPDATED, TransactionEvent
from .memory import SUSPENDED_EVSE, ChargerMemory, OwnTransaction

_ACTION = "TransactionEvent"
#: What brings about a transaction that nobody has been let charge in, where no state is told.
_ARRIVALS = {"CablePluggedIn", "EVDetected"}
#: What lets somebody charge in a transaction that may have begun before we were started.
_BEGINNINGS = {*_ARRIVALS, "Authorized", "RemoteStart"}


class Transactions201:
    """The transactions of one charger."""

    def __init__(
        self, handler: ChargePointHandler, memory: ChargerMemory, *, running_cost: bool = False
    ) -> None:
        """Take who keeps them, and what is remembered of them.

        ``running_cost``: the charger hears in answers what they cost so far (OCPP 2.1), not only
        what they cost in the end.
        """
        self._handler = handler
        self._memory = memory
        self._running_cost = running_cost

    async def hear(self, event: TransactionEvent) -> tuple[OwnTransaction | None, JsonObject]:
        """Take an event; return the transaction as it now is, and the response.

        Raises NotAcknowledgedError when it could not be kept: the charger says it again.
        """
        if event.own_id is None:
            # Never guess which one is meant; a register is the EVSE's all the same.
            await self._values(event, event.evse_id, None)
            return None, await self._answer(event, None)
        transaction = await self._known(event, event.own_id)
        await self._count(transaction, event)
        self._learn(transaction, event)
        info = None
        if transaction.transaction_id is None and transaction.ended_at is None:
            # It may have been kept although that could not be told: the charger says it again.
            kept = await self._handler.find_transaction(own_id=event.own_id)
            if kept and kept.stopped_at is None:
                transaction.transaction_id = kept.transaction_id
        if transaction.transaction_id is None and self._begins(transaction, event):
            info = await self._start(transaction, event)
        if event.kind != ENDED:
            await self._values(event, transaction.evse_id, transaction.transaction_id)
        else:
            info = await self._stop(transaction, event) or info
            transaction.ended_at = event.timestamp
        if event.seq is not None:
            transaction.last_seq = max(event.seq, transaction.last_seq or 0)
        if info is None and event.id_tag == transaction.decided_tag and transaction.decided:
            info = transaction.decided
            if event.kind != STARTED:
                # What was to be read then has been read.
                info = replace(info, message=None)
        answer = await self._answer(event, info)
        if (cost := await self._cost(event, transaction.transaction_id)) is not None:
            answer["totalCost"] = cost
        return transaction, answer

    async def _known(self, event: TransactionEvent, own_id: str) -> OwnTransaction:
        """Return what is known of the transaction, in memory or by whoever keeps them."""
        transaction = self._memory.transaction(own_id)
        if transaction is None and (kept := await self._handler.find_transaction(own_id=own_id)):
            transaction = OwnTransaction(
                own_id=own_id,
                evse_id=kept.connector_id,
                transaction_id=kept.transaction_id,
                ended_at=kept.stopped_at,
            )
        if transaction is None or _reused(transaction, event):
            transaction = OwnTransaction(own_id=own_id, complete=event.kind == STARTED)
        self._memory.remember(transaction)
        return transaction

    async def _count(self, transaction: OwnTransaction, event: TransactionEvent) -> None:
        """Note messages that are missing (E01.FR.07: seqNo counts them)."""
        last, seq = transaction.last_seq, event.seq
        if last is not None and seq is not None and seq > last + 1:
            await self._doubt(event, f"seqNo: {seq - last - 1} missing before {seq}")

    def _learn(self, transaction: OwnTransaction, event: TransactionEvent) -> None:
        """Take what the event says beside the energy."""
        transaction.evse_id = transaction.evse_id or event.evse_id or self._memory.only_evse
        last = transaction.last_seq
        newer = event.seq is not None and last is not None and event.seq > last
        transaction.hear_state(event.charging_state, event.credible_at, newer=newer)
        if transaction.id_tag is None:
            tag = self._memory.remote_tag(event.remote_start_id)
            transaction.id_tag = tag if event.id_tag is None else event.id_tag

    def _begins(self, transaction: OwnTransaction, event: TransactionEvent) -> bool:
        """Tell whether a transaction of ours begins: somebody may charge, or energy can flow."""
        told = transaction.id_tag is not None or transaction.flowed
        if event.kind == ENDED:
            return told or event.first_register != event.last_register
        if not transaction.evse_id:
            return False  # it will be told with the cable
        if transaction.charging_state is None:
            return told or event.trigger not in _ARRIVALS
        # Some say so of a car that waits for a card. Where none is needed, it waits for current.
        waits = transaction.charging_state == SUSPENDED_EVSE and self._memory.open_to_all
        return told or waits

    async def _start(self, transaction: OwnTransaction, event: TransactionEvent) -> IdTagInfo:
        at = event.timestamp
        if not transaction.complete and event.trigger not in _BEGINNINGS:
            await self._doubt(event, "its Started never came")
        if event.kind == ENDED:
            # All that is left of it: it began when its first value was measured, or earlier.
            at = min([at, *(snapshot.sampled_at for snapshot in event.snapshots)])
        answer = await self._handler.start_transaction(
            StartTransaction(
                connector_id=transaction.evse_id,
                id_tag=transaction.id_tag or "",
                meter_start=event.first_register,
                timestamp=at,
                reservation_id=event.reservation_id,
                own_id=transaction.own_id,
                resumed=not transaction.complete
                and transaction.id_tag is None
                and event.trigger not in _BEGINNINGS,
                raw=event.raw,
            )
        )
        transaction.transaction_id = answer.transaction_id
        transaction.decided, transaction.decided_tag = answer, transaction.id_tag
        return answer

    async def _stop(self, transaction: OwnTransaction, event: TransactionEvent) -> IdTagInfo | None:
        if transaction.transaction_id is None:
            # Nobody was let charge; what was measured is the EVSE's.
            await self._values(event, transaction.evse_id, None)
            return None
        status = await self._handler.stop_transaction(
            StopTransaction(
                transaction_id=transaction.transaction_id,
                meter_stop=event.last_register,
                timestamp=event.timestamp,
                reason=event.reason,
                id_tag=event.id_tag or None,
                snapshots=event.snapshots,
                raw=event.raw,
            )
        )
        return IdTagInfo(status=status)

    async def _cost(self, event: TransactionEvent, transaction_id: int | None) -> float | None:
        """Return what the transaction cost (I03) or costs so far (I02), None while not known.

        Without a register nobody knows what an ended one took; 0 would say that it was free.
        """
        ended = event.kind == ENDED and event.last_register is not None
        running = event.kind == UPDATED and self._running_cost
        if transaction_id is None or not (ended or running):
            return None
        return await self._handler.transaction_cost(transaction_id, ended=ended)

    async def _values(
        self, event: TransactionEvent, connector_id: int, transaction_id: int | None
    ) -> None:
        if event.snapshots:
            await self._handler.meter_values(
                MeterValues(
                    connector_id=connector_id,
                    transaction_id=transaction_id,
                    snapshots=event.snapshots,
                )
            )

    async def _answer(self, event: TransactionEvent, info: IdTagInfo | None) -> JsonObject:
        """Return the response: an idTokenInfo where a token was given (E01, C01)."""
        if event.unreadable_tag:
            return {"idTokenInfo": {"status": AuthorizationStatus.INVALID}}
        if event.id_tag is None:
            return {}
        if info is None and event.id_tag:
            info = await self._handler.authorize(event.id_tag)
        if info is not None and event.offline:
            # Nobody stands before it to read anything.
            info = replace(info, message=None)
        return {
            "idTokenInfo": id_token_info(info or IdTagInfo(status=AuthorizationStatus.ACCEPTED))
        }

    async def _doubt(self, event: TransactionEvent, reason: str) -> None:
        await self._handler.doubt(Doubt(action=_ACTION, reason=reason, payload=event.raw))


def _reused(transaction: OwnTransaction, event: TransactionEvent) -> bool:
    """Tell whether a charger gives another transaction the name of one that is over."""
    ended = transaction.ended_at
    return ended is not None and event.kind == STARTED and event.timestamp > ended
