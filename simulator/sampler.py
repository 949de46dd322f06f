"""When a charger samples its meter (OCPP 1.6, sections 3.16 and 4.7).

Pure: time is an argument.
"""

from datetime import datetime
from math import floor

from .configuration import Configuration
from .connector import Connector
from .evse import Evse
from .meter_values import meter_value
from .outbox import Outbox, Outgoing

PERIODIC = "Sample.Periodic"
CLOCK = "Sample.Clock"


class Sampler:
    """The sampled and the clock-aligned meter values of one charger."""

    def __init__(self, evse: Evse, configuration: Configuration, outbox: Outbox) -> None:
        """Sample ``evse`` as ``configuration`` says, into ``outbox``."""
        self._evse = evse
        self._configuration = configuration
        self._outbox = outbox
        self._sampled_at: dict[int, datetime] = {}
        self._aligned: int | None = None

    def begin(self, connector_id: int, now: datetime) -> None:
        """Count the intervals of a new transaction from ``now``."""
        self._sampled_at[connector_id] = now

    def settle(self, now: datetime) -> None:
        """Queue the samples that are due."""
        interval = self._configuration.number("MeterValueSampleInterval")
        if interval > 0:
            for connector in self._evse.connectors:
                if connector.transaction is not None:
                    self._sample_periodic(connector, interval, now)
        self._sample_aligned(now)

    def sample(self, connector_id: int, now: datetime, context: str = PERIODIC) -> None:
        """Queue the meter values of a connector. Raises ``ConnectorError`` for an unknown one."""
        connector = self._evse.connector(connector_id)
        names = self._configuration.measurands(
            "MeterValuesAlignedData" if context == CLOCK else "MeterValuesSampledData"
        )
        if not names:
            return
        value = meter_value(self._evse, connector, now, names, context)
        transaction = connector.transaction
        self._outbox.add(
            Outgoing(
                action="MeterValues",
                payload={"connector_id": connector_id, "meter_value": [value]},
                transaction_key=None if transaction is None else transaction.key,
                connector_id=connector_id,
            )
        )

    def _sample_periodic(self, connector: Connector, interval: int, now: datetime) -> None:
        last = self._sampled_at.setdefault(connector.connector_id, now)
        if (now - last).total_seconds() >= interval:
            self._sampled_at[connector.connector_id] = now
            self.sample(connector.connector_id, now)

    def _sample_aligned(self, now: datetime) -> None:
        interval = self._configuration.number("ClockAlignedDataInterval")
        if interval <= 0:
            self._aligned = None
            return
        # Intervals count from midnight (9.1.4), so they start over where a day is no multiple.
        midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
        passed = floor((now - midnight).total_seconds() / interval)
        current = midnight.toordinal() * 86400 + passed
        if self._aligned is not None and current != self._aligned:
            for connector in self._evse.connectors:
                self.sample(connector.connector_id, now, CLOCK)
        self._aligned = current
