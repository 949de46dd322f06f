"""Makes of chargers: whom the data file is about, and what it says of them."""

from datetime import timedelta

import pytest

from custom_components.zmartcharge.csms import Boot, Make, known_makes, make_of


def make(vendor: str, model: str = "X1", firmware: str | None = None) -> Make:
    return make_of(Boot(vendor=vendor, model=model, firmware=firmware))


@pytest.mark.parametrize(
    ("boot", "name"),
    [
        (("ABB", "TAC-W22-T-0"), "ABB Terra AC"),
        (("Autel", "MaxiCharger AC"), "Autel"),
        (("AUTEL", "Maxi"), "Autel"),
        (("Easee AS", "Charge"), "Easee"),
        (("EN+", "AC7000-AE-45"), "EN+"),
        (("EV-BOX", "Elvi"), "EVBox"),
        (("FoxESS", "A022KP1"), "FoxESS"),
        (("go-e", "go-eCharger V4"), "go-e"),
        (("HUAWEI", "SCharger-22KT-S0"), "Huawei"),
        (("", "ACChargePoint"), "Huawei"),
        (("MENNEKES", "AMTRON"), "Mennekes"),
        (("Schneider Electric", "EVlink"), "Schneider Electric"),
        (("TIMXON", "EV"), "Timxon"),
        (("Wall Box Chargers", "PLP1-0-2-4", "6.7.38"), "Wallbox"),
        (("Wall Box Chargers", "PLP1-0-2-4", "5.17.87"), "Wallbox (firmware 5)"),
        (("Wall Box Chargers", "PLP1-0-2-4", "v5.13.17"), "Wallbox (firmware 5)"),
        (("Wallbox", "Pulsar Pro", "5.0"), "Wallbox Pulsar Pro"),
        (("Zaptec", "ZAPTEC GO 2"), "Zaptec Go 2"),
        (("Zaptec", "ZAPTEC GO"), None),
        (("Ensto", "EVF200"), None),
        (("Enel X", "JuiceBox"), None),
        (("", ""), None),
        (("", "Virtual"), None),
        (("\N{SNOWMAN}" * 20, "\x00"), None),
    ],
)
def test_charger_is_known_by_what_it_tells_of_itself(boot: tuple[str, ...], name: str) -> None:
    assert make(*boot).name == name


def test_charger_that_has_not_booted_is_of_an_unknown_make() -> None:
    assert make_of(None) == Make()


def test_every_make_says_something_and_where_it_is_from() -> None:
    for known in known_makes():
        assert known != Make(name=known.name, sources=known.sources), known.name
        assert known.sources and all(each.startswith("https://") for each in known.sources)


def test_no_two_entries_have_the_same_name() -> None:
    names = [known.name for known in known_makes()]
    assert len(set(names)) == len(names)


def test_what_the_charger_names_comes_after_what_its_make_is_known_to_take() -> None:
    assert make("Huawei").units_first(("A",)) == ("W", "A")
    assert make("go-e").units_first(("A", "W")) == ("A", "W")
    assert Make().units_first(("W",)) == ("W",)


def test_how_long_a_charger_may_be_gone_is_told_in_minutes() -> None:
    assert make("FoxESS").returns_within == timedelta(minutes=25)
