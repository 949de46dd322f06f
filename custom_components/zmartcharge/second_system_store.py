"""What must be known of a second central system, and of its charger, before the charger comes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Self

from homeassistant.core import HomeAssistant

from .csms import forwarding
from .kept_values import KeptValues
from .reservations import Reservation

_SAVE_AFTER = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeignReservation:
    """What the other's number of a reservation stands for: nothing but the very one that it made."""

    number: int
    made: Reservation

    def to_dict(self) -> dict[str, Any]:
        """Return it for a restart, ready for JSON."""
        return {"number": self.number, "made": self.made.to_dict()}

    @classmethod
    def from_dict(cls, kept: Mapping[str, Any]) -> Self:
        """Return what ``to_dict`` gave. Raises KeyError, TypeError or ValueError."""
        return cls(number=int(kept["number"]), made=Reservation.from_dict(kept["made"]))


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptSystem:
    """Of one charger: ``reservations`` are those that the other made, by the connectors' numbers.

    ``traveller`` None: the charger has never come. ``seen_at`` None: the other was never there.
    ``inoperative`` are the connectors that the other put out of operation (0: the whole charger),
    ``to_restore`` those of them that are to be put back: by now nobody wants them to be so.
    """

    traveller: forwarding.Traveller | None = None
    profiles: tuple[forwarding.ForeignProfile, ...] = ()
    reservations: Mapping[int, ForeignReservation] = field(default_factory=dict)
    seen_at: datetime | None = None
    inoperative: frozenset[int] = frozenset()
    to_restore: frozenset[int] = frozenset()

    def to_dict(self) -> dict[str, Any]:
        """Return it for a restart, ready for JSON."""
        kept: dict[str, Any] = {
            "profiles": [
                {
                    "payload": each.source,
                    "connector_id": each.connector_id,
                    "received_at": each.received_at.isoformat(),
                    "transaction_id": each.transaction_id,
                }
                for each in self.profiles
            ],
            "reservations": {str(key): each.to_dict() for key, each in self.reservations.items()},
            "seen_at": self.seen_at and self.seen_at.isoformat(),
            "inoperative": sorted(self.inoperative),
            "to_restore": sorted(self.to_restore),
        }
        if self.traveller is not None:
            kept |= {"version": self.traveller.version, "boot": self.traveller.boot}
        return kept

    @classmethod
    def from_dict(cls, kept: Mapping[str, Any]) -> Self:
        """Return what ``to_dict`` gave. Raises KeyError, TypeError or ValueError."""
        traveller = None
        if "boot" in kept:
            traveller = forwarding.Traveller(version=str(kept["version"]), boot=dict(kept["boot"]))
        profiles = tuple(
            forwarding.read_profile(
                dict(each["payload"]),
                int(each["connector_id"]),
                _moment(each["received_at"]),
                each["transaction_id"],
            )
            for each in kept["profiles"]
        )
        return cls(
            traveller=traveller,
            profiles=profiles,
            reservations={
                int(key): ForeignReservation.from_dict(each)
                for key, each in kept["reservations"].items()
            },
            seen_at=_moment(kept["seen_at"]) if kept["seen_at"] else None,
            inoperative=frozenset(map(int, kept.get("inoperative", ()))),
            to_restore=frozenset(map(int, kept.get("to_restore", ()))),
        )


class SecondSystemsStore(KeptValues[KeptSystem]):
    """By the chargers' subentry ids."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Prepare to keep them."""
        super().__init__(
            hass,
            "second_systems",
            read=KeptSystem.from_dict,
            write=KeptSystem.to_dict,
            save_after=_SAVE_AFTER,
        )


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)
