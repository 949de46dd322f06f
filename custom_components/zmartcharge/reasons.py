"""Why a charger gets what it gets, in the words of the language that Home Assistant is set to."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.translation import async_get_cached_translations

from .balance import Reason, ReasonKey
from .const import DOMAIN

#: The languages of ours that write 24,1 and not 24.1; all others are shown English.
_DECIMAL_COMMA = {"da", "nb", "sv"}
#: What is known in W or Wh and told in kW or kWh.
_IN_THOUSANDS = {(ReasonKey.POWER_CAP, "limit"), (ReasonKey.HOUR_BUDGET, "energy")}


@dataclass(frozen=True, slots=True)
class Message:
    """A text by its key among the errors' in the translations, and its values, each with its kind."""

    key: str
    values: Mapping[str, tuple[str, float | str]] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """Return it for the card."""
        return {"key": self.key, "values": {name: [*each] for name, each in self.values.items()}}


@callback
def reason_message(reason: Reason) -> Message:
    """Return a reason for the card; its values are of the kinds ``number`` and ``text``."""
    return Message(
        f"reason_{reason.key}",
        {name: _kind(reason.key, name, value) for name, value in reason.placeholders.items()},
    )


@callback
def reason_text(hass: HomeAssistant, reason: Reason, language: str | None = None) -> str:
    """Return a reason as a sentence without a full stop, such as "L2 is at 24.1 of 25 A".

    Home Assistant keeps the texts of its language in memory as soon as the integration is loaded; those
    of another one must have been loaded.
    """
    text, language = _text(hass, f"reason_{reason.key}", language)
    comma = language in _DECIMAL_COMMA
    shown = {
        name: _shown(reason.key, name, value, comma=comma)
        for name, value in reason.placeholders.items()
    }
    return text.format_map(_Lenient(shown))


@callback
def number_text(
    hass: HomeAssistant, number: float, digits: int, language: str | None = None
) -> str:
    """Return a number as it is written in a language, in Home Assistant's if none is given."""
    text = f"{number:.{digits}f}"
    comma = (language or hass.config.language) in _DECIMAL_COMMA
    return text.replace(".", ",") if comma else text


@callback
def text_of(
    hass: HomeAssistant, key: str, placeholders: Mapping[str, str], language: str | None = None
) -> str:
    """Return a text in a language that is loaded, or else in Home Assistant's; in English when it lacks it.

    A text that is not there is told by its key.
    """
    return _text(hass, key, language)[0].format_map(_Lenient(placeholders))


def _text(hass: HomeAssistant, key: str, wanted: str | None) -> tuple[str, str]:
    """Return a text and its language.

    The texts are beside the errors' in the translations: of all that Home Assistant keeps, only those
    have placeholders.
    """
    name = f"component.{DOMAIN}.exceptions.{key}.message"
    for language in (wanted or hass.config.language, "en"):
        if text := async_get_cached_translations(hass, language, "exceptions", DOMAIN).get(name):
            return text, language
    return key, "en"


class _Lenient(dict[str, str]):
    """Leaves a placeholder without a value as it is: no reason is better untold."""

    def __missing__(self, key: str) -> str:
        return f"{{{key}}}"


def _kind(key: ReasonKey, name: str, value: str | float) -> tuple[str, float | str]:
    if isinstance(value, str):
        return "text", value.upper() if name == "line" else value
    thousands = (key, name) in _IN_THOUSANDS
    return "number", round(value / 1000, 2) if thousands else round(value, 1)


def _shown(key: ReasonKey, name: str, value: str | float, *, comma: bool) -> str:
    kind, told = _kind(key, name, value)
    if kind == "text":
        return str(told)
    number = f"{told:.{2 if (key, name) in _IN_THOUSANDS else 1}f}".rstrip("0").rstrip(".")
    return number.replace(".", ",") if comma else number
