from decimal import Decimal

from hypothesis import given, strategies as st
import pytest

from custom_components.zmartcharge.price import (
    ComponentKey,
    FrozenCost,
    PriceError,
    charges,
    components,
    cost,
    cost_lines,
    freeze,
    rounded,
)

from .builders import NORGESPRIS, hour, model, spot

NOW = hour("2026-11-18T10:00")


def test_energy_costs_its_share_of_a_kwh() -> None:
    price = components(model(), NOW, spot(NOW, "1.20"), 0)
    assert price.total == Decimal("1.964")
    assert cost(price, 2_500) == Decimal("4.91")
    assert cost(price, 0) == 0


def test_lines_of_a_cost_come_to_the_cost() -> None:
    price = components(model(support=True), NOW, spot(NOW, "1.23457"), 0)
    assert sum(line.amount for line in cost_lines(price, 777)) == cost(price, 777)


@pytest.mark.parametrize(
    ("amount", "paid"),
    [("1.005", "1.01"), ("1.0049", "1.00"), ("-1.005", "-1.01"), ("0", "0.00")],
)
def test_sum_is_rounded_to_the_ore_away_from_zero(amount: str, paid: str) -> None:
    assert str(rounded(Decimal(amount))) == paid


def test_norgespris_crossed_within_an_hour_costs_both_prices() -> None:
    house = model(energy=NORGESPRIS)
    frozen = freeze(house, NOW, spot(NOW, "2.00"), 4_997_000, 10_000)
    lines = {line.key: line.amount for line in frozen.lines}
    assert lines[ComponentKey.NORGESPRIS] == Decimal("1.50")  # 3 kWh at 0.50
    assert lines[ComponentKey.SPOT] == Decimal("17.50")  # 7 kWh at 2.50
    assert lines[ComponentKey.GRID_ENERGY] == Decimal("3.62375")  # all 10 kWh
    assert frozen.cost == sum(lines.values())


@pytest.mark.parametrize(
    ("consumed", "parts"),
    [(0, [10_000]), (4_990_000, [10_000]), (4_990_001, [9_999, 1]), (5_000_000, [10_000])],
)
def test_limit_divides_energy_to_the_watt_hour(consumed: int, parts: list[int]) -> None:
    found = charges(model(support=True), NOW, spot(NOW, "2"), consumed, 10_000)
    assert [energy for _, energy in found] == parts


def test_no_energy_costs_nothing_and_has_no_average() -> None:
    frozen = freeze(model(), NOW, spot(NOW, "1"), 0, 0)
    assert frozen.cost == 0
    assert frozen.price is None
    assert not frozen.lines


def test_cost_by_a_forecast_is_marked() -> None:
    assert freeze(model(), NOW, spot(NOW, "1", forecast=True), 0, 1).estimated
    assert freeze(model(), NOW, spot(NOW, "1", preliminary=True), 0, 1).estimated
    assert not freeze(model(), NOW, spot(NOW, "1"), 0, 1).estimated


def test_negative_energy_is_refused() -> None:
    with pytest.raises(PriceError):
        freeze(model(), NOW, spot(NOW, "1"), 0, -1)


def test_frozen_cost_outlives_a_restart() -> None:
    frozen = freeze(model(support=True), NOW, spot(NOW, "1.23457"), 4_999_500, 1_234)
    assert FrozenCost.from_dict(frozen.to_dict()) == frozen


@given(
    st.decimals(min_value=-5, max_value=50, places=5),
    st.integers(0, 100_000),
    st.integers(0, 100_000),
)
def test_splitting_energy_moves_its_cost_by_no_more_than_the_rounding(
    value: Decimal, one: int, two: int
) -> None:
    house, price = model(energy=NORGESPRIS), spot(NOW, str(value))
    consumed = 4_950_000
    whole = freeze(house, NOW, price, consumed, one + two).cost
    parts = (
        freeze(house, NOW, price, consumed, one).cost
        + freeze(house, NOW, price, consumed + one, two).cost
    )
    assert abs(whole - parts) <= Decimal("0.00001")
