"""Currents that do not follow what happens."""

from datetime import UTC, datetime, timedelta

import pytest

from custom_components.zmartcharge.meter import FrozenDetector, PartialReading
from custom_components.zmartcharge.units import GridType, Phase

START = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def lines(seconds: float, one: float, two: float, three: float, **more: object) -> PartialReading:
    return PartialReading(
        received=at(seconds),
        retained=bool(more.pop("retained", False)),
        currents=dict(zip(Phase, (one, two, three), strict=True)),
        **more,  # type: ignore[arg-type]
    )


def watched(grid: GridType = GridType.TN_400) -> FrozenDetector:
    """Return a detector of a meter that has said the same for a minute."""
    detector = FrozenDetector(grid)
    for seconds in range(0, 60, 10):
        detector.see(lines(seconds, 5, 6, 7))
    return detector


def test_a_quiet_house_is_not_frozen() -> None:
    assert watched().frozen == frozenset()


def test_statement_21_a_phase_that_does_not_follow_a_charger_is_frozen_after_the_time_of_two_lists() -> (
    None
):
    detector = watched()
    detector.charger_moved({Phase.L1: 16.0, Phase.L2: 16.0}, at(55), at(58))
    for seconds in (60, 70):
        detector.see(lines(seconds, 5, 22, 7))
        assert detector.frozen == frozenset()
    detector.see(lines(80, 5, 22, 7))
    assert detector.frozen == {Phase.L1}


def test_a_reader_that_sends_each_list_twice_is_given_the_time_of_two_lists() -> None:
    detector = watched()
    detector.charger_moved({Phase.L1: 16.0}, at(55), at(58))
    for seconds in (60, 65, 70, 75):
        detector.see(lines(seconds, 5, 6, 7))
    assert detector.frozen == frozenset()
    detector.see(lines(80, 21, 6, 7))
    assert detector.frozen == frozenset()


def test_an_it_meter_without_l2_is_never_thought_to_carry_too_little() -> None:
    detector = FrozenDetector(GridType.IT_230)
    for seconds in (0, 10, 20, 30):
        currents = {Phase.L1: 16.0 + seconds / 10, Phase.L3: 16.0}
        detector.see(
            PartialReading(
                received=at(seconds), retained=False, currents=currents, power_import=6374.0
            )
        )
    assert detector.frozen == frozenset()


@pytest.mark.parametrize("moved", [6.0, -6.0])
def test_it_is_mended_by_the_first_value_that_moves(moved: float) -> None:
    detector = watched()
    detector.charger_moved({Phase.L3: moved}, at(55), at(58))
    for seconds in (60, 70, 80):
        detector.see(lines(seconds, 5, 6, 7))
    assert detector.frozen == {Phase.L3}
    detector.see(lines(90, 5, 6, 7.1))
    assert detector.frozen == frozenset()
    detector.see(lines(100, 5, 6, 7.1))
    assert detector.frozen == frozenset()


def test_a_small_move_says_nothing() -> None:
    detector = watched()
    detector.charger_moved(dict.fromkeys(Phase, 3.0), at(55), at(58))
    for seconds in range(60, 120, 10):
        detector.see(lines(seconds, 5, 6, 7))
    assert detector.frozen == frozenset()


def test_a_meter_that_showed_the_move_before_the_charger_told_it_is_believed() -> None:
    detector = watched()
    detector.see(lines(60, 21, 22, 23))
    detector.charger_moved(dict.fromkeys(Phase, 16.0), at(70), at(73))
    for seconds in (70, 80, 90):
        detector.see(lines(seconds, 21, 22, 23))
    assert detector.frozen == frozenset()


def test_nothing_is_known_of_a_line_that_was_never_seen() -> None:
    detector = FrozenDetector(GridType.TN_400)
    detector.charger_moved({Phase.L1: 16.0}, at(0), at(0))
    for seconds in (60, 70, 80):
        detector.see(lines(seconds, 5, 6, 7))
    assert detector.frozen == frozenset()


def test_what_the_broker_repeats_or_was_estimated_says_nothing() -> None:
    detector = watched(GridType.IT_230)
    detector.charger_moved({Phase.L1: 16.0, Phase.L2: 16.0}, at(55), at(58))
    for seconds in (60, 70, 80):
        detector.see(lines(seconds, 5, 6, 7, retained=True))
        detector.see(lines(seconds, 5 + seconds / 10, 6, 7, margins={Phase.L2: 1.0}))
        detector.see(PartialReading(received=at(seconds), retained=False, power_import=1.0))
    assert detector.frozen == frozenset()


@pytest.mark.parametrize(("grid", "watts"), [(GridType.TN_400, 14_000), (GridType.IT_230, 8_500)])
def test_three_lists_whose_currents_cannot_carry_their_power_freeze_all(
    grid: GridType, watts: float
) -> None:
    detector = FrozenDetector(grid)
    for seconds in (0, 10):
        detector.see(lines(seconds, 16, 16.2, 16 + seconds / 10, power_import=watts))
    assert detector.frozen == frozenset()
    detector.see(lines(20, 16, 16.2, 16.5, power_import=watts))
    assert detector.frozen == set(Phase)
    detector.see(lines(30, 16, 16.2, 16.5, power_import=watts / 2))
    assert detector.frozen == frozenset()


@pytest.mark.parametrize(("grid", "watts"), [(GridType.TN_400, 11_040), (GridType.IT_230, 6_374)])
def test_currents_that_just_carry_their_power_are_believed(grid: GridType, watts: float) -> None:
    detector = FrozenDetector(grid)
    for seconds in range(0, 100, 10):
        detector.see(
            lines(seconds, 16, 16, 16, power_export=watts, power_import=0.0)
            if seconds % 20
            else lines(seconds, 16, 16, 16, power_import=watts)
        )
    assert detector.frozen == frozenset()


def test_a_single_phase_meter_needs_l1_only() -> None:
    detector = FrozenDetector(GridType.SINGLE_PHASE)
    for seconds in (0, 10, 20):
        detector.see(
            PartialReading(
                received=at(seconds),
                retained=False,
                currents={Phase.L1: 1.0},
                power_import=5000.0,
                voltages={Phase.L1: 230.0},
            )
        )
    assert detector.frozen == {Phase.L1}
