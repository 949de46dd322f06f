"""The page in Home Assistant's sidebar, from the same files as the card."""

from homeassistant.components import frontend, panel_custom
from homeassistant.core import HomeAssistant, callback
from homeassistant.util.hass_dict import HassKey

from .const import DOMAIN

_TITLE = "ZmartCharge"
_ELEMENT = f"{DOMAIN}-panel"
_ICON = "mdi:ev-station"

PANEL: HassKey[Panel] = HassKey(f"{DOMAIN}_panel")


class Panel:
    """One per Home Assistant. All users have it; each sees there what they may see."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Make one that is not shown yet."""
        self._hass = hass
        self._offered = False

    async def offer(self, url: str) -> None:
        """Show it in the sidebar, loaded from the address that dashboards load the card from.

        It must be the same: what is loaded twice is defined twice.
        """
        # Another page may have that address: a user's own stays.
        if self._offered or frontend.async_panel_exists(self._hass, DOMAIN):
            return
        self._offered = True
        await panel_custom.async_register_panel(
            self._hass,
            frontend_url_path=DOMAIN,
            webcomponent_name=_ELEMENT,
            sidebar_title=_TITLE,
            sidebar_icon=_ICON,
            module_url=url,
        )

    @callback
    def withdraw(self) -> None:
        """Take it out of the sidebar."""
        if self._offered:
            self._offered = False
            frontend.async_remove_panel(self._hass, DOMAIN)
