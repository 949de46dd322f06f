"""What a charger decides by itself, without any connection: sessions, statuses and samples.

Pure: time is an argument. A ``Station`` steps its ``Evse``, begins and ends transactions, and
writes into its ``Outbox`` what the central system is to be told, whether that listens or not.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from .authorization import KnownIdTags
from .car import Car
from .charging_profile import ChargingProfile, Purpose
from .configuration import Configuration
from .connector import Connector, ConnectorError, ConnectorStatus, Transaction
from .evse import Evse
from .meter_values import meter_value, timestamp
from .outbox import Outbox, Outgoing
from .reservations import Reservations
from .sampler import Sampler

NO_ERROR = "NoError"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Awaiting:
    """An idTag that was accepted before a cable was plugged in."""

    id_tag: str
    until: datetime
    profile: ChargingProfile | None = None


class Station:
    """The firmware of a charger."""

    def __init__(
        self,
        evse: Evse,
        configuration: Mapping[str, str] | None = None,
        *,
        free_vend_id_tag: str | None = None,
        resume_after_power_loss: bool = True,
    ) -> None:
        """Set up the firmware of ``evse``.

        ``free_vend_id_tag`` starts a transaction with that tag whenever a car is plugged in.
        ``resume_after_power_loss`` continues a transaction after a restart; otherwise it ends with
        the reason PowerLoss.
        """
        self.evse = evse
        self.configuration = Configuration(configuration, self._refuses)
        #: It was asked for something that makes it restart.
        self.wants_restart = False
        self.configuration.put("NumberOfConnectors", str(len(evse.connectors)))
        told = evse.behaviour.told_units or evse.behaviour.rate_units
        units = sorted({"A": "Current", "W": "Power"}[unit] for unit in told)
        self.configuration.put("ChargingScheduleAllowedChargingRateUnit", ",".join(units))
        self.configuration.put("ChargeProfileMaxStackLevel", str(evse.behaviour.max_stack_level))
        self.id_tags = KnownIdTags(self.configuration)
        self.outbox = Outbox()
        self.sampler = Sampler(evse, self.configuration, self.outbox)
        self.reservations = Reservations(self)
        self.operative = True
        self._free_vend_id_tag = free_vend_id_tag
        self._resume = resume_after_power_loss
        self._awaiting: dict[int, _Awaiting] = {}
        self._inoperative_after: set[int] = set()
        self._reported: dict[int, tuple[str, str]] = {}

    # --- what people do -------------------------------------------------------------------------

    def plug_in(self, car: Car, connector_id: int, now: datetime) -> None:
        """Connect a car. Raises ``ConnectorError`` where there is one already."""
        self.evse.plug_in(car, connector_id)
        self.settle(now)
        connector = self.evse.connector(connector_id)
        awaiting = self._awaiting.pop(connector_id, None)
        if connector.transaction is None and connector.status is ConnectorStatus.PREPARING:
            if awaiting is not None:
                self._begin(connector, awaiting.id_tag, awaiting.profile, now)
            elif self._free_vend_id_tag is not None:
                self._begin(connector, self._free_vend_id_tag, None, now)
        self.settle(now)

    def unplug(self, connector_id: int, now: datetime) -> Car:
        """Disconnect the car and return it. Raises ``ConnectorError`` where there is none."""
        connector = self.evse.connector(connector_id)
        if connector.car is None:
            raise ConnectorError(f"connector {connector_id} has no car")
        if connector.transaction is not None and self.configuration.flag(
            "StopTransactionOnEVSideDisconnect"
        ):
            self.stop(connector_id, now, "EVDisconnected")
        car = self.evse.unplug(connector_id)
        self.settle(now)
        return car

    def present(
        self,
        id_tag: str,
        connector_id: int,
        now: datetime,
        profile: ChargingProfile | None = None,
    ) -> None:
        """Start charging with an accepted tag: at once with a car, else when one is plugged in.

        Raises ``ConnectorError`` where the connector cannot have a transaction now.
        """
        connector = self.evse.connector(connector_id)
        if connector.car is not None:
            self._begin(connector, id_tag, profile, now)
        elif connector.status in {
            ConnectorStatus.AVAILABLE,
            ConnectorStatus.PREPARING,
            ConnectorStatus.RESERVED,
        }:
            until = now + timedelta(seconds=self.configuration.number("ConnectionTimeOut"))
            self._awaiting[connector_id] = _Awaiting(id_tag=id_tag, until=until, profile=profile)
            connector.awaiting_id_tag = id_tag
        else:
            raise ConnectorError(f"connector {connector_id} is {connector.status}")
        self.settle(now)

    def stop(
        self, connector_id: int, now: datetime, reason: str, id_tag: str | None = None
    ) -> None:
        """End the transaction. Raises ``ConnectorError`` where none is running."""
        connector = self.evse.connector(connector_id)
        ended = self.evse.stop_transaction(connector_id)
        payload: dict[str, Any] = {
            "meter_stop": connector.energy_wh,
            "timestamp": timestamp(now),
            "reason": reason,
        }
        if id_tag is not None:
            payload["id_tag"] = id_tag
        if names := self.configuration.measurands("StopTxnSampledData"):
            sample = meter_value(self.evse, connector, now, names, "Transaction.End")
            payload["transaction_data"] = [sample]
        if ended.transaction_id is not None:
            self.outbox.learn(ended.key, ended.transaction_id)
        self._tell("StopTransaction", payload, ended, connector_id)
        self.settle(now)

    def fault(self, connector_id: int, error_code: str | None, now: datetime) -> None:
        """Fail with a ChargePointErrorCode, which ends a transaction; ``None`` is repaired."""
        connector = self.evse.connector(connector_id)
        if error_code is not None and connector.transaction is not None:
            self.stop(connector_id, now, "Other")
        connector.fault = error_code
        self.settle(now)

    # --- what the central system asks for -------------------------------------------------------

    def free_connector(self, id_tag: str, connector_id: int | None) -> int | None:
        """Return a connector where ``id_tag`` may start charging now, with a car first."""
        candidates = [
            connector
            for connector in self.evse.connectors
            if connector_id in (None, connector.connector_id)
            and connector.transaction is None
            and (
                connector.status
                in {
                    ConnectorStatus.AVAILABLE,
                    ConnectorStatus.PREPARING,
                    ConnectorStatus.FINISHING,
                }
                or self.reservations.holds(connector.reservation, id_tag)
            )
        ]
        candidates.sort(key=lambda connector: connector.car is None)
        return candidates[0].connector_id if candidates else None

    def connector_of(self, transaction_id: int) -> Connector | None:
        """Return the connector on which a transaction runs."""
        for connector in self.evse.connectors:
            transaction = connector.transaction
            if transaction is not None and transaction.transaction_id == transaction_id:
                return connector
        return None

    def change_availability(self, connector_id: int, operative: bool, now: datetime) -> str:
        """Make connectors (0: all) operative or not and return the AvailabilityStatus (5.2)."""
        if "ChangeAvailability" in self.evse.behaviour.restarts_on:
            self.wants_restart = True
            return "Rejected"
        if not 0 <= connector_id <= len(self.evse.connectors):
            return "Rejected"
        chosen = [
            connector
            for connector in self.evse.connectors
            if connector_id in (0, connector.connector_id)
        ]
        scheduled = False
        for connector in chosen:
            self._inoperative_after.discard(connector.connector_id)
            if connector.transaction is not None and not operative:
                self._inoperative_after.add(connector.connector_id)
                scheduled = True
            else:
                connector.operative = operative
        if connector_id == 0:
            self.operative = operative
        self.settle(now)
        return "Scheduled" if scheduled else "Accepted"

    def _refuses(self, key: str, value: str) -> bool:
        behaviour = self.evse.behaviour
        if key in behaviour.restarts_on:
            self.wants_restart = True
            return True
        shortest = behaviour.shortest_meter_interval_s
        return key == "MeterValueSampleInterval" and int(value) < shortest

    # --- answers of the central system ----------------------------------------------------------

    def started(
        self, key: int, transaction_id: int, id_tag_info: Mapping[str, Any], now: datetime
    ) -> None:
        """Take the answer to a StartTransaction: the id, and whether the tag may charge (4.8)."""
        self.outbox.learn(key, transaction_id)
        for connector in self.evse.connectors:
            transaction = connector.transaction
            if transaction is None or transaction.key != key:
                continue
            transaction.transaction_id = transaction_id
            self.id_tags.remember(transaction.id_tag, id_tag_info)
            status = id_tag_info.get("status")
            if status != "Accepted" and self.configuration.flag("StopTransactionOnInvalidId"):
                self.stop(connector.connector_id, now, "DeAuthorized")

    def known_transactions(self) -> dict[int, int]:
        """Return the ids of the running transactions by key."""
        running = [connector.transaction for connector in self.evse.connectors]
        return {
            transaction.key: transaction.transaction_id
            for transaction in running
            if transaction is not None and transaction.transaction_id is not None
        }

    # --- time -----------------------------------------------------------------------------------

    def step(self, now: datetime, dt_s: float, speed: float = 1.0) -> None:
        """Bring the charger up to ``now``, ``dt_s`` seconds after the last step."""
        self.evse.step(now, dt_s, speed)
        self.settle(now)

    def settle(self, now: datetime) -> None:
        """Let time-outs, statuses and samples follow from what has happened."""
        for connector in self.evse.connectors:
            number = connector.connector_id
            awaiting = self._awaiting.get(number)
            if awaiting is not None and now >= awaiting.until:
                del self._awaiting[number]
                connector.awaiting_id_tag = None
            self.reservations.settle(connector, now)
            if connector.transaction is None and number in self._inoperative_after:
                self._inoperative_after.discard(number)
                connector.operative = False
            self._report(connector, now)
        self.sampler.settle(now)

    def report_all(self, now: datetime) -> None:
        """Tell the status of the charger and of each connector, before anything else waiting."""
        for connector in reversed(self.evse.connectors):
            self.outbox.add_first(self.status_message(connector.connector_id, now))
            self._reported[connector.connector_id] = self._state(connector)
        self.outbox.add_first(self.status_message(0, now))

    def status_message(self, connector_id: int, now: datetime) -> Outgoing:
        """Return the StatusNotification of a connector; 0 is the charger as a whole."""
        if connector_id:
            status, error_code = self._state(self.evse.connector(connector_id))
        else:
            status = "Available" if self.operative else "Unavailable"
            error_code = NO_ERROR
        payload = {
            "connector_id": connector_id,
            "error_code": error_code,
            "status": status,
            "timestamp": timestamp(now),
        }
        return Outgoing(action="StatusNotification", payload=payload, connector_id=connector_id)

    def _begin(
        self, connector: Connector, id_tag: str, profile: ChargingProfile | None, now: datetime
    ) -> None:
        number = connector.connector_id
        held = connector.reservation
        if held is not None and not self.reservations.holds(held, id_tag):
            raise ConnectorError(f"connector {number} is reserved")
        begun = self.evse.start_transaction(now, connector_id=number, id_tag=id_tag)
        self._awaiting.pop(number, None)
        self.sampler.begin(number, now)
        payload: dict[str, Any] = {
            "connector_id": number,
            "id_tag": id_tag,
            "meter_start": begun.meter_start_wh,
            "timestamp": timestamp(now),
        }
        if held is not None:
            payload["reservation_id"] = held.reservation_id
        self._tell("StartTransaction", payload, begun, number)
        if profile is not None and profile.purpose is Purpose.TX:
            self.evse.set_profile(number, profile, now)

    def _tell(
        self,
        action: str,
        payload: dict[str, Any],
        transaction: Transaction | None,
        connector_id: int,
    ) -> None:
        self.outbox.add(
            Outgoing(
                action=action,
                payload=payload,
                transaction_key=None if transaction is None else transaction.key,
                connector_id=connector_id,
            )
        )

    def _state(self, connector: Connector) -> tuple[str, str]:
        return connector.status.value, connector.fault or NO_ERROR

    def _report(self, connector: Connector, now: datetime) -> None:
        state = self._state(connector)
        number = connector.connector_id
        if self._reported.get(number) != state:
            self._reported[number] = state
            self.outbox.add(self.status_message(number, now))

    # --- restart --------------------------------------------------------------------------------

    def save(self) -> dict[str, Any]:
        """Return what survives a restart of the charger as JSON values."""
        return {
            "evse": self.evse.save(),
            "configuration": self.configuration.save(),
            "id_tags": self.id_tags.save(),
            "outbox": self.outbox.save(),
        }

    def load(self, saved: Mapping[str, Any], now: datetime) -> None:
        """Take over what ``save`` returned, and settle what the restart interrupted."""
        for key, value in saved["configuration"].items():
            self.configuration.put(key, value)
        self.id_tags.load(saved["id_tags"])
        self.outbox.load(saved["outbox"])
        self.evse.load(saved["evse"])
        self.operative = any(connector.operative for connector in self.evse.connectors)
        for connector in self.evse.connectors:
            if connector.transaction is not None and not self._resume:
                self.stop(connector.connector_id, now, "PowerLoss")
