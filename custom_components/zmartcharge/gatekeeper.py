"""Who may charge at a charger: asks the rules, tells the charger, and sees to it that it obeys."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
import logging
from typing import TYPE_CHECKING

from homeassistant.core import CALLBACK_TYPE, callback
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers.event import async_call_later
from homeassistant.util import dt as dt_util

from .access import (
    AccessRules,
    Allowed,
    AllowedReason,
    Decision,
    Learned,
    Learning,
    OfflineBehaviour,
    OpenTransaction,
    Purpose,
    Refusal,
    RefusalReason,
    Request,
    StartMethod,
    decide,
    learn,
    normalised,
    present,
    status_16,
)
from .const import DOMAIN, ID_TAG_HOME_ASSISTANT
from .csms import AuthorizationStatus, CsmsError, IdTagInfo, StartTransaction
from .ledger import LedgerError, Session, SessionFlag, TokenRecord

if TYPE_CHECKING:
    from .charger import Charger
    from .hub import Hub

_LOGGER = logging.getLogger(__name__)

#: A charger that was told that nobody may charge ends the session by itself within this.
_OBEYS_WITHIN = timedelta(seconds=30)
#: One that does not stop when it is told to is told again after this.
_AGAIN = timedelta(minutes=5)
#: A session that a charger tells of so much later than it began, began while it was offline.
_LATE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Presented:
    """A card was held to the charger, and this was decided of it.

    ``learned``: it was registered by that. ``registered``: it is one of ours.
    """

    id_tag: str
    decision: Decision
    registered: bool
    learned: bool = False


class Gatekeeper:
    """Of one charger."""

    def __init__(self, charger: Charger, hub: Hub) -> None:
        """Let in whom the configuration and the register let in."""
        self._charger = charger
        self._hub = hub
        self._learning: Learning | None = None
        #: What the card that is waited for is to be registered as; its idTag is not known yet.
        self._as: TokenRecord | None = None
        self._listeners: list[Callable[[Presented], None]] = []
        self._evictions: dict[str, CALLBACK_TYPE] = {}
        #: Sessions that may not be, and are not over for all that is known, by their ids.
        self._refused: dict[str, Refusal] = {}
        #: The card that the charger has just asked about.
        self._asked: str | None = None

    @property
    def rules(self) -> AccessRules:
        """Return what holds whoever comes."""
        config = self._charger.config
        return AccessRules(
            access=config.access,
            enabled=config.enabled,
            offline=config.offline or OfflineBehaviour.LOCAL_LIST,
        )

    @callback
    def async_on_card(self, listener: Callable[[Presented], None]) -> CALLBACK_TYPE:
        """Call ``listener`` with each card that is held to the charger."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    @callback
    def learn(self, record: TokenRecord, duration: timedelta, *, may_charge: bool) -> None:
        """Register the next unknown card like this, whose idTag is a placeholder."""
        self._learning = learn(dt_util.utcnow(), duration=duration, may_charge=may_charge)
        self._as = record

    def may_start(self, id_tag: str, connector_id: int) -> bool:
        """Tell whether somebody who is not here may begin a session with a card now."""
        if not id_tag or _is_own(id_tag):
            return False
        return isinstance(self.decide_start(id_tag, connector_id), Allowed)

    def decide_start(self, id_tag: str, connector_id: int | None) -> Decision:
        """Return whether a session may begin now in the name of an idTag, or of Home Assistant."""
        return self._decide(id_tag, Purpose.START, connector_id, dt_util.utcnow())

    @callback
    def check(self) -> None:
        """Raise a translated error when not even Home Assistant may start a session now."""
        decision = self.decide_start(ID_TAG_HOME_ASSISTANT, None)
        if isinstance(decision, Refusal):
            raise ServiceValidationError(
                translation_domain=DOMAIN,
                translation_key=f"refused_{decision.reason}",
                translation_placeholders={"charger": self._charger.config.name},
            )

    async def authorize(self, id_tag: str) -> IdTagInfo:
        """Answer a charger that asks about an idTag."""
        now = dt_util.utcnow()
        learned = await self._learn(id_tag, now)
        decision = learned.refusal or self._decide(id_tag, Purpose.AUTHORIZE, None, now)
        if is_unknown(decision) and self._charger.second_system.cards.asks:
            await self._charger.second_system.cards.ask(id_tag, now)
            decision = self._decide(id_tag, Purpose.AUTHORIZE, None, now)
        self._asked = id_tag
        if isinstance(decision, Allowed) and decision.reason is AllowedReason.REGISTERED:
            await self._forgive()
        self._card(id_tag, decision, learned=learned.id_tag is not None)
        return _info(decision)

    async def begin(
        self, start: StartTransaction, session: Session, *, duplicate: bool
    ) -> IdTagInfo:
        """Answer a charger that has begun a session; one that may not be is ended."""
        now = dt_util.utcnow()
        # The charger's own time may be an impossible one; the ledger's is believed.
        late = now - session.started_at >= _LATE
        decision: Decision = self._refused.get(session.id) or self._decide(
            start.id_tag,
            Purpose.START,
            start.connector_id,
            session.started_at if late else now,
            _how(late=late, goes_on=duplicate or start.resumed),
        )
        if not duplicate and not late:
            # A charger that knows the card starts without asking; one that asked has told of it.
            if start.id_tag not in ("", self._asked):
                self._card(start.id_tag, decision)
            self._asked = None
        if isinstance(decision, Refusal) and session.stopped_at is None:
            if session.id not in self._refused:
                await self._note(session, refused=True)
            self._refused[session.id] = decision
            self._evict_later(session)
        return _info(decision)

    @callback
    def take_up(self, session: Session) -> None:
        """Take up a session that was refused before Home Assistant was restarted."""
        if SessionFlag.REFUSED in session.flags:
            self._refused[session.id] = Refusal(RefusalReason.AUTHORIZATION_REQUIRED)
            self._evict_later(session)

    @callback
    def ended(self, session: Session) -> bool:
        """Hear that a session is over; tell whether it was one that may not have been."""
        return self._refused.pop(session.id, None) is not None

    async def _forgive(self) -> None:
        """Let a refused session go on: somebody who may charge has come to it."""
        refused = [
            session
            for connector in self._charger.connectors.values()
            if (session := connector.session) and session.id in self._refused
        ]
        # With several nobody knows which one is meant, nor is somebody else's card forgiven.
        alone = len(self._charger.connectors) == 1
        if len(refused) == 1 and (alone or not refused[0].id_tag):
            for session in refused:
                del self._refused[session.id]
                if cancel := self._evictions.pop(session.id, None):
                    cancel()
                await self._note(session, refused=False)

    async def _note(self, session: Session, *, refused: bool) -> None:
        try:
            await self._hub.ledger.refuse(session.id, refused=refused)
        except LedgerError as err:
            self._hub.issues.ledger_failed(err)

    @callback
    def refuses(self, session: Session) -> bool:
        """Tell whether a session goes on that may not be."""
        return session.id in self._refused

    @callback
    def close(self) -> None:
        """Stop timers."""
        for cancel in self._evictions.values():
            cancel()
        self._evictions = {}

    def _decide(
        self,
        id_tag: str,
        purpose: Purpose,
        connector_id: int | None,
        at: datetime,
        how: StartMethod | None = None,
    ) -> Decision:
        own = _is_own(id_tag)
        if own:
            how = StartMethod.HOME_ASSISTANT
        elif how is None:
            how = StartMethod.RFID if id_tag else StartMethod.PLUGGED_IN
        request = Request(
            charger=self._charger.config.charge_point_id,
            at=at,
            how=how,
            purpose=purpose,
            connector=connector_id,
            id_tag=None if own else id_tag,
            token=None if own else self._hub.tokens.get(id_tag),
            open_transactions=self._open_transactions,
        )
        decision = decide(request, self.rules)
        if is_unknown(decision) and (until := self._charger.second_system.cards.until(id_tag, at)):
            return Allowed(reason=AllowedReason.VOUCHED_FOR, valid_until=until)
        return decision

    @property
    def _open_transactions(self) -> tuple[OpenTransaction, ...]:
        """Return the sessions that are known to go on: those of chargers that are there."""
        running = [
            (charger, connector.session)
            for charger in self._hub.chargers.values()
            for connector in charger.connectors.values()
            if connector.in_session
            # One whose end was lost: the cable was out since.
            and connector.plugged is not False
            and (charger.online or charger is self._charger)
            and not (connector.session and charger.gatekeeper.refuses(connector.session))
        ]
        return tuple(
            OpenTransaction(
                charger=charger.config.charge_point_id,
                connector=session.connector_id,
                id_tag=None if _is_own(session.id_tag) else session.id_tag or None,
                group=token.group if (token := self._hub.tokens.get(session.id_tag)) else None,
            )
            for charger, session in running
            if session is not None
        )

    async def _learn(self, id_tag: str, now: datetime) -> Learned:
        """Register a card that is waited for."""
        known = self._hub.tokens.keys | {normalised(ID_TAG_HOME_ASSISTANT)}
        learned = present(self._learning, id_tag, known, now)
        self._learning = learned.learning
        if learned.id_tag is not None and self._as is not None:
            try:
                await self._hub.tokens.put(replace(self._as, id_tag=learned.id_tag), now)
            except LedgerError as err:
                self._hub.issues.ledger_failed(err)
                return replace(learned, id_tag=None)
        return learned

    @callback
    def _card(self, id_tag: str, decision: Decision, *, learned: bool = False) -> None:
        """Tell of a card that was held to the charger."""
        if not id_tag or _is_own(id_tag):
            return
        registered = self._hub.tokens.get(id_tag) is not None
        if isinstance(decision, Refusal):
            _LOGGER.info("%s refuses a card: %s", self._charger.config.name, decision.reason)
        elif registered:
            self._charger.create_task(self._used(id_tag), "token used")
        for listener in list(self._listeners):
            listener(Presented(id_tag, decision, registered=registered, learned=learned))

    async def _used(self, id_tag: str) -> None:
        try:
            await self._hub.tokens.used(
                id_tag, dt_util.utcnow(), self._charger.config.charge_point_id
            )
        except LedgerError as err:
            self._hub.issues.ledger_failed(err)

    @callback
    def _evict_later(self, session: Session, wait: timedelta = _OBEYS_WITHIN) -> None:
        """End a refused session by command, if the charger has not done so (OCPP 1.6, 9.1.27)."""

        @callback
        def evict(_now: datetime) -> None:
            self._evictions.pop(session.id, None)
            connector = self._charger.connectors.get(session.connector_id)
            running = connector.session if connector and connector.in_session else None
            if not running or running.id != session.id:
                return
            # A charger that is away is told when it is there again; one may accept and not obey.
            self._evict_later(session, _AGAIN if self._charger.connected else _OBEYS_WITHIN)
            if self._charger.connected:
                self._charger.create_task(self._evict(session), "refused session")

        if session.id not in self._evictions:
            self._evictions[session.id] = async_call_later(self._charger.hass, wait, evict)

    async def _evict(self, session: Session) -> None:
        try:
            await self._charger.station.remote_stop(session.transaction_id)
        except CsmsError as err:
            _LOGGER.warning(
                "%s goes on with a session that was refused: %s", self._charger.config.name, err
            )


def is_unknown(decision: Decision) -> bool:
    """Tell whether nothing speaks against somebody but that nobody knows the card."""
    return isinstance(decision, Refusal) and decision.reason is RefusalReason.UNKNOWN


def _is_own(id_tag: str) -> bool:
    """Tell whether an idTag is the one that Home Assistant gives; chargers may change its case."""
    return normalised(id_tag) == normalised(ID_TAG_HOME_ASSISTANT)


def _how(*, late: bool, goes_on: bool) -> StartMethod | None:
    if goes_on:
        return StartMethod.RESUMED
    return StartMethod.OFFLINE if late else None


def _info(decision: Decision) -> IdTagInfo:
    """Return what a charger is told of a decision, and may remember of it."""
    status = AuthorizationStatus(status_16(decision).value)
    if isinstance(decision, Refusal):
        return IdTagInfo(status=status)
    return IdTagInfo(status=status, group=decision.group, valid_until=decision.valid_until)
