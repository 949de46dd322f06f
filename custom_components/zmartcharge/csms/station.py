"""The two sides of a connection: what we can ask of a charger, and who hears what it says."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Protocol

from .commands import VendorAnswer, VendorMessage, VendorStatus
from .functional_blocks import (
    AuthorizationBlock,
    CertificateBlock,
    FirmwareBlock,
    InformationBlock,
    ReservationBlock,
    TariffBlock,
)
from .messages import (
    AuthorizationStatus,
    Boot,
    CertificateRequest,
    Doubt,
    FirmwareProgress,
    IdTagInfo,
    KnownTransaction,
    LogProgress,
    MeterValues,
    Notice,
    ReservationUpdate,
    StartAnswer,
    StartTransaction,
    StatusNotification,
    StopTransaction,
)

if TYPE_CHECKING:
    from .learned import Learned
    from .makes import Make


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalListAbility:
    """What a charger's local list has room for; None means that it did not tell.

    ``max_entries``: in the whole list. ``per_message``: in one update.
    """

    max_entries: int | None = None
    per_message: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Abilities:
    """What a charger can do, as far as it told; None means that it did not tell."""

    connectors: int | None = None
    smart_charging: bool | None = None
    #: Seconds between meter values during a transaction.
    meter_interval: int | None = None
    #: None: the charger has no local list, for all that it told.
    local_list: LocalListAbility | None = None
    #: Whether it shows what a transaction costs so far, as it is told (OCPP 2.0.1, I02).
    running_cost: bool = False
    #: Whether it may show what a transaction cost when that is over (I03): it does not say no.
    final_cost: bool = True
    #: Whether it has a display that shows a text about prices to whoever comes (OCPP 2.0.1, I01).
    price_text: bool = False
    #: Whether it knows tariffs (OCPP 2.1, I07).
    tariffs: bool = False
    configuration: dict[str, str | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """A limit: amperes per line, the watts that they come to, and the lines to use if that is set.

    A charger takes amperes or watts, whichever it knows; 0 pauses, 1 to 5 A exist nowhere
    (IEC 61851-1, clause A.2.4).
    """

    amperes: float
    watts: float
    phases: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferedSchedule:
    """What a charger's profiles add up to: from each second on, a limit in A or W."""

    unit: str
    steps: tuple[tuple[int, float], ...]

    def at(self, second: int) -> float | None:
        """Return the limit that many seconds ahead, None where none is known."""
        past = [limit for start, limit in self.steps if start <= second]
        return past[-1] if past else None


class Station(
    AuthorizationBlock,
    ReservationBlock,
    FirmwareBlock,
    CertificateBlock,
    InformationBlock,
    TariffBlock,
    Protocol,
):
    """A connected charger, whatever its OCPP version.

    Every request raises NotConnectedError, CallTimeoutError, CallFailedError or, where the
    charger can refuse, CallRejectedError.
    """

    @property
    def version(self) -> str:
        """Return the OCPP version, such as ``1.6``."""

    @property
    def remote(self) -> str:
        """Return the charger's address."""

    @property
    def connected_at(self) -> datetime:
        """Return when the connection was made."""

    @property
    def last_message_at(self) -> datetime:
        """Return when the charger last said anything."""

    async def remote_start(
        self, connector_id: int, id_tag: str, limit: Limit | None = None
    ) -> None:
        """Ask the charger to start a transaction, if that is said with a limit from its start."""

    async def remote_stop(self, transaction_id: int) -> None:
        """Ask the charger to stop a transaction."""

    async def reset(self, *, hard: bool) -> None:
        """Restart the charger; a soft reset ends transactions in good order first."""

    async def unlock(self, connector_id: int) -> None:
        """Release the cable of a connector."""

    async def set_available(self, connector_id: int, *, available: bool) -> str:
        """Set a connector (0: all) operative or not; returns ``Accepted`` or ``Scheduled``."""

    async def configuration(self, *keys: str) -> dict[str, str | None]:
        """Return configuration values by key; all of them when no key is given."""

    async def configure(self, key: str, value: str) -> str:
        """Set a configuration value; returns ``Accepted`` or ``RebootRequired``."""

    async def prepare(self) -> Abilities:
        """Set the charger up to report what we need, and learn what it can do.

        Changes only what differs, never restarts the charger, and takes refusals calmly.
        """

    async def set_maximum(self, amperes: float, watts: float) -> None:
        """Set the most that the whole charger may ever draw, whatever else is asked of it.

        A charger takes the limit in amperes per phase or in watts, whichever it knows.
        """

    async def set_fail_safe(self, limit: Limit | None) -> None:
        """Install the limit that holds for every transaction when nothing else does; None: remove."""

    async def set_limit(
        self,
        connector_id: int,
        limit: Limit | None,
        *,
        expiry: timedelta,
        transaction_id: int | None,
    ) -> None:
        """Limit a connector until the expiry, after which the fail-safe holds; None: remove."""

    async def offered_schedule(self, connector_id: int, ahead: timedelta) -> OfferedSchedule | None:
        """Ask what the limits of a connector add up to; None when the charger does not tell."""

    def adapt(self, make: Make, learned: Learned, keep: Callable[[Learned], None]) -> None:
        """Take what is known of the charger beforehand, and who keeps what it shows."""

    @property
    def learned(self) -> Learned:
        """Return what the charger has shown until now."""

    def distrust(self) -> None:
        """Tell the next limit in another way: the charger does not keep to what it accepted."""

    async def trigger(self, message: str, connector_id: int | None = None) -> None:
        """Ask the charger to send a message now."""

    async def call(self, action: str, payload: dict[str, Any]) -> dict[str, Any]:
        """Send any request, checked against the version's schema, and return the response."""

    async def close(self) -> None:
        """Close the connection."""


