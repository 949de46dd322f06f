"""Keeps the port for TLS open, and its certificate valid and for the right names."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
import logging
from pathlib import Path
import ssl

from homeassistant.const import EVENT_CORE_CONFIG_UPDATE
from homeassistant.core import CALLBACK_TYPE, Event, HomeAssistant, callback
from homeassistant.helpers.event import async_call_later
from homeassistant.helpers.storage import STORAGE_DIR
from homeassistant.util import dt as dt_util

from .config import HubConfig, TlsMode
from .const import TLS_FOLDER
from .csms import (
    CentralSystem,
    CsmsError,
    OwnAuthority,
    ServerCertificate,
    SignedCertificate,
    own_files,
    server_context,
)
from .issues import Issues
from .own_host import own_hosts

_LOGGER = logging.getLogger(__name__)

_LOOK_EVERY = timedelta(days=1)
#: With a problem: a port may become free, a file may be put right.
_TRY_AGAIN_AFTER = timedelta(minutes=5)
#: A certificate of the user's own that ends so soon has not been renewed as it should have been.
_WARN_BEFORE = timedelta(days=14)
#: Stands in all certificates of the house's own authority.
_ORGANIZATION = "ZmartCharge"


def own_authority(hass: HomeAssistant) -> OwnAuthority:
    """Return the house's own authority; nothing is read or made yet."""
    return OwnAuthority(Path(hass.config.path(STORAGE_DIR, TLS_FOLDER)), _ORGANIZATION)


class TlsKeeper:
    """Opens the port for TLS beside the plain one, whose chargers never notice any of this."""

    def __init__(
        self,
        hass: HomeAssistant,
        csms: CentralSystem,
        config: HubConfig,
        issues: Issues,
        certified: Callable[[], bool],
    ) -> None:
        """Take what tells whether any charger may bring a certificate of ours."""
        self._hass = hass
        self._csms = csms
        self._config = config
        self._issues = issues
        self._certified = certified
        #: Chargers are asked for certificates.
        self._asking = False
        self._next: CALLBACK_TYPE | None = None
        self._unlisten: CALLBACK_TYPE | None = None
        self._looking = asyncio.Lock()
        #: Where we listen for TLS, None while we do not.
        self.port: int | None = None
        self.certificate: ServerCertificate | None = None

    @property
    def signs(self) -> bool:
        """Tell whether chargers can get certificates from us."""
        return self.port is not None and self._config.tls.mode is TlsMode.OWN_AUTHORITY

    @property
    def roots(self) -> tuple[str, ...]:
        """Return the root certificates (PEM) that chargers need to trust us; none where not known."""
        return self.certificate.roots if self.certificate else ()

    async def start(self) -> None:
        """Open the port, after the plain one. A problem is a repair and is tried again."""
        if self._config.tls.mode is TlsMode.OFF:
            self._issues.tls_works()
            return
        self._unlisten = self._hass.bus.async_listen(EVENT_CORE_CONFIG_UPDATE, self._renamed)
        await self.look()

    async def stop(self) -> None:
        """Stop looking; the central system closes its ports itself."""
        if self._unlisten:
            self._unlisten()
            self._unlisten = None
        # A look that is under way is waited for: it must not open a port that nobody closes.
        async with self._looking:
            if self._next:
                self._next()
                self._next = None

    async def change(self, config: HubConfig) -> None:
        """Follow changed settings; no connection that there is notices."""
        await self.stop()
        before, self._config = self._config.tls, config
        if config.tls.mode is TlsMode.OFF or config.tls.port != before.port:
            await self._csms.stop_tls()
            self.port = self.certificate = None
        await self.start()

    async def look(self) -> None:
        """Make, renew or read anew what has to be; connections that are open stay open."""
        async with self._looking:
            if self._unlisten is None:
                return
            try:
                await self._open()
            except CsmsError as err:
                _LOGGER.warning("TLS: %s", err)
                self._issues.tls_failed(err, self._config)
                self._plan(_TRY_AGAIN_AFTER)
            else:
                self._issues.tls_works()
                self._warn()
                self._plan(_LOOK_EVERY)

    @callback
    def chargers_changed(self) -> None:
        """Ask chargers for certificates from when the first one may have some, and not before."""
        if self.port is not None and self._certified() != self._asking:
            self._hass.async_create_task(self.look(), "ZmartCharge TLS")

    async def sign(
        self, request: str, identity: str, serial_number: str | None
    ) -> SignedCertificate:
        """Sign a charger's request. Raises RequestRefusedError and CertificateError."""
        authority, now = own_authority(self._hass), dt_util.utcnow()
        return await self._hass.async_add_executor_job(
            authority.sign, request, identity, now, serial_number
        )

    async def _open(self) -> None:
        tls = self._config.tls
        hosts = await own_hosts(self._hass, self._config.host, tls.host_names)
        asking = self._certified()
        certificate, context = await self._hass.async_add_executor_job(self._load, hosts, asking)
        if self.port is None:
            self.port = await self._csms.start_tls(self._config.host, tls.port, context)
            _LOGGER.info("Listening for TLS on port %s", self.port)
        else:
            self._csms.renew_tls(context)
        self.certificate, self._asking = certificate, asking

    def _load(
        self, hosts: tuple[str, ...], asking: bool
    ) -> tuple[ServerCertificate, ssl.SSLContext]:
        tls, now = self._config.tls, dt_util.utcnow()
        if tls.mode is TlsMode.OWN_FILES:
            certificate = own_files(tls.certificate, tls.private_key, now)
        else:
            certificate = own_authority(self._hass).prepare(hosts, now)
        return certificate, server_context(certificate, client_certificates=asking)

    def _warn(self) -> None:
        assert self.certificate is not None
        if (ends := self.certificate.expires_at) - dt_util.utcnow() < _WARN_BEFORE:
            self._issues.tls_ends(ends)

    @callback
    def _plan(self, after: timedelta) -> None:
        if self._next:
            self._next()

        async def again(_now: datetime) -> None:
            self._next = None
            await self.look()

        self._next = async_call_later(self._hass, after, again)

    async def _renamed(self, _event: Event) -> None:
        await self.look()
