"""What is published of a list: its names in each payload format, and what Home Assistant calls it.

The short names are those that AMS readers have made common ("Message formats" in the wiki of
amsreader-firmware), and so are the topics of powers, currents, voltages, counters and of the energy
this hour, day and month; the other topics are ours.
"""

from collections.abc import Callable
from dataclasses import dataclass
from operator import attrgetter

from ..accounting import Realtime
from ..meter_list import MeterList
from .base import Reading

type Value = int | float

_PER_KILO = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Presentation:
    """How Home Assistant shows a value: names and classes of its ``sensor`` entities."""

    name: str
    device_class: str
    unit: str
    precision: int
    state_class: str | None = "measurement"
    diagnostic: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Register:
    """One value: its key in JSON, its topic in the raw format, how it is got and shown."""

    key: str
    topic: str
    value: Callable[[Reading], Value | None]
    shown: Presentation | None = None
    counter: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One figure of the accounts: its key in ``realtime``, and its topic in the raw format."""

    key: str
    topic: str
    value: Callable[[Realtime], Value | str | None]
    shown: Presentation | None = None


# Upper ends of the steps of the capacity fee, kW, as more Norwegian grid companies have them than any
# others (github.com/kraftsystemet/fri-nettleie). A mean that is exactly at an end is in the next step.
_STEPS = (2, 5, 10, 15, 20, 25, 50, 75, 100)


def values_of(reading: Reading) -> dict[str, Value]:
    """Return what a reading says by key; what it does not say is left out, never 0."""
    found = ((register.key, register.value(reading)) for register in REGISTERS)
    return {key: value for key, value in found if value is not None}


def figures_of(realtime: Realtime) -> dict[str, Value | str | list[float]]:
    """Return the accounts by key: energies in kWh, ``t`` and ``x`` in kW.

    ``h``, ``d``, ``m`` are the import of this hour, day and month, ``he``, ``de``, ``me`` the export.
    ``peaks`` are the month's highest hours on different days, ``x`` is their mean and ``t`` the upper
    end of the step of the capacity fee that it is in (absent from 100 kW on). Additions of ours: ``hp``
    is what this hour's import comes to at the present power, and ``hq``, ``dq``, ``mq`` tell how well
    hour, day and month are known (``good``, ``estimated``, ``incomplete``).
    """
    found = ((figure.key, figure.value(realtime)) for figure in FIGURES)
    figures: dict[str, Value | str | list[float]] = {
        key: value for key, value in found if value is not None
    }
    figures["peaks"] = [peak / _PER_KILO for peak in realtime.peaks]
    return figures


def list_number(meter_list: MeterList) -> int:
    """Return 1 to 3 for the Norwegian lists, and 4 for one with the power of each phase."""
    phases = (meter_list.power_import_l1, meter_list.power_import_l2, meter_list.power_import_l3)
    return meter_list.number if all(power is None for power in phases) else 4


def _field(name: str) -> Callable[[Reading], Value | None]:
    get = attrgetter(name)
    return lambda reading: get(reading.meter_list)


def _kilo(name: str) -> Callable[[Reading], Value | None]:
    get = attrgetter(name)

    def value(reading: Reading) -> Value | None:
        # One division rounds correctly, so the digits printed are exactly those of the counter.
        watt_hours = get(reading.meter_list)
        return None if watt_hours is None else watt_hours / _PER_KILO

    return value


def _power(key: str, topic: str, field: str, name: str) -> Register:
    shown = Presentation(name=name, device_class="power", unit="W", precision=0)
    return Register(key=key, topic=topic, value=_field(field), shown=shown)


def _reactive(key: str, topic: str, field: str, name: str) -> Register:
    shown = Presentation(name=name, device_class="reactive_power", unit="var", precision=0)
    return Register(key=key, topic=topic, value=_field(field), shown=shown)


def _line(line: int) -> tuple[Register, ...]:
    return (
        Register(
            key=f"I{line}",
            topic=f"meter/l{line}/current",
            value=_field(f"current_l{line}"),
            shown=Presentation(
                name=f"Current L{line}", device_class="current", unit="A", precision=1
            ),
        ),
        Register(
            key=f"U{line}",
            topic=f"meter/l{line}/voltage",
            value=_field(f"voltage_l{line}"),
            shown=Presentation(
                name=f"Voltage L{line}", device_class="voltage", unit="V", precision=1
            ),
        ),
        _power(
            f"P{line}",
            f"meter/import/l{line}",
            f"power_import_l{line}",
            f"Power import L{line}",
        ),
        _power(
            f"PO{line}",
            f"meter/export/l{line}",
            f"power_export_l{line}",
            f"Power export L{line}",
        ),
        _reactive(
            f"Q{line}",
            f"meter/import/reactive/l{line}",
            f"reactive_power_import_l{line}",
            f"Reactive power import L{line}",
        ),
        _reactive(
            f"QO{line}",
            f"meter/export/reactive/l{line}",
            f"reactive_power_export_l{line}",
            f"Reactive power export L{line}",
        ),
        Register(
            key=f"PF{line}",
            topic=f"meter/l{line}/powerfactor",
            value=_field(f"power_factor_l{line}"),
            shown=_power_factor(f"Power factor L{line}"),
        ),
    )


def _power_factor(name: str) -> Presentation:
    return Presentation(name=name, device_class="power_factor", unit="", precision=2)


def _counter(key: str, topic: str, field: str, name: str, *, reactive: bool) -> Register:
    shown = Presentation(
        name=name,
        device_class="reactive_energy" if reactive else "energy",
        unit="kvarh" if reactive else "kWh",
        precision=2,
        state_class="total_increasing",
    )
    return Register(key=key, topic=topic, value=_kilo(field), shown=shown, counter=True)


def _estimated(reading: Reading) -> Value | None:
    return None if reading.estimate is None else reading.estimate.value


def _at_most(reading: Reading) -> Value | None:
    return None if reading.estimate is None else reading.estimate.maximum


def _clamped(reading: Reading) -> Value | None:
    return None if reading.estimate is None else int(reading.estimate.clamped)


def _meter_clock(reading: Reading) -> Value | None:
    return None if reading.meter_clock is None else int(reading.meter_clock.timestamp())


REGISTERS: tuple[Register, ...] = (
    _power("P", "meter/import/active", "power_import", "Power import"),
    _reactive("Q", "meter/import/reactive", "reactive_power_import", "Reactive power import"),
    _power("PO", "meter/export/active", "power_export", "Power export"),
    _reactive("QO", "meter/export/reactive", "reactive_power_export", "Reactive power export"),
    *_line(1),
    *_line(2),
    *_line(3),
    Register(
        key="PF",
        topic="meter/powerfactor",
        value=_field("power_factor"),
        shown=_power_factor("Power factor"),
    ),
    Register(
        key="I2e",
        topic="meter/l2/current/estimated",
        value=_estimated,
        shown=Presentation(
            name="Current L2 (estimated)", device_class="current", unit="A", precision=1
        ),
    ),
    Register(
        key="I2max",
        topic="meter/l2/current/maximum",
        value=_at_most,
        shown=Presentation(
            name="Current L2 (upper bound)",
            device_class="current",
            unit="A",
            precision=1,
            diagnostic=True,
        ),
    ),
    Register(key="I2c", topic="meter/l2/current/clamped", value=_clamped),
    _counter(
        "tPI",
        "meter/import/active/accumulated",
        "energy_import",
        "Energy import",
        reactive=False,
    ),
    _counter(
        "tPO",
        "meter/export/active/accumulated",
        "energy_export",
        "Energy export",
        reactive=False,
    ),
    _counter(
        "tQI",
        "meter/import/reactive/accumulated",
        "reactive_energy_import",
        "Reactive energy import",
        reactive=True,
    ),
    _counter(
        "tQO",
        "meter/export/reactive/accumulated",
        "reactive_energy_export",
        "Reactive energy export",
        reactive=True,
    ),
    Register(key="rtc", topic="meter/clock", value=_meter_clock),
)


def _energy(key: str, topic: str, get: str, name: str) -> Figure:
    # No state class: long-term statistics are the business of the meter's own counters.
    shown = Presentation(
        name=name, device_class="energy", unit="kWh", precision=2, state_class=None
    )
    value = attrgetter(get)
    return Figure(
        key=key, topic=topic, value=lambda realtime: value(realtime) / _PER_KILO, shown=shown
    )


def _quality(key: str, topic: str, get: str) -> Figure:
    value = attrgetter(get)
    return Figure(key=key, topic=topic, value=lambda realtime: str(value(realtime)))


def _step(realtime: Realtime) -> int | None:
    return next((step for step in _STEPS if realtime.peak_mean < step * _PER_KILO), None)


FIGURES: tuple[Figure, ...] = (
    _energy("h", "realtime/import/hour", "imported.hour.energy", "Energy import this hour"),
    _energy("d", "realtime/import/day", "imported.day.energy", "Energy import today"),
    _energy("m", "realtime/import/month", "imported.month.energy", "Energy import this month"),
    Figure(
        key="t",
        topic="realtime/import/threshold",
        value=_step,
        shown=Presentation(name="Capacity fee step", device_class="power", unit="kW", precision=0),
    ),
    Figure(
        key="x",
        topic="realtime/import/monthmax",
        value=lambda realtime: realtime.peak_mean / _PER_KILO,
        shown=Presentation(
            name="Mean of the highest hours", device_class="power", unit="kW", precision=2
        ),
    ),
    _energy("he", "realtime/export/hour", "exported.hour.energy", "Energy export this hour"),
    _energy("de", "realtime/export/day", "exported.day.energy", "Energy export today"),
    _energy("me", "realtime/export/month", "exported.month.energy", "Energy export this month"),
    _energy(
        "hp",
        "realtime/import/hour/projected",
        "projected_hour",
        "Energy import this hour projected",
    ),
    _quality("hq", "realtime/import/hour/quality", "imported.hour.quality"),
    _quality("dq", "realtime/import/day/quality", "imported.day.quality"),
    _quality("mq", "realtime/import/month/quality", "imported.month.quality"),
)
