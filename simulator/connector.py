"""One connector of a charger: its contactor, its control pilot, its meter and its transaction.

Time is an argument. Shapes: currents in amperes per phase, energy in Wh.
"""

from dataclasses import asdict, dataclass, fields
from datetime import datetime
from enum import StrEnum
from typing import Any

from .car import Car
from .charging_profile import parse_time
from .grid import NO_CURRENT, LinePhasors, Wiring

# IEC 61851-1, table A.7: a duty cycle of 10 % offers 6 A, and none offers less.
LOWEST_OFFER_A = 6.0


class ConnectorStatus(StrEnum):
    """ChargePointStatus of OCPP 1.6 (7.7)."""

    AVAILABLE = "Available"
    PREPARING = "Preparing"
    CHARGING = "Charging"
    SUSPENDED_EV = "SuspendedEV"
    SUSPENDED_EVSE = "SuspendedEVSE"
    FINISHING = "Finishing"
    RESERVED = "Reserved"
    UNAVAILABLE = "Unavailable"
    FAULTED = "Faulted"


class ConnectorError(RuntimeError):
    """Something that cannot be done with the connector as it is."""


@dataclass(slots=True, kw_only=True)
class Transaction:
    """A running transaction. ``transaction_id`` is ``None`` until the central system gave one.

    ``key`` is the charger's own name for it, never used twice.
    """

    key: int
    id_tag: str
    started_at: datetime
    meter_start_wh: int
    transaction_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reservation:
    """A reservation that holds until ``expires_at``."""

    reservation_id: int
    id_tag: str
    expires_at: datetime
    parent_id_tag: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pilot:
    """How the control pilot of a charger reacts to a new limit."""

    interval_s: float = 5.0
    delay_s: float = 0.0


