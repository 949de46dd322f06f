"""Keeps the limits that users and their automations set for connectors over a restart."""

from collections.abc import Mapping

from homeassistant.core import HomeAssistant, callback

from .kept_values import KeptValues
from .units import Ampere

_SAVE_AFTER = 10
#: The limit that a user sets on the dashboard; automations may have others beside it.
USER = "user"
#: The limit that another central system sets.
SECOND_SYSTEM = "second_central_system"

type _Limits = Mapping[str, Ampere]


class OwnLimits(KeptValues[_Limits]):
    """By the connectors' keys, and then by their names; only those that there are."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Prepare to keep them."""
        super().__init__(hass, "limits", read=_read, write=dict, save_after=_SAVE_AFTER)

    def get(self, key: str) -> Ampere | None:
        """Return the lowest of a connector's limits in A, None when it has none."""
        return min(self.values.get(key, {}).values(), default=None)

    def holds(self, key: str, name: str) -> bool:
        """Tell whether a limit is lower than all others of a connector."""
        limits = dict(self.values.get(key, {}))
        limit = limits.pop(name, None)
        return limit is not None and all(limit < other for other in limits.values())

    def of(self, key: str, name: str = USER) -> Ampere | None:
        """Return one of a connector's limits in A, None when it has none of that name."""
        return self.values.get(key, {}).get(name)

    @callback
    def set(self, key: str, amperes: Ampere | None, name: str = USER) -> None:
        """Keep one of a connector's limits in A; None lifts it and leaves the others."""
        limits = {each: limit for each, limit in self.values.get(key, {}).items() if each != name}
        if amperes is not None:
            limits[name] = amperes
        if limits:
            self.values[key] = limits
        else:
            self.values.pop(key, None)
        self.changed()

    def pauses(self, key: str) -> list[str]:
        """Return the names of a connector's limits of 0 A."""
        return [name for name, limit in self.values.get(key, {}).items() if limit == 0]

    @callback
    def clear(self, key: str) -> None:
        """Lift all of a connector's limits."""
        if self.values.pop(key, None) is not None:
            self.changed()


def _read(kept: float | Mapping[str, float]) -> _Limits:
    """Return what was kept; earlier there was but one limit."""
    if not isinstance(kept, Mapping):
        return {USER: float(kept)}
    return {str(name): float(limit) for name, limit in kept.items()}
