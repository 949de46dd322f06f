"""Where chargers find us."""

from dataclasses import dataclass
from urllib.parse import quote, urlsplit, urlunsplit

from homeassistant.core import HomeAssistant
from homeassistant.helpers.network import NoURLAvailableError, get_url

from .const import DEFAULT_HOST
from .http import LOAD_BALANCER_BASE, OCPP_PATH
from .hub import Hub
from .meter import LONGEST_BASE_URL

_EVERY_INTERFACE = {DEFAULT_HOST, "::", ""}


@dataclass(frozen=True, slots=True, kw_only=True)
class OcppUrls:
    """The addresses that one charger can be given."""

    charge_point_id: str
    #: Without the charge point id, for chargers that append it themselves.
    own_base: str
    #: Behind Home Assistant's own server, encrypted where that is.
    home_assistant: str

    @property
    def own(self) -> str:
        """Return the full address on our own port."""
        return self.own_base + self.charge_point_id

    def with_key(self, key: str | None) -> str:
        """Return the full address with user name and password in it, for a QR code."""
        if key is None:
            return self.own
        parts = urlsplit(self.own)
        user = f"{self.charge_point_id}:{quote(key, safe='')}"
        return urlunsplit(parts._replace(netloc=f"{user}@{parts.netloc}"))


def load_balancer_url(hass: HomeAssistant) -> str | None:
    """Return the address that a Pow-U is to be given, None when there is no suitable one.

    The unit wants https and keeps at most 63 characters.
    """
    for options in ({"prefer_external": False}, {"prefer_external": True}):
        try:
            url = get_url(hass, require_ssl=True, **options) + LOAD_BALANCER_BASE
        except NoURLAvailableError:
            continue
        if len(url) <= LONGEST_BASE_URL:
            return url
    return None


def ocpp_urls(hass: HomeAssistant, hub: Hub, charge_point_id: str) -> OcppUrls:
    """Return the addresses for a charger, as Home Assistant knows its own."""
    try:
        own = urlsplit(get_url(hass, allow_external=False, allow_cloud=False))
    except NoURLAvailableError:
        own = urlsplit("http://homeassistant.local:8123")
    try:
        best = urlsplit(get_url(hass, prefer_external=True, allow_cloud=False))
    except NoURLAvailableError:
        best = own
    host = hub.config.host
    if host in _EVERY_INTERFACE:
        host = own.hostname or ""
    scheme = "wss" if best.scheme == "https" else "ws"
    return OcppUrls(
        charge_point_id=charge_point_id,
        own_base=f"ws://{f'[{host}]' if ':' in host else host}:{hub.port}/",
        home_assistant=f"{scheme}://{best.netloc}{OCPP_PATH}/{charge_point_id}",
    )
