"""One site: its meter's readings in, its headroom out."""

from collections.abc import Mapping
from datetime import datetime, timedelta
import logging
from typing import TYPE_CHECKING

from homeassistant.core import CALLBACK_TYPE, callback
from homeassistant.helpers.event import async_call_later
from homeassistant.util import dt as dt_util

from .balancing import Balancing
from .config import SiteConfig
from .const import METER_REPAIR_AFTER
from .listeners import Observable
from .meter import (
    FrozenDetector,
    HourAccount,
    Measured,
    MeterState,
    PartialReading,
    PayloadError,
    PayloadProblem,
    Peak,
    Quality,
    ReaderAccount,
    Rejection,
    without_unmeasured,
)
from .meter_source import MeterSource, create_source
from .planning import Planning
from .pricing import Pricing
from .site_capacity import SiteCapacity
from .units import Ampere, Phase, Volt, Watt, WattHour

if TYPE_CHECKING:
    from .hub import Hub

_LOGGER = logging.getLogger(__name__)

#: What other publishers below the same topic may say at any time.
_ORDINARY = (PayloadProblem.NO_KNOWN_VALUES, PayloadProblem.NOT_AN_AVAILABILITY)
#: Payloads in a row that cannot be read before the user is told.
_UNREADABLE = 5


