"""Connectors that are kept free for somebody: told to the charger, and kept over a restart."""

from collections.abc import Mapping
import contextlib
from dataclasses import dataclass, field
from datetime import UTC, datetime
import logging
import secrets
from typing import TYPE_CHECKING, Any, Self

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers.event import async_track_point_in_utc_time
from homeassistant.util import dt as dt_util

from .access import MAX_LENGTH_16, Token, normalised, refusal_of_token
from .const import DOMAIN
from .csms import CallFailedError, CsmsError, ReservationStatus, ReservationUpdate
from .kept_values import KeptValues
from .ledger import Session

if TYPE_CHECKING:
    from .charger import Charger
    from .connector import Connector
    from .token_register import TokenRegister

_LOGGER = logging.getLogger(__name__)

#: At once: a charger that keeps a place free must never be the only one that knows it.
_SAVE_AFTER = 0
_HIGHEST_ID = 2**31 - 1
#: What a charger without the messages for it says (OCPP-J 1.6, clause 4.2.3).
_MISSING = {"NotImplemented", "NotSupported"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reservation:
    """A connector is kept free for an idTag until a moment; times are aware UTC."""

    reservation_id: int
    id_tag: str = field(repr=False)
    made_at: datetime
    until: datetime

    def to_dict(self) -> dict[str, Any]:
        """Return it for a restart, ready for JSON."""
        return {
            "reservation_id": self.reservation_id,
            "id_tag": self.id_tag,
            "made_at": self.made_at.isoformat(),
            "until": self.until.isoformat(),
        }

    @classmethod
    def from_dict(cls, kept: Mapping[str, Any]) -> Self:
        """Return what ``to_dict`` gave. Raises KeyError, TypeError or ValueError."""
        return cls(
            reservation_id=int(kept["reservation_id"]),
            id_tag=str(kept["id_tag"]),
            made_at=datetime.fromisoformat(kept["made_at"]).astimezone(UTC),
            until=datetime.fromisoformat(kept["until"]).astimezone(UTC),
        )


class ReservationsStore(KeptValues[Reservation]):
    """By the connectors' keys."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Prepare to keep them."""
        super().__init__(
            hass,
            "reservations",
            read=Reservation.from_dict,
            write=Reservation.to_dict,
            save_after=_SAVE_AFTER,
        )


class Reservations:
    """Of one charger's connectors. The charger is who keeps others away."""

    def __init__(self, charger: Charger, store: ReservationsStore, tokens: TokenRegister) -> None:
        """Know what was kept; ``restore`` takes it up."""
        self._charger = charger
        self._store = store
        self._tokens = tokens
        self._timers: dict[str, CALLBACK_TYPE] = {}
        #: Ids of requests that were not answered: the charger may have taken them.
        self._unanswered: dict[str, int] = {}

    def of(self, connector: Connector) -> Reservation | None:
        """Return the reservation of a connector, None when it has none."""
        kept = self._store.values.get(connector.key)
        return kept if kept and kept.until > dt_util.utcnow() else None

    def holder(self, reservation: Reservation) -> str:
        """Return for whom a reservation is: the name of the card, or the end of its number."""
        token = self._tokens.get(reservation.id_tag) or Token(id_tag=reservation.id_tag)
        return token.label or token.masked

    async def reserve(self, connector: Connector, id_tag: str, until: datetime) -> None:
        """Keep a connector free for a registered card, given by number or name, until a moment.

        Another reservation of the connector is replaced. Raises the errors of the station and
        translated ones.
        """
        charger, now = self._charger, dt_util.utcnow()
        if until <= now:
            raise self._refusal("in_the_past")
        charger.gatekeeper.check()
        token = self._usable(id_tag, now)
        before, key = self.of(connector), connector.key
        reservation_id = (
            before.reservation_id
            if before
            else self._unanswered.get(key) or secrets.randbelow(_HIGHEST_ID) + 1
        )
        self._unanswered[key] = reservation_id
        reservation = Reservation(
            reservation_id=reservation_id, id_tag=token.id_tag, made_at=now, until=until
        )
        status = await self._ask(connector, reservation, token)
        self._unanswered.pop(key, None)
        if status is not ReservationStatus.ACCEPTED:
            raise self._refusal(status.value.lower())
        self._keep(connector, reservation)

    async def cancel(self, connector: Connector) -> None:
        """Give a connector's reservation up. Raises the errors of the station, and a translated one."""
        reservation = self.of(connector)
        if reservation is None:
            raise ServiceValidationError(
                translation_domain=DOMAIN,
                translation_key="not_reserved",
                translation_placeholders={"charger": self._charger.config.name},
            )
        # A charger that has none of this id says so, which comes to the same.
        await self._charger.station.cancel_reservation(reservation.reservation_id)
        self._forget(connector)

    @callback
    def begun(self, connector: Connector, session: Session, reservation_id: int | None) -> None:
        """Hear that a session began: it may be what the connector was reserved for."""
        reservation = self.of(connector)
        if reservation is None:
            return
        same = normalised(session.id_tag) == normalised(reservation.id_tag)
        if reservation_id == reservation.reservation_id or (
            # A session that was told late is none that was waited for.
            same and session.started_at >= reservation.made_at
        ):
            self._forget(connector)

    @callback
    def ended(self, update: ReservationUpdate) -> None:
        """Hear that a reservation ended without being used."""
        for connector in self._charger.connectors.values():
            reservation = self.of(connector)
            if reservation and reservation.reservation_id == update.reservation_id:
                _LOGGER.info("%s: reservation ended: %s", self._charger.config.name, update.end)
                self._forget(connector)

    @callback
    def restore(self) -> None:
        """Take up what was kept; what ended meanwhile is forgotten."""
        for connector in self._charger.connectors.values():
            if reservation := self.of(connector):
                self._watch(connector, reservation)
            elif connector.key in self._store.values:
                self._forget(connector)

    async def renew(self) -> None:
        """Tell a charger that has started what it may have forgotten.

        One that has not forgotten it replaces it by itself (OCPP 1.6, clause 5.13).
        """
        for connector in list(self._charger.connectors.values()):
            reservation = self.of(connector)
            if reservation is None:
                continue
            token = self._tokens.get(reservation.id_tag) or Token(id_tag=reservation.id_tag)
            with contextlib.suppress(CsmsError):
                status = await self._ask(connector, reservation, token)
                _LOGGER.debug("%s: reservation renewed: %s", self._charger.config.name, status)

    async def release(self) -> None:
        """Leave nothing reserved in a charger that is not ours any more."""
        for connector in self._charger.connectors.values():
            if reservation := self.of(connector):
                with contextlib.suppress(CsmsError):
                    await self._charger.station.cancel_reservation(reservation.reservation_id)
        self.forget()

    @callback
    def forget(self) -> None:
        """Forget all of them: the charger is another one now, or gone."""
        for connector in self._charger.connectors.values():
            self._forget(connector)

    @callback
    def close(self) -> None:
        """Stop the timers."""
        for cancel in self._timers.values():
            cancel()
        self._timers = {}

    def _usable(self, id_tag: str, now: datetime) -> Token:
        token = self._tokens.find(id_tag)
        if token is None:
            raise self._refusal("unknown_token")
        identity = self._charger.config.charge_point_id
        if refusal := refusal_of_token(token, identity, now):
            raise self._refusal(f"token_{refusal.reason}", token=token.label or token.masked)
        return token

    async def _ask(
        self, connector: Connector, reservation: Reservation, token: Token
    ) -> ReservationStatus:
        station, group = self._charger.station, token.group
        if group and len(group) > MAX_LENGTH_16 and station.version == "1.6":
            group = None
        try:
            return await station.reserve(
                connector.connector_id,
                reservation.reservation_id,
                reservation.id_tag,
                reservation.until,
                group,
            )
        except CallFailedError as err:
            if err.code in _MISSING:
                return ReservationStatus.REJECTED
            raise

    def _refusal(self, why: str, **more: str) -> HomeAssistantError:
        return ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key=f"reservation_{why}",
            translation_placeholders={"charger": self._charger.config.name, **more},
        )

    @callback
    def _keep(self, connector: Connector, reservation: Reservation) -> None:
        self._store.values[connector.key] = reservation
        self._store.changed()
        self._watch(connector, reservation)
        connector.async_notify()

    @callback
    def _watch(self, connector: Connector, reservation: Reservation) -> None:
        if cancel := self._timers.pop(connector.key, None):
            cancel()

        @callback
        def over(_now: datetime) -> None:
            self._timers.pop(connector.key, None)
            self._forget(connector)

        self._timers[connector.key] = async_track_point_in_utc_time(
            self._charger.hass, over, reservation.until
        )

    @callback
    def _forget(self, connector: Connector) -> None:
        if cancel := self._timers.pop(connector.key, None):
            cancel()
        self._unanswered.pop(connector.key, None)
        if self._store.values.pop(connector.key, None) is not None:
            self._store.changed()
            connector.async_notify()
