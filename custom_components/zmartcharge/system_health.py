"""What the system health page shows."""

from typing import Any

from homeassistant.components import system_health
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant, callback

from .const import DOMAIN


@callback
def async_register(hass: HomeAssistant, register: system_health.SystemHealthRegistration) -> None:
    """Register the page."""
    register.async_register_info(_info)


async def _info(hass: HomeAssistant) -> dict[str, Any]:
    hubs = [
        entry.runtime_data
        for entry in hass.config_entries.async_entries(DOMAIN)
        if entry.state is ConfigEntryState.LOADED
    ]
    if not hubs:
        return {"ocpp_server": "stopped"}
    hub = hubs[0]
    chargers = hub.chargers.values()
    metered = [site for site in hub.sites.values() if site.config.meter]
    return {
        "ocpp_server": f"{hub.config.host}:{hub.port}",
        "chargers_connected": f"{sum(c.connected for c in chargers)}/{len(chargers)}",
        "meters_online": f"{sum(site.meter_online for site in metered)}/{len(metered)}",
    }
