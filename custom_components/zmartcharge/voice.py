"""Charging by voice: from what somebody wants of which charger to what is done and answered.

Sentences, the blueprint of voice and language models all come here, so that the same rules hold for each.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Final

from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.util import dt as dt_util

from . import voice_acts, voice_answers
from .connector import Connector
from .devices import loaded_hub
from .helpers import translated_errors
from .ledger import LedgerError
from .session_list import summed
from .status import Status
from .voice_confirmation import QUESTIONS, Question, Questions
from .voice_names import is_this_month
from .voice_speaker import Speaker, connectors_for, is_controllable, may_control
from .voice_target import Fits, called, fitting, spoken_name
from .voice_text import Words


class Command(StrEnum):
    """What somebody wants."""

    START = "start"
    STOP = "stop"
    STOP_ALL = "stop_all"
    CONFIRM = "confirm"
    CANCEL = "cancel"
    FULL_NOW = "full_now"
    SMART_ON = "smart_on"
    SMART_OFF = "smart_off"
    WHEN_READY = "when_ready"
    PRICE = "price"
    SESSION_COST = "session_cost"
    MONTH_COST = "month_cost"
    CHARGING = "charging"
    WHY = "why"
    FREE = "free"


class Outcome(StrEnum):
    """What came of it."""

    DONE = "done"
    ANSWERED = "answered"
    #: Somebody has to say more.
    ASKED = "asked"
    FAILED = "failed"
    #: No charger of the house was meant: it may be for somebody else.
    NOT_OURS = "not_ours"


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What somebody said.

    ``charger``: a name, label, alias, area or site, if one was said. ``language``: a tag such as nb-NO.
    ``confirmed``: the question whether to stop was put, and answered with yes. ``context_id``: of the
    context in which it was said, None when it has none.
    """

    command: Command
    speaker: Speaker
    language: str
    charger: str | None = None
    confirmed: bool = False
    context_id: str | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What is said, in the language of the request."""

    text: str
    outcome: Outcome


class _Untold(Exception):  # noqa: N818
    """The answer is known before anything was done."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.text)
        self.answer = answer


_ACTS: Final[Mapping[Command, Callable[[HomeAssistant, Connector, Words], Awaitable[str]]]] = {
    Command.START: voice_acts.start,
    Command.FULL_NOW: voice_acts.charge_full_now,
    Command.SMART_ON: voice_acts.charge_smart,
    Command.SMART_OFF: voice_acts.charge_at_once,
}
_CONTROLS: Final = {*_ACTS, Command.STOP, Command.STOP_ALL}
#: For which connectors somebody says that who does not name one.
_FITS: Final[Mapping[Command, Fits]] = {
    Command.START: lambda it: it.plugged is True and not it.in_session,
    Command.STOP: lambda it: it.in_session,
    Command.FULL_NOW: lambda it: it.plugged is True,
    Command.SMART_ON: lambda it: it.smart.is_priced and not it.smart.plans,
    Command.SMART_OFF: lambda it: it.smart.plans,
    Command.WHEN_READY: lambda it: it.plugged is True,
    Command.SESSION_COST: lambda it: it.in_session,
    Command.WHY: lambda it: it.plugged is True and it.status is not Status.CHARGING,
}
#: What is answered where there are several, and it makes sense for none of them.
_NONE_FITS: Final = {Command.STOP: "none_charging", Command.WHEN_READY: "no_cars"}


async def respond(hass: HomeAssistant, request: Request) -> Answer:
    """Do what somebody wants, and return what is said to it."""
    words = await Words.load(hass, request.language)
    questions = hass.data.setdefault(QUESTIONS, Questions())
    # Whatever is said answers the question that waits: no later yes can mean it.
    asked = questions.take(request.speaker.key, dt_util.utcnow())
    try:
        return await _Response(hass, request, words, questions, asked).give()
    except _Untold as err:
        return err.answer


