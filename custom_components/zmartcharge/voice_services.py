"""The actions of voice: installing sentences, and answering those of the blueprint."""

from typing import Final

from homeassistant.const import ATTR_COMMAND, ATTR_DEVICE_ID
from homeassistant.core import (
    HomeAssistant,
    ServiceCall,
    ServiceResponse,
    SupportsResponse,
    callback,
)
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.service import async_register_admin_service
from homeassistant.util import language as language_util
from homeassistant.util.json import JsonValueType
import voluptuous as vol

from .const import DOMAIN
from .intent import ASSIST
from .marked_file import Written
from .sentence_file import sentence_path
from .sentences import async_install
from .voice import Command, Request, respond
from .voice_speaker import UnknownSpeakerError, speaker_of
from .voice_text import LANGUAGES

ATTR_CHARGER: Final = "charger"
ATTR_CONVERSATION_ID: Final = "conversation_id"
ATTR_LANGUAGE: Final = "language"
ATTR_LANGUAGES: Final = "languages"
ATTR_USER_ID: Final = "user_id"

SERVICE_INSTALL_SENTENCES: Final = "install_sentences"
SERVICE_VOICE_COMMAND: Final = "voice_command"

_INSTALL_SCHEMA = vol.Schema(
    {vol.Optional(ATTR_LANGUAGES): vol.All(cv.ensure_list, [vol.In(LANGUAGES)])}
)
#: What a sentence trigger does not know is empty in a template.
_TEXT_OR_NOTHING = vol.Any(None, vol.All(cv.string, vol.Length(max=255)))
_COMMAND_SCHEMA = vol.Schema(
    {
        vol.Required(ATTR_COMMAND): vol.Coerce(Command),
        vol.Optional(ATTR_CHARGER): _TEXT_OR_NOTHING,
        vol.Optional(ATTR_LANGUAGE): cv.string,
        vol.Optional(ATTR_USER_ID): _TEXT_OR_NOTHING,
        vol.Optional(ATTR_DEVICE_ID): _TEXT_OR_NOTHING,
        vol.Optional(ATTR_CONVERSATION_ID): _TEXT_OR_NOTHING,
    }
)
#: Under which name the answer tells what became of files.
_TOLD: Final = {
    Written.NEW: "written",
    Written.REPLACED: "written",
    Written.SAME: "unchanged",
    Written.KEPT: "kept",
}


@callback
def async_setup_voice_services(hass: HomeAssistant) -> None:
    """Register the actions."""
    async_register_admin_service(
        hass,
        DOMAIN,
        SERVICE_INSTALL_SENTENCES,
        _install_sentences,
        schema=_INSTALL_SCHEMA,
        supports_response=SupportsResponse.OPTIONAL,
    )
    hass.services.async_register(
        DOMAIN,
        SERVICE_VOICE_COMMAND,
        _voice_command,
        schema=_COMMAND_SCHEMA,
        supports_response=SupportsResponse.ONLY,
    )


async def _install_sentences(call: ServiceCall) -> ServiceResponse:
    hass = call.hass
    languages: list[str] = call.data.get(ATTR_LANGUAGES) or _of_the_house(hass)
    written = await async_install(hass, dict.fromkeys(languages))
    told: dict[str, list[JsonValueType]] = {name: [] for name in dict.fromkeys(_TOLD.values())}
    for language, became in written.items():
        told[_TOLD[became]].append(sentence_path(language))
    return {**told} if call.return_response else None


async def _voice_command(call: ServiceCall) -> ServiceResponse:
    """Answer in the name of both who runs the action and who spoke, so that nobody gains by it."""
    data = call.data
    try:
        speaker = await speaker_of(
            call.hass,
            call.context.user_id,
            data.get(ATTR_USER_ID) or None,
            assistant=ASSIST,
            device_id=data.get(ATTR_DEVICE_ID) or None,
            conversation_id=data.get(ATTR_CONVERSATION_ID) or None,
        )
    except UnknownSpeakerError as err:
        raise ServiceValidationError(
            translation_domain=DOMAIN, translation_key="voice_unknown_user"
        ) from err
    request = Request(
        command=data[ATTR_COMMAND],
        speaker=speaker,
        language=data.get(ATTR_LANGUAGE) or call.hass.config.language,
        charger=data.get(ATTR_CHARGER) or None,
    )
    answer = await respond(call.hass, request)
    return {"text": answer.text, "outcome": answer.outcome}


def _of_the_house(hass: HomeAssistant) -> list[str]:
    """Return Home Assistant's language if it is one of ours; raises a translated error otherwise."""
    if found := language_util.matches(hass.config.language, LANGUAGES):
        return found[:1]
    raise ServiceValidationError(
        translation_domain=DOMAIN,
        translation_key="no_sentences",
        translation_placeholders={
            "language": hass.config.language,
            "languages": ", ".join(LANGUAGES),
        },
    )
