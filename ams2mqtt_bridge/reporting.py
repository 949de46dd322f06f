"""Tells a person how the stream is: what was read, and what to do when it is bad."""

import re

from .meter_list import MeterList
from .pipeline import Counts

_NO_FRAME_HINT = (
    "octets arrive but none of the frames in them is whole: check baud rate and parity (Aidon and "
    "Kaifa 2400 8E1, Kamstrup 2400 8N1, Swedish RJ12 ports 115200 8N1) and the polarity of the adapter"
)
# Less than one list; the rest of it may be on its way.
_ENOUGH_OCTETS = 64
# More come only from content that was deciphered with a wrong key.
_MOST_REASONS = 16
# Of octets by chance, half have an even number of ones.
_NEARLY_ALL = 0.95
_EVEN = bytes(octet.bit_count() % 2 == 0 for octet in range(256))
_SEVEN_BITS = bytes(octet & 0x7F for octet in range(256))
_TELEGRAM = re.compile(rb"\d-\d{1,3}:\d+\.\d+\.\d+\(")
_HDLC_BEGINNING = re.compile(rb"\x7e[\xa0-\xaf]")


class Reporter:
    """Describes trouble at most once per interval, however much there is of it.

    What is wrong with the lists themselves, such as a wrong key, is told once until it changes.
    """

    def __init__(self, interval: float, now: float) -> None:
        """Begin at ``now``, in seconds of a clock that never runs backwards."""
        self._interval = interval
        self._reported_at = now
        self._reported = Counts()
        self._told_reasons: set[str | None] = set()
        self._told_unverified = False

    def check(self, counts: Counts, now: float, recent: bytes = b"") -> str | None:
        """Return a sentence about the trouble since the last one; ``None`` when there is none.

        ``recent`` are the last octets that came, for a diagnosis of the line.
        """
        if now - self._reported_at < self._interval:
            return None
        fresh = counts.since(self._reported)
        self._reported_at = now
        self._reported = counts
        return self._trouble(fresh, recent)

    def _trouble(self, counts: Counts, recent: bytes) -> str | None:
        if not counts.frames.good and counts.octets >= _ENOUGH_OCTETS:
            return f"{counts.octets} {diagnose(recent) or _NO_FRAME_HINT}"
        parts = []
        if counts.frames.bad:
            parts.append(f"{counts.frames.bad} frames were damaged")
        if counts.frames.fragments:
            parts.append(f"{counts.frames.fragments} frames were parts of a message with a gap")
        if counts.undecodable and counts.reason not in self._told_reasons:
            if len(self._told_reasons) >= _MOST_REASONS:
                self._told_reasons.clear()
            self._told_reasons.add(counts.reason)
            parts.append(f"{counts.undecodable} frames were not understood ({counts.reason})")
        elif counts.lists and not counts.undecodable:
            self._told_reasons.clear()
        sentences = []
        if parts:
            sentences.append(f"Of {counts.frames.good + counts.frames.bad}: {', '.join(parts)}")
        if counts.unverified and not self._told_unverified:
            self._told_unverified = True
            sentences.append(
                "The frames are deciphered but not verified: they have no tag, or the authentication "
                "key is missing"
            )
        return ". ".join(sentences) or None


def diagnose(recent: bytes) -> str | None:
    """Return what the octets of a line without good frames look like; ``None`` when like nothing.

    The sentence begins with what arrives, and says what to change.
    """
    if len(recent) < _ENOUGH_OCTETS:
        return None
    if _TELEGRAM.search(recent.translate(_SEVEN_BITS)) is not None:
        if _TELEGRAM.search(recent) is None:
            return "octets of a P1 telegram with 7 data bits arrive: set the port to 7E1"
        return "octets of a P1 telegram arrive, but it is damaged or never ends: check the wiring"
    if len(set(recent)) == 1:
        return (
            "octets arrive, and all of them are the same: the baud rate is far off, or the signal is "
            "inverted"
        )
    # With one parity bit more than the port expects, only octets whose parity bit looks like a stop
    # bit come through; the others are lost or become 0.
    known = recent.replace(b"\0", b"").replace(b"\xff", b"")
    even = sum(known.translate(_EVEN)) / len(known) if known else 0.5
    if even <= 1 - _NEARLY_ALL:
        return "octets arrive with parity damage: set the parity of the port to even (8E1)"
    if even >= _NEARLY_ALL:
        return "octets arrive with parity damage: set the parity of the port to odd (8O1) or none"
    if len(_HDLC_BEGINNING.findall(recent)) > 1:
        return (
            "octets arrive at the right speed, and every frame in them is damaged: check the parity, "
            "the wiring and the supply of the adapter"
        )
    return None


def summarize(counts: Counts) -> str:
    """Return one line about a whole recording."""
    frames = counts.frames
    line = (
        f"{counts.lists} lists in {counts.octets} octets: {frames.good} good frames, "
        f"{frames.bad} damaged, {counts.undecodable} not understood"
    )
    return f"{line} ({counts.reason})" if counts.undecodable else line


def describe(meter_list: MeterList) -> str:
    """Return one line about a list; a current that the meter does not measure is ``unknown``."""
    parts = [f"list {meter_list.number}", meter_list.manufacturer.value]
    parts += filter(None, (meter_list.meter_type, meter_list.meter_id))
    parts += _quantity("import", meter_list.power_import, "W")
    parts += _quantity("export", meter_list.power_export, "W")
    parts += _line(1, meter_list.current_l1, meter_list.voltage_l1)
    parts += _line(2, meter_list.current_l2, meter_list.voltage_l2)
    parts += _line(3, meter_list.current_l3, meter_list.voltage_l3)
    parts += _quantity("imported", meter_list.energy_import, "Wh")
    parts += _quantity("exported", meter_list.energy_export, "Wh")
    return "  ".join(parts)


def _quantity(name: str, value: float | None, unit: str) -> list[str]:
    return [] if value is None else [f"{name} {value} {unit}"]


def _line(number: int, current: float | None, voltage: float | None) -> list[str]:
    if current is None and voltage is None:
        return []
    amperes = "unknown" if current is None else f"{current} A"
    volts = "" if voltage is None else f" {voltage} V"
    return [f"L{number} {amperes}{volts}"]
