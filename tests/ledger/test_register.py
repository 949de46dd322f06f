"""What a reading does to a register that is followed."""

from datetime import timedelta

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.zmartcharge.ledger.register import (
    MAX_STEP,
    Belief,
    Track,
    Turn,
    begin,
    follow,
)

from .builders import T0, minutes

_START = begin(100_000, T0)


def walk(*readings: tuple[int, float], track: Track = _START) -> tuple[int, Track, list[Turn]]:
    """Return the energy added, the track and the turns that were taken."""
    added, turns = 0, []
    for register, minute in readings:
        step = follow(track, register, minutes(minute))
        assert step.added_wh >= 0
        added, track = added + step.added_wh, step.track
        if step.turn and not step.doubtful:
            turns.append(step.turn)
    return added, track, turns


@pytest.mark.parametrize(
    ("readings", "added", "turns"),
    [
        pytest.param([(101_000, 10), (102_500, 20)], 2500, [], id="rises"),
        pytest.param([(101_000, 10), (101_000, 10)], 1000, [], id="repeated"),
        pytest.param([(101_000, 10), (100_500, 5), (101_200, 20)], 1200, [], id="wrong order"),
        pytest.param([(101_000, 10), (101_300, 5)], 1300, [], id="clock set back"),
        pytest.param([(102_000, -5)], 0, [], id="older than the first"),
        pytest.param([(101_000, 10), (100_950, 20), (100_950, 30)], 1000, [], id="rounding"),
        pytest.param([(101_000, 10), (0, 20), (101_500, 30)], 1500, [], id="one zero"),
        pytest.param([(0, 10), (0, 10), (101_000, 20)], 1000, [], id="one zero, sent twice"),
        pytest.param([(0, 10), (700, 20), (900, 30)], 900, [Turn.RESET], id="reset"),
        pytest.param([(0, 10), (700, 20), (99_000, 5)], 700, [Turn.RESET], id="from before reset"),
        pytest.param([(50, 20), (40, 15), (60, 30)], 10, [Turn.RESET], id="reset, wrong order"),
        pytest.param([(5_000, 10), (3_000, 20), (3_100, 30)], 100, [Turn.RESET], id="two resets"),
        pytest.param([(16_000_000, 1), (101_000, 10)], 1000, [], id="one leap"),
        pytest.param([(16_000_000, 1), (16_000_500, 2)], 500, [Turn.JUMP], id="new meter"),
        pytest.param([(110_000, 0)], 10_000, [], id="little, at once"),
        pytest.param([(110_001, 0)], 0, [], id="much, at once"),
        pytest.param([(600_000, 60)], 500_000, [], id="500 kW"),
        pytest.param([(600_001, 60)], 0, [], id="over 500 kW"),
        pytest.param([(101_000, 10), (900_000, 5)], 1000, [], id="leap, wrong order"),
    ],
)
def test_a_register_counts_what_was_delivered(
    readings: list[tuple[int, float]], added: int, turns: list[Turn]
) -> None:
    assert walk(*readings)[::2] == (added, turns)


@pytest.mark.parametrize("span", [2**31, 2**32])
def test_a_32_bit_register_goes_on_from_zero(span: int) -> None:
    before = begin(span - 300, T0)
    assert walk((500, 10), (600, 20), track=before)[::2] == (900, [Turn.ROLLOVER])


def test_a_register_beyond_31_bits_that_falls_has_not_rolled_over_there() -> None:
    added, _, turns = walk((10, 10), (20, 20), track=begin(2**31 + 5, T0))
    assert (added, turns) == (10, [Turn.RESET])


def test_without_usable_times_only_the_energy_of_a_step_is_judged() -> None:
    belief = Belief(timed=False)
    assert follow(_START, 100_000 + MAX_STEP, T0, belief).added_wh == MAX_STEP
    assert follow(_START, 100_001 + MAX_STEP, minutes(9999), belief).turn is Turn.JUMP


def test_a_step_over_the_largest_one_is_a_jump_at_any_pace() -> None:
    belief = Belief(max_step=50_000)
    assert follow(_START, 150_000, minutes(600), belief).added_wh == 50_000
    assert follow(_START, 150_001, minutes(600), belief).doubtful


@settings(deadline=None, derandomize=True)
@given(
    st.lists(st.tuples(st.integers(0, 2**33), st.timedeltas(timedelta(-9), timedelta(400)))),
    st.booleans(),
)
def test_no_reading_whatever_adds_less_than_nothing_or_goes_back_in_time(
    readings: list[tuple[int, timedelta]], timed: bool
) -> None:
    track = begin(1000, T0)
    for register, passed in readings:
        step = follow(track, register, T0 + passed, Belief(timed=timed))
        assert step.added_wh >= 0
        assert step.track.at >= track.at
        assert step.track.epoch_at >= track.epoch_at
        track = step.track


@pytest.mark.parametrize(
    ("register", "minute", "added"),
    [
        pytest.param(111_000, 60, 11_000, id="an hour of it"),
        # Two kWh and ten minutes more: meters count whole kWh, and tell of them late.
        pytest.param(114_833, 60, 14_833, id="as much as may be"),
        pytest.param(114_834, 60, 0, id="more than that"),
        pytest.param(103_833, 0, 3_833, id="at once"),
        pytest.param(108_000, 0, 0, id="too much at once"),
    ],
)
def test_a_charger_whose_power_is_known_cannot_have_delivered_more(
    register: int, minute: float, added: int
) -> None:
    belief = Belief(max_watt=11_000)
    assert follow(_START, register, minutes(minute), belief).added_wh == added


def test_how_long_it_was_is_not_known_when_the_clock_went_back() -> None:
    track = begin(100_000, minutes(60))
    begun = Track(register_wh=track.register_wh, at=track.at, epoch_at=T0)
    belief = Belief(max_watt=11_000)
    assert follow(begun, 109_000, minutes(5), belief).added_wh == 9_000