class _Response:
    """To one request."""

    def __init__(
        self,
        hass: HomeAssistant,
        request: Request,
        words: Words,
        questions: Questions,
        asked: Question | None,
    ) -> None:
        self._hass = hass
        self._request = request
        self._words = words
        self._questions = questions
        self._asked = asked

    async def give(self) -> Answer:
        """Return the answer; raises _Untold."""
        hass, words, command = self._hass, self._words, self._request.command
        now = dt_util.utcnow()
        match command:
            case Command.CONFIRM:
                return await self._confirmed()
            case Command.CANCEL:
                self._was_asked()
                return self._told(words.say("goes_on"))
            case Command.PRICE:
                sites = dict.fromkeys(
                    site for each in self._meant() if (site := each.charger.site) is not None
                )
                return self._told(voice_answers.power_price(list(sites), words))
            case Command.FREE:
                return self._told(voice_answers.freedom(hass, self._meant(), words))
            case Command.STOP:
                return await self._stop([self._one(_FITS[command])])
            case Command.STOP_ALL:
                return await self._stop(self._charging())
            case Command.CHARGING:
                return self._told(voice_answers.charging(hass, self._meant(), words))
            case Command.MONTH_COST:
                return self._told(await self._month_cost(now))
            case Command.WHEN_READY:
                connector = self._one(_FITS[command])
                return self._told(voice_answers.readiness(hass, connector, words, now))
            case Command.SESSION_COST if is_this_month(self._request.charger or ""):
                self._request = replace(self._request, charger=None)
                return self._told(await self._month_cost(now))
            case Command.SESSION_COST:
                connector = self._one(_FITS[command])
                return self._told(voice_answers.session_cost(hass, connector, words, now))
            case Command.WHY:
                return self._told(voice_answers.why(hass, self._one(_FITS[command]), words))
            case _:
                return await self._act(self._one(_FITS[command]), _ACTS[command])

    # Which charger ----------------------------------------------------------------------------

    def _known(self) -> list[Connector]:
        hub = loaded_hub(self._hass)
        if hub is None:
            raise self._untold("not_running", Outcome.FAILED)
        if known := connectors_for(self._hass, hub, self._request.speaker):
            return known
        raise self._untold("no_chargers", Outcome.NOT_OURS)

    def _meant(self) -> list[Connector]:
        """Return those that the name goes for, all without one."""
        known, said = self._known(), self._request.charger
        if not said:
            return known
        if found := called(self._hass, known, said):
            return found
        raise self._untold("no_such_charger", Outcome.NOT_OURS, name=said)

    def _one(self, fits: Fits) -> Connector:
        """Return the one that is meant, which the speaker may control if that is wanted."""
        meant = self._meant()
        if len(meant) > 1:
            area_id = self._request.speaker.area_id
            meant = self._choose(meant, fitting(self._hass, meant, area_id, fits), fits)
        self._check(meant[0])
        return meant[0]

    def _charging(self) -> list[Connector]:
        """Return all of those that are meant which have a session, if the speaker may stop them."""
        meant = self._meant()
        if len(meant) > 1:
            meant = [each for each in meant if each.in_session]
        if not meant:
            raise self._untold("none_charging", Outcome.ANSWERED)
        for each in meant:
            self._check(each)
        return meant

    def _choose(
        self, meant: Sequence[Connector], found: list[Connector], fits: Fits
    ) -> list[Connector]:
        if len(found) == 1:
            return found
        none_fits = _NONE_FITS.get(self._request.command)
        if none_fits and not any(fits(each) for each in meant):
            raise self._untold(none_fits, Outcome.ANSWERED)
        names = [spoken_name(self._hass, each) for each in found]
        raise self._untold("which", Outcome.ASKED, chargers=self._words.listed(names, "or"))

    def _check(self, connector: Connector) -> None:
        if self._request.command not in {*_CONTROLS, Command.CONFIRM}:
            return
        name = spoken_name(self._hass, connector)
        if not may_control(self._hass, connector, self._request.speaker):
            raise self._untold("not_allowed", Outcome.FAILED, charger=name)
        if not is_controllable(self._hass, connector, self._request.speaker):
            raise self._untold("not_controlled", Outcome.FAILED, charger=name)

    # What is done -----------------------------------------------------------------------------

    async def _stop(self, connectors: Sequence[Connector]) -> Answer:
        """Ask first; whoever says that it was confirmed must have been asked about these sessions.

        And before, in another context: a model that asks and says yes has let nobody answer.
        """
        sessions = {
            each.key: each.session.id for each in connectors if each.in_session and each.session
        }
        if not sessions:
            return self._told(self._words.say("not_charging", charger=self._named(connectors)))
        is_about = all(map(self._is_about, connectors))
        if self._request.confirmed and is_about and self._is_later():
            return await self._end(connectors)
        question = Question(
            sessions=sessions, context_id=self._request.context_id, asked_at=dt_util.utcnow()
        )
        self._questions.ask(self._request.speaker.key, question)
        told = self._words.say("confirm_stop", charger=self._named(connectors))
        return Answer(told, Outcome.ASKED)

    async def _confirmed(self) -> Answer:
        self._was_asked()
        connectors = [each for each in self._known() if self._is_about(each)]
        if not connectors:
            return self._told(self._words.say("session_over"))
        for each in connectors:
            self._check(each)
        return await self._end(connectors)

    async def _end(self, connectors: Sequence[Connector]) -> Answer:
        """Stop the sessions; one that does not stop keeps no other from it."""
        answers = [await self._act(each, voice_acts.stop) for each in connectors]
        failed = [each for each in answers if each.outcome is not Outcome.DONE]
        if len(answers) == 1 or len(failed) == len(answers):
            return Answer(" ".join(each.text for each in answers), answers[0].outcome)
        stopped = [
            connector
            for connector, answer in zip(connectors, answers, strict=True)
            if answer.outcome is Outcome.DONE
        ]
        told = self._words.say("stopped", charger=self._named(stopped))
        text = " ".join((*(each.text for each in failed), told))
        return Answer(text, Outcome.FAILED if failed else Outcome.DONE)

    async def _month_cost(self, now: datetime) -> str:
        meant, hub = self._meant(), loaded_hub(self._hass)
        assert hub is not None, "it has the chargers"
        try:
            total = await summed(hub.ledger, voice_answers.this_month(meant, now))
        except LedgerError:
            return self._words.say("month_unknown")
        return voice_answers.month_cost(self._hass, meant, total, self._words)

    def _named(self, connectors: Sequence[Connector]) -> str:
        names = [spoken_name(self._hass, each) for each in connectors]
        return names[0] if len(names) == 1 else self._words.listed(names, "and")

    def _was_asked(self) -> None:
        """Leave a yes or no that answers nothing of ours to whoever else may have asked."""
        if self._asked is None:
            raise self._untold("nothing_asked", Outcome.NOT_OURS)

    def _is_about(self, connector: Connector) -> bool:
        """Tell whether the question was about what runs on a connector now."""
        asked, session = self._asked, connector.session
        return (
            asked is not None
            and session is not None
            and connector.in_session
            and asked.sessions.get(connector.key) == session.id
        )

    def _is_later(self) -> bool:
        """Tell whether somebody can have spoken since the question was put."""
        context_id = self._request.context_id
        return (
            self._asked is not None
            and context_id is not None
            and self._asked.context_id != context_id
        )

    async def _act(
        self, connector: Connector, act: Callable[[HomeAssistant, Connector, Words], Awaitable[str]]
    ) -> Answer:
        try:
            with translated_errors(connector.charger.config.name):
                return Answer(await act(self._hass, connector, self._words), Outcome.DONE)
        except HomeAssistantError as err:
            name = spoken_name(self._hass, connector)
            return Answer(self._words.error(err, name), Outcome.FAILED)

    @callback
    def _told(self, text: str) -> Answer:
        return Answer(text, Outcome.ANSWERED)

    def _untold(self, key: str, outcome: Outcome, **placeholders: str) -> _Untold:
        return _Untold(Answer(self._words.say(key, **placeholders), outcome))
