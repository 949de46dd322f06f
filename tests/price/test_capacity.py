from datetime import date
from decimal import Decimal
from itertools import product

from hypothesis import given, strategies as st
import pytest

from custom_components.zmartcharge.price import (
    CapacityMethod,
    CapacityStep,
    CapacityTariff,
    DailyPeak,
    Dwelling,
    Grid,
    NorwegianTaxes,
    PriceError,
    PriceProblem,
    load_price_data,
)

from .builders import model

STEPS = tuple(
    CapacityStep(Decimal(threshold), Decimal(fee))
    for threshold, fee in ((0, 150), (2, 250), (5, 420), (10, 585))
)
TARIFF = CapacityTariff(steps=STEPS)
ABOVE = CapacityTariff(steps=STEPS, threshold_included=False)


def days(*energies: int) -> list[DailyPeak]:
    """Return the highest hours of 1 November and the days after it."""
    return [DailyPeak(date(2026, 11, 1 + number), energy) for number, energy in enumerate(energies)]


TODAY = date(2026, 11, 18)


def test_elvias_steps_are_per_month_with_vat() -> None:
    tariff = model().capacity(date(2026, 11, 18))
    assert [step.threshold for step in tariff.steps[:4]] == [0, 2, 5, 10]
    assert [step.fee for step in tariff.steps[:4]] == [150, 250, 420, 585]


def test_arvas_steps_have_no_vat() -> None:
    house = model(area="NO4", taxes=NorwegianTaxes(county="18"), grid=Grid(company="arva"))
    assert [step.fee for step in house.capacity(TODAY).steps[:3]] == [85, 201, 398]


def test_own_steps_get_vat_only_when_they_are_without() -> None:
    own = Grid(capacity=TARIFF)
    assert model(grid=own).capacity(TODAY).steps[1].fee == 250
    assert model(grid=own, amounts_include_vat=False).capacity(TODAY).steps[1].fee == Decimal(
        "312.5"
    )
    assert model(grid=Grid()).capacity(TODAY) is None


def test_step_goes_by_the_mean_of_the_three_highest_days() -> None:
    peaks = days(4_000, 1_000, 6_500, 5_100)
    assert TARIFF.average(peaks) == Decimal("5.2")
    assert TARIFF.step(peaks) == 2


def test_only_the_highest_hour_of_a_day_counts() -> None:
    peaks = [*days(9_000, 3_000, 2_000), DailyPeak(date(2026, 11, 1), 8_900)]
    assert TARIFF.average(peaks) == Decimal(14) / 3


def test_month_without_an_hour_is_on_the_lowest_step() -> None:
    assert TARIFF.average([]) is None
    assert TARIFF.step([]) == 0


@pytest.mark.parametrize(("tariff", "step"), [(TARIFF, 2), (ABOVE, 1)])
def test_who_is_exactly_at_a_threshold(tariff: CapacityTariff, step: int) -> None:
    assert tariff.step(days(5_000, 5_000, 5_000)) == step
    assert tariff.step(days(5_000, 5_000, 5_001)) == 2
    assert tariff.step(days(5_000, 5_000, 4_999)) == 1


def test_next_step_and_crossing_cost_their_difference() -> None:
    assert TARIFF.next_step_cost(1) == 170
    assert TARIFF.next_step_cost(3) is None
    peaks = days(4_000, 4_000, 4_000)
    assert TARIFF.crossing_cost(peaks, DailyPeak(TODAY, 6_990)) == 0
    assert TARIFF.crossing_cost(peaks, DailyPeak(TODAY, 7_000)) == 170
    assert TARIFF.crossing_cost(peaks, DailyPeak(TODAY, 23_000)) == 335


@pytest.mark.parametrize(
    ("peaks", "budget"),
    [
        pytest.param([], 4_990, id="a new month: as much as the step allows every day"),
        pytest.param(days(3_000), 4_990, id="one low day gives no more"),
        pytest.param(days(7_000), 3_985, id="one high day leaves less for the others"),
        pytest.param(days(7_000, 4_970), 3_000, id="two high days leave the rest to the third"),
        pytest.param(days(5_000, 4_900, 4_800), 4_985, id="one above the level"),
        pytest.param(days(7_000, 4_000, 3_900), 3_970, id="two above the level"),
        pytest.param(days(7_000, 4_000, 3_970), 3_970, id="the month is full"),
        pytest.param(days(9_000, 9_000, 9_000), 9_990, id="lost: that of the step above"),
        pytest.param(days(16_000), 6_985, id="lost with a single hour"),
    ],
)
def test_hour_may_take_what_every_day_left_may_take(peaks: list[DailyPeak], budget: int) -> None:
    assert TARIFF.hour_budget(1, peaks, TODAY) == budget


