"""Texts of ours in the language of whoever reads them, which need not be that of the house."""

from collections.abc import Mapping

from homeassistant.core import HomeAssistant
from homeassistant.helpers.translation import async_get_translations

from .const import DOMAIN

LANGUAGES = ("en", "nb", "sv", "da")
#: What people write in Norway is read by those who read one of the two.
_SAME = {"no": "nb", "nn": "nb"}


def language_of(hass: HomeAssistant, wanted: str | None = None) -> str:
    """Return the language of ours that is meant, that of the house without one, English at last."""
    for each in (wanted, hass.config.language):
        base = (each or "").replace("_", "-").partition("-")[0].casefold()
        if (language := _SAME.get(base, base)) in LANGUAGES:
            return language
    return "en"


async def text_in(
    hass: HomeAssistant, language: str, key: str, placeholders: Mapping[str, str]
) -> str:
    """Return a text of the errors' in a language of ours; one that is not there is its key."""
    texts = await async_get_translations(hass, language, "exceptions", {DOMAIN})
    text = texts.get(f"component.{DOMAIN}.exceptions.{key}.message", key)
    return text.format_map({**placeholders})
