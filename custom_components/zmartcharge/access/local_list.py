"""What a charger should know of tokens, so that it can decide while it cannot ask.

See OCPP 1.6, clauses 3.5.2 and 5.15, and OCPP 2.0.1, functional block D.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from .decision import refusal_of_token
from .id_tag import MAX_LENGTH_16, normalised
from .offline import OfflineBehaviour
from .status import AuthorizationStatus16, status_16
from .token import IdTokenType, Token, TokenStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class ListEntry:
    """An idTag in a charger's local authorization list, and what it is told of it.

    ``status`` is one of those that OCPP 1.6 and 2.0.1 have in common. ``valid_until`` is the
    expiryDate (2.0.1: cacheExpiryDateTime), UTC in whole seconds.
    """

    id_tag: str = field(repr=False)
    status: AuthorizationStatus16
    valid_until: datetime | None = None
    group: str | None = field(default=None, repr=False)
    type: IdTokenType = IdTokenType.ISO14443

    @property
    def key(self) -> str:
        """Return what two spellings of the idTag have in common."""
        return normalised(self.id_tag)

    def says_the_same(self, other: ListEntry) -> bool:
        """Tell whether two entries of an idTag, however that is written, mean the same."""
        groups = [None if each is None else normalised(each) for each in (self.group, other.group)]
        return (
            groups[0] == groups[1]
            and self.key == other.key
            and self.status is other.status
            and self.valid_until == other.valid_until
            and self.type is other.type
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedList:
    """What a charger's list should hold, and the tokens that it has no room for."""

    entries: tuple[ListEntry, ...]
    left_out: tuple[Token, ...]


def wanted_list(
    tokens: Iterable[Token],
    *,
    charger: str,
    behaviour: OfflineBehaviour,
    at: datetime,
    max_entries: int | None,
    max_length: int = MAX_LENGTH_16,
) -> WantedList:
    """Return what a charger's list should hold at a time.

    ``tokens``: those that matter most first. ``max_entries``: LocalAuthListMaxLength (2.0.1: the
    limit of LocalAuthListCtrlr.Entries), ``None`` when the charger did not tell. ``max_length``:
    characters of an idTag in the charger's version. What is of no use for the behaviour is not
    listed: with nobody allowed nothing, and only with everybody allowed those who are refused
    without being blocked.
    """
    if behaviour is OfflineBehaviour.BLOCK:
        return WantedList(entries=(), left_out=())
    free = behaviour is OfflineBehaviour.FREE
    listed: dict[str, tuple[Token, ListEntry]] = {}
    left_out: list[Token] = []
    for token in tokens:
        entry = _entry(token, charger, at, max_length)
        accepted = entry.status is AuthorizationStatus16.ACCEPTED
        if not accepted and not free and token.status is not TokenStatus.BLOCKED:
            continue
        # A number that its version cannot tell is one that the charger never reads either.
        if len(token.id_tag) <= max_length:
            listed.setdefault(entry.key, (token, entry))
    # Whom nobody needs to be told of is what there may be no room for: with everybody allowed
    # those who are accepted, else those who are not.
    ranked = sorted(
        listed.values(),
        key=lambda each: (each[1].status is AuthorizationStatus16.ACCEPTED) is free,
    )
    room = len(ranked) if max_entries is None else max(0, max_entries)
    left_out.extend(token for token, _ in ranked[room:])
    entries = sorted((entry for _, entry in ranked[:room]), key=lambda entry: entry.key)
    return WantedList(entries=tuple(entries), left_out=tuple(left_out))


def next_list_change(tokens: Iterable[Token], at: datetime) -> datetime | None:
    """Return when a list changes next because a token becomes valid or expires, if ever."""
    ends = (end for token in tokens for end in (token.valid_from, token.valid_until))
    return min((end for end in ends if end is not None and end > at), default=None)


def _entry(token: Token, charger: str, at: datetime, max_length: int) -> ListEntry:
    refusal = refusal_of_token(token, charger, at)
    status = AuthorizationStatus16.ACCEPTED if refusal is None else status_16(refusal)
    until = token.valid_until
    # A group that the charger's version has no room for cannot be told.
    group = token.group if token.group is not None and len(token.group) <= max_length else None
    return ListEntry(
        id_tag=token.id_tag,
        status=status,
        valid_until=None if until is None else until.astimezone(UTC).replace(microsecond=0),
        group=group,
        type=token.type,
    )
