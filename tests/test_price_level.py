"""What is cheap, and what is dear, beside the rest of a day."""

from decimal import Decimal

from hypothesis import given, strategies as st
import pytest

from custom_components.zmartcharge.price_level import is_cheap, is_peak

PRICES = st.lists(st.decimals(-5, 50, places=2), min_size=1, max_size=100)


def _day(*prices: float | str) -> list[Decimal]:
    return [Decimal(str(price)) for price in prices]


@pytest.mark.parametrize(
    ("price", "cheap", "peak"),
    [("0.1", True, False), ("0.2", False, False), ("0.3", False, False), ("0.4", False, True)],
)
def test_a_quarter_of_the_day_counts(price: str, cheap: bool, peak: bool) -> None:
    day = _day("0.1", "0.2", "0.3", "0.4")
    assert (is_cheap(Decimal(price), day), is_peak(Decimal(price), day)) == (cheap, peak)


def test_on_an_even_day_nothing_is_cheap_and_nothing_dear() -> None:
    day = _day(*["1"] * 96)
    assert not is_cheap(day[0], day)
    assert not is_peak(day[0], day)


def test_an_empty_day_has_no_price() -> None:
    assert not is_cheap(Decimal(1), [])
    assert not is_peak(Decimal(1), [])


def test_the_share_is_the_user_s() -> None:
    day = _day(1, 2, 3, 4)
    assert not is_cheap(Decimal(2), day, 25)
    assert is_cheap(Decimal(2), day, 50)
    assert is_peak(Decimal(3), day, 50)


def test_negative_prices_are_the_cheapest() -> None:
    assert is_cheap(Decimal(-1), _day(-1, 0, 1, 2))


@given(PRICES, st.floats(1, 50))
def test_no_price_is_both(day: list[Decimal], share: float) -> None:
    for price in day:
        assert not (is_cheap(price, day, share) and is_peak(price, day, share))
