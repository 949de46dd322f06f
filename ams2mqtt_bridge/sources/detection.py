"""Judges by what is heard whether a serial line is set right. No clock, no port: plain values in."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum, auto
import re

from ..meter_list import Manufacturer, MeterList
from ..pipeline import Counts, Pipeline
from .line import LineSettings

type PipelineFactory = Callable[[], Pipeline]

#: Seconds. Kamstrup sends every 10 s, for 1 s at 2400 baud; the first frame heard may be half a one.
WINDOW = 13.0
# Seconds of silence that part two frames, and how many frames nobody could read are enough.
_PAUSE = 0.5
_ENOUGH_BURSTS = 3
# Octets: more than twice the longest telegram, for a line that never pauses.
_ENOUGH_OCTETS = 8192
# Octets that are more than a spike.
_FEW = 8


class Verdict(Enum):
    """What to do after what was heard."""

    LISTEN = auto()
    FOUND = auto()
    GIVE_UP = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What was heard with one setting of the line.

    ``framing_errors`` are octets without a stop bit, as the port counted them; ``None`` if it does not.
    """

    settings: LineSettings
    counts: Counts
    inverted: bool = False
    framing_errors: int | None = None
    meter_list: MeterList | None = None


def _inverted(octets: bytes) -> bytes:
    """Return how a receiver reads octets below 80h whose signal arrives inverted.

    What was a stop bit looks like a start bit then, so that the receiver is one bit late: it reads the
    inverted start bit, which is 1, and seven inverted data bits; the eighth is its stop bit.
    """
    return bytes((~octet << 1 | 1) & 0xFF for octet in octets)


# What every list begins with: the tag of a data-notification, 0Fh, and its number, 40000000h or 0 (IEC 62056-5-3).
# FEh is an FFh whose first bit was taken for the parity bit before it. A P1 telegram has 1-0: in each line.
_SIGNATURE = re.compile(
    re.escape(_inverted(b"\x0f"))
    + b"["
    + re.escape(_inverted(b"\x40\x00"))
    + b"][\xfe\xff]\xff\xff"
    + b"|"
    + re.escape(_inverted(b"1-0:"))
)


def looks_inverted(octets: bytes) -> bool:
    """Tell whether octets are those of a meter whose signal arrives inverted (idle low)."""
    return _SIGNATURE.search(octets) is not None


class Trial:
    """Listens with one setting until it is known to be right or not. Times are seconds of any clock."""

    def __init__(self, settings: LineSettings, pipeline: Pipeline, now: float) -> None:
        self._settings = settings
        self._pipeline = pipeline
        self._deadline = now + WINDOW
        self._last: float | None = None
        self._bursts = 0
        self._meter_list: MeterList | None = None

    def hear(self, chunk: bytes, now: float) -> None:
        """Take octets that have just come."""
        if self._last is None or now - self._last >= _PAUSE:
            self._bursts += 1
        self._last = now
        for meter_list in self._pipeline.feed(chunk):
            self._meter_list = meter_list

    def verdict(self, now: float) -> Verdict:
        """Return what is known by now."""
        if self._pipeline.counts.frames.good:
            return Verdict.FOUND
        return Verdict.LISTEN if self.remaining(now) > 0 else Verdict.GIVE_UP

    def remaining(self, now: float) -> float:
        """Return for how many seconds it is worth waiting for the next octet; 0 when it is not."""
        if self._pipeline.counts.octets >= _ENOUGH_OCTETS:
            return 0
        end = self._deadline
        if self._last is not None and self._bursts >= _ENOUGH_BURSTS:
            end = min(end, self._last + _PAUSE)
        return max(0.0, end - now)

    def finding(self, framing_errors: int | None) -> Finding:
        """Return what has been heard."""
        return Finding(
            settings=self._settings,
            counts=self._pipeline.counts,
            inverted=looks_inverted(self._pipeline.recent),
            framing_errors=framing_errors,
            meter_list=self._meter_list,
        )


def success(finding: Finding) -> str:
    """Return in plain words what was found, such as "2400 baud, no parity, Kamstrup"."""
    if (meter_list := finding.meter_list) is not None:
        known = meter_list.manufacturer is not Manufacturer.UNKNOWN
        return f"{finding.settings}, {meter_list.manufacturer.value if known else 'unknown maker'}"
    if (reason := finding.counts.reason) is not None:
        return f"{finding.settings}; its frames are whole but not understood ({reason})"
    return str(finding.settings)


def failure(findings: Sequence[Finding]) -> str:
    """Return in plain words why nothing was found, and what to do."""
    loudest = max(findings, key=lambda finding: finding.counts.octets)
    octets = loudest.counts.octets
    if not octets:
        return (
            "nothing arrives at any speed: check the cable, whether the grid company has opened the "
            "HAN port, and whether the adapter's lamp blinks"
        )
    if (inverted := next((each for each in findings if each.inverted), None)) is not None:
        return (
            f"octets arrive ({inverted.settings}) but look inverted: set the adapter's inversion, or "
            "put an inverter between the meter's data line and the adapter (P1 ports need one)"
        )
    if octets < _FEW:
        return (
            f"only {octets} octets arrived in {WINDOW:g} s: check the cable for a loose wire, and whether "
            "the adapter is made for the meter's port (M-Bus or TTL)"
        )
    damaged = max(findings, key=lambda finding: finding.counts.frames.bad)
    if damaged.counts.frames.bad:
        return (
            f"frames arrive ({damaged.settings}) but each of them is damaged: check the adapter's ground "
            "and supply, and keep its cable short and away from the mains"
        )
    return (
        f"octets arrive, but no whole frame at {_speeds(findings)}: look up baud rate and parity in the "
        f"grid company's description of the port and configure them{_hardware(findings)}"
    )


def _speeds(findings: Sequence[Finding]) -> str:
    rates = list(dict.fromkeys(str(finding.settings.baudrate) for finding in findings))
    return " or ".join(filter(None, (", ".join(rates[:-1]), rates[-1]))) + " baud"


def _hardware(findings: Sequence[Finding]) -> str:
    counted = [each.framing_errors for each in findings if each.framing_errors is not None]
    if counted and all(counted):
        return " (the port counts framing errors at each of them, so it is another speed)"
    return ""
