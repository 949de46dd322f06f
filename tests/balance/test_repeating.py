"""A meter that repeats itself while a car charges."""

from itertools import pairwise

from custom_components.zmartcharge.balance import Level, ReasonKey
from custom_components.zmartcharge.units import Phase

from .builders import Car, Loop, charger


def steady(amperes: float) -> dict[Phase, float]:
    """Return a house that takes the same of each line."""
    return dict.fromkeys(Phase, amperes)


def test_house_that_rises_behind_a_frozen_meter_is_not_overloaded_for_long() -> None:
    loop = Loop(
        lambda s: steady(5.0 + (15.0 if s >= 400 else 0.0)),
        [Car(charger("a"))],
        power=True,
        frozen_from=395,
    )
    loop.run(3600)
    assert sum(total > 25.0 for total in loop.totals) <= 170
    assert loop.cars[0].situation.allowed == 0.0
    assert loop.decision is not None
    assert loop.decision.level is Level.SAFE
    assert loop.decision.of("a").reason.key is ReasonKey.METER_FROZEN


def test_meter_that_lives_again_is_believed_again() -> None:
    loop = Loop(lambda s: steady(5.0), [Car(charger("a"))], power=True, frozen_from=300)
    loop.run(900)
    loop.frozen_from = None
    loop.run(120)
    assert loop.cars[0].draw == 16.0


def test_house_that_wanders_by_a_watt_is_never_asked() -> None:
    loop = Loop(lambda s: steady(5.0), [Car(charger("a"))], power=True, wander=1.0)
    loop.run(3600)
    assert not [second for second, _ in loop.cars[0].changes if second > 60]


def test_house_that_stands_still_is_asked_seldom_and_briefly() -> None:
    loop = Loop(lambda s: steady(5.0), [Car(charger("a"))], power=True, wander=0.0)
    loop.run(7200)
    changes = [(second, amperes) for second, amperes in loop.cars[0].changes if second > 60]
    assert {amperes for _, amperes in changes} == {6.0, 16.0}
    asked = [second for second, amperes in changes if amperes == 6.0]
    assert all(later - earlier >= 600 for earlier, later in pairwise(asked[1:]))
    assert all(
        after - before <= 50 for (before, low), (after, _) in pairwise(changes) if low == 6.0
    )


def test_car_that_takes_nothing_has_nothing_to_prove() -> None:
    loop = Loop(lambda s: steady(5.0), [Car(charger("a"), takes=0.001)], power=True, wander=0.0)
    loop.run(1800)
    assert loop.cars[0].situation.allowed == 16.0
