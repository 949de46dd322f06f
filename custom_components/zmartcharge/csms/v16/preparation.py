"""Sets a 1.6 charger up to report what we need (OCPP 1.6, clause 9)."""

from collections.abc import Callable
import contextlib
import logging

from ..errors import CallFailedError, CallRejectedError, CsmsError
from ..learned import Learned
from ..makes import Make
from ..station import Abilities, LocalListAbility, Station
from .measurands import WANTED, ask_for_measurands

_LOGGER = logging.getLogger(__name__)

#: Seconds; the first that the charger takes. Some makes refuse anything below 30.
_INTERVALS = ("10", "30", "60")
_RATE_UNIT = "ChargingScheduleAllowedChargingRateUnit"
_MAX_STACK = "ChargeProfileMaxStackLevel"
_EITHER = ("A", "W")
_AT_THE_END = "StopTxnSampledData"
#: S-11: unplugging the car ends the session.
_WANTED = {"StopTransactionOnEVSideDisconnect": "true", "ClockAlignedDataInterval": "900"}


async def prepare(
    station: Station,
    make: Make,
    learned: Learned,
    learn: Callable[..., None],
) -> Abilities:
    """Set the charger up and return what it can do. Raises NotConnectedError and timeouts.

    ``learn`` takes fields of Learned that have changed.
    """
    configuration: dict[str, str | None] = {}
    with contextlib.suppress(CallFailedError):
        configuration = await station.configuration()
    for key, value in _WANTED.items():
        await _set(station, configuration, key, (value,))
    intervals = tuple(each for each in _INTERVALS if int(each) >= make.meter_interval)
    await _set(station, configuration, "MeterValueSampleInterval", intervals)
    await ask_for_measurands(station, configuration, make, learned, learn)
    if _AT_THE_END in configuration and not make.keeps_measurands:
        await _set(station, configuration, _AT_THE_END, (WANTED[0],))
    return _abilities(configuration)


async def _set(
    station: Station, configuration: dict[str, str | None], key: str, values: tuple[str, ...]
) -> bool:
    """Set a key to the first value that the charger takes; tell whether one was taken."""
    present = configuration.get(key)
    for value in values:
        if present is not None and present.replace(" ", "").lower() == value.lower():
            return True
        with contextlib.suppress(CallRejectedError, CallFailedError):
            if await station.configure(key, value) == "RebootRequired":
                _LOGGER.info("%s takes effect when the charger restarts", key)
            configuration[key] = value
            return True
    return False


def _abilities(configuration: dict[str, str | None]) -> Abilities:
    profiles = configuration.get("SupportedFeatureProfiles")
    return Abilities(
        connectors=_count(configuration.get("NumberOfConnectors")),
        smart_charging=None if profiles is None else "SmartCharging" in profiles,
        meter_interval=_count(configuration.get("MeterValueSampleInterval")),
        local_list=_local_list(configuration),
        configuration=configuration,
    )


def _local_list(configuration: dict[str, str | None]) -> LocalListAbility | None:
    """Return what the local list has room for (clause 9.2), None without one."""
    profiles = configuration.get("SupportedFeatureProfiles")
    longest = _count(configuration.get("LocalAuthListMaxLength"))
    has_keys = "LocalAuthListEnabled" in configuration or longest is not None
    has_list = has_keys if profiles is None else "LocalAuthListManagement" in profiles
    if not has_list or longest == 0:
        return None
    return LocalListAbility(
        max_entries=longest,
        per_message=_count(configuration.get("SendLocalListMaxLength")),
    )


def _count(text: str | None) -> int | None:
    return int(text) if text and text.isdecimal() and len(text) < 7 else None


async def rate_units(station: Station) -> tuple[str, ...]:
    """Return the units of limits that the charger takes, best first: ``A``, ``W``."""
    with contextlib.suppress(CsmsError):
        return limit_abilities(await station.configuration(_RATE_UNIT))[0]
    return _EITHER


def limit_abilities(configuration: dict[str, str | None]) -> tuple[tuple[str, ...], int | None]:
    """Return the units of limits that the charger takes, best first, and its highest stack level."""
    # The standard says Current and Power; chargers say A and W as well.
    words = {word.strip().lower() for word in (configuration.get(_RATE_UNIT) or "").split(",")}
    units = tuple(
        unit for unit, names in (("A", {"current", "a"}), ("W", {"power", "w"})) if names & words
    )
    return units or _EITHER, _count(configuration.get(_MAX_STACK))
