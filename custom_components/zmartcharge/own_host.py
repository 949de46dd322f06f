"""By which names and addresses chargers reach this machine."""

from collections.abc import Iterable
from urllib.parse import urlsplit

from homeassistant.components import network
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.network import NoURLAvailableError, get_url

from .const import DEFAULT_HOST
from .csms import CertificateError, host_name

_EVERY_INTERFACE = {DEFAULT_HOST, "::", ""}
_USUAL_NAME = "homeassistant.local"


@callback
def own_host(hass: HomeAssistant, listens_on: str) -> str:
    """Return the name or address that chargers are to be told.

    ``listens_on`` is the interface, which is told itself unless it stands for all of them.
    """
    if listens_on not in _EVERY_INTERFACE:
        return listens_on
    try:
        url = get_url(hass, allow_external=False, allow_cloud=False)
    except NoURLAvailableError:
        return _USUAL_NAME
    return urlsplit(url).hostname or ""


async def own_hosts(
    hass: HomeAssistant, listens_on: str, further: Iterable[str] = ()
) -> tuple[str, ...]:
    """Return every name and IPv4 address for which our certificate has to be, the one told first.

    What no certificate can be for is left out, so that one odd name does not spoil all.
    """
    found = [own_host(hass, listens_on), *further]
    if listens_on in _EVERY_INTERFACE:
        adapters = await network.async_get_adapters(hass)
        addresses = (ip["address"] for each in adapters if each["enabled"] for ip in each["ipv4"])
        found += sorted(addresses)
    return tuple(dict.fromkeys(host for host in found if _is_certifiable(host)))


def _is_certifiable(host: str) -> bool:
    try:
        host_name(host)
    except CertificateError:
        return False
    return True
