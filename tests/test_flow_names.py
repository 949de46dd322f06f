"""Two chargers, or two sites, that are called the same: nobody could tell which one is meant."""

from typing import Any
from unittest.mock import patch

from homeassistant.data_entry_flow import FlowResultType
import pytest

from custom_components.zmartcharge import flow_charger
from custom_components.zmartcharge.flow_names import free_name, is_taken

from .flows import (  # noqa: F401
    CHARGER,
    SITE,
    SubentryFlows,
    charger_names,
    defaults,
    flows_fixture,
    spoken_fixture,
)
from .house import House, charger_subentry, site_subentry
from .test_discovery import _answer, _knock, _offers

TAKEN = {"name": "name_taken"}
SAME = ("Garage", " garage ", "GARAGE", "Gar age", "\u00a0Garage\t")


@pytest.fixture
async def home(house: House) -> House:
    """Return two sites, and two chargers at the first of them."""
    cellar = charger_subentry("cellar", "Cellar", charge_point_id="CP2")
    await house.set_up(site_subentry(), site_subentry("cabin", "Cabin"), charger_subentry(), cellar)
    return house


@pytest.mark.parametrize("name", SAME)
async def test_new_charger_needs_a_name_of_its_own(
    home: House, flows: SubentryFlows, name: str
) -> None:
    result = await flows.add_charger(name=name, charge_point_id="CP3")
    assert result["errors"] == TAKEN
    # What is a site's, another charger's may be.
    result = await flows.answer(result, **{**CHARGER, "name": "Cabin", "charge_point_id": "CP3"})
    assert result["step_id"] == "connect"
    flows.close(result)


@pytest.mark.parametrize("name", SAME)
async def test_charger_that_is_discovered_needs_a_name_of_its_own(home: House, name: str) -> None:
    await _knock(home, "CP9")
    (offer,) = _offers(home)
    form = await _answer(home, offer, {})
    values = {**CHARGER, "name": name, "charge_point_id": "CP9"}
    assert (await _answer(home, form, values))["errors"] == TAKEN


async def test_charger_is_not_given_the_name_of_another(home: House, flows: SubentryFlows) -> None:
    result = await flows.change_charger(name="cellar")
    assert result["errors"] == TAKEN
    result = await flows.answer(result, **{**defaults(result), "name": "GARAGE"})
    assert result["reason"] == "reconfigure_successful"
    assert charger_names(home) == {"CP1": "GARAGE", "CP2": "Cellar"}


async def test_chargers_that_were_called_the_same_before_may_stay_so(
    house: House, flows: SubentryFlows
) -> None:
    other = charger_subentry("cellar", "Garage", charge_point_id="CP2")
    third = charger_subentry("drive", "Drive", charge_point_id="CP3")
    await house.set_up(site_subentry(), charger_subentry(), other, third)
    result = await flows.change_charger(circuit_fuse=16)
    assert result["reason"] == "reconfigure_successful"
    assert (await flows.change_charger("drive", name="Garage"))["errors"] == TAKEN


async def test_flow_that_was_slower_gets_a_number(home: House, flows: SubentryFlows) -> None:
    with patch.object(flow_charger, "WAIT_FOR_BOOT", 0.0):
        for identity in ("CP3", "CP4"):
            form = await flows.add_charger(name="Drive", charge_point_id=identity)
            assert form["step_id"] == "connect"
            if identity == "CP3":
                first = form
        for each in (first, form):
            await flows.choose(await flows.arrived(await flows.answer(each)), "finish")
    names = charger_names(home)
    assert (names["CP3"], names["CP4"]) == ("Drive", "Drive 2")


async def test_names_that_are_suggested_are_free(house: House, flows: SubentryFlows) -> None:
    await house.set_up(
        site_subentry(title="My home"), charger_subentry(title="charger 2", charge_point_id="CP2")
    )
    assert defaults(await flows.add_charger())["name"] == "Charger 3"
    assert defaults(await flows.add_site())["name"] == "My home 2"


@pytest.mark.parametrize("name", ["Home", " HOME", "ho me"])
async def test_new_site_needs_a_name_of_its_own(
    home: House, flows: SubentryFlows, name: str
) -> None:
    result = await flows.keep_site(await flows.add_site(), **{**SITE, "name": name})
    assert result["errors"] == TAKEN
    result = await flows.keep_site(result, **{**SITE, "name": "Garage"})
    assert result["type"] is FlowResultType.CREATE_ENTRY


async def test_site_is_not_given_the_name_of_another(home: House, flows: SubentryFlows) -> None:
    form = await flows.change_site()
    result = await flows.answer(form, **{**defaults(form), "name": "cabin"})
    assert result["errors"] == TAKEN
    result = await flows.answer(result, **{**defaults(result), "name": "HOME"})
    assert result["reason"] == "reconfigure_successful"


async def test_sites_that_were_called_the_same_before_may_stay_so(
    house: House, flows: SubentryFlows
) -> None:
    await house.set_up(site_subentry(), site_subentry("cabin", "Home"))
    form = await flows.change_site()
    result = await flows.answer(form, **{**defaults(form), "main_fuse": 35})
    assert result["reason"] == "reconfigure_successful"


@pytest.mark.parametrize(
    ("name", "others", "more", "free"),
    [
        ("Lader", [], {"number": 1}, "Lader 1"),
        ("Lader", ["lader1", "Lader 2"], {"number": 1}, "Lader 3"),
        ("Hjem", ["Hytte"], {}, "Hjem"),
        ("Hjem", ["hjem", "Hjem 2"], {}, "Hjem 3"),
    ],
)
def test_free_name_is_counted_up(
    name: str, others: list[str], more: dict[str, Any], free: str
) -> None:
    assert free_name(name, others, **more) == free
    assert not is_taken(free, others)
