"""Framers find whole, checked frames in a stream of bytes."""

from .base import FrameCounts, Framer
from .hdlc import HdlcFramer

__all__ = ["FrameCounts", "Framer", "HdlcFramer"]
