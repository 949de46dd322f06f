"""What every source does."""

from collections.abc import AsyncGenerator
from typing import Protocol


class Source(Protocol):
    """Where octets come from."""

    @property
    def description(self) -> str:
        """Return where the octets come from, for a person."""
        ...

    def chunks(self) -> AsyncGenerator[bytes]:
        """Yield octets, cut anywhere, until there are no more (a file) or for ever (a port).

        A port that goes away is opened again when it comes back. Close the generator to stop.
        """
        ...
