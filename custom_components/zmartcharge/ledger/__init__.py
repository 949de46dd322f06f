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
    "Correction",
    "Ledger",
    "LedgerClosedError",
    "LedgerCorruptError",
    "LedgerError",
    "LedgerFullError",
    "LedgerNewerError",
    "LedgerUnavailableError",
    "MeterSample",
    "QuarantineEntry",
    "Session",
    "SessionFlag",
    "SignedValue",
    "Slice",
    "StartedTransaction",
    "TransactionStart",
    "TransactionStop",
]
