"""From octets to lists, counting what went wrong on the way."""

from dataclasses import dataclass, field
from typing import Self

from .decoders import ListDecoder, Undecodable, find_maker
from .dlms import CIPHERED, LLC, BlockTransfer, DecodeError, Keys, Tag, decipher
from .framers import FrameCounts, Framer, StreamFramer
from .meter_list import Manufacturer, MeterList

# Enough for a judgement of the line, and less than a second of it at 115200 baud.
_RECENT_LENGTH = 1024
# Ciphered blocks of a ciphered block … go no deeper than this in any meter.
_MAX_LAYERS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """What has come through so far; the last frame that was no known list, and why.

    ``deciphered`` frames were encrypted and could be read, ``unverified`` ones of them without a tag
    or without the key for it, and ``repeated`` ones had an invocation counter that was not higher
    than the last one of the same meter.
    """

    octets: int = 0
    frames: FrameCounts = field(default_factory=FrameCounts)
    lists: int = 0
    undecodable: int = 0
    reason: str | None = None
    deciphered: int = 0
    unverified: int = 0
    repeated: int = 0

    def since(self, earlier: Self) -> Counts:
        """Return what has come since then."""
        return Counts(
            octets=self.octets - earlier.octets,
            frames=self.frames.since(earlier.frames),
            lists=self.lists - earlier.lists,
            undecodable=self.undecodable - earlier.undecodable,
            reason=self.reason,
            deciphered=self.deciphered - earlier.deciphered,
            unverified=self.unverified - earlier.unverified,
            repeated=self.repeated - earlier.repeated,
        )


class Pipeline:
    """Frames, deciphers and decodes a stream. Never raises, whatever the octets.

    The keys have 16 octets each. ``watt_hours_per_count`` (1 or 10) overrules what a Kamstrup's
    counters are known to count.
    """

    def __init__(
        self,
        framer: Framer | None = None,
        *,
        encryption_key: bytes | None = None,
        authentication_key: bytes | None = None,
        watt_hours_per_count: int | None = None,
    ) -> None:
        self._framer = framer or StreamFramer()
        self._keys = Keys(encryption_key, authentication_key)
        self._decoder = ListDecoder(watt_hours_per_count)
        self._blocks = BlockTransfer()
        self._last_counter: tuple[bytes, int] = (b"", 0)
        self._recent = b""
        self._octets = 0
        self._lists = 0
        self._undecodable = 0
        self._reason: str | None = None
        self._deciphered = 0
        self._unverified = 0
        self._repeated = 0

    @property
    def counts(self) -> Counts:
        """Return what has come through so far."""
        return Counts(
            octets=self._octets,
            frames=self._framer.counts,
            lists=self._lists,
            undecodable=self._undecodable,
            reason=self._reason,
            deciphered=self._deciphered,
            unverified=self._unverified,
            repeated=self._repeated,
        )

    @property
    def recent(self) -> bytes:
        """Return the last octets that came, at most 1024, for a diagnosis of the line."""
        return self._recent

    def feed(self, chunk: bytes) -> list[MeterList]:
        """Take the next octets and return the lists that are now whole."""
        self._octets += len(chunk)
        self._recent = (self._recent + chunk)[-_RECENT_LENGTH:]
        lists = []
        for payload in self._framer.feed(chunk):
            found = self._decode(payload)
            if isinstance(found, MeterList):
                self._lists += 1
                lists.append(found)
            elif found is not None:
                self._undecodable += 1
                self._reason = found.reason
        return lists

    def _decode(self, payload: bytes) -> MeterList | Undecodable | None:
        """Return the list of a payload; ``None`` for a part of one."""
        sender: Manufacturer | None = None
        try:
            for _ in range(_MAX_LAYERS):
                tag = payload[len(LLC)] if payload[:-1].startswith(LLC) else payload[0]
                if tag == Tag.GENERAL_BLOCK_TRANSFER:
                    whole = self._blocks.add(payload)
                    if whole is None:
                        return None
                    payload = whole
                elif tag in CIPHERED:
                    payload, sender = self._decipher(payload)
                else:
                    break
                if not payload:
                    return Undecodable("no content")
        except DecodeError as error:
            return Undecodable(str(error))
        return self._decoder.decode(payload, sender)

    def _decipher(self, apdu: bytes) -> tuple[bytes, Manufacturer | None]:
        found = decipher(apdu, self._keys)
        self._deciphered += 1
        self._unverified += not found.verified
        title, counter = self._last_counter
        self._repeated += title == found.system_title and found.counter <= counter
        self._last_counter = (found.system_title, found.counter)
        return found.content, find_maker(found.system_title.decode("ascii", errors="replace"))
