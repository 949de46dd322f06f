"""Turns what a charger refuses into words for people."""

from collections.abc import Generator
from contextlib import contextmanager

from homeassistant.exceptions import HomeAssistantError, ServiceValidationError

from .const import DOMAIN
from .csms import (
    CallFailedError,
    CallRejectedError,
    CallTimeoutError,
    CsmsError,
    InvalidRequestError,
    NotConnectedError,
)


@contextmanager
def translated_errors(charger: str) -> Generator[None]:
    """Raise the central system's errors as Home Assistant's, naming the charger."""
    try:
        yield
    except CsmsError as err:
        raise _translated(err, charger) from err


def _translated(err: CsmsError, charger: str) -> HomeAssistantError:
    placeholders = {"charger": charger}
    match err:
        case InvalidRequestError():
            placeholders["error"] = str(err)
            return ServiceValidationError(
                translation_domain=DOMAIN,
                translation_key="invalid_request",
                translation_placeholders=placeholders,
            )
        case NotConnectedError():
            key = "not_connected"
        case CallTimeoutError():
            key = "call_timeout"
            placeholders["action"] = str(err)
        case CallRejectedError():
            key = "call_rejected"
            placeholders |= {"action": err.action, "status": err.status}
        case CallFailedError():
            key = "call_failed"
            placeholders["error"] = str(err)
        case _:
            key = "communication_error"
            placeholders["error"] = str(err)
    return HomeAssistantError(
        translation_domain=DOMAIN, translation_key=key, translation_placeholders=placeholders
    )
