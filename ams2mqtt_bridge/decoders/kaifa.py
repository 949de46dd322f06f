"""Kaifa's Norwegian lists: values alone, told apart by their places.

Source: Kaifa, "OBIS List Information", KFM_001. Currents in mA, voltages in dV, energy in Wh.
"""

from ..dlms import Data, Place
from ..meter_list import Manufacturer
from .form import Form
from .makers import scalers_of
from .registers import (
    CLOCK,
    CURRENTS,
    ENERGY_EXPORT,
    ENERGY_IMPORT,
    LIST_VERSION,
    METER_ID,
    METER_TYPE,
    POWER_EXPORT,
    POWER_IMPORT,
    REACTIVE_ENERGY_EXPORT,
    REACTIVE_ENERGY_IMPORT,
    REACTIVE_POWER_EXPORT,
    REACTIVE_POWER_IMPORT,
    VOLTAGES,
    Entry,
    Register,
)

_VERSION_PREFIX = b"KFM"

_HEAD = (
    LIST_VERSION,
    METER_ID,
    METER_TYPE,
    POWER_IMPORT,
    POWER_EXPORT,
    REACTIVE_POWER_IMPORT,
    REACTIVE_POWER_EXPORT,
)
_COUNTERS = (
    CLOCK,
    ENERGY_IMPORT,
    ENERGY_EXPORT,
    REACTIVE_ENERGY_IMPORT,
    REACTIVE_ENERGY_EXPORT,
)
_SINGLE_PHASE = (*_HEAD, CURRENTS[0], VOLTAGES[0])
_THREE_PHASE = (*_HEAD, *CURRENTS, *VOLTAGES)
_LAYOUTS: dict[int, tuple[Register, ...]] = {
    len(layout): layout
    for layout in (
        (POWER_IMPORT,),
        _SINGLE_PHASE,
        _THREE_PHASE,
        (*_SINGLE_PHASE, *_COUNTERS),
        (*_THREE_PHASE, *_COUNTERS),
    )
}


def understand(body: Data) -> Form | None:
    """Return the form of a body, or ``None`` when it has not Kaifa's."""
    if not isinstance(body, list) or (layout := _LAYOUTS.get(len(body))) is None:
        return None
    first = body[0]
    if len(layout) == 1:
        known = isinstance(first, int | Place)
    else:
        known = isinstance(first, bytes) and first.startswith(_VERSION_PREFIX)
    if not known:
        return None
    entries = [Entry(register, raw) for register, raw in zip(layout, body, strict=True)]
    return Form(Manufacturer.KAIFA, entries, scalers_of(Manufacturer.KAIFA, (), None))
