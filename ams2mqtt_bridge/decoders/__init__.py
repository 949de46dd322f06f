"""Decoders turn the payload of a frame into a ``MeterList``."""

from .decode import ListDecoder, Undecodable, decode
from .makers import find_maker

__all__ = ["ListDecoder", "Undecodable", "decode", "find_maker"]
