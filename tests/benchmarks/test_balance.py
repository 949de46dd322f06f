"""The models that controllers are compared in, and that the comparison is the same each time."""

from collections.abc import Sequence
from dataclasses import replace
from math import inf
from random import Random

import pytest

from benchmarks.balance.bench import CONTROLLERS, goals_of, table
from benchmarks.balance.charging import Charger, Place, Visit
from benchmarks.balance.controller import Make, Ours
from benchmarks.balance.fuse import Fuse, FuseKind, trip_curves
from benchmarks.balance.house import winter_day
from benchmarks.balance.loop import Outcome, run_day
from benchmarks.balance.metering import Fault, Meter, MeterFault
from benchmarks.balance.net import GridType
from benchmarks.balance.oracle import best_shares, run_oracle
from benchmarks.balance.scenarios import SCENARIOS, Day, day_of
from benchmarks.balance.steps import Reactions, reactions
from custom_components.zmartcharge.units import Wiring

HOUR = 3600
THREE = Place(lines=Wiring.L1_L2_L3, maximum=16.0)


def seconds_until_open(kind: FuseKind, rating: float, ratio: float, which: int) -> float:
    fuse = Fuse(rating, trip_curves(kind, rating)[which])
    for second in range(1, 2 * HOUR):
        fuse.carry(ratio * rating)
        if fuse.trips:
            return second
    return inf


@pytest.mark.parametrize(
    ("kind", "ratio", "earliest", "latest"),
    [
        (FuseKind.MCB_B, 1.12, inf, inf),
        (FuseKind.MCB_B, 1.46, 0, HOUR),
        (FuseKind.MCB_C, 2.55, 1, 61),
        (FuseKind.MCB_B, 5.1, 1, 1),
        (FuseKind.MCB_C, 10.1, 1, 1),
        (FuseKind.GG, 1.24, inf, inf),
        (FuseKind.GG, 1.61, 0, HOUR),
    ],
)
def test_fuses_open_within_their_standards_band(
    kind: FuseKind, ratio: float, earliest: float, latest: float
) -> None:
    early = seconds_until_open(kind, 25.0, ratio, 0)
    late = seconds_until_open(kind, 25.0, ratio, 1)
    assert earliest <= early <= late <= latest


def test_fuse_cools_between_overloads() -> None:
    fuse = Fuse(25.0, trip_curves(FuseKind.MCB_B, 25.0)[0])
    for _ in range(100):
        for _ in range(20):
            fuse.carry(1.4 * 25)
        for _ in range(HOUR):
            fuse.carry(10.0)
    assert fuse.trips == 0


@pytest.mark.parametrize("grid", [GridType.TN_400, GridType.IT_230])
@pytest.mark.parametrize("fuse", [16.0, 25.0, 63.0])
def test_house_alone_hardly_ever_exceeds_its_fuse(grid: GridType, fuse: float) -> None:
    loads = winter_day(grid, fuse, Random(1), 16 * HOUR, 22 * HOUR)
    highest = [max(abs(line) for line in lines) for lines, _ in loads]
    assert len(loads) == 6 * HOUR
    assert max(highest) <= 1.03 * fuse
    assert max(highest) > fuse / 2


def visit(**changes: float) -> Visit:
    return replace(
        Visit(arrives=0, leaves=HOUR, needs=20000.0, phases=3, current=16.0, sleeps=0), **changes
    )


def charger(**changes: float) -> Charger:
    return Charger(place=THREE, grid=GridType.TN_400, visits=[visit(**changes)], random=Random(1))


def test_car_follows_a_limit_within_the_times_of_the_standard() -> None:
    one = charger()
    one.command(0, 16.0)
    for second in range(12):
        one.step(second)
    assert one.current == 16.0


def test_charger_without_a_renewed_limit_falls_back() -> None:
    one = charger()
    one.renewed_at = 0
    one.command(0, 16.0)
    for second in range(120):
        one.step(second)
    assert one.current == 6.0


def test_unreachable_charger_keeps_what_it_has() -> None:
    one = replace_deaf(charger(), (20, 60))
    one.command(0, 16.0)
    for second in range(30):
        if second == 20:
            one.command(second, 6.0)
        one.step(second)
    assert (one.allowed, one.current) == (16.0, 16.0)


