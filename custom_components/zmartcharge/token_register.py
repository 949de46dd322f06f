"""The registered tokens, in memory: no card waits for a disk."""

from collections.abc import Callable
from datetime import UTC, datetime

from homeassistant.core import CALLBACK_TYPE, callback

from .access import IdTokenType, Token, TokenStatus, normalised
from .ledger import Ledger, RegisteredToken, TokenRecord


class TokenRegister:
    """What the ledger's register holds. Every change is in the ledger before it counts."""

    def __init__(self, ledger: Ledger) -> None:
        """Take an open ledger."""
        self._ledger = ledger
        self._known: dict[str, RegisteredToken] = {}
        self._listeners: set[Callable[[], None]] = set()

    @callback
    def async_on_change(self, listener: Callable[[], None]) -> CALLBACK_TYPE:
        """Call ``listener`` when a token was registered, changed or removed."""
        self._listeners.add(listener)
        return lambda: self._listeners.discard(listener)

    @property
    def tokens(self) -> tuple[RegisteredToken, ...]:
        """Return all of them, by their labels."""
        return tuple(sorted(self._known.values(), key=lambda each: each.record.label.casefold()))

    @property
    def by_last_use(self) -> tuple[Token, ...]:
        """Return all of them, those first that were used or registered last."""
        newest = sorted(self._known.values(), key=_last_use, reverse=True)
        return tuple(_token(each.record) for each in newest)

    @property
    def keys(self) -> frozenset[str]:
        """Return what is registered, each as ``normalised`` spells it."""
        return frozenset(self._known)

    def get(self, id_tag: str) -> Token | None:
        """Return the token of an idTag, None when nobody registered it."""
        known = self._known.get(normalised(id_tag))
        return _token(known.record) if known else None

    def find(self, text: str) -> Token | None:
        """Return the token of an idTag, or the only one of this name; None where there is none."""
        if token := self.get(text):
            return token
        name = text.casefold()
        named = [each for each in self._known.values() if each.record.label.casefold() == name]
        return _token(named[0].record) if len(named) == 1 else None

    def named(self, label: str) -> Token | None:
        """Return a token of this name, whatever its case; None where there is none."""
        name = label.casefold()
        found = [each for each in self._known.values() if each.record.label.casefold() == name]
        return _token(found[0].record) if found else None

    def record(self, id_tag: str) -> TokenRecord:
        """Return what is registered of an idTag; raises KeyError where nothing is."""
        return self._known[normalised(id_tag)].record

    def by_phone(self, number: str) -> RegisteredToken | None:
        """Return who has a phone number (E.164), None when nobody does."""
        found = (each for each in self._known.values() if each.record.phone == number)
        return next(found, None)

    async def load(self) -> None:
        """Read the register; raises LedgerError."""
        self._known = {each.record.uid: each for each in await self._ledger.tokens()}

    async def put(self, record: TokenRecord, at: datetime) -> None:
        """Register a token, or change it; raises LedgerError."""
        self._known[record.uid] = await self._ledger.put_token(record, at)
        self._changed()

    async def remove(self, id_tag: str) -> bool:
        """Remove a token; returns whether there was one. Raises LedgerError."""
        removed = await self._ledger.remove_token(id_tag)
        self._known.pop(normalised(id_tag), None)
        self._changed()
        return removed

    async def used(self, id_tag: str, at: datetime, charge_point_id: str) -> None:
        """Note when and where a token was last used; raises LedgerError."""
        if await self._ledger.token_used(id_tag, at, charge_point_id) and (
            known := await self._ledger.token(id_tag)
        ):
            self._known[known.record.uid] = known

    @callback
    def _changed(self) -> None:
        for listener in list(self._listeners):
            listener()


def _last_use(token: RegisteredToken) -> datetime:
    return (token.last_used_at or token.created_at).astimezone(UTC)


def _token(record: TokenRecord) -> Token:
    return Token(
        id_tag=record.id_tag,
        label=record.label,
        holder=record.holder,
        group=record.group,
        type=IdTokenType(record.type),
        status=TokenStatus(record.status),
        valid_from=record.valid_from,
        valid_until=record.valid_until,
        chargers=record.charge_point_ids,
    )