class Connector:
    """A connector, its cable and whatever is plugged into it."""

    def __init__(self, connector_id: int) -> None:
        """Start free, operative and without energy."""
        self.connector_id = connector_id
        self.car: Car | None = None
        self.transaction: Transaction | None = None
        self.reservation: Reservation | None = None
        self.awaiting_id_tag: str | None = None
        self.fault: str | None = None
        self.operative = True
        self.finished = False
        self.offered_a = 0.0
        self.current_a = 0.0
        self.phasors: LinePhasors = NO_CURRENT
        self.power_w = 0.0
        self._energy_wh = 0.0
        self._offered_at: datetime | None = None
        self._differs_since: datetime | None = None

    @property
    def energy_wh(self) -> int:
        """Return the energy register: everything this connector ever delivered (Wh)."""
        return int(self._energy_wh)

    @property
    def status(self) -> ConnectorStatus:
        """Return the status as OCPP 1.6 (4.9) has it."""
        if self.fault is not None:
            return ConnectorStatus.FAULTED
        if self.transaction is not None:
            if self.offered_a <= 0 or self.car is None:
                ours = self.car is not None
                return ConnectorStatus.SUSPENDED_EVSE if ours else ConnectorStatus.SUSPENDED_EV
            return ConnectorStatus.CHARGING if self.current_a else ConnectorStatus.SUSPENDED_EV
        if not self.operative:
            return ConnectorStatus.UNAVAILABLE
        if self.finished and self.car is not None:
            return ConnectorStatus.FINISHING
        if self.car is not None or self.awaiting_id_tag is not None:
            return ConnectorStatus.PREPARING
        return ConnectorStatus.AVAILABLE if self.reservation is None else ConnectorStatus.RESERVED

    def plug_in(self, car: Car) -> None:
        """Connect a car. Raises ``ConnectorError`` where there is one already."""
        if self.car is not None:
            raise ConnectorError(f"connector {self.connector_id} already has a car")
        self.car = car
        self.finished = False

    def unplug(self) -> Car:
        """Disconnect the car and return it. Raises ``ConnectorError`` where there is none."""
        if self.car is None:
            raise ConnectorError(f"connector {self.connector_id} has no car")
        car = self.car
        self.open_contactor()
        self.car = None
        self.finished = False
        return car

    def begin(self, transaction: Transaction) -> None:
        """Begin a transaction. Raises ``ConnectorError`` where one is running or none may run."""
        if self.transaction is not None:
            raise ConnectorError(f"connector {self.connector_id} already has a transaction")
        if self.fault is not None or not self.operative:
            raise ConnectorError(f"connector {self.connector_id} is out of order")
        self.transaction = transaction
        self.awaiting_id_tag = None
        self.reservation = None

    def end(self) -> Transaction:
        """End the transaction and return it. Raises ``ConnectorError`` where there is none."""
        if self.transaction is None:
            raise ConnectorError(f"connector {self.connector_id} has no transaction")
        ended = self.transaction
        self.transaction = None
        self.finished = self.car is not None
        self.open_contactor()
        return ended

    def open_contactor(self) -> None:
        """Cut the current at once."""
        self.offered_a = 0.0
        self._offered_at = self._differs_since = None
        self._carry(0.0, None)
        if self.car is not None:
            self.car.disconnect()

    def step(
        self, now: datetime, dt_s: float, target_a: float, pilot: Pilot, wiring: Wiring
    ) -> None:
        """Offer ``target_a`` when the pilot may, and let the car follow for ``dt_s`` seconds."""
        car = self.car
        if car is None:
            return
        if self.transaction is None or self.fault is not None:
            if self.offered_a or self.current_a:
                self.open_contactor()
            return
        if target_a != self.offered_a:
            self._offer(now, target_a if target_a >= LOWEST_OFFER_A else 0.0, pilot)
        current = car.follow(self.offered_a, dt_s)
        if current != self.current_a:
            self._carry(current, wiring)

    def count(self, hours: float) -> None:
        """Deliver the present power for ``hours`` hours: to the register and to the battery."""
        if self.power_w and self.car is not None:
            energy_wh = self.power_w * hours
            self._energy_wh += energy_wh
            self.car.charge(energy_wh)

    def _offer(self, now: datetime, target_a: float, pilot: Pilot) -> None:
        if target_a == self.offered_a:
            self._differs_since = None
            return
        if self._differs_since is None:
            self._differs_since = now
        waited = (now - self._differs_since).total_seconds()
        if self._offered_at is not None:
            held = (now - self._offered_at).total_seconds()
            if held < pilot.interval_s or waited < pilot.delay_s:
                return
        self.offered_a = target_a
        self._offered_at = now
        self._differs_since = None

    def _carry(self, current: float, wiring: Wiring | None) -> None:
        self.current_a = current
        if wiring is None or not current:
            self.phasors = NO_CURRENT
            self.power_w = 0.0
            return
        one, two, three = wiring.per_ampere
        self.phasors = (one * current, two * current, three * current)
        self.power_w = wiring.watts_per_ampere * current

    def save(self) -> dict[str, Any]:
        """Return what survives a restart of the charger as JSON values."""
        transaction, reservation = self.transaction, self.reservation
        return {
            "connector_id": self.connector_id,
            "energy_wh": self._energy_wh,
            "operative": self.operative,
            "finished": self.finished,
            "transaction": None
            if transaction is None
            else asdict(transaction) | {"started_at": transaction.started_at.isoformat()},
            "reservation": None
            if reservation is None
            else asdict(reservation) | {"expires_at": reservation.expires_at.isoformat()},
            "car": None if self.car is None else asdict(self.car),
        }

    def load(self, saved: dict[str, Any]) -> None:
        """Take over what ``save`` returned."""
        self._energy_wh = float(saved["energy_wh"])
        self.operative = bool(saved["operative"])
        self.finished = bool(saved["finished"])
        if (values := saved["transaction"]) is not None:
            started_at = parse_time(values["started_at"])
            self.transaction = Transaction(**values | {"started_at": started_at})
        if (values := saved["reservation"]) is not None:
            expires_at = parse_time(values["expires_at"])
            self.reservation = Reservation(**values | {"expires_at": expires_at})
        if (values := saved["car"]) is not None:
            known = {field.name for field in fields(Car) if field.init}
            self.car = Car(**{key: value for key, value in values.items() if key in known})
