"""Somebody asks for charging from afar: whether it may be, what the charger said, and the answer."""

from collections.abc import Iterable
from dataclasses import dataclass, field
import logging
from typing import TYPE_CHECKING
import unicodedata

from homeassistant.helpers import device_registry as dr, label_registry as lr

from .access import Refusal, RefusalReason, normalised
from .const import ID_TAG_HOME_ASSISTANT
from .csms import CallTimeoutError, ConnectorState, CsmsError, NotConnectedError
from .devices import device_id_of
from .said import language_of, text_in

if TYPE_CHECKING:
    from .charger import Charger
    from .connector import Connector
    from .hub import Hub

_LOGGER = logging.getLogger(__name__)

#: What people and their phones put around a name.
_AROUND = " \t\r\n.,;:!?\"'«»„“”‘’"
#: So many names fit into an answer.
_NAMES = 5

STARTED = "started"
STARTED_BY_PLAN = "started_by_plan"
PLUG_IN = "plug_in"
PLUG_IN_BY_PLAN = "plug_in_by_plan"
_BEGINS = {STARTED, STARTED_BY_PLAN, PLUG_IN, PLUG_IN_BY_PLAN}

#: Of the reasons why somebody may not charge, those that have a text of their own.
_REFUSALS = {
    RefusalReason.CHARGING_NOT_ALLOWED: "not_in_use",
    RefusalReason.LOCATION_IS_CLOSED: "not_in_use",
    RefusalReason.LOCATION_OPENS_LATER: "not_in_use",
    RefusalReason.BLOCKED: "blocked",
    RefusalReason.NOT_YET_VALID: "not_yet_valid",
    RefusalReason.EXPIRED: "expired",
    RefusalReason.ACCESS_RESTRICTED: "other_charger",
    RefusalReason.SESSION_ALREADY_RUNNING: "charging_elsewhere",
}
_NOT_ALLOWED = "not_allowed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came of it; ``outcome`` is the end of a text's key, None of ``text``: say nothing."""

    outcome: str
    language: str
    text: str | None = None
    charger: Charger | None = field(default=None, repr=False)

    @property
    def started(self) -> bool:
        """Tell whether the charger has been told to charge, and said yes."""
        return self.outcome in _BEGINS


async def answer(
    hub: Hub, language: str | None, outcome: str, charger: Charger | None = None, **values: str
) -> Answer:
    """Return an answer in a language, in that of the house without one."""
    chosen = language_of(hub.hass, language)
    told = {"charger": charger.config.name if charger else "", **values}
    text = await text_in(hub.hass, chosen, f"ask_{outcome}", told)
    return Answer(outcome=outcome, language=chosen, text=text, charger=charger)


async def ask_to_start(
    hub: Hub,
    charger: Charger,
    language: str | None,
    id_tag: str = ID_TAG_HOME_ASSISTANT,
    connector: Connector | None = None,
) -> Answer:
    """Begin a session in somebody's name if that may be; the cable can be connected after it."""
    chosen = connector or _most_likely(charger.connectors.values())
    outcome = _obstacle(chosen, id_tag) or await _start(chosen, id_tag)
    return await answer(hub, language, outcome, charger)


def named(hub: Hub, text: str) -> list[tuple[Charger, Connector | None]]:
    """Return the chargers, and connectors of chargers with several, that are called like this."""
    name = spelled(text)
    found: list[tuple[Charger, Connector | None]] = []
    for charger in hub.chargers.values():
        names = _names(hub, charger)
        if name in names:
            found.append((charger, None))
        elif len(charger.connectors) > 1:
            found += [
                (charger, connector)
                for number, connector in charger.connectors.items()
                if name in {f"{each} {number}" for each in names}
            ]
    return found


def usable_names(hub: Hub, id_tag: str) -> str:
    """Return what the chargers are called that somebody may use."""
    names = [
        charger.config.name
        for charger in hub.chargers.values()
        if not isinstance(charger.gatekeeper.decide_start(id_tag, None), Refusal)
    ]
    return ", ".join(sorted(names)[:_NAMES]) or "–"


def spelled(text: str) -> str:
    """Return what is the same for all ways to write a name."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().strip(_AROUND).split())


def _names(hub: Hub, charger: Charger) -> set[str]:
    config = charger.config
    names = [config.name, config.charge_point_id]
    if (device_id := device_id_of(hub.hass, config.subentry_id)) and (
        device := dr.async_get(hub.hass).async_get(device_id)
    ):
        labels = (lr.async_get(hub.hass).async_get_label(each) for each in device.labels)
        names += [device.name_by_user or "", *(label.name for label in labels if label)]
    return {spelled(each) for each in names} - {""}


def _most_likely(connectors: Iterable[Connector]) -> Connector:
    """Return the connector that somebody means who only names the charger."""
    ranks = (
        {ConnectorState.PREPARING},
        {ConnectorState.AVAILABLE},
        {ConnectorState.FINISHING, ConnectorState.RESERVED},
    )
    every = list(connectors)
    for states in ranks:
        for connector in every:
            if connector.state in states and not connector.in_session:
                return connector
    return every[0]


def _obstacle(connector: Connector, id_tag: str) -> str | None:
    """Return what keeps a session from beginning, None when nothing is known to."""
    charger = connector.charger
    decision = charger.gatekeeper.decide_start(id_tag, connector.connector_id)
    if isinstance(decision, Refusal):
        return _REFUSALS.get(decision.reason, _NOT_ALLOWED)
    if not charger.connected:
        return "offline"
    session = connector.session
    if session is not None and connector.in_session and connector.plugged is not False:
        own = normalised(session.id_tag) == normalised(id_tag)
        if not own:
            return "taken"
        return "switched_off" if connector.user_limit == 0 else "already_charging"
    beginning = connector.beginning
    if beginning.under_way and not beginning.is_of(id_tag):
        return "taken"
    if beginning.under_way and not beginning.awaits_cable:
        return "starting"
    reservation = connector.reservation
    if reservation is not None and normalised(reservation.id_tag) != normalised(id_tag):
        return "reserved"
    if charger.fault is not None or connector.state is ConnectorState.FAULTED:
        return "fault"
    # It would begin a session in which nothing is charged.
    return "switched_off" if connector.user_limit == 0 else None


async def _start(connector: Connector, id_tag: str) -> str:
    charger = connector.charger
    try:
        await connector.begin(id_tag)
    except NotConnectedError:
        return "offline"
    except CallTimeoutError:
        return "no_answer"
    except CsmsError as err:
        _LOGGER.info("%s does not start: %s", charger.config.name, err)
        # What it was told before still holds.
        if not connector.beginning.is_of(id_tag):
            return "charger_refuses"
    planned = connector.smart.plans
    if connector.plugged and not connector.beginning.awaits_cable:
        return STARTED_BY_PLAN if planned else STARTED
    return PLUG_IN_BY_PLAN if planned else PLUG_IN
