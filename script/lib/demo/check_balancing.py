"""Proves that the load is balanced, on real parts: the sauna, a dead bridge, a deleted automation."""

from collections.abc import Callable, Coroutine
import time
from typing import Any

from .conditions import draws_at_most, is_state, repair
from .facts import Facts
from .house import House
from .things import CHARGERS, SITE_NAME

_CHARGER = CHARGERS[0]
_SAFE = 6.0
#: The meter tells its currents every 10 s, the charger follows within 10 s.
_ANSWERS_WITHIN = 40.0
#: Headroom has to last before it is used, the longer the more often it was taken back.
_RISES_WITHIN = 150.0


async def prove_balancing(house: House, facts: Facts) -> None:
    """Prove it on a house whose car is charging, and leave the car charging."""
    hass = house.hass
    allocated = await house.entity(_CHARGER, "1_allocated_current")
    reason = await house.entity(_CHARGER, "1_allocation_reason")
    guard = await house.site_entity("fuse_guard")

    before = await hass.wait_for(_above(house, allocated, 12), "the car has the room", 120)
    # With the water heater on, the sauna is too much.
    await house.simulator("/appliance", name="water_heater", on=True)
    began = time.monotonic()
    await house.simulator("/appliance", name="sauna", on=True)
    after = await hass.wait_for(
        _below(house, allocated, before), "the sauna lowers the charger", _ANSWERS_WITHIN
    )
    seconds = time.monotonic() - began
    await hass.wait_for(draws_at_most(house, _CHARGER, after), "the car follows", _ANSWERS_WITHIN)
    why = (await hass.state(reason) or {})["state"]
    facts.proved(
        f"the sauna goes on: {before:.0f} A became {after:.0f} A after {seconds:.1f} s; “{why}”"
    )

    await house.simulator("/appliance", name="sauna", on=False)
    await house.simulator("/appliance", name="water_heater", on=False)
    await hass.wait_for(_above(house, allocated, 12), "the car has the room again", _RISES_WITHIN)
    facts.proved("the sauna is off, the car has its current back")

    began = time.monotonic()
    await house.programs["bridge"].kill()
    await hass.wait_for(_below(house, allocated, _SAFE + 0.1), "the safe current", _ANSWERS_WITHIN)
    await hass.wait_for(draws_at_most(house, _CHARGER, _SAFE), "the car follows", _ANSWERS_WITHIN)
    why = (await hass.state(reason) or {})["state"]
    seconds = time.monotonic() - began
    facts.proved(
        f"the bridge was killed: the car draws {_SAFE:.0f} A after {seconds:.1f} s; “{why}”"
    )

    await house.start_bridge()
    await hass.wait_for(_above(house, allocated, 12), "the car has the room again", _RISES_WITHIN)
    facts.proved("the bridge is back, the car has its current back")
    await _prove_guard(house, facts, allocated, guard)


async def _prove_guard(house: House, facts: Facts, allocated: str, guard: str) -> None:
    hass = house.hass
    await hass.delete(f"/api/config/automation/config/zmartcharge_balance_{house.site_id}")
    issue = await hass.wait_for(repair(house, "balancing"), "the repair", 60)
    facts.proved(f"the automation was deleted: the repair “{issue}” offers it back")

    await house.simulator("/appliance", name="sauna", on=True)
    await hass.wait_for(is_state(house, guard, "on"), "the fuse guard acts", _ANSWERS_WITHIN)
    await hass.wait_for(draws_at_most(house, _CHARGER, _SAFE), "the car follows", _ANSWERS_WITHIN)
    facts.proved("the sauna goes on: without an automation the fuse guard holds the car low")

    await house.simulator("/appliance", name="sauna", on=False)
    await hass.fix(issue)
    await hass.wait_for(is_state(house, guard, "off"), "the fuse guard rests", _RISES_WITHIN)
    await hass.wait_for(_above(house, allocated, 12), "the car has the room again", _RISES_WITHIN)
    facts.proved(f"the repair made the automation for {SITE_NAME} again, and the car charges on")


def _above(house: House, entity_id: str, amperes: float) -> Callable[[], Coroutine[Any, Any, Any]]:
    async def condition() -> float | None:
        value = await house.hass.value(entity_id)
        return value if value is not None and value > amperes else None

    return condition


def _below(house: House, entity_id: str, amperes: float) -> Callable[[], Coroutine[Any, Any, Any]]:
    async def condition() -> float | None:
        value = await house.hass.value(entity_id)
        # 0 A would be falsy.
        return max(value, 0.001) if value is not None and value < amperes else None

    return condition
