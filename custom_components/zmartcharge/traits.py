"""What is known of a charger by its make, and what it has shown of itself, kept over a restart."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Self

from homeassistant.core import HomeAssistant, callback

from .const import OFFLINE_REPAIR_AFTER
from .csms import Boot, Learned, Make, Station, make_of
from .kept_values import KeptValues

if TYPE_CHECKING:
    from .charger import Charger

_SAVE_AFTER = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownCharger:
    """Who a charger said it is, and what it has shown since; another firmware shows it anew."""

    vendor: str = ""
    model: str = ""
    firmware: str | None = None
    #: The OCPP version that it spoke the last time.
    version: str | None = None
    learned: Learned = field(default_factory=Learned)

    @property
    def boot(self) -> Boot:
        """Return it as the charger told it."""
        return Boot(vendor=self.vendor, model=self.model, firmware=self.firmware)

    def is_same(self, boot: Boot) -> bool:
        """Tell whether what it has shown holds for a charger that boots so."""
        return (self.vendor, self.model, self.firmware) == (boot.vendor, boot.model, boot.firmware)

    def to_dict(self) -> dict[str, Any]:
        """Return it for a restart, ready for JSON."""
        return {
            "vendor": self.vendor,
            "model": self.model,
            "firmware": self.firmware,
            "version": self.version,
            "learned": self.learned.to_dict(),
        }

    @classmethod
    def from_dict(cls, kept: Mapping[str, Any]) -> Self:
        """Return what ``to_dict`` gave. Raises KeyError, TypeError or ValueError when it is damaged."""
        firmware, version = kept["firmware"], kept.get("version")
        return cls(
            vendor=str(kept["vendor"]),
            model=str(kept["model"]),
            firmware=None if firmware is None else str(firmware),
            version=None if version is None else str(version),
            learned=Learned.from_dict(kept["learned"]),
        )


class TraitsStore(KeptValues[KnownCharger]):
    """By the chargers' subentry ids."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Prepare to keep them."""
        super().__init__(
            hass,
            "chargers",
            read=KnownCharger.from_dict,
            write=KnownCharger.to_dict,
            save_after=_SAVE_AFTER,
        )


class Traits:
    """Of one charger."""

    def __init__(self, charger: Charger, store: TraitsStore) -> None:
        """Recall what was known the last time."""
        self._charger = charger
        self._store = store
        self._known = store.values.get(charger.config.subentry_id)
        self.make: Make = make_of(self._known.boot if self._known else None)

    @property
    def learned(self) -> Learned:
        """Return what the charger has shown."""
        return self._known.learned if self._known else Learned()

    @property
    def version(self) -> str | None:
        """Return the OCPP version that it speaks or spoke the last time, None while not known."""
        return self._known.version if self._known else None

    @property
    def returns_within(self) -> timedelta:
        """Return how long it may be gone before somebody should look after it."""
        return max(OFFLINE_REPAIR_AFTER, self.make.returns_within or OFFLINE_REPAIR_AFTER)

    @callback
    def introduce(self, station: Station) -> None:
        """Tell a connection what is known of its charger."""
        station.adapt(self.make, self.learned, self._learn)
        known = self._known or KnownCharger()
        if known.version != station.version:
            self._known = replace(known, version=station.version)
            self.keep()

    @callback
    def booted(self, boot: Boot) -> None:
        """Take who the charger says it is."""
        if self._known is None or not self._known.is_same(boot):
            self._known = KnownCharger(
                vendor=boot.vendor, model=boot.model, firmware=boot.firmware, version=self.version
            )
            self.make = make_of(boot)
            self.keep()

    @callback
    def keep(self) -> None:
        """Keep what is known, once the charger is one of the configured ones."""
        key = self._charger.config.subentry_id
        if key and self._known and self._store.values.get(key) != self._known:
            self._store.values[key] = self._known
            self._store.changed()

    @callback
    def forget(self) -> None:
        """Forget everything: the charger is another one now, or none of ours."""
        self._known, self.make = None, make_of(None)
        if self._store.values.pop(self._charger.config.subentry_id, None):
            self._store.changed()

    @callback
    def _learn(self, learned: Learned) -> None:
        known = self._known or KnownCharger()
        if learned.strategy != known.learned.strategy:
            # What was seen of the limits before says nothing of those that are told in this way.
            self._charger.fail_safe.doubt()
        self._known = replace(known, learned=learned)
        self.keep()
