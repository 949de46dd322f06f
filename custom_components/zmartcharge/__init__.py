"""EV chargers, sites and the meter of a house in Home Assistant."""

from contextlib import AsyncExitStack

from homeassistant.const import CONF_TYPE, EVENT_HOMEASSISTANT_STOP, Platform
from homeassistant.core import Event, HomeAssistant
from homeassistant.exceptions import ConfigEntryNotReady, HomeAssistantError
from homeassistant.helpers import config_validation as cv, device_registry as dr
from homeassistant.helpers.typing import ConfigType

from .automation_kind import LOAD_BALANCING, SMART_CHARGING
from .automation_removal import AutomationRemoval
from .automations import Automations
from .balance_trigger import async_announce_needs
from .blueprint_install import Blueprints
from .card import CARD, Card
from .charger_names import ChargerNames
from .config import HubConfig, MeterType, chargers_of, sites_of
from .const import CONF_METER, CONF_METER_TOPIC, CONF_TOPIC, DOMAIN, SUBENTRY_SITE
from .csms import CsmsError
from .energy_offer import EnergyOffer, take_back_all
from .hours_store import HoursStore
from .http import async_register_views
from .hub import Hub, ZmartChargeConfigEntry
from .issues import Issues
from .ledger import Ledger, LedgerError
from .load_learning import LoadStore
from .name_keeper import NameKeeper
from .news import News
from .out_of_operation import OutOfOperationStore
from .overview import OVERVIEW
from .own_limits import OwnLimits
from .panel import PANEL, Panel
from .panel_api import async_register_panel_commands
from .plan_trigger import async_announce_plans
from .prices_store import PricesStore
from .reservations import ReservationsStore
from .second_system_store import SecondSystemsStore
from .sentences import async_update, async_withdraw
from .services import async_setup_services
from .told_news import ToldStore
from .traits import TraitsStore
from .uploads import Uploads
from .websocket_api import async_register_commands
from .wishes import WishesStore

CONFIG_SCHEMA = cv.config_entry_only_config_schema(DOMAIN)

PLATFORMS = [
    Platform.BINARY_SENSOR,
    Platform.BUTTON,
    Platform.CALENDAR,
    Platform.EVENT,
    Platform.NUMBER,
    Platform.SELECT,
    Platform.SENSOR,
    Platform.SWITCH,
    Platform.TIME,
    Platform.UPDATE,
]


async def async_setup(hass: HomeAssistant, config: ConfigType) -> bool:
    """Set up what is there once: the actions, the views, the card and the panel."""
    async_setup_services(hass)
    async_register_views(hass)
    async_register_commands(hass)
    async_register_panel_commands(hass)
    hass.data[PANEL] = Panel(hass)
    card = hass.data[CARD] = Card(hass)
    await card.serve()
    return True


async def async_setup_entry(hass: HomeAssistant, entry: ZmartChargeConfigEntry) -> bool:
    """Open the ledger, then the door for chargers."""
    hub = Hub(hass, entry, await _open_ledger(hass, entry))
    async with AsyncExitStack() as undo:
        # Whatever goes wrong: the port and the ledger must be free for the next try.
        undo.push_async_callback(hub.stop)
        await _start(hub)
        entry.runtime_data = hub
        await hass.config_entries.async_forward_entry_setups(entry, PLATFORMS)
        async_announce_needs(hub)
        async_announce_plans(hub)
        Blueprints(hass).start(hub)
        Automations(hub, LOAD_BALANCING).start()
        Automations(hub, SMART_CHARGING).start()
        AutomationRemoval(hub).start()
        hub.cost_statistics.start()
        News(hub).start()
        EnergyOffer(hub).start()
        hub.charger_names.follow(hub)
        hass.data[OVERVIEW].attach(hub)
        hass.data[CARD].offer()
        await hass.data[PANEL].offer(hass.data[CARD].url)
        await async_update(hass)
        NameKeeper(hub).start()
        # Last, because what is found is offered by a flow, which needs a hub that is set up.
        hub.search.start()
        undo.pop_all()

    async def stop(_event: Event) -> None:
        await hub.stop()

    entry.async_on_unload(hass.bus.async_listen_once(EVENT_HOMEASSISTANT_STOP, stop))
    entry.async_on_unload(entry.add_update_listener(hub.entry_changed))
    return True


