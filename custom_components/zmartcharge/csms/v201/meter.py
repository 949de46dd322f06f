"""Sampled values of OCPP 2.0.1 (part 2, clauses 2.28 and 2.41) as one snapshot per moment."""

from datetime import datetime
import json
from typing import Any

from ..fields import Fields, to_number
from ..messages import MeterSnapshot, Sample
from ..sampling import OUTLET, REGISTER, Sampling, is_wanted, oldest_first, scale_of

_DEFAULT_UNIT = "Wh"
#: Powers of ten beyond these are no unit of a charger.
_MULTIPLIERS = range(-12, 13)


def read_snapshots(fields: Fields, key: str, received: datetime) -> tuple[MeterSnapshot, ...]:
    """Return the snapshots of a ``meterValue`` list, oldest first."""
    found = []
    for item in fields.objects(key):
        inner = Fields(item, received=received)
        sampling = Sampling(inner.time("timestamp"))
        for value in inner.objects("sampledValue"):
            if problem := _take(sampling, value):
                inner.problems.append(f"sampledValue: {problem}")
        found.append(sampling.snapshot())
        fields.problems += [f"{key}.{problem}" for problem in inner.problems]
    return oldest_first(found)


def _take(sampling: Sampling, value: dict[str, Any]) -> str | None:
    if isinstance(signed := value.get("signedMeterValue"), dict):
        # With its method and public key, without which nobody could verify it.
        sampling.take_signed(json.dumps(signed, separators=(",", ":")))
    measurand = str(value.get("measurand") or REGISTER)
    location = str(value.get("location") or OUTLET)
    if not is_wanted(measurand, location):
        return None
    number, scale = to_number(value.get("value")), _scale(value.get("unitOfMeasure"))
    if number is None:
        return f"{measurand} is not a number"
    if scale is None:
        return f"{measurand} has an absurd unit"
    return sampling.take(
        Sample(
            measurand=measurand,
            value=number * scale,
            phase=str(value.get("phase") or ""),
            context=str(value.get("context") or ""),
            location=location,
        )
    )


def _scale(unit: Any) -> float | None:
    """Return what a value is to be multiplied with, None for a unit that makes no sense."""
    if unit is None:
        return 1.0
    if not isinstance(unit, dict):
        return None
    multiplier = unit.get("multiplier", 0)
    if not isinstance(multiplier, int) or multiplier not in _MULTIPLIERS:
        return None
    power: float = 10.0**multiplier
    return scale_of(str(unit.get("unit") or _DEFAULT_UNIT)) * power
