"""Intents: what is said to Assist, once the sentences are installed."""

from collections.abc import Mapping
from typing import Any, Final, override

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import config_validation as cv, intent
import voluptuous as vol

from .voice import Answer, Command, Outcome, Request, respond
from .voice_speaker import UnknownSpeakerError, speaker_of
from .voice_text import Words

#: The assistant to which entities are exposed for speech, and by whose agent sentences are understood.
ASSIST: Final = "conversation"
SLOT_CHARGER: Final = "charger"
_SLOT_AREA: Final = "preferred_area_id"

#: The intents, each with what language models are told of it.
INTENTS: Final[Mapping[Command, tuple[str, str]]] = {
    Command.START: ("ZmartChargeStart", "Starts charging the car at a charger"),
    Command.STOP: (
        "ZmartChargeStop",
        (
            "Stops charging at a charger. Asks the user first: call it, put its question to the user,"
            " and only when the user has said yes call it again with confirmed"
        ),
    ),
    Command.STOP_ALL: (
        "ZmartChargeStopAll",
        (
            "Stops charging at every charger that charges. Asks the user first: call it, put its question"
            " to the user, and only when the user has said yes call it again with confirmed"
        ),
    ),
    Command.CONFIRM: ("ZmartChargeConfirm", "Says yes to the question whether to stop charging"),
    Command.CANCEL: ("ZmartChargeCancel", "Says no to the question whether to stop charging"),
    Command.FULL_NOW: (
        "ZmartChargeFullNow",
        "Charges the car at once and until it is full, whatever power costs",
    ),
    Command.SMART_ON: (
        "ZmartChargeSmartOn",
        "Turns smart charging on: the car is charged when power is cheap",
    ),
    Command.SMART_OFF: (
        "ZmartChargeSmartOff",
        "Turns smart charging off: the car is charged at once",
    ),
    Command.WHEN_READY: ("ZmartChargeWhenReady", "Tells when the car at a charger is ready"),
    Command.PRICE: ("ZmartChargePrice", "Tells what power for charging costs now"),
    Command.SESSION_COST: (
        "ZmartChargeSessionCost",
        "Tells how much a car was charged and what that costs, so far and in all",
    ),
    Command.MONTH_COST: (
        "ZmartChargeMonthCost",
        "Tells how much was charged this month and what that cost, at one charger or at all",
    ),
    Command.CHARGING: ("ZmartChargeCharging", "Tells whether a car charges, and at which charger"),
    Command.WHY: (
        "ZmartChargeWhy",
        "Tells what a charger does, and why a car does not charge or not faster",
    ),
    Command.FREE: ("ZmartChargeFree", "Tells whether a charger is free, or which of several are"),
}
_KINDS: Final = {
    Outcome.DONE: intent.IntentResponseType.ACTION_DONE,
    Outcome.ANSWERED: intent.IntentResponseType.QUERY_ANSWER,
    Outcome.ASKED: intent.IntentResponseType.QUERY_ANSWER,
}
_ERRORS: Final = {
    Outcome.FAILED: intent.IntentResponseErrorCode.FAILED_TO_HANDLE,
    # With this another agent may be asked, for whom it may have been.
    Outcome.NOT_OURS: intent.IntentResponseErrorCode.NO_VALID_TARGETS,
}


async def async_setup_intents(hass: HomeAssistant) -> None:
    """Register the intents."""
    for command in INTENTS:
        intent.async_register(hass, ChargingIntent(command))


class ChargingIntent(intent.IntentHandler):
    """One thing that can be said of charging."""

    def __init__(self, command: Command) -> None:
        """Make the handler of a command."""
        self.command = command
        self.intent_type, self.description = INTENTS[command]

    @property
    @override
    def slot_schema(self) -> dict[Any, Any]:
        schema: dict[Any, Any] = {vol.Optional(_SLOT_AREA): cv.string}
        if self.command not in (Command.CONFIRM, Command.CANCEL):
            schema[
                vol.Optional(
                    SLOT_CHARGER,
                    description="Name, label or area of the charger, as the user said it;"
                    " leave it out when the user named none",
                )
            ] = cv.string
        return schema

    @override
    async def async_handle(self, intent_obj: intent.Intent) -> intent.IntentResponse:
        slots = self.async_validate_slots(intent_obj.slots)
        words = await Words.load(intent_obj.hass, intent_obj.language)
        try:
            speaker = await speaker_of(
                intent_obj.hass,
                intent_obj.context.user_id,
                assistant=intent_obj.assistant or ASSIST,
                device_id=intent_obj.device_id,
                area_id=slots.get(_SLOT_AREA, {}).get("value"),
            )
        except UnknownSpeakerError:
            return _response(intent_obj, Answer(words.say("unknown_user"), Outcome.FAILED))
        request = Request(
            command=self.command,
            speaker=speaker,
            language=intent_obj.language,
            # As it was said: what a list makes of it is one of the names that it may go for.
            charger=slots.get(SLOT_CHARGER, {}).get("text")
            or slots.get(SLOT_CHARGER, {}).get("value"),
        )
        return _response(intent_obj, await respond(intent_obj.hass, request))


@callback
def _response(intent_obj: intent.Intent, answer: Answer) -> intent.IntentResponse:
    response = intent_obj.create_response()
    if code := _ERRORS.get(answer.outcome):
        response.async_set_error(code, answer.text)
    else:
        response.response_type = _KINDS[answer.outcome]
        response.async_set_speech(answer.text)
    return response
