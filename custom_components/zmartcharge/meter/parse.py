"""Reads a payload by looking at it, and the availability of its reader."""

from datetime import datetime
import re

from .errors import PayloadError, PayloadProblem
from .json_classic import parse_json
from .raw import is_raw, parse_raw
from .reading import PartialReading

# The largest payload of a known reader, with a day of prices, has about 2 KiB.
_LARGEST = 65536
_AVAILABILITY = {"online": True, "offline": False}
_STATUS = "status"
_ACCOUNT = "realtime"
# Where readers publish objects: their own topic, one per list, and those made for Home Assistant.
_OBJECTS = frozenset({"", "list1", "list2", "list3", "list4", "power", "energy", _ACCOUNT})
# The octets with which a frame begins: HDLC, M-Bus, LLC and DLMS with and without encryption.
_FRAME = re.compile(r"\s*(7e\s*a|68|e6|0f|db)[0-9a-f\s]{20,}", re.IGNORECASE)


def is_availability(subtopic: str) -> bool:
    """Tell whether a topic below the reader's carries ``online`` or ``offline``."""
    return subtopic == _STATUS


def parse(
    payload: bytes | bytearray | str, *, received: datetime, retained: bool, subtopic: str = ""
) -> PartialReading | None:
    """Read one payload; ``subtopic`` is its topic below the reader's own, empty for that one.

    Known are JSON classic, one topic per list, flat JSON, the topics made for Home Assistant, and one
    topic per value. ``received`` is when it came, aware UTC. Returns ``None`` for what is none of the
    meter's (prices, the reader's temperature). Raises ``PayloadError``, and nothing else, whatever the
    payload.
    """
    if is_raw(subtopic):
        return parse_raw(subtopic, _as_text(payload), received=received, retained=retained)
    if subtopic not in _OBJECTS:
        # The rest of the raw form, and whatever else people keep below the same topic.
        return None
    text = _as_text(payload)
    if _FRAME.match(text):
        raise PayloadError(PayloadProblem.HEX_DUMP, start=text)
    reading = parse_json(
        text, received=received, retained=retained, account_only=subtopic == _ACCOUNT
    )
    if reading.is_empty:
        raise PayloadError(PayloadProblem.NO_KNOWN_VALUES, start=text)
    return reading


def parse_availability(payload: bytes | bytearray | str) -> bool:
    """Return whether the reader says ``online`` (or its last will says ``offline``).

    Raises ``PayloadError``.
    """
    text = _as_text(payload).strip().lower()
    if text not in _AVAILABILITY:
        raise PayloadError(PayloadProblem.NOT_AN_AVAILABILITY, start=text)
    return _AVAILABILITY[text]


def _as_text(payload: bytes | bytearray | str) -> str:
    if len(payload) > _LARGEST:
        raise PayloadError(PayloadProblem.TOO_LARGE, size=len(payload), limit=_LARGEST)
    if isinstance(payload, str):
        return payload
    try:
        return payload.decode("utf-8")
    except UnicodeDecodeError as error:
        raise PayloadError(PayloadProblem.NOT_JSON, start=payload[:20].hex()) from error
