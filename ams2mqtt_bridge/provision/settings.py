"""What is sent to the unit, checked before anything is sent."""

from dataclasses import dataclass, field
import re
from urllib.parse import urlsplit

_MAX_SSID = 32
_PSK = range(8, 64)
_TOKEN_LENGTH = 20
_MAX_URL = 63
_PRINTABLE = re.compile(r"[\x20-\x7e]*")


class ProvisionError(Exception):
    """It cannot go on; the text says why and what to do, and never holds a secret."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wifi:
    """A network of 2.4 GHz: ``ssid`` of 1 to 32 octets (IEEE 802.11, clause 9.4.2.2).

    ``password`` is a WPA passphrase of 8 to 63 characters of ASCII (IEEE 802.11, annex J.4), or empty
    for an open network. Raises ``ProvisionError`` when one of them is not.
    """

    ssid: str
    password: str = field(repr=False)

    def __post_init__(self) -> None:
        if not 1 <= len(self.ssid.encode()) <= _MAX_SSID:
            raise ProvisionError("The name of a WiFi network has 1 to 32 octets; check it")
        if self.password and (
            len(self.password) not in _PSK or _PRINTABLE.fullmatch(self.password) is None
        ):
            raise ProvisionError(
                "A WiFi password has 8 to 63 characters, without letters such as æ, ø or å; check it"
            )

    def form(self) -> dict[str, str]:
        """Return the fields that the unit expects."""
        return {"s": "true", "ss": self.ssid, "sp": self.password}


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadBalancer:
    """Where the unit reports its readings, and as whom.

    ``token`` has exactly 20 characters and ``url`` at most 63, beginning with https: the unit keeps no
    more. Raises ``ProvisionError`` when one of them is not so.
    """

    url: str
    token: str = field(repr=False)

    def __post_init__(self) -> None:
        if len(self.token) != _TOKEN_LENGTH or not re.fullmatch(r"[\x21-\x7e]+", self.token):
            raise ProvisionError(
                "The token has exactly 20 characters; copy it from Home Assistant once more"
            )
        if not self.url.startswith("https://"):
            raise ProvisionError(
                "The address must begin with https://, because the unit accepts nothing else"
            )
        if len(self.url) > _MAX_URL or not re.fullmatch(r"[\x21-\x7e]+", self.url):
            raise ProvisionError(
                "The address may have at most 63 characters, without spaces; use a shorter host name"
            )
        if not _host(self.url):
            raise ProvisionError("The address has no host; write it as https://home.example.com")

    def form(self) -> dict[str, str]:
        """Return the fields that the unit expects."""
        return {"c": "true", "cze": "true", "czt": self.token, "czu": self.url}


def _host(url: str) -> str | None:
    try:
        return urlsplit(url).hostname
    except ValueError:
        return None
