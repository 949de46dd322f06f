from datetime import UTC, date, datetime, timedelta

import pytest

from custom_components.zmartcharge.price import Dwelling, PriceError, PriceProblem, load_price_data

from .builders import OSLO

GRID = load_price_data().grid
NORWAY = load_price_data().norway
HOURS_OF_2026 = [
    (datetime(2025, 12, 31, 23, tzinfo=UTC) + timedelta(hours=number)).astimezone(OSLO)
    for number in range(8760)
]


@pytest.mark.parametrize("company", sorted(GRID.companies))
def test_company_has_a_price_for_each_hour_of_the_year_and_rising_steps(company: str) -> None:
    found = GRID.company(company)
    dwelling = next(each for each in Dwelling if found.serves(each))
    for local in HOURS_OF_2026:
        tariff = found.tariff(local.date(), dwelling)
        assert 0 <= tariff.energy.at(local) < 100
    fees = [step.fee for step in tariff.capacity.steps]
    assert fees == sorted(fees)
    assert all(500 <= fee < 500_000 for fee in fees)


def test_every_company_is_offered_for_something() -> None:
    offered = set(GRID.names(Dwelling.HOME)) | set(GRID.names(Dwelling.CABIN))
    assert offered == set(GRID.companies)
    assert GRID.names(Dwelling.HOME)["elvia"] == "Elvia AS"


def test_catalogue_tells_where_it_comes_from() -> None:
    assert GRID.source == "https://github.com/kraftsystemet/fri-nettleie"
    assert GRID.license.startswith("CC BY 4.0")
    assert "kraftsystemet" in GRID.attribution
    assert GRID.updated >= date(2026, 8, 18)


def test_tariff_changes_at_midnight_of_its_date() -> None:
    elvia = GRID.company("elvia")
    assert elvia.tariff(date(2026, 6, 30), Dwelling.HOME).since == date(2025, 4, 1)
    assert elvia.tariff(date(2026, 7, 1), Dwelling.HOME).since == date(2026, 7, 1)


def test_last_known_tariff_goes_on() -> None:
    assert GRID.company("bkk").tariff(date(2030, 1, 1), Dwelling.HOME).since == date(2026, 1, 1)


@pytest.mark.parametrize(
    ("company", "day", "dwelling"),
    [
        ("elvia", date(2020, 1, 1), Dwelling.HOME),
        ("area-alle", date(2026, 11, 18), Dwelling.HOME),
        ("area-lega", date(2024, 11, 18), Dwelling.CABIN),
    ],
)
def test_company_without_a_tariff_then_says_so(company: str, day: date, dwelling: Dwelling) -> None:
    with pytest.raises(PriceError) as caught:
        GRID.company(company).tariff(day, dwelling)
    assert caught.value.key is PriceProblem.NO_GRID_TARIFF


@pytest.mark.parametrize(
    ("county", "municipality", "inside"),
    [
        ("56", None, True),
        ("56", "Alta", True),
        ("55", "Lyngen", True),
        ("55", "Tromsø", False),
        ("55", None, None),
        ("18", None, False),
    ],
)
def test_action_zone(county: str, municipality: str | None, inside: bool | None) -> None:
    assert NORWAY.in_action_zone(county, municipality) is inside


@pytest.mark.parametrize(
    ("day", "ore"),
    [
        (date(2025, 3, 31), "0.0979"),
        (date(2025, 4, 1), "0.1693"),
        (date(2025, 10, 1), "0.1253"),
        (date(2026, 1, 1), "0.0713"),
    ],
)
def test_consumption_tax_of_its_date(day: date, ore: str) -> None:
    assert str(NORWAY.consumption_tax_on(day, action_zone=False)) == ore
    assert NORWAY.consumption_tax_on(day, action_zone=True) == 0


def test_vat_is_by_county_so_that_the_whole_of_norway_has_one() -> None:
    free = {
        NORWAY.counties[each]
        for each in NORWAY.counties
        if not NORWAY.vat_on(date(2026, 1, 1), each)
    }
    assert free == {"Nordland", "Troms", "Finnmark"}
    assert len(NORWAY.counties) == 15
