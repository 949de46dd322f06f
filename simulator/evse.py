"""A charger's physical side: connectors, the limits of its charging profiles, and its draw.

Time is an argument, so the same charger runs in virtual time and behind a socket. Shapes: currents
in amperes per phase, power in watts, energy in Wh.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import ceil
from typing import Any

from .car import Car
from .charging_profile import FOREVER, ChargingProfile, Kind, Purpose, RateUnit, SchedulePeriod
from .connector import LOWEST_OFFER_A, Connector, ConnectorError, Pilot, Transaction
from .grid import NO_CURRENT, GridType, LinePhasors, Phase, charger_wiring
from .profile_store import Limit, ProfileStore

ACCEPTED = "Accepted"
REJECTED = "Rejected"


@dataclass(frozen=True, slots=True, kw_only=True)
class Behaviour:
    """How a charger obeys. The defaults are those of a charger that keeps to the standards.

    ``response_delay_s`` is how long a new limit waits before the pilot changes, ``ignore_limits``
    answers Accepted and does nothing, ``profile_answer`` is given to every SetChargingProfile
    without installing it.

    The rest is what makes of chargers do: purposes, kinds and amperes with a fraction that are
    refused, units that are accepted without an effect (``ignored_units``) or that the configuration
    names wrongly (``told_units``), a shortest interval of meter values, and requests or
    configuration keys that make the charger restart (``restarts_on``).
    """

    pilot: Pilot = field(default_factory=Pilot)
    ignore_limits: bool = False
    profile_answer: str | None = None
    relative_from_installation: bool = False
    rate_units: frozenset[RateUnit] = frozenset(RateUnit)
    max_stack_level: int = 8
    max_periods: int = 24
    max_profiles: int = 20
    refused_purposes: frozenset[Purpose] = frozenset()
    profile_kinds: frozenset[Kind] = frozenset(Kind)
    whole_amperes: bool = False
    ignored_units: frozenset[RateUnit] = frozenset()
    told_units: frozenset[RateUnit] | None = None
    shortest_meter_interval_s: int = 0
    restarts_on: frozenset[str] = frozenset()
    shows_no_power: bool = False

    def takes(self, profile: ChargingProfile) -> bool:
        """Tell whether the charger knows this kind of profile."""
        whole = all(period.limit == int(period.limit) for period in profile.periods)
        return (
            profile.unit in self.rate_units
            and profile.kind in self.profile_kinds
            and profile.purpose not in self.refused_purposes
            and profile.stack_level <= self.max_stack_level
            and len(profile.periods) <= self.max_periods
            and (whole or not self.whole_amperes)
        )


@dataclass(slots=True)
class _Cached:
    """A limit in amperes and how long it may be used without asking the profiles again."""

    amperes: float
    until: datetime
    version: int


class Evse:
    """A charger with one or more connectors on one supply."""

    def __init__(
        self,
        *,
        connectors: int = 1,
        phases: int = 3,
        max_current_a: float = 32.0,
        grid: GridType = GridType.TN_400,
        first_phase: Phase = Phase.L1,
        behaviour: Behaviour | None = None,
    ) -> None:
        """Set up a charger.

        ``phases`` (1 or 3) is how it is installed and ``first_phase`` the line its own L1 is on.
        Raises ``ValueError`` for no connectors, less than 6 A, or phases the grid does not have.
        """
        if connectors < 1 or max_current_a < LOWEST_OFFER_A:
            raise ValueError("a charger has a connector and offers at least 6 A")
        self.grid = grid
        self.phases = phases
        self.max_current_a = max_current_a
        self.behaviour = Behaviour() if behaviour is None else behaviour
        self.connectors: Sequence[Connector] = tuple(Connector(n + 1) for n in range(connectors))
        self.profiles = ProfileStore(
            relative_from_installation=self.behaviour.relative_from_installation
        )
        widths = (1,) if phases == 1 else (1, 3)
        charger_wiring(grid, phases)
        self._house_wiring = {n: charger_wiring(grid, n, first_phase) for n in widths}
        self._own_wiring = {n: charger_wiring(grid, n) for n in widths}
        self._next_key = 1
        self._limits: dict[int, _Cached] = {}
        self.phasors: LinePhasors = NO_CURRENT
        self.power_w = 0.0

    def connector(self, connector_id: int) -> Connector:
        """Return a connector. Raises ``ConnectorError`` for an id the charger does not have."""
        if not 1 <= connector_id <= len(self.connectors):
            raise ConnectorError(f"there is no connector {connector_id}")
        return self.connectors[connector_id - 1]

    def plug_in(self, car: Car, connector_id: int = 1) -> None:
        """Connect a car. Raises ``ConnectorError`` where there is one already."""
        self.connector(connector_id).plug_in(car)

    def unplug(self, connector_id: int = 1) -> Car:
        """Disconnect the car and return it. Raises ``ConnectorError`` where there is none."""
        car = self.connector(connector_id).unplug()
        self._sum()
        return car

    def start_transaction(
        self, now: datetime, *, connector_id: int = 1, id_tag: str = "simulator"
    ) -> Transaction:
        """Begin a transaction. Raises ``ConnectorError`` where the connector cannot have one."""
        connector = self.connector(connector_id)
        transaction = Transaction(
            key=self._next_key,
            id_tag=id_tag,
            started_at=now,
            meter_start_wh=connector.energy_wh,
        )
        connector.begin(transaction)
        self._next_key += 1
        self._limits.clear()
        self.step(now, 0.0)
        return transaction

    def stop_transaction(self, connector_id: int = 1) -> Transaction:
        """End the transaction, with its TxProfiles. Raises ``ConnectorError`` where none runs."""
        ended = self.connector(connector_id).end()
        self.profiles.clear(connector_id=connector_id, purpose=Purpose.TX)
        self._limits.clear()
        self._sum()
        return ended

    def set_profile(self, connector_id: int, profile: ChargingProfile, now: datetime) -> str:
        """Install a profile and return the ChargingProfileStatus (5.16): Accepted or Rejected."""
        if self.behaviour.profile_answer is not None:
            return self.behaviour.profile_answer
        if not self._is_acceptable(connector_id, profile):
            return REJECTED
        if profile.unit in self.behaviour.ignored_units:
            return ACCEPTED
        self.profiles.install(connector_id, profile, now)
        return ACCEPTED

    def _is_acceptable(self, connector_id: int, profile: ChargingProfile) -> bool:
        behaviour = self.behaviour
        if (
            not 0 <= connector_id <= len(self.connectors)
            or not behaviour.takes(profile)
            or len(self.profiles.installed) >= behaviour.max_profiles
        ):
            return False
        match profile.purpose:
            case Purpose.CHARGE_POINT_MAX:
                return connector_id == 0
            case Purpose.TX_DEFAULT:
                return True
            case Purpose.TX:
                running = self.connector(connector_id).transaction if connector_id else None
                return running is not None and profile.transaction_id in (
                    None,
                    running.transaction_id,
                )

    def step(self, now: datetime, dt_s: float, speed: float = 1.0) -> None:
        """Bring pilots, cars and registers up to ``now``, ``dt_s`` seconds after the last step.

        ``speed`` multiplies the energy that is counted, never the power or the reaction times.
        """
        busy = False
        for connector in self.connectors:
            if connector.car is None:
                continue
            busy = True
            connector.count(dt_s * speed / 3600.0)
            target = self._target(connector, now) if connector.transaction is not None else 0.0
            wiring = self._house_wiring[min(self.phases, connector.car.phases)]
            connector.step(now, dt_s, target, self.behaviour.pilot, wiring)
        if busy or self.power_w:
            self._sum()

    def _sum(self) -> None:
        one = two = three = 0j
        watts = 0.0
        for connector in self.connectors:
            if connector.power_w:
                first, second, third = connector.phasors
                one += first
                two += second
                three += third
                watts += connector.power_w
        self.phasors = (one, two, three)
        self.power_w = watts

    def line_currents(self, connector_id: int) -> tuple[float, ...]:
        """Return what the charger's own meter shows on each of its lines (A)."""
        connector = self.connector(connector_id)
        lines = self.phases if self.grid is not GridType.IT_230 else max(2, self.phases)
        car_phases = self.phases if connector.car is None else connector.car.phases
        factors = self._own_wiring[min(self.phases, car_phases)].amperes_per_ampere
        return tuple(connector.current_a * factor for factor in factors[:lines])

    def _target(self, connector: Connector, now: datetime) -> float:
        if self.behaviour.ignore_limits:
            return self.max_current_a
        cached = self._limits.get(connector.connector_id)
        if cached is None or cached.version != self.profiles.version or now >= cached.until:
            cached = self._resolve(connector, now)
            self._limits[connector.connector_id] = cached
        return cached.amperes

    def _resolve(self, connector: Connector, now: datetime) -> _Cached:
        transaction = connector.transaction
        started = None if transaction is None else transaction.started_at
        own = self.profiles.connector_limit(connector.connector_id, now, started)
        station = self.profiles.station_limit(now)
        # With a limit for the whole charger, its running transactions share it equally.
        running = sum(item.transaction is not None for item in self.connectors)
        amperes = min(
            self.max_current_a, self._amperes(own), self._amperes(station) / max(1, running)
        )
        return _Cached(
            amperes if amperes >= LOWEST_OFFER_A else 0.0,
            min(own.until, station.until),
            self.profiles.version,
        )

    def _amperes(self, limit: Limit) -> float:
        """Return the limit in A per phase; a schedule in W is shared by its phases (7.14)."""
        if limit.period is None:
            return self.max_current_a * len(self.connectors)
        if limit.unit is RateUnit.AMPERE:
            return limit.period.limit
        return limit.period.limit / self._schedule_watts_per_ampere(limit.period)

    def _schedule_watts_per_ampere(self, period: SchedulePeriod) -> float:
        phases = 3 if period.number_phases is None else period.number_phases
        if phases >= 3 and self.phases == 3:
            return self._own_wiring[3].watts_per_ampere
        return self._own_wiring[1].watts_per_ampere * phases

    def watts_per_ampere(self, phases: int) -> float:
        """Return the power (W) that one offered ampere gives a car on 1 or 3 phases."""
        return self._own_wiring[phases].watts_per_ampere

    def composite_schedule(
        self, connector_id: int, now: datetime, duration_s: int, unit: RateUnit = RateUnit.AMPERE
    ) -> tuple[SchedulePeriod, ...]:
        """Return the limits of the next ``duration_s`` seconds (5.7), in ``unit``.

        Raises ``ConnectorError`` for a connector the charger does not have.
        """
        transaction = self.connector(connector_id).transaction if connector_id else None
        started = now if transaction is None else transaction.started_at
        end = now + timedelta(seconds=duration_s)
        periods: list[SchedulePeriod] = []
        at = now
        while at < end:
            station = self.profiles.station_limit(at)
            own = (
                self.profiles.connector_limit(connector_id, at, started)
                if connector_id
                else Limit(None, unit, FOREVER)
            )
            cap = self.max_current_a * (1 if connector_id else len(self.connectors))
            amperes = min(cap, self._amperes(own), self._amperes(station))
            limit = amperes
            if unit is RateUnit.WATT:
                limit *= self._own_wiring[self.phases].watts_per_ampere
            limit = round(limit, 1)
            if not periods or periods[-1].limit != limit:
                start_s = ceil((at - now).total_seconds())
                periods.append(SchedulePeriod(start_s=start_s, limit=limit))
            at = min(own.until, station.until)
        return tuple(periods)

    def save(self) -> dict[str, Any]:
        """Return what survives a restart of the charger as JSON values."""
        return {
            "next_key": self._next_key,
            "connectors": [connector.save() for connector in self.connectors],
            "profiles": self.profiles.save(),
        }

    def load(self, saved: dict[str, Any]) -> None:
        """Take over what ``save`` returned, as far as the connectors are still there."""
        self._next_key = int(saved["next_key"])
        for values in saved["connectors"]:
            if values["connector_id"] <= len(self.connectors):
                self.connector(values["connector_id"]).load(values)
        self.profiles.load(saved["profiles"])
