"""The actions for reservations."""

from homeassistant.core import HomeAssistant, ServiceCall, callback
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import config_validation as cv
import voluptuous as vol

from .connector import Connector
from .const import DOMAIN
from .helpers import translated_errors
from .schemas import moment
from .targets import targeted_connectors

ATTR_ID_TAG = "id_tag"
ATTR_UNTIL = "until"

SERVICE_CANCEL_RESERVATION = "cancel_reservation"
SERVICE_RESERVE = "reserve"

_LONGEST_NAME = 100

_TARGET_SCHEMA = vol.Schema(cv.ENTITY_SERVICE_FIELDS)
_RESERVE_SCHEMA = _TARGET_SCHEMA.extend(
    {
        vol.Required(ATTR_ID_TAG): vol.All(
            cv.string, str.strip, vol.Length(min=1, max=_LONGEST_NAME)
        ),
        vol.Required(ATTR_UNTIL): moment,
    }
)


@callback
def async_setup_reservation_services(hass: HomeAssistant) -> None:
    """Register the actions; they are for who may start and stop charging too."""
    hass.services.async_register(DOMAIN, SERVICE_RESERVE, _reserve, schema=_RESERVE_SCHEMA)
    hass.services.async_register(DOMAIN, SERVICE_CANCEL_RESERVATION, _cancel, schema=_TARGET_SCHEMA)


async def _reserve(call: ServiceCall) -> None:
    connector = await _one_connector(call)
    with translated_errors(connector.charger.config.name):
        await connector.charger.reservations.reserve(
            connector, call.data[ATTR_ID_TAG], call.data[ATTR_UNTIL]
        )


async def _cancel(call: ServiceCall) -> None:
    connector = await _one_connector(call)
    with translated_errors(connector.charger.config.name):
        await connector.charger.reservations.cancel(connector)


async def _one_connector(call: ServiceCall) -> Connector:
    """Return the targeted connector; who has one card needs no two places."""
    connectors = await targeted_connectors(call)
    if len(connectors) > 1:
        raise ServiceValidationError(translation_domain=DOMAIN, translation_key="one_connector")
    return connectors[0]
