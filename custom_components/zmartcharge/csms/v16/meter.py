"""Sampled values of OCPP 1.6 (clauses 7.26-7.46) as one snapshot per moment."""

from datetime import datetime
from typing import Any

from ...units import Ampere, Phase, Volt
from ..messages import MeterSnapshot
from .fields import Fields, to_number

_REGISTER = "Energy.Active.Import.Register"
_SCALE = {"Wh": 1.0, "kWh": 1000.0, "W": 1.0, "kW": 1000.0, "A": 1.0, "V": 1.0}
_LINES = {phase.name: phase for phase in Phase}
#: Beyond these a value is a fault of the charger, not a measurement.
_LIMITS = {
    _REGISTER: (0.0, 1e11),
    "Power.Active.Import": (-1e6, 1e6),
    "Power.Offered": (0.0, 1e6),
    "Current.Import": (-1000.0, 1000.0),
    "Current.Offered": (0.0, 1000.0),
    "Voltage": (0.0, 1000.0),
    "SoC": (0.0, 100.0),
}


def read_snapshots(fields: Fields, key: str, received: datetime) -> tuple[MeterSnapshot, ...]:
    """Return the snapshots of a ``meterValue`` or ``transactionData`` list, oldest first."""
    found = []
    for item in fields.objects(key):
        inner = Fields(item, received=received)
        found.append(_Collector(inner.time("timestamp")).collect(inner))
        fields.problems += [f"{key}.{problem}" for problem in inner.problems]
    return tuple(sorted(found, key=lambda snapshot: snapshot.sampled_at))


def _line(value: dict[str, Any]) -> Phase | None:
    return _LINES.get(str(value.get("phase", "")).partition("-")[0])


class _Collector:
    """Gathers one set of sampled values."""

    def __init__(self, sampled_at: datetime) -> None:
        self._sampled_at = sampled_at
        self._totals: dict[str, float] = {}
        self._lines: dict[str, dict[Phase, float]] = {}
        self._signed: list[str] = []
        self._live = True

    def collect(self, fields: Fields) -> MeterSnapshot:
        """Read every sampled value and return what they say together."""
        for value in fields.objects("sampledValue"):
            problem = self._take(value)
            if problem:
                fields.problems.append(f"sampledValue: {problem}")
        register = self._total(_REGISTER)
        currents: dict[Phase, Ampere] = self._lines.get("Current.Import", {})
        if not currents and "Current.Import" in self._totals:
            currents = {Phase.L1: self._totals["Current.Import"]}
        voltages: dict[Phase, Volt] = self._lines.get("Voltage", {})
        if not voltages and "Voltage" in self._totals:
            voltages = {Phase.L1: self._totals["Voltage"]}
        offered = self._lines.get("Current.Offered", {})
        return MeterSnapshot(
            sampled_at=self._sampled_at,
            register=None if register is None else round(register),
            power=self._total("Power.Active.Import"),
            currents=currents,
            voltages=voltages,
            offered=self._totals.get("Current.Offered", max(offered.values(), default=None)),
            offered_power=self._total("Power.Offered"),
            soc=self._totals.get("SoC"),
            signed=tuple(self._signed),
            live=self._live,
        )

    def _total(self, measurand: str) -> float | None:
        if measurand in self._totals:
            return self._totals[measurand]
        lines = self._lines.get(measurand)
        return sum(lines.values()) if lines else None

    def _take(self, value: dict[str, Any]) -> str | None:
        if value.get("format") == "SignedData":
            self._signed.append(str(value.get("value", ""))[:20_000])
            return None
        if value.get("context") == "Transaction.Begin":
            self._live = False
        measurand = str(value.get("measurand", _REGISTER))
        # The state of charge is the car's, so chargers give it the location EV.
        places = ("Outlet", "Inlet", "EV") if measurand == "SoC" else ("Outlet", "Inlet")
        if str(value.get("location", "Outlet")) not in places:
            return None
        limits = _LIMITS.get(measurand)
        if limits is None:
            return None
        number = to_number(value.get("value"))
        if number is None:
            return f"{measurand[:40]} is not a number"
        number *= _SCALE.get(str(value.get("unit", "")), 1.0)
        if not limits[0] <= number <= limits[1]:
            return f"{measurand} is absurd"
        if line := _line(value):
            self._lines.setdefault(measurand, {})[line] = number
        elif value.get("phase") in (None, ""):
            self._totals[measurand] = number
        return None
