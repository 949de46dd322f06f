"""What people said when their chargers were offered to the Energy dashboard."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Self

from homeassistant.components.energy.data import DeviceConsumption
from homeassistant.core import HomeAssistant, callback

from .kept_values import KeptValues

_SAVE_AFTER = 1.0


class Settled(StrEnum):
    """What became of the offer."""

    ADDED = "added"
    DECLINED = "declined"
    #: What is there was added by the user, or changed.
    OWN = "own"


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of the offer, which statistic it was about, and what was added, if anything was."""

    settled: Settled
    statistic: str
    device: DeviceConsumption | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return it ready for JSON."""
        return {
            "settled": self.settled.value,
            "statistic": self.statistic,
            "device": self.device,
        }

    @classmethod
    def from_dict(cls, kept: dict[str, Any]) -> Self:
        """Return what ``to_dict`` gave; raises KeyError, TypeError or ValueError when damaged."""
        return cls(Settled(kept["settled"]), str(kept["statistic"]), kept.get("device"))


class EnergyAnswers(KeptValues[Answer]):
    """By the chargers' subentry ids."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Prepare to keep them."""
        super().__init__(
            hass,
            "energy_dashboard",
            read=Answer.from_dict,
            write=Answer.to_dict,
            save_after=_SAVE_AFTER,
        )

    @callback
    def note(self, subentry_id: str, answer: Answer) -> None:
        """Keep what became of an offer."""
        self.values[subentry_id] = answer
        self.changed()
