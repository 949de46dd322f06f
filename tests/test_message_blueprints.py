"""The blueprints that tell people something, or hear of something, at work in a house."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from awesomeversion import AwesomeVersion
from homeassistant.components.automation.config import AUTOMATION_BLUEPRINT_SCHEMA
from homeassistant.components.blueprint import Blueprint
from homeassistant.const import __version__
from homeassistant.core import ServiceCall
from homeassistant.exceptions import HomeAssistantError
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
from homeassistant.util.yaml import load_yaml_dict
import pytest
from pytest_homeassistant_custom_component.common import async_mock_service
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.zmartcharge.blueprint_file import blueprint_path
from custom_components.zmartcharge.blueprint_text import inputs_of, options_of, read_texts
from custom_components.zmartcharge.happening import Happened, Happening, announce

from .automated import (  # noqa: F401
    Automated,
    automated_fixture,
    hass_config_dir_fixture,
    mock_hass_config_fixture,
)
from .cost_house import CostHouse
from .flows import INTEGRATION, spoken_fixture  # noqa: F401
from .house import car, wait_until

pytestmark = pytest.mark.usefixtures("spoken")

SHIPPED = sorted((INTEGRATION / "blueprints" / "automation").glob("*.yaml"))
LANGUAGES = ("en", "nb", "sv", "da")
OSLO = ZoneInfo("Europe/Oslo")


async def _start(automated: Automated) -> None:
    assert await async_setup_component(automated.house.hass, "persistent_notification", {})
    await automated.start()


@pytest.fixture(name="home")
async def home_fixture(automated: Automated) -> Automated:
    """Return a house whose blueprints are installed."""
    await automated.house.hass.config.async_set_time_zone("Europe/Oslo")
    await _start(automated)
    await automated.house.set_up()
    await wait_until((automated.blueprint.parent / "start_by_sms.yaml").exists)
    await automated.house.hass.async_block_till_done(wait_background_tasks=True)
    return automated


class Told(list[tuple[str, str]]):
    """Titles and messages."""


async def _use(home: Automated, name: str, **inputs: Any) -> Told:
    """Make an automation of a blueprint; returns what it tells."""
    told = Told()

    async def tell(call: ServiceCall) -> None:
        told.append((call.data["title"], call.data["message"]))

    home.house.hass.services.async_register("test", "tell", tell)
    tell_data = {"title": "{{ title }}", "message": "{{ message }}"}
    if "actions" not in inputs and name not in ("start_by_sms", "opening_hours"):
        inputs["actions"] = [{"action": "test.tell", "data": tell_data}]
    use = {"path": blueprint_path(f"{name}.yaml"), "input": inputs}
    await home.write([{"id": "made", "alias": "Made", "use_blueprint": use}])
    assert home.state("made") == "on"
    return told


async def _happen(home: Automated, what: Happening, **told: Any) -> None:
    announce(home.house.hass, Happened(what, "garage", "Garage", told))
    await home.house.hass.async_block_till_done()


def _at(hour: int, minute: int) -> str:
    return datetime(2026, 11, 21, hour, minute, tzinfo=OSLO).isoformat()


# The files ------------------------------------------------------------------------------------


@pytest.mark.parametrize("shipped", SHIPPED, ids=lambda path: path.stem)
def test_blueprint_can_be_used_and_both_copies_are_one(shipped: Path) -> None:
    published = INTEGRATION.parent.parent / "blueprints" / "automation"
    assert shipped.read_bytes() == (published / blueprint_path(shipped.name)).read_bytes()
    blueprint = Blueprint(
        load_yaml_dict(shipped),
        path=shipped.name,
        expected_domain="automation",
        schema=AUTOMATION_BLUEPRINT_SCHEMA,
    )
    assert blueprint.validate() is None
    assert AwesomeVersion(blueprint.metadata["homeassistant"]["min_version"]) <= __version__
    assert blueprint.metadata["source_url"].endswith(f"/zmartcharge/{shipped.name}")


# Messages -------------------------------------------------------------------------------------

ENDED = {
    "who": "Kari", "late": False, "energy": 24.25, "minutes": 135, "cost": 31.5, "currency": "NOK",
    "average_price": 1.299, "ended": _at(6, 5),
}  # fmt: skip


@pytest.mark.parametrize(
    ("language", "title", "message"),
    [
        ("en", "Garage: charging is over", "24.2 kWh, 2 h 15 min, 31.50 kr (1.30 kr/kWh) (Kari)."),
        ("nb", "Garage: ladingen er ferdig", "24,2 kWh, 2 h 15 min, 31,50 kr (1,30 kr/kWh) (Kari)."),
        ("sv", "Garage: laddningen är klar", "24,2 kWh, 2 h 15 min, 31,50 kr (1,30 kr/kWh) (Kari)."),
        ("da", "Garage: opladningen er færdig", "24,2 kWh, 2 h 15 min, 31,50 kr (1,30 kr/kWh) (Kari)."),
    ],
)  # fmt: skip
async def test_summary(home: Automated, language: str, title: str, message: str) -> None:
    told = await _use(home, "session_summary", language=language)
    await _happen(home, Happening.SESSION_STARTED, who=None)
    await _happen(home, Happening.SESSION_ENDED, **ENDED)
    await _happen(home, Happening.SESSION_ENDED, **{**ENDED, "energy": 0.05})
    assert told == [(title, message)]


@pytest.mark.parametrize(
    ("language", "message"),
    [
        ("en", "Ended 06:05, told late. 7.0 kWh, 20 min."),
        ("nb", "Sluttet 06:05, meldt sent. 7,0 kWh, 20 min."),
        ("sv", "Slutade 06:05, meddelas sent. 7,0 kWh, 20 min."),
        ("da", "Sluttede 06:05, meldes sent. 7,0 kWh, 20 min."),
    ],
)
async def test_late_summary_without_price_or_person(
    home: Automated, language: str, message: str
) -> None:
    told = await _use(home, "session_summary", language=language)
    ended = {**ENDED, "late": True, "who": None, "cost": None, "currency": None, "energy": 7.0}
    await _happen(home, Happening.SESSION_ENDED, **{**ended, "minutes": 20, "average_price": None})
    assert [each for _, each in told] == [message]


@pytest.mark.parametrize(
    ("language", "title", "message"),
    [
        ("en", "Garage: charging begins", "A car is charging (Kari)."),
        ("nb", "Garage: ladingen begynner", "En bil lader (Kari)."),
        ("sv", "Garage: laddningen börjar", "En bil laddar (Kari)."),
        ("da", "Garage: opladningen begynder", "En bil oplader (Kari)."),
    ],
)
async def test_begin_is_told_to_who_wants_it(
    home: Automated, language: str, title: str, message: str
) -> None:
    told = await _use(home, "session_summary", language=language, tell_about=["started"])
    await _happen(home, Happening.SESSION_STARTED, who="Kari")
    await _happen(home, Happening.SESSION_ENDED, **ENDED)
    assert told == [(title, message)]


async def test_real_charging_is_summed_up_among_home_assistants_notifications(
    home: Automated,
) -> None:
    house = home.house
    shown = async_mock_service(house.hass, "persistent_notification", "create")
    told = await _use(home, "session_summary", language="nb")
    await CostHouse(house).price(0, "2", "2")
    charge_point = await house.connect()
    await house.charge(charge_point, 1800)
    await house.connector.stop()
    await house.settled(charge_point)
    await wait_until(lambda: told and shown)
    energy = f"{(await house.sessions())[0].energy_wh / 1000:.1f}".replace(".", ",")
    assert told[0][0] == "Garage: ladingen er ferdig"
    assert told[0][1].startswith(f"{energy} kWh, 30 min, ")
    assert told[0][1].endswith(" kr (2,00 kr/kWh).")
    assert shown[0].data["message"] == told[0][1]


@pytest.mark.parametrize(
    ("language", "title", "message"),
    [
        ("en", "Garage: charging was interrupted", "There was a power cut."),
        ("nb", "Garage: ladingen ble avbrutt", "Strømmen ble borte."),
        ("sv", "Garage: laddningen avbröts", "Det var ett strömavbrott."),
        ("da", "Garage: opladningen blev afbrudt", "Strømmen blev afbrudt."),
    ],
)
async def test_interruption(home: Automated, language: str, title: str, message: str) -> None:
    told = await _use(home, "interrupted_or_faulty", language=language)
    await _happen(home, Happening.CHARGING_INTERRUPTED, why="power")
    assert told == [(title, message)]
    for why in ("restart", "emergency_stop", "connection", "unknown"):
        await _happen(home, Happening.CHARGING_INTERRUPTED, why=why)
    assert len({each for _, each in told}) == 5


@pytest.mark.parametrize(
    ("language", "title", "begin"),
    [
        ("en", "Garage: fault", "The charger tells: GroundFailure, E42. "),
        ("nb", "Garage: feil", "Laderen melder: GroundFailure, E42. "),
        ("sv", "Garage: fel", "Laddaren meddelar: GroundFailure, E42. "),
        ("da", "Garage: fejl", "Laderen melder: GroundFailure, E42. "),
    ],
)
async def test_fault(home: Automated, language: str, title: str, begin: str) -> None:
    told = await _use(home, "interrupted_or_faulty", language=language)
    await _happen(home, Happening.FAULT, error="GroundFailure", vendor_error="E42", info=None)
    assert told[0][0] == title
    assert told[0][1].startswith(begin)


@pytest.mark.parametrize(
    ("language", "title", "message"),
    [
        ("en", "the cable is still in", "Charging ended at 06:05 (Kari), and the car is still plugged in."),
        ("nb", "kabelen står fortsatt i", "Ladingen sluttet kl. 06:05 (Kari), og bilen står fortsatt tilkoblet."),
        ("sv", "kabeln sitter fortfarande i", "Laddningen slutade kl. 06:05 (Kari), och bilen är fortfarande ansluten."),
        ("da", "kablet sidder stadig i", "Opladningen sluttede kl. 06:05 (Kari), og bilen er stadig tilsluttet."),
    ],
)  # fmt: skip
async def test_cable(home: Automated, language: str, title: str, message: str) -> None:
    told = await _use(home, "cable_forgotten", language=language, minutes=45)
    for before, now in ((0, 10), (10, 44), (44, 60), (60, 61)):
        await _happen(
            home,
            Happening.CABLE_FORGOTTEN,
            since=_at(6, 5), who="Kari", minutes_before=before, minutes=now,
        )  # fmt: skip
    assert told == [(f"Garage: {title}", message)]


@pytest.mark.parametrize(
    ("language", "title", "begin"),
    [
        ("en", "Garage is free", "The charger can be used again."),
        ("nb", "Garage er ledig", "Laderen kan brukes igjen."),
        ("sv", "Garage är ledig", "Laddaren kan användas igen."),
        ("da", "Garage er ledig", "Laderen kan bruges igen."),
    ],
)
async def test_free_charger_is_told_once_until_it_is_armed_anew(
    home: Automated, language: str, title: str, begin: str
) -> None:
    told = await _use(home, "charger_free_again", language=language)
    for _ in range(2):
        await _happen(home, Happening.CHARGER_FREE, connector=1)
    assert [each for each, _ in told] == [title]
    assert told[0][1].startswith(begin)
    assert home.state("made") == "off"
    await home.switch("turn_on", "made")
    await _happen(home, Happening.CHARGER_FREE, connector=1)
    assert len(told) == 2


@pytest.mark.parametrize(
    ("language", "title", "message", "short"),
    [
        ("en", "not ready by 07:00", "The car is expected to be ready at 09:30.", "The car will be short of 4.5 kWh."),
        ("nb", "ikke klar til kl. 07:00", "Bilen ventes å være klar kl. 09:30.", "Bilen vil mangle 4,5 kWh."),
        ("sv", "inte klar till kl. 07:00", "Bilen väntas vara klar kl. 09:30.", "Bilen kommer att sakna 4,5 kWh."),
        ("da", "ikke klar til kl. 07:00", "Bilen ventes at være klar kl. 09:30.", "Bilen vil mangle 4,5 kWh."),
    ],
)  # fmt: skip
async def test_late_car(
    home: Automated, language: str, title: str, message: str, short: str
) -> None:
    told = await _use(home, "ready_by_at_risk", language=language)
    risk = {"ready_by": _at(7, 0), "missing": 4.5}
    await _happen(home, Happening.READY_BY_AT_RISK, ready_at=_at(9, 30), **risk)
    await _happen(home, Happening.READY_BY_AT_RISK, ready_at=None, **risk)
    assert told == [(f"Garage: {title}", message), (f"Garage: {title}", short)]


async def test_messages_go_to_phones_and_a_phone_that_is_gone_keeps_nothing_back(
    home: Automated,
) -> None:
    sent = async_mock_service(home.house.hass, "notify", "send_message")
    phones = ["notify.kari", "notify.ola"]
    told = await _use(home, "charger_free_again", phones=phones, in_home_assistant=False)
    await _happen(home, Happening.CHARGER_FREE, connector=1)
    assert sent[0].data["entity_id"] == phones
    assert sent[0].data["title"] == "Garage is free"
    assert len(told) == 1

    async def fail(_call: ServiceCall) -> None:
        raise HomeAssistantError("the phone is gone")

    home.house.hass.services.async_register("notify", "send_message", fail)
    await home.switch("turn_on", "made")
    await _happen(home, Happening.CHARGER_FREE, connector=1)
    assert len(told) == 2


# Starting -------------------------------------------------------------------------------------

PLUG_IN = {
    "en": "Garage is ready. Connect the cable now, and charging begins. To stop, pull the plug.",
    "nb": "Garage er klar. Sett i kabelen nå, så begynner ladingen. Trekk ut kabelen for å stoppe.",
    "sv": "Garage är redo. Sätt i kabeln nu, så börjar laddningen. Dra ut kabeln för att stoppa.",
    "da": "Garage er klar. Sæt kablet i nu, så begynder opladningen. Træk kablet ud for at stoppe.",
}


@pytest.mark.parametrize("language", LANGUAGES)
async def test_tag_starts_the_charger(home: Automated, language: str) -> None:
    house = home.house
    charge_point = await house.connect()
    device = house.device("garage")
    assert device is not None
    house.hass.states.async_set("tag.garage", "unknown")
    told = await _use(
        home, "start_by_tag", charger=device.id, tags=["tag.garage"], language=language
    )
    house.hass.states.async_set("tag.garage", "2026-11-21T12:00:00.000+00:00")
    await wait_until(lambda: told)
    assert told == [("Garage", PLUG_IN[language])]
    await charge_point.plug_in(car())
    await wait_until(lambda: house.connector.in_session)


async def test_tag_that_home_assistant_only_reads_from_its_disk_starts_nothing(
    home: Automated,
) -> None:
    device = home.house.device("garage")
    assert device is not None
    told = await _use(home, "start_by_tag", charger=device.id, tags=["tag.garage"])
    home.house.hass.states.async_set("tag.garage", "2026-11-20T12:00:00.000+00:00")
    home.house.hass.states.async_set("tag.garage", "unavailable")
    home.house.hass.states.async_set("tag.garage", "2026-11-20T12:00:00.000+00:00")
    await home.house.hass.async_block_till_done()
    assert told == []


async def test_link_starts_the_charger_and_a_charger_that_is_away_is_told_of(
    home: Automated, hass_client_no_auth: ClientSessionGenerator
) -> None:
    assert await async_setup_component(home.house.hass, "webhook", {})
    device = home.house.device("garage")
    assert device is not None
    told = await _use(home, "start_by_tag", charger=device.id, link="a-long-secret")
    client = await hass_client_no_auth()
    assert (await client.get("/api/webhook/a-long-secret")).status == 200
    await wait_until(lambda: told)
    assert told[0][1].startswith("Garage has no connection right now.")


async def _register(home: Automated, **changes: Any) -> None:
    data = {"phone": "912 34 567", "holder": "Kari", **changes}
    await home.house.hass.services.async_call("zmartcharge", "register_phone", data, blocking=True)


async def _answers(home: Automated, **inputs: Any) -> list[ServiceCall]:
    answers = async_mock_service(home.house.hass, "notify", "twilio_sms")
    await _use(home, "start_by_sms", reply_action="notify.twilio_sms", **inputs)
    return answers


@pytest.mark.parametrize("language", LANGUAGES)
async def test_twilio_message_starts_and_is_answered(home: Automated, language: str) -> None:
    house = home.house
    house.hass.config.country = "NO"
    await house.connect()
    await _register(home, language=language)
    answers = await _answers(home)
    sms = {"From": "+4791234567", "Body": " garage ", "MessageSid": "SM1"}
    for _ in range(2):
        house.hass.bus.async_fire("twilio_data_received", sms)
    await wait_until(lambda: answers)
    await house.hass.async_block_till_done()
    assert [each.data["message"] for each in answers] == [PLUG_IN[language]]
    assert answers[0].data["target"] == ["+4791234567"]


@pytest.mark.parametrize(
    "sent",
    [
        {"json": {"from": "+4791234567", "text": "Garage", "id": 7}},
        {"data": {"sender": "+4791234567", "message": "Garage"}},
        {"json": {"event": "sms:received", "id": "e", "payload": {"phoneNumber": "+4791234567", "message": "Garage"}}},
    ],
)  # fmt: skip
async def test_web_address_takes_what_gateways_send(
    home: Automated, hass_client_no_auth: ClientSessionGenerator, sent: dict[str, Any]
) -> None:
    assert await async_setup_component(home.house.hass, "webhook", {})
    await home.house.connect()
    await _register(home, phone="+47 912 34 567")
    answers = await _answers(home, webhook="a-long-secret")
    client = await hass_client_no_auth()
    await client.post("/api/webhook/a-long-secret", **sent)
    await wait_until(lambda: answers)
    assert answers[0].data == {"message": PLUG_IN["en"], "target": ["+4791234567"]}


@pytest.mark.parametrize(
    "sent", [{"json": [1, 2]}, {"data": b"\xff\x00"}, {"json": {"from": None}}, {"json": {}}]
)
async def test_web_address_survives_junk(
    home: Automated, hass_client_no_auth: ClientSessionGenerator, sent: dict[str, Any]
) -> None:
    assert await async_setup_component(home.house.hass, "webhook", {})
    answers = await _answers(home, webhook="a-long-secret")
    client = await hass_client_no_auth()
    assert (await client.post("/api/webhook/a-long-secret", **sent)).status == 200
    await home.house.hass.async_block_till_done()
    assert answers == []
    assert home.state("made") == "on"


@pytest.mark.parametrize("text", ["[1, 2]", "None", "{'a': 1}", "12", "{{ states }}", "+1"])
async def test_text_stays_as_it_was_written(home: Automated, text: str) -> None:
    await _register(home, phone="+47 912 34 567")
    answers = await _answers(home)
    home.house.hass.bus.async_fire("twilio_data_received", {"From": "+4791234567", "Body": text})
    await wait_until(lambda: answers)
    assert f'"{text}"' in answers[0].data["message"]


# Opening hours --------------------------------------------------------------------------------


@pytest.mark.parametrize(("running", "goes_on"), [("finish", True), ("stop", False)])
async def test_opening_hours_close_the_charger_for_everyone(
    home: Automated, running: str, goes_on: bool
) -> None:
    house = home.house
    house.hass.states.async_set("schedule.shop", "on")
    switch = "switch.garage_in_use"
    await _use(home, "opening_hours", schedule="schedule.shop", switches=[switch], running=running)
    charge_point = await house.connect()
    await house.charge(charge_point, 60)
    house.hass.states.async_set("schedule.shop", "off")
    await wait_until(lambda: house.state(switch) == "off")
    await wait_until(lambda: house.connector.in_session is goes_on)
    if goes_on:
        await house.connector.stop()
    await house.settled(charge_point)
    await charge_point.unplug()
    await house.settled(charge_point)
    # It is open for all, but for nobody now.
    assert await charge_point.authorize("04A2B3C4") != "Accepted"
    house.hass.states.async_set("schedule.shop", "on")
    await wait_until(lambda: house.state(switch) == "on")


async def test_schedule_that_is_not_known_changes_nothing(home: Automated) -> None:
    house = home.house
    switch = "switch.garage_in_use"
    house.hass.states.async_set("schedule.shop", "on")
    await _use(home, "opening_hours", schedule="schedule.shop", switches=[switch])
    house.hass.states.async_set("schedule.shop", "unavailable")
    await house.hass.async_block_till_done()
    assert house.state(switch) == "on"


async def test_what_closed_while_home_assistant_was_away_is_made_up_for(home: Automated) -> None:
    house = home.house
    switch = "switch.garage_in_use"
    house.hass.states.async_set("schedule.shop", "off")
    await _use(home, "opening_hours", schedule="schedule.shop", switches=[switch])
    await wait_until(lambda: house.state(switch) == "off")


# Installing -----------------------------------------------------------------------------------


def _installed(home: Automated, name: str) -> Path:
    return home.blueprint.parent / name


async def _restart(home: Automated) -> None:
    await home.house.hass.config_entries.async_reload("hub")
    await home.house.hass.async_block_till_done(wait_background_tasks=True)


async def test_all_are_installed_once_and_deleted_ones_stay_away(home: Automated) -> None:
    assert {path.name for path in home.blueprint.parent.iterdir()} == {p.name for p in SHIPPED}
    _installed(home, "cable_forgotten.yaml").unlink()
    await _restart(home)
    assert not _installed(home, "cable_forgotten.yaml").exists()


@pytest.mark.parametrize("language", ["nb", "sv", "da"])
async def test_they_are_installed_in_the_language_of_the_house(
    automated: Automated, language: str
) -> None:
    automated.house.hass.config.language = language
    await automated.start()
    await automated.house.set_up()
    path = _installed(automated, "start_by_tag.yaml")
    await wait_until(path.exists)
    await automated.house.hass.async_block_till_done(wait_background_tasks=True)
    for shipped in SHIPPED:
        texts = read_texts(language)[shipped.stem]
        found = load_yaml_dict(_installed(automated, shipped.name))
        blueprint = Blueprint(
            found, path=shipped.name, expected_domain="automation", schema=AUTOMATION_BLUEPRINT_SCHEMA
        )  # fmt: skip
        assert blueprint.validate() is None
        assert blueprint.metadata["name"] == texts["name"]
        inputs = dict(inputs_of(found["blueprint"]))
        if "language" in inputs:
            assert inputs["language"]["default"] == language
        # All that is below the head is as it was shipped.
        english = load_yaml_dict(shipped)
        assert {k: v for k, v in found.items() if k != "blueprint"} == {
            k: v for k, v in english.items() if k != "blueprint"
        }
        for key, each in inputs_of(english["blueprint"]):
            assert [o["value"] for o in options_of(each)] == [
                o["value"] for o in options_of(inputs[key])
            ]


async def test_language_of_the_house_is_that_of_messages_by_itself(automated: Automated) -> None:
    automated.house.hass.config.language = "nb"
    await _start(automated)
    await automated.house.set_up()
    await wait_until(_installed(automated, "charger_free_again.yaml").exists)
    await automated.house.hass.async_block_till_done(wait_background_tasks=True)
    told = await _use(automated, "charger_free_again")
    await _happen(automated, Happening.CHARGER_FREE, connector=1)
    assert told[0][0] == "Garage er ledig"


async def test_changed_ones_stay_and_unchanged_ones_follow_the_language(home: Automated) -> None:
    changed, plain = (_installed(home, n) for n in ("cable_forgotten.yaml", "session_summary.yaml"))
    changed.write_text(changed.read_text().replace("the cable is still in", "you forgot it"))
    mine = changed.read_text()
    home.house.hass.config.language = "nb"
    await _restart(home)
    assert changed.read_text() == mine
    assert load_yaml_dict(plain)["blueprint"]["name"] == read_texts("nb")["session_summary"]["name"]


async def test_summary_of_a_charging_over_the_night_when_clocks_change_has_its_true_length(
    home: Automated,
) -> None:
    house = home.house
    house.time.move_to(datetime(2027, 10, 30, 23, 30, tzinfo=dt_util.UTC))
    told = await _use(home, "session_summary")
    start = dt_util.utcnow()
    house.time.tick(timedelta(hours=3))
    await _happen(
        home,
        Happening.SESSION_ENDED,
        **{**ENDED, "minutes": (dt_util.utcnow() - start).total_seconds() / 60, "late": True,
           "ended": dt_util.as_local(dt_util.utcnow()).isoformat()},
    )  # fmt: skip
    assert told[0][1].startswith("Ended 03:30, told late. 24.2 kWh, 3 h 00 min")
