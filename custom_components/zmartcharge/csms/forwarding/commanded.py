"""What the other central system may have done: by our own commands, so that our limits stay on top."""

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from ..commands import ReservationStatus, VendorAnswer, VendorMessage
from ..rpc import JsonObject
from .profiles import ForeignProfile


class CommandedCharger(Protocol):
    """A charger as far as the other may ask it for something.

    Every request raises RequestRefusedError, or the errors of the station. Transactions are ours.
    """

    @property
    def configuration(self) -> Mapping[str, str | None]:
        """Return what the charger has told of its settings before; it is not asked."""

    def known_connector(self, connector_id: int) -> bool:
        """Tell whether there is such a connector."""

    async def our_transaction(self, name: int | str) -> int | None:
        """Return our number of a transaction by the other's number, or the charger's own name."""

    def running_transaction(self, connector_id: int) -> int | None:
        """Return our number of what runs on a connector (0: on the only one that has any)."""

    async def remote_start(
        self, connector_id: int | None, id_tag: str, profile: ForeignProfile | None
    ) -> None:
        """Start a session for a card that may charge here, on that connector or the one that fits."""

    async def remote_stop(self, transaction_id: int) -> None:
        """Stop a session."""

    async def set_profile(self, profile: ForeignProfile) -> None:
        """Limit charging, beside all limits of ours."""

    async def clear_profiles(
        self,
        *,
        profile_id: int | None,
        connector_id: int | None,
        purpose: str | None,
        stack_level: int | None,
    ) -> bool:
        """Lift limits that the other set; None fits all. False: there was none."""

    async def unlock(self, connector_id: int) -> None:
        """Release a cable."""

    async def set_available(self, connector_id: int, *, available: bool) -> str:
        """Put a connector (0: all) in or out of operation; returns ``Accepted`` or ``Scheduled``."""

    async def trigger(self, message: str, connector_id: int | None) -> None:
        """Ask the charger for a message, which is told as all are."""

    async def reserve(
        self, connector_id: int, reservation_id: int, id_tag: str, until: datetime
    ) -> ReservationStatus:
        """Keep a connector free for a registered card."""

    async def cancel_reservation(self, reservation_id: int) -> bool:
        """Give up what the other reserved; False: there is no such reservation."""

    async def composite_schedule(self, payload: JsonObject) -> JsonObject:
        """Return the response to GetCompositeSchedule: what all limits add up to, ours among them."""

    async def data_transfer(self, message: VendorMessage) -> VendorAnswer:
        """Hand on a message of a vendor's own."""
