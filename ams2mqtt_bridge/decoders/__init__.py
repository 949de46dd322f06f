"""Decoders turn the payload of a frame into a ``MeterList``."""

from .decode import Undecodable, decode

__all__ = ["Undecodable", "decode"]
