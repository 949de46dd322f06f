"""What is spoken: texts, numbers and times in the language of the sentence."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.translation import async_get_translations
from homeassistant.util import dt as dt_util, language as language_util

from .const import DOMAIN
from .plan_text import unit
from .reasons import number_text, text_of

LANGUAGES: Final = ("en", "nb", "sv", "da")
_WH_PER_KWH = 1000
_WEEK = 7


def language_of(language: str) -> str:
    """Return the one of our languages that goes with a language tag, English where none does."""
    return next(iter(language_util.matches(language, LANGUAGES)), "en")


class Words:
    """Texts in one language. What is told is a whole sentence."""

    def __init__(self, hass: HomeAssistant, language: str, entities: dict[str, str]) -> None:
        """Take the texts of entities; those of answers are loaded."""
        self.language = language
        self._hass = hass
        self._entities = entities

    @classmethod
    async def load(cls, hass: HomeAssistant, language: str) -> Words:
        """Return the words of a language tag such as ``nb`` or ``en-GB``."""
        found = language_of(language)
        # Answers lie beside the errors: of all that is translated, only those have placeholders.
        await async_get_translations(hass, found, "exceptions", [DOMAIN])
        return cls(hass, found, await async_get_translations(hass, found, "entity", [DOMAIN]))

    def say(self, key: str, **placeholders: str) -> str:
        """Return an answer."""
        return text_of(self._hass, f"voice_{key}", placeholders, self.language)

    def error(self, err: HomeAssistantError, charger: str) -> str:
        """Return an error of ours as it is; another one has no words of ours."""
        if err.translation_domain == DOMAIN and err.translation_key:
            return text_of(
                self._hass, err.translation_key, err.translation_placeholders or {}, self.language
            )
        return self.say("failed", charger=charger)

    def state(self, sensor: str, state: str) -> str:
        """Return what a sensor's state is called, without a full stop."""
        name = f"component.{DOMAIN}.entity.sensor.{sensor}.state.{state}"
        return self._entities.get(name, state).rstrip(".")

    def attribute(self, sensor: str, attribute: str, state: str) -> str:
        """Return what the state of a sensor's attribute is called."""
        name = (
            f"component.{DOMAIN}.entity.sensor.{sensor}.state_attributes.{attribute}.state.{state}"
        )
        return self._entities.get(name, state)

    def listed(self, names: Sequence[str], join: str) -> str:
        """Return two or more names as they are enumerated; ``join`` is ``and`` or ``or``."""
        return self.say(join, first=", ".join(names[:-1]), last=names[-1])

    def number(self, value: float, digits: int) -> str:
        """Return a number."""
        return number_text(self._hass, value, digits, self.language)

    def energy(self, energy: int) -> str:
        """Return an energy in Wh as kWh."""
        return f"{self.number(energy / _WH_PER_KWH, 1)} kWh"

    def money(self, amount: Decimal, currency: str | None, digits: int = 2) -> str:
        """Return an amount."""
        return f"{self.number(float(amount), digits)} {unit(currency)}".rstrip()

    def moment(self, at: datetime, now: datetime) -> str:
        """Return a time of day, with its day when that is not today."""
        local, days = dt_util.as_local(at), self._days(at, now)
        clock = f"{local:%H:%M}"
        if days == 0:
            return self.say("today", time=clock)
        if days == 1:
            return self.say("tomorrow", time=clock)
        if 0 < days < _WEEK:
            return self.say("weekday", day=self.say(f"weekday_{local.weekday()}"), time=clock)
        return self.say("date", day=str(local.day), month=str(local.month), time=clock)

    def duration(self, how_long: timedelta) -> str:
        """Return a duration as hours and minutes."""
        # Down, as times of the day are cut to the minute.
        minutes = max(1, int(how_long.total_seconds() // 60))
        return f"{minutes // 60}:{minutes % 60:02d}"

    @staticmethod
    def _days(at: datetime, now: datetime) -> int:
        return (dt_util.as_local(at).date() - dt_util.as_local(now).date()).days
