"""Whether what somebody said is what a charger is called."""

from hypothesis import given, strategies as st
import pytest

from custom_components.zmartcharge.voice_names import has_words, is_called, is_nothing, is_spelled


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("garage", "Garage"),
        ("the garage", "Garage"),
        ("the garage charger", "Garage"),
        ("garasjen", "Garasje"),
        ("garasja", "Garasje"),
        ("garasjeladeren", "Garasje"),
        ("laderen i garasjen", "Garasje"),
        ("garaget", "Garage"),
        ("garageladdaren", "Garage"),
        ("hytta", "Hytte"),
        ("hytten", "Hytte"),
        ("hjemme", "Hjem"),
        ("hjemmet", "Hjem"),
        ("Ola's", "Ola"),
        ("plass 2", "Plass 2"),
        ("plass to", "Plass 2"),
        ("space two", "Space 2"),
        ("ved den røde laderen", "Røde"),
        ("lader 1", "Lader 1"),
        ("charger", "Charger"),
        ("cp-1", "CP 1"),
    ],
)
def test_name_is_understood_as_people_say_it(said: str, name: str) -> None:
    assert is_called(said, [name])


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("garage", "Garage 2"),
        ("garage 1", "Garage 2"),
        ("bil", "Bo"),
        ("bo", "Bod"),
        ("bodega", "Bod"),
        ("the charger", "Garage"),
        ("", "Garage"),
        ("garage", ""),
    ],
)
def test_another_name_is_not_taken_for_it(said: str, name: str) -> None:
    assert not is_called(said, [name])


@pytest.mark.parametrize(
    ("said", "name"),
    [
        *((each, "Lader inne i garasje") for each in ("garasje", "garasjen", "the garage")),
        *((each, "Lader inne i garasje") for each in ("garaget", "garagen", "laderen i garasjen")),
        *((each, "Lader inne i garasje") for each in ("inne", "den inne", "inside", "indenfor")),
        *((each, "Lader utenfor garasje") for each in ("utenfor", "ute", "den utenfor", "outside")),
        ("the outside one", "Lader utenfor garasje"),
        ("laderen utenfor garasjen", "Lader utenfor garasje"),
        ("laddaren utanför garaget", "Lader utenfor garasje"),
        ("hytta", "Lader ved hytte"),
        ("hytte", "Hytta ved sjøen"),
        ("hytten", "Hytta ved sjøen"),
        ("sjoen", "Hytta ved sjø"),
        ("sjö", "Hytta ved sjøen"),
        ("cafe", "Café bak huset"),
        ("huset bak", "Café bak huset"),
    ],
)
def test_words_of_a_name_are_understood(said: str, name: str) -> None:
    assert has_words(said, [name])


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("the charger", "Lader inne i garasje"),
        ("laderen i", "Lader inne i garasje"),
        ("", "Lader inne i garasje"),
        ("garasjen på månen", "Lader inne i garasje"),
        ("utenfor garasjen", "Lader inne i garasje"),
        ("garage 1", "Garage 2 inside"),
        ("one", "Garage 2"),
        ("bodega", "Bod bak huset"),
    ],
)
def test_words_that_are_not_in_a_name_are_not_taken_for_it(said: str, name: str) -> None:
    assert not has_words(said, [name])


@pytest.mark.parametrize("said", ["the charger", "laderen", "bilen", "it", "", "?!"])
def test_words_that_name_nothing_are_known(said: str) -> None:
    assert is_nothing(said)
    assert not is_nothing(f"{said} garage")


def test_name_as_it_is_written_is_told_from_one_that_is_like_it() -> None:
    assert is_spelled("Garasjen", ["garasjen"])
    assert not is_spelled("Garasjen", ["garasje"])
    assert not is_spelled("", [""])


@given(said=st.text(max_size=40), name=st.text(max_size=40))
def test_any_text_can_be_said(said: str, name: str) -> None:
    is_called(said, [name])
    is_nothing(said)
    is_spelled(said, [name])
    has_words(said, [name])


@given(st.from_regex(r"[a-zæøå]{3,10}( [a-zæøå]{3,10}){0,2}", fullmatch=True))
def test_every_name_is_understood_as_it_is_written(name: str) -> None:
    assert is_spelled(name, [name])
    assert is_called(name, [name])
    assert is_nothing(name) or has_words(name, [name])
