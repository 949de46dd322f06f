"""Questions that wait for a yes, each for a short time."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from homeassistant.util.hass_dict import HassKey

from .const import DOMAIN

#: A satellite must be woken again before somebody can say yes.
WAITS = timedelta(seconds=60)


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Whether sessions are to be stopped.

    ``sessions``: by connector. ``context_id``: in which of Home Assistant's contexts it was put; what a model does before its user
    speaks again has the same.
    """

    sessions: Mapping[str, str]
    context_id: str | None
    asked_at: datetime


@dataclass(slots=True)
class Questions:
    """At most one of each speaker; none outlives a restart."""

    _waiting: dict[tuple[str | None, ...], Question] = field(default_factory=dict)

    def ask(self, speaker: tuple[str | None, ...] | None, question: Question) -> None:
        """Wait for a speaker's answer; a speaker who cannot be known again is not waited for."""
        over = question.asked_at - WAITS
        self._waiting = {who: each for who, each in self._waiting.items() if each.asked_at > over}
        if speaker is not None:
            self._waiting[speaker] = question

    def take(self, speaker: tuple[str | None, ...] | None, now: datetime) -> Question | None:
        """Return what a speaker was asked a moment ago; whatever they say, it is asked no more."""
        question = self._waiting.pop(speaker, None) if speaker is not None else None
        return question if question and now - question.asked_at <= WAITS else None


QUESTIONS: HassKey[Questions] = HassKey(f"{DOMAIN}_voice_questions")
