"""What people say without thinking of how it has to be said, and what belongs to somebody else."""

from pathlib import Path

from homeassistant.components.homeassistant.exposed_entities import async_expose_entity
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import (
    area_registry as ar,
    device_registry as dr,
    entity_registry as er,
    label_registry as lr,
)
import pytest

from custom_components.zmartcharge import voice
from custom_components.zmartcharge.connector import Connector
from custom_components.zmartcharge.ledger import LedgerError
from custom_components.zmartcharge.sentence_file import names_path
from custom_components.zmartcharge.status import Status

from .automated import hass_config_dir_fixture  # noqa: F401
from .house import car, charger_subentry, site_subentry, wait_until
from .priced import Priced, patient_fixture, price_data, priced_site  # noqa: F401
from .voiced import Voiced, inside_and_outside, set_up, two, voiced_fixture  # noqa: F401

_DOCUMENTATION = Path(__file__).parents[1] / "docs" / "voice.md"
_REGISTRIES = (ar.EVENT_AREA_REGISTRY_UPDATED, er.EVENT_ENTITY_REGISTRY_UPDATED)
_COLUMNS = 5
_COMMANDS_DOCUMENTED = [
    "start", "stop", "stop_all", "start", "full_now", "smart_on", "smart_off", "when_ready",
    "price", "session_cost", "month_cost", "charging", "why", "free", "free",
]  # fmt: skip
_DOCUMENTED = len(_COMMANDS_DOCUMENTED)
_IN, _OUT = "Lader inne i garasje", "Lader utenfor garasje"
#: Of each language: what is answered while a car is charged inside, and nothing is plugged in outside.
_ANSWERS = {
    "en": {
        "start": _OUT,
        "stop": f"Stop charging at {_IN}?",
        "which": f"Which charger do you mean, {_IN} or {_OUT}?",
        "ready": f"{_IN} is charging. Only the car knows",
        "free": f"Yes, {_OUT} is free.",
        "taken": f"No. {_IN}: ",
        "charging": f"{_IN} is charging with 11",
        "price": "No electricity price is set up",
        "month": " was charged this month. What that cost is not known.",
    },
    "nb": {
        "start": _OUT,
        "stop": f"Skal jeg stoppe ladingen på {_IN}?",
        "which": f"Hvilken lader mener du, {_IN} eller {_OUT}?",
        "ready": f"{_IN} lader. Bare bilen vet",
        "free": f"Ja, {_OUT} er ledig.",
        "taken": f"Nei. {_IN}: ",
        "charging": f"{_IN} lader med 11",
        "price": "Det er ikke lagt inn noen strømpris.",
        "month": " denne måneden. Hva det kostet, er ikke kjent.",
    },
    "sv": {
        "start": _OUT,
        "stop": f"Ska jag stoppa laddningen på {_IN}?",
        "which": f"Vilken laddare menar du, {_IN} eller {_OUT}?",
        "ready": f"{_IN} laddar. Bara bilen vet",
        "free": f"Ja, {_OUT} är ledig.",
        "taken": f"Nej. {_IN}: ",
        "charging": f"{_IN} laddar med 11",
        "price": "Inget elpris",
        "month": " har laddats den här månaden. Vad det kostade är inte känt.",
    },
    "da": {
        "start": _OUT,
        "stop": f"Skal jeg stoppe opladningen på {_IN}?",
        "which": f"Hvilken lader mener du, {_IN} eller {_OUT}?",
        "ready": f"{_IN} lader. Kun bilen ved",
        "free": f"Ja, {_OUT} er ledig.",
        "taken": f"Nej. {_IN}: ",
        "charging": f"{_IN} lader med 11",
        "price": "Der er ikke",
        "month": " denne måned. Hvad det kostede, er ikke kendt.",
    },
}
_SAID = {
    "en": {
        "start": (
            "start lader utenfor garasje", "start the charger outside", "start charging outside",
            "start charging at the outside one",
        ),
        "stop": (
            "stop lader inne i garasje", "pause charging", "pause the charging",
            "stop all charging", "stop all chargers", "can you stop charging",
        ),
        "which": (
            "start charging in the garage", "can you start charging the car", "begin charging",
            "could you please charge my car", "start to charge the car",
        ),
        "ready": ("when is lader inne i garasje ready", "when will lader inne i garasje be done"),
        "free": ("is lader utenfor garasje free", "is the outside charger free"),
        "taken": ("is lader inne i garasje free", "is lader inne i garasje in use"),
        "charging": (
            "is the car charging?", "is my car charging right now", "is lader inne i garasje charging",
            "which car is charging", "are any cars charging",
        ),
        "price": ("what does power cost now", "how much does electricity cost at the moment"),
        "month": (
            "how much has charging cost this month", "what did charging cost this month",
            "what has charging cost in this month", "how much have we charged this month",
        ),
    },
    "nb": {
        "start": (
            "start lader utenfor garasje", "start laderen utenfor garasjen", "start lading ute",
            "start lading utenfor", "begynn å lade ved den utenfor",
        ),
        "stop": (
            "stopp lader inne i garasje", "stopp laderen inne i garasjen", "pause lading",
            "sett ladingen på pause", "stopp all lading", "stopp alle laderne",
            "kan du stoppe ladingen",
        ),
        "which": (
            "start lading i garasjen", "kan du begynne å lade bilen", "begynn å lade",
            "kan du lade bilen",
        ),
        "ready": ("når er lader inne i garasje ferdig", "når blir laderen inne ferdig"),
        "free": ("er lader utenfor garasje ledig", "er laderen utenfor garasjen ledig"),
        "taken": ("er lader inne i garasje ledig", "er laderen inne i garasjen opptatt"),
        "charging": (
            "lader bilen?", "lader bilen nå", "lader laderen inne i garasjen", "hvilken bil lader",
            "lades bilen akkurat nå",
        ),
        "price": ("hvor mye koster strømmen akkurat nå", "hvor mye koster strømmen nå"),
        "month": (
            "hva har ladingen kostet denne måneden", "hva har ladingen kostet så langt denne måneden",
            "hvor mye har ladingen kostet i denne måneden", "hvor mye har vi ladet denne måneden",
        ),
    },
    "sv": {
        "start": ("starta lader utenfor garasje", "starta laddningen utanför"),
        "stop": (
            "stoppa lader inne i garasje", "pausa laddningen", "stoppa all laddning",
            "kan du sluta ladda",
        ),
        "which": ("starta laddningen i garaget", "kan du börja ladda bilen", "börja ladda"),
        "ready": ("när är lader inne i garasje klar",),
        "free": ("är lader utenfor garasje ledig",),
        "taken": ("är lader inne i garasje ledig",),
        "charging": ("laddar bilen?", "laddar bilen just nu", "laddar lader inne i garasje"),
        "price": ("hur mycket kostar elen just nu",),
        "month": (
            "vad har laddningen kostat den här månaden", "hur mycket har vi laddat denna månad",
        ),
    },
    "da": {
        "start": ("start lader utenfor garasje", "start opladning udenfor"),
        "stop": (
            "stop lader inne i garasje", "sæt opladningen på pause", "stop al opladning",
            "kan du stoppe opladningen",
        ),
        "which": ("start opladning i garagen", "kan du begynde at lade bilen", "begynd at lade"),
        "ready": ("hvornår er lader inne i garasje færdig",),
        "free": ("er lader utenfor garasje ledig",),
        "taken": ("er lader inne i garasje ledig",),
        "charging": ("lader bilen?", "lader bilen lige nu", "lader lader inne i garasje"),
        "price": ("hvor meget koster strømmen lige nu",),
        "month": (
            "hvad har opladningen kostet denne måned",
            "hvad har opladningen kostet i denne måned",
        ),
    },
}  # fmt: skip
#: Nobody of ours is meant, though some of our words are in them.
_OF_OTHERS = {
    "en": (
        "stop music", "stop the music", "start the dishwasher", "start vacuum", "stop the car",
        "pause the music", "is the bathroom free", "when is dinner ready", "is the phone charging",
        "stop", "start", "pause", "stop all music", "is the washing machine ready", "begin",
        "start the timer", "stop the timer", "turn on the living room", "stop garage door",
    ),
    "nb": (
        "stopp musikken", "start oppvaskmaskinen", "start støvsugeren", "stopp støvsugeren",
        "pause musikken", "er badet ledig", "når er middagen ferdig", "lader telefonen",
        "start", "stopp", "stopp all musikk", "stopp garasjeporten", "er vaskemaskinen ferdig",
        "start timeren",
    ),
    "sv": (
        "stoppa musiken", "starta diskmaskinen", "pausa musiken", "är badrummet ledigt",
        "när är middagen klar", "laddar telefonen", "stoppa", "starta", "stoppa all musik",
    ),
    "da": (
        "stop musikken", "start opvaskemaskinen", "pause musikken", "er badet ledigt",
        "hvornår er maden færdig", "lader telefonen", "stop", "start", "stop al musik",
    ),
}  # fmt: skip


