"""Keeps what must never be lost: sessions, their energy, tokens, and what could not be believed."""

from .errors import (
    LedgerClosedError,
    LedgerCorruptError,
    LedgerError,
    LedgerFullError,
    LedgerNewerError,
    LedgerUnavailableError,
)
from .forwarding_records import ForwardedMessage, WaitingMessage
from .ledger import Ledger
from .outbox import Outbox
from .price_records import (
    ChangedHours,
    ConnectorNow,
    CostLine,
    HeldPrice,
    HourlyCost,
    Recalculation,
    SessionCost,
    SupersededPrice,
)
from .records import (
    LOST_STOP,
    SUPERSEDED,
    Correction,
    MeterSample,
    QuarantineEntry,
    Session,
    SessionFlag,
    SignedValue,
    Slice,
    StartedTransaction,
    TransactionStart,
    TransactionStop,
)
from .token_records import LocalListEntry, RegisteredToken, SentLocalList, TokenRecord, uid_of

__all__ = [
    "LOST_STOP",
    "SUPERSEDED",
    "ChangedHours",
    "ConnectorNow",
    "Correction",
    "CostLine",
    "ForwardedMessage",
    "HeldPrice",
    "HourlyCost",
    "Ledger",
    "LedgerClosedError",
    "LedgerCorruptError",
    "LedgerError",
    "LedgerFullError",
    "LedgerNewerError",
    "LedgerUnavailableError",
    "LocalListEntry",
    "MeterSample",
    "Outbox",
    "QuarantineEntry",
    "Recalculation",
    "RegisteredToken",
    "SentLocalList",
    "Session",
    "SessionCost",
    "SessionFlag",
    "SignedValue",
    "Slice",
    "StartedTransaction",
    "SupersededPrice",
    "TokenRecord",
    "TransactionStart",
    "TransactionStop",
    "WaitingMessage",
    "uid_of",
]
