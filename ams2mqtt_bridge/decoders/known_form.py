"""A list that came before in the same form, read without parsing it again.

A meter sends the same two or three lists for years, and nothing in them changes but numbers and
times. What a list means is decided by all its other octets: so when those, every one of them, are
as they were, its numbers are where they were and mean what they meant.
"""

from dataclasses import dataclass
import struct
from typing import Self

from ..dlms import LLC, CosemDateTime, Data, DataNotification, Place
from ..meter_list import MeterList
from .form import Form
from .registers import Entry, Unit

_INVOKE_ID_LENGTH = 4
_CLOCK_LENGTH = 12


@dataclass(frozen=True, slots=True)
class KnownForm:
    """The octets that must be as they were, and where the others go.

    ``mask`` has a 1 in every bit of ``constant`` that counts. ``values`` unpacks the numbers, the
    time of the notification first if there is one, and ``indexes`` tells which of them each entry
    of the form takes; ``None`` for one that is itself constant.
    """

    mask: int
    constant: int
    values: struct.Struct
    has_clock: bool
    form: Form
    indexes: tuple[int | None, ...]

    @classmethod
    def learn(cls, payload: bytes, notification: DataNotification, form: Form) -> Self:
        """Return the form of a payload; the form's entries have a ``Place`` for each number."""
        variable = [_invoke_id(payload)]
        clock = _clock(payload, notification)
        if clock is not None:
            variable.append(clock)
        indexes: list[int | None] = []
        for entry in form.entries:
            place = entry.raw if _is_number(entry) else None
            indexes.append(None if place is None else len(variable) - 1)
            if isinstance(place, Place):
                variable.append(place)
        mask = bytearray(b"\xff" * len(payload))
        layout, end = [">"], 0
        for start, stop, code in variable:
            mask[start:stop] = bytes(stop - start)
            layout.append(f"{start - end}x{code}")
            end = stop
        layout.append(f"{len(payload) - end}x")
        fixed = [
            entry if index is not None else _constant(entry, payload)
            for entry, index in zip(form.entries, indexes, strict=True)
        ]
        number = int.from_bytes(mask)
        return cls(
            number,
            int.from_bytes(payload) & number,
            struct.Struct("".join(layout)),
            clock is not None,
            Form(form.maker, fixed, form.scalers),
            tuple(indexes),
        )

    def read(self, payload: bytes) -> MeterList | None:
        """Return the list, or ``None`` when the payload has another form.

        The payload is as long as the one that was learnt. Raises ``DecodeError``.
        """
        if int.from_bytes(payload) & self.mask != self.constant:
            return None
        values = self.values.unpack(payload)
        clock = CosemDateTime.from_octets(values[0]) if self.has_clock else None
        entries = [
            entry if index is None else Entry(entry[0], values[index], entry[2], entry[3])
            for entry, index in zip(self.form.entries, self.indexes, strict=True)
        ]
        return Form(self.form.maker, entries, self.form.scalers).read(clock)


def _invoke_id(payload: bytes) -> Place:
    start = (len(LLC) if payload.startswith(LLC) else 0) + 1
    return Place(start, start + _INVOKE_ID_LENGTH, f"{_INVOKE_ID_LENGTH}x")


def _clock(payload: bytes, notification: DataNotification) -> Place | None:
    start = notification.start - _CLOCK_LENGTH
    if start <= _invoke_id(payload).end:
        return None
    return Place(start, notification.start, f"{_CLOCK_LENGTH}s")


def _is_number(entry: Entry) -> bool:
    """Tell whether a value may change without changing what the list means; names may not."""
    register = entry.register
    return isinstance(entry.raw, Place) and (register is None or register.unit is not Unit.TEXT)


def _constant(entry: Entry, payload: bytes) -> Entry:
    if not isinstance(entry.raw, Place):
        return entry
    (raw,) = struct.unpack(f">{entry.raw.code}", payload[entry.raw.start : entry.raw.end])
    value: Data = raw
    return entry._replace(raw=value)
