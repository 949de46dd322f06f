"""Framers find whole, checked frames in a stream of bytes."""

from .base import FrameCounts, FrameKind, Framer
from .stream import StreamFramer

# The name that the application still uses; the one framer recognises HDLC as well.

__all__ = ["FrameCounts", "FrameKind", "Framer", "StreamFramer"]
