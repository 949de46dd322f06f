"""What Home Assistant's own HTTP server does for chargers and meters.

OCPP comes here too, so that its TLS and reverse proxies serve chargers. A Pow-U posts its readings
here instead of to its vendor's cloud.
"""

import asyncio
from datetime import datetime, timedelta
import logging

from aiohttp import web
from homeassistant.components.http import KEY_HASS, HomeAssistantView
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant, callback
from homeassistant.util import dt as dt_util

from .const import DOMAIN
from .csms import kind_of
from .hub import Hub
from .log_views import LogView, UploadView
from .meter import (
    LARGEST_LOAD_BALANCER_BODY,
    PayloadError,
    PayloadProblem,
    load_balancer_answer,
    parse_load_balancer,
)

_LOGGER = logging.getLogger(__name__)

#: Short, because a Pow-U keeps at most 63 characters of the whole address.
LOAD_BALANCER_BASE = "/api/zc"
#: Wrong tokens from one address before it is told to wait, and how long.
_WRONG_TOKENS, _WRONG_FOR = 10, timedelta(minutes=5)
_MAX_ADDRESSES = 256
_BODY_TIMEOUT = 10.0
OCPP_PATH = f"/api/{DOMAIN}/ocpp"
ROOT_CERTIFICATE_PATH = f"/api/{DOMAIN}/root_certificate"


class OcppView(HomeAssistantView):
    """Hands a charger's request to the central system, which does its own authentication."""

    url = OCPP_PATH + "/{identity}"
    name = f"api:{DOMAIN}:ocpp"
    requires_auth = False

    async def get(self, request: web.Request, identity: str) -> web.StreamResponse:
        """Serve a charger."""
        if (hub := _loaded_hub(request.app[KEY_HASS])) is None:
            return web.Response(status=503)
        # The raw segment: decoding it twice would let a disguised path through.
        raw = request.raw_path.partition("?")[0].removeprefix(OCPP_PATH)
        return await hub.csms.handle(request, raw)


class RootCertificateView(HomeAssistantView):
    """Gives the root certificates that chargers need to trust us, to those who are logged in."""

    url = ROOT_CERTIFICATE_PATH + "/{kind}"
    name = f"api:{DOMAIN}:root_certificate"

    async def get(self, request: web.Request, kind: str) -> web.Response:
        """Return the certificate of a kind, ``ec`` or ``rsa``, in PEM."""
        hub = _loaded_hub(request.app[KEY_HASS])
        for root in hub.tls.roots if hub else ():
            if kind_of(root) == kind:
                name = f"zmartcharge-root-{kind}.pem"
                return web.Response(
                    text=root,
                    content_type="application/x-pem-file",
                    headers={"Content-Disposition": f'attachment; filename="{name}"'},
                )
        return web.Response(status=404)


class LoadBalancerView(HomeAssistantView):
    """Takes the readings that a Pow-U posts; the token in them tells whose they are."""

    url = LOAD_BALANCER_BASE + "/loadbalancer"
    name = f"api:{DOMAIN}:loadbalancer"
    requires_auth = False

    def __init__(self) -> None:
        """Start with nobody known to guess tokens."""
        self._wrong: dict[str, tuple[int, datetime]] = {}

    async def post(self, request: web.Request) -> web.Response:
        """Take a reading and answer with the pace that suits us."""
        if (hub := _loaded_hub(request.app[KEY_HASS])) is None:
            return web.Response(status=503)
        remote = request.remote or ""
        try:
            async with asyncio.timeout(_BODY_TIMEOUT):
                body = await _read_at_most(request, LARGEST_LOAD_BALANCER_BODY + 1)
            message = parse_load_balancer(body, received=dt_util.utcnow())
        except TimeoutError:
            return web.Response(status=408)
        except PayloadError as err:
            status = 401 if err.key is PayloadProblem.NO_TOKEN else 400
            # Not what the body began with: that may be a token.
            return self._refuse(remote, status, err.key)
        if not (sites := hub.sites_of_token(message.token)):
            return self._refuse(remote, 401, "unknown token")
        for site in sites:
            site.take(message.reading)
        return self.json(load_balancer_answer())

    def _refuse(self, remote: str, status: int, problem: str) -> web.Response:
        """Answer a bad request; a right token is never refused, whoever else has the address."""
        now = dt_util.utcnow()
        count, since = self._wrong.pop(remote, (0, now))
        if now - since > _WRONG_FOR:
            count, since = 0, now
        if len(self._wrong) >= _MAX_ADDRESSES:
            self._wrong.pop(next(iter(self._wrong)))
        self._wrong[remote] = (count + 1, since)
        if count >= _WRONG_TOKENS:
            return web.Response(status=429, headers={"Retry-After": str(_WRONG_FOR.seconds)})
        if not count:
            _LOGGER.warning("A meter reading from %s was refused: %s", remote, problem)
        return web.Response(status=status)


async def _read_at_most(request: web.Request, size: int) -> bytes:
    """Return the body, or its first octets; a longer one is not read to its end."""
    body = b""
    while len(body) < size and (piece := await request.content.read(size - len(body))):
        body += piece
    return body


def _loaded_hub(hass: HomeAssistant) -> Hub | None:
    entries = hass.config_entries.async_entries(DOMAIN)
    loaded = [entry for entry in entries if entry.state is ConfigEntryState.LOADED]
    return loaded[0].runtime_data if loaded else None


@callback
def async_register_views(hass: HomeAssistant) -> None:
    """Register the views; they stay and answer 503 while no hub is loaded."""
    hass.http.register_view(OcppView())
    hass.http.register_view(RootCertificateView())
    hass.http.register_view(LoadBalancerView())
    hass.http.register_view(UploadView())
    hass.http.register_view(LogView())
