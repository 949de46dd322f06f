"""Asks a 1.6 charger for what it is to measure (OCPP 1.6, clause 9.1.19), as gently as can be.

A charger that refuses the list is asked for one measurand after the other, once for each firmware.
Some chargers restart when they are asked (lbbrhzn/ocpp #880, #1275), and would do so each time that
they come back: what was begun twice and never ended is not begun again.
"""

from collections.abc import Callable
import contextlib
import logging

from ..errors import CallFailedError, CallRejectedError
from ..learned import Learned
from ..makes import Make
from ..station import Station

_LOGGER = logging.getLogger(__name__)

WANTED = (
    "Energy.Active.Import.Register",
    "Power.Active.Import",
    "Current.Import",
    "Voltage",
    "Current.Offered",
    "SoC",
)
_KEY = "MeterValuesSampledData"
_MOST_TRIES = 2


async def ask_for_measurands(
    station: Station,
    configuration: dict[str, str | None],
    make: Make,
    learned: Learned,
    learn: Callable[..., None],
) -> None:
    """Ask for what is wanted, and note in ``configuration`` what the charger now measures.

    ``learn`` takes fields of Learned that have changed. Raises NotConnectedError and timeouts.
    """
    present = configuration.get(_KEY)
    if _KEY not in configuration or make.keeps_measurands:
        return
    if set(WANTED) <= _listed(present):
        return
    if learned.measurands is not None:
        if _listed(present) != _listed(learned.measurands):
            await _take(station, configuration, learned.measurands)
        return
    if learned.unfinished_tries >= _MOST_TRIES:
        _LOGGER.info("What the charger measures is left as it is: it went away when asked")
        return
    learn(unfinished_tries=learned.unfinished_tries + 1)
    if not await _take(station, configuration, ",".join(WANTED)):
        await _take_singly(station, configuration)
        learn(measurands=configuration[_KEY] or "")
    learn(unfinished_tries=0)


async def _take_singly(station: Station, configuration: dict[str, str | None]) -> None:
    taken: list[str] = []
    for measurand in WANTED:
        if await _take(station, configuration, ",".join([*taken, measurand])):
            taken.append(measurand)


async def _take(station: Station, configuration: dict[str, str | None], value: str) -> bool:
    """Set the list; tell whether the charger took it."""
    if not value:
        return False
    with contextlib.suppress(CallRejectedError, CallFailedError):
        if await station.configure(_KEY, value) == "RebootRequired":
            _LOGGER.info("%s takes effect when the charger restarts", _KEY)
        configuration[_KEY] = value
        return True
    return False


def _listed(text: str | None) -> set[str]:
    return {name.strip() for name in (text or "").split(",")} - {""}
