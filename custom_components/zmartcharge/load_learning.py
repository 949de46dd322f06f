"""What a site's house takes without its cars, learned hour by hour, and kept over a restart."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from homeassistant.core import HomeAssistant, callback
from homeassistant.util import dt as dt_util

from .kept_values import KeptValues
from .ledger import LedgerError
from .plan import HouseLoad, LoadSample, learn_load
from .units import WattHour

if TYPE_CHECKING:
    from .hub import Hub
    from .site import Site

_SAVE_AFTER = 60
_HOUR = timedelta(hours=1)
#: Older hours tell nothing of tomorrow's.
_KEPT = timedelta(weeks=10)
#: An hour counts that was seen until so shortly before its end.
_SEEN_UNTIL = timedelta(minutes=2)
#: The last values of an hour's charging come a moment after it.
_MOMENT = timedelta(seconds=45)


type _Samples = tuple[LoadSample, ...]


class LoadStore(KeptValues[_Samples]):
    """By the sites' subentry ids; what is damaged is learned anew."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Prepare to keep them."""
        super().__init__(hass, "loads", read=_read, write=_write, save_after=_SAVE_AFTER)

    def of(self, subentry_id: str) -> _Samples:
        """Return what is known of a site."""
        return self.values.get(subentry_id, ())

    @callback
    def add(self, subentry_id: str, sample: LoadSample) -> None:
        """Keep an hour, and forget those that are too old."""
        known = (each for each in self.of(subentry_id) if each.start > sample.start - _KEPT)
        self.values[subentry_id] = (*known, sample)
        self.changed()


def _read(kept: Iterable[tuple[int, WattHour]]) -> _Samples:
    return tuple(
        LoadSample(datetime.fromtimestamp(hour * 3600, UTC), int(energy)) for hour, energy in kept
    )


def _write(samples: _Samples) -> list[list[int]]:
    return [[int(each.start.timestamp()) // 3600, each.energy] for each in samples]


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
