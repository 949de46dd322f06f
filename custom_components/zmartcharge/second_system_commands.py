"""What a second central system may have done with a charger, by the commands that users have too."""

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, override

from homeassistant.exceptions import HomeAssistantError
from homeassistant.util import dt as dt_util

from .csms import ReservationStatus, VendorAnswer, VendorMessage, forwarding
from .ledger import LedgerError
from .second_system_store import ForeignReservation

if TYPE_CHECKING:
    from .charger import Charger
    from .connector import Connector
    from .second_system import SecondSystem

_REFUSED = forwarding.RequestRefusedError
_Reason = forwarding.Reason
#: What a refused reservation is in the words of OCPP.
_RESERVATION = {
    "reservation_faulted": ReservationStatus.FAULTED,
    "reservation_occupied": ReservationStatus.OCCUPIED,
    "reservation_unavailable": ReservationStatus.UNAVAILABLE,
}


class SecondSystemCommands(forwarding.CommandedCharger):
    """Of one charger."""

    def __init__(self, system: SecondSystem, charger: Charger) -> None:
        """Take who keeps what outlasts a command, and the charger."""
        self._system = system
        self._charger = charger

    @property
    @override
    def configuration(self) -> Mapping[str, str | None]:
        return self._charger.abilities.configuration

    @override
    def known_connector(self, connector_id: int) -> bool:
        return connector_id in self._charger.connectors

    @override
    async def our_transaction(self, name: int | str) -> int | None:
        try:
            if isinstance(name, int):
                return await self._charger.ledger.outbox.our_transaction(
                    self._charger.config.charge_point_id, name
                )
            found = await self._charger.messages.find_transaction(own_id=name)
        except LedgerError as err:
            raise _REFUSED(_Reason.NOT_ALLOWED) from err
        return found.transaction_id if found else None

    @override
    def running_transaction(self, connector_id: int) -> int | None:
        running = [
            each.session.transaction_id
            for each in self._charger.connectors.values()
            if each.session and each.in_session and connector_id in (0, each.connector_id)
        ]
        return running[0] if len(running) == 1 else None

    @override
    async def remote_start(
        self, connector_id: int | None, id_tag: str, profile: forwarding.ForeignProfile | None
    ) -> None:
        charger = self._charger
        connector = self._free_connector(connector_id)
        reservation = connector.reservation
        if reservation is not None and reservation.id_tag != id_tag:
            raise _REFUSED(_Reason.NOT_ALLOWED)
        # Who may charge is decided here; whom the other sends for, it vouches for.
        self._system.cards.sent_for(id_tag, dt_util.utcnow())
        if not charger.gatekeeper.may_start(id_tag, connector.connector_id):
            raise _REFUSED(_Reason.NOT_ALLOWED)
        await connector.begin(id_tag)
        if profile is not None:
            await self.set_profile(profile)

    @override
    async def remote_stop(self, transaction_id: int) -> None:
        for connector in self._charger.connectors.values():
            session = connector.session
            if connector.in_session and session and session.transaction_id == transaction_id:
                await connector.stop()
                return
        raise _REFUSED(_Reason.UNKNOWN_TRANSACTION)

    @override
    async def set_profile(self, profile: forwarding.ForeignProfile) -> None:
        self._system.limits.put(profile)

    @override
    async def clear_profiles(
        self,
        *,
        profile_id: int | None,
        connector_id: int | None,
        purpose: str | None,
        stack_level: int | None,
    ) -> bool:
        def matches(profile: forwarding.ForeignProfile) -> bool:
            # A named profile is that one, whatever else is said (OCPP 1.6, clause 5.3).
            if profile_id is not None:
                return profile.profile_id == profile_id
            return (
                connector_id in (None, profile.connector_id)
                and purpose in (None, profile.purpose)
                and stack_level in (None, profile.stack_level)
            )

        return self._system.limits.drop(matches)

    @override
    async def unlock(self, connector_id: int) -> None:
        await self._connector(connector_id).unlock()

    @override
    async def set_available(self, connector_id: int, *, available: bool) -> str:
        if available and not self._charger.config.enabled:
            raise _REFUSED(_Reason.NOT_ALLOWED)
        return await self._system.availability.command(connector_id, available=available)

    @override
    async def trigger(self, message: str, connector_id: int | None) -> None:
        await self._charger.station.trigger(message, connector_id)

    @override
    async def reserve(
        self, connector_id: int, reservation_id: int, id_tag: str, until: datetime
    ) -> ReservationStatus:
        connector = self._connector(connector_id) if connector_id else self._free_connector(None)
        if connector.reservation is not None and self._reserved(connector) != reservation_id:
            # It is kept free for somebody by the house.
            return ReservationStatus.OCCUPIED
        try:
            await self._charger.reservations.reserve(connector, id_tag, until)
        except HomeAssistantError as err:
            return _RESERVATION.get(err.translation_key or "", ReservationStatus.REJECTED)
        if made := connector.reservation:
            self._keep_reservation(connector, ForeignReservation(number=reservation_id, made=made))
        return ReservationStatus.ACCEPTED

    @override
    async def cancel_reservation(self, reservation_id: int) -> bool:
        for connector in self._charger.connectors.values():
            if self._reserved(connector) == reservation_id:
                await self._charger.reservations.cancel(connector)
                self._keep_reservation(connector, None)
                return True
        return False

    @override
    async def composite_schedule(self, payload: dict[str, Any]) -> dict[str, Any]:
        return await self._charger.station.call("GetCompositeSchedule", payload)

    @override
    async def data_transfer(self, message: VendorMessage) -> VendorAnswer:
        return await self._charger.station.data_transfer(message)

    def _reserved(self, connector: Connector) -> int | None:
        """Return the other's number of a connector's reservation, None for one of the house's."""
        theirs = self._system.kept.reservations.get(connector.connector_id)
        return theirs.number if theirs and theirs.made == connector.reservation else None

    def _keep_reservation(self, connector: Connector, theirs: ForeignReservation | None) -> None:
        kept = {**self._system.kept.reservations}
        kept.pop(connector.connector_id, None)
        if theirs:
            kept[connector.connector_id] = theirs
        self._system.keep(reservations=kept)

    def _connector(self, connector_id: int) -> Connector:
        connector = self._charger.connectors.get(connector_id)
        if connector is None:
            raise _REFUSED(_Reason.NOT_ALLOWED)
        return connector

    def _free_connector(self, connector_id: int | None) -> Connector:
        """Return a connector without a session, where a car is plugged in if there is one."""
        found: list[Connector] = (
            list(self._charger.connectors.values())
            if not connector_id
            else [self._connector(connector_id)]
        )
        free = [each for each in found if not each.in_session]
        if not free:
            raise _REFUSED(_Reason.NOT_ALLOWED)
        return next((each for each in free if each.plugged), free[0])
