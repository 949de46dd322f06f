"""Tells who made a meter, and what its values count when they come without a scaler.

Sources: the FLAG list of the DLMS User Association (three letters of a maker, which begin system
titles, logical device names and P1 identifications); Kaifa, "OBIS List Information", KFM_001 (mA, dV);
Kamstrup, "HAN-NVE interface description", revision 3.1 (cA, V, 10 Wh); Landis+Gyr, "E450 consumer
information interface" (cA, thousandths of the power factor).
"""

from collections.abc import Iterable

from ..meter_list import Manufacturer
from .registers import LIST_VERSION, METER_ID, METER_TYPE, Entry, Unit
from .values import Scalers, clean_text

_LIST_VERSIONS = {
    "AIDON": Manufacturer.AIDON,
    "KFM": Manufacturer.KAIFA,
    "Kamstrup": Manufacturer.KAMSTRUP,
    "EMBRIQ": Manufacturer.LANDIS_GYR,
}
_FLAG_LETTERS = {
    "ADN": Manufacturer.AIDON,
    "ISK": Manufacturer.ISKRAEMECO,
    "KAI": Manufacturer.KAIFA,
    "KFM": Manufacturer.KAIFA,
    "KAM": Manufacturer.KAMSTRUP,
    "KMP": Manufacturer.KAMSTRUP,
    "LGB": Manufacturer.LANDIS_GYR,
    "LGF": Manufacturer.LANDIS_GYR,
    "LGZ": Manufacturer.LANDIS_GYR,
    "SAG": Manufacturer.SAGEMCOM,
}
_FLAG_LENGTH = 3

_KAIFA: Scalers = {Unit.AMPERE: -3, Unit.VOLT: -1}
_KAMSTRUP: Scalers = {Unit.AMPERE: -2, Unit.NONE: -2, Unit.WATT_HOUR: 1, Unit.VAR_HOUR: 1}
_LANDIS_GYR: Scalers = {Unit.AMPERE: -2, Unit.NONE: -3}
# A current that is wrong by a power of ten is worse than none.
_UNKNOWN: Scalers = {Unit.AMPERE: None, Unit.NONE: None}

# Kamstrup's meters for current transformers count their currents in mA.
_KAMSTRUP_TRANSFORMERS = "685"
# The last three digits of Kamstrup's type number are the market that the meter was made for. Sweden's
# grid companies have their counters set to Wh (Swedish Energy Markets Inspectorate, EIFS 2019:5, and
# users' reports of 6841138AN243101090 and 6841138BN245101090); Norway's (040), and Denmark's lists,
# which have no type number, count 10 Wh as the interface description says.
_KAMSTRUP_WATT_HOUR_MARKETS = ("090",)
_WATT_HOUR_SCALERS = {1: 0, 10: 1}


def identify(entries: Iterable[Entry]) -> Manufacturer | None:
    """Return the maker that a list names, or ``None`` when it names none that is known."""
    found = None
    for register, raw, _, _ in entries:
        if register is LIST_VERSION:
            version = clean_text(raw) or ""
            for prefix, maker in _LIST_VERSIONS.items():
                if version.startswith(prefix):
                    return maker
        elif register is METER_ID and found is None:
            found = find_maker(clean_text(raw) or "")
    return found


def find_maker(name: str) -> Manufacturer | None:
    """Return the maker whose FLAG letters a name begins with; a digit may come before them."""
    letters = name.lstrip("0123456789")[:_FLAG_LENGTH].upper()
    return _FLAG_LETTERS.get(letters)


def scalers_of(
    manufacturer: Manufacturer, entries: Iterable[Entry], watt_hours_per_count: int | None
) -> Scalers:
    """Return what the values of this list count when they come without a scaler.

    ``watt_hours_per_count`` (1 or 10) overrules what is known of Kamstrup's counters.
    """
    if manufacturer is Manufacturer.KAIFA:
        return _KAIFA
    if manufacturer is Manufacturer.LANDIS_GYR:
        return _LANDIS_GYR
    if manufacturer is Manufacturer.KAMSTRUP:
        return _kamstrup_scalers(entries, watt_hours_per_count)
    return _UNKNOWN


def _kamstrup_scalers(entries: Iterable[Entry], watt_hours_per_count: int | None) -> Scalers:
    meter_type = next((str(entry.raw) for entry in entries if entry.register is METER_TYPE), "")
    energy = _WATT_HOUR_SCALERS.get(watt_hours_per_count or 0)
    if energy is None:
        energy = 0 if meter_type.endswith(_KAMSTRUP_WATT_HOUR_MARKETS) else 1
    current = -3 if meter_type.startswith(_KAMSTRUP_TRANSFORMERS) else -2
    return {
        **_KAMSTRUP,
        Unit.AMPERE: current,
        Unit.WATT_HOUR: energy,
        Unit.VAR_HOUR: energy,
    }
