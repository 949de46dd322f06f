"""How figures are shown: as a table, or as JSON with figures and goals."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
import json


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured value."""

    name: str
    value: float
    unit: str


@dataclass(frozen=True, slots=True)
class Goal:
    """A value to reach: at least ``goal``, or at most when ``at_most``."""

    name: str
    value: float
    goal: float
    at_most: bool = False

    @property
    def met(self) -> bool:
        """Tell whether it was reached."""
        return self.value <= self.goal if self.at_most else self.value >= self.goal


def show(title: str, figures: Sequence[Figure], goals: Sequence[Goal], *, as_json: bool) -> None:
    """Print figures and goals."""
    if as_json:
        print(
            json.dumps(
                {
                    "figures": [asdict(figure) for figure in figures],
                    "goals": [
                        {"name": g.name, "value": g.value, "goal": g.goal, "met": g.met}
                        for g in goals
                    ],
                }
            )
        )
        return
    print(title)
    for figure in figures:
        print(f"  {figure.name:<58}{figure.value:>12,.2f} {figure.unit}")
    for goal in goals:
        sign = "≤" if goal.at_most else "≥"
        word = "met" if goal.met else "NOT met"
        print(f"  goal: {goal.name}: {goal.value:,.2f} ({sign} {goal.goal:g}) {word}")
