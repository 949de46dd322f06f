"""What a charger has shown of itself, to be kept for the next time that it comes."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Self

from .charging import Strategy


@dataclass(frozen=True, slots=True, kw_only=True)
class Learned:
    """What a charger accepted; None is what it has not been asked for yet."""

    #: How it takes limits.
    strategy: Strategy | None = None
    #: Its MeterValuesSampledData, where it had to be found out what it takes.
    measurands: str | None = None
    #: How often that was begun and not ended, as by a charger that restarts when it is tried.
    unfinished_tries: int = 0

    def to_dict(self) -> dict[str, Any]:
        """Return it for a restart, ready for JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, kept: Mapping[str, Any]) -> Self:
        """Return what ``to_dict`` gave. Raises KeyError, TypeError or ValueError when it is damaged."""
        strategy, measurands = kept["strategy"], kept["measurands"]
        return cls(
            strategy=None if strategy is None else _strategy(strategy),
            measurands=None if measurands is None else str(measurands),
            unfinished_tries=int(kept["unfinished_tries"]),
        )


def _strategy(kept: Mapping[str, Any]) -> Strategy:
    return Strategy(
        purpose=str(kept["purpose"]),
        kind=str(kept["kind"]),
        stack_level=int(kept["stack_level"]),
        unit=str(kept["unit"]),
        whole=bool(kept["whole"]),
    )
