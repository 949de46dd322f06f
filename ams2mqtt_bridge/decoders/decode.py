"""Chooses the decoder by looking at what arrived."""

from dataclasses import dataclass

from ..dlms import Data, DataNotification, DecodeError, parse_notification, parse_places_at
from ..meter_list import Manufacturer, MeterList
from . import kaifa, obis_list, p1
from .form import Form
from .known_form import KnownForm

_TELEGRAM = b"/"
# Norway's Landis+Gyr (list EMBRIQ) writes the tag and the length of some codes the wrong way round.
_SWAPPED, _RIGHT = bytes.fromhex("0203060901"), bytes.fromhex("0203090601")
# A meter has three lists; more than some dozens are no meter's.
_MAX_KNOWN = 32


@dataclass(frozen=True, slots=True)
class Undecodable:
    """A whole frame that is no list that we know, and why."""

    reason: str


class ListDecoder:
    """Decodes the lists of one meter, and is quick with those that it has seen before.

    ``watt_hours_per_count`` (1 or 10) overrules what a Kamstrup's counters are known to count.
    """

    def __init__(self, watt_hours_per_count: int | None = None) -> None:
        self._watt_hours_per_count = watt_hours_per_count
        self._known: dict[tuple[int, Manufacturer | None], list[KnownForm]] = {}

    def decode(self, payload: bytes, sender: Manufacturer | None = None) -> MeterList | Undecodable:
        """Decode the payload of a frame: an APDU (LLC header optional) or a telegram of a P1 port.

        ``sender`` is the maker by the system title of a ciphered frame. Never raises, whatever the
        octets.
        """
        try:
            if payload.startswith(_TELEGRAM):
                return p1.decode(payload)
            for known in self._known.get((len(payload), sender), ()):
                if (found := known.read(payload)) is not None:
                    return found
            return self._decode(payload, sender)
        except DecodeError as error:
            return Undecodable(str(error))

    def _decode(self, payload: bytes, sender: Manufacturer | None) -> MeterList | Undecodable:
        notification = _parse(payload)
        form = self._understand(notification.body, notification, sender)
        if form is None:
            return Undecodable("a list of a meter that is not supported")
        found = form.read(notification.clock)
        self._learn(payload, notification, sender, found)
        return found

    def _understand(
        self, body: Data, notification: DataNotification, sender: Manufacturer | None
    ) -> Form | None:
        return kaifa.understand(body) or obis_list.understand(
            body,
            is_array=notification.is_array,
            sender=sender,
            watt_hours_per_count=self._watt_hours_per_count,
        )

    def _learn(
        self,
        payload: bytes,
        notification: DataNotification,
        sender: Manufacturer | None,
        found: MeterList,
    ) -> None:
        if _SWAPPED in payload:
            return
        places: Data = parse_places_at(payload, notification.start)
        form = self._understand(places, notification, sender)
        if form is None:
            return
        known = KnownForm.learn(payload, notification, form)
        # A form that a number has a part in is none, and reads something else here.
        if known.read(payload) != found:
            return
        if sum(map(len, self._known.values())) >= _MAX_KNOWN:
            self._known.clear()
        self._known.setdefault((len(payload), sender), []).append(known)


def decode(payload: bytes) -> MeterList | Undecodable:
    """Decode one payload by itself, as ``ListDecoder.decode`` does. Never raises."""
    return ListDecoder().decode(payload)


def _parse(payload: bytes) -> DataNotification:
    try:
        return parse_notification(payload)
    except DecodeError:
        if _SWAPPED not in payload:
            raise
        return parse_notification(payload.replace(_SWAPPED, _RIGHT))
