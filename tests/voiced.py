"""A house that is spoken to."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
import random
from typing import Any

from hassil.intents import Intents, TextSlotList
from hassil.sample import sample_sentence
from homeassistant.components import conversation
from homeassistant.components.conversation import ConversationResult
from homeassistant.core import Context
from homeassistant.helpers.intent import IntentResponseType
from homeassistant.setup import async_setup_component
import pytest
import yaml

from custom_components.zmartcharge.sentence_file import names_path
from script.lib.voice_blueprint import has_a_name_of_ours

from .flows import INTEGRATION
from .house import House, charger_subentry, site_subentry, wait_until

LANGUAGES = ("en", "nb", "sv", "da")
#: What a user would call the charger of the garage.
CALLED = {"en": "the garage", "nb": "garasjen", "sv": "garaget", "da": "garagen"}
#: How each language says what is done here, with its answers.
SPOKEN: dict[str, dict[str, tuple[str, str]]] = {
    "en": {
        "start": ("Start charging in the garage", "Charging starts at Garage."),
        "stop": (
            "Stop charging at the garage",
            "Stop charging at Garage? Say “yes, stop charging”, or “no, keep charging”.",
        ),
        "confirm": ("Yes", "Charging stops at Garage. Don't forget to unplug the car."),
        "full_now": ("Charge the car now", "Garage charges at once, until the car is full."),
        "smart_on": ("Turn on smart charging", "Smart charging is on at Garage."),
        "smart_off": (
            "Turn off smart charging",
            "Smart charging is off at Garage. It charges at once.",
        ),
        "when_ready": ("When is the car ready?", "The car at Garage is ready"),
        "price": ("What does power cost now?", "Power costs 0.50 kr per kWh now."),
        "session_cost": ("How much has charging cost so far?", "So far Garage has charged"),
        "why": ("Why isn't the car charging?", "Garage: "),
        "free": ("Is the charger free?", "No. Garage: "),
    },
    "nb": {
        "start": ("Start lading i garasjen", "Ladingen starter på Garasje."),
        "stop": (
            "Stopp ladingen i garasjen",
            "Skal jeg stoppe ladingen på Garasje? Si «ja, stopp ladingen» eller «nei, fortsett å lade».",
        ),
        "confirm": ("Ja", "Ladingen stopper på Garasje. Ikke glem å koble fra bilen."),
        "full_now": ("Lad bilen nå", "Garasje lader med én gang, til bilen er full."),
        "smart_on": ("Slå på smartlading", "Smartlading er på for Garasje."),
        "smart_off": (
            "Slå av smartlading",
            "Smartlading er av for Garasje. Den lader med én gang.",
        ),
        "when_ready": ("Når er bilen ferdig?", "Bilen på Garasje er ferdig"),
        "price": ("Hva koster strømmen nå?", "Strømmen koster 0,50 kr per kWh nå."),
        "session_cost": ("Hva har ladingen kostet så langt?", "Så langt har Garasje ladet"),
        "why": ("Hvorfor lader ikke bilen?", "Garasje: "),
        "free": ("Er laderen ledig?", "Nei. Garasje: "),
    },
    "sv": {
        "start": ("Starta laddningen i garaget", "Laddningen startar på Garage."),
        "stop": (
            "Stoppa laddningen i garaget",
            "Ska jag stoppa laddningen på Garage? Säg ”ja, stoppa laddningen” eller ”nej, fortsätt ladda”.",
        ),
        "confirm": ("Ja", "Laddningen stoppar på Garage. Glöm inte att koppla ur bilen."),
        "full_now": ("Ladda bilen nu", "Garage laddar direkt, tills bilen är full."),
        "smart_on": ("Slå på smartladdning", "Smartladdning är på för Garage."),
        "smart_off": (
            "Stäng av smartladdning",
            "Smartladdning är av för Garage. Den laddar direkt.",
        ),
        "when_ready": ("När är bilen klar?", "Bilen på Garage är klar"),
        "price": ("Vad kostar elen nu?", "Elen kostar 0,50 kr per kWh nu."),
        "session_cost": ("Vad har laddningen kostat hittills?", "Hittills har Garage laddat"),
        "why": ("Varför laddar inte bilen?", "Garage: "),
        "free": ("Är laddaren ledig?", "Nej. Garage: "),
    },
    "da": {
        "start": ("Start opladning i garagen", "Opladningen starter på Garage."),
        "stop": (
            "Stop opladningen i garagen",
            "Skal jeg stoppe opladningen på Garage? Sig »ja, stop opladningen« eller »nej, fortsæt opladningen«.",
        ),
        "confirm": ("Ja", "Opladningen stopper på Garage. Glem ikke at tage stikket ud af bilen."),
        "full_now": ("Lad bilen nu", "Garage lader med det samme, til bilen er fuld."),
        "smart_on": ("Tænd for smart opladning", "Smart opladning er slået til på Garage."),
        "smart_off": (
            "Sluk for smart opladning",
            "Smart opladning er slået fra på Garage. Den lader med det samme.",
        ),
        "when_ready": ("Hvornår er bilen færdig?", "Bilen på Garage er færdig"),
        "price": ("Hvad koster strømmen nu?", "Strømmen koster 0,50 kr pr. kWh nu."),
        "session_cost": ("Hvad har opladningen kostet indtil nu?", "Indtil nu har Garage ladet"),
        "why": ("Hvorfor lader bilen ikke?", "Garage: "),
        "free": ("Er laderen ledig?", "Nej. Garage: "),
    },
}
#: What the question whether to stop asks somebody to say.
YES = {
    "en": "Yes, stop charging",
    "nb": "Ja, stopp ladingen",
    "sv": "Ja, stoppa laddningen",
    "da": "Ja, stop opladningen",
}
NO = {
    "en": "No, keep charging",
    "nb": "Nei, fortsett å lade",
    "sv": "Nej, fortsätt ladda",
    "da": "Nej, fortsæt opladningen",
}
#: Of each template so many sentences, chosen by chance that is always the same.
_EACH = 4
_TRIES = 50


def sentences(language: str) -> dict[str, Any]:
    """Return what is shipped for a language."""
    path = INTEGRATION / "custom_sentences" / f"{language}.yaml"
    found: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return found


def named(language: str) -> dict[str, TextSlotList]:
    """Return the lists of names, as they are where the charger of the garage is the only one."""
    garage = CALLED[language].removeprefix("the ")
    return {
        key: TextSlotList.from_strings([garage]) for key in ("zmartcharge_name", "zmartcharge_word")
    }


def samples(language: str, *, without_lists: bool = False) -> Iterator[tuple[str, str]]:
    """Yield intents with sentences: of each template the shortest, the longest and some others.

    ``without_lists``: only those that need not know what chargers are called.
    """
    shipped = sentences(language)
    intents = Intents.from_dict(shipped)
    anything = {"zmartcharge_charger": TextSlotList.from_strings([CALLED[language]])}
    names = {**anything, **named(language)}
    chance = random.Random(language)
    for name, intent in intents.intents.items():
        for template in (each for data in intent.data for each in data.sentences):
            if without_lists and has_a_name_of_ours(template.text, shipped["expansion_rules"]):
                continue
            found = sorted(set(sample_sentence(template, names, intents.expansion_rules)))
            some = chance.sample(found, min(len(found), _EACH))
            for text in dict.fromkeys((min(found, key=len), max(found, key=len), *some)):
                yield name, text


@dataclass
class Voiced:
    """A house with Assist."""

    house: House
    language: str = "nb"
    user_id: str | None = None
    conversation_id: str | None = "kitchen"
    device_id: str | None = None
    answers: list[str] = field(default_factory=list)

    async def begin(self) -> None:
        """Set Assist up, with the sentences of all languages."""
        hass = self.house.hass
        for component in ("homeassistant", "conversation"):
            assert await async_setup_component(hass, component, {})
        await hass.async_block_till_done()

    async def install(self, *languages: str) -> Any:
        """Install the sentences of languages."""
        return await self.house.hass.services.async_call(
            "zmartcharge",
            "install_sentences",
            {"languages": list(languages)} if languages else {},
            blocking=True,
            return_response=True,
        )

    async def converse(self, text: str, **changes: Any) -> ConversationResult:
        """Say something to Assist."""
        said = {
            "language": self.language,
            "user_id": self.user_id,
            "conversation_id": self.conversation_id,
            "device_id": self.device_id,
            **changes,
        }
        result = await conversation.async_converse(
            self.house.hass,
            text,
            said["conversation_id"],
            Context(user_id=said["user_id"]),
            language=said["language"],
            device_id=said["device_id"],
        )
        await self.house.hass.async_block_till_done()
        return result

    async def say(self, text: str, **changes: Any) -> str:
        """Say something to Assist, and return what is answered."""
        result = await self.converse(text, **changes)
        return str(result.response.speech["plain"]["speech"])

    async def fails(self, text: str, **changes: Any) -> str:
        """Say something that cannot be done, and return what is answered."""
        result = await self.converse(text, **changes)
        assert result.response.response_type is IntentResponseType.ERROR
        return str(result.response.speech["plain"]["speech"])

    async def understands(self, text: str, name: str, language: str = "nb") -> None:
        """Wait until a sentence is understood, after its name has come into the list."""
        await wait_until(lambda: f'"out": "{name}"' in self.names(language))
        for tried in range(_TRIES):
            # Never the same, for Assist remembers what it did not understand when it was told meanwhile.
            result = await self.converse(text + "?" * tried, language=language)
            if result.response.error_code is None:
                return
        raise AssertionError(text)

    def names(self, language: str) -> str:
        """Return the list of names of a language."""
        path = self.folder / names_path(language)
        return path.read_text() if path.exists() else ""

    @property
    def folder(self) -> Path:
        """Return the configuration's folder."""
        return Path(self.house.hass.config.config_dir)

    def file(self, language: str) -> Path:
        """Return where the sentences of a language are installed."""
        return self.folder / "custom_sentences" / language / "zmartcharge.yaml"


