"""The second central system of one charger: told what the charger says, heard where it may ask.

Nothing here is ever waited for in an answer to the charger, but the answer about a card that only
the other knows, or to a message of a vendor's own, and that for three seconds at most.
"""

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta
import logging
from typing import TYPE_CHECKING, Any

from homeassistant.core import CALLBACK_TYPE, callback
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from homeassistant.helpers.event import async_track_time_interval
from homeassistant.util import dt as dt_util

from .csms import CsmsError, NotConnectedError, forwarding
from .ledger import ForwardedMessage, LedgerError, Outbox
from .second_system_availability import SecondSystemAvailability
from .second_system_cards import VouchedCards
from .second_system_commands import SecondSystemCommands
from .second_system_limits import SecondSystemLimits
from .second_system_outbox import KeptOutbox
from .second_system_store import KeptSystem
from .second_system_vendor import VendorRelay

if TYPE_CHECKING:
    from .charger import Charger
    from .hub import Hub

_LOGGER = logging.getLogger(__name__)

#: A system that is gone for so long is told to the user, and one that refuses so often.
_GONE_FOR_LONG, _REFUSALS = timedelta(days=1), 3
_LOOK_EVERY = timedelta(minutes=10)


class SecondSystem:
    """Of one charger; without one configured it does nothing."""

    def __init__(self, charger: Charger, hub: Hub) -> None:
        """Do nothing yet."""
        self.cards = VouchedCards()
        self.limits = SecondSystemLimits(charger, self._keep_profiles, lambda: self.gone_since)
        self.availability = SecondSystemAvailability(self, charger)
        self.vendor = VendorRelay(charger)
        self.requests: forwarding.Requests | None = None
        #: Messages that wait, as counted last.
        self.waiting = 0
        self._charger = charger
        self._issues = hub.issues
        self._store = hub.second_systems
        #: What the charger said of itself since Home Assistant was started.
        self._boot: forwarding.Traveller | None = None
        self._link: forwarding.Link | None = None
        self._job: asyncio.Task[None] | None = None
        self._ending: set[asyncio.Task[None]] = set()
        self._timer: CALLBACK_TYPE | None = None
        self._counting = False
        self._refusals = 0
        self._was_connected = False

    @property
    def destination(self) -> forwarding.Destination | None:
        """Return what is configured."""
        return self._charger.config.second_system

    @property
    def traveller(self) -> forwarding.Traveller | None:
        """Return what the charger last said of itself, None when it has said nothing yet."""
        return self._boot or self.kept.traveller

    @property
    def connected(self) -> bool:
        """Tell whether the other is there and has accepted the charger."""
        return self._link is not None and self._link.connected

    @property
    def problem(self) -> forwarding.ForwardingError | None:
        """Return why it is not, None when it is or was not tried yet."""
        return self._link.problem if self._link else None

    @property
    def given_up(self) -> int:
        """Return how many messages the other did not take in spite of all patience."""
        return self._link.delivery.given_up if self._link else 0

    @property
    def gone_since(self) -> datetime | None:
        """Return since when the other is gone, None while it is there."""
        return self._link.seen_at if self._link and not self._link.connected else None

    @property
    def kept(self) -> KeptSystem:
        """Return what outlasts a restart."""
        return self._store.values.get(self._charger.config.subentry_id, KeptSystem())

    # Beginning and end ------------------------------------------------------------------------

    async def restore(self) -> None:
        """Take up what was kept, and begin to tell. Raises LedgerError."""
        self._end()
        self.availability.look()
        if self.destination is None:
            return
        await self._outbox.take_up(self._id)
        self.limits.restore(self.kept.profiles)
        self._begin()

    @callback
    def forget(self) -> None:
        """Forget what another charger was; what waits of it is kept under its own id."""
        self._end()
        self._boot = None
        self.limits.clear()
        self.availability.close()
        if self._store.values.pop(self._charger.config.subentry_id, None):
            self._store.changed()

    @callback
    def apply(self, before: forwarding.Destination | None) -> None:
        """Follow a changed configuration."""
        now = self.destination
        if now == before or not self._charger.config.subentry_id:
            return
        self._end()
        if now is None or (before is not None and not now.is_same_place(before)):
            # What waits is for the one, and its numbers are its own.
            self._charger.create_task(self._forget(), "forget the second system")
        elif now.mode is not forwarding.ForwardingMode.PROXY:
            self.limits.clear()
            self.availability.lift()
        if now is not None:
            self._begin()

    @callback
    def close(self) -> None:
        """Stop everything; what waits is kept."""
        self._end()
        self.limits.close()
        self.availability.close()

    async def ended(self) -> None:
        """Wait until connections that were ended are closed, which takes seconds at most."""
        if self._ending:
            await asyncio.wait(self._ending)

    async def release(self) -> None:
        """Forget everything: the charger is not ours any more."""
        self._end()
        await self._forget()
        try:
            await self.availability.restore()
        finally:
            self.forget()

    # What the charger says --------------------------------------------------------------------

    @callback
    def overhear(self, action: str, payload: dict[str, Any]) -> None:
        """Keep what is to be told, before the charger has its answer."""
        if not self._charger.connected:
            return
        version = self._charger.station.version
        if action == forwarding.BOOT:
            self._boot = forwarding.Traveller(version=version, boot=payload)
            self._introduce(self._boot)
        if self._link is None or action == forwarding.BOOT:
            return
        match forwarding.told(version, action, payload):
            case forwarding.Newest() as newest:
                self._link.tell(newest)
            case forwarding.Lasting() as lasting:
                message = ForwardedMessage(
                    charge_point_id=self._id,
                    key=lasting.key,
                    action=lasting.action,
                    payload=lasting.payload,
                    transaction_id=lasting.transaction_id,
                    opens=lasting.opens,
                    droppable=lasting.droppable,
                    queued_at=dt_util.utcnow(),
                )
                # Begins at once: it is written down no later than what the charger is answered by.
                self._charger.create_task(self._queue(message), "queue for the second system")

    @callback
    def overhear_answer(
        self, action: str, payload: dict[str, Any], response: dict[str, Any]
    ) -> None:
        """Note by which number of ours a transaction is known from now on."""
        if self._link is None:
            return
        number = response.get("transactionId")
        if action == forwarding.START_16 and isinstance(number, int):
            key = forwarding.key_of_start(payload)
            self._charger.create_task(self._name(key, number), "name for the second system")
        for connector in self._charger.connectors.values():
            self.limits.begun(connector)
        if self.limits.count:
            self.limits.look()

    @callback
    def charger_gone(self) -> None:
        """Tell that nobody can charge there now: the connection is ours, not the charger's."""
        traveller = self.kept.traveller
        if self._link is None or traveller is None:
            return
        at = dt_util.utcnow().strftime("%Y-%m-%dT%H:%M:%SZ")
        for number in self._charger.connectors:
            payload: dict[str, Any] = (
                {"connectorId": number, "errorCode": "NoError", "status": "Unavailable"}
                if traveller.version == "1.6"
                else {"evseId": number, "connectorId": 1, "connectorStatus": "Unavailable"}
            )
            status = {**payload, "timestamp": at}
            if isinstance(
                newest := forwarding.told(traveller.version, forwarding.STATUS, status),
                forwarding.Newest,
            ):
                self._link.tell(newest)

    # ----------------------------------------------------------------------------------------------

    @property
    def _id(self) -> str:
        return self._charger.config.charge_point_id

    @property
    def _outbox(self) -> Outbox:
        return self._charger.ledger.outbox

    @callback
    def keep(self, **changes: Any) -> None:
        """Keep changes of ``kept`` over a restart."""
        kept, subentry_id = replace(self.kept, **changes), self._charger.config.subentry_id
        self._store.values[subentry_id] = kept
        if kept == KeptSystem():
            del self._store.values[subentry_id]
        self._store.changed()

    @callback
    def _keep_profiles(self, profiles: tuple[forwarding.ForeignProfile, ...]) -> None:
        if profiles != self.kept.profiles:
            self.keep(profiles=profiles)

    @callback
    def _begin(self) -> None:
        destination = self.destination
        assert destination is not None
        link = self._link = forwarding.Link(
            destination,
            async_get_clientsession(self._charger.hass),
            KeptOutbox(self._outbox, self._id),
            self._answer,
            dt_util.utcnow,
            self._changed,
        )
        link.seen_at = self.kept.seen_at or link.seen_at
        self.cards.link = link
        self.vendor.link = link if destination.mode is forwarding.ForwardingMode.PROXY else None
        self._refusals, self._was_connected = 0, False
        if known := self.traveller:
            self._introduce(known)
        if self._charger.connected:
            self._charger.create_task(self._ask_the_charger(), "states for the second system")
        self._job = self._charger.create_task(link.run(), "second system")
        self._timer = async_track_time_interval(self._charger.hass, self._look, _LOOK_EVERY)
        self._recount()

    @callback
    def _end(self) -> None:
        if self._link is not None and self._link.connected:
            self.keep(seen_at=dt_util.utcnow())
        self._link = self.cards.link = self.vendor.link = self.requests = None
        if self._job:
            self._job.cancel()
            self._ending.add(self._job)
            self._job.add_done_callback(self._ending.discard)
            self._job = None
        if self._timer:
            self._timer()
            self._timer = None

    async def _ask_the_charger(self) -> None:
        """Have a charger tell again what nobody kept before."""
        try:
            if self._boot is None:
                await self._charger.station.trigger(forwarding.BOOT)
            await self._charger.station.trigger(forwarding.STATUS)
        except CsmsError as err:
            _LOGGER.info("%s does not repeat what it is: %s", self._charger.config.name, err)

    @callback
    def _introduce(self, traveller: forwarding.Traveller) -> None:
        if self._link is None:
            return
        if traveller != self.kept.traveller:
            self.keep(traveller=traveller)
        self.cards.version = traveller.version
        kind = forwarding.Requests16 if traveller.version == "1.6" else forwarding.Requests201
        if not isinstance(self.requests, kind):
            self.requests = kind(
                SecondSystemCommands(self, self._charger),
                self._link.destination.mode,
                dt_util.utcnow,
                self._link.again,
                self._link.report,
            )
        self._link.introduce(traveller)

    async def _answer(self, action: str, payload: dict[str, Any]) -> dict[str, Any]:
        if self.requests is None:
            raise NotConnectedError(self._charger.config.name)
        return await self.requests.answer(action, payload)

    async def _queue(self, message: ForwardedMessage) -> None:
        try:
            kept = await self._outbox.queue(message)
        except LedgerError as err:
            # The charger hears of the same trouble, and says it again.
            _LOGGER.warning("%s is not kept for the second system: %s", message.action, err)
            return
        if kept and self._link:
            self._link.wake()
            self._recount()

    async def _name(self, key: str, number: int) -> None:
        try:
            await self._outbox.name_transaction(self._id, key, number)
        except LedgerError as err:
            _LOGGER.warning("A transaction is not named for the second system: %s", err)

    async def _forget(self) -> None:
        self.limits.clear()
        self.availability.lift()
        self.waiting = 0
        subentry_id = self._charger.config.subentry_id
        self.keep(
            traveller=self.kept.traveller if self.destination else None,
            reservations={},
            seen_at=None,
        )
        self._issues.second_system_works(subentry_id)
        try:
            await self._outbox.forget(self._id)
        except LedgerError as err:
            self._charger.ledger_failed(err)
        self._recount()

    @callback
    def _changed(self) -> None:
        """Hear that the connection or what waits is another."""
        if self._link is None:
            return
        if self._link.connected != self._was_connected:
            self._was_connected = self._link.connected
            self.keep(seen_at=dt_util.utcnow())
            self.limits.look()
        if self._link.connected:
            self._refusals = 0
            self._issues.second_system_works(self._charger.config.subentry_id)
        elif isinstance(self._link.problem, forwarding.REFUSALS):
            self._refusals += 1
        self._look()
        self._recount()
        self._charger.async_notify()

    @callback
    def _look(self, _now: datetime | None = None) -> None:
        """Tell the user of a system that refuses the charger, or is gone for long."""
        problem, since = self.problem, self.gone_since
        if isinstance(problem, forwarding.REFUSALS) and self._refusals >= _REFUSALS:
            self._issues.second_system_fails(self._charger, problem.key)
        elif since is not None and dt_util.utcnow() - since > _GONE_FOR_LONG:
            self._issues.second_system_fails(self._charger, "gone")

    @callback
    def _recount(self) -> None:
        if not self._counting and self._link is not None:
            self._counting = True
            self._charger.create_task(self._count(), "count for the second system")

    async def _count(self) -> None:
        try:
            waiting = await self._outbox.count(self._id)
        except LedgerError:
            return
        finally:
            self._counting = False
        if waiting != self.waiting:
            self.waiting = waiting
            self._charger.async_notify()
