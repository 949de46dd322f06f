"""A home: its base load, its appliances and what its fuse box and meter see.

Time is an argument and all randomness comes from a seed, so that two runs with the same seed and
the same switching give the same currents, whatever the length of the steps.

Shapes: currents in amperes, voltages in volts, power in watts and var, energy in Wh and varh.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from random import Random
from typing import Protocol

from .grid import NO_CURRENT, NOMINAL_VOLTAGE, GridType, LinePhasors, Wiring, reactive_power, wire

# Of the average over the day, by hour (UTC): a night low, a morning peak and an evening peak.
_DAILY_PROFILE = (
    *(0.60, 0.55, 0.55, 0.55, 0.65, 0.95, 1.25, 1.20, 1.00, 0.90, 0.90, 0.90),
    *(0.90, 0.95, 1.10, 1.40, 1.60, 1.65, 1.55, 1.45, 1.30, 1.05, 0.80, 0.65),
)
_BASE_POWER_FACTOR = 0.95
_SPREAD = 0.15


class LineLoad(Protocol):
    """Anything with a current on the house's lines: a charger."""

    @property
    def phasors(self) -> LinePhasors:
        """Return the current on L1, L2 and L3 as phasors (A)."""
        ...

    @property
    def power_w(self) -> float:
        """Return the active power (W)."""
        ...


@dataclass(slots=True, kw_only=True)
class Appliance:
    """A switchable load of ``watts`` W (negative produces) on ``wiring`` (see ``grid.wire``)."""

    name: str
    watts: float
    wiring: str
    power_factor: float = 1.0
    on: bool = False


def typical_appliances(grid: GridType) -> tuple[Appliance, ...]:
    """Return a sauna, a water heater and a hob, wired as is usual in that grid."""
    match grid:
        case GridType.TN_400:
            sauna, heater, hob = "L1-L2-L3", "L1-N", "L2-N+L3-N"
        case GridType.IT_230:
            sauna, heater, hob = "L1-L2-L3", "L1-L2", "L2-L3"
        case GridType.SINGLE_PHASE:
            sauna = heater = hob = "L1-N"
    return (
        Appliance(name="sauna", watts=6000.0, wiring=sauna),
        Appliance(name="water_heater", watts=2000.0, wiring=heater),
        Appliance(name="hob", watts=3600.0, wiring=hob),
    )


class House:
    """The loads of one home behind one main fuse and one meter."""

    def __init__(
        self,
        *,
        grid: GridType = GridType.TN_400,
        seed: int = 0,
        base_w: Sequence[float] = (300.0, 250.0, 200.0),
        appliances: Iterable[Appliance] | None = None,
        constant: bool = False,
        supply_impedance_ohm: float = 0.05,
    ) -> None:
        """Set up a home.

        ``base_w`` is the average base load of each pair of conductors that carries 230 V.
        ``constant`` leaves out the day's rhythm and the randomness.
        Raises ``ValueError`` for wiring the grid does not have or two appliances of one name.
        """
        self.grid = grid
        self._seed = seed
        self._constant = constant
        self._impedance = supply_impedance_ohm
        labels = grid.voltage_labels
        if len(base_w) < len(labels):
            raise ValueError(f"base_w needs {len(labels)} values in a {grid} supply")
        self._base = tuple(
            (wire(grid, label), watts) for label, watts in zip(labels, base_w, strict=False)
        )
        chosen = list(typical_appliances(grid) if appliances is None else appliances)
        self.appliances = {appliance.name: appliance for appliance in chosen}
        if len(self.appliances) != len(chosen):
            raise ValueError("two appliances have the same name")
        self._wirings = {item.name: wire(grid, item.wiring) for item in chosen}
        self._minute: int | None = None
        self._fixed: LinePhasors = NO_CURRENT
        self._fixed_w = 0.0
        self._fixed_var = 0.0
        self.currents: tuple[float, float, float] = (0.0, 0.0, 0.0)
        self.power_w = 0.0
        self.reactive_var = 0.0
        self.import_wh = 0.0
        self.export_wh = 0.0
        self.import_varh = 0.0
        self.export_varh = 0.0

    def switch(self, name: str, on: bool) -> None:
        """Turn an appliance on or off. Raises ``KeyError`` for one the home does not have."""
        self.appliances[name].on = on
        self._minute = None

    @property
    def voltages(self) -> tuple[float, ...]:
        """Return the voltages the meter shows, lowered by the load on the supply (V)."""
        pairs = zip(self.grid.voltage_labels, self.currents, strict=False)
        return tuple(NOMINAL_VOLTAGE - self._impedance * amperes for _, amperes in pairs)

    def step(
        self, now: datetime, dt_s: float, chargers: Iterable[LineLoad] = (), speed: float = 1.0
    ) -> None:
        """Bring the currents, power and energy up to ``now``, ``dt_s`` seconds after the last step.

        ``speed`` multiplies the energy that is counted, never the power.
        """
        minute = int(now.timestamp()) // 60
        if minute != self._minute:
            self._settle(minute)
        one, two, three = self._fixed
        watts = self._fixed_w
        for charger in chargers:
            if charger.power_w:
                first, second, third = charger.phasors
                one += first
                two += second
                three += third
                watts += charger.power_w
        self.currents = (abs(one), abs(two), abs(three))
        self.power_w = watts
        self.reactive_var = self._fixed_var
        hours = dt_s * speed / 3600.0
        if watts >= 0:
            self.import_wh += watts * hours
        else:
            self.export_wh -= watts * hours
        if self._fixed_var >= 0:
            self.import_varh += self._fixed_var * hours
        else:
            self.export_varh -= self._fixed_var * hours

    def _settle(self, minute: int) -> None:
        self._minute = minute
        total = [0j, 0j, 0j]
        watts = var = 0.0
        loads: list[tuple[Wiring, float, float]] = [
            (wiring, average * self._rhythm(minute, index), _BASE_POWER_FACTOR)
            for index, (wiring, average) in enumerate(self._base)
        ]
        loads += [
            (self._wirings[item.name], item.watts, item.power_factor)
            for item in self.appliances.values()
            if item.on
        ]
        for wiring, power, power_factor in loads:
            amperes = power / wiring.watts_per_ampere / power_factor
            for index, phasor in enumerate(wiring.phasors(amperes, power_factor)):
                total[index] += phasor
            watts += power
            var += reactive_power(power, power_factor)
        self._fixed = (total[0], total[1], total[2])
        self._fixed_w = watts
        self._fixed_var = var

    def _rhythm(self, minute: int, index: int) -> float:
        if self._constant:
            return 1.0
        hour = minute // 60 % 24
        part = minute % 60 / 60.0
        level = _DAILY_PROFILE[hour] * (1 - part) + _DAILY_PROFILE[(hour + 1) % 24] * part
        noise = Random(f"{self._seed}/{index}/{minute}").gauss(1.0, _SPREAD)
        return level * max(0.2, noise)
