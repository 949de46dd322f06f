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

#: What chargers answer to a setting that they do not have (OCPP 1.6, clause 7.6; 2.0.1,
#: SetVariableStatusEnumType).
_UNKNOWN_SETTING = {"NotSupported", "UnknownComponent", "UnknownVariable"}
#: What people ask for every day has words of its own.
_REFUSALS = {
    "RemoteStartTransaction": "start_refused",
    "RequestStartTransaction": "start_refused",
    "RemoteStopTransaction": "stop_refused",
    "RequestStopTransaction": "stop_refused",
}
_NOT_SUPPORTED = {"NotImplemented", "NotSupported", "UnknownMessageId", "UnknownVendorId"}


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
            key = _rejection(err)
            placeholders |= {"action": err.action, "status": err.status}
        case CallFailedError(code="NotImplemented" | "NotSupported"):
            key = "call_not_supported"
        case CallFailedError():
            key = "call_failed"
            placeholders["error"] = str(err)
        case _:
            key = "communication_error"
            placeholders["error"] = str(err)
    return HomeAssistantError(
        translation_domain=DOMAIN, translation_key=key, translation_placeholders=placeholders
    )


def _rejection(err: CallRejectedError) -> str:
    """Return the key of the text for a refusal; only what has no words of ours is told as it came."""
    setting = err.action.startswith(("ChangeConfiguration", "SetVariables"))
    if setting and err.status in _UNKNOWN_SETTING:
        return "unknown_setting"
    if err.status in _NOT_SUPPORTED:
        return "call_not_supported"
    if err.status == "Rejected":
        return _REFUSALS.get(err.action, "call_refused")
    return "call_rejected"
