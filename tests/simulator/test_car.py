"""What a car draws of what it is offered."""

from hypothesis import given, strategies as st
import pytest

from simulator import Car

OFFERS = st.lists(st.tuples(st.floats(0, 40), st.floats(0, 20)), max_size=40)


def settled(car: Car, offered: float) -> float:
    for _ in range(6):
        car.follow(offered, 1.0)
    return car.current_a


@pytest.mark.parametrize(
    ("offered", "drawn"),
    [(0, 0), (5.9, 0), (6, 6), (10, 10), (16, 16), (32, 16), (-1, 0)],
)
def test_it_takes_what_is_offered_from_6_a_to_its_own_maximum(offered: float, drawn: float) -> None:
    assert settled(Car(max_current_a=16), offered) == drawn


def test_it_starts_at_its_minimum_at_once_and_reaches_its_maximum_within_five_seconds() -> None:
    car = Car(max_current_a=16)
    assert car.follow(16, 0.0) == 6
    currents = [car.follow(16, 1.0) for _ in range(5)]
    assert currents[0] < 16
    assert currents[-1] == 16


def test_it_stops_within_five_seconds_without_passing_below_6_a() -> None:
    car = Car(max_current_a=16)
    settled(car, 16)
    currents = [car.follow(0, 1.0) for _ in range(5)]
    assert currents[-1] == 0
    assert all(current == 0 or current >= 6 for current in currents)


def test_a_car_without_a_ramp_follows_at_once() -> None:
    assert Car(ramp_s=0).follow(13, 0.0) == 13


def test_it_pauses_and_resumes_by_itself() -> None:
    car = Car()
    settled(car, 16)
    car.paused = True
    assert settled(car, 16) == 0
    car.paused = False
    assert settled(car, 16) == 16


@pytest.mark.parametrize(("soc", "drawn"), [(90, 16), (95, 16), (97.5, 11), (99.99, 6.02)])
def test_it_tapers_near_the_end(soc: float, drawn: float) -> None:
    assert settled(Car(soc=soc), 16) == pytest.approx(drawn, abs=0.01)


def test_it_stops_at_its_target() -> None:
    car = Car(battery_kwh=50, soc=79.9, target_soc=80, efficiency=1)
    assert settled(car, 16) == 16
    car.charge(100)
    assert car.soc == pytest.approx(80.1)
    assert settled(car, 16) == 0


def test_losses_do_not_reach_the_battery() -> None:
    car = Car(battery_kwh=50, soc=0, efficiency=0.9)
    car.charge(10_000)
    assert car.soc == pytest.approx(18)


@given(OFFERS)
def test_it_never_draws_less_than_its_minimum_nor_more_than_its_maximum(
    offers: list[tuple[float, float]],
) -> None:
    car = Car(max_current_a=16)
    for offered, seconds in offers:
        current = car.follow(offered, seconds)
        assert current == 0 or 6 <= current <= 16


@given(OFFERS, st.floats(6, 32))
def test_after_five_seconds_it_never_draws_more_than_is_offered(
    offers: list[tuple[float, float]], offered: float
) -> None:
    car = Car(max_current_a=32)
    for earlier, seconds in offers:
        car.follow(earlier, seconds)
    for _ in range(5):
        car.follow(offered, 1.0)
    assert car.current_a <= offered


@pytest.mark.parametrize(
    "wrong",
    [
        {"phases": 2},
        {"battery_kwh": 0},
        {"battery_kwh": float("nan")},
        {"efficiency": 0},
        {"efficiency": 1.1},
        {"soc": -1},
        {"soc": 101},
        {"target_soc": 120},
        {"max_current_a": 5},
        {"min_current_a": 0},
        {"ramp_s": -1},
    ],
)
def test_a_car_that_cannot_be_is_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError):
        Car(**wrong)  # type: ignore[arg-type]
