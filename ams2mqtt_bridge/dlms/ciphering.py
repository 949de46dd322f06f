"""Security suite 0: general-glo-ciphering (DLMS UA Green Book, clause 9.2; NIST SP 800-38D).

AES-128-GCM with the system title and the invocation counter as initialization vector, and the
security control octet with the authentication key as additional authenticated data.
"""

from dataclasses import dataclass
from typing import override

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CTR, GCM

from .apdu import LLC, Tag
from .axdr import read_length
from .errors import DecodeError

KEY_LENGTH = 16
_SYSTEM_TITLE_LENGTH = 8
_COUNTER_LENGTH = 4
_TAG_LENGTH = 12
_SUITE, _AUTHENTICATED, _ENCRYPTED, _COMPRESSED = 0x0F, 0x10, 0x20, 0x80
# GCM counts its blocks from 1, and takes the first for the tag (NIST SP 800-38D, clause 7.1).
_FIRST_BLOCK = (2).to_bytes(4)
# How the content begins: a data-notification, a block of one, or the telegram of a P1 port.
_BEGINNINGS = frozenset({Tag.DATA_NOTIFICATION, Tag.GENERAL_BLOCK_TRANSFER, 0x2F, LLC[0]})


@dataclass(frozen=True, slots=True, repr=False)
class Keys:
    """The keys of a meter, 16 octets each; they never show in a representation."""

    encryption: bytes | None = None
    authentication: bytes | None = None

    @override
    def __repr__(self) -> str:
        return "Keys(…)"


@dataclass(frozen=True, slots=True)
class Deciphered:
    """What was in a ciphered APDU, who sent it, and how sure that is.

    ``counter`` never repeats in an honest meter. ``verified`` tells that the tag was there and
    right; without it, the content is only known to begin as a list does.
    """

    content: bytes
    system_title: bytes
    counter: int
    verified: bool


@dataclass(frozen=True, slots=True)
class _Ciphered:
    system_title: bytes
    control: int
    counter: bytes
    content: bytes
    tag: bytes

    @property
    def vector(self) -> bytes:
        return self.system_title + self.counter

    @property
    def encrypted(self) -> bool:
        return bool(self.control & _ENCRYPTED)


def decipher(apdu: bytes, keys: Keys) -> Deciphered:
    """Return the content of a general-glo-ciphering APDU, with or without an LLC header before it.

    A tag is verified when the authentication key is known. Without that key the content is
    deciphered all the same, because grid companies often hand out the encryption key alone; then
    only its beginning tells whether the key fits. Raises ``DecodeError``, whose text tells a person
    which key is missing or wrong.
    """
    ciphered = _parse(apdu.removeprefix(LLC))
    if keys.encryption is None:
        if ciphered.encrypted:
            raise DecodeError(
                "the frame is encrypted: this meter needs a key from the grid company"
            )
        content, verified = ciphered.content, False
    elif ciphered.tag and keys.authentication is not None:
        content, verified = _decipher_verified(ciphered, keys.encryption, keys.authentication), True
    else:
        content, verified = _decipher_unverified(ciphered, keys.encryption), False
    if not verified and content[:1] and content[0] not in _BEGINNINGS:
        raise _wrong_encryption_key(ciphered)
    counter = int.from_bytes(ciphered.counter)
    return Deciphered(content, ciphered.system_title, counter, verified)


def _parse(apdu: bytes) -> _Ciphered:
    if apdu[:1] != bytes([Tag.GENERAL_GLO_CIPHERING]):
        raise DecodeError(
            f"the frame is encrypted in a way ({apdu[:1].hex()}) that needs a key agreed on in a "
            "session with the meter; only general-glo-ciphering (db) can be read"
        )
    try:
        title_length, position = read_length(apdu, 1)
        title = apdu[position : position + title_length]
        length, position = read_length(apdu, position + title_length)
    except IndexError:
        raise DecodeError("the header of an encrypted frame is cut off") from None
    body = apdu[position : position + length]
    if len(title) != _SYSTEM_TITLE_LENGTH:
        raise DecodeError(f"a system title of {title_length} octets")
    if len(body) != length or length <= 1 + _COUNTER_LENGTH:
        raise DecodeError("an encrypted frame is cut off")
    control = body[0]
    if control & _COMPRESSED or control & _SUITE:
        raise DecodeError(f"security control {control:#04x} is not supported: only suite 0 is")
    content, tag = body[1 + _COUNTER_LENGTH :], b""
    if control & _AUTHENTICATED:
        content, tag = content[:-_TAG_LENGTH], content[-_TAG_LENGTH:]
        if len(tag) != _TAG_LENGTH:
            raise DecodeError("the tag of an encrypted frame is cut off")
    return _Ciphered(title, control, body[1 : 1 + _COUNTER_LENGTH], content, tag)


def _decipher_verified(ciphered: _Ciphered, encryption: bytes, authentication: bytes) -> bytes:
    mode = GCM(ciphered.vector, ciphered.tag, min_tag_length=_TAG_LENGTH)
    decryptor = Cipher(AES(encryption), mode).decryptor()
    additional = bytes([ciphered.control]) + authentication
    try:
        if ciphered.encrypted:
            decryptor.authenticate_additional_data(additional)
            return decryptor.update(ciphered.content) + decryptor.finalize()
        decryptor.authenticate_additional_data(additional + ciphered.content)
        decryptor.finalize()
    except InvalidTag:
        content = _decipher_unverified(ciphered, encryption)
        if ciphered.encrypted and content[:1] and content[0] not in _BEGINNINGS:
            raise _wrong_encryption_key(ciphered) from None
        raise DecodeError(
            f"the authentication key does not fit the meter {_name(ciphered)}: check it with the "
            "grid company, or leave it out to read without verifying"
        ) from None
    return ciphered.content


def _decipher_unverified(ciphered: _Ciphered, encryption: bytes) -> bytes:
    if not ciphered.encrypted:
        return ciphered.content
    decryptor = Cipher(AES(encryption), CTR(ciphered.vector + _FIRST_BLOCK)).decryptor()
    return decryptor.update(ciphered.content) + decryptor.finalize()


def _wrong_encryption_key(ciphered: _Ciphered) -> DecodeError:
    return DecodeError(
        f"the encryption key does not fit the meter {_name(ciphered)}: check it with the grid company"
    )


def _name(ciphered: _Ciphered) -> str:
    # The title is the maker's three letters and a number (DLMS UA Green Book, clause 4.3.4).
    letters = ciphered.system_title[:3].decode("ascii", errors="replace")
    return f"{letters if letters.isalnum() else '?'} {ciphered.system_title[3:].hex()}"
