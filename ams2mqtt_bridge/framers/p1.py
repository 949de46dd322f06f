"""Telegrams of a P1 port: IEC 62056-21 mode D; DSMR 5.0.2, clause 5; the Swedish H1 port.

``/XXX5identification``, an empty line, the data lines, ``!`` and a CRC-16 in four hexadecimal digits,
which covers everything from ``/`` to ``!``. Seen in the field: no CRC, a CRC without its leading
zero, lines that end in LF alone, and a start of text (02) in the identification.
"""

from array import array
from functools import cache
import re
import sys

from .base import Frame, FrameKind, Verdict

START = ord("/")
# Several times the longest telegram that is known, which has thirteen months of peaks.
_MAX_LENGTH = 8192
_BEGINNING = re.compile(rb"/[A-Za-z]{3}[0-9A-Za-z-]")
_BEGINNING_LENGTH = 5
# Neither a control character but 02, nor an octet with a parity bit, nor a second beginning.
_FOREIGN = re.compile(rb"[^\x02\t\r\n -.0-~]")
_END_MARK, _LINE_END = b"!", b"\r\n"
_END = re.compile(rb"!(?:([0-9A-Fa-f]{4})(?:\r?\n)?|([0-9A-Fa-f]{0,3})[ \t]*\r?\n)")


def crc16(octets: bytes) -> int:
    """Return the CRC of a telegram: polynomial 8005 reversed, from 0 (CRC-16/ARC).

    Two octets a step: a register of 16 bits is then gone after each, and one look-up is left.
    """
    table = _table()
    words = array("H", octets[: len(octets) & ~1])
    if sys.byteorder == "big":
        words.byteswap()
    crc = 0
    for word in words:
        crc = table[crc ^ word]
    if len(octets) & 1:
        crc = _shift(crc ^ octets[-1], 8)
    return crc


@cache
def _table() -> array[int]:
    """Return what each two octets make of a register that was 0; made when it is first needed."""
    half = [_shift(value, 8) for value in range(256)]
    return array(
        "H", (half[half[v & 0xFF] & 0xFF ^ v >> 8] ^ half[v & 0xFF] >> 8 for v in range(0x10000))
    )


def _shift(value: int, bits: int) -> int:
    for _ in range(bits):
        value = value >> 1 ^ 0xA001 if value & 1 else value >> 1
    return value


def examine_p1(buffer: bytes, start: int) -> Frame | Verdict:
    """Judge the telegram that would begin at this place."""
    beginning = buffer[start : start + _BEGINNING_LENGTH]
    if _BEGINNING.match(beginning) is None:
        return Verdict.INCOMPLETE if _may_become_beginning(beginning) else Verdict.NOTHING
    foreign = _FOREIGN.search(buffer, start + 1, start + _MAX_LENGTH)
    limit = foreign.start() if foreign else min(len(buffer), start + _MAX_LENGTH)
    # The mark occurs nowhere else: it is not allowed in identifications and values (5.5).
    mark = buffer.find(_END_MARK, start, limit)
    if mark >= 0 and buffer[mark - 1] not in _LINE_END:
        return Verdict.DAMAGED
    found = _END.match(buffer, mark, limit) if mark >= 0 else None
    if found is None:
        if foreign is None and len(buffer) - start < _MAX_LENGTH:
            return Verdict.INCOMPLETE
        return _examine_last(buffer, start, mark, limit)
    telegram = buffer[start : mark + 1]
    check = found[1] or found[2]
    if check and not _is_intact(telegram, int(check, 16)):
        return Verdict.DAMAGED
    return Frame(FrameKind.P1, telegram, found.end())


def _examine_last(buffer: bytes, start: int, mark: int, limit: int) -> Frame | Verdict:
    """Judge a telegram that has neither CRC nor line end after its mark, now that another came."""
    if mark >= 0 and mark + 1 == limit < len(buffer) and buffer[limit] == START:
        return Frame(FrameKind.P1, buffer[start:limit], limit)
    return Verdict.DAMAGED


def _may_become_beginning(beginning: bytes) -> bool:
    return len(beginning) < _BEGINNING_LENGTH and (len(beginning) == 1 or beginning[1:].isalpha())


def _is_intact(telegram: bytes, check: int) -> bool:
    if crc16(telegram) == check:
        return True
    # A reader between that dropped the CR of each line leaves the CRC as the meter made it.
    return b"\r" not in telegram and crc16(telegram.replace(b"\n", b"\r\n")) == check
