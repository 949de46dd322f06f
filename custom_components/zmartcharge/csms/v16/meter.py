"""Sampled values of OCPP 1.6 (clauses 7.26-7.46) as one snapshot per moment."""

from datetime import datetime
from typing import Any

from ..fields import Fields, to_number
from ..messages import MeterSnapshot, Sample
from ..sampling import OUTLET, REGISTER, Sampling, is_wanted, oldest_first, scale_of


def read_snapshots(fields: Fields, key: str, received: datetime) -> tuple[MeterSnapshot, ...]:
    """Return the snapshots of a ``meterValue`` or ``transactionData`` list, oldest first."""
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
    if value.get("format") == "SignedData":
        sampling.take_signed(str(value.get("value", "")))
        return None
    measurand = str(value.get("measurand", REGISTER))
    location = str(value.get("location", OUTLET))
    number = to_number(value.get("value"))
    if number is None:
        return f"{measurand[:40]} is not a number" if is_wanted(measurand, location) else None
    return sampling.take(
        Sample(
            measurand=measurand,
            value=number * scale_of(str(value.get("unit", ""))),
            phase=str(value.get("phase") or ""),
            context=str(value.get("context", "")),
            location=location,
        )
    )
