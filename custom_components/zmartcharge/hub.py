"""The house: owns the central system, the ledger, the sites and the chargers."""

import asyncio
from collections.abc import Callable, Coroutine, Mapping
import contextlib
from datetime import datetime, timedelta
from hmac import compare_digest
import logging
from typing import Any, override

from homeassistant.config_entries import SOURCE_INTEGRATION_DISCOVERY, ConfigEntry, ConfigEntryState
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import device_registry as dr, discovery_flow
from homeassistant.util import dt as dt_util

from .charger import Charger
from .config import (
    ChargerConfig,
    HubConfig,
    MqttMeter,
    PowUMeter,
    SiteConfig,
    chargers_of,
    sites_of,
)
from .connector import Connector
from .const import CONF_CHARGE_POINT_ID, CONF_CONNECTORS, CONF_METER, CONF_TOPIC, DOMAIN
from .cost_statistics import CostStatistics
from .csms import CentralSystem, Directory, Registration
from .hours_store import HoursStore
from .issues import Issues
from .kept_values import KeptValues
from .ledger import Ledger, LedgerError
from .load_learning import LoadStore
from .meter_search import MeterSearch
from .own_limits import OwnLimits
from .prices_store import PricesStore
from .reservations import ReservationsStore
from .second_system_store import SecondSystemsStore
from .security_events import SecurityEvent
from .security_listener import HubSecurity, must_reconnect
from .security_tls import TlsKeeper
from .site import Site
from .token_register import TokenRegister
from .traits import TraitsStore
from .uploads import Uploads
from .wishes import WishesStore

_LOGGER = logging.getLogger(__name__)

type ZmartChargeConfigEntry = ConfigEntry[Hub]
type NewThings = Callable[[list[Site], list[Charger], list[Connector]], None]

#: Unknown ids remembered for an hour, so that each raises one notice; more come only from an
#: attacker, who cannot keep real chargers from being offered for longer than that.
_MAX_UNKNOWN = 20
_UNKNOWN_FOR = timedelta(hours=1)
#: Seconds that chargers have to take their safe current before the door is closed.
_STAND_DOWN_WITHIN = 5.0


