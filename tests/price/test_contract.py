from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest

from custom_components.zmartcharge.price import (
    CapacityStep,
    CapacityTariff,
    Contract,
    DayType,
    Dwelling,
    Energy,
    EnergyKind,
    EnergyRates,
    FixedPrice,
    Grid,
    NorwegianTaxes,
    OtherTaxes,
    PriceError,
    PriceModel,
    PriceProblem,
    Resolution,
    TimedRate,
    TimeRule,
    load_price_data,
)

from .builders import NORGESPRIS, SPOT, local

OSLO_TAXES = NorwegianTaxes(county="03")
SWEDISH = OtherTaxes(vat=Decimal("0.25"), energy_tax=Decimal("0.549"))
FIXED = Energy(
    kind=EnergyKind.FIXED, fixed=(FixedPrice(local("2026-01-01T00:00"), Decimal("0.99")),)
)
RATES = EnergyRates(
    base=Decimal("0.20"),
    exceptions=(
        TimedRate(
            name="Høglast",
            amount=Decimal("0.40"),
            when=TimeRule(
                hours=frozenset({6, 7}), days=frozenset({DayType.WORKDAY}), months=frozenset({1})
            ),
        ),
    ),
)
STEPS = CapacityTariff(steps=(CapacityStep(Decimal(), Decimal("125.5")),))


@pytest.mark.parametrize(
    "contract",
    [
        Contract(energy=SPOT, taxes=OSLO_TAXES, area="NO1", grid=Grid(company="elvia")),
        Contract(
            energy=FIXED,
            taxes=SWEDISH,
            area="SE3",
            currency="SEK",
            time_zone="Europe/Stockholm",
            grid=Grid(energy=RATES, capacity=STEPS),
            markup=Decimal("0.0875"),
            monthly_fee=Decimal(39),
            adders=RATES.exceptions,
            amounts_include_vat=False,
            settlement=Resolution.QUARTER,
        ),
        Contract(
            energy=NORGESPRIS,
            taxes=NorwegianTaxes(county="55", action_zone=True),
            area="NO4",
            dwelling=Dwelling.CABIN,
        ),
    ],
)
def test_contract_outlives_a_restart(contract: Contract) -> None:
    assert Contract.from_dict(contract.to_dict()) == contract


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"area": None}, "area"),
        ({"currency": "kr"}, "currency"),
        ({"currency": "SEK"}, "currency"),
        ({"time_zone": "Europe/Trondheim"}, "time_zone"),
        ({"time_zone": "../../etc/passwd"}, "time_zone"),
        ({"settlement": Resolution.HALF_HOUR}, "settlement"),
        ({"support": True, "dwelling": Dwelling.CABIN}, "support"),
        ({"support": True, "energy": NORGESPRIS}, "support"),
        ({"support": True, "taxes": SWEDISH}, "support"),
        ({"energy": NORGESPRIS, "taxes": SWEDISH}, "energy"),
        ({"grid": Grid(company="elvia"), "taxes": SWEDISH}, "grid"),
        ({"markup": Decimal("NaN")}, "markup"),
        ({"monthly_fee": Decimal("Infinity")}, "monthly_fee"),
    ],
)
def test_what_does_not_fit_together_is_named(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(PriceError) as caught:
        Contract(**{"energy": SPOT, "taxes": OSLO_TAXES, "area": "NO1", **changes})
    assert caught.value.key is PriceProblem.INVALID_CONTRACT
    assert caught.value.placeholders["name"] == field


@pytest.mark.parametrize(
    "build",
    [
        lambda: Energy(kind=EnergyKind.FIXED),
        lambda: Energy(kind=EnergyKind.SPOT, fixed=FIXED.fixed),
        lambda: Energy(kind=EnergyKind.SPOT, all_inclusive=True),
        lambda: Energy(kind=EnergyKind.FIXED, fixed=FIXED.fixed * 2),
        lambda: FixedPrice(datetime(2026, 1, 1), Decimal(1)),  # noqa: DTZ001
        lambda: Grid(company="elvia", energy=RATES),
        lambda: OtherTaxes(vat=Decimal(25)),
        lambda: TimeRule(hours=frozenset({24})),
        lambda: TimeRule(months=frozenset({0})),
    ],
)
def test_parts_that_make_no_sense_are_refused(build: Any) -> None:
    with pytest.raises(PriceError):
        build()


@pytest.mark.parametrize(
    "stored",
    [
        {},
        {"energy": {"kind": "barter"}, "taxes": {"county": "03"}},
        {"energy": {"kind": "spot"}, "taxes": {"county": "03"}, "area": "NO1", "markup": "much"},
        {"energy": {"kind": "spot"}, "taxes": {"county": "03"}, "area": "NO1", "markup": True},
        {"energy": {"kind": "spot"}, "taxes": {"county": "03"}, "area": "NO1", "adders": [{}]},
        {"energy": {"kind": "spot"}, "taxes": None, "area": "NO1"},
        {"energy": {"kind": "spot"}, "taxes": {"county": "03"}, "area": "1"},
    ],
)
def test_damaged_contract_is_refused(stored: dict[str, Any]) -> None:
    with pytest.raises(PriceError):
        Contract.from_dict(stored)


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"taxes": NorwegianTaxes(county="99")}, PriceProblem.UNKNOWN_COUNTY),
        ({"grid": Grid(company="gone")}, PriceProblem.UNKNOWN_GRID_COMPANY),
    ],
)
def test_unknown_county_or_company_is_told_at_once(
    changes: dict[str, Any], key: PriceProblem
) -> None:
    contract = Contract(**{"energy": SPOT, "taxes": OSLO_TAXES, "area": "NO1", **changes})
    with pytest.raises(PriceError) as caught:
        PriceModel(contract, load_price_data())
    assert caught.value.key is key


def test_text_of_a_problem_is_short_and_printable() -> None:
    problem = PriceError(PriceProblem.NOT_A_LIST, value="\x00" * 5 + "x" * 500)
    assert len(problem.placeholders["value"]) == 60
    assert problem.placeholders["value"].isprintable()
