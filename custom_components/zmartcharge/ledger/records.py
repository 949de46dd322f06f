"""What the ledger takes and gives: plain frozen values.

Energy and registers are integer Wh, times are aware (naive ones raise ValueError) and come back in
UTC. The terms are those of OCPP 1.6: idTag, meterStart, meterStop, reason.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from ..units import WattHour
from .clock import utc

#: Larger than any meter's register, and safe in every database and in JSON.
MAX_REGISTER = 2**53 - 1


class SessionFlag(StrEnum):
    """What is doubtful about a session."""

    #: The charger's clock was impossible; times are when the messages came.
    CLOCK = "clock"
    #: No StopTransaction came before the next session began on the connector.
    INTERRUPTED = "interrupted"
    #: The register fell; the energy before and after the fall was counted, the fall was not.
    REGISTER_RESET = "register_reset"
    #: The register passed its largest value and went on from 0.
    REGISTER_ROLLOVER = "register_rollover"
    #: The register rose by more than a charger can deliver; that rise was not counted.
    REGISTER_JUMP = "register_jump"
    #: meterStop is below meterStart.
    STOP_BELOW_START = "stop_below_start"
    #: Nobody was allowed to have it; the charger began it all the same.
    REFUSED = "refused"
    #: meterStop is a little below the last sample, as when rounded; meterStop counts.
    STOP_BELOW_SAMPLE = "stop_below_sample"


#: The stop reason of a session that ended because another began on its connector.
SUPERSEDED = "Superseded"
#: The stop reason of a session that cannot go on, for the charger shows that it has none, or is gone.
LOST_STOP = "LostStop"


def _check_register(register: int | None) -> None:
    if register is not None and not 0 <= register <= MAX_REGISTER:
        raise ValueError(f"{register} Wh is not a meter register")


@dataclass(frozen=True, slots=True, kw_only=True)
class TransactionStart:
    """StartTransaction (OCPP 1.6, clause 4.8). ``started_at`` is the charger's own time.

    ``meter_start_wh`` None: the charger told nothing usable, the last register counts. ``own_id`` is
    what the charger calls the transaction (OCPP 2.0.1, clause E01), None where only we name it.
    """

    charge_point_id: str
    connector_id: int
    id_tag: str
    meter_start_wh: WattHour | None
    started_at: datetime
    received_at: datetime
    site_id: str | None = None
    reservation_id: int | None = None
    own_id: str | None = None
    raw: str | None = None

    def __post_init__(self) -> None:
        """Refuse naive times and impossible registers with ValueError."""
        utc(self.started_at)
        utc(self.received_at)
        _check_register(self.meter_start_wh)


@dataclass(frozen=True, slots=True, kw_only=True)
class TransactionStop:
    """StopTransaction (OCPP 1.6, clause 4.10). ``stopped_at`` is the charger's own time.

    ``meter_stop_wh`` None: the charger told nothing usable, the session's last register counts.
    ``max_watt``: the most that the charger can deliver, None where that is not known.
    """

    charge_point_id: str
    transaction_id: int
    meter_stop_wh: WattHour | None
    stopped_at: datetime
    received_at: datetime
    reason: str
    id_tag: str | None = None
    raw: str | None = None
    max_watt: int | None = None

    def __post_init__(self) -> None:
        """Refuse naive times and impossible registers with ValueError."""
        utc(self.stopped_at)
        utc(self.received_at)
        _check_register(self.meter_stop_wh)


@dataclass(frozen=True, slots=True, kw_only=True)
class MeterSample:
    """A reading of Energy.Active.Import.Register, or a signed value, or both.

    ``connector_id`` 0 is the whole charger, or a sample of which only the transaction is known.
    ``max_watt``: the most that the charger can deliver, None where that is not known.
    """

    charge_point_id: str
    connector_id: int
    transaction_id: int | None
    register_wh: WattHour | None
    sampled_at: datetime
    received_at: datetime
    signed: str | None = None
    max_watt: int | None = None

    def __post_init__(self) -> None:
        """Refuse naive times and impossible registers with ValueError."""
        utc(self.sampled_at)
        utc(self.received_at)
        _check_register(self.register_wh)


@dataclass(frozen=True, slots=True, kw_only=True)
class QuarantineEntry:
    """A message, or a part of one, that could not be believed."""

    charge_point_id: str
    received_at: datetime
    action: str
    reason: str
    payload: str

    def __post_init__(self) -> None:
        """Refuse a naive time with ValueError."""
        utc(self.received_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A charging session, one per transaction.

    ``stopped_at`` None: the transaction is open. ``ended_at``: when the cable was taken out.
    ``register_offset_wh``: what to add to the register for it to go on from ``meter_start_wh``
    after it was reset, rolled over or jumped.
    """

    id: str
    transaction_id: int
    charge_point_id: str
    connector_id: int
    site_id: str | None
    id_tag: str
    started_at: datetime
    charging_ended_at: datetime | None
    stopped_at: datetime | None
    ended_at: datetime | None
    meter_start_wh: WattHour
    meter_stop_wh: WattHour | None
    last_register_wh: WattHour | None
    last_sample_at: datetime | None
    stop_reason: str | None
    stop_id_tag: str | None
    flags: tuple[str, ...] = ()
    reservation_id: int | None = None
    register_offset_wh: int = 0
    own_id: str | None = None

    @property
    def energy_wh(self) -> WattHour:
        """Return the energy delivered so far, never negative."""
        register = self.meter_stop_wh
        if register is None:
            register = self.last_register_wh
        if register is None:
            register = self.meter_start_wh
        return max(0, register + self.register_offset_wh - self.meter_start_wh)


@dataclass(frozen=True, slots=True, kw_only=True)
class StartedTransaction:
    """The answer to StartTransaction. ``duplicate``: the same message was answered before."""

    session: Session
    duplicate: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Slice:
    """Energy of a session in the 15 minutes (UTC) that begin at ``start``."""

    start: datetime
    wh: WattHour


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedValue:
    """A signed meter value as the charger sent it (for example OCMF)."""

    sampled_at: datetime
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """What a person says a stopped session's energy was; the session itself stays as it is."""

    session_id: str
    corrected_at: datetime
    energy_wh: WattHour
    reason: str

    def __post_init__(self) -> None:
        """Refuse a naive time and negative energy with ValueError."""
        utc(self.corrected_at)
        _check_register(self.energy_wh)
