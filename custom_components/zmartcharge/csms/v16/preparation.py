"""Sets a 1.6 charger up to report what we need (OCPP 1.6, clause 9)."""

import contextlib
import logging

from ..errors import CallFailedError, CallRejectedError, CsmsError
from ..station import Abilities, LocalListAbility, Station

_LOGGER = logging.getLogger(__name__)

_MEASURANDS = (
    "Energy.Active.Import.Register",
    "Power.Active.Import",
    "Current.Import",
    "Voltage",
    "Current.Offered",
    "SoC",
)
#: Seconds; the first that the charger takes. Some makes refuse anything below 30.
_INTERVALS = ("10", "30", "60")
_RATE_UNIT = "ChargingScheduleAllowedChargingRateUnit"
_MAX_STACK = "ChargeProfileMaxStackLevel"
_EITHER = ("A", "W")
#: S-11: unplugging the car ends the session.
_WANTED = {"StopTransactionOnEVSideDisconnect": "true", "ClockAlignedDataInterval": "900"}


async def prepare(station: Station) -> Abilities:
    """Set the charger up and return what it can do. Raises NotConnectedError and timeouts."""
    configuration: dict[str, str | None] = {}
    with contextlib.suppress(CallFailedError):
        configuration = await station.configuration()
    for key, value in _WANTED.items():
        await _set(station, configuration, key, (value,))
    await _set(station, configuration, "MeterValueSampleInterval", _INTERVALS)
    for key in ("MeterValuesSampledData", "StopTxnSampledData"):
        await _set_measurands(station, configuration, key)
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


async def _set_measurands(station: Station, configuration: dict[str, str | None], key: str) -> None:
    """Ask for all measurands; a charger that refuses the list is asked for one after the other."""
    if key not in configuration:
        return
    if key == "StopTxnSampledData":
        await _set(station, configuration, key, (_MEASURANDS[0],))
        return
    if await _set(station, configuration, key, (",".join(_MEASURANDS),)):
        return
    taken: list[str] = []
    for measurand in _MEASURANDS:
        with contextlib.suppress(CallRejectedError, CallFailedError):
            await station.configure(key, ",".join([*taken, measurand]))
            taken.append(measurand)
    configuration[key] = ",".join(taken)


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
