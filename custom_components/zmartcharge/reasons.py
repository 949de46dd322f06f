"""Why a charger gets what it gets, in the words of the language that Home Assistant is set to."""

from collections.abc import Mapping

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.translation import async_get_cached_translations

from .balance import Reason, ReasonKey
from .const import DOMAIN

#: The languages of ours that write 24,1 and not 24.1; all others are shown English.
_DECIMAL_COMMA = {"da", "nb", "sv"}
#: What is known in W or Wh and told in kW or kWh.
_IN_THOUSANDS = {(ReasonKey.POWER_CAP, "limit"), (ReasonKey.HOUR_BUDGET, "energy")}


@callback
def reason_text(hass: HomeAssistant, reason: Reason) -> str:
    """Return a reason as a sentence without a full stop, such as "L2 is at 24.1 of 25 A".

    Home Assistant keeps the texts of its language in memory as soon as the integration is loaded.
    """
    text, language = _text(hass, f"reason_{reason.key}")
    comma = language in _DECIMAL_COMMA
    shown = {
        name: _shown(reason.key, name, value, comma=comma)
        for name, value in reason.placeholders.items()
    }
    return text.format_map(_Lenient(shown))


@callback
def number_text(hass: HomeAssistant, number: float, digits: int) -> str:
    """Return a number as it is written in the language that Home Assistant is set to."""
    text = f"{number:.{digits}f}"
    return text.replace(".", ",") if hass.config.language in _DECIMAL_COMMA else text


@callback
def text_of(hass: HomeAssistant, key: str, placeholders: Mapping[str, str]) -> str:
    """Return a text in Home Assistant's language, in English when it lacks that one.

    A text that is not there is told by its key.
    """
    return _text(hass, key)[0].format_map(_Lenient(placeholders))


def _text(hass: HomeAssistant, key: str) -> tuple[str, str]:
    """Return a text and its language.

    The texts are beside the errors' in the translations: of all that Home Assistant keeps, only those
    have placeholders.
    """
    name = f"component.{DOMAIN}.exceptions.{key}.message"
    for language in (hass.config.language, "en"):
        if text := async_get_cached_translations(hass, language, "exceptions", DOMAIN).get(name):
            return text, language
    return key, "en"


class _Lenient(dict[str, str]):
    """Leaves a placeholder without a value as it is: no reason is better untold."""

    def __missing__(self, key: str) -> str:
        return f"{{{key}}}"


def _shown(key: ReasonKey, name: str, value: str | float, *, comma: bool) -> str:
    if isinstance(value, str):
        return value.upper() if name == "line" else value
    thousands = (key, name) in _IN_THOUSANDS
    number = f"{value / 1000:.2f}" if thousands else f"{value:.1f}"
    number = number.rstrip("0").rstrip(".")
    return number.replace(".", ",") if comma else number