class ChargePointHandler(Protocol):
    """Hears what one charger says. What it returns is the answer that the charger gets.

    Raises NotAcknowledgedError when something that must be kept could not be kept; the charger
    then gets a CALLERROR, never a false acknowledgement.
    """

    async def attached(self, station: Station) -> None:
        """Hear that the charger has a connection now."""

    def overhear(self, action: str, payload: dict[str, Any]) -> None:
        """Note a message as it came, before it is handled; quick, and raises nothing."""
        return

    def overhear_answer(
        self, action: str, payload: dict[str, Any], response: dict[str, Any]
    ) -> None:
        """Note what a message is answered, before the charger has the answer; as ``overhear``."""
        return

    async def detached(self, station: Station) -> None:
        """Hear that the connection is gone."""

    async def resumed(self) -> None:
        """Hear that the charger reconnected without booting, and what it was asked to repeat."""

    async def boot(self, boot: Boot) -> None:
        """Hear that the charger started."""

    async def status(self, status: StatusNotification) -> None:
        """Hear a connector's state."""

    async def authorize(self, id_tag: str) -> IdTagInfo:
        """Decide about an idTag."""

    async def start_transaction(self, start: StartTransaction) -> StartAnswer:
        """Keep the start of a transaction and give it its id."""

    async def stop_transaction(self, stop: StopTransaction) -> AuthorizationStatus:
        """Keep the end of a transaction."""

    async def find_transaction(
        self, *, own_id: str | None = None, transaction_id: int | None = None
    ) -> KnownTransaction | None:
        """Return the newest transaction that the charger calls so, or that has this id of ours.

        Asked only where the charger names transactions (OCPP 2.0.1), for those that nobody has
        heard of since we were started. None: there is none, or nobody keeps such names.
        """
        return None

    async def transaction_cost(self, transaction_id: int, *, ended: bool) -> float | None:
        """Return what all of a transaction cost, so far or now that it ended, with taxes.

        In the currency that the charger shows. None: it is not known, or not for all of it. Asked
        only where the charger hears of it (OCPP 2.0.1, I03; 2.1, I02); its answer waits for this.
        """
        return None

    async def meter_values(self, values: MeterValues) -> None:
        """Keep meter values."""

    async def firmware_progress(self, progress: FirmwareProgress) -> None:
        """Hear how far an update of the firmware is."""

    async def log_progress(self, progress: LogProgress) -> None:
        """Hear how far the upload of a log is."""
        return

    async def reservation_ended(self, update: ReservationUpdate) -> None:
        """Hear that a reservation ended without being used."""
        return

    async def sign_certificate(self, request: CertificateRequest) -> bool:
        """Tell whether the charger will get the certificate that it wants (A02).

        It comes later, by ``Station.certificate_signed``, which must not be awaited here.
        """
        return False

    async def data_transfer(self, message: VendorMessage) -> VendorAnswer:
        """Answer a message of a vendor's own."""
        return VendorAnswer(status=VendorStatus.UNKNOWN_VENDOR)

    async def notice(self, notice: Notice) -> None:
        """Hear any other message."""
        return

    async def doubt(self, doubt: Doubt) -> None:
        """Keep a message that failed a semantic check."""
