"""One charger: what it is, what it says, its connectors and sessions."""

import asyncio
from collections.abc import Coroutine
import logging
import math
from typing import TYPE_CHECKING, Any

from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import ServiceValidationError
from homeassistant.util import dt as dt_util

from .bookkeeping import Bookkeeping
from .charger_logs import ChargerLogs
from .charger_messages import ChargerMessages
from .charger_setup import ChargerSetup
from .config import ChargerConfig
from .connector import Connector
from .const import CONF_CIRCUIT_FUSE, CONF_ENABLED, DOMAIN
from .cost_display import CostDisplay
from .csms import Abilities, Boot, NotConnectedError, SecurityProfile, Station, StatusNotification
from .device_upkeep import update_device
from .fail_safe import FailSafe
from .firmware import ChargerFirmware
from .gatekeeper import Gatekeeper
from .history import read_history
from .ledger import Ledger, LedgerError, SessionFlag
from .limiter import Defiance
from .listeners import Observable
from .local_list_keeper import LocalListKeeper
from .out_of_operation import OutOfOperation
from .own_limits import OwnLimits
from .presence import Presence
from .rated_power import max_watt
from .refreshing import Refreshing
from .reservations import Reservations
from .second_system import SecondSystem
from .security_charger import ChargerSecurity
from .traits import Traits
from .units import GridType
from .vendor_messages import VendorMessages
from .wishes import WishesStore

if TYPE_CHECKING:
    from .hub import Hub
    from .site import Site

_LOGGER = logging.getLogger(__name__)

#: More connectors than any household charger has: a larger number is a fault or an attack.
MAX_CONNECTORS = 8
#: Among so many sessions is the last one of every connector.
_NEWEST = 20


