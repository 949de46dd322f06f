"""What a user of Home Assistant may see and do of our things."""

from homeassistant.auth.models import User
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import entity_registry as er

from .const import DOMAIN


@callback
def may(hass: HomeAssistant, user: User, key: str, policy: str) -> bool:
    """Tell whether a user may see, or control, the connector of a key: as with its status.

    ``policy`` is one of Home Assistant's, such as ``POLICY_READ``.
    """
    if user.permissions.access_all_entities(policy):
        return True
    status = er.async_get(hass).async_get_entity_id(Platform.SENSOR, DOMAIN, f"{key}_status")
    return status is not None and user.permissions.check_entity(status, policy)
