"""A dashboard of our own card, and of Home Assistant's built-in ones."""

from typing import TYPE_CHECKING, Any

from .things import CHARGERS, MAIN_FUSE, SITE_NAME, DemoCharger

if TYPE_CHECKING:
    from .house import House

_PHASES = ("l1", "l2", "l3")
_SITE = ("power", "meter_online", "overload", "fuse_guard")
_HOME: dict[str, Any] = {"type": "grid", "cards": [{"type": "custom:zmartcharge-home-card"}]}
_WIDE: dict[str, Any] = {"grid_options": {"columns": "full"}}


async def dashboard(house: House) -> dict[str, Any]:
    """Return the dashboard's configuration: a section per charger, one for the site."""
    chargers = [await _charger_section(house, charger) for charger in CHARGERS]
    return {
        "title": SITE_NAME,
        "views": [
            {
                "title": SITE_NAME,
                "path": "home",
                "type": "sections",
                "max_columns": 3,
                "sections": [_HOME, *chargers, await _site_section(house)],
            }
        ],
    }


async def _charger_section(house: House, charger: DemoCharger) -> dict[str, Any]:
    async def tile(key: str, **more: Any) -> dict[str, Any]:
        return _tile(await house.entity(charger, f"1_{key}"), **more)

    return {
        "type": "grid",
        "cards": [
            {"type": "heading", "heading": charger.name, "icon": "mdi:ev-station"},
            await tile("status", **_WIDE),
            await tile("plan", **_WIDE),
            await tile("charging_mode"),
            await tile("ready_by"),
            await tile("start", hide_state=True),
            await tile("stop", hide_state=True),
            await tile("power"),
            await tile("session_energy"),
            await tile("session_duration"),
            await tile("session_cost"),
            await tile("offered_current"),
            await tile("allocated_current"),
            await tile("lifetime_energy"),
            await tile("charging"),
            await tile("allocation_reason", **_WIDE),
        ],
    }


async def _site_section(house: House) -> dict[str, Any]:
    currents = [await house.site_entity(f"current_{phase}") for phase in _PHASES]
    gauges = [
        {
            "type": "gauge",
            "entity": current,
            "name": phase.upper(),
            "min": 0,
            "max": MAIN_FUSE,
            "needle": True,
            "severity": {"green": 0, "yellow": 0.75 * MAIN_FUSE, "red": 0.95 * MAIN_FUSE},
            "grid_options": {"columns": 4},
        }
        for phase, current in zip(_PHASES, currents, strict=True)
    ]
    return {
        "type": "grid",
        "cards": [
            {"type": "heading", "heading": f"{SITE_NAME}: {MAIN_FUSE} A", "icon": "mdi:fuse"},
            *gauges,
            *[_tile(await house.site_entity(key)) for key in _SITE],
            {
                "type": "history-graph",
                "hours_to_show": 1,
                "entities": [
                    {"entity": current, "name": phase.upper()}
                    for phase, current in zip(_PHASES, currents, strict=True)
                ],
                "grid_options": {"columns": "full"},
            },
        ],
    }


def _tile(entity_id: str, **more: Any) -> dict[str, Any]:
    """Return a tile that bears the entity's own name, which is in the user's language."""
    return {"type": "tile", "entity": entity_id, "name": {"type": "entity"}, **more}
