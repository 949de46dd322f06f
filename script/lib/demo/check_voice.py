"""Proves that a car is started and stopped by what is said to Assist, in Norwegian."""

from .conditions import is_state
from .facts import Facts
from .house import House
from .processes import ProgramError
from .things import CHARGERS

_CHARGER = CHARGERS[1]
#: A of the line when no car charges: the house alone takes less.
_QUIET = 5.0


async def prove_voice(house: House, facts: Facts) -> None:
    """Start a car by voice, and stop it; leaves the house as it was.

    Raises ProgramError when something else is answered, or done.
    """
    hass = house.hass
    status = await house.entity(_CHARGER, "1_status")
    await hass.wait_for(is_state(house, status, "ready"), "the charger is ready")
    await house.simulator("/plug", charger=_CHARGER.charge_point_id)
    await hass.wait_for(is_state(house, status, "preparing"), "the car is plugged in")
    await _says(
        house,
        "Start lading på laderen utenfor garasjen",
        f"Ladingen starter på {_CHARGER.name}.",
    )
    await hass.wait_for(is_state(house, status, "charging"), "the session starts")
    facts.proved("“Start lading på laderen utenfor garasjen” starts it, and is answered")

    await _says(
        house,
        "Stopp ladingen",
        f"Skal jeg stoppe ladingen på {_CHARGER.name}?"
        " Si «ja, stopp ladingen» eller «nei, fortsett å lade».",
    )
    if (await house.connector(_CHARGER))["transaction"] is None:
        raise ProgramError("it was stopped before anybody said yes")
    await _says(house, "Ja", f"Ladingen stopper på {_CHARGER.name}. Ikke glem å koble fra bilen.")
    switch = await house.entity(_CHARGER, "1_charging")
    await hass.wait_for(is_state(house, switch, "off"), "the session stops")
    facts.proved("“Stopp ladingen” asks first, and “Ja” stops it")
    await _be_quiet(house, status)


async def _says(house: House, text: str, answer: str) -> None:
    told = await house.hass.say(text, "nb", "kitchen")
    if told != answer:
        raise ProgramError(f"“{text}” was answered “{told}”, not “{answer}”")


async def _be_quiet(house: House, status: str) -> None:
    """Unplug the car, and wait until the meter has seen that."""
    line = await house.site_entity("current_l2")
    await house.simulator("/unplug", charger=_CHARGER.charge_point_id)
    await house.hass.wait_for(is_state(house, status, "ready"), "the charger is ready again")

    async def quiet() -> bool:
        ampere = await house.hass.value(line)
        return ampere is not None and ampere < _QUIET

    await house.hass.wait_for(quiet, "the meter sees that no car charges", 120)
