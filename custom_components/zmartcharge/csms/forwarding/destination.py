"""The other central system: where it is, and what it may do with a charger."""

from dataclasses import dataclass, field
from enum import StrEnum
from urllib.parse import quote, urlsplit

_SCHEMES = {"ws", "wss"}
_MAX_URL, _MAX_IDENTITY, _MAX_PASSWORD = 512, 48, 255


class ForwardingMode(StrEnum):
    """What the other central system may do."""

    #: It is told; what it asks for never reaches the charger.
    MIRROR = "mirror"
    #: It may also ask for what a user could ask for.
    PROXY = "proxy"


@dataclass(frozen=True, slots=True, kw_only=True)
class Destination:
    """Where a charger's traffic goes. ``password`` None: the other asks for none.

    ``asks_cards``: it is asked about cards that nobody knows here.
    """

    url: str
    identity: str
    password: str | None = field(default=None, repr=False)
    mode: ForwardingMode = ForwardingMode.MIRROR
    asks_cards: bool = False

    @property
    def address(self) -> str:
        """Return the full address, which ends with the charger's id (OCPP-J 1.6, clause 3.1.1)."""
        base, identity = self.url.rstrip("/"), quote(self.identity, safe="")
        return base if base.endswith(f"/{identity}") else f"{base}/{identity}"

    def is_same_place(self, other: Destination) -> bool:
        """Tell whether both are the same charger at the same system."""
        return self.address == other.address


def url_problem(url: str) -> str | None:
    """Return the key of what is wrong with an address, None when it can be tried."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return "url_invalid"
    if parts.scheme not in _SCHEMES or not host or len(url) > _MAX_URL:
        return "url_invalid"
    if parts.query or parts.fragment or any(c.isspace() or not c.isprintable() for c in url):
        return "url_invalid"
    return "url_with_login" if parts.username is not None or parts.password is not None else None


def login_problem(identity: str, password: str | None) -> str | None:
    """Return the key of what is wrong with an id or a password (RFC 7617), None when they will do."""
    if not 1 <= len(identity) <= _MAX_IDENTITY or ":" in identity or not identity.isprintable():
        return "identity_invalid"
    if password is not None and (len(password) > _MAX_PASSWORD or not password.isprintable()):
        return "password_invalid"
    return None
