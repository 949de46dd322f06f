"""What may stand in a log: escaped, cut and without secrets."""

import json
import re
from typing import Any

_MAX_LENGTH = 512
_HIDDEN = "***"
_SECRET_FIELDS = {
    "idTag",
    "parentIdTag",
    "idToken",
    "groupIdToken",
    "additionalIdToken",
    "serialNumber",
    "chargePointSerialNumber",
    "chargeBoxSerialNumber",
    "meterSerialNumber",
    "iccid",
    "imsi",
    "customerIdentifier",
    # What a charger keeps of a customer, or what a vendor thought fit.
    "data",
}
#: Configuration keys, and variables of OCPP 2.0.1, whose value is a secret or holds one.
_SECRET_KEY = re.compile(r"key|pass|secret|token|url|psk|apn|serial", re.IGNORECASE)
#: What holds the value of a variable in the messages of OCPP 2.0.1.
_VALUES = {"attributeValue", "variableAttribute", "actualValue"}
#: An address may have a login in it, or a one-time path.
_URL = re.compile(r"(\w{2,10}://)(?:[^/@\s]*@)?([^/\s?]*)\S*")
#: For text that is no JSON: whatever follows a field's name.
_SECRET_TEXT = re.compile(
    rf'("(?:{"|".join(_SECRET_FIELDS)}|value|attributeValue|actualValue)"\s*:\s*)[^,}}]*'
)


def is_secret_key(key: str) -> bool:
    """Tell whether a configuration key, or a variable by its name, may hold a secret or an address."""
    return _SECRET_KEY.search(key) is not None


def loggable(text: str) -> str:
    """Return at most 512 characters of a frame, control characters escaped, secrets hidden."""
    try:
        text = json.dumps(_redacted(json.loads(text)))
    except ValueError, RecursionError:
        text = _SECRET_TEXT.sub(rf'\1"{_HIDDEN}"', text[: 4 * _MAX_LENGTH])
    if len(text) > _MAX_LENGTH:
        text = text[:_MAX_LENGTH] + "…"
    return text.encode("unicode_escape").decode("ascii")


def _redacted(value: Any) -> Any:
    match value:
        case list():
            return [_redacted(item) for item in value]
        case {"key": str(key), "value": _} if _SECRET_KEY.search(key):
            return {**value, "value": _HIDDEN}
        case {"variable": {"name": str(name)}} if _SECRET_KEY.search(name):
            return {key: _HIDDEN if key in _VALUES else item for key, item in value.items()}
        case dict():
            return {
                name: _HIDDEN if name in _SECRET_FIELDS else _redacted(item)
                for name, item in value.items()
            }
        case str():
            return _URL.sub(rf"\1\2/{_HIDDEN}", value)
        case _:
            return value
