"""Who a charger is: its identity in the URL and its key."""

from base64 import b64decode, b64encode
import binascii
from dataclasses import dataclass
import hashlib
import hmac
import re
import secrets
import string
from urllib.parse import unquote

from .errors import InvalidIdentityError

KEY_LENGTH = 20
_IDENTITY = re.compile(r"[A-Za-z0-9._-]{1,48}")
_KEY_ALPHABET = string.ascii_letters + string.digits
# N=2**12, r=8 costs about 10 ms: keys are random, so the cost only slows guesses of chosen ones.
_SCRYPT_N = 2**12
_SCRYPT_R = 8


def parse_identity(text: str) -> str:
    """Return a charge point id, 1-48 characters of ``[A-Za-z0-9._-]``.

    Raises InvalidIdentityError for anything that could be taken for a path.
    Source: OCPP-J 1.6, clause 3.1.1, narrowed to characters that need no escaping.
    """
    if not _IDENTITY.fullmatch(text) or not text.strip("."):
        raise InvalidIdentityError(text[:48])
    return text


def identity_from_path(raw_path: str) -> str:
    """Return the charge point id from a raw request path of exactly one segment.

    The segment is decoded once; what is still escaped, or a separator, is refused.
    """
    return parse_identity(unquote(raw_path.removeprefix("/").removesuffix("/")))


def generate_key() -> str:
    """Return a new key of 20 letters and digits, which are its 20 bytes as well.

    Source: OCPP 1.6 security whitepaper ed. 3, A00.FR.205: 16 to 20 random bytes.
    """
    return "".join(secrets.choice(_KEY_ALPHABET) for _ in range(KEY_LENGTH))


def key_problem(key: str) -> str | None:
    """Return why a chosen key cannot be used (``key_length`` or ``key_characters``), or None."""
    if not 16 <= len(key) <= 40:
        return "key_length"
    if not key.isascii() or not key.isprintable() or " " in key:
        return "key_characters"
    return None


def hash_key(key: str) -> str:
    """Return ``scrypt$salt$digest`` of a key. Takes about 10 ms: not for the event loop."""
    salt = secrets.token_bytes(16)
    return f"scrypt${b64encode(salt).decode()}${b64encode(_digest(key.encode(), salt)).decode()}"


def verify_key(stored: str, key: str) -> bool:
    """Tell whether a key is the stored one. Takes about 10 ms: not for the event loop.

    Chargers get the key as hexadecimal in ``AuthorizationKey`` and send it back raw or still in
    hexadecimal, so both are accepted.
    """
    _, salt, digest = stored.split("$")
    candidates = [key.encode(errors="replace")]
    try:
        candidates.append(binascii.unhexlify(key))
    except binascii.Error, ValueError:
        pass
    wanted = b64decode(digest)
    return any(hmac.compare_digest(_digest(c, b64decode(salt)), wanted) for c in candidates)


def _digest(key: bytes, salt: bytes) -> bytes:
    return hashlib.scrypt(key, salt=salt, n=_SCRYPT_N, r=_SCRYPT_R, p=1)


@dataclass(frozen=True, slots=True)
class BasicCredentials:
    """User name and password of HTTP Basic authentication (RFC 7617)."""

    username: str
    password: str

    @classmethod
    def parse(cls, header: str | None) -> BasicCredentials | None:
        """Return the credentials of an ``Authorization`` header, None when there are none."""
        scheme, _, encoded = (header or "").partition(" ")
        if scheme.lower() != "basic":
            return None
        try:
            # Some chargers put raw key bytes into the password: latin-1 keeps every byte.
            text = b64decode(encoded.strip(), validate=True).decode("latin-1")
        except binascii.Error, ValueError:
            return None
        username, separator, password = text.partition(":")
        return cls(username, password) if separator else None
