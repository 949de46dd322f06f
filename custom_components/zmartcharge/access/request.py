"""What is asked: somebody wants to begin, to go on with, or to end a session."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from .id_tag import normalised
from .token import Token


class StartMethod(StrEnum):
    """How it was asked."""

    #: A car was plugged in; the charger may have sent an idTag of its own, or none.
    PLUGGED_IN = "plugged_in"
    #: A token was held to the charger's reader.
    RFID = "rfid"
    #: Home Assistant starts or stops; an idTag is given only when it does so in somebody's name.
    HOME_ASSISTANT = "home_assistant"
    #: The charger let it begin while it could not ask, and tells of it now.
    OFFLINE = "offline"
    #: A session that was allowed before goes on, after a power cut or a pause.
    RESUMED = "resumed"


class Purpose(StrEnum):
    """What the answer is for."""

    #: Authorize: nobody knows yet whether a session is to begin or to end, or on which connector.
    AUTHORIZE = "authorize"
    START = "start"
    STOP = "stop"


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenTransaction:
    """A transaction that is known to go on. ``id_tag`` None: nobody identified themselves."""

    charger: str
    connector: int
    id_tag: str | None = field(default=None, repr=False)
    group: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """Who asks, where, when and how.

    ``id_tag`` is what was presented, as the charger sent it; blank is none. ``token`` is what is
    registered under it, ``None`` when nothing is. ``connector`` None: not known. ``at`` is when it
    was presented, as far as that is believed. ``open_transactions`` are at least those of this
    charger and of this idTag, but none that is only open because nobody told of its end.

    Raises ``ValueError`` for a naive time and for a token that is another one than was presented.
    """

    charger: str
    at: datetime
    how: StartMethod
    purpose: Purpose
    connector: int | None = None
    id_tag: str | None = field(default=None, repr=False)
    token: Token | None = None
    open_transactions: tuple[OpenTransaction, ...] = ()

    def __post_init__(self) -> None:
        """Refuse what does not fit together."""
        if self.at.utcoffset() is None:
            raise ValueError(f"{self.at} has no time zone")
        if self.token is not None and self.token.key != self.key:
            raise ValueError("the token is not the one that was presented")

    @property
    def key(self) -> str | None:
        """Return what all spellings of the idTag have in common, ``None`` when there is none."""
        return normalised(self.id_tag or "") or None

    def here(self, transaction: OpenTransaction) -> bool:
        """Tell whether a transaction is one of this connector, as far as that is known."""
        if transaction.charger != self.charger:
            return False
        return self.connector is None or transaction.connector == self.connector
