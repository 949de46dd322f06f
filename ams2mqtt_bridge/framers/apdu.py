"""DLMS APDUs without a frame, as in a dump or in what other readers publish on MQTT."""

from ..dlms import CIPHERED, LLC, DecodeError, Tag, parse_notification, read_length

_BEGINNINGS = frozenset({LLC[0], *Tag})
# A list of 16 KiB in the smallest blocks that are known.
_MOST_BLOCKS = 256


def is_whole_apdu(chunk: bytes) -> bool:
    """Tell whether a chunk is one APDU from its first octet to its last, LLC header or not.

    There is no check sequence, so nothing less than every length being right will do. A block of a
    block transfer is no message by itself, and counts as one here.
    """
    if not chunk or chunk[0] not in _BEGINNINGS:
        return False
    start = len(LLC) if chunk.startswith(LLC) else 0
    tag = chunk[start] if start < len(chunk) else None
    try:
        if tag == Tag.DATA_NOTIFICATION:
            return parse_notification(chunk).end == len(chunk)
        if tag == Tag.GENERAL_BLOCK_TRANSFER:
            # Control, block number and the number of the block it acknowledges.
            # Noise may have a length that fits; the first blocks of a list count from 1.
            number = int.from_bytes(chunk[start + 2 : start + 4])
            size, position = read_length(chunk, start + 6)
            return position + size == len(chunk) and 0 < number <= _MOST_BLOCKS
        if tag in CIPHERED:
            title, position = read_length(chunk, start + 1)
            size, position = read_length(chunk, position + title)
            return position + size == len(chunk)
    except DecodeError, IndexError:
        return False
    return False
