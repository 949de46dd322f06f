"""Proves that cars are charged when power is cheap, and are ready in time, on real parts."""

from datetime import datetime, timedelta
import time
from typing import Any

from .conditions import Condition, current_of, draws_at_least, is_state, number, repair
from .facts import Facts
from .house import House
from .power_price import next_quarter
from .processes import ProgramError
from .things import CHARGERS, TIME_ZONE

_CHARGER = CHARGERS[0]
#: What is left of the quarter when everything is connected again, in seconds.
_LEAD = 25.0
_CONNECTS_WITHIN = 90.0
_ANSWERS_WITHIN = 30.0
#: The charger is told, starts its session, offers a current, and the car takes it.
_STARTS_WITHIN = 40.0
_LEAST = 6.0
#: What the car needs in kWh: in the cheap hour, and when the guard is proved, in 3 min or less.
_NEED, _SMALL_NEED = 8, 0.5
_GUARD_TAKES = timedelta(seconds=200)


async def prove_smart_charging(house: House, facts: Facts, boot_seconds: float) -> None:
    """Prove it on a house whose Home Assistant is down, after a boot that took so long."""
    starts_at = await _boot_before_a_quarter(house, boot_seconds)
    await _prove_prices(house, facts, starts_at)
    await _prove_plan(house, facts, starts_at)
    await _prove_waiting(house, facts, starts_at)
    await _prove_full_now(house, facts)
    await _prove_guard(house, facts)


async def _boot_before_a_quarter(house: House, boot_seconds: float) -> datetime:
    """Set the clock so that Home Assistant is up again before a quarter begins; return which."""
    assert house.clock, "the house has a clock of its own"
    ahead = timedelta(seconds=1.5 * boot_seconds + _LEAD)
    quarter = next_quarter(house.now() + ahead)
    house.clock.set(quarter - ahead)
    await house.hass.boot()
    status = await house.entity(_CHARGER, "1_status")
    await house.hass.wait_for(
        is_state(house, status, "ready"), "the charger is connected", _CONNECTS_WITHIN
    )
    return quarter


async def _prove_prices(house: House, facts: Facts, quarter: datetime) -> None:
    hass = house.hass
    if quarter - house.now() < timedelta(seconds=8):
        raise ProgramError("Home Assistant took so long that no quarter begins soon")
    await house.publish_prices(quarter)
    await house.add_price()
    await _cheapest_is(house, quarter)
    price = await house.site_entity("price")
    now = await hass.wait_for(number(house, price), "the price of now", _ANSWERS_WITHIN)
    least = min(each["price"] for each in (await _attributes(house, price))["prices"])
    facts.proved(
        f"it is {_clock(house.now())} and prices arrive: {now:.2f} NOK/kWh with grid and taxes now,"
        f" {least:.2f} from {_clock(quarter)}"
    )


async def _prove_plan(house: House, facts: Facts, starts_at: datetime) -> None:
    hass = house.hass
    await _need(house, _NEED)
    automation = await _automation(house)
    await house.simulator("/plug", charger=_CHARGER.charge_point_id)
    told = await hass.wait_for(_plan(house), "the plan", _ANSWERS_WITHIN)
    slot = told["attributes"]["slots"][0]
    if datetime.fromisoformat(slot["start"]) != starts_at:
        raise ProgramError(f"the plan begins with {slot}, not at {_clock(starts_at)}")
    ran = (await _attributes(house, automation))["last_triggered"]
    if ran is None:
        raise ProgramError(f"{automation} did not run, and there is a plan")
    facts.proved(f"the car is plugged in, the automation made the plan: “{told['state']}”")


async def _prove_waiting(house: House, facts: Facts, starts_at: datetime) -> None:
    hass = house.hass
    await hass.wait_for(
        await _waits_for_price(house), "the car waits for its price", _ANSWERS_WITHIN
    )
    facts.proved(f"at {_clock(house.now())} the car waits; its status says why: the price")

    async def draws() -> datetime | None:
        return house.now() if await current_of(house, _CHARGER) >= _LEAST else None

    left = max(0.0, (starts_at - house.now()).total_seconds())
    began = await hass.wait_for(draws, "charging starts in its slot", left + _STARTS_WITHIN)
    if began < starts_at:
        raise ProgramError(f"charging began at {_clock(began)}, before {_clock(starts_at)}")
    facts.proved(f"{_clock(starts_at)} comes, and the car charges at {_clock(began)}")


