"""Sampled values of any OCPP version, gathered into one snapshot per moment.

Source of the measurands and their defaults: OCPP 1.6, clauses 7.26-7.46; OCPP 2.0.1, part 2,
clauses 2.48 and 3.53, which keep them.
"""

from collections.abc import Iterable
from datetime import datetime

from ..units import Ampere, Phase, Volt
from .messages import MeterSnapshot, Sample

REGISTER = "Energy.Active.Import.Register"
OUTLET = "Outlet"
_OPENING = "Transaction.Begin"
_SCALE = {"Wh": 1.0, "kWh": 1000.0, "W": 1.0, "kW": 1000.0, "A": 1.0, "V": 1.0}
_LINES = {phase.name: phase for phase in Phase}
_MAX_SIGNED = 20_000
#: Beyond these a value is a fault of the charger, not a measurement.
_LIMITS = {
    REGISTER: (0.0, 1e11),
    "Power.Active.Import": (-1e6, 1e6),
    "Power.Offered": (0.0, 1e6),
    "Current.Import": (-1000.0, 1000.0),
    "Current.Offered": (0.0, 1000.0),
    "Voltage": (0.0, 1000.0),
    "SoC": (0.0, 100.0),
}


def is_wanted(measurand: str, location: str) -> bool:
    """Tell whether a measurand, measured there, says anything about a connector."""
    # The state of charge is the car's, so chargers give it the location EV.
    places = (OUTLET, "Inlet", "EV") if measurand == "SoC" else (OUTLET, "Inlet")
    return location in places and measurand in _LIMITS


def scale_of(unit: str) -> float:
    """Return what a value is to be multiplied with for the unit to become the base unit."""
    return _SCALE.get(unit, 1.0)


class Sampling:
    """Gathers one set of sampled values."""

    def __init__(self, sampled_at: datetime) -> None:
        """Begin with nothing, measured at a time (aware UTC)."""
        self._sampled_at = sampled_at
        self._totals: dict[str, float] = {}
        self._lines: dict[str, dict[Phase, float]] = {}
        self._signed: list[str] = []
        self._live = True

    def take(self, sample: Sample) -> str | None:
        """Take a value in base units; returns what is wrong with it, None when nothing is."""
        if sample.context == _OPENING:
            self._live = False
        if not is_wanted(sample.measurand, sample.location):
            return None
        low, high = _LIMITS[sample.measurand]
        if not low <= sample.value <= high:
            return f"{sample.measurand} is absurd"
        line = _LINES.get((sample.phase or "").partition("-")[0])
        if line:
            self._lines.setdefault(sample.measurand, {})[line] = sample.value
        elif not sample.phase:
            self._totals[sample.measurand] = sample.value
        return None

    def take_signed(self, text: str) -> None:
        """Take a signed value as it is."""
        self._signed.append(text[:_MAX_SIGNED])

    def snapshot(self) -> MeterSnapshot:
        """Return what the values say together."""
        register = self._total(REGISTER)
        offered = self._lines.get("Current.Offered", {})
        return MeterSnapshot(
            sampled_at=self._sampled_at,
            register=None if register is None else round(register),
            power=self._total("Power.Active.Import"),
            currents=self._by_line("Current.Import"),
            voltages=self._by_line("Voltage"),
            offered=self._totals.get("Current.Offered", max(offered.values(), default=None)),
            offered_power=self._total("Power.Offered"),
            soc=self._totals.get("SoC"),
            signed=tuple(self._signed),
            live=self._live,
        )

    def _by_line(self, measurand: str) -> dict[Phase, Ampere] | dict[Phase, Volt]:
        if measurand not in self._lines and measurand in self._totals:
            return {Phase.L1: self._totals[measurand]}
        return self._lines.get(measurand, {})

    def _total(self, measurand: str) -> float | None:
        if measurand in self._totals:
            return self._totals[measurand]
        lines = self._lines.get(measurand)
        return sum(lines.values()) if lines else None


def oldest_first(snapshots: Iterable[MeterSnapshot]) -> tuple[MeterSnapshot, ...]:
    """Return snapshots in the order of their times."""
    return tuple(sorted(snapshots, key=lambda snapshot: snapshot.sampled_at))
