"""The house: owns the central system, the ledger, the sites and the chargers."""

import asyncio
from collections.abc import Callable, Coroutine, Mapping
import contextlib
from dataclasses import replace
from hmac import compare_digest
import logging
from typing import Any

from homeassistant.config_entries import SOURCE_INTEGRATION_DISCOVERY, ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import discovery_flow

from .charger import Charger
from .charger_names import ChargerNames
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
from .const import CONF_CONNECTORS, CONF_METER, CONF_TOPIC, DOMAIN
from .cost_statistics import CostStatistics
from .csms import CentralSystem
from .device_upkeep import place_devices, update_device
from .door import Door
from .energy_answers import EnergyAnswers
from .hours_store import HoursStore
from .issues import Issues
from .kept_values import KeptValues
from .ledger import Ledger, LedgerError
from .load_learning import LoadStore
from .meter_search import MeterSearch
from .out_of_operation import OutOfOperationStore
from .own_limits import OwnLimits
from .prices_store import PricesStore
from .reservations import ReservationsStore
from .second_system_store import SecondSystemsStore
from .security_listener import HubSecurity, must_reconnect
from .security_tls import TlsKeeper
from .site import Site
from .token_register import TokenRegister
from .told_news import ToldStore
from .traits import TraitsStore
from .uploads import Uploads
from .wishes import WishesStore

_LOGGER = logging.getLogger(__name__)

type ZmartChargeConfigEntry = ConfigEntry[Hub]
type NewThings = Callable[[list[Site], list[Charger], list[Connector]], None]

#: Seconds that chargers have to take their safe current before the door is closed.
_STAND_DOWN_WITHIN = 5.0


class Hub:
    """One per config entry."""

    def __init__(self, hass: HomeAssistant, entry: ZmartChargeConfigEntry, ledger: Ledger) -> None:
        """Make a hub on an open ledger."""
        self.hass = hass
        self.entry = entry
        self.ledger = ledger
        self.config = HubConfig.of(hass, entry)
        self.issues = Issues(hass)
        self.door = Door(self)
        self.csms = CentralSystem(self.door, security=HubSecurity(self))
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
        self.out_of_operation = OutOfOperationStore(hass)
        self.told = ToldStore(hass)
        self.energy_answers = EnergyAnswers(hass)
        self.charger_names = ChargerNames(hass)
        self.tokens = TokenRegister(ledger)
        self.uploads = Uploads(hass)
        self.search = MeterSearch(self, self._offer_meter)
        self._trials: list[Site] = []
        self._new_things: list[NewThings] = []
        self.running = False
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
            self.out_of_operation,
            self.told,
            self.energy_answers,
            self.charger_names,
        )

    async def start(self) -> None:
        """Take up the configured things, then open the door. Raises CsmsError and LedgerError."""
        await self.hours.load()
        for store in self._stores:
            await store.load()
        await self.tokens.load()
        await self.hass.async_add_executor_job(self.uploads.files.tidy)
        await self._sync()
        self.running = True
        self.port = await self.csms.start(self.config.host, self.config.port)
        await self.tls.start()

    async def stop(self) -> None:
        """Close the door, then everything behind it."""
        self.running = False
        self.search.stop()
        await self.tls.stop()
        await self._stand_down()
        await self.csms.stop()
        for charger in (*self.chargers.values(), *self.door.expected.values()):
            charger.close()
        await asyncio.gather(*(each.second_system.ended() for each in self.chargers.values()))
        for site in (*self._trials, *self.sites.values()):
            site.close()
        self._trials = []
        # What it still answers may change what is kept.
        await self.ledger.close()
        await self.hours.save()
        for store in self._stores:
            await store.close()

    async def entry_changed(self, _hass: HomeAssistant, entry: ZmartChargeConfigEntry) -> None:
        """Follow a changed configuration; only a new address or ledger needs a reload."""
        config = HubConfig.of(self.hass, entry)
        if replace(config, tls=self.config.tls) != self.config:
            self.hass.config_entries.async_schedule_reload(entry.entry_id)
            return
        if config != self.config:
            self.config = config
            await self.tls.change(config)
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

    def _gives_certificates(self) -> bool:
        return any(charger.config.certificates for charger in self.chargers.values())

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

    @callback
    def make_up_changed(self, connectors: list[Connector]) -> None:
        """Give connectors what they have now, and take what they have no more."""
        self._announce([], [], connectors)

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
        # One that was removed, or has another id now, may come back for somebody else.
        await self.ledger.outbox.keep_only(
            charger.config.charge_point_id
            for charger in self.chargers.values()
            if charger.second_system.destination is not None
        )
        await self._end_sessions_of_others()
        connectors = [c for charger in chargers for c in charger.connectors.values()]
        self._announce(sites, chargers, connectors)
        self.tls.chargers_changed()
        place_devices(self)
        for site in self.sites.values():
            site.balancing.tend_fail_safes()
            site.balancing.look()
            site.planning.look()

    async def _end_sessions_of_others(self) -> None:
        """End the sessions of chargers that are gone: nobody would hear of their ends."""
        ours = {charger.config.charge_point_id for charger in self.chargers.values()}
        for session in await self.ledger.interrupt_others(ours | self.door.expected.keys()):
            _LOGGER.warning(
                "A session of %s, which is no charger of the house any more, is closed",
                session.charge_point_id,
            )

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
            self.door.forget(charger.config.charge_point_id)
            await self.csms.disconnect(charger.config.charge_point_id)
        touched = []
        for subentry_id, config in wanted.items():
            if known := self.chargers.get(subentry_id):
                identity = known.config.charge_point_id
                reconnects = must_reconnect(
                    known.config,
                    config,
                    self.csms.profile(identity),
                    self.csms.certificate(identity),
                )
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
            added = self.door.expected.get(config.charge_point_id) or Charger(self, config)
            added.apply(config)
            await added.restore()
            self.door.expected.pop(config.charge_point_id, None)
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
        # Also when there is nothing new: something may be gone.
        for listener in self._new_things:
            listener(sites, chargers, connectors)
        for charger in chargers:
            update_device(self, charger)


def discovery_id(charge_point_id: str) -> str:
    """Return the unique id of the flow that offers a charger."""
    return f"charger_{charge_point_id}"


def meter_discovery_id(topic: str) -> str:
    """Return the unique id of the flow that offers a meter's reader."""
    return f"meter_{topic}"