@pytest.mark.parametrize("language", _SAID)
async def test_everyday_sentences_do_what_they_say(voiced: Voiced, language: str) -> None:
    house = voiced.house
    await inside_and_outside(voiced)
    await house.connect("CP2")
    charge_point = await house.connect()
    await house.charge(charge_point)
    await house.run(charge_point, 120)
    wrong = []
    # What is started outside goes on, so that is said at last.
    for kind in (*(each for each in _ANSWERS[language] if each != "start"), "start"):
        for text in _SAID[language][kind]:
            told = await voiced.say(text, language=language)
            wanted = _ANSWERS[language][kind]
            if wanted not in told or (kind == "start" and _IN in told):
                wrong.append((text, wanted, told))
    assert not wrong, "\n".join(map(str, wrong))
    assert house.connector.in_session


@pytest.mark.parametrize("language", _OF_OTHERS)
async def test_sentences_of_others_are_left_to_them(
    voiced: Voiced, language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await inside_and_outside(voiced)
    device = voiced.house.device("carport")
    assert device is not None
    area = ar.async_get(voiced.house.hass).async_create("Garage")
    dr.async_get(voiced.house.hass).async_update_device(device.id, area_id=area.id)
    await voiced.understands("Is garage charging?", "Garage", "en")
    heard: list[object] = []

    async def respond(_hass: object, request: voice.Request) -> voice.Answer:
        heard.append(request)
        return voice.Answer("heard", voice.Outcome.ANSWERED)

    monkeypatch.setattr("custom_components.zmartcharge.intent.respond", respond)
    taken = []
    for text in _OF_OTHERS[language]:
        heard.clear()
        await voiced.say(text, language=language)
        if heard:
            taken.append((text, heard[0]))
    assert taken == []


@pytest.mark.parametrize(("column", "language"), [(1, "en"), (2, "nb"), (3, "sv"), (4, "da")])
async def test_what_the_documentation_says_is_understood(
    voiced: Voiced, column: int, language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in _DOCUMENTATION.read_text(encoding="utf-8").splitlines()
        if line.count("|") == _COLUMNS + 1
    ]
    sentences = [row[column] for row in rows[2:]]
    assert len(sentences) == _DOCUMENTED
    title = "Garasje" if language == "nb" else "Garage"
    await set_up(voiced, site_subentry(), charger_subentry(title=title))
    heard: list[str] = []

    async def respond(_hass: object, request: voice.Request) -> voice.Answer:
        heard.append(request.command)
        return voice.Answer("heard", voice.Outcome.ANSWERED)

    monkeypatch.setattr("custom_components.zmartcharge.intent.respond", respond)
    for text in sentences:
        await voiced.say(text, language=language)
    assert heard == _COMMANDS_DOCUMENTED


# Names ------------------------------------------------------------------------------------------


async def test_new_name_label_alias_and_area_are_understood_after_the_verb(voiced: Voiced) -> None:
    hass = voiced.house.hass
    await two(voiced)
    await voiced.house.connect()
    device = voiced.house.device("garage")
    assert device is not None
    registry = dr.async_get(hass)
    label = lr.async_get(hass).async_create("Røde")
    area = ar.async_get(hass).async_create("Tun")
    assert (await voiced.converse("Er stallen ledig?")).response.error_code
    registry.async_update_device(
        device.id, name_by_user="Stall", labels={label.label_id}, area_id=area.id
    )
    er.async_get(hass).async_update_entity("switch.garasje_charging", aliases=["Ladefe"])
    # The last of what was changed is told last.
    await voiced.understands("Er ladefe ledig?", "Ladefe")
    for said in ("stallen", "røde", "tunet", "ladefe", "laderen på tunet", "CP1"):
        assert await voiced.say(f"Er {said} ledig?") == "Ja, Stall er ledig."
    lr.async_get(hass).async_update(label.label_id, name="Grønne")
    await voiced.understands("Er grønne ledig?", "Grønne")
    assert (await voiced.converse("Er røde ledig?")).response.error_code


async def test_charger_that_is_not_exposed_is_not_in_the_list(voiced: Voiced) -> None:
    await two(voiced)
    await voiced.understands("Er carport ledig?", "Carport")
    for entity_id in voiced.house.entity_ids():
        if "carport" in entity_id:
            async_expose_entity(voiced.house.hass, "conversation", entity_id, False)
    await wait_until(lambda: "Carport" not in voiced.names("nb"))
    assert "Garasje" in voiced.names("nb")


async def test_name_that_something_else_has_too_is_left_to_it(voiced: Voiced) -> None:
    hass = voiced.house.hass
    hass.states.async_set("cover.garasje", "open", {"friendly_name": "Garasje"})
    async_expose_entity(hass, "conversation", "cover.garasje", True)
    await two(voiced)
    await voiced.understands("Er carport ledig?", "Carport")
    assert '"out": "Garasje"' not in voiced.names("nb")
    # Where charging is spoken of, it is ours.
    await voiced.house.connect()
    assert await voiced.say("Er laderen ledig i garasjen?") == "Ja, Garasje er ledig."


async def test_list_goes_with_the_sentences(voiced: Voiced) -> None:
    await two(voiced)
    await voiced.understands("Er carport ledig?", "Carport")
    voiced.file("sv").unlink()
    entries, entry_id = voiced.house.hass.config_entries, voiced.house.entry.entry_id
    assert await entries.async_reload(entry_id)
    await wait_until(lambda: not (voiced.folder / names_path("sv")).exists())
    assert (voiced.folder / names_path("nb")).exists()


async def test_nobody_listens_for_names_any_more_after_a_reload(voiced: Voiced) -> None:
    await two(voiced)
    hass, entry_id = voiced.house.hass, voiced.house.entry.entry_id

    def listeners() -> list[int]:
        found = hass.bus.async_listeners()
        return [found[event] for event in (lr.EVENT_LABEL_REGISTRY_UPDATED, *_REGISTRIES)]

    before = listeners()
    for _ in range(3):
        assert await hass.config_entries.async_reload(entry_id)
    assert listeners() == before


async def test_list_that_the_user_changed_stays(voiced: Voiced) -> None:
    await two(voiced)
    path = voiced.folder / names_path("nb")
    path.write_text("language: nb\nlists: {}\n")
    await voiced.install("nb")
    assert path.read_text() == "language: nb\nlists: {}\n"
    await voiced.house.connect()
    assert await voiced.say("Er laderen ledig i garasjen?") == "Ja, Garasje er ledig."


@pytest.mark.parametrize(
    "name", ['"[{(<|', "Lader 1", "A", "Ola's (ny)", "Bil & båt", "1", "Ñandú"]
)
async def test_any_name_leaves_the_sentences_whole(voiced: Voiced, name: str) -> None:
    await voiced.house.set_up(site_subentry(), charger_subentry(title=name))
    await voiced.install("nb")
    await voiced.house.connect()
    assert await voiced.say("Er laderen ledig?") == f"Ja, {name} er ledig."
    assert (await voiced.converse("stopp musikken")).response.error_code


# All of them ------------------------------------------------------------------------------------


async def _both_charge(voiced: Voiced) -> None:
    await two(voiced)
    house = voiced.house
    await house.charge(await house.connect())
    other = await house.connect("CP2")
    await other.plug_in(car())
    await house.settled(other)
    await voiced.say("Start lading på Carport")
    await wait_until(lambda: all(each.in_session for each in _both(voiced)))
    # A charger stops only what it knows the number of.
    await house.settled(other)


def _both(voiced: Voiced) -> list[Connector]:
    return [charger.connectors[1] for charger in voiced.house.hub.chargers.values()]


async def test_all_charging_is_stopped_after_one_question(voiced: Voiced) -> None:
    await _both_charge(voiced)
    assert (await voiced.say("Stopp all lading")).startswith(
        "Skal jeg stoppe ladingen på Garasje og Carport?"
    )
    assert all(each.in_session for each in _both(voiced))
    assert (await voiced.say("Ja")).startswith("Ladingen stopper på Garasje og Carport.")
    await wait_until(lambda: not any(each.in_session for each in _both(voiced)))
    assert await voiced.say("Stopp all lading") == "Ingen bil lader nå."
    await wait_until(lambda: all(each.status is not Status.CHARGING for each in _both(voiced)))
    assert await voiced.say("Lader bilen?") == "Ingen bil lader nå."


async def test_one_that_does_not_stop_keeps_no_other_from_it(
    voiced: Voiced, monkeypatch: pytest.MonkeyPatch
) -> None:
    await _both_charge(voiced)
    await voiced.say("Stopp all lading")
    stop = Connector.stop

    async def stops_but_one(connector: Connector) -> None:
        if connector is voiced.house.connector:
            raise HomeAssistantError("The flux capacitor is empty")
        await stop(connector)

    monkeypatch.setattr(Connector, "stop", stops_but_one)
    told = await voiced.fails("Ja")
    assert told.startswith("Det gikk ikke på Garasje.")
    assert "Ladingen stopper på Carport." in told


async def test_all_at_a_site_are_asked_about(voiced: Voiced) -> None:
    await _both_charge(voiced)
    assert (await voiced.say("Stopp all lading på Carport")).startswith(
        "Skal jeg stoppe ladingen på Carport?"
    )


# The month --------------------------------------------------------------------------------------


async def test_month_without_charging_is_told(voiced: Voiced) -> None:
    await two(voiced)
    assert await voiced.say("Hva har ladingen kostet denne måneden?") == (
        "Det er ikke ladet noe denne måneden."
    )
    assert await voiced.say("Hva har ladingen kostet denne måneden på Carport?") == (
        "Carport: Det er ikke ladet noe denne måneden."
    )


async def test_month_that_cannot_be_read_is_told(
    voiced: Voiced, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def summed(*_args: object) -> None:
        raise LedgerError

    await two(voiced)
    monkeypatch.setattr(voice, "summed", summed)
    assert await voiced.say("Hva har ladingen kostet denne måneden?") == (
        "Det går ikke an å lese hva som er ladet denne måneden, nå."
    )


async def test_month_is_told_with_its_cost(voiced: Voiced, patient: None) -> None:
    priced = Priced(voiced.house)
    priced.prices(cheap=(0, 1, 2))
    await voiced.house.set_up(priced_site(), charger_subentry(title="Garasje", circuit_fuse=16))
    await voiced.install("nb")
    priced.answer()
    await priced.plug_in(await priced.connect())
    await priced.live(10)
    told = await voiced.say("Hva har ladingen kostet denne måneden?")
    assert told.startswith("Garasje: Det er ladet 1,")
    assert " kWh for " in told
    assert " kr denne måneden." in told
