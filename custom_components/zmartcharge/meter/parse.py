"""Reads a payload, whatever its form, and the availability of its reader."""

from datetime import datetime

from .errors import PayloadError, PayloadProblem
from .json_classic import parse_json_classic
from .reading import PartialReading

# The largest payload of a known reader, with a day of prices, has about 2 KiB.
_LARGEST = 65536
_AVAILABILITY = {"online": True, "offline": False}


def parse(
    payload: bytes | bytearray | str, *, received: datetime, retained: bool
) -> PartialReading:
    """Read one payload; JSON classic is the only form for now.

    ``received`` is when it came, aware UTC. Raises ``PayloadError``, and nothing else, whatever the
    payload.
    """
    return parse_json_classic(_as_text(payload), received=received, retained=retained)


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
