"""One site: its meter's readings in, its headroom out."""

import asyncio
from datetime import timedelta
import logging
from typing import TYPE_CHECKING

from homeassistant.components import mqtt
from homeassistant.components.mqtt.models import ReceiveMessage
from homeassistant.core import CALLBACK_TYPE, callback
from homeassistant.helpers.event import async_call_later
from homeassistant.util import dt as dt_util

from .config import SiteConfig
from .const import METER_REPAIR_AFTER, METER_STALE_AFTER
from .listeners import Observable
from .meter import Measured, MeterState, PayloadError, PayloadProblem, parse, parse_availability
from .units import Ampere, Phase, Watt, WattHour

if TYPE_CHECKING:
    from .hub import Hub

_LOGGER = logging.getLogger(__name__)

#: Seconds between looks for Home Assistant's MQTT while it is not there.
_MQTT_RETRY = 30.0


class Site(Observable):
    """A site of the house, with the newest picture of its meter."""

    def __init__(self, hub: Hub, config: SiteConfig) -> None:
        """Make a site whose meter has not been heard of yet."""
        super().__init__()
        self.config = config
        #: Payloads that were not believed, and why the last one was not.
        self.rejected = 0
        self.last_rejection: str | None = None
        self._hub = hub
        self._meter = _empty(config)
        self._subscriptions: list[CALLBACK_TYPE] = []
        self._subscribing: asyncio.Task[None] | None = None
        self._stale_timer: CALLBACK_TYPE | None = None
        self._silence_timer: CALLBACK_TYPE | None = None

    @property
    def meter_online(self) -> bool:
        """Tell whether the meter measures: its power or its currents are fresh."""
        now, reading = dt_util.utcnow(), self._meter.reading
        if self._meter.online is False or reading is None:
            return False
        values = (reading.power_import, *reading.currents.values())
        return any(value and value.fresh(now, METER_STALE_AFTER) for value in values)

    @property
    def power(self) -> Watt | None:
        """Return what the site takes from the grid in W, negative while it delivers."""
        reading = self._meter.reading
        taken = self._fresh(reading.power_import if reading else None)
        if taken is None:
            return None
        return taken - (self._fresh(reading.power_export if reading else None) or 0)

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

    def current(self, phase: Phase) -> Ampere | None:
        """Return the current in a line in A, None while it is not known."""
        reading = self._meter.reading
        return self._fresh(reading.currents.get(phase) if reading else None)

    def headroom(self, phase: Phase) -> Ampere | None:
        """Return what a line can still take before the main fuse's rating, in A."""
        current = self.current(phase)
        return None if current is None else self.config.main_fuse - abs(current)

    @callback
    def open(self) -> None:
        """Begin to listen to the meter."""
        if self.config.meter_topic:
            self._subscribing = self._hub.create_task(self._subscribe(), "meter")
            self._await_reading()

    @callback
    def apply(self, config: SiteConfig) -> None:
        """Take a changed configuration; another topic or supply begins a new picture."""
        before, self.config = self.config, config
        if (before.meter_topic, before.grid, before.main_fuse) != (
            config.meter_topic,
            config.grid,
            config.main_fuse,
        ):
            self.close()
            self._meter = _empty(config)
            self._hub.issues.meter_heard(self)
            self.open()
        self.async_notify()

    @callback
    def close(self) -> None:
        """Stop listening."""
        if self._subscribing:
            self._subscribing.cancel()
        for unsubscribe in self._subscriptions:
            unsubscribe()
        self._subscriptions = []
        for cancel in (self._stale_timer, self._silence_timer):
            if cancel:
                cancel()
        self._stale_timer = self._silence_timer = None

    async def _subscribe(self) -> None:
        """Subscribe as soon as Home Assistant has MQTT: chargers do not wait for a broker."""
        hass, topic = self._hub.hass, self.config.meter_topic or ""
        while not await mqtt.async_wait_for_mqtt_client(hass):
            await asyncio.sleep(_MQTT_RETRY)
        for name, listener in ((topic, self._payload_came), (f"{topic}/status", self._status_came)):
            self._subscriptions.append(await mqtt.async_subscribe(hass, name, listener))

    @callback
    def _payload_came(self, message: ReceiveMessage) -> None:
        try:
            partial = parse(message.payload, received=dt_util.utcnow(), retained=message.retain)
        except PayloadError as err:
            self._reject(err.key, str(err))
            return
        self._meter = self._meter.merge(partial)
        if self._meter.rejection:
            self._reject(self._meter.rejection, message.topic)
            return
        if not message.retain:
            self._await_reading()
            self._hub.issues.meter_heard(self)
        self.async_notify()

    @callback
    def _status_came(self, message: ReceiveMessage) -> None:
        try:
            online = parse_availability(message.payload)
        except PayloadError as err:
            self._reject(err.key, str(err))
            return
        self._meter = self._meter.with_availability(online=online, at=dt_util.utcnow())
        self.async_notify()

    def _reject(self, key: str, detail: str) -> None:
        """Count what is not believed; the log gets each kind once in a row."""
        self.rejected += 1
        if key not in (PayloadProblem.NO_KNOWN_VALUES, self.last_rejection):
            _LOGGER.warning("%s: a meter payload was not used: %s", self.config.name, detail)
        self.last_rejection = key

    def _fresh[T](self, value: Measured[T] | None) -> T | None:
        if value is None or self._meter.online is False:
            return None
        return value.value if value.fresh(dt_util.utcnow(), METER_STALE_AFTER) else None

    @callback
    def _await_reading(self) -> None:
        """Look again when the present reading has grown stale, and when silence lasts."""
        hass = self._hub.hass
        for cancel in (self._stale_timer, self._silence_timer):
            if cancel:
                cancel()
        self._stale_timer = async_call_later(
            hass, METER_STALE_AFTER + timedelta(seconds=1), self._went_stale
        )
        self._silence_timer = async_call_later(hass, METER_REPAIR_AFTER, self._stayed_silent)

    @callback
    def _went_stale(self, _now: object) -> None:
        self._stale_timer = None
        self.async_notify()

    @callback
    def _stayed_silent(self, _now: object) -> None:
        self._silence_timer = None
        self._hub.issues.meter_silent(self)


def _empty(config: SiteConfig) -> MeterState:
    return MeterState(grid=config.grid, fuse=float(config.main_fuse))
