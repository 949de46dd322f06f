"""Charging by SMS: who sends it must be known, and its text is the name of the charger.

A number can be forged, so a message only ever starts charging, where its sender may charge anyway.
"""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
import logging
from typing import TYPE_CHECKING

from homeassistant.util import dt as dt_util

from .access import masked_number, phone_number
from .asking import Answer, answer, ask_to_start, named, spelled, usable_names
from .said import language_of

if TYPE_CHECKING:
    from homeassistant.core import HomeAssistant

    from .hub import Hub
    from .ledger import RegisteredToken

_LOGGER = logging.getLogger(__name__)

#: So many messages of one sender are heard within a while, and so many unknown ones are answered.
_OF_ONE, _OF_UNKNOWN, _WITHIN = 5, 20, timedelta(minutes=10)
#: So many senders, and ids of messages, are remembered; gateways count anew, so no id for longer.
_REMEMBERED, _SAME_MESSAGE = 500, timedelta(hours=1)
_LONGEST_SHOWN = 30


class Pace:
    """Lets through so many of each in any ten minutes; remembers no more than it must."""

    def __init__(self, most: int) -> None:
        """Take how many."""
        self._most = most
        self._times: OrderedDict[str, list[datetime]] = OrderedDict()

    def count(self, who: str, now: datetime) -> int:
        """Note one more; return by how many there are too many, 0 when it may pass."""
        times = [at for at in self._times.pop(who, []) if now - at < _WITHIN]
        # Of those who are far too fast the latest are enough.
        self._times[who] = [*times, now][-2 * self._most :]
        while len(self._times) > _REMEMBERED:
            self._times.popitem(last=False)
        return max(0, len(times) + 1 - self._most)


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """An SMS as it came; ``message_id`` is what its gateway calls it, the same when it comes again."""

    sender: str
    text: str
    message_id: str | None = None


class SmsDesk:
    """Answers messages, over a reload of the entry too."""

    def __init__(self, hass: HomeAssistant, clock: Callable[[], datetime] = dt_util.utcnow) -> None:
        """Have heard nothing yet."""
        self._hass = hass
        self._clock = clock
        self._senders = Pace(_OF_ONE)
        self._unknown = Pace(_OF_UNKNOWN)
        self._ids: OrderedDict[tuple[str, str], datetime] = OrderedDict()

    async def take(self, hub: Hub, message: Message) -> tuple[Answer, RegisteredToken | None]:
        """Do what a message asks for; return the answer and whose message it is."""
        if self._is_repeated(message):
            return self._silence("repeated"), None
        number = phone_number(message.sender, self._hass.config.country)
        if number is None:
            # Nobody reads what is answered to a name or a short number.
            return self._silence("no_number"), None
        person = hub.tokens.by_phone(number)
        if (too_many := self._senders.count(number, self._clock())) > 0:
            return await self._too_many(hub, person, too_many), person
        if person is None:
            return await self._strange(hub, number), None
        return await self._known(hub, person, message.text), person

    async def _known(self, hub: Hub, person: RegisteredToken, text: str) -> Answer:
        record = person.record
        language, found = record.language, named(hub, text)
        if not spelled(text):
            names = usable_names(hub, record.id_tag)
            return await answer(hub, language, "no_name", chargers=names)
        if not found:
            names, shown = usable_names(hub, record.id_tag), _shown(text)
            return await answer(hub, language, "no_such_charger", name=shown, chargers=names)
        if len(found) > 1:
            return await answer(hub, language, "ambiguous", name=_shown(text))
        charger, connector = found[0]
        told = await ask_to_start(hub, charger, language, record.id_tag, connector)
        _LOGGER.info("An SMS of %s: %s: %s", record.label, charger.config.name, told.outcome)
        return told

    async def _strange(self, hub: Hub, number: str) -> Answer:
        _LOGGER.warning("An SMS came from %s, whom nobody has registered", masked_number(number))
        if self._unknown.count("", self._clock()) > 0:
            return self._silence("unknown_sender")
        return await answer(hub, None, "unknown_sender")

    async def _too_many(self, hub: Hub, person: RegisteredToken | None, too_many: int) -> Answer:
        # Told once, or the answers would be too many as well.
        if person is None or too_many > 1:
            return self._silence("too_many")
        return await answer(hub, person.record.language, "too_many")

    def _is_repeated(self, message: Message) -> bool:
        if not message.message_id:
            return False
        # Two gateways may call their messages alike.
        name, now = (message.sender, message.message_id), self._clock()
        before = self._ids.pop(name, None)
        if before is not None and now - before < _SAME_MESSAGE:
            self._ids[name] = before
            return True
        self._ids[name] = now
        while len(self._ids) > _REMEMBERED:
            self._ids.popitem(last=False)
        return False

    def _silence(self, outcome: str) -> Answer:
        return Answer(outcome=outcome, language=language_of(self._hass))


def _shown(text: str) -> str:
    """Return what somebody wrote as it can be sent back."""
    plain = "".join(each for each in " ".join(text.split()) if each.isprintable())
    return plain if len(plain) <= _LONGEST_SHOWN else f"{plain[: _LONGEST_SHOWN - 1]}…"
