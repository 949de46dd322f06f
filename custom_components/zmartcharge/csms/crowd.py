"""How many connections there are: each charger has room for one, and for more only within limits."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

#: Connections of chargers that have one already, as while one takes over from another.
MAX_FURTHER, MAX_FURTHER_PER_ADDRESS = 1000, 200


class Crowd:
    """Counts the connections of registered chargers.

    A charger's only connection is let in whatever others do: behind a router or a proxy hundreds come
    from one address, and none of them may be kept out by that.
    """

    def __init__(self) -> None:
        """Begin with none."""
        self._present: Counter[str] = Counter()
        self._further: Counter[str] = Counter()

    def __len__(self) -> int:
        """Return how many connections there are."""
        return self._present.total()

    @contextmanager
    def entered(self, charge_point_id: str, remote: str) -> Iterator[bool]:
        """Count a connection while it lasts, and tell whether there is room for it."""
        further = bool(self._present[charge_point_id])
        has_room = not further or (
            self._further.total() < MAX_FURTHER and self._further[remote] < MAX_FURTHER_PER_ADDRESS
        )
        self._present[charge_point_id] += 1
        self._further[remote] += further
        try:
            yield has_room
        finally:
            self._present[charge_point_id] -= 1
            self._further[remote] -= further
            # Forgotten at zero, or every address that ever came would be kept.
            self._present += Counter()
            self._further += Counter()
