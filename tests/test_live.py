"""Which measured values are of now, and which a charger had kept while it was offline."""

from datetime import timedelta

from custom_components.zmartcharge.live import Delay

from .house import NOW


def _second(seconds: float) -> timedelta:
    return timedelta(seconds=seconds)


def test_values_that_come_as_they_are_measured_are_live() -> None:
    delay = Delay()
    assert all(delay.is_live(NOW + _second(n), NOW + _second(n + 1)) for n in range(0, 100, 10))


def test_values_that_were_kept_are_not_and_the_next_is() -> None:
    delay = Delay()
    back = NOW + _second(150)
    kept = [delay.is_live(NOW + _second(n), back + _second(n / 1000)) for n in range(0, 120, 10)]
    assert not any(kept)
    assert delay.is_live(back, back + _second(1))


def test_values_of_a_charger_whose_clock_is_wrong_are_live_from_the_second_on() -> None:
    delay = Delay()
    wrong = NOW - timedelta(days=3)
    heard = [delay.is_live(wrong + _second(n), NOW + _second(n)) for n in range(0, 50, 10)]
    assert heard == [False, True, True, True, True]


def test_clock_that_is_set_while_it_charges_costs_one_value() -> None:
    delay = Delay()
    assert delay.is_live(NOW, NOW)
    ahead = timedelta(hours=1)
    heard = [delay.is_live(NOW + ahead + _second(n), NOW + _second(n)) for n in range(10, 60, 10)]
    assert heard == [False, True, True, True, True]
