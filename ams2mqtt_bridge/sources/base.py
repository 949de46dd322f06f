"""What every source does."""

from collections.abc import AsyncGenerator
from typing import Protocol


class Source(Protocol):
    """Where octets come from."""

    @property
    def description(self) -> str:
        """Return where the octets come from and how they are read, for a person."""
        ...

    @property
    def problem(self) -> str | None:
        """Return why nothing comes now and what to do about it; ``None`` when all is well."""
        ...

    def chunks(self) -> AsyncGenerator[bytes]:
        """Yield octets, cut anywhere, until there are no more (a file) or for ever (a port).

        A port that goes away is opened again when it comes back. Close the generator to stop.
        """
        ...
