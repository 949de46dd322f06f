"""Proves the main job on real parts, a line per fact."""

import asyncio
from typing import Any

from custom_components.zmartcharge.ledger import Ledger, Session

from .check_balancing import prove_balancing
from .check_browser import prove_in_browser
from .check_smart_charging import prove_smart_charging
from .check_voice import prove_voice
from .conditions import is_state, number
from .facts import Facts
from .house import House
from .processes import ProgramError
from .things import CHARGERS

_CHARGER = CHARGERS[0]


async def check(house: House) -> None:
    """Run the main job; raises ProgramError for the first fact that is not true."""
    facts = Facts()
    await house.set_up()
    facts.proved(
        "Home Assistant runs with MQTT, a site and two chargers, added through their flows"
    )
    await prove_voice(house, facts)
    boot_seconds = await prove(house, facts)
    await prove_smart_charging(house, facts, boot_seconds)


async def prove(house: House, facts: Facts) -> float:
    """Prove the facts on a house that is set up; ends its Home Assistant.

    Returns the seconds that Home Assistant took to boot.
    """
    hass = house.hass
    status = await house.entity(_CHARGER, "1_status")
    await hass.wait_for(is_state(house, status, "ready"), "the charger is ready")
    facts.proved(f"{_CHARGER.name} is connected and ready")
    if house.tls:
        await _prove_tls(house, facts)

    currents = [await house.site_entity(f"current_l{n}") for n in (1, 2, 3)]
    before = [await hass.wait_for(number(house, c), "the meter's current") for c in currents]
    facts.proved(f"the meter's frames arrive: {_amperes(before)}")

    switch = await house.entity(_CHARGER, "1_charging")
    await house.simulator("/plug", charger=_CHARGER.charge_point_id)
    await hass.act("zmartcharge", "start_charging", entity_id=switch)
    await hass.wait_for(is_state(house, status, "charging"), "the session starts")
    transaction = (await house.connector(_CHARGER))["transaction"]
    facts.proved(f"the action started a session, transaction {transaction['id']}")

    async def rose() -> list[float] | None:
        now = [await hass.value(c) for c in currents]
        pairs = zip(now, before, strict=True)
        rise = [a - b for a, b in pairs if a is not None]
        return [v for v in now if v is not None] if len(rise) == 3 and min(rise) > 8 else None

    after = await hass.wait_for(rose, "the meter's currents rise on all phases", 120)
    facts.proved(f"the meter sees the car: {_amperes(after)}")

    await prove_balancing(house, facts)

    energy = await house.entity(_CHARGER, "1_session_energy")
    seconds = await _prove_it_survives(house, facts, energy=energy, transaction=transaction)

    await prove_in_browser(house, facts)
    await hass.wait_for(is_state(house, switch, "off"), "the session stops")
    await house.simulator("/unplug", charger=_CHARGER.charge_point_id)
    await hass.wait_for(is_state(house, status, "ready"), "the charger is ready again")
    shown = await hass.value(energy)
    register = (await house.connector(_CHARGER))["energy_wh"]
    assert hass.program
    await hass.program.stop()
    await _check_ledger(house, transaction, register, shown, facts)
    return seconds


async def _prove_tls(house: House, facts: Facts) -> None:
    """Prove that the charger can only have come by TLS: without it even its key opens nothing."""
    status = await house.dial_unencrypted(_CHARGER)
    _expect(status == 403, f"without encryption it was answered {status}, not 403")
    facts.proved("it came by wss, trusting our own root; by ws its key is refused (403)")


async def _prove_it_survives(
    house: House, facts: Facts, *, energy: str, transaction: dict[str, Any]
) -> float:
    """Prove that a session goes on when Home Assistant is killed; returns how long it took to boot."""
    hass = house.hass
    status = await house.entity(_CHARGER, "1_status")

    async def has_energy() -> float | None:
        value = await hass.value(energy)
        return value if value is not None and value > 0.02 else None

    seen = await hass.wait_for(has_energy, "session energy", 60)
    assert hass.program
    await hass.program.kill()
    facts.proved(f"Home Assistant was killed with SIGKILL at {seen:.3f} kWh")
    await _charges_alone(house)
    facts.proved("the car goes on charging without Home Assistant")

    seconds = await hass.boot()
    await hass.wait_for(is_state(house, status, "charging"), "the session is there again", 90)
    again = (await house.connector(_CHARGER))["transaction"]
    _expect(again == transaction, f"the transaction changed: {transaction} -> {again}")

    async def grew() -> float | None:
        value = await hass.value(energy)
        return value if value is not None and value > seen else None

    more = await hass.wait_for(grew, "the session's energy grows on", 60)
    facts.proved(f"after {seconds:.0f} s it is back, the same session goes on at {more:.3f} kWh")
    return seconds


async def _charges_alone(house: House) -> None:
    start = (await house.connector(_CHARGER))["energy_wh"]
    for _ in range(600):
        now = (await house.connector(_CHARGER))["energy_wh"]
        if now >= start + 10:
            return
        await asyncio.sleep(0.1)
    raise ProgramError("the charger stopped when Home Assistant was killed")


async def _check_ledger(
    house: House, transaction: dict[str, Any], register: int, shown: float | None, facts: Facts
) -> None:
    ledger = await Ledger.open(f"sqlite:///{house.folder / 'zmartcharge.db'}")
    try:
        sessions = await ledger.sessions(charge_point_id=_CHARGER.charge_point_id)
        _expect(len(sessions) == 1, f"the ledger holds {len(sessions)} sessions, not 1")
        session: Session = sessions[0]
        slices = await ledger.slices(session.id)
    finally:
        await ledger.close()
    delivered = register - transaction["meter_start_wh"]
    # In OCPP 1.6 we name the transaction, in 2.0.1 the charger does.
    named = session.own_id is not None or session.transaction_id == transaction["id"]
    _expect(named, "the transaction id differs")
    _expect(session.stopped_at is not None, "the session did not end in the ledger")
    _expect(session.ended_at is not None, "the cable's removal is not in the ledger")
    _expect(
        abs(session.energy_wh - delivered) <= 1,
        f"ledger {session.energy_wh} Wh, charger {delivered} Wh",
    )
    _expect(sum(s.wh for s in slices) == session.energy_wh, "the slices do not add up")
    _expect(
        shown is not None and abs(shown * 1000 - session.energy_wh) <= 1,
        f"the sensor shows {shown} kWh",
    )
    facts.proved(
        f"one session in the ledger: {session.energy_wh} Wh, as the charger's own register says"
    )


def _expect(true: bool, otherwise: str) -> None:
    if not true:
        raise ProgramError(otherwise)


def _amperes(values: list[float]) -> str:
    return ", ".join(f"L{n} {value:.1f} A" for n, value in enumerate(values, 1))
