"""A token: a card, a key fob, or any other idTag that somebody registered."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from .id_tag import is_id_tag, masked, normalised


class TokenStatus(StrEnum):
    """What somebody said about a token."""

    ACCEPTED = "accepted"
    BLOCKED = "blocked"


class IdTokenType(StrEnum):
    """What an idToken is (OCPP 2.0.1, IdTokenEnumType); OCPP 1.6 does not tell."""

    CENTRAL = "Central"
    EMAID = "eMAID"
    ISO14443 = "ISO14443"
    ISO15693 = "ISO15693"
    KEY_CODE = "KeyCode"
    LOCAL = "Local"
    MAC_ADDRESS = "MacAddress"


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """A registered token, valid in [valid_from, valid_until); ``None`` has no such end.

    ``group`` is the parentIdTag (OCPP 1.6) or groupIdToken (2.0.1): tokens of one group may stop
    each other's sessions. ``chargers`` are the charge point ids that it may be used at, ``None``:
    all. Raises ``ValueError`` for what is no idTag, naive times, and an end that is not after the
    begin.
    """

    id_tag: str = field(repr=False)
    label: str = ""
    holder: str = field(default="", repr=False)
    group: str | None = field(default=None, repr=False)
    type: IdTokenType = IdTokenType.ISO14443
    status: TokenStatus = TokenStatus.ACCEPTED
    valid_from: datetime | None = None
    valid_until: datetime | None = None
    chargers: frozenset[str] | None = None

    def __post_init__(self) -> None:
        """Refuse what is no token."""
        if not is_id_tag(self.id_tag) or (self.group is not None and not is_id_tag(self.group)):
            raise ValueError("an idTag has 1 to 36 printable ASCII characters")
        for at in (self.valid_from, self.valid_until):
            if at is not None and at.utcoffset() is None:
                raise ValueError(f"{at} has no time zone")
        if self.valid_from and self.valid_until and self.valid_from >= self.valid_until:
            raise ValueError("a token is valid until after it begins to be")

    @property
    def key(self) -> str:
        """Return what two spellings of the idTag have in common."""
        return normalised(self.id_tag)

    @property
    def masked(self) -> str:
        """Return the idTag as it may be shown and logged."""
        return masked(self.id_tag)

    def same_group(self, group: str | None) -> bool:
        """Tell whether the token is of a group; none is of no group."""
        if group is None or self.group is None:
            return False
        return normalised(group) == normalised(self.group)
