"""Keeps what must never be lost: sessions, their energy, and what could not be believed."""

from .errors import (
    LedgerClosedError,
    LedgerCorruptError,
    LedgerError,
    LedgerFullError,
    LedgerNewerError,
    LedgerUnavailableError,
)
from .ledger import Ledger
from .price_records import (
    ChangedHours,
    CostLine,
    HeldPrice,
    HourlyCost,
    Recalculation,
    SessionCost,
    SupersededPrice,
)
from .records import (
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

__all__ = [
    "SUPERSEDED",
    "ChangedHours",
    "Correction",
    "CostLine",
    "HeldPrice",
    "HourlyCost",
    "Ledger",
    "LedgerClosedError",
    "LedgerCorruptError",
    "LedgerError",
    "LedgerFullError",
    "LedgerNewerError",
    "LedgerUnavailableError",
    "MeterSample",
    "QuarantineEntry",
    "Recalculation",
    "Session",
    "SessionCost",
    "SessionFlag",
    "SignedValue",
    "Slice",
    "StartedTransaction",
    "SupersededPrice",
    "TransactionStart",
    "TransactionStop",
]
