"""Events of chargers."""

from dataclasses import dataclass
from typing import override

from homeassistant.components.event import EventEntity, EventEntityDescription
from homeassistant.components.tag import async_scan_tag
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .access import Refusal
from .charger import Charger
from .charger_logs import LogNews
from .csms import VendorMessage
from .entity import LivingDescription, ZmartChargeEntity, async_add_living, online
from .gatekeeper import Presented
from .hub import ZmartChargeConfigEntry
from .log_files import KIND_NAMES
from .security_events import SecurityEvent, SecurityNote
from .vendor_messages import data_text

PARALLEL_UPDATES = 0

_ACCEPTED, _REFUSED, _LEARNED = "accepted", "refused", "learned"
_RECEIVED, _FAILED = "received", "failed"
ATTR_DATA = "data"
ATTR_FILE_NAME = "file_name"
ATTR_KIND = "kind"
ATTR_MESSAGE_ID = "message_id"
ATTR_OCCURRED_AT = "occurred_at"
ATTR_REASON = "reason"
ATTR_VENDOR = "vendor"


@dataclass(frozen=True, kw_only=True)
class ZmartChargeEventDescription(EventEntityDescription, LivingDescription[Charger]):
    """Describes an event of a charger."""


CHARGER_EVENTS = (
    ZmartChargeEventDescription(
        key="rfid",
        translation_key="rfid",
        event_types=[_ACCEPTED, _REFUSED, _LEARNED],
        available_fn=online,
    ),
)
SECURITY_EVENTS = (
    ZmartChargeEventDescription(
        key="security",
        translation_key="security",
        event_types=[event.value for event in SecurityEvent],
        entity_category=EntityCategory.DIAGNOSTIC,
        # Who is not let in is most worth knowing of while the charger is away.
        available_fn=lambda _: True,
    ),
)
LOG_EVENTS = (
    ZmartChargeEventDescription(
        key="log",
        translation_key="log",
        event_types=[_RECEIVED, _FAILED],
        entity_category=EntityCategory.DIAGNOSTIC,
        # That none came is most often so because the charger is away.
        available_fn=lambda _: True,
    ),
)

VENDOR_EVENTS = (
    ZmartChargeEventDescription(
        key="vendor_message",
        translation_key="vendor_message",
        event_types=[_RECEIVED],
        entity_category=EntityCategory.DIAGNOSTIC,
        # Nobody but the vendor knows what they mean, and some chargers send many.
        entity_registry_enabled_default=False,
        available_fn=online,
    ),
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: ZmartChargeConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the events."""
    async_add_living(hass, entry, async_add_entities, charger=(RfidEvent, CHARGER_EVENTS))
    async_add_living(
        hass, entry, async_add_entities, charger=(SecurityEventEntity, SECURITY_EVENTS)
    )
    async_add_living(hass, entry, async_add_entities, charger=(LogEvent, LOG_EVENTS))
    async_add_living(hass, entry, async_add_entities, charger=(VendorMessageEvent, VENDOR_EVENTS))


class RfidEvent(ZmartChargeEntity[Charger], EventEntity):
    """A card was held to the charger's reader.

    The card's number is a key to the charger, so it is not in the attributes; it goes to Home
    Assistant's tags, which know how to keep it. ``reason`` tells why a card was refused.
    """

    entity_description: ZmartChargeEventDescription

    @override
    async def async_added_to_hass(self) -> None:
        await super().async_added_to_hass()
        self.async_on_remove(self.living.gatekeeper.async_on_card(self._read))

    @callback
    def _read(self, card: Presented) -> None:
        if card.learned:
            self._trigger_event(_LEARNED)
        elif isinstance(card.decision, Refusal):
            self._trigger_event(_REFUSED, {ATTR_REASON: card.decision.reason.value})
        else:
            self._trigger_event(_ACCEPTED)
        self.async_write_ha_state()
        if not card.registered:
            # Home Assistant would make an entity of each number that anybody holds to the reader.
            return
        device_id = self.device_entry.id if self.device_entry else None
        self.hass.async_create_task(async_scan_tag(self.hass, card.id_tag, device_id), "RFID tag")


class SecurityEventEntity(ZmartChargeEntity[Charger], EventEntity):
    """Something that may threaten the charger, noticed by itself or by us.

    ``reason`` tells why we refused something. ``occurred_at`` is when by the charger's own clock: it
    may tell of it days later.
    """

    entity_description: ZmartChargeEventDescription

    @override
    async def async_added_to_hass(self) -> None:
        await super().async_added_to_hass()
        self.async_on_remove(self.living.security.notes.async_listen(self._hear))

    @callback
    def _hear(self, note: SecurityNote) -> None:
        attributes = {
            ATTR_REASON: note.reason,
            ATTR_OCCURRED_AT: note.occurred_at and note.occurred_at.isoformat(),
        }
        told = {name: value for name, value in attributes.items() if value is not None}
        self._trigger_event(note.event.value, told)
        self.async_write_ha_state()


class LogEvent(ZmartChargeEntity[Charger], EventEntity):
    """A log of the charger came, under this ``file_name``, or did not, for this ``reason``."""

    entity_description: ZmartChargeEventDescription

    @override
    async def async_added_to_hass(self) -> None:
        await super().async_added_to_hass()
        self.async_on_remove(self.living.logs.async_listen(self._hear))

    @callback
    def _hear(self, news: LogNews) -> None:
        kind = {ATTR_KIND: KIND_NAMES[news.kind]}
        if news.file is not None:
            self._trigger_event(_RECEIVED, kind | {ATTR_FILE_NAME: news.file.name})
        elif news.failure is not None:
            self._trigger_event(_FAILED, kind | {ATTR_REASON: news.failure.value})
        self.async_write_ha_state()


class VendorMessageEvent(ZmartChargeEntity[Charger], EventEntity):
    """The charger said something that only its vendor understands."""

    _unrecorded_attributes = frozenset({ATTR_DATA})

    entity_description: ZmartChargeEventDescription

    @override
    async def async_added_to_hass(self) -> None:
        await super().async_added_to_hass()
        self.async_on_remove(self.living.vendor_messages.async_listen(self._hear))

    @callback
    def _hear(self, message: VendorMessage) -> None:
        told = {
            ATTR_VENDOR: message.vendor_id,
            ATTR_MESSAGE_ID: message.message_id,
            ATTR_DATA: data_text(message),
        }
        self._trigger_event(_RECEIVED, told)
        self.async_write_ha_state()
