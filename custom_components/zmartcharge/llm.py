"""Tools for language models: the same that can be said to Assist, with the same rules."""

from typing import Final, override

from homeassistant.components.llm import LLMTools
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.llm import (
    LLM_API_ASSIST,
    LLMContext,
    Tool,
    ToolAnnotations,
    ToolInput,
    ToolResult,
)
import voluptuous as vol

from .const import DOMAIN
from .devices import loaded_hub
from .intent import INTENTS, SLOT_CHARGER
from .voice import Answer, Command, Outcome, Request, respond
from .voice_speaker import Speaker, UnknownSpeakerError, connectors_for, speaker_of
from .voice_text import Words

_CONFIRMED: Final = "confirmed"
#: A model says whether the user has confirmed; sentences have words of their own for that.
_TOOLS: Final = [command for command in INTENTS if command not in (Command.CONFIRM, Command.CANCEL)]
_ASKS: Final = ToolAnnotations(read_only=True, open_world=False)
_ACTS: Final = ToolAnnotations(destructive=False, idempotent=True, open_world=False)
_STOPS: Final = ToolAnnotations(open_world=False)
_ANNOTATIONS: Final = {
    Command.START: _ACTS,
    Command.STOP: _STOPS,
    Command.STOP_ALL: _STOPS,
    Command.FULL_NOW: _ACTS,
    Command.SMART_ON: _ACTS,
    Command.SMART_OFF: _ACTS,
}
_PROMPT: Final = (
    "Car chargers are operated with the tools zmartcharge__*; each answers in the user's language, and"
    " what it answers may be passed on as it is. Never say that charging was stopped before the tool has"
    " said so."
)


@callback
def async_get_tools(hass: HomeAssistant, llm_context: LLMContext, api_id: str) -> LLMTools | None:
    """Return the tools, None while no charger is exposed."""
    hub = loaded_hub(hass)
    if api_id != LLM_API_ASSIST or hub is None:
        return None
    if not connectors_for(hass, hub, Speaker(assistant=llm_context.assistant)):
        return None
    return LLMTools(tools=[ChargingTool(command) for command in _TOOLS], prompt=_PROMPT)


class ChargingTool(Tool):
    """One thing that a language model can do or ask about charging."""

    integration = DOMAIN

    def __init__(self, command: Command) -> None:
        """Make the tool of a command."""
        self._command = command
        self.name = f"{DOMAIN}__{command}"
        self.title = command.replace("_", " ").capitalize()
        self.description = INTENTS[command][1]
        self.annotations = _ANNOTATIONS.get(command, _ASKS)
        schema: dict[vol.Marker, object] = {
            vol.Optional(
                SLOT_CHARGER,
                description="Name, label or area of the charger, as the user said it;"
                " leave it out when the user named none",
            ): cv.string
        }
        if command in (Command.STOP, Command.STOP_ALL):
            schema[
                vol.Optional(
                    _CONFIRMED,
                    description="The user was asked whether to stop, and has said yes",
                )
            ] = cv.boolean
        self.parameters = vol.Schema(schema)

    @override
    async def async_call(
        self, hass: HomeAssistant, tool_input: ToolInput, llm_context: LLMContext
    ) -> ToolResult:
        """Do it, and return what is to be said; raises vol.Invalid for arguments that do not fit."""
        given = self.parameters(tool_input.tool_args)
        context, language = llm_context.context, llm_context.language or hass.config.language
        try:
            speaker = await speaker_of(
                hass,
                context.user_id if context else None,
                assistant=llm_context.assistant,
                device_id=llm_context.device_id,
            )
        except UnknownSpeakerError:
            words = await Words.load(hass, language)
            answer = Answer(words.say("unknown_user"), Outcome.FAILED)
        else:
            request = Request(
                command=self._command,
                speaker=speaker,
                language=language,
                charger=given.get(SLOT_CHARGER) or None,
                confirmed=given.get(_CONFIRMED, False),
                context_id=context.id if context else None,
            )
            answer = await respond(hass, request)
        return ToolResult(
            data={"answer": answer.text, "outcome": answer.outcome},
            error=answer.outcome in (Outcome.FAILED, Outcome.NOT_OURS),
        )
