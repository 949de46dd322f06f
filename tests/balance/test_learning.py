"""What the lines tell about a car, corrects what is believed of it."""

from math import sqrt

import pytest

from custom_components.zmartcharge.balance import feed_of
from custom_components.zmartcharge.balance.learning import coefficients
from custom_components.zmartcharge.units import Phase, Wiring

from .builders import IT, L1, L2, L3, Car, Loop, charger

FEED = feed_of(Wiring.L1_L2_L3, IT)


def cooking(second: float) -> dict[Phase, float]:
    """Return a house that takes 10 A more for five minutes of each ten."""
    return dict.fromkeys(Phase, 4.0 + (10.0 if second % 600 >= 300 else 0.0))


def loop_with(uses: dict[Phase, float]) -> Loop:
    """Return a charger in an IT net with the preset for a return line, and what is true of it."""
    car = Car(charger(feeds=(FEED,)), uses=uses)
    return Loop(cooking, [car], limits={"grid": IT})


def test_car_that_loads_no_return_line_is_given_more_in_the_end() -> None:
    loop = loop_with({L1: 1.0, L2: 1.0, L3: 1.0})
    loop.run(290)
    first = loop.cars[0].situation.allowed
    loop.run(3600)
    assert first == 14.0
    assert loop.cars[0].situation.allowed == 16.0
    assert loop.over < 0.02


def test_car_as_expected_is_believed_as_before() -> None:
    loop = loop_with({L1: 1.0, L2: 1.0, L3: sqrt(3)})
    loop.run(3600)
    learned = coefficients(loop.cars[0].situation, loop.state.chargers["a"], IT)
    assert learned == pytest.approx(FEED.coefficients)


def test_line_loaded_more_than_expected_is_counted_with_what_was_seen() -> None:
    loop = loop_with({L1: sqrt(3), L2: 1.0, L3: 1.0})
    loop.run(3600)
    learned = coefficients(loop.cars[0].situation, loop.state.chargers["a"], IT)
    assert learned[L1] == pytest.approx(sqrt(3), abs=0.1)


def test_one_load_that_comes_with_a_command_teaches_nothing() -> None:
    loop = loop_with({L1: 1.0, L2: 1.0, L3: sqrt(3)})
    loop.run(900)
    learned = coefficients(loop.cars[0].situation, loop.state.chargers["a"], IT)
    assert learned == FEED.coefficients


def test_next_car_begins_with_the_preset() -> None:
    tn = feed_of(Wiring.L1_L2_L3, Loop(cooking, []).situation().limits.grid)
    car = Car(charger(feeds=(tn,)), uses={L1: 1.0, L2: 0.0, L3: 0.0})
    loop = Loop(lambda s: dict.fromkeys(Phase, 2.0), [car])
    loop.run(200)
    grid = loop.situation().limits.grid
    assert set(coefficients(car.situation, loop.state.chargers["a"], grid)) == {L1}
    car.situation = charger(feeds=(tn,), plugged=False, wants=False)
    loop.run(20)
    assert coefficients(car.situation, loop.state.chargers["a"], grid) == tn.coefficients