def replace_deaf(one: Charger, outage: tuple[int, int]) -> Charger:
    one.deaf = (outage,)
    return one


@pytest.mark.parametrize("kamstrup", [False, True])
def test_meter_keeps_its_cadence(*, kamstrup: bool) -> None:
    meter = Meter(Random(1), kamstrup)
    pictures = [meter.step(second, (1.0, 2.0, 3.0), 1380.0) for second in range(100)]
    meter = Meter(Random(1), kamstrup)
    news = sum(meter.step(second, (1.0, 2.0, 3.0), 1380.0).news for second in range(100))
    assert news == (10 if kamstrup else 40)
    assert pictures[-1].lines == pytest.approx((1.0, 2.0, 3.0), abs=0.3)


def test_silent_meter_says_nothing_and_a_frozen_one_the_same() -> None:
    silent = Meter(Random(1), faults=(Fault(MeterFault.SILENT, 10, 30),))
    assert not any(silent.step(s, (1.0, 1.0, 1.0), 690.0).news for s in range(10, 30))
    frozen = Meter(Random(1), faults=(Fault(MeterFault.FROZEN, 10, 30),))
    before = frozen.step(0, (1.0, 1.0, 1.0), 690.0).lines
    after = frozen.step(20, (20.0, 20.0, 20.0), 13800.0)
    assert after.currents and after.lines == before


def test_oracle_uses_every_ampere_and_no_more() -> None:
    wiring = THREE.wiring(GridType.TN_400, 3)
    load = (tuple(10 * each for each in wiring.per_ampere), 6900.0)
    share = best_shares(load, [(wiring.per_ampere, 32.0)], 25.0)[0]  # type: ignore[arg-type]
    assert 14.9 <= share <= 15.0
    assert best_shares(load, [(wiring.per_ampere, 32.0)], 15.0) == [0.0]  # type: ignore[arg-type]


def short_day(index: int, number: int = 0) -> Day:
    day = day_of(SCENARIOS[index], 3, number)
    day.loads = day.loads[:1500]
    return day


@pytest.mark.parametrize("name", CONTROLLERS)
def test_equal_seeds_give_equal_outcomes(name: str) -> None:
    assert run_day(short_day(0), CONTROLLERS[name]) == run_day(short_day(0), CONTROLLERS[name])


def test_other_seeds_give_other_days() -> None:
    assert day_of(SCENARIOS[0], 1, 0).loads != day_of(SCENARIOS[0], 2, 0).loads


def test_nobody_delivers_more_to_one_car_at_that_safety_than_the_oracle() -> None:
    assert run_day(short_day(1), Ours).energy <= run_oracle(short_day(1)).energy * 1.02


@pytest.mark.parametrize("make", [Ours])
def test_step_of_the_house_is_answered_in_time(make: Make) -> None:
    times = reactions(make, 5, 15)
    assert times.median <= 10
    assert times.worst <= 30


def test_oracle_that_keeps_silence_delivers_less_only_where_something_is_broken() -> None:
    well, broken = short_day(1), day_of(SCENARIOS[8], 3, 0)
    assert run_oracle(well, silent=True).energy == run_oracle(well).energy
    assert run_oracle(broken, silent=True).energy < run_oracle(broken).energy


def test_table_and_goals_name_everyone() -> None:
    found: dict[tuple[str, str], Outcome] = {}
    names: Sequence[str] = [*CONTROLLERS, "oracle"]
    for name in names:
        found[SCENARIOS[0].name, name] = Outcome(charging=100, above=3, energy=950.0)
    found[SCENARIOS[0].name, "oracle"].energy = 1000.0
    times = dict.fromkeys(CONTROLLERS, Reactions(5.0, 12.0))
    text = table(found, times)
    assert all(name in text for name in CONTROLLERS)
    met = {goal.name: goal.met for goal in goals_of(found, times)}
    assert met["energy, all well, % of an oracle's"]
    assert not met["energy with faults, % of one's that keeps silence"]
    assert not met["charging above the rating, %"]
