"""What the ledger takes and gives about tokens: plain frozen values.

The terms are those of OCPP 1.6 and 2.0.1: idTag, parentIdTag (here ``group``), idToken type. An
idTag is case-insensitive ASCII, so that two spellings are one token.
"""

from dataclasses import dataclass, field
from datetime import datetime
from string import ascii_lowercase, ascii_uppercase

from .clock import utc

#: The longest idToken (OCPP 2.0.1, IdTokenType); OCPP 1.6 has 20.
MAX_ID_TAG = 36

_UPPER = str.maketrans(ascii_lowercase, ascii_uppercase)
_STATUSES = ("accepted", "blocked")


def uid_of(id_tag: str) -> str:
    """Return what all spellings of an idTag have in common; takes any text."""
    return id_tag.strip().translate(_UPPER)


def _check_id_tag(text: str) -> None:
    printable = text.isascii() and text.isprintable() and text == text.strip()
    if not printable or not 0 < len(text) <= MAX_ID_TAG:
        raise ValueError("an idTag has 1 to 36 printable ASCII characters")


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenRecord:
    """What somebody registered under an idTag.

    ``type`` is an IdTokenEnumType of OCPP 2.0.1, ``status`` is accepted or blocked. Valid in
    [valid_from, valid_until), ``None`` has no such end. ``charge_point_ids``: where it may be used,
    ``None``: everywhere. ``phone`` (E.164) is of who starts by SMS, ``language`` what they read.
    """

    id_tag: str = field(repr=False)
    label: str = ""
    holder: str = field(default="", repr=False)
    group: str | None = field(default=None, repr=False)
    type: str = "ISO14443"
    status: str = "accepted"
    valid_from: datetime | None = None
    valid_until: datetime | None = None
    charge_point_ids: frozenset[str] | None = None
    note: str = field(default="", repr=False)
    phone: str | None = field(default=None, repr=False)
    language: str | None = None

    def __post_init__(self) -> None:
        """Keep the times in UTC; refuse with ValueError what is no token."""
        _check_id_tag(self.id_tag)
        if self.group is not None:
            _check_id_tag(self.group)
        if self.status not in _STATUSES:
            raise ValueError(f"{self.status!r} is no status of a token")
        for name in ("valid_from", "valid_until"):
            moment: datetime | None = getattr(self, name)
            object.__setattr__(self, name, None if moment is None else utc(moment))
        if self.valid_from and self.valid_until and self.valid_from >= self.valid_until:
            raise ValueError("a token is valid until after it begins to be")

    @property
    def uid(self) -> str:
        """Return what all spellings of the idTag have in common."""
        return uid_of(self.id_tag)


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisteredToken:
    """A token in the register, when it came there, and when and where it was used last."""

    record: TokenRecord
    created_at: datetime
    changed_at: datetime
    last_used_at: datetime | None = None
    last_used_charge_point_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalListEntry:
    """What a charger was told of an idTag; ``status`` is an AuthorizationStatus of OCPP 1.6."""

    id_tag: str = field(repr=False)
    status: str
    valid_until: datetime | None = None
    group: str | None = field(default=None, repr=False)
    type: str = "ISO14443"

    def __post_init__(self) -> None:
        """Keep the time in UTC; refuse with ValueError what is no entry."""
        _check_id_tag(self.id_tag)
        if self.valid_until is not None:
            object.__setattr__(self, "valid_until", utc(self.valid_until))


@dataclass(frozen=True, slots=True, kw_only=True)
class SentLocalList:
    """The local authorization list that a charger accepted last (OCPP 1.6, clause 5.15).

    ``version``: 1 to 2**31 - 1. ``entries``: in the order of their idTags, each of which comes once.
    """

    charge_point_id: str
    version: int
    entries: tuple[LocalListEntry, ...]
    sent_at: datetime

    def __post_init__(self) -> None:
        """Keep order and UTC; refuse with ValueError what no charger can have accepted."""
        if not 0 < self.version < 2**31:
            raise ValueError(f"{self.version} is no version of a list")
        entries = tuple(sorted(self.entries, key=lambda entry: uid_of(entry.id_tag)))
        if len({uid_of(entry.id_tag) for entry in entries}) != len(entries):
            raise ValueError("an idTag is in the list twice")
        object.__setattr__(self, "entries", entries)
        object.__setattr__(self, "sent_at", utc(self.sent_at))
