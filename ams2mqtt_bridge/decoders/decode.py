"""Chooses the decoder by looking at what arrived."""

from collections.abc import Callable
from dataclasses import dataclass

from ..dlms import DataNotification, DecodeError, parse_notification
from ..meter_list import MeterList
from . import aidon, kaifa, kamstrup

type Decoder = Callable[[DataNotification], MeterList | None]

# Each looks at the shape of the body and returns None when it is another maker's.
_DECODERS: tuple[Decoder, ...] = (aidon.decode, kamstrup.decode, kaifa.decode)


@dataclass(frozen=True, slots=True)
class Undecodable:
    """A whole frame that is no list that we know, and why."""

    reason: str


def decode(payload: bytes) -> MeterList | Undecodable:
    """Decode the payload of a frame (LLC header optional). Never raises, whatever the octets."""
    try:
        notification = parse_notification(payload)
        for decoder in _DECODERS:
            if (meter_list := decoder(notification)) is not None:
                return meter_list
    except DecodeError as error:
        return Undecodable(str(error))
    return Undecodable("a list of a meter that is not supported")
