"""Draws the table. Pure: a state and the time in, lines out."""

from datetime import datetime
from textwrap import wrap

from ..estimate import CurrentEstimate
from ..meter_list import MeterList
from .state import ProbeState

_INDENT = 10
# Seconds. After these a list is overdue (list 3 comes hourly, at 5 to 55 s past).
_OVERDUE = {1: 30, 2: 30, 3: 3720}
_ENOUGH_OCTETS = 64
_NO_FRAMES = (
    "octets arrive but no whole frame: check baud rate and parity (leave them out and they are found by "
    "listening), and the polarity of the adapter"
)


def render(state: ProbeState, now: datetime, width: int = 80) -> list[str]:
    """Return the lines of the table, none longer than ``width`` columns."""
    lines = [
        *_row("Source", state.source, width),
        *_row("Meter", _meter(state.meter), width),
        *_row("Power", _power(state), width),
        "",
        *_phases(state.phases, state.estimate),
        "",
        *_row("Energy", _energy(state.energy), width),
        *_row("Lists", _ages(state, now), width),
        *_row("Frames", _frames(state), width),
    ]
    for trouble in _troubles(state) or ["none"]:
        lines += _row("Problem", trouble, width)
    for message in state.messages:
        lines += _row("Message", message, width)
    return [*lines, "", "Ctrl-C ends."]


def _row(title: str, text: str, width: int) -> list[str]:
    first, *rest = wrap(text, max(20, width - _INDENT), break_on_hyphens=False) or [""]
    return [f"{title:<{_INDENT}}{first}".rstrip(), *(" " * _INDENT + line for line in rest)]


def _meter(meter_list: MeterList | None) -> str:
    if meter_list is None:
        return "not heard yet"
    parts = [meter_list.manufacturer.value, meter_list.meter_type or "of unknown type"]
    return f"{' '.join(parts)}, id {meter_list.meter_id or 'not said yet'}"


def _power(state: ProbeState) -> str:
    if state.power_import is None and state.power_export is None:
        return "not heard yet"
    return f"import {_value(state.power_import, 'W')}, export {_value(state.power_export, 'W')}"


def _value(value: float | None, unit: str) -> str:
    return "unknown" if value is None else f"{value} {unit}"


def _phases(meter_list: MeterList | None, estimate: CurrentEstimate | None) -> list[str]:
    lines = [f"{'Phase':<{_INDENT}}{'Current':>9}   {'Voltage':>9}"]
    for number in (1, 2, 3):
        current: float | None = None
        voltage: float | None = None
        if meter_list is not None:
            current = getattr(meter_list, f"current_l{number}")
            voltage = getattr(meter_list, f"voltage_l{number}")
        amperes = "unknown" if current is None else f"{current:.2f} A"
        volts = "unknown" if voltage is None else f"{voltage:.1f} V"
        lines.append(f"{f'L{number}':<{_INDENT}}{amperes:>9}   {volts:>9}")
    if estimate is not None:
        lines[2] += f"   about {estimate.value:.1f} A, at most {estimate.maximum:.1f} A"
    return lines


def _energy(meter_list: MeterList | None) -> str:
    if meter_list is None:
        return "not heard yet; it comes within a minute of each full hour"
    return f"import {_kwh(meter_list.energy_import)}, export {_kwh(meter_list.energy_export)}"


def _kwh(watt_hours: int | None) -> str:
    return "unknown" if watt_hours is None else f"{watt_hours / 1000:.3f} kWh"


def _ages(state: ProbeState, now: datetime) -> str:
    parts = []
    for number, at in state.last.items():
        if at is None:
            parts.append(f"{number} never")
            continue
        seconds = max(0, round((now - at).total_seconds()))
        overdue = " (overdue)" if seconds > _OVERDUE[number] else ""
        parts.append(f"{number} {seconds} s ago{overdue}")
    return ", ".join(parts)


def _frames(state: ProbeState) -> str:
    frames = state.counts.frames
    counts = {"HDLC": frames.hdlc, "M-Bus": frames.mbus, "P1": frames.p1, "bare DLMS": frames.apdu}
    kinds = ", ".join(kind for kind, count in counts.items() if count)
    return (
        f"{frames.good} good{f' ({kinds})' if kinds else ''}, {frames.bad} damaged, {state.counts.undecodable} not understood, "
        f"{frames.noise} octets of noise"
    )


def _troubles(state: ProbeState) -> list[str]:
    counts = state.counts
    troubles = [] if state.problem is None else [state.problem]
    if counts.octets >= _ENOUGH_OCTETS and not counts.frames.good:
        troubles.append(state.diagnosis or _NO_FRAMES)
    if counts.undecodable:
        troubles.append(f"{counts.undecodable} frames were not understood: {counts.reason}")
    return troubles
