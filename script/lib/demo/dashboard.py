"""A dashboard of Home Assistant's built-in cards."""

from typing import TYPE_CHECKING, Any

from .things import CHARGERS, MAIN_FUSE, SITE_NAME, DemoCharger

if TYPE_CHECKING:
    from .house import House

_PHASES = ("l1", "l2", "l3")


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
                "sections": [*chargers, await _site_section(house)],
            }
        ],
    }


async def _charger_section(house: House, charger: DemoCharger) -> dict[str, Any]:
    entity = {
        key: await house.entity(charger, f"1_{key}")
        for key in (
            "status",
            "charging",
            "power",
            "current_l1",
            "offered_current",
            "allocated_current",
            "allocation_reason",
            "session_energy",
            "session_duration",
            "lifetime_energy",
            "start",
            "stop",
        )
    }
    return {
        "type": "grid",
        "cards": [
            {"type": "heading", "heading": charger.name, "icon": "mdi:ev-station"},
            {
                "type": "tile",
                "entity": entity["status"],
                "name": "Status",
                "grid_options": {"columns": "full"},
                "vertical": False,
            },
            {"type": "tile", "entity": entity["charging"], "name": "Charging"},
            {"type": "tile", "entity": entity["power"], "name": "Power"},
            {"type": "tile", "entity": entity["start"], "name": "Start", "hide_state": True},
            {"type": "tile", "entity": entity["stop"], "name": "Stop", "hide_state": True},
            {"type": "tile", "entity": entity["session_energy"], "name": "Session"},
            {"type": "tile", "entity": entity["session_duration"], "name": "Duration"},
            {"type": "tile", "entity": entity["offered_current"], "name": "Offered"},
            {"type": "tile", "entity": entity["allocated_current"], "name": "Allowed"},
            {"type": "tile", "entity": entity["lifetime_energy"], "name": "Lifetime"},
            {
                "type": "tile",
                "entity": entity["allocation_reason"],
                "name": "Why",
                "grid_options": {"columns": "full"},
            },
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
            {"type": "tile", "entity": await house.site_entity("power"), "name": "House"},
            {"type": "tile", "entity": await house.site_entity("meter_online"), "name": "Meter"},
            {"type": "tile", "entity": await house.site_entity("overload"), "name": "Overload"},
            {"type": "tile", "entity": await house.site_entity("fuse_guard"), "name": "Fuse guard"},
            {
                "type": "history-graph",
                "title": "Phases",
                "hours_to_show": 1,
                "entities": [
                    {"entity": current, "name": phase.upper()}
                    for phase, current in zip(_PHASES, currents, strict=True)
                ],
                "grid_options": {"columns": "full"},
            },
        ],
    }
