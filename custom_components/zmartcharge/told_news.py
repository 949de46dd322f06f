"""What people have been told of chargers already, over a restart."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Self

from homeassistant.core import HomeAssistant, callback

from .kept_values import KeptValues

_SAVE_AFTER = 1.0


@dataclass(slots=True)
class ToldOfConnector:
    """Of one connector; None: nothing yet.

    ``free``: whether it was when that was last known. ``fault``: the error code that was told.
    ``silent``: the session in which the charger was told not to be heard. ``cable``: the session after
    which the cable stayed in, and ``minutes`` how many were told. ``at_risk``: the time to be ready at
    that was told to be missed.
    """

    free: bool | None = None
    fault: str | None = None
    silent: str | None = None
    cable: str | None = None
    minutes: int = 0
    at_risk: datetime | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return it ready for JSON."""
        return {
            "free": self.free,
            "fault": self.fault,
            "silent": self.silent,
            "cable": self.cable,
            "minutes": self.minutes,
            "at_risk": self.at_risk and self.at_risk.isoformat(),
        }

    @classmethod
    def from_dict(cls, kept: dict[str, Any]) -> Self:
        """Return what ``to_dict`` gave; raises KeyError, TypeError or ValueError when damaged."""
        at_risk = kept["at_risk"]
        return cls(
            free=kept["free"],
            fault=kept["fault"],
            silent=kept["silent"],
            cable=kept["cable"],
            minutes=int(kept["minutes"]),
            at_risk=datetime.fromisoformat(at_risk).astimezone(UTC) if at_risk else None,
        )


@dataclass(slots=True)
class ToldOf:
    """Of one charger: the newest sessions by their ids, and those whose end is still to be told.

    ``sessions`` None: what there is, is old news.
    """

    charge_point_id: str
    sessions: set[str] | None = None
    unfinished: set[str] = field(default_factory=set)
    connectors: dict[int, ToldOfConnector] = field(default_factory=dict)

    def connector(self, connector_id: int) -> ToldOfConnector:
        """Return what was told of a connector."""
        return self.connectors.setdefault(connector_id, ToldOfConnector())

    def to_dict(self) -> dict[str, Any]:
        """Return it ready for JSON."""
        return {
            "charge_point_id": self.charge_point_id,
            "sessions": None if self.sessions is None else sorted(self.sessions),
            "unfinished": sorted(self.unfinished),
            "connectors": {str(n): each.to_dict() for n, each in self.connectors.items()},
        }

    @classmethod
    def from_dict(cls, kept: dict[str, Any]) -> Self:
        """Return what ``to_dict`` gave; raises KeyError, TypeError or ValueError when damaged."""
        sessions = kept["sessions"]
        return cls(
            charge_point_id=kept["charge_point_id"],
            sessions=None if sessions is None else {str(each) for each in sessions},
            unfinished={str(each) for each in kept["unfinished"]},
            connectors={
                int(n): ToldOfConnector.from_dict(each) for n, each in kept["connectors"].items()
            },
        )


class ToldStore(KeptValues[ToldOf]):
    """By the chargers' subentry ids."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Prepare to keep it."""
        super().__init__(
            hass, "told", read=ToldOf.from_dict, write=ToldOf.to_dict, save_after=_SAVE_AFTER
        )

    def of(self, subentry_id: str, charge_point_id: str) -> ToldOf:
        """Return what was told of a charger; one with another charge point id is another one."""
        told = self.values.get(subentry_id)
        if told is None or told.charge_point_id != charge_point_id:
            told = self.values[subentry_id] = ToldOf(charge_point_id)
        return told

    @callback
    def keep_only(self, subentry_ids: Collection[str]) -> None:
        """Forget the chargers that were removed."""
        for subentry_id in self.values.keys() - set(subentry_ids):
            del self.values[subentry_id]
            self.changed()
