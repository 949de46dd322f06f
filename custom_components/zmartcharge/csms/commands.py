"""What we can ask of a charger beside charging, and what it may answer, above the OCPP versions.

Times are aware UTC. Statuses have the words of OCPP, which both versions share.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any

from .messages import IdTagInfo


class LocalListStatus(StrEnum):
    """Answer to an update of the local list (OCPP 1.6, clause 7.44)."""

    ACCEPTED = "Accepted"
    FAILED = "Failed"
    NOT_SUPPORTED = "NotSupported"
    VERSION_MISMATCH = "VersionMismatch"


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalListEntry:
    """An idTag and what a charger is to know of it; ``info`` None removes it from the list.

    ``type`` is an IdTokenEnumType, which only OCPP 2.0.1 tells.
    """

    id_tag: str = field(repr=False)
    info: IdTagInfo | None
    type: str = "ISO14443"


class ReservationStatus(StrEnum):
    """Answer to a reservation (OCPP 1.6, clause 7.41)."""

    ACCEPTED = "Accepted"
    FAULTED = "Faulted"
    OCCUPIED = "Occupied"
    REJECTED = "Rejected"
    UNAVAILABLE = "Unavailable"


class FirmwareUpdateStatus(StrEnum):
    """Answer to a request to update (OCPP 1.6 security whitepaper, UpdateFirmwareStatusEnumType)."""

    ACCEPTED = "Accepted"
    REJECTED = "Rejected"
    #: It gave up another update for this one.
    ACCEPTED_CANCELED = "AcceptedCanceled"
    INVALID_CERTIFICATE = "InvalidCertificate"
    REVOKED_CERTIFICATE = "RevokedCertificate"


@dataclass(frozen=True, slots=True, kw_only=True)
class FirmwareUpdate:
    """Where a charger gets its firmware, and when it may.

    ``certificate`` (PEM) and ``signature`` (base64) make it a signed one; each without the other
    is a ValueError. ``install_at`` exists only for signed ones in OCPP 1.6.
    """

    location: str
    retrieve_at: datetime
    install_at: datetime | None = None
    retries: int | None = None
    retry_interval: timedelta | None = None
    certificate: str | None = None
    signature: str | None = None

    def __post_init__(self) -> None:
        """Refuse half a signature."""
        if (self.certificate is None) != (self.signature is None):
            raise ValueError("a signed firmware has a certificate and a signature")

    @property
    def signed(self) -> bool:
        """Tell whether the charger can verify it."""
        return self.signature is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class FirmwareUpdateAnswer:
    """What a charger said to an update; its progress has the same ``request_id``.

    ``request_id`` None: this version does not number updates.
    """

    status: FirmwareUpdateStatus
    request_id: int | None = None


class LogKind(StrEnum):
    """Which log (OCPP 1.6 security whitepaper, LogEnumType)."""

    DIAGNOSTICS = "DiagnosticsLog"
    SECURITY = "SecurityLog"


class LogUploadStatus(StrEnum):
    """Answer to a request for a log (OCPP 1.6 security whitepaper, LogStatusEnumType)."""

    ACCEPTED = "Accepted"
    REJECTED = "Rejected"
    #: It gave up another upload for this one.
    ACCEPTED_CANCELED = "AcceptedCanceled"


@dataclass(frozen=True, slots=True, kw_only=True)
class LogUpload:
    """Which log a charger is to send to an address (without a file name), and of which time."""

    kind: LogKind
    location: str
    oldest: datetime | None = None
    latest: datetime | None = None
    retries: int | None = None
    retry_interval: timedelta | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LogUploadAnswer:
    """What a charger said to that. ``file_name`` None: there is nothing to send, or it did not tell.

    ``request_id`` None: this version does not number such uploads.
    """

    status: LogUploadStatus
    file_name: str | None = None
    request_id: int | None = None


class CertificateUse(StrEnum):
    """What an installed certificate vouches for; the values are those of OCPP 2.0.1."""

    CENTRAL_SYSTEM_ROOT = "CSMSRootCertificate"
    MANUFACTURER_ROOT = "ManufacturerRootCertificate"
    V2G_ROOT = "V2GRootCertificate"
    MOBILITY_OPERATOR_ROOT = "MORootCertificate"
    V2G_CHAIN = "V2GCertificateChain"


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateHash:
    """By what a charger knows a certificate (OCPP 1.6 security whitepaper, CertificateHashDataType).

    Hashes and serial number in hexadecimal; ``algorithm``: SHA256, SHA384 or SHA512.
    """

    algorithm: str
    issuer_name: str
    issuer_key: str
    serial_number: str


@dataclass(frozen=True, slots=True, kw_only=True)
class InstalledCertificate:
    """A certificate in a charger."""

    use: CertificateUse
    hash: CertificateHash


class CertificateInstallStatus(StrEnum):
    """Answer to InstallCertificate."""

    ACCEPTED = "Accepted"
    REJECTED = "Rejected"
    FAILED = "Failed"


class CertificateDeletionStatus(StrEnum):
    """Answer to DeleteCertificate."""

    ACCEPTED = "Accepted"
    FAILED = "Failed"
    NOT_FOUND = "NotFound"


class DisplayPriority(StrEnum):
    """When a message is shown (OCPP 2.0.1, MessagePriorityEnumType)."""

    ALWAYS_FRONT = "AlwaysFront"
    IN_FRONT = "InFront"
    NORMAL_CYCLE = "NormalCycle"


class DisplayStatus(StrEnum):
    """Answer to a message for the display (OCPP 2.0.1, DisplayMessageStatusEnumType)."""

    ACCEPTED = "Accepted"
    NOT_SUPPORTED_FORMAT = "NotSupportedMessageFormat"
    REJECTED = "Rejected"
    NOT_SUPPORTED_PRIORITY = "NotSupportedPriority"
    NOT_SUPPORTED_STATE = "NotSupportedState"
    UNKNOWN_TRANSACTION = "UnknownTransaction"
    #: OCPP 2.1.
    LANGUAGE_NOT_SUPPORTED = "LanguageNotSupported"


@dataclass(frozen=True, slots=True, kw_only=True)
class DisplayMessage:
    """A text (1 to 512 characters) for a charger's display, from ``start`` to ``end``.

    ``message_id`` names it; another one with the same replaces it. ``state``: shown only while the
    charger is Charging, Faulted, Idle or Unavailable.
    """

    message_id: int
    text: str
    priority: DisplayPriority = DisplayPriority.NORMAL_CYCLE
    language: str | None = None
    state: str | None = None
    start: datetime | None = None
    end: datetime | None = None
    transaction_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TransactionStatus:
    """Whether a transaction goes on (None: not asked), and whether messages of it wait."""

    ongoing: bool | None
    messages_waiting: bool


class CustomerInformationStatus(StrEnum):
    """Answer to a request for what a charger keeps of a customer (OCPP 2.0.1, N09 and N10)."""

    ACCEPTED = "Accepted"
    REJECTED = "Rejected"
    INVALID = "Invalid"


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerInformation:
    """What a charger keeps of a customer, as text; None where no report was asked for."""

    status: CustomerInformationStatus
    text: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class InstalledProfile:
    """A charging profile in a charger: ``steps`` are seconds from its start and the limit (A or W).

    ``source`` is who installed it: CSO is us, EMS an energy manager, SO the grid operator.
    """

    connector_id: int
    profile_id: int
    purpose: str
    kind: str
    stack_level: int
    source: str
    unit: str
    steps: tuple[tuple[int, float], ...] = ()


class TariffStatus(StrEnum):
    """Answer to a tariff (OCPP 2.1, TariffSetStatusEnumType and TariffChangeStatusEnumType)."""

    ACCEPTED = "Accepted"
    REJECTED = "Rejected"
    TOO_MANY_ELEMENTS = "TooManyElements"
    CONDITION_NOT_SUPPORTED = "ConditionNotSupported"
    DUPLICATE_ID = "DuplicateTariffId"
    TRANSACTION_NOT_FOUND = "TxNotFound"
    NO_CURRENCY_CHANGE = "NoCurrencyChange"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tariff:
    """What energy costs: a price per kWh with all taxes in ``currency`` (ISO 4217), at all hours.

    ``tariff_id`` (up to 60 characters) names it: another price has another name. ``description``
    (up to 1,000 characters) is for people, in ``language`` (RFC 5646, up to 8 characters).
    """

    tariff_id: str
    currency: str
    price_kwh: Decimal
    description: str
    language: str | None = None


class VendorStatus(StrEnum):
    """Answer to a message of a vendor's own (OCPP 1.6, clause 7.15)."""

    ACCEPTED = "Accepted"
    REJECTED = "Rejected"
    UNKNOWN_MESSAGE = "UnknownMessageId"
    UNKNOWN_VENDOR = "UnknownVendorId"


@dataclass(frozen=True, slots=True, kw_only=True)
class VendorMessage:
    """A message of a vendor's own (DataTransfer), in either direction.

    ``data`` is text in OCPP 1.6, any JSON value in 2.0.1.
    """

    vendor_id: str
    message_id: str | None = None
    data: Any = None


@dataclass(frozen=True, slots=True, kw_only=True)
class VendorAnswer:
    """The answer to a message of a vendor's own, in either direction."""

    status: VendorStatus
    data: Any = None
