"""What the chargers that somebody may speak of are called, kept up to date for Assist."""

from collections.abc import Iterator

from homeassistant.components.homeassistant.exposed_entities import async_should_expose
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.intent import async_get_entity_aliases

from .const import DOMAIN
from .devices import loaded_hub
from .intent import ASSIST
from .voice_lists import SpokenNames
from .voice_speaker import Speaker, connectors_for
from .voice_target import given_names


@callback
def spoken_names(hass: HomeAssistant) -> SpokenNames | None:
    """Return what the chargers are called of which Assist may know; None while no hub runs."""
    hub = loaded_hub(hass)
    if hub is None:
        return None
    names = {
        name
        for connector in connectors_for(hass, hub, Speaker(assistant=ASSIST))
        for name in given_names(hass, connector)
    }
    return SpokenNames.of(names, _names_of_others(hass) if names else ())


def _names_of_others(hass: HomeAssistant) -> Iterator[str]:
    """Yield what everything else is called of which Assist knows."""
    registry = er.async_get(hass)
    for state in hass.states.async_all():
        entry = registry.async_get(state.entity_id)
        if (entry and entry.platform == DOMAIN) or not async_should_expose(
            hass, ASSIST, state.entity_id
        ):
            continue
        yield from async_get_entity_aliases(hass, entry, state=state)
