import pytest

from custom_components.zmartcharge.price import AREAS, load_price_data

DATA = load_price_data()


@pytest.mark.parametrize(
    ("position", "town"),
    [
        ((59.94, 10.72), "Oslo"),
        ((60.37, 5.36), "Bergen"),
        ((63.41, 10.41), "Trondheim"),
        ((69.66, 18.90), "Tromsø"),
    ],
)
def test_position_suggests_the_town_it_is_in(position: tuple[float, float], town: str) -> None:
    assert DATA.places.nearest(*position).name == town


@pytest.mark.parametrize("position", [(61.6, 8.3), (59.33, 18.07), (0.0, 0.0), (-33.9, 151.2)])
def test_position_far_from_every_town_suggests_nothing(position: tuple[float, float]) -> None:
    assert DATA.places.nearest(*position) is None


def test_towns_name_only_what_there_is() -> None:
    for town in DATA.places.towns:
        assert town.county in DATA.norway.counties
        assert town.area is None or town.area in AREAS
        assert town.company is None or town.company in DATA.grid.companies
        assert 57.9 < town.latitude < 71.2
        assert 4.5 < town.longitude < 31.2