async def async_migrate_entry(hass: HomeAssistant, entry: ZmartChargeConfigEntry) -> bool:
    """Bring older data up to date: a site once had nothing but the topic of its meter."""
    if entry.version > 1:
        return False
    if entry.minor_version < 2:
        for subentry in entry.get_subentries_of_type(SUBENTRY_SITE):
            data = dict(subentry.data)
            if topic := data.pop(CONF_METER_TOPIC, None):
                data[CONF_METER] = {CONF_TYPE: MeterType.MQTT, CONF_TOPIC: topic}
            hass.config_entries.async_update_subentry(entry, subentry, data=data)
        hass.config_entries.async_update_entry(entry, minor_version=2)
    return True


async def async_unload_entry(hass: HomeAssistant, entry: ZmartChargeConfigEntry) -> bool:
    """Close the door and the ledger."""
    if unloaded := await hass.config_entries.async_unload_platforms(entry, PLATFORMS):
        await entry.runtime_data.stop()
    return unloaded


async def async_remove_config_entry_device(
    hass: HomeAssistant, entry: ZmartChargeConfigEntry, device: dr.AnyDeviceEntry
) -> bool:
    """Refuse to remove a device that is still configured; its subentry is the way to do that.

    Raises a translated error for a site that still has chargers.
    """
    subentries = {identifier for domain, identifier in device.identifiers if domain == DOMAIN}
    names = [c.name for c in chargers_of(entry).values() if c.site_id in subentries]
    if names:
        raise HomeAssistantError(
            translation_domain=DOMAIN,
            translation_key="site_has_chargers",
            translation_placeholders={"chargers": ", ".join(names)},
        )
    chargers = chargers_of(entry)
    connectors = {
        f"{subentry_id}_{connector_id}"
        for subentry_id, charger in chargers.items()
        for connector_id in range(1, charger.connectors + 1)
    }
    return not subentries & (sites_of(entry).keys() | chargers.keys() | connectors)


async def async_remove_entry(hass: HomeAssistant, entry: ZmartChargeConfigEntry) -> None:
    """Clear what was raised, and remove logs; the sessions stay where they are."""
    # One that was never enabled was never set up either.
    await (hass.data.get(CARD) or Card(hass)).withdraw()
    (hass.data.get(PANEL) or Panel(hass)).withdraw()
    Issues(hass).forget_all()
    await HoursStore(hass, {}).remove()
    await Blueprints(hass).remove()
    await take_back_all(hass)
    for kind in (
        OwnLimits,
        WishesStore,
        PricesStore,
        LoadStore,
        TraitsStore,
        ReservationsStore,
        SecondSystemsStore,
        OutOfOperationStore,
        ToldStore,
        ChargerNames,
    ):
        await kind(hass).remove()
    await hass.async_add_executor_job(Uploads(hass).files.forget_all)
    await async_withdraw(hass)


async def _start(hub: Hub) -> None:
    placeholders = {"host": hub.config.host, "port": str(hub.config.port)}
    try:
        await hub.start()
    except CsmsError as err:
        raise ConfigEntryNotReady(
            translation_domain=DOMAIN,
            translation_key=err.key,
            translation_placeholders=placeholders | {"error": str(err)},
        ) from err
    except LedgerError as err:
        hub.issues.ledger_failed(err)
        raise ConfigEntryNotReady(
            translation_domain=DOMAIN,
            translation_key=f"ledger_{err.key}",
            translation_placeholders={"error": str(err)},
        ) from err


async def _open_ledger(hass: HomeAssistant, entry: ZmartChargeConfigEntry) -> Ledger:
    issues = Issues(hass)
    try:
        ledger = await Ledger.open(HubConfig.of(hass, entry).database_url)
    except LedgerError as err:
        issues.ledger_failed(err)
        raise ConfigEntryNotReady(
            translation_domain=DOMAIN,
            translation_key=f"ledger_{err.key}",
            translation_placeholders={"error": str(err)},
        ) from err
    issues.ledger_opened()
    return ledger
