"""Where chargers find us."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import quote, urlsplit, urlunsplit

from homeassistant.components.http.auth import async_sign_path
from homeassistant.core import HomeAssistant
from homeassistant.helpers.network import NoURLAvailableError, get_url

from .csms import Algorithm, SecurityProfile, kind_of
from .http import LOAD_BALANCER_BASE, OCPP_PATH, ROOT_CERTIFICATE_PATH
from .hub import Hub
from .meter import LONGEST_BASE_URL
from .own_host import own_host

#: Where Home Assistant is in most homes, as far as nothing better is known.
_USUAL_ADDRESS = "homeassistant.local:8123"
#: A browser follows a link without our login, so the links themselves let it in for a while.
_LINKS_HOLD = timedelta(hours=1)
_KINDS = {Algorithm.EC: "ECDSA (P-256)", Algorithm.RSA: "RSA"}


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


def ocpp_urls(
    hass: HomeAssistant,
    hub: Hub,
    charge_point_id: str,
    profile: SecurityProfile = SecurityProfile.BASIC,
) -> OcppUrls:
    """Return the addresses for a charger that comes by this profile, as Home Assistant knows its own."""
    try:
        best = urlsplit(get_url(hass, prefer_external=True, allow_cloud=False))
        scheme, address = ("wss" if best.scheme == "https" else "ws"), best.netloc
    except NoURLAvailableError:
        scheme, address = "ws", _USUAL_ADDRESS
    return OcppUrls(
        charge_point_id=charge_point_id,
        own_base=own_base(hass, hub, profile),
        home_assistant=f"{scheme}://{address}{OCPP_PATH}/{charge_point_id}",
    )


def own_base(hass: HomeAssistant, hub: Hub, profile: SecurityProfile) -> str:
    """Return the address of our own port for a profile, without a charge point id."""
    host = own_host(hass, hub.config.host)
    encrypted = profile >= SecurityProfile.TLS_BASIC
    port = hub.tls.port or hub.config.tls.port if encrypted else hub.port
    name = f"[{host}]" if ":" in host else host
    return f"{'wss' if encrypted else 'ws'}://{name}:{port}/"


def root_links(hass: HomeAssistant, roots: Iterable[str]) -> str:
    """Return links (Markdown) to root certificates, "–" where there are none."""
    kinds = dict.fromkeys(kind_of(root) for root in roots)
    links = (
        f"[{_KINDS[kind]}]({async_sign_path(hass, f'{ROOT_CERTIFICATE_PATH}/{kind}', _LINKS_HOLD)})"
        for kind in kinds
    )
    return ", ".join(links) or "–"
