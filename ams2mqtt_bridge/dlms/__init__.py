"""The part of DLMS/COSEM that a meter needs to push its lists."""

from .apdu import CIPHERED, LLC, DataNotification, Tag, parse_notification
from .axdr import Data, Place, parse_data, parse_places_at, read_length
from .block_transfer import BlockTransfer
from .ciphering import KEY_LENGTH, Deciphered, Keys, decipher
from .clock import CosemDateTime
from .errors import DecodeError

__all__ = [
    "CIPHERED",
    "KEY_LENGTH",
    "LLC",
    "BlockTransfer",
    "CosemDateTime",
    "Data",
    "DataNotification",
    "Deciphered",
    "DecodeError",
    "Keys",
    "Place",
    "Tag",
    "decipher",
    "parse_data",
    "parse_notification",
    "parse_places_at",
    "read_length",
]
