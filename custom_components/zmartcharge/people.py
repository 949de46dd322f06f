"""Who charges, and how they asked to, as people are told."""

from enum import StrEnum
from typing import TYPE_CHECKING

from .access import normalised
from .const import ID_TAG_HOME_ASSISTANT, SMS_PREFIX

if TYPE_CHECKING:
    from .token_register import TokenRegister


class Method(StrEnum):
    """How a session was asked for."""

    #: The dashboard, an automation or a voice assistant.
    HOME_ASSISTANT = "home_assistant"
    SMS = "sms"
    RFID = "rfid"
    #: Nobody asked: a car was plugged in.
    PLUGGED_IN = "plugged_in"


def method_of(id_tag: str) -> Method:
    """Return how a session with this idTag was asked for; chargers may change its case."""
    key = normalised(id_tag)
    if not key:
        return Method.PLUGGED_IN
    if key == normalised(ID_TAG_HOME_ASSISTANT):
        return Method.HOME_ASSISTANT
    return Method.SMS if key.startswith(SMS_PREFIX) else Method.RFID


def person_of(tokens: TokenRegister, id_tag: str) -> str | None:
    """Return whose session it is, or what their card is called; None where nobody knows."""
    token = tokens.get(id_tag)
    return (token.holder or token.label or None) if token else None