@pytest.fixture(name="voiced")
async def voiced_fixture(house: House) -> Voiced:
    """Return a house with Assist, whose integration is still to be set up."""
    voiced = Voiced(house)
    await voiced.begin()
    return voiced


@pytest.fixture(name="charging")
async def charging_fixture(voiced: Voiced) -> Voiced:
    """Return a house in which a car is being charged."""
    await set_up(voiced)
    charge_point = await voiced.house.connect()
    await voiced.house.charge(charge_point)
    return voiced


async def set_up(voiced: Voiced, *subentries: Any) -> None:
    """Set the house up with a charger that is called in Norwegian."""
    await voiced.house.set_up(*(subentries or (site_subentry(), charger_subentry(title="Garasje"))))
    await voiced.install(*LANGUAGES)


def carport(**changes: Any) -> Any:
    """Return a second charger."""
    return charger_subentry("carport", "Carport", charge_point_id="CP2", **changes)


async def inside_and_outside(voiced: Voiced) -> None:
    """Set up what the demo has."""
    await set_up(
        voiced,
        site_subentry(),
        charger_subentry(title="Lader inne i garasje"),
        charger_subentry("carport", "Lader utenfor garasje", charge_point_id="CP2"),
    )


async def two(voiced: Voiced, **changes: Any) -> None:
    """Set the house up with two chargers."""
    await set_up(voiced, site_subentry(), charger_subentry(title="Garasje"), carport(**changes))
