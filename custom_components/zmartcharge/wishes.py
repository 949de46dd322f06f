"""What people want of a connector's charging, kept over a restart."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, datetime, time
from typing import Any, Self

from homeassistant.core import HomeAssistant, callback
from homeassistant.util import dt as dt_util

from .kept_values import KeptValues
from .plan import Overrides, ReadyBySchedule
from .units import WattHour

_SAVE_AFTER = 5
#: When a car has to be ready as long as nobody says otherwise.
DEFAULT_READY_BY = time(7)
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """What a session is to come to in Wh, by when; None: of the session that is to begin."""

    ready_by: datetime
    energy: WattHour
    session_id: str | None

    def to_dict(self) -> dict[str, Any]:
        """Return it for a restart, ready for JSON."""
        return {
            "ready_by": self.ready_by.isoformat(),
            "energy": self.energy,
            "session_id": self.session_id,
        }

    @classmethod
    def from_dict(cls, kept: Mapping[str, Any]) -> Self:
        """Return what ``to_dict`` gave. Raises KeyError, TypeError or ValueError."""
        return cls(
            ready_by=datetime.fromisoformat(kept["ready_by"]).astimezone(UTC),
            energy=int(kept["energy"]),
            session_id=kept["session_id"],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Car:
    """The car that charges at a connector: how far a full battery takes it, and what that holds."""

    #: In km, as its owner knows it; cold and speed make it another.
    full_range: float
    battery: WattHour

    def added_range(self, energy: WattHour) -> float:
        """Return how many km an energy is worth: range by battery size (specification, A-32)."""
        return self.full_range / self.battery * energy

    def to_dict(self) -> dict[str, Any]:
        """Return it for a restart, ready for JSON."""
        return {"full_range": self.full_range, "battery": self.battery}

    @classmethod
    def from_dict(cls, kept: Mapping[str, Any]) -> Self:
        """Return what ``to_dict`` gave. Raises KeyError, TypeError or ValueError."""
        full_range, battery = float(kept["full_range"]), int(kept["battery"])
        if not (0 < full_range < float("inf") and battery > 0):
            raise ValueError("no car is so")
        return cls(full_range=full_range, battery=battery)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What is wanted of one connector.

    ``smart`` is None until somebody chose: then it is smart charging wherever the site's price is
    known. ``ready_by`` has a local time for each weekday (0 is Monday) on which the car is needed.
    ``energy`` is what a session has to come to in Wh, None for what it usually comes to.
    ``starts_alone``: a car that is plugged in is charged without anybody starting the session; None
    until somebody chose: then so it is where everybody may charge.
    """

    smart: bool | None = None
    ready_by: Mapping[int, time] = field(
        default_factory=lambda: dict.fromkeys(range(7), DEFAULT_READY_BY)
    )
    energy: WattHour | None = None
    starts_alone: bool | None = None
    overrides: Overrides = field(default_factory=Overrides)
    #: What the plan has promised.
    owed: Owed | None = None
    #: None as long as nobody said which.
    car: Car | None = None

    def owing(self, owed: Owed | None) -> Self:
        """Return the wishes with another promise."""
        return replace(self, owed=owed)

    @property
    def schedule(self) -> ReadyBySchedule:
        """Return when the car has to be ready."""
        return ReadyBySchedule(self.ready_by)

    @property
    def common_ready_by(self) -> time | None:
        """Return the time of most days, the earliest weekday's of equals; None without any."""
        times = [self.ready_by[day] for day in sorted(self.ready_by)]
        return max(times, key=times.count) if times else None

    def with_ready_by(self, days: Iterable[int], at: time | None) -> Self:
        """Return the wishes with another time on some weekdays; None: the car is not needed then."""
        chosen = set(days)
        times = {day: known for day, known in self.ready_by.items() if day not in chosen}
        if at is not None:
            times |= dict.fromkeys(chosen, at.replace(tzinfo=None))
        return replace(self, ready_by=times)

    def without_past(self, now: datetime) -> Self:
        """Return the wishes without what was said for a time that is over."""
        kept = {
            each.name: at
            for each in fields(Overrides)
            if (at := getattr(self.overrides, each.name)) is not None and at > now
        }
        overrides = Overrides(**kept)
        return self if overrides == self.overrides else replace(self, overrides=overrides)

    def to_dict(self) -> dict[str, Any]:
        """Return it for a restart, ready for JSON."""
        return {
            "smart": self.smart,
            "ready_by": {WEEKDAYS[day]: at.isoformat() for day, at in self.ready_by.items()},
            "energy": self.energy,
            "starts_alone": self.starts_alone,
            "overrides": {
                each.name: at.isoformat()
                for each in fields(Overrides)
                if (at := getattr(self.overrides, each.name)) is not None
            },
            "owed": self.owed and self.owed.to_dict(),
            "car": self.car and self.car.to_dict(),
        }

    @classmethod
    def from_dict(cls, kept: Mapping[str, Any]) -> Self:
        """Return what ``to_dict`` gave. Raises KeyError, TypeError or ValueError when it is damaged."""
        energy, smart, owed = kept["energy"], kept["smart"], kept.get("owed")
        car = kept.get("car")
        alone = kept["starts_alone"]
        return cls(
            smart=smart if smart is None else bool(smart),
            ready_by={
                WEEKDAYS.index(day): time.fromisoformat(at) for day, at in kept["ready_by"].items()
            },
            energy=energy if energy is None else int(energy),
            starts_alone=alone if alone is None else bool(alone),
            overrides=Overrides(
                **{
                    name: datetime.fromisoformat(at).astimezone(UTC)
                    for name, at in kept["overrides"].items()
                }
            ),
            owed=Owed.from_dict(owed) if owed else None,
            car=Car.from_dict(car) if car else None,
        )


class WishesStore(KeptValues[Wishes]):
    """By the connectors' keys; of one that is damaged the user's choice is asked anew."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Prepare to keep them."""
        super().__init__(
            hass,
            "wishes",
            read=Wishes.from_dict,
            write=Wishes.to_dict,
            save_after=_SAVE_AFTER,
        )

    def get(self, key: str) -> Wishes:
        """Return what is wanted of a connector now."""
        return self.values.get(key, Wishes()).without_past(dt_util.utcnow())

    @callback
    def set(self, key: str, wishes: Wishes) -> None:
        """Keep what is wanted of a connector."""
        self.values[key] = wishes
        self.changed()
