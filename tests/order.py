"""What each worker of a run of all tests takes, and when."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest

#: How much longer a test takes that has a Home Assistant of its own.
_WITH_HOME_ASSISTANT = 10
#: Those that mostly wait go on beside those that mostly count.
_WAITING = 2


def arrange(items: list[pytest.Item]) -> None:
    """Put together what one worker takes (xdist's ``loadgroup``), what takes longest first.

    What waits for real programs is shared out to two workers, of everything else a worker takes whole
    files. No worker is left with something long while the others have ended.
    """
    costs: Counter[Path] = Counter()
    for item in items:
        costs[item.path] += _cost(item)
    waits = {item.path for item in items if item.get_closest_marker("e2e")}
    groups = _share_out(waits, costs)
    for item in items:
        item.add_marker(pytest.mark.xdist_group(groups.get(item.path, item.location[0])))
    items.sort(key=lambda item: (item.path not in waits, -costs[item.path]))


def _cost(item: pytest.Item) -> int:
    """Tell what a test takes, roughly: what takes long says so by its time-out."""
    if marker := item.get_closest_marker("timeout"):
        return int(marker.args[0])
    fixtures: Sequence[str] = getattr(item, "fixturenames", ())
    return _WITH_HOME_ASSISTANT if "hass" in fixtures else 1


def _share_out(paths: set[Path], costs: Counter[Path]) -> dict[Path, str]:
    """Share files out to as many groups as may wait at a time, about as much to each."""
    shared = {f"waits {n}": 0 for n in range(_WAITING)}
    groups = {}
    for path in sorted(paths, key=lambda path: (-costs[path], path)):
        group = groups[path] = min(shared, key=lambda name: shared[name])
        shared[group] += costs[path]
    return groups
