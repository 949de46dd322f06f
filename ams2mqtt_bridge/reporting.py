"""Tells a person how the stream is: what was read, and what to do when it is bad."""

from .meter_list import MeterList
from .pipeline import Counts

_NO_FRAME_HINT = (
    "octets arrive but none of the frames in them is whole: check baud rate and parity (Aidon and "
    "Kaifa 2400 8E1, Kamstrup 2400 8N1, Swedish RJ12 ports 115200 8N1) and the polarity of the adapter"
)
# Less than one list; the rest of it may be on its way.
_ENOUGH_OCTETS = 64


class Reporter:
    """Describes trouble at most once per interval, however much there is of it."""

    def __init__(self, interval: float, now: float) -> None:
        """Begin at ``now``, in seconds of a clock that never runs backwards."""
        self._interval = interval
        self._reported_at = now
        self._reported = Counts()

    def check(self, counts: Counts, now: float) -> str | None:
        """Return a sentence about the trouble since the last one; ``None`` when there is none."""
        if now - self._reported_at < self._interval:
            return None
        recent = counts.since(self._reported)
        self._reported_at = now
        self._reported = counts
        return _trouble(recent)


def _trouble(counts: Counts) -> str | None:
    if not counts.frames.good and counts.octets >= _ENOUGH_OCTETS:
        return f"{counts.octets} {_NO_FRAME_HINT}"
    parts = []
    if counts.frames.bad:
        parts.append(f"{counts.frames.bad} frames were damaged")
    if counts.undecodable:
        parts.append(f"{counts.undecodable} frames were not understood ({counts.reason})")
    return f"Of {counts.frames.good + counts.frames.bad}: {', '.join(parts)}" if parts else None


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
