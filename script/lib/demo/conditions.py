"""What checks wait for."""

from collections.abc import Callable, Coroutine
from typing import Any

from .house import House
from .things import DemoCharger

type Condition[T] = Callable[[], Coroutine[Any, Any, T | None]]


def is_state(house: House, entity_id: str, wanted: str) -> Condition[bool]:
    """Hold when an entity has a state."""

    async def condition() -> bool:
        state = await house.hass.state(entity_id)
        return state is not None and state["state"] == wanted

    return condition


def number(house: House, entity_id: str) -> Condition[float]:
    """Give an entity's state once it is a number."""

    async def condition() -> float | None:
        return await house.hass.value(entity_id)

    return condition


def repair(house: House, part: str) -> Condition[str]:
    """Give the id of a repair that can be fixed here, by a part of it."""

    async def condition() -> str | None:
        found = await house.hass.command({"type": "repairs/list_issues"})
        ids = [str(issue["issue_id"]) for issue in found["issues"] if issue["is_fixable"]]
        return next((issue_id for issue_id in ids if part in issue_id), None)

    return condition


def draws_at_most(house: House, charger: DemoCharger, amperes: float) -> Condition[bool]:
    """Hold when the car takes no more than this."""

    async def condition() -> bool:
        return await current_of(house, charger) <= amperes + 0.5

    return condition


def draws_at_least(house: House, charger: DemoCharger, amperes: float) -> Condition[bool]:
    """Hold when the car takes this or more."""

    async def condition() -> bool:
        return await current_of(house, charger) >= amperes - 0.5

    return condition


async def current_of(house: House, charger: DemoCharger) -> float:
    """Return what the simulated car takes of each phase, in A."""
    current: float = (await house.connector(charger))["current_a"]
    return current
