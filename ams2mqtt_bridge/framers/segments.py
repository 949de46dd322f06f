"""Puts the parts of a message together that came in several frames."""

from .base import Frame

# Several times the longest message that is known, and little enough for any machine.
_MAX_LENGTH = 16 * 1024


class Segments:
    """The message that is on its way; a part that is missing costs its own message and no other.

    ``lost`` counts the good frames that were dropped with an incomplete message.
    """

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self._size = 0
        self._sender = b""
        self._numbered = False
        self.lost = 0

    def add(self, frame: Frame) -> bytes:
        """Take a good frame and return the message that it completes; nothing before that."""
        if frame.first and frame.last:
            self.drop()
            return frame.payload
        if frame.first:
            self.drop()
        elif not self._continues(frame):
            return self._add_stray(frame)
        self._parts.append(frame.payload)
        self._size += len(frame.payload)
        self._sender = frame.sender
        self._numbered = frame.part is not None
        if self._size > _MAX_LENGTH:
            self.drop()
            return b""
        if not frame.last:
            return b""
        message = b"".join(self._parts)
        self._clear()
        return message

    def doubt(self) -> None:
        """Hear that a frame was damaged: parts without numbers cannot tell whether it was theirs."""
        if not self._numbered:
            self.drop()

    def drop(self) -> None:
        """Give up what has come, because the rest will not."""
        self.lost += len(self._parts)
        self._clear()

    def _clear(self) -> None:
        self._parts.clear()
        self._size = 0

    def _continues(self, frame: Frame) -> bool:
        if not self._parts or frame.sender != self._sender:
            return False
        return frame.part is None or frame.part == len(self._parts)

    def _add_stray(self, frame: Frame) -> bytes:
        self.drop()
        # A frame of HDLC that is neither segmented nor begins with LLC is a message in itself:
        # the later blocks of a block transfer come so.
        if frame.last and frame.part is None:
            return frame.payload
        self.lost += 1
        return b""
