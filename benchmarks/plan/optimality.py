"""How far plans are from the optimum that HiGHS finds."""

from dataclasses import dataclass
from random import Random

from custom_components.zmartcharge.plan.flow import Flow
from custom_components.zmartcharge.plan.starts import place

from .instances import Sharing, filled, priced, random_sharing, random_track
from .oracle import Shared, cheapest, cheapest_with_starts

_SEGMENTS = (24, 48, 64, 96)


@dataclass(frozen=True, slots=True)
class Gaps:
    """Relative distances from the optimum, and starts per session: planned and of the bare optimum."""

    gaps: tuple[float, ...]
    starts: float = 0.0
    bare_starts: float = 0.0

    @property
    def largest(self) -> float:
        """Return the largest gap."""
        return max(self.gaps)

    @property
    def mean(self) -> float:
        """Return the mean gap."""
        return sum(self.gaps) / len(self.gaps)

    def quantile(self, share: float) -> float:
        """Return the gap that a share of all does not exceed."""
        return sorted(self.gaps)[min(len(self.gaps) - 1, int(share * len(self.gaps)))]


def one_car(seed: int, count: int) -> Gaps:
    """Compare the continuous optimum of one car with the linear program."""
    gaps = []
    for number in range(count):
        random = Random(f"one {seed} {number}")
        track = random_track(
            random,
            random.choice(_SEGMENTS),
            budgets=random.random() < 0.5,
            uneven=random.random() < 0.5,
        )
        energy = int(sum(filled(track, 2**40)) * random.uniform(0.02, 1))
        shared = Shared(room=[None] * len(track.most), hour=track.hour, budgets=track.budgets)
        best = cheapest(track.worth, [track.most], [energy], shared)
        cost = priced(track.worth, filled(track, energy))
        gaps.append(1.0 if best is None else abs(cost - best) / max(1e-9, abs(best)))
    return Gaps(tuple(gaps))


def several_cars(seed: int, count: int) -> Gaps:
    """Compare the continuous optimum of several cars with the linear program."""
    gaps = []
    for number in range(count):
        given = random_sharing(Random(f"several {seed} {number}"))
        placed, energy = share(given)
        shared = Shared(room=given.room, hour=given.hour, budgets=given.budgets)
        best = cheapest(given.worth, given.most, energy, shared)
        cost = sum(priced(given.worth, each) for each in placed)
        gaps.append(1.0 if best is None else abs(cost - best) / max(1e-9, abs(best)))
    return Gaps(tuple(gaps))


def share(given: Sharing) -> tuple[list[list[int]], list[int]]:
    """Return what each car has in each segment, and in all."""
    flow = Flow(given.worth, given.most, given.room, given.hour, given.budgets)
    for car in range(len(given.most)):
        flow.allow(car, range(len(given.worth)))
    energy = [wanted - flow.add(car, wanted) for car, wanted in enumerate(given.wanted)]
    return [flow.placed(car) for car in range(len(given.most))], energy


def few_starts(seed: int, count: int) -> Gaps:
    """Compare plans with few starts with the integer program; without those it cannot solve."""
    gaps: list[float] = []
    starts = bare = number = 0
    while len(gaps) < count:
        random = Random(f"starts {seed} {number}")
        number += 1
        track = random_track(
            random, 48, budgets=random.random() < 0.3, uneven=random.random() < 0.4
        )
        energy = int(sum(filled(track, 2**40)) * random.uniform(0.1, 0.7))
        if track.shortest_time(energy) < 3600:
            continue
        optimum = filled(track, energy)
        placed = place(track, energy, optimum)
        best = cheapest_with_starts(
            track.worth,
            track.most,
            track.least,
            energy,
            track.penalty,
            hour=track.hour,
            budgets=track.budgets,
            charging=track.charging,
            shortest=2,
        )
        if best is None:
            continue
        gaps.append(track.cost(placed, energy)[1] / best - 1)
        starts += sum(1 for _ in track.runs(placed))
        bare += sum(1 for _ in track.runs(optimum))
    return Gaps(tuple(gaps), starts / count, bare / count)
