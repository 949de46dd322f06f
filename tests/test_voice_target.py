"""Which charger is meant by what is said to Assist."""

from homeassistant.helpers import (
    area_registry as ar,
    device_registry as dr,
    entity_registry as er,
    label_registry as lr,
)
from homeassistant.helpers.intent import IntentResponseErrorCode, IntentResponseType
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from .automated import hass_config_dir_fixture  # noqa: F401
from .house import car, charger_subentry, site_subentry, wait_until
from .priced import Priced, patient_fixture, price_data, priced_site  # noqa: F401
from .voiced import (  # noqa: F401
    LANGUAGES,
    SPOKEN,
    Voiced,
    carport,
    charging_fixture,
    inside_and_outside,
    set_up,
    two,
    voiced_fixture,
)


@pytest.mark.parametrize(
    "said", ["garasjen", "garasje", "garasjeladeren", "CP1", "bilplassen", "den røde", "hjemme"]
)
async def test_names_labels_areas_and_sites_are_understood(voiced: Voiced, said: str) -> None:
    hass, house = voiced.house.hass, voiced.house
    await set_up(
        voiced,
        site_subentry(title="Hjem"),
        site_subentry("cabin", "Hytte"),
        charger_subentry(title="Garasje"),
        carport(site="cabin"),
    )
    device = house.device("garage")
    assert device is not None
    area = ar.async_get(hass).async_create("Bilplass")
    label = lr.async_get(hass).async_create("Røde")
    dr.async_get(hass).async_update_device(device.id, area_id=area.id, labels={label.label_id})
    await house.connect()
    await house.connect("CP2")
    assert await voiced.say(f"Er laderen ledig i {said}?") == "Ja, Garasje er ledig."
    assert await voiced.say("Er laderen ledig på hytta?") == "Ja, Carport er ledig."


async def test_name_that_the_user_gave_is_understood_and_spoken(voiced: Voiced) -> None:
    await two(voiced)
    device = voiced.house.device("garage")
    assert device is not None
    dr.async_get(voiced.house.hass).async_update_device(device.id, name_by_user="Stall")
    await voiced.house.connect()
    assert await voiced.say("Er laderen ledig i stallen?") == "Ja, Stall er ledig."


async def test_alias_of_an_entity_is_understood(voiced: Voiced) -> None:
    await two(voiced)
    registry = er.async_get(voiced.house.hass)
    registry.async_update_entity("switch.garasje_charging", aliases=["Ladefe"])
    await voiced.house.connect()
    assert await voiced.say("Er laderen ledig hos ladefe?") == "Ja, Garasje er ledig."


_INSIDE, _OUTSIDE = "Lader inne i garasje", "Lader utenfor garasje"


@pytest.mark.parametrize(
    ("language", "said", "asked"),
    [
        ("nb", "Start lading i garasjen", "Hvilken lader mener du, {} eller {}?"),
        ("en", "Start charging in the garage", "Which charger do you mean, {} or {}?"),
        ("sv", "Starta laddningen i garaget", "Vilken laddare menar du, {} eller {}?"),
        ("da", "Start opladning i garagen", "Hvilken lader mener du, {} eller {}?"),
    ],
)
async def test_word_in_the_names_of_several_asks_which_one(
    voiced: Voiced, language: str, said: str, asked: str
) -> None:
    await inside_and_outside(voiced)
    voiced.language = language
    result = await voiced.converse(said)
    assert result.response.response_type is IntentResponseType.QUERY_ANSWER
    assert result.response.speech["plain"]["speech"] == asked.format(_INSIDE, _OUTSIDE)


@pytest.mark.parametrize(
    ("language", "said"),
    [
        *(("nb", f"Start lading {each}") for each in ("på laderen utenfor", "ved den utenfor")),
        ("nb", "Start lading på lader utenfor garasje"),
        ("en", "Start charging at the outside one"),
        ("sv", "Starta laddningen på den utanför"),
        ("da", "Start opladning ved den udenfor"),
    ],
)
async def test_word_in_the_name_of_one_means_it(voiced: Voiced, language: str, said: str) -> None:
    await inside_and_outside(voiced)
    charge_point = await voiced.house.connect("CP2")
    await charge_point.plug_in(car())
    await voiced.house.settled(charge_point)
    assert _OUTSIDE in await voiced.say(said, language=language)
    connector = voiced.house.hub.chargers["carport"].connectors[1]
    await wait_until(lambda: connector.in_session)


