"""The connectors of a charger that are kept free for a tag: OCPP 1.6, clauses 5.1 and 5.13."""

from datetime import datetime
from typing import Protocol

from .authorization import KnownIdTags
from .connector import Connector, ConnectorStatus, Reservation
from .evse import Evse
from .outbox import Outbox, Outgoing


class ReservationHost(Protocol):
    """The firmware whose connectors they are."""

    evse: Evse
    id_tags: KnownIdTags
    outbox: Outbox

    def settle(self, now: datetime) -> None:
        """Let statuses follow from what has happened."""
        ...


class Reservations:
    """Makes, gives up and ends reservations."""

    def __init__(self, host: ReservationHost) -> None:
        """Take the firmware."""
        self._host = host

    def reserve(self, connector_id: int, reservation: Reservation, now: datetime) -> str:
        """Reserve a connector and return the ReservationStatus (5.13)."""
        if not 1 <= connector_id <= len(self._host.evse.connectors):
            return "Rejected"
        connector = self._host.evse.connector(connector_id)
        same = connector.reservation
        match connector.status:
            case ConnectorStatus.FAULTED:
                return "Faulted"
            case ConnectorStatus.UNAVAILABLE:
                return "Unavailable"
            case ConnectorStatus.AVAILABLE:
                pass
            case ConnectorStatus.RESERVED if (
                same is not None and same.reservation_id == reservation.reservation_id
            ):
                pass
            case _:
                return "Occupied"
        connector.reservation = reservation
        self._host.settle(now)
        return "Accepted"

    def cancel(self, reservation_id: int, now: datetime) -> str:
        """Give a reservation up and return the CancelReservationStatus (5.1)."""
        for connector in self._host.evse.connectors:
            held = connector.reservation
            if held is not None and held.reservation_id == reservation_id:
                connector.reservation = None
                self._host.settle(now)
                return "Accepted"
        return "Rejected"

    def holds(self, reservation: Reservation | None, id_tag: str) -> bool:
        """Return whether a tag, or one of its group, is whom a reservation is for."""
        if reservation is None:
            return False
        parent = reservation.parent_id_tag
        return id_tag == reservation.id_tag or (
            parent is not None and parent == self._host.id_tags.parent(id_tag)
        )

    def settle(self, connector: Connector, now: datetime) -> None:
        """End what is over, or what a fault made impossible."""
        held = connector.reservation
        if held is not None and now >= held.expires_at:
            connector.reservation = None
            self._tell(held, "Expired")
        elif held is not None and connector.fault is not None:
            connector.reservation = None
            self._tell(held, "Removed")

    def _tell(self, ended: Reservation, how: str) -> None:
        """Tell that a reservation ended unused, where the version has a message for it."""
        if not self._host.outbox.tells_reservations:
            return
        payload = {"reservation_id": ended.reservation_id, "reservation_update_status": how}
        self._host.outbox.add(Outgoing(action="ReservationStatusUpdate", payload=payload))
