"""Keeps the limits that users set for connectors over a restart."""

from homeassistant.core import HomeAssistant, callback

from .kept_values import KeptValues
from .units import Ampere

_SAVE_AFTER = 10


class OwnLimits(KeptValues[Ampere]):
    """By the connectors' keys; only those that have a limit."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Prepare to keep them."""
        super().__init__(hass, "limits", read=float, write=float, save_after=_SAVE_AFTER)

    def get(self, key: str) -> Ampere | None:
        """Return a connector's limit in A, None when it has none."""
        return self.values.get(key)

    @callback
    def set(self, key: str, amperes: Ampere | None) -> None:
        """Keep a connector's limit in A; None lifts it."""
        if amperes is None:
            self.values.pop(key, None)
        else:
            self.values[key] = amperes
        self.changed()