class Charger(Observable):
    """A charger of the house. Entities look at it; the central system talks to it."""

    def __init__(self, hub: Hub, config: ChargerConfig) -> None:
        """Make a charger that has not been heard of yet."""
        super().__init__()
        self.config = config
        self.connectors: dict[int, Connector] = {}
        self.boot_info: Boot | None = None
        self.abilities = Abilities()
        #: A fault of the whole charger.
        self.fault: StatusNotification | None = None
        #: Nobody talks to it, so that it can show what it does then.
        self.left_alone = False
        #: Set when it comes with a wrong key or not as it has to, for the flow that waits for it.
        self.refused = asyncio.Event()
        self.fail_safe = FailSafe(self)
        self.setup = ChargerSetup(self)
        self.gatekeeper = Gatekeeper(self, hub)
        self.local_list = LocalListKeeper(self, hub.tokens)
        self.refreshing = Refreshing(self)
        self.firmware = ChargerFirmware(self, hub.issues)
        self.logs = ChargerLogs(self, hub.uploads)
        self.reservations = Reservations(self, hub.reservations, hub.tokens)
        self.security = ChargerSecurity(self, hub.tls)
        self.second_system = SecondSystem(self, hub)
        self.out_of_operation = OutOfOperation(self, hub.out_of_operation)
        self.cost_display = CostDisplay(self)
        self.vendor_messages = VendorMessages()
        self._hub = hub
        self.traits = Traits(self, hub.traits)
        self._station: Station | None = None
        self._presence = Presence(
            hub.hass, self._gone, self._gone_for_long, lambda: self.traits.returns_within
        )
        self.books = self._new_books()
        self.messages = ChargerMessages(self)
        for connector_id in range(1, config.connectors + 1):
            self.connectors[connector_id] = Connector(self, connector_id)

    @property
    def site(self) -> Site | None:
        """Return the site that the charger belongs to, None when it was removed."""
        return self._hub.sites.get(self.config.site_id or "")

    @property
    def hass(self) -> HomeAssistant:
        """Return Home Assistant."""
        return self._hub.hass

    @property
    def own_limits(self) -> OwnLimits:
        """Return the limits that users set."""
        return self._hub.own_limits

    @property
    def wishes(self) -> WishesStore:
        """Return what users want of the charging."""
        return self._hub.wishes

    @property
    def ledger(self) -> Ledger:
        """Return where the sessions are kept."""
        return self._hub.ledger

    @callback
    def ledger_failed(self, err: LedgerError) -> None:
        """Tell the user that the ledger could not be asked."""
        self._hub.issues.ledger_failed(err)

    def create_task[T](self, job: Coroutine[Any, Any, T], name: str) -> asyncio.Task[T]:
        """Run a job that ends with the entry."""
        return self._hub.create_task(job, name)

    @property
    def station(self) -> Station:
        """Return the connected station; raises NotConnectedError."""
        if self._station is None:
            raise NotConnectedError(self.config.name)
        return self._station

    @property
    def connected(self) -> bool:
        """Tell whether there is a connection this moment."""
        return self._station is not None

    @property
    def came_by(self) -> SecurityProfile | None:
        """Return the security profile by which it is connected, None without a connection."""
        return self._hub.csms.profile(self.config.charge_point_id)

    @property
    def came_with(self) -> str | None:
        """Return the fingerprint of the certificate by which it is connected, if by one."""
        return self._hub.csms.certificate(self.config.charge_point_id)

    @property
    def online(self) -> bool:
        """Tell whether the charger is there, a short loss of its connection aside."""
        return self._presence.online

    @property
    def takes_limits(self) -> bool:
        """Tell whether the charger is there and, for all that it told, can be limited."""
        return self._station is not None and self.abilities.smart_charging is not False

    async def restore(self) -> None:
        """Take up what the ledger knows: open sessions and lifetime energy; raises LedgerError."""
        for session in await self._hub.ledger.open_sessions(self.config.charge_point_id):
            if connector := self.connectors.get(session.connector_id):
                connector.take_session(session)
                self.gatekeeper.take_up(session)
                connector.cost = await self._hub.ledger.session_cost(session.id)
        for connector in self.connectors.values():
            connector.lifetime = await self._hub.ledger.lifetime(
                self.config.charge_point_id, connector.connector_id
            )
            await self.learn(connector)
            await self._recall_stop(connector)
        for connector in self.connectors.values():
            connector.savings.begin()
        self.reservations.restore()
        await self.second_system.restore()
        self._presence.expect()

    @callback
    def forget(self) -> None:
        """Forget everything that a charger with another charge point id said."""
        self.boot_info = self.fault = None
        self.setup.forget()
        self.traits.forget()
        self.abilities = Abilities()
        self.firmware.forget()
        self.reservations.forget()
        self.fail_safe.forget()
        self.security.forget()
        self.out_of_operation.forget()
        self.second_system.forget()
        self.books = self._new_books()
        for connector in self.connectors.values():
            connector.forget()

    @callback
    def apply(self, config: ChargerConfig) -> None:
        """Take a changed configuration without touching the connection."""
        before, self.config = self.config, config
        self.traits.keep()
        for connector_id in range(1, config.connectors + 1):
            if connector_id not in self.connectors:
                self.connectors[connector_id] = Connector(self, connector_id)
        self.setup.circuit_fuse_changed(before.circuit_fuse)
        self.second_system.apply(before.second_system)
        if config.offline is not before.offline:
            self.local_list.look()
        self.async_notify()

    @callback
    def show_connectors(self, count: int) -> None:
        """Make known how many connectors there are, if those are more than was known."""
        count = min(count, MAX_CONNECTORS)
        if count > len(self.connectors):
            self._hub.add_connectors(self, count)

    @callback
    def notify_all(self) -> None:
        """Let entities look at the charger and its connectors."""
        self.async_notify()
        for connector in self.connectors.values():
            connector.async_notify()

    async def disconnect(self) -> None:
        """Close the connection; the charger comes again by itself."""
        await self._hub.csms.disconnect(self.config.charge_point_id)

    async def release(self) -> None:
        """Leave nothing behind in a charger that is not ours any more."""
        self.traits.forget()
        self.out_of_operation.forget()
        await self.second_system.release()
        if self.takes_limits:
            await self.fail_safe.remove()
            for connector in self.connectors.values():
                await connector.release()
        await self.reservations.release()
        await self.local_list.release()

    @property
    def stored(self) -> ChargerConfig:
        """Return the configuration as it is kept, which ``config`` follows a moment later."""
        subentry = self._hub.entry.subentries.get(self.config.subentry_id)
        return ChargerConfig.of(subentry) if subentry else self.config

    @callback
    def store(self, changes: dict[str, Any]) -> None:
        """Keep changes of the configuration."""
        self._hub.store(self, changes)

    async def reset(self, *, hard: bool = False) -> None:
        """Restart the charger. Raises the errors of the station."""
        await self.station.reset(hard=hard)

    async def clear_limits(self) -> None:
        """Throw every charging profile in the charger away, whoever put it there, and set ours anew.

        Raises the errors of the station.
        """
        await self.setup.clear_limits()

    async def set_circuit_fuse(self, amperes: int) -> None:
        """Change the circuit fuse (6-63 A). Raises the errors of the station.

        A charger that refuses the limit keeps the old setting, so that what is shown holds.
        """
        site = self.site
        if site and amperes > site.config.main_fuse:
            raise ServiceValidationError(
                translation_domain=DOMAIN,
                translation_key="circuit_fuse_above_main",
                translation_placeholders={
                    "site": site.config.name,
                    "main_fuse": str(site.config.main_fuse),
                },
            )
        if self.takes_limits:
            await self.setup.limit_to(amperes)
        self.store({CONF_CIRCUIT_FUSE: amperes})

    async def set_enabled(self, *, enabled: bool) -> None:
        """Let people charge here, or nobody; a session that runs may go on to its end.

        Raises the errors of the station when the charger cannot be put into operation.
        """
        if enabled:
            await self.out_of_operation.put_back_charger()
        self.store({CONF_ENABLED: enabled})
        if not enabled and self.connected:
            await self.setup.put_out_of_operation()

    @callback
    def rebalance(self, changed: Connector | None = None) -> None:
        """Let the site's planning and load balancing look at what changed, on one connector or all."""
        if site := self.site:
            site.planning.look(changed)
            site.balancing.look()

    @callback
    def defied(self, connector: Connector, step: Defiance) -> None:
        """Tell the user that a limit is not obeyed, and what was done."""
        self._hub.issues.limit_ignored(connector, step)

    @callback
    def obeyed(self, connector: Connector) -> None:
        """Clear what a limit that was not obeyed raised."""
        self._hub.issues.limit_obeyed(connector)

    def watts(self, amperes: float) -> float:
        """Return the power in W that comes to a current per terminal in A."""
        site = self.site
        lines = len(self.config.wiring.lines)
        if lines == 3 and site and site.config.grid is GridType.TN_400:
            return 3 * 230 * amperes
        return (math.sqrt(3) if lines == 3 else 1) * 230 * amperes

    @callback
    def close(self) -> None:
        """Stop timers and tasks; the connection may end a moment later."""
        self.books.close()
        self.refreshing.close()
        self.gatekeeper.close()
        self.local_list.close()
        self.logs.close()
        self.firmware.close()
        self.cost_display.stop()
        self.reservations.close()
        self.second_system.close()
        self._presence.close()
        for connector in self.connectors.values():
            connector.close()
        self.setup.stop()

    # Its connection ---------------------------------------------------------------------------

    @callback
    def attach(self, station: Station) -> None:
        """Take up a charger that has come."""
        self._station = station
        self.traits.introduce(station)
        self._presence.came()
        self.security.came(station.remote)
        self._hub.issues.charger_online(self)
        _LOGGER.info("%s is connected", self.config.name)
        self.notify_all()

    @callback
    def detach(self, station: Station) -> None:
        """Let a charger go, unless it has come anew since."""
        if self._station is not station:
            return
        self._station = None
        self.setup.stop()
        self.cost_display.stop()
        self._presence.left()
        _LOGGER.info("%s has lost its connection", self.config.name)
        self.notify_all()
        self.rebalance()

    @callback
    def booted(self, boot: Boot) -> None:
        """Begin anew with a charger that has started."""
        before = self.boot_info.firmware if self.boot_info else None
        self.boot_info = boot
        self.traits.booted(boot)
        if self._station:
            self.traits.introduce(self._station)
        self.firmware.booted(before)
        # What a charger keeps over a restart, none can tell.
        self._forget_limits()
        update_device(self._hub, self)
        self.setup.begin()
        self.notify_all()

    async def refresh_costs(self) -> None:
        """Show what the current or last sessions cost by the prices of now; raises LedgerError."""
        for connector in self.connectors.values():
            connector.savings.refresh()
            if connector.cost:
                connector.cost = await self._hub.ledger.session_cost(connector.cost.session_id)
                connector.async_notify()

    # ------------------------------------------------------------------------------------------

    def _new_books(self) -> Bookkeeping:
        hub = self._hub
        return Bookkeeping(
            hub.ledger, hub.issues, self.config.charge_point_id, lambda: max_watt(self)
        )

    @callback
    def _forget_limits(self) -> None:
        self.fail_safe.forget()
        for connector in self.connectors.values():
            connector.limiter.forget()

    async def _recall_stop(self, connector: Connector) -> None:
        """Recall that somebody stopped the session of a car that may still be there."""
        found = await self._hub.ledger.sessions(
            charge_point_id=self.config.charge_point_id, limit=_NEWEST
        )
        last = next((s for s in found if s.connector_id == connector.connector_id), None)
        if last is None or last.stopped_at is None or last.ended_at is not None:
            return
        if SessionFlag.REFUSED not in last.flags:
            connector.smart.starting.ended(last)

    async def learn(self, connector: Connector) -> None:
        """Learn what the connector's cars took; raises LedgerError."""
        connector.smart.needs.history = await read_history(
            self._hub.ledger,
            self.config.charge_point_id,
            connector.connector_id,
            dt_util.utcnow(),
        )

    @callback
    def connector(self, connector_id: int) -> Connector | None:
        """Return a connector; one that shows itself for the first time is made known."""
        if connector_id in self.connectors:
            return self.connectors[connector_id]
        if 0 < connector_id <= (self.abilities.connectors or MAX_CONNECTORS):
            self._hub.add_connectors(self, connector_id)
        return self.connectors.get(connector_id)

    @callback
    def _gone(self) -> None:
        for connector in self.connectors.values():
            connector.went_silent()
        self.second_system.charger_gone()
        self.async_notify()

    @callback
    def _gone_for_long(self) -> None:
        # One that a flow still waits for is nobody's to repair.
        if self.config.subentry_id:
            self._hub.issues.charger_offline(self)