class Site(Observable):
    """A site of the house, with the newest picture of its meter."""

    def __init__(self, hub: Hub, config: SiteConfig) -> None:
        """Make a site whose meter has not been heard of yet."""
        super().__init__()
        self.config = config
        #: Payloads that were not believed, and why the last one was not.
        self.rejected = 0
        self.last_rejection: str | None = None
        #: Payloads in a row that could not be read.
        self.unreadable = 0
        #: Readings in a row that could not be true.
        self.disbelieved = 0
        #: The first words of the last payload that could not be read.
        self.last_unreadable: str | None = None
        self.hours = HourAccount(time_zone=dt_util.get_default_time_zone())
        self.balancing = Balancing(hub, self)
        self.pricing = Pricing(hub, self)
        self.capacity = SiteCapacity(hub, self)
        self.planning = Planning(hub, self)
        self._hub = hub
        self._meter = _empty(config)
        self._frozen = FrozenDetector(config.grid)
        self._source: MeterSource | None = None
        self._stale_timer: CALLBACK_TYPE | None = None
        self._silence_timer: CALLBACK_TYPE | None = None

    # What is known ----------------------------------------------------------------------------

    @property
    def meter_online(self) -> bool:
        """Tell whether the meter measures: its power or its currents are fresh."""
        now, reading = dt_util.utcnow(), self._meter.reading
        if self._meter.online is False or reading is None:
            return False
        values = (reading.power_import, *reading.currents.values())
        return any(value and value.fresh(now, self.config.stale_after) for value in values)

    @property
    def listening(self) -> bool:
        """Tell whether the meter could be heard: MQTT may not be there yet."""
        return self._source is not None and self._source.listening

    @property
    def complete(self) -> bool:
        """Tell whether all that load balancing needs is there, and fresh."""
        return self._meter.fresh(dt_util.utcnow(), self.config.stale_after) and not self.frozen

    @property
    def quality(self) -> Quality | None:
        """Return how far the phase currents can be relied on, None before there is any."""
        if self.frozen:
            return Quality.STALE
        return self._meter.quality(dt_util.utcnow(), self.config.stale_after)

    @property
    def frozen(self) -> frozenset[Phase]:
        """Return the phases whose currents do not follow what happens."""
        return self._frozen.frozen

    @property
    def signal(self) -> int | None:
        """Return how strong the reader's radio is received, in dBm."""
        return self._meter.reading.signal if self._meter.reading else None

    @property
    def power(self) -> Watt | None:
        """Return what the site takes from the grid in W, negative while it delivers."""
        reading = self._meter.reading
        taken = self._fresh(reading.power_import if reading else None)
        if taken is None:
            return None
        return taken - (self._fresh(reading.power_export if reading else None) or 0)

    @property
    def power_at(self) -> datetime | None:
        """Return when the power was measured, None while it is not known."""
        reading = self._meter.reading
        return reading.power_import.at if reading and reading.power_import else None

    @property
    def reader_online(self) -> bool:
        """Tell that the reader has not taken its leave, by itself or by its last will."""
        return self._meter.online is not False

    @property
    def hour_used(self) -> float | None:
        """Return the Wh that were imported in this hour so far, None while that is not known."""
        return self.hours.used(dt_util.utcnow(), self.power, self._reader_account)

    @property
    def energy_import(self) -> WattHour | None:
        """Return the meter's register of imported energy in Wh; a register does not age."""
        reading = self._meter.reading
        return reading.energy_import.value if reading and reading.energy_import else None

    @property
    def energy_export(self) -> WattHour | None:
        """Return the meter's register of exported energy in Wh."""
        reading = self._meter.reading
        return reading.energy_export.value if reading and reading.energy_export else None

    @property
    def hour_estimate(self) -> WattHour | None:
        """Return the Wh to which this hour will come if the power stays as it is."""
        return self.hours.estimate(dt_util.utcnow(), self.power, self._reader_account)

    @property
    def peaks(self) -> tuple[Peak, ...]:
        """Return the month's highest hours, each of another day, highest first."""
        return self.hours.peaks

    @property
    def peak_average(self) -> Watt | None:
        """Return the mean power of the month's highest hours, which the capacity tariff goes by."""
        return self.hours.peak_average(dt_util.utcnow(), self._reader_account)

    @property
    def readings(self) -> Mapping[Phase, Measured[Ampere]]:
        """Return every known current with its age, fresh or not."""
        return self._meter.reading.currents if self._meter.reading else {}

    @property
    def heard(self) -> bool:
        """Tell whether anything is known of the meter, fresh or not."""
        return self._meter.reading is not None

    @property
    def only_retained(self) -> bool:
        """Tell whether all that is known was kept by a broker."""
        return self._meter.reading is not None and self._meter.reading.retained

    def current(self, phase: Phase) -> Ampere | None:
        """Return the current in a line in A, None while it is not known."""
        reading = self._meter.reading
        if phase in self.frozen:
            return None
        return self._fresh(reading.currents.get(phase) if reading else None)

    def voltage(self, phase: Phase) -> Volt | None:
        """Return the voltage of a line in V, as the meter shows it."""
        reading = self._meter.reading
        return self._fresh(reading.voltages.get(phase) if reading else None)

    def margin(self, phase: Phase) -> Ampere | None:
        """Return how much more an estimated current may be in A, None for a measured one."""
        current = self.readings.get(phase)
        return current.margin if current else None

    def headroom(self, phase: Phase) -> Ampere | None:
        """Return what a line can still take before the main fuse's rating, in A."""
        current = self.current(phase)
        if current is None:
            return None
        # No meter tells less than 0.01 A, and 25 - 24.6 would be 0.39999….
        return round(self.config.main_fuse - abs(current) - (self.margin(phase) or 0), 2)

    # Life -------------------------------------------------------------------------------------

    @callback
    def open(self) -> None:
        """Begin to listen to the meter, and to follow prices and plans."""
        self._open_meter()
        # What a flow tries has a meter, and nothing else.
        if self.config.subentry_id:
            self.pricing.open()
            self.planning.open()

    def _open_meter(self) -> None:
        self._source = create_source(self._hub.hass, self, self._hub.create_task)
        if self._source:
            self._await_reading()
            self._source.open()
        self.balancing.open()

    @callback
    def apply(self, config: SiteConfig) -> None:
        """Take a changed configuration; another meter or supply begins a new picture."""
        before, self.config = self.config, config
        if (before.meter, before.grid, before.main_fuse) != (
            config.meter,
            config.grid,
            config.main_fuse,
        ):
            self._close_meter()
            self._meter = _empty(config)
            self._frozen = FrozenDetector(config.grid)
            self._hub.issues.forget_site(config.subentry_id)
            self.unreadable = self.disbelieved = 0
            # Another reader may read another meter, whose register tells nothing beside this one's.
            self.hours = self.hours.without_register()
            self._open_meter()
        if before.price != config.price:
            self.pricing.apply()
        self.async_notify()

    @callback
    def close(self) -> None:
        """Stop listening."""
        self._close_meter()
        self.pricing.close()
        self.planning.close()

    def _close_meter(self) -> None:
        if self._source:
            self._source.close()
            self._source = None
        for cancel in (self._stale_timer, self._silence_timer):
            if cancel:
                cancel()
        self._stale_timer = self._silence_timer = None
        self.balancing.close()

    # What comes in ----------------------------------------------------------------------------

    @callback
    def take(self, partial: PartialReading) -> None:
        """Take in what the meter said, unless it cannot be believed."""
        self._meter = self._meter.merge(partial)
        if self._meter.rejection:
            self._disbelieve(self._meter.rejection)
            return
        self.unreadable = self.disbelieved = 0
        self._hub.issues.meter_readable(self)
        if not partial.retained:
            self._frozen.see(without_unmeasured(partial, self.config.grid))
            self._account(partial)
            self._hub.keep_hours()
            # Power alone watches no fuse: without currents the meter counts as silent.
            self._await_reading(partial.measured_at, silent=not partial.currents)
            if partial.currents:
                self._hub.issues.meter_heard(self)
        self._hub.issues.meter_frozen(self)
        self.async_notify()
        self.balancing.look()

    @callback
    def take_availability(self, *, online: bool, at: datetime) -> None:
        """Take in what the reader, or its last will, says of itself."""
        self._meter = self._meter.with_availability(online=online, at=at)
        self.async_notify()
        self.balancing.look()

    @callback
    def reject(self, key: str, problem: PayloadError) -> None:
        """Note a payload that could not be read; the user is told when no other comes."""
        self._refuse(key, str(problem))
        if key in _ORDINARY:
            return
        self.last_unreadable = " ".join(problem.placeholders.values()) or key
        self.unreadable += 1
        if self.unreadable == _UNREADABLE:
            self._hub.issues.meter_unreadable(self, key)
        self.async_notify()

    @callback
    def charger_moved(self, moves: Mapping[Phase, Ampere], since: datetime) -> None:
        """Note how a charger's draw on the lines changed after ``since``."""
        self._frozen.charger_moved(moves, since, dt_util.utcnow())

    @property
    def _reader_account(self) -> Measured[ReaderAccount] | None:
        return self._meter.reading.account if self._meter.reading else None

    def _disbelieve(self, rejection: Rejection) -> None:
        """Note a reading that cannot be true; the user is told when no other comes."""
        self._refuse(rejection, str(rejection))
        self.disbelieved += 1
        if self.disbelieved == _UNREADABLE:
            self._hub.issues.meter_unbelievable(self, rejection)
        self.async_notify()

    def _refuse(self, key: str, detail: str) -> None:
        """Count what is not believed; the log gets each kind once in a row."""
        self.rejected += 1
        if key not in (*_ORDINARY, self.last_rejection):
            _LOGGER.warning("%s: a meter payload was not used: %s", self.config.name, detail)
        self.last_rejection = key

    def _account(self, partial: PartialReading) -> None:
        if (power := self.power) is not None and partial.power_import is not None:
            self.hours = self.hours.with_power(power, partial.received)
        if partial.energy_import is not None:
            self.hours = self.hours.with_register(partial.energy_import, partial.received)

    def _fresh[T](self, value: Measured[T] | None) -> T | None:
        if value is None or self._meter.online is False:
            return None
        return value.value if value.fresh(dt_util.utcnow(), self.config.stale_after) else None

    @callback
    def _await_reading(self, measured_at: datetime | None = None, *, silent: bool = False) -> None:
        """Look again when the present reading has grown stale, and when silence lasts."""
        hass, now = self._hub.hass, dt_util.utcnow()
        age = now - (measured_at or now)
        if self._stale_timer:
            self._stale_timer()
        self._stale_timer = async_call_later(
            hass,
            max(timedelta(), self.config.stale_after - age) + timedelta(seconds=1),
            self._went_stale,
        )
        if silent and self._silence_timer:
            return
        if self._silence_timer:
            self._silence_timer()
        self._silence_timer = async_call_later(hass, METER_REPAIR_AFTER, self._stayed_silent)

    @callback
    def _went_stale(self, _now: object) -> None:
        self._stale_timer = None
        self.async_notify()
        self.balancing.look()

    @callback
    def _stayed_silent(self, _now: object) -> None:
        self._silence_timer = None
        self._hub.issues.meter_silent(self)


def _empty(config: SiteConfig) -> MeterState:
    return MeterState(grid=config.grid, fuse=float(config.main_fuse))