async def test_whole_name_goes_before_words_of_names(voiced: Voiced) -> None:
    hass = voiced.house.hass
    await set_up(
        voiced,
        site_subentry(),
        charger_subentry(title="Garasje"),
        charger_subentry("carport", _OUTSIDE, charge_point_id="CP2"),
    )
    await voiced.house.connect()
    await voiced.house.connect("CP2")
    assert await voiced.say("Er laderen ledig i garasjen?") == "Ja, Garasje er ledig."
    device = voiced.house.device("carport")
    assert device is not None
    dr.async_get(hass).async_update_device(
        device.id, area_id=ar.async_get(hass).async_create("Tun").id
    )
    assert await voiced.say("Er laderen ledig på tunet?") == f"Ja, {_OUTSIDE} er ledig."


async def test_none_is_named_and_one_fits(voiced: Voiced) -> None:
    await two(voiced)
    await voiced.house.connect()
    other = await voiced.house.connect("CP2")
    await other.plug_in(car())
    await voiced.house.settled(other)
    assert await voiced.say("Start lading") == "Ladingen starter på Carport."
    connector = voiced.house.hub.chargers["carport"].connectors[1]
    await wait_until(lambda: connector.in_session)
    assert "på Carport" in await voiced.say("Stopp ladingen")


async def test_none_is_named_and_several_fit(voiced: Voiced) -> None:
    await two(voiced)
    result = await voiced.converse("Start lading")
    assert result.response.response_type is IntentResponseType.QUERY_ANSWER
    assert result.response.speech["plain"]["speech"] == (
        "Hvilken lader mener du, Garasje eller Carport?"
    )
    assert await voiced.say("Stopp ladingen") == "Ingen bil lader nå."
    assert await voiced.say("Når er bilen ferdig?") == "Ingen bil er plugget i."


async def test_charger_near_the_satellite_goes_first(voiced: Voiced) -> None:
    hass = voiced.house.hass
    await two(voiced)
    area = ar.async_get(hass).async_create("Kjeller")
    other = MockConfigEntry(domain="satellites")
    other.add_to_hass(hass)
    registry = dr.async_get(hass)
    satellite = registry.async_get_or_create(
        config_entry_id=other.entry_id, identifiers={("satellites", "1")}
    )
    registry.async_update_device(satellite.id, area_id=area.id)
    device = voiced.house.device("carport")
    assert device is not None
    registry.async_update_device(device.id, area_id=area.id)
    await voiced.house.connect("CP2")
    assert await voiced.say("Start lading", device_id=satellite.id) == (
        "Carport er klar. Plugg i bilen for å starte."
    )


async def test_connectors_of_one_charger_are_told_apart(voiced: Voiced) -> None:
    await set_up(voiced, site_subentry(), charger_subentry(title="Garasje", connectors=2))
    assert await voiced.say("Start lading i garasjen") == (
        "Hvilken lader mener du, Garasje 1 eller Garasje 2?"
    )
    async with voiced.house.raw_charger() as raw:
        await raw.call(
            "StatusNotification",
            {"connectorId": 2, "status": "Available", "errorCode": "NoError"},
        )
        assert await voiced.say("Er laderen ledig på garasje 2?") == "Ja, Garasje 2 er ledig."
        assert await voiced.say("Er en lader ledig?") == "Ja, Garasje 2 er ledig."


async def test_unknown_name_is_told(voiced: Voiced) -> None:
    await set_up(voiced)
    result = await voiced.converse("Start lading på månen")
    assert result.response.error_code is IntentResponseErrorCode.NO_VALID_TARGETS
    assert result.response.speech["plain"]["speech"] == "Jeg kjenner ingen lader som heter månen."


async def test_house_without_chargers_says_so(voiced: Voiced) -> None:
    await set_up(voiced, site_subentry())
    assert (await voiced.fails("Start lading")).startswith("Jeg kjenner ingen lader.")


async def test_integration_that_does_not_run_says_so(voiced: Voiced) -> None:
    await set_up(voiced)
    await voiced.house.unload()
    assert await voiced.fails("Start lading") == "ZmartCharge kjører ikke."