class Hub(Directory):
    """One per config entry."""

    def __init__(self, hass: HomeAssistant, entry: ZmartChargeConfigEntry, ledger: Ledger) -> None:
        """Make a hub on an open ledger."""
        self.hass = hass
        self.entry = entry
        self.ledger = ledger
        self.config = HubConfig.of(hass, entry)
        self.issues = Issues(hass)
        self.csms = CentralSystem(self, security=HubSecurity(self))
        self.tls = TlsKeeper(hass, self.csms, self.config, self.issues, self._gives_certificates)
        self.port = self.config.port
        self.sites: dict[str, Site] = {}
        self.chargers: dict[str, Charger] = {}
        self.hours = HoursStore(hass, self.sites)
        self.cost_statistics = CostStatistics(self)
        self.own_limits = OwnLimits(hass)
        self.wishes = WishesStore(hass)
        self.prices = PricesStore(hass)
        self.loads = LoadStore(hass)
        self.traits = TraitsStore(hass)
        self.reservations = ReservationsStore(hass)
        self.second_systems = SecondSystemsStore(hass)
        self.tokens = TokenRegister(ledger)
        self.uploads = Uploads(hass)
        self.search = MeterSearch(self, self._offer_meter)
        self._trials: list[Site] = []
        self._expected: dict[str, Charger] = {}
        self._unknown: dict[str, datetime] = {}
        self._new_things: list[NewThings] = []
        self._running = False
        self._syncing = asyncio.Lock()

    @property
    def _stores(self) -> tuple[KeptValues[Any], ...]:
        """Return what is kept over a restart, beside the hours, which need the sites."""
        return (
            self.own_limits,
            self.wishes,
            self.prices,
            self.loads,
            self.traits,
            self.reservations,
            self.second_systems,
        )

    async def start(self) -> None:
        """Take up the configured things, then open the door. Raises CsmsError and LedgerError."""
        await self.hours.load()
        for store in self._stores:
            await store.load()
        await self.tokens.load()
        await self.hass.async_add_executor_job(self.uploads.files.tidy)
        await self._sync()
        self._running = True
        self.port = await self.csms.start(self.config.host, self.config.port)
        await self.tls.start()

    async def stop(self) -> None:
        """Close the door, then everything behind it."""
        self._running = False
        self.search.stop()
        await self.tls.stop()
        await self._stand_down()
        await self.csms.stop()
        for charger in (*self.chargers.values(), *self._expected.values()):
            charger.close()
        await asyncio.gather(*(each.second_system.ended() for each in self.chargers.values()))
        for site in (*self._trials, *self.sites.values()):
            site.close()
        self._trials = []
        await self.hours.save()
        for store in self._stores:
            await store.save()
        await self.ledger.close()

    async def entry_changed(self, _hass: HomeAssistant, entry: ZmartChargeConfigEntry) -> None:
        """Follow a changed configuration; only a new address or ledger needs a reload."""
        if HubConfig.of(self.hass, entry) != self.config:
            self.hass.config_entries.async_schedule_reload(entry.entry_id)
            return
        try:
            await self._sync()
        except LedgerError as err:
            self.issues.ledger_failed(err)

    @callback
    def async_on_new_things(self, listener: NewThings) -> None:
        """Give a platform what exists now, and later what is added or changed its make-up."""
        chargers = list(self.chargers.values())
        connectors = [c for charger in chargers for c in charger.connectors.values()]
        listener(list(self.sites.values()), chargers, connectors)
        self._new_things.append(listener)
        self.entry.async_on_unload(lambda: self._new_things.remove(listener))

    def create_task[T](self, job: Coroutine[Any, Any, T], name: str) -> asyncio.Task[T]:
        """Run a job that ends with the entry."""
        return self.entry.async_create_background_task(self.hass, job, f"{DOMAIN} {name}")

    # Who may connect ------------------------------------------------------------------------

    @override
    def find(self, charge_point_id: str) -> Registration | None:
        """Return a charger that is configured, or that a flow waits for."""
        charger = self.charger_or_expected(charge_point_id)
        if charger is None:
            return None
        return Registration(
            key_hash=charger.config.key_hash,
            new_key_hash=charger.config.new_key_hash,
            handler=charger,
            barred=charger.left_alone,
            profile=charger.config.profile,
            certificates=frozenset(charger.config.certificates),
            serial_number=charger.boot_info.serial if charger.boot_info else None,
        )

    @override
    def unknown(self, charge_point_id: str, remote: str) -> None:
        """Offer an unknown charger to the user, once."""
        now = dt_util.utcnow()
        for known, since in list(self._unknown.items()):
            if now - since > _UNKNOWN_FOR:
                del self._unknown[known]
        # While the hub is set up there is nothing yet that a charger could be added to.
        if self.entry.state is not ConfigEntryState.LOADED or charge_point_id in self._unknown:
            return
        if len(self._unknown) >= _MAX_UNKNOWN:
            return
        self._unknown[charge_point_id] = now
        _LOGGER.info("Unknown charger %s at %s wants to connect", charge_point_id, remote)
        discovery_flow.async_create_flow(
            self.hass,
            DOMAIN,
            context={"source": SOURCE_INTEGRATION_DISCOVERY},
            data={CONF_CHARGE_POINT_ID: charge_point_id},
        )

    @override
    def refused(self, charge_point_id: str, remote: str) -> None:
        """Note a wrong key, for the log and for the flow that waits for the charger."""
        _LOGGER.warning("%s at %s came with wrong credentials", charge_point_id, remote)
        if charger := self.charger_or_expected(charge_point_id):
            charger.refused.set()
            charger.security.note(SecurityEvent.WRONG_KEY)

    def chargers_of_site(self, site: Site) -> list[Charger]:
        """Return the chargers of a site."""
        subentry_id = site.config.subentry_id
        return [c for c in self.chargers.values() if c.config.site_id == subentry_id]

    async def refresh_costs(self, site: Site) -> None:
        """Show what the site's sessions cost by other prices than before; raises LedgerError."""
        for charger in self.chargers_of_site(site):
            await charger.refresh_costs()

    def charger_by_id(self, charge_point_id: str) -> Charger | None:
        """Return the configured charger of a charge point id."""
        found = (c for c in self.chargers.values() if c.config.charge_point_id == charge_point_id)
        return next(found, None)

    def charger_or_expected(self, charge_point_id: str) -> Charger | None:
        """Return the charger that is configured by this id, or that a flow waits for."""
        return self.charger_by_id(charge_point_id) or self._expected.get(charge_point_id)

    def _gives_certificates(self) -> bool:
        return any(charger.config.certificates for charger in self.chargers.values())

    @callback
    def expect(self, config: ChargerConfig) -> Charger:
        """Let a charger in that a flow is about to add."""
        charger = self._expected.get(config.charge_point_id)
        if charger is None:
            charger = self._expected[config.charge_point_id] = Charger(self, config)
        else:
            charger.config = config
        return charger

    @callback
    def unexpect(self, charge_point_id: str) -> None:
        """Forget a charger whose flow ended without adding it."""
        self._unknown.pop(charge_point_id, None)
        if any(s.unique_id == charge_point_id for s in self.entry.subentries.values()):
            return
        if charger := self._expected.pop(charge_point_id, None):
            charger.close()
            if self._running:
                self.create_task(self.csms.disconnect(charge_point_id), "disconnect")

    # The devices ------------------------------------------------------------------------------

    async def _stand_down(self) -> None:
        """Leave no session at a limit that nobody watches any more."""
        jobs = [site.balancing.stand_down() for site in self.sites.values()]
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_STAND_DOWN_WITHIN):
                await asyncio.gather(*jobs)

    @callback
    def add_connectors(self, charger: Charger, connectors: int) -> None:
        """Make a charger's further connectors known, now and for the next start."""
        first = len(charger.connectors) + 1
        for connector_id in range(first, connectors + 1):
            charger.connectors[connector_id] = Connector(charger, connector_id)
        if charger.config.subentry_id in self.chargers:
            self._announce([], [], [charger.connectors[n] for n in range(first, connectors + 1)])
            self.store(charger, {CONF_CONNECTORS: connectors})

    # Meters ---------------------------------------------------------------------------------

    @callback
    def keep_hours(self) -> None:
        """Note that a site's account has changed."""
        self.hours.changed()

    @callback
    def try_site(self, config: SiteConfig) -> Site:
        """Listen to a meter that a flow is about to add."""
        site = Site(self, config)
        self._trials.append(site)
        site.open()
        return site

    @callback
    def end_trial(self, site: Site) -> None:
        """Stop listening to the meter of a flow that has ended."""
        site.close()
        self._trials = [trial for trial in self._trials if trial is not site]

    def tries(self, site: Site) -> bool:
        """Tell whether the meter of a flow is listened to."""
        return any(trial is site for trial in self._trials)

    def has_meter(self, topic: str) -> bool:
        """Tell whether a site has the reader on this topic already."""
        meters = (site.config.meter for site in self.sites.values())
        return any(isinstance(meter, MqttMeter) and meter.topic == topic for meter in meters)

    @callback
    def _offer_meter(self, topic: str) -> None:
        """Offer a reader that was found to the sites that have none."""
        if self.has_meter(topic) or all(site.config.meter for site in self.sites.values()):
            return
        discovery_flow.async_create_flow(
            self.hass,
            DOMAIN,
            context={"source": SOURCE_INTEGRATION_DISCOVERY},
            data={CONF_TOPIC: topic},
        )

    def sites_of_token(self, token: str) -> list[Site]:
        """Return the site whose Pow-U has this token; takes as long for a wrong one.

        While a flow changes that site, what it tries hears the unit too.
        """
        return [
            site
            for site in (*self._trials, *self.sites.values())
            if isinstance(meter := site.config.meter, PowUMeter)
            and compare_digest(meter.token, token)
        ]

    @callback
    def set_meter(self, site: Site, meter: Mapping[str, Any]) -> None:
        """Write a meter into a site's subentry; the site follows."""
        if subentry := self.entry.subentries.get(site.config.subentry_id):
            self.hass.config_entries.async_update_subentry(
                self.entry, subentry, data={**subentry.data, CONF_METER: meter}
            )

    @callback
    def store(self, charger: Charger, changes: dict[str, Any]) -> None:
        """Write changes into a charger's subentry; the charger follows without reconnecting."""
        # It may have been removed while the charger was asked.
        if subentry := self.entry.subentries.get(charger.config.subentry_id):
            self.hass.config_entries.async_update_subentry(
                self.entry, subentry, data={**subentry.data, **changes}
            )

    @callback
    def update_device(self, charger: Charger) -> None:
        """Write what a charger says about itself into its device."""
        boot, device = charger.boot_info, self._device(charger.config.subentry_id)
        if boot and device:
            dr.async_get(self.hass).async_update_device(
                device.id,
                manufacturer=boot.vendor or None,
                model=boot.model or None,
                serial_number=boot.serial,
                sw_version=boot.firmware,
            )

    def _device(self, subentry_id: str | None) -> dr.DeviceEntry | None:
        registry = dr.async_get(self.hass)
        identifier = (DOMAIN, subentry_id or "")
        return registry.async_get_device_by_identifier(identifier, self.entry.entry_id)

    @callback
    def _place_devices(self) -> None:
        """Let the devices follow new names, and chargers that moved to another site."""
        registry = dr.async_get(self.hass)
        for site in self.sites.values():
            if device := self._device(site.config.subentry_id):
                registry.async_update_device(device.id, name=site.config.name)
        for charger in self.chargers.values():
            if device := self._device(charger.config.subentry_id):
                via = self._device(charger.config.site_id)
                registry.async_update_device(
                    device.id, name=charger.config.name, via_device_id=via.id if via else None
                )

    # Following the configuration --------------------------------------------------------------

    async def _sync(self) -> None:
        async with self._syncing:
            await self._sync_locked()

    async def _sync_locked(self) -> None:
        sites = self._sync_sites(sites_of(self.entry))
        chargers = await self._sync_chargers(chargers_of(self.entry))
        # With its site's meter a charger gains and loses what tells of load balancing.
        changed = {site.config.subentry_id for site in sites}
        chargers += [
            charger
            for charger in self.chargers.values()
            if charger.config.site_id in changed and charger not in chargers
        ]
        for charger in self.chargers.values():
            if charger.config.site_id in self.sites:
                self.issues.site_found(charger.config.subentry_id)
            else:
                self.issues.site_missing(charger)
        connectors = [c for charger in chargers for c in charger.connectors.values()]
        self._announce(sites, chargers, connectors)
        self.tls.chargers_changed()
        self._place_devices()
        for site in self.sites.values():
            site.balancing.tend_fail_safes()
            site.balancing.look()
            site.planning.look()

    def _sync_sites(self, wanted: dict[str, SiteConfig]) -> list[Site]:
        """Return the sites that are new or have changed."""
        for subentry_id in self.sites.keys() - wanted.keys():
            self.sites[subentry_id].planning.let_go()
            self.sites.pop(subentry_id).close()
            self.issues.forget_site(subentry_id)
        touched = []
        for subentry_id, config in wanted.items():
            if site := self.sites.get(subentry_id):
                if site.config != config:
                    site.apply(config)
                    touched.append(site)
            else:
                site = self.sites[subentry_id] = Site(self, config)
                self.hours.restore(site)
                touched.append(site)
                site.open()
        for site in touched:
            if isinstance(meter := site.config.meter, MqttMeter):
                self._dismiss_discovery(meter_discovery_id(meter.topic))
        return touched

    async def _sync_chargers(self, wanted: dict[str, ChargerConfig]) -> list[Charger]:
        """Return the chargers that are new, or have other lines or connectors."""
        for subentry_id in self.chargers.keys() - wanted.keys():
            charger = self.chargers[subentry_id]
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_STAND_DOWN_WITHIN):
                    await charger.release()
            del self.chargers[subentry_id]
            charger.close()
            self.issues.forget_charger(subentry_id)
            await self.hass.async_add_executor_job(self.uploads.files.forget, subentry_id)
            self._unknown.pop(charger.config.charge_point_id, None)
            await self.csms.disconnect(charger.config.charge_point_id)
        touched = []
        for subentry_id, config in wanted.items():
            if known := self.chargers.get(subentry_id):
                identity = known.config.charge_point_id
                reconnects = must_reconnect(known.config, config, self.csms.profile(identity))
                if known.config.makes_up != config.makes_up:
                    touched.append(known)
                known.apply(config)
                if reconnects:
                    await self.csms.disconnect(identity)
                if identity != config.charge_point_id:
                    self._dismiss_discovery(discovery_id(config.charge_point_id))
                    known.forget()
                    await known.restore()
                continue
            # One that a flow waited for keeps its connection and what it has said.
            added = self._expected.get(config.charge_point_id) or Charger(self, config)
            added.apply(config)
            await added.restore()
            self._expected.pop(config.charge_point_id, None)
            self.chargers[subentry_id] = added
            touched.append(added)
            self._dismiss_discovery(discovery_id(config.charge_point_id))
        return touched

    @callback
    def _dismiss_discovery(self, unique_id: str) -> None:
        """End the offer to add a charger or a meter that has been added by another way."""
        flows = self.hass.config_entries.flow
        for flow in flows.async_progress_by_handler(DOMAIN, match_context={"unique_id": unique_id}):
            # The flow that adds it at this moment ends by itself.
            if flow["step_id"] in ("discovered", "meter_found"):
                flows.async_abort(flow["flow_id"])

    @callback
    def _announce(
        self, sites: list[Site], chargers: list[Charger], connectors: list[Connector]
    ) -> None:
        if sites or chargers or connectors:
            for listener in self._new_things:
                listener(sites, chargers, connectors)
        for charger in chargers:
            self.update_device(charger)


def discovery_id(charge_point_id: str) -> str:
    """Return the unique id of the flow that offers a charger."""
    return f"charger_{charge_point_id}"


def meter_discovery_id(topic: str) -> str:
    """Return the unique id of the flow that offers a meter's reader."""
    return f"meter_{topic}"
