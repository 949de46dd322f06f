"""OCPP on Home Assistant's own HTTP server, so that its TLS and reverse proxies serve chargers."""

from aiohttp import web
from homeassistant.components.http import KEY_HASS, HomeAssistantView
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant, callback

from .const import DOMAIN
from .hub import Hub

OCPP_PATH = f"/api/{DOMAIN}/ocpp"


class OcppView(HomeAssistantView):
    """Hands a charger's request to the central system, which does its own authentication."""

    url = OCPP_PATH + "/{identity}"
    name = f"api:{DOMAIN}:ocpp"
    requires_auth = False

    async def get(self, request: web.Request, identity: str) -> web.StreamResponse:
        """Serve a charger."""
        hass = request.app[KEY_HASS]
        entries = hass.config_entries.async_entries(DOMAIN)
        loaded = [entry for entry in entries if entry.state is ConfigEntryState.LOADED]
        if not loaded:
            return web.Response(status=503)
        hub: Hub = loaded[0].runtime_data
        # The raw segment: decoding it twice would let a disguised path through.
        raw = request.raw_path.partition("?")[0].removeprefix(OCPP_PATH)
        return await hub.csms.handle(request, raw)


@callback
def async_register_views(hass: HomeAssistant) -> None:
    """Register the view; it stays and answers 503 while no hub is loaded."""
    hass.http.register_view(OcppView())
