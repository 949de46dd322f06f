"""Who speaks, and which chargers they may speak of."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from homeassistant.auth.models import User
from homeassistant.auth.permissions.const import POLICY_CONTROL, POLICY_READ
from homeassistant.components.homeassistant.exposed_entities import async_should_expose
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.helpers.chat_session import current_session

from .connector import Connector
from .const import DOMAIN
from .hub import Hub
from .permissions import may

#: With these people control charging: one of them is exposed, or nobody controls it by voice.
_CONTROLS: Final = (
    (Platform.SWITCH, "charging"),
    (Platform.SWITCH, "smart_charging"),
    (Platform.BUTTON, "start"),
    (Platform.BUTTON, "stop"),
    (Platform.SELECT, "charging_mode"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Speaker:
    """Who speaks.

    ``users``: all of them must be allowed what is done; without one it is the house itself, as with a
    voice satellite. ``assistant``: to which entities must be exposed. ``area_id``: where the satellite
    is. ``device_id``, ``conversation_id``: what somebody speaks to, and in which conversation.
    """

    assistant: str
    users: tuple[User, ...] = ()
    area_id: str | None = None
    device_id: str | None = None
    conversation_id: str | None = None

    @property
    def key(self) -> tuple[str | None, ...] | None:
        """Return by what a speaker is known when they speak again, None when by nothing."""
        who = tuple(user.id for user in self.users)
        if self.device_id:
            return ("device", *who, self.device_id)
        if who:
            return ("user", *who)
        return ("conversation", self.conversation_id) if self.conversation_id else None


@callback
def connectors_for(hass: HomeAssistant, hub: Hub, speaker: Speaker) -> list[Connector]:
    """Return the connectors that a speaker may ask about: those that have an exposed entity."""
    return [
        connector
        for charger in hub.chargers.values()
        for connector in charger.connectors.values()
        if _may(hass, connector, speaker, POLICY_READ) and _is_exposed(hass, connector, speaker)
    ]


@callback
def may_control(hass: HomeAssistant, connector: Connector, speaker: Speaker) -> bool:
    """Tell whether the users who speak may control a connector."""
    return _may(hass, connector, speaker, POLICY_CONTROL)


@callback
def is_controllable(hass: HomeAssistant, connector: Connector, speaker: Speaker) -> bool:
    """Tell whether something is exposed by which charging can be controlled."""
    registry = er.async_get(hass)
    found = (
        registry.async_get_entity_id(platform, DOMAIN, f"{connector.key}_{key}")
        for platform, key in _CONTROLS
    )
    return any(
        async_should_expose(hass, speaker.assistant, entity_id) for entity_id in found if entity_id
    )


@callback
def devices_of(hass: HomeAssistant, connector: Connector) -> Iterator[dr.AnyDeviceEntry]:
    """Yield the device of a connector, if it has one of its own, and that of its charger."""
    registry = dr.async_get(hass)
    for entry in hass.config_entries.async_loaded_entries(DOMAIN):
        own = registry.async_get_child_device_by_identifier((DOMAIN, connector.key), entry.entry_id)
        subentry_id = connector.charger.config.subentry_id
        charger = registry.async_get_device_by_identifier((DOMAIN, subentry_id), entry.entry_id)
        yield from (device for device in (own, charger) if device)


@callback
def entities_of(hass: HomeAssistant, connector: Connector) -> list[er.RegistryEntry]:
    """Return the entities of a connector, and of its charger."""
    registry = er.async_get(hass)
    return [
        entity
        for device in devices_of(hass, connector)
        for entity in er.async_entries_for_device(registry, device.id)
        if entity.platform == DOMAIN
    ]


def _may(hass: HomeAssistant, connector: Connector, speaker: Speaker, policy: str) -> bool:
    return all(may(hass, user, connector.key, policy) for user in speaker.users)


def _is_exposed(hass: HomeAssistant, connector: Connector, speaker: Speaker) -> bool:
    return any(
        async_should_expose(hass, speaker.assistant, entity.entity_id)
        for entity in entities_of(hass, connector)
    )


class UnknownSpeakerError(Exception):
    """Somebody speaks whom Home Assistant does not know any more."""


async def speaker_of(
    hass: HomeAssistant,
    *user_ids: str | None,
    assistant: str,
    device_id: str | None = None,
    area_id: str | None = None,
    conversation_id: str | None = None,
) -> Speaker:
    """Return who speaks to a device, in its area if none is given. Raises UnknownSpeakerError."""
    users = []
    for user_id in dict.fromkeys(user_ids):
        if user_id is None:
            continue
        user = await hass.auth.async_get_user(user_id)
        if user is None or not user.is_active:
            raise UnknownSpeakerError(user_id)
        users.append(user)
    session = current_session.get()
    return Speaker(
        assistant=assistant,
        users=tuple(users),
        area_id=area_id or _area_of(hass, device_id),
        device_id=device_id,
        conversation_id=conversation_id or (session.conversation_id if session else None),
    )


@callback
def _area_of(hass: HomeAssistant, device_id: str | None) -> str | None:
    device = dr.async_get(hass).async_get(device_id) if device_id else None
    return dr.async_get_effective_area_id(hass, device) if device else None
