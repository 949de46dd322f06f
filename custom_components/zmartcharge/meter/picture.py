"""Puts partial readings together into one picture."""

from collections.abc import Mapping
from dataclasses import replace

from ..units import Ampere, Phase
from .reading import Measured, PartialReading, Reading


def combine(old: Reading | None, partial: PartialReading, *, stale: bool) -> Reading:
    """Put the values of a partial reading into the picture, marked ``stale`` when they are.

    Live values replace what was there. Retained ones only fill what is unknown, or stale and not
    younger: a broker sends them again after each subscription, also over newer live ones. From a
    reader that sends on change alone, a live current or voltage confirms the others: they are of one
    list. A power that is imported tells that none is exported.
    """
    base = _nothing_yet(partial) if old is None else old
    at = partial.measured_at
    confirms = partial.on_change and not stale and bool(partial.currents or partial.voltages)

    def pick[T](
        known: Measured[T] | None, value: T | None, margin: float | None = None
    ) -> Measured[T] | None:
        if value is None:
            return known
        new = Measured(value, at, stale, margin)
        if partial.retained and known is not None and not (known.stale and known.at <= at):
            return known
        return new

    def pick_phases(
        known: Mapping[Phase, Measured[float]],
        values: Mapping[Phase, float],
        margins: Mapping[Phase, float],
    ) -> dict[Phase, Measured[float]]:
        picked = {
            phase: pick(known.get(phase), value, margins.get(phase))
            for phase, value in values.items()
        }
        # What came retained, or before the reader was away, may have changed unseen.
        kept = {
            phase: replace(value, at=at) if confirms and not value.stale else value
            for phase, value in known.items()
        }
        return {**kept, **{phase: value for phase, value in picked.items() if value is not None}}

    exported = partial.power_export
    if exported is None and partial.power_import and not partial.on_change:
        exported = 0.0

    newest = base if partial.retained and not base.retained else partial
    return Reading(
        received=newest.received,
        retained=newest.retained,
        source_time=newest.source_time or base.source_time,
        currents=pick_phases(base.currents, partial.currents, partial.margins),
        voltages=pick_phases(base.voltages, partial.voltages, {}),
        power_import=pick(base.power_import, partial.power_import),
        power_export=pick(base.power_export, exported),
        energy_import=pick(base.energy_import, partial.energy_import),
        energy_export=pick(base.energy_export, partial.energy_export),
        account=pick(base.account, partial.account),
        signal=partial.signal if partial.signal is not None else base.signal,
        meter_id=newest.meter_id or base.meter_id,
        meter_type=newest.meter_type or base.meter_type,
    )


def all_stale(reading: Reading) -> Reading:
    """Return the same picture with nothing fresh in it."""

    def aged[T](value: Measured[T] | None) -> Measured[T] | None:
        return None if value is None else replace(value, stale=True)

    def aged_phases(values: Mapping[Phase, Measured[float]]) -> dict[Phase, Measured[float]]:
        return {phase: replace(value, stale=True) for phase, value in values.items()}

    return replace(
        reading,
        currents=aged_phases(reading.currents),
        voltages=aged_phases(reading.voltages),
        power_import=aged(reading.power_import),
        power_export=aged(reading.power_export),
        energy_import=aged(reading.energy_import),
        energy_export=aged(reading.energy_export),
        account=aged(reading.account),
    )


def with_current(reading: Reading, phase: Phase, current: Measured[Ampere] | None) -> Reading:
    """Return the picture with this current of a phase; ``None`` makes it unknown."""
    currents = {known: value for known, value in reading.currents.items() if known is not phase}
    if current is not None:
        currents[phase] = current
    return replace(reading, currents=currents)


def _nothing_yet(partial: PartialReading) -> Reading:
    return Reading(received=partial.received, retained=partial.retained)
