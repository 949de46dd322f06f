"""Where a site's readings come from: an MQTT topic, a Pow-U that posts, or sensors."""

from datetime import datetime
import math
from typing import TYPE_CHECKING, override

from homeassistant.components.mqtt.models import ReceiveMessage
from homeassistant.const import (
    ATTR_UNIT_OF_MEASUREMENT,
    UnitOfElectricCurrent,
    UnitOfEnergy,
    UnitOfPower,
)
from homeassistant.core import (
    CALLBACK_TYPE,
    Event,
    EventStateChangedData,
    EventStateReportedData,
    HomeAssistant,
    State,
    callback,
)
from homeassistant.helpers.event import (
    async_track_state_change_event,
    async_track_state_report_event,
)
from homeassistant.util import dt as dt_util
from homeassistant.util.unit_conversion import (
    BaseUnitConverter,
    ElectricCurrentConverter,
    EnergyConverter,
    PowerConverter,
)

from .config import MqttMeter, PowUMeter, SensorMeter, SensorRole
from .meter import (
    PartialReading,
    PayloadError,
    PayloadProblem,
    is_availability,
    parse,
    parse_availability,
)
from .mqtt_listener import CreateTask, MqttListener
from .units import Phase

if TYPE_CHECKING:
    from .site import Site

_LINE_VOLTAGE = 230.0
#: How much more than P/U the current of a phase may be: loads with a power factor of 0.9.
_POWER_FACTOR_MARGIN = 0.11


class MeterSource:
    """What listens to a meter for its site; a Pow-U comes by itself, and so needs no more."""

    @property
    def listening(self) -> bool:
        """Tell whether it hears the meter now."""
        return True

    @callback
    def open(self) -> None:
        """Begin to listen."""

    @callback
    def close(self) -> None:
        """Stop listening."""


#: Where an amsreader publishes the prices that it knows.
_PRICES = "prices"


class MqttSource(MeterSource):
    """Listens to a reader's topic and to those below it."""

    def __init__(
        self, hass: HomeAssistant, config: MqttMeter, site: Site, create_task: CreateTask
    ) -> None:
        """Prepare to listen to a topic and those below it."""
        self._topic = config.topic
        self._site = site
        # MQTT 3.1.1, clause 4.7.1.2: this takes the topic itself too.
        self._listener = MqttListener(hass, create_task, {f"{config.topic}/#": self._came})

    @property
    @override
    def listening(self) -> bool:
        return self._listener.listening

    @callback
    @override
    def open(self) -> None:
        self._listener.open()

    @callback
    @override
    def close(self) -> None:
        self._listener.close()

    @callback
    def _came(self, message: ReceiveMessage) -> None:
        subtopic = message.topic.removeprefix(self._topic).removeprefix("/")
        now = dt_util.utcnow()
        if subtopic == _PRICES:
            # They are counted from when they were sent, which is not known of kept ones.
            if not message.retain:
                self._site.pricing.reader_told(message.payload, now)
            return
        try:
            if is_availability(subtopic):
                online = parse_availability(message.payload)
                self._site.take_availability(online=online, at=now)
                return
            partial = parse(
                message.payload, received=now, retained=message.retain, subtopic=subtopic
            )
        except PayloadError as err:
            self._site.reject(err.key, err)
            return
        if partial:
            self._site.take(partial)


_ENERGIES = {SensorRole.ENERGY_IMPORT, SensorRole.ENERGY_EXPORT}
#: What is lost by itself: the lines are watched without it.
_OPTIONAL = {*_ENERGIES, SensorRole.POWER, SensorRole.POWER_EXPORT}
_CURRENTS = {
    SensorRole.CURRENT_L1: Phase.L1,
    SensorRole.CURRENT_L2: Phase.L2,
    SensorRole.CURRENT_L3: Phase.L3,
}
_POWERS = {
    SensorRole.POWER_L1: Phase.L1,
    SensorRole.POWER_L2: Phase.L2,
    SensorRole.POWER_L3: Phase.L3,
}


