"""Encoders of what meters send, sharing nothing with the code under test."""

from collections.abc import Iterable

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import GCM

from .helpers import crc_bit_by_bit

LLC = bytes.fromhex("e6e700")
LANDIS_GYR_HEADER = bytes.fromhex("ceff0313")


def length(size: int) -> bytes:
    if size < 0x80:
        return bytes([size])
    return b"\x81" + bytes([size]) if size < 0x100 else b"\x82" + size.to_bytes(2)


def hdlc_segment(content: bytes, *, last: bool, header: bytes = bytes.fromhex("cf022303")) -> bytes:
    """Put a part of a message into a frame with the segmentation bit."""
    size = 2 + len(header) + 2 + len(content) + 2
    frame = (0xA000 | (0 if last else 0x0800) | size).to_bytes(2) + header
    frame += crc_bit_by_bit(frame).to_bytes(2, "little") + content
    return b"\x7e" + frame + crc_bit_by_bit(frame).to_bytes(2, "little") + b"\x7e"


def hdlc_segments(message: bytes, size: int) -> list[bytes]:
    parts = [message[at : at + size] for at in range(0, len(message), size)]
    return [hdlc_segment(part, last=part is parts[-1]) for part in parts]


def mbus_frame(content: bytes, information: int) -> bytes:
    body = bytes([0x53, 0xFF, information, 0x01, 0x67]) + content
    # As Sagemcom does it, a length of more than 255 loses its high octet.
    size = bytes([len(body) & 0xFF])
    return b"\x68" + size + size + b"\x68" + body + bytes([sum(body) & 0xFF]) + b"\x16"


def mbus_frames(message: bytes, size: int = 240) -> list[bytes]:
    parts = [message[at : at + size] for at in range(0, len(message), size)]
    last = len(parts) - 1
    return [
        mbus_frame(part, (number & 0x0F) | (0x10 if number == last else 0))
        for number, part in enumerate(parts)
    ]


def blocks(message: bytes, size: int = 112) -> list[bytes]:
    """Return the blocks of a general block transfer; the first has an LLC header."""
    parts = [message[at : at + size] for at in range(0, len(message), size)]
    found = [
        bytes([0xE0, 0xC0 if number == len(parts) else 0x40])
        + number.to_bytes(2)
        + b"\0\0"
        + length(len(part))
        + part
        for number, part in enumerate(parts, 1)
    ]
    return [LLC + found[0], *found[1:]]


def ciphered(
    content: bytes,
    key: bytes,
    authentication_key: bytes = b"",
    *,
    control: int = 0x30,
    title: bytes = b"KAM\x01\x02\x03\x04\x05",
    counter: int = 1,
) -> bytes:
    """Return a general-glo-ciphering APDU."""
    number = counter.to_bytes(4)
    encryptor = Cipher(AES(key), GCM(title + number)).encryptor()
    additional = bytes([control]) + authentication_key
    body = content
    if control & 0x20:
        encryptor.authenticate_additional_data(additional)
        body = encryptor.update(content)
    else:
        encryptor.authenticate_additional_data(additional + content)
    encryptor.finalize()
    tag = encryptor.tag[:12] if control & 0x10 else b""
    sent = bytes([control]) + number + body + tag
    return b"\xdb" + length(len(title)) + title + length(len(sent)) + sent


def crc16(octets: bytes) -> int:
    crc = 0
    for octet in octets:
        crc ^= octet
        for _ in range(8):
            crc = crc >> 1 ^ 0xA001 if crc & 1 else crc >> 1
    return crc


def telegram(lines: Iterable[str], *, name: str = "LGF5E360", end: str = "\r\n") -> bytes:
    """Return a P1 telegram with its CRC."""
    text = f"/{name}{end}{end}" + "".join(f"{line}{end}" for line in lines) + "!"
    return text.encode() + f"{crc16(text.encode()):04X}{end}".encode()
