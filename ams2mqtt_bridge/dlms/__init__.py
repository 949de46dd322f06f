"""The part of DLMS/COSEM that a meter needs to push its lists."""

from .apdu import DataNotification, parse_notification
from .axdr import Data, parse_data
from .clock import CosemDateTime
from .errors import DecodeError

__all__ = [
    "CosemDateTime",
    "Data",
    "DataNotification",
    "DecodeError",
    "parse_data",
    "parse_notification",
]
