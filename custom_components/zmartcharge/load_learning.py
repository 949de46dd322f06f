"""What a site's house takes without its cars, learned hour by hour, and kept over a restart."""

from datetime import UTC, datetime, timedelta
import logging
from typing import TYPE_CHECKING, Any

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.storage import Store
from homeassistant.util import dt as dt_util

from .const import DOMAIN
from .ledger import LedgerError
from .plan import HouseLoad, LoadSample, learn_load
from .units import WattHour

if TYPE_CHECKING:
    from .hub import Hub
    from .site import Site

_LOGGER = logging.getLogger(__name__)

_VERSION = 1
_KEY = f"{DOMAIN}.loads"
_SAVE_AFTER = 60
_HOUR = timedelta(hours=1)
#: Older hours tell nothing of tomorrow's.
_KEPT = timedelta(weeks=10)
#: An hour counts that was seen until so shortly before its end.
_SEEN_UNTIL = timedelta(minutes=2)
#: The last values of an hour's charging come a moment after it.
_MOMENT = timedelta(seconds=45)


class LoadStore:
    """One file for all sites, by their subentry ids."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Prepare to keep them."""
        self._store: Store[dict[str, Any]] = Store(hass, _VERSION, _KEY)
        self._samples: dict[str, list[LoadSample]] = {}
        self._changed = False

    async def load(self) -> None:
        """Read what was kept; what is damaged is learned anew."""
        for subentry_id, kept in (await self._store.async_load() or {}).items():
            try:
                self._samples[subentry_id] = [
                    LoadSample(datetime.fromtimestamp(hour * 3600, UTC), int(energy))
                    for hour, energy in kept
                ]
            except (OverflowError, TypeError, ValueError) as err:
                _LOGGER.warning("What a house took cannot be read and is learned anew: %r", err)

    def of(self, subentry_id: str) -> tuple[LoadSample, ...]:
        """Return what is known of a site."""
        return tuple(self._samples.get(subentry_id, ()))

    @callback
    def add(self, subentry_id: str, sample: LoadSample) -> None:
        """Keep an hour, and forget those that are too old."""
        known = self._samples.get(subentry_id, [])
        self._samples[subentry_id] = [
            each for each in known if each.start > sample.start - _KEPT
        ] + [sample]
        self._changed = True
        self._store.async_delay_save(self._data, _SAVE_AFTER)

    async def save(self) -> None:
        """Save now, as when the hub stops."""
        if self._changed:
            await self._store.async_save(self._data())

    async def remove(self) -> None:
        """Remove what was kept."""
        await self._store.async_remove()

    def _data(self) -> dict[str, Any]:
        return {
            subentry_id: [[int(each.start.timestamp()) // 3600, each.energy] for each in samples]
            for subentry_id, samples in self._samples.items()
        }


class LoadLearning:
    """Of one site."""

    def __init__(self, hub: Hub, site: Site) -> None:
        """Know nothing yet."""
        self.load = HouseLoad(zone=dt_util.get_default_time_zone())
        self._hub = hub
        self._site = site
        #: The hour that is seen, what it took when it was last seen, and when.
        self._seen: tuple[datetime, WattHour, datetime] | None = None
        self._over: tuple[datetime, WattHour] | None = None

    async def begin(self) -> None:
        """Take up what was learned before."""
        await self._learn()

    @callback
    def look(self, now: datetime) -> None:
        """See what this hour has taken so far; to be called at least each minute."""
        hour = now.replace(minute=0, second=0, microsecond=0)
        if self._seen and self._seen[0] != hour:
            begun, used, at = self._seen
            if begun + _HOUR - at <= _SEEN_UNTIL:
                self._over = begun, round(used * (_HOUR / (at - begun)))
            self._seen = None
        if self._over and now - self._over[0] >= _HOUR + _MOMENT:
            (begun, used), self._over = self._over, None
            self._hub.create_task(self._hour_over(begun, used), "house load")
        if (so_far := self._site.hour_used) is not None and now > hour:
            self._seen = hour, round(so_far), now

    async def _hour_over(self, begun: datetime, used: WattHour) -> None:
        """Keep what the house took without its cars."""
        subentry_id = self._site.config.subentry_id
        try:
            hours = await self._hub.ledger.hourly(
                site_id=subentry_id, start=begun, end=begun + _HOUR
            )
        except LedgerError as err:
            self._hub.issues.ledger_failed(err)
            return
        cars = sum(each.wh for each in hours)
        self._hub.loads.add(subentry_id, LoadSample(begun, max(0, used - cars)))
        await self._learn()

    async def _learn(self) -> None:
        samples = self._hub.loads.of(self._site.config.subentry_id)
        zone, now = dt_util.get_default_time_zone(), dt_util.utcnow()
        self.load = await self._hub.hass.async_add_executor_job(learn_load, samples, now, zone)
