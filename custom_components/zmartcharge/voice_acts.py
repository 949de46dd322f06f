"""What is done by voice to one connector; each returns what is said to it, and raises what it raises."""

from homeassistant.core import HomeAssistant

from .connector import Connector
from .plan_text import told_text
from .status import Status
from .voice_answers import state_of
from .voice_target import spoken_name
from .voice_text import Words


async def start(hass: HomeAssistant, connector: Connector, words: Words) -> str:
    """Start a session."""
    name = spoken_name(hass, connector)
    if connector.in_session and connector.plugged is not False:
        if connector.status is Status.CHARGING:
            return words.say("already_charging", charger=name)
        return words.say("already_started", state=state_of(hass, connector, words))
    if connector.user_limit == 0:
        return words.say("switched_off", charger=name)
    await connector.start()
    if connector.plugged is not True:
        return words.say("plug_in", charger=name)
    site = connector.charger.site
    currency = site.pricing.currency if site else None
    if connector.held and (plan := told_text(hass, connector.smart, currency, words.language)):
        return words.say("started_waiting", charger=name, plan=plan)
    return words.say("started", charger=name)


async def stop(hass: HomeAssistant, connector: Connector, words: Words) -> str:
    """Stop the session."""
    await connector.stop()
    return words.say("stopped", charger=spoken_name(hass, connector))


async def charge_full_now(hass: HomeAssistant, connector: Connector, words: Words) -> str:
    """Charge at once, whatever power costs, and begin if nobody does."""
    await _begin_at_once(connector)
    key = "full_now" if connector.plugged is True else "full_now_later"
    return words.say(key, charger=spoken_name(hass, connector))


async def charge_smart(hass: HomeAssistant, connector: Connector, words: Words) -> str:
    """Plan charging from now on."""
    await connector.choose_mode(smart=True)
    return words.say("smart_on", charger=spoken_name(hass, connector))


async def charge_at_once(hass: HomeAssistant, connector: Connector, words: Words) -> str:
    """Plan charging no more."""
    await connector.choose_mode(smart=False)
    return words.say("smart_off", charger=spoken_name(hass, connector))


async def _begin_at_once(connector: Connector) -> None:
    await connector.choose_mode(smart=False)
    begins_alone = connector.smart.begins_alone and not connector.smart.starting.stopped
    if connector.plugged is True and not connector.in_session and not begins_alone:
        await connector.start()
