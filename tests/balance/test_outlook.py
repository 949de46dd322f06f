"""What a house is expected to take of a line soon."""

from collections.abc import Sequence
from datetime import timedelta

from hypothesis import given, strategies as st
import pytest

from custom_components.zmartcharge.balance.outlook import outlook, rises
from custom_components.zmartcharge.balance.state import HouseSample, Rise

from .builders import L1, NOW, SECOND

AFTER = timedelta(seconds=20)


def expected(currents: Sequence[float]) -> float:
    """Return what is expected after these currents, 10 s apart."""
    taken = [
        HouseSample(NOW + 10 * index * SECOND, {L1: current}, None)
        for index, current in enumerate(currents)
    ]
    known: tuple[Rise, ...] = ()
    before = None
    for sample in taken:
        known = rises(known, before, sample)
        before = sample
    return outlook(taken[-16:], known, AFTER)[L1]


@pytest.mark.parametrize(
    ("currents", "level"),
    [
        ([5.0], 5.0),
        ([5.0] * 20, 5.0),
        # It came and went, and has been gone for long enough.
        ([5.0, 14.0, 5.0, 5.0], 14.0),
        ([5.0, 14.0, 5.0, 5.0, 5.0], 5.0),
        # It comes again and again.
        ([5.0, 14.0, 5.0, 5.0, 5.0] * 6, 14.0),
        # It did so for long, and has stopped.
        ([5.0, 14.0, 5.0, 5.0, 5.0] * 6 + [5.0] * 16, 5.0),
        # Little is not worth an overload.
        ([5.0, 6.0, 5.0, 5.0, 5.0], 6.0),
    ],
)
def test_level_is_weighed_against_how_often_the_house_rises_above_it(
    currents: list[float], level: float
) -> None:
    assert expected(currents) == level


@given(st.lists(st.floats(0, 63), min_size=1, max_size=40))
def test_level_is_one_that_the_house_took_and_not_below_the_newest(currents: list[float]) -> None:
    level = expected(currents)
    assert level >= max(currents[-3:])
    assert level in currents[-16:]