def test_hour_may_take_as_much_as_the_day_has_taken_already() -> None:
    peaks = [*days(7_000), DailyPeak(TODAY, 4_500)]
    assert TARIFF.hour_budget(1, peaks, TODAY) == 4_500
    assert TARIFF.hour_budget(1, peaks, date(2026, 11, 19)) < 4_500


def test_budget_is_less_what_the_hour_has_taken() -> None:
    assert TARIFF.hour_budget(1, [], TODAY, used=1_000) == 3_990
    assert TARIFF.hour_budget(1, [], TODAY, used=6_000) == 0


def test_highest_step_has_no_budget() -> None:
    assert TARIFF.hour_budget(3, days(50_000), TODAY) is None


def test_hours_of_last_month_do_not_count() -> None:
    last = [DailyPeak(date(2026, 10, 31), 20_000)]
    assert TARIFF.hour_budget(1, last, date(2026, 11, 1)) == 4_990


def test_company_that_goes_by_the_highest_hour_alone() -> None:
    tariff = CapacityTariff(
        method=CapacityMethod.MONTH_MAXIMUM, steps=STEPS, threshold_included=False
    )
    assert tariff.average(days(4_000, 6_000)) == 6
    assert tariff.hour_budget(1, days(4_000), TODAY) == 5_000


@pytest.mark.parametrize("company", ["alut", "netera", "fjellnett", "tinfos"])
def test_company_that_goes_by_something_else_is_refused_clearly(company: str) -> None:
    found = load_price_data().grid.company(company).tariff(TODAY, Dwelling.HOME).capacity
    assert not found.supported
    for ask in (
        lambda: found.step([]),
        lambda: found.average([]),
        lambda: found.hour_budget(0, [], TODAY),
    ):
        with pytest.raises(PriceError) as caught:
            ask()
        assert caught.value.key is PriceProblem.CAPACITY_METHOD


@pytest.mark.parametrize("thresholds", [[], [1, 2], [0, 5, 5], [0, 5, 2]])
def test_steps_must_rise_from_zero(thresholds: list[int]) -> None:
    with pytest.raises(PriceError):
        CapacityTariff(steps=tuple(CapacityStep(Decimal(each), Decimal(1)) for each in thresholds))


@given(st.lists(st.integers(0, 15_000), max_size=4), st.integers(0, 2))
def test_budget_taken_every_day_never_leaves_the_step_and_one_more_would(
    energies: list[int], step: int
) -> None:
    peaks = days(*energies)
    held = max(step, TARIFF.lowest_step(peaks))
    budget = TARIFF.hour_budget(step, peaks, TODAY)
    if budget is None:
        assert held == 3
        return
    rest = [DailyPeak(date(2026, 11, day), budget) for day in range(18, 31)]
    most = TARIFF.steps[held + 1].threshold - Decimal("0.01")
    assert TARIFF.average([*peaks, *rest]) <= most
    more = [DailyPeak(peak.day, peak.energy + 3) for peak in rest]
    assert TARIFF.average([*peaks, *more]) > most


@given(st.lists(st.integers(0, 15_000), max_size=4))
def test_more_power_never_comes_to_a_lower_step(energies: list[int]) -> None:
    peaks = days(*energies)
    steps = [TARIFF.step([*peaks, DailyPeak(TODAY, more)]) for more in range(0, 40_000, 500)]
    if len(peaks) >= 3:
        assert steps == sorted(steps)


def test_crossing_needs_the_third_highest_to_be_exceeded() -> None:
    for one, two in product((6_000, 9_000), repeat=2):
        peaks = days(one, two, 5_500)
        assert TARIFF.crossing_cost(peaks, DailyPeak(TODAY, 5_500)) == 0
