"""Keeps what is not the user's configuration, nor a record for the ledger, over a restart."""

from collections.abc import Callable
import logging
from typing import Any

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.storage import Store

from .const import DOMAIN

_LOGGER = logging.getLogger(__name__)

_VERSION = 1


class KeptValues[ValueT]:
    """One file of values, by the subentry ids or the connectors' keys that they belong to.

    ``read`` makes a value of what ``write`` made of it for JSON, or raises AttributeError, KeyError,
    OverflowError, TypeError or ValueError where that is damaged; such a value begins anew.
    """

    def __init__(
        self,
        hass: HomeAssistant,
        name: str,
        *,
        read: Callable[[Any], ValueT],
        write: Callable[[ValueT], Any],
        save_after: float,
    ) -> None:
        """Prepare to keep them; changes are saved that many seconds later."""
        self.values: dict[str, ValueT] = {}
        self._store: Store[dict[str, Any]] = Store(hass, _VERSION, f"{DOMAIN}.{name}")
        self._name = name
        self._read = read
        self._write = write
        self._save_after = save_after
        self._changed = self._closed = False

    async def load(self) -> None:
        """Read what was kept."""
        for key, kept in (await self._store.async_load() or {}).items():
            try:
                self.values[key] = self._read(kept)
            except (AttributeError, KeyError, OverflowError, TypeError, ValueError) as err:
                _LOGGER.warning(
                    "The %s kept of %s cannot be read and begin anew: %r", self._name, key, err
                )

    @callback
    def changed(self) -> None:
        """Save some time soon."""
        # Whoever comes after this hub keeps them then; what is said too late must not replace that.
        if not self._changed and not self._closed:
            self._changed = True
            self._store.async_delay_save(self._data, self._save_after)

    async def close(self) -> None:
        """Save what has changed, and nothing any more, as when the hub stops."""
        self._closed = True
        if self._changed:
            await self._store.async_save(self._data())

    async def remove(self) -> None:
        """Remove what was kept."""
        await self._store.async_remove()

    def _data(self) -> dict[str, Any]:
        self._changed = False
        return {key: self._write(value) for key, value in self.values.items()}