class SensorSource(MeterSource):
    """Follows sensors of other integrations, each value as old as its sensor's last report."""

    def __init__(self, hass: HomeAssistant, config: SensorMeter, site: Site) -> None:
        """Prepare to follow the sensors."""
        self._hass = hass
        self._site = site
        self._roles: dict[str, list[SensorRole]] = {}
        measured = {_CURRENTS[role] for role in config.sensors if role in _CURRENTS}
        for role, entity_id in config.sensors.items():
            if _POWERS.get(role) in measured:
                continue
            self._roles.setdefault(entity_id, []).append(role)
        self._subscriptions: list[CALLBACK_TYPE] = []

    @callback
    @override
    def open(self) -> None:
        entities = list(self._roles)
        self._subscriptions = [
            async_track_state_change_event(self._hass, entities, self._changed),
            async_track_state_report_event(self._hass, entities, self._reported),
        ]
        for entity_id in entities:
            if state := self._hass.states.get(entity_id):
                self._take(state)

    @callback
    @override
    def close(self) -> None:
        for unsubscribe in self._subscriptions:
            unsubscribe()
        self._subscriptions = []

    @callback
    def _changed(self, event: Event[EventStateChangedData]) -> None:
        if state := event.data["new_state"]:
            self._take(state)
        elif not _OPTIONAL.issuperset(self._roles[event.data["entity_id"]]):
            self._lost(dt_util.utcnow())

    @callback
    def _reported(self, event: Event[EventStateReportedData]) -> None:
        self._take(event.data["new_state"])

    def _take(self, state: State) -> None:
        at = state.last_reported
        for role in self._roles[state.entity_id]:
            try:
                value = _read(state, role)
            except PayloadError as err:
                self._site.reject(err.key, err)
                value = None
            if value is not None:
                self._site.take(self._reading(role, value, at))
            elif role not in _OPTIONAL:
                self._lost(at)

    def _lost(self, at: datetime) -> None:
        """Take one sensor that says nothing for a reader that went offline."""
        self._site.take_availability(online=False, at=at)

    def _reading(self, role: SensorRole, value: float, at: datetime) -> PartialReading:
        if phase := _CURRENTS.get(role):
            return PartialReading(received=at, retained=False, currents={phase: value})
        if phase := _POWERS.get(role):
            current = abs(value) / _LINE_VOLTAGE
            return PartialReading(
                received=at,
                retained=False,
                currents={phase: current},
                margins={phase: current * _POWER_FACTOR_MARGIN},
            )
        if role is SensorRole.ENERGY_IMPORT:
            return PartialReading(received=at, retained=False, energy_import=round(value))
        if role is SensorRole.ENERGY_EXPORT:
            return PartialReading(received=at, retained=False, energy_export=round(value))
        if role is SensorRole.POWER_EXPORT:
            return PartialReading(received=at, retained=False, power_export=max(0.0, value))
        has_export = any(SensorRole.POWER_EXPORT in roles for roles in self._roles.values())
        return PartialReading(
            received=at,
            retained=False,
            power_import=max(0.0, value),
            # One sensor for both is negative while the house delivers.
            power_export=None if has_export else max(0.0, -value),
        )


def _read(state: State, role: SensorRole) -> float | None:
    """Return a sensor's value in A, W or Wh, ``None`` while it has none; raise ``PayloadError``."""
    try:
        value = float(state.state)
    except ValueError:
        return None
    if not math.isfinite(value):
        raise PayloadError(PayloadProblem.NOT_FINITE, name=state.entity_id, value=state.state)
    converter, unit = _converter(role)
    given = state.attributes.get(ATTR_UNIT_OF_MEASUREMENT)
    if given not in converter.VALID_UNITS:
        raise PayloadError(PayloadProblem.WRONG_UNIT, name=state.entity_id, value=given)
    return converter.convert(value, given, unit)


def _converter(role: SensorRole) -> tuple[type[BaseUnitConverter], str]:
    if role in _CURRENTS:
        return ElectricCurrentConverter, UnitOfElectricCurrent.AMPERE
    if role in _ENERGIES:
        return EnergyConverter, UnitOfEnergy.WATT_HOUR
    return PowerConverter, UnitOfPower.WATT


def create_source(hass: HomeAssistant, site: Site, create_task: CreateTask) -> MeterSource | None:
    """Return what listens to a site's meter; nothing is opened yet."""
    match site.config.meter:
        case MqttMeter() as meter:
            return MqttSource(hass, meter, site, create_task)
        case SensorMeter() as meter:
            return SensorSource(hass, meter, site)
        case PowUMeter():
            return MeterSource()
        case None:
            return None
