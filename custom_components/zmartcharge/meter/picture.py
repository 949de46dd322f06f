"""Puts partial readings together into one picture."""

from collections.abc import Mapping
from dataclasses import replace

from ..units import Ampere, Phase
from .reading import Measured, PartialReading, Reading


def combine(old: Reading | None, partial: PartialReading, *, stale: bool) -> Reading:
    """Put the values of a partial reading into the picture, marked ``stale`` when they are.

    Live values replace what was there. Retained ones only fill what is unknown, or stale and not
    younger: a broker sends them again after each subscription, also over newer live ones. From a
    reader that sends on change alone, each live value confirms all the others.
    """
    base = _nothing_yet(partial) if old is None else old
    at = partial.measured_at
    confirms = partial.on_change and not stale

    def pick[T](
        known: Measured[T] | None, value: T | None, margin: float | None = None
    ) -> Measured[T] | None:
        if value is None:
            # What came retained, or before the reader was away, may have changed unseen.
            return replace(known, at=at) if confirms and known and not known.stale else known
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
            phase: pick(known.get(phase), values.get(phase), margins.get(phase))
            for phase in (*known, *(phase for phase in values if phase not in known))
        }
        return {phase: value for phase, value in picked.items() if value is not None}

    newest = base if partial.retained and not base.retained else partial
    return Reading(
        received=newest.received,
        retained=newest.retained,
        source_time=newest.source_time or base.source_time,
        currents=pick_phases(base.currents, partial.currents, partial.margins),
        voltages=pick_phases(base.voltages, partial.voltages, {}),
        power_import=pick(base.power_import, partial.power_import),
        power_export=pick(base.power_export, partial.power_export),
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
