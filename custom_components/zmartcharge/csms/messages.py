"""What chargers tell us, in one model above the OCPP versions.

Times are aware UTC. Energy is integer Wh, power W, current A, voltage V. ``problems`` names what
a semantic check found wrong; such a message is still delivered, with the doubtful part left out.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from ..units import Ampere, Phase, Volt, Watt, WattHour


class ConnectorState(StrEnum):
    """Status of a connector (OCPP 1.6, clause 7.7)."""

    AVAILABLE = "Available"
    PREPARING = "Preparing"
    CHARGING = "Charging"
    SUSPENDED_EVSE = "SuspendedEVSE"
    SUSPENDED_EV = "SuspendedEV"
    FINISHING = "Finishing"
    RESERVED = "Reserved"
    UNAVAILABLE = "Unavailable"
    FAULTED = "Faulted"


class AuthorizationStatus(StrEnum):
    """Answer to an idTag (OCPP 1.6, clause 7.2)."""

    ACCEPTED = "Accepted"
    BLOCKED = "Blocked"
    EXPIRED = "Expired"
    INVALID = "Invalid"
    CONCURRENT_TX = "ConcurrentTx"


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonalMessage:
    """What a charger's display is to show whoever was let in, in at most 512 characters."""

    text: str
    language: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class IdTagInfo:
    """What a charger is told of an idTag (OCPP 1.6, clause 7.27; 2.0.1: IdTokenInfoType).

    ``group`` is the parentIdTag or groupIdToken. ``valid_until`` is the expiryDate or
    cacheExpiryDateTime, None: for as long as the charger likes. ``message`` is the personalMessage
    of 2.0.1 and later.
    """

    status: AuthorizationStatus
    group: str | None = field(default=None, repr=False)
    valid_until: datetime | None = None
    message: PersonalMessage | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Boot:
    """A charger started and tells what it is."""

    vendor: str
    model: str
    serial: str | None = None
    firmware: str | None = None
    meter_serial: str | None = None
    meter_type: str | None = None
    iccid: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusNotification:
    """A connector (0: the whole charger) changed its state."""

    connector_id: int
    state: ConnectorState
    error_code: str
    info: str | None = None
    vendor_error_code: str | None = None
    timestamp: datetime
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One sampled value, in base units (Wh, W, A, V, %, degrees Celsius)."""

    measurand: str
    value: float
    phase: str | None = None
    context: str = "Sample.Periodic"
    location: str = "Outlet"


@dataclass(frozen=True, slots=True, kw_only=True)
class MeterSnapshot:
    """What one set of sampled values says about a connector; None and missing mean not told."""

    sampled_at: datetime
    register: WattHour | None = None
    power: Watt | None = None
    currents: dict[Phase, Ampere] = field(default_factory=dict)
    voltages: dict[Phase, Volt] = field(default_factory=dict)
    offered: Ampere | None = None
    offered_power: Watt | None = None
    soc: float | None = None
    signed: tuple[str, ...] = ()
    #: Values that open a transaction are not live ones: many chargers send zeros there.
    live: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class MeterValues:
    """Meter values of a connector, oldest first."""

    connector_id: int
    transaction_id: int | None
    snapshots: tuple[MeterSnapshot, ...]
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class StartTransaction:
    """A transaction began.

    ``meter_start`` is None when the charger's value is unusable; ``timestamp`` is the charger's own,
    however impossible, so that the same message is known again. ``own_id`` is what the charger
    itself calls the transaction (OCPP 2.0.1, clause E01), None where only we name it (1.6).
    """

    connector_id: int
    id_tag: str
    meter_start: WattHour | None
    timestamp: datetime
    reservation_id: int | None = None
    own_id: str | None = None
    #: It was running before anybody heard of it.
    resumed: bool = False
    raw: str
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class StopTransaction:
    """A transaction ended. ``meter_stop`` and ``timestamp`` as in StartTransaction."""

    transaction_id: int
    meter_stop: WattHour | None
    timestamp: datetime
    reason: str
    id_tag: str | None = None
    snapshots: tuple[MeterSnapshot, ...] = ()
    raw: str
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class StartAnswer(IdTagInfo):
    """Our answer to StartTransaction: what holds for its idTag, and the transaction's id."""

    transaction_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownTransaction:
    """A transaction that was kept before: our id, and what the charger itself calls it."""

    transaction_id: int
    own_id: str
    connector_id: int
    stopped_at: datetime | None = None


class FirmwareStatus(StrEnum):
    """How far an update of the firmware is (OCPP 1.6 security whitepaper, FirmwareStatusEnumType)."""

    IDLE = "Idle"
    DOWNLOAD_SCHEDULED = "DownloadScheduled"
    DOWNLOADING = "Downloading"
    DOWNLOAD_PAUSED = "DownloadPaused"
    DOWNLOADED = "Downloaded"
    DOWNLOAD_FAILED = "DownloadFailed"
    SIGNATURE_VERIFIED = "SignatureVerified"
    INVALID_SIGNATURE = "InvalidSignature"
    INSTALL_SCHEDULED = "InstallScheduled"
    INSTALLING = "Installing"
    INSTALL_REBOOTING = "InstallRebooting"
    INSTALL_VERIFICATION_FAILED = "InstallVerificationFailed"
    INSTALLATION_FAILED = "InstallationFailed"
    INSTALLED = "Installed"

    @property
    def under_way(self) -> bool:
        """Tell whether the charger works on an update now."""
        return self in _UNDER_WAY


_UNDER_WAY = {
    FirmwareStatus.DOWNLOADING,
    FirmwareStatus.DOWNLOAD_PAUSED,
    FirmwareStatus.DOWNLOADED,
    FirmwareStatus.SIGNATURE_VERIFIED,
    FirmwareStatus.INSTALLING,
    FirmwareStatus.INSTALL_REBOOTING,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class FirmwareProgress:
    """How far an update is; ``request_id`` as in FirmwareUpdateAnswer."""

    status: FirmwareStatus
    request_id: int | None = None


class LogStatus(StrEnum):
    """How far the upload of a log is (OCPP 1.6 security whitepaper, UploadLogStatusEnumType)."""

    IDLE = "Idle"
    UPLOADING = "Uploading"
    UPLOADED = "Uploaded"
    UPLOAD_FAILURE = "UploadFailure"
    BAD_MESSAGE = "BadMessage"
    NOT_SUPPORTED = "NotSupportedOperation"
    PERMISSION_DENIED = "PermissionDenied"
    ACCEPTED_CANCELED = "AcceptedCanceled"


@dataclass(frozen=True, slots=True, kw_only=True)
class LogProgress:
    """How far an upload is; ``request_id`` as in LogUploadAnswer."""

    status: LogStatus
    request_id: int | None = None


class ReservationEnd(StrEnum):
    """How a reservation ended without being used (OCPP 2.0.1, ReservationUpdateStatusEnumType)."""

    EXPIRED = "Expired"
    REMOVED = "Removed"
    #: OCPP 2.1: nobody came to use it.
    NO_TRANSACTION = "NoTransaction"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReservationUpdate:
    """A reservation ended without being used."""

    reservation_id: int
    end: ReservationEnd


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateRequest:
    """A charger wants a certificate of its own: ``csr`` is its signing request (PEM).

    ``for_vehicle``: one for talking with cars (V2GCertificate) rather than with us.
    """

    csr: str = field(repr=False)
    for_vehicle: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """Any other message that a charger may send, acknowledged and handed on."""

    action: str
    payload: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """A message that failed a semantic check, for the quarantine."""

    action: str
    reason: str
    payload: str
