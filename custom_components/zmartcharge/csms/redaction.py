"""What may stand in a log: escaped, cut and without secrets."""

import re

_MAX_LENGTH = 512
_SECRETS = re.compile(
    r'("(?:idTag|parentIdTag|chargePointSerialNumber|chargeBoxSerialNumber|meterSerialNumber'
    r'|iccid|imsi)"\s*:\s*")[^"]*'
)
_KEY_VALUE = re.compile(r'("key"\s*:\s*"AuthorizationKey"\s*,\s*"value"\s*:\s*")[^"]*')


def loggable(text: str) -> str:
    """Return at most 512 characters of a frame, control characters escaped, secrets hidden."""
    text = _SECRETS.sub(r"\1***", text[: 4 * _MAX_LENGTH])
    text = _KEY_VALUE.sub(r"\1***", text)
    if len(text) > _MAX_LENGTH:
        text = text[:_MAX_LENGTH] + "…"
    return text.encode("unicode_escape").decode("ascii")