async def _prove_full_now(house: House, facts: Facts) -> None:
    hass = house.hass
    mode = await house.entity(_CHARGER, "1_charging_mode")
    await _unplug(house)
    later = next_quarter(house.now() + timedelta(hours=3))
    await house.publish_prices(later)
    await _cheapest_is(house, later)
    await house.simulator("/plug", charger=_CHARGER.charge_point_id)
    await hass.wait_for(
        await _waits_for_price(house), "the car waits for its price", _ANSWERS_WITHIN
    )
    began = time.monotonic()
    await hass.act("select", "select_option", entity_id=mode, option="full_now")
    await hass.wait_for(
        draws_at_least(house, _CHARGER, _LEAST), "“charge full now” starts charging", _STARTS_WITHIN
    )
    seconds = time.monotonic() - began
    facts.proved(f"it waits for cheaper hours; “charge full now” starts it after {seconds:.1f} s")
    await _unplug(house)
    await hass.act("select", "select_option", entity_id=mode, option="smart")


async def _prove_guard(house: House, facts: Facts) -> None:
    hass = house.hass
    automation = await _automation(house)
    plan = await house.entity(_CHARGER, "1_plan")
    await hass.act("automation", "turn_off", entity_id=automation)
    await _need(house, _SMALL_NEED)
    ready_by = house.now() + _GUARD_TAKES
    await hass.act(
        "zmartcharge",
        "override_plan",
        entity_id=await house.entity(_CHARGER, "1_charging"),
        ready_by=ready_by.isoformat(),
    )
    await house.simulator("/plug", charger=_CHARGER.charge_point_id)
    await hass.wait_for(await _waits_for_price(house), "the car waits", _ANSWERS_WITHIN)
    waits_at = house.now()
    await hass.wait_for(
        draws_at_least(house, _CHARGER, _LEAST), "the ready-by guard starts charging", 90
    )
    told = await _attributes(house, plan)
    if told.get("slots") or told["verdict"] != "latest_start":
        raise ProgramError(f"it was not the guard that started charging: {told}")
    facts.proved(
        f"the automation is off: the car still waits at {_clock(waits_at)}, and the guard starts it"
        f" at {_clock(house.now())}, to be ready by {_clock(ready_by)}"
    )
    issue = await hass.wait_for(repair(house, "planning"), "the repair", _ANSWERS_WITHIN)
    await hass.fix(issue)
    await hass.wait_for(is_state(house, automation, "on"), "the automation", _ANSWERS_WITHIN)
    told = await hass.wait_for(_plan(house), "the plan", _ANSWERS_WITHIN)
    facts.proved(f"the repair switched the automation on again, which plans: “{told['state']}”")


async def _cheapest_is(house: House, quarter: datetime) -> None:
    """Wait until the site knows prices of which a quarter's is the least."""
    price = await house.site_entity("price")

    async def known() -> bool:
        state = await house.hass.state(price)
        prices = state["attributes"].get("prices") if state else None
        if not prices:
            return False
        cheapest = min(prices, key=lambda each: each["price"])
        return datetime.fromisoformat(cheapest["start"]) == quarter

    await house.hass.wait_for(known, f"power is cheapest from {_clock(quarter)}", _ANSWERS_WITHIN)


async def _need(house: House, kilowatt_hours: float) -> None:
    target = await house.entity(_CHARGER, "1_target_energy")
    await house.hass.act("number", "set_value", entity_id=target, value=kilowatt_hours)


async def _unplug(house: House) -> None:
    status = await house.entity(_CHARGER, "1_status")
    await house.simulator("/unplug", charger=_CHARGER.charge_point_id)
    await house.hass.wait_for(
        is_state(house, status, "ready"), "the charger is ready again", _ANSWERS_WITHIN
    )


async def _automation(house: House) -> str:
    """Return the entity of the automation that was made for the charger."""
    unique_id = f"zmartcharge_plan_{house.subentries[_CHARGER.charge_point_id]}"

    async def found() -> str | None:
        for entity in await house.hass.command({"type": "config/entity_registry/list"}):
            if entity["platform"] == "automation" and entity["unique_id"] == unique_id:
                return str(entity["entity_id"])
        return None

    return await house.hass.wait_for(found, "the automation for smart charging", 30)


async def _attributes(house: House, entity_id: str) -> dict[str, Any]:
    state = await house.hass.state(entity_id)
    if state is None:
        raise ProgramError(f"{entity_id} is not there")
    found: dict[str, Any] = state["attributes"]
    return found


def _plan(house: House) -> Condition[dict[str, Any]]:
    async def condition() -> dict[str, Any] | None:
        told = await house.hass.state(await house.entity(_CHARGER, "1_plan"))
        return told if told and told["attributes"].get("slots") else None

    return condition


async def _waits_for_price(house: House) -> Condition[bool]:
    status = await house.entity(_CHARGER, "1_status")

    async def condition() -> bool:
        state = await house.hass.state(status)
        if state is None or state["state"] != "waiting":
            return False
        why = state["attributes"].get("reason")
        return why == "price" and not await current_of(house, _CHARGER)

    return condition


def _clock(at: datetime) -> str:
    return f"{at.astimezone(TIME_ZONE):%H:%M:%S}"
