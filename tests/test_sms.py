"""Charging by SMS: who may start what, and what they are answered."""

import asyncio
from datetime import timedelta
from typing import Any

from homeassistant.core import Context
from homeassistant.exceptions import ServiceValidationError, Unauthorized
from homeassistant.helpers import device_registry as dr, label_registry as lr
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockUser
import voluptuous as vol

from custom_components.zmartcharge.csms import CallRejectedError
from custom_components.zmartcharge.csms.v16.station import Station16
from custom_components.zmartcharge.people import Method, method_of
from custom_components.zmartcharge.sms import Pace

from .flows import spoken_fixture  # noqa: F401
from .house import NOW, House, car, charger_subentry, site_subentry, status_call, wait_until

pytestmark = pytest.mark.usefixtures("spoken")

KARI = "+4791234567"
LANGUAGES = ("en", "nb", "sv", "da")


@pytest.fixture(name="home")
async def home_fixture(house: House) -> House:
    """Return a house in Norway, whose charger is for registered people, and in which Kari is one."""
    house.hass.config.country = "NO"
    await house.set_up(site_subentry(), charger_subentry(access="registered"))
    await _register(house, phone="912 34 567", holder="Kari")
    return house


async def _act(house: House, action: str, **data: Any) -> Any:
    response = action in ("handle_sms", "ask_to_start", "list_tokens")
    return await house.hass.services.async_call(
        "zmartcharge", action, data, blocking=True, return_response=response
    )


async def _register(house: House, **data: Any) -> None:
    await _act(house, "register_phone", **data)


async def _send(house: House, text: str | None, sender: str = KARI, **more: Any) -> Any:
    return await _act(house, "handle_sms", sender=sender, text=text, **more)


@pytest.mark.parametrize("text", ["Garage", " garage\n", "GARAGE!", "«Garage»", "cp1"])
async def test_start_first_then_plug_in(home: House, text: str) -> None:
    charge_point = await home.connect()
    told = await _send(home, text)
    assert (told["started"], told["outcome"], told["person"]) == (True, "plug_in", "Kari")
    assert told["sender"] == KARI
    await charge_point.plug_in(car())
    await wait_until(lambda: home.connector.in_session)
    await home.settled(charge_point)
    session = (await home.sessions())[0]
    assert method_of(session.id_tag) is Method.SMS
    assert KARI[1:] not in session.id_tag
    await home.run(charge_point, 60)
    assert home.connector.in_session
    await charge_point.unplug()
    await wait_until(lambda: not home.connector.in_session)


async def test_car_that_is_plugged_in_charges_at_once(home: House) -> None:
    charge_point = await home.connect()
    await charge_point.plug_in(car())
    await home.settled(charge_point)
    assert (await _send(home, "garage"))["outcome"] == "started"
    await wait_until(lambda: home.connector.in_session)
    assert (await _send(home, "garage"))["outcome"] == "already_charging"


async def test_asking_again_before_the_session_has_begun_is_no_trouble(
    home: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    await _register(home, phone="93333333", holder="Ola")
    charge_point = await home.connect()
    await charge_point.plug_in(car())
    await home.settled(charge_point)
    asked: list[str] = []

    async def remote_start(_self: Station16, _connector_id: int, id_tag: str) -> None:
        asked.append(id_tag)
        # As chargers do while they begin a session.
        if len(asked) > 1:
            raise CallRejectedError("RemoteStartTransaction", "Rejected")

    monkeypatch.setattr(Station16, "remote_start", remote_start)
    assert (await _send(home, "cp1"))["outcome"] == "started"
    again = await _send(home, "cp1")
    assert (again["started"], again["outcome"]) == (False, "starting")
    assert again["answer"].startswith("Garage is starting")
    assert (await _send(home, "cp1", "+4793333333"))["outcome"] == "taken"
    assert len(asked) == 1
    # Nothing has come of it, so asking is no longer in vain.
    await home.pass_time(61)
    assert (await _send(home, "cp1"))["outcome"] == "charger_refuses"


async def test_asking_again_before_the_cable_is_in_is_told_to_connect_it(home: House) -> None:
    charge_point = await home.connect()
    assert (await _send(home, "Garage"))["outcome"] == "plug_in"
    await home.settled(charge_point)
    assert home.state("sensor.garage_status") == "preparing"
    assert (await _send(home, "Garage"))["outcome"] == "plug_in"
    await charge_point.plug_in(car())
    await wait_until(lambda: home.connector.in_session)
    await charge_point.unplug()
    await wait_until(lambda: not home.connector.in_session)
    await charge_point.plug_in(car())
    await home.settled(charge_point)
    assert (await _send(home, "Garage"))["outcome"] == "started"


async def test_label_that_is_printed_on_the_charger_is_its_name(home: House) -> None:
    await home.connect()
    device = home.device("garage")
    assert device is not None
    label = lr.async_get(home.hass).async_create("evcloud3")
    dr.async_get(home.hass).async_update_device(device.id, labels={label.label_id})
    assert (await _send(home, "EVcloud3"))["outcome"] == "plug_in"


@pytest.mark.parametrize(
    ("sender", "text", "outcome", "answered"),
    [
        ("+4799999999", "Garage", "unknown_sender", True),
        ("BANK", "Garage", "no_number", False),
        ("", "Garage", "no_number", False),
        ("1881", "Garage", "no_number", False),
        (KARI, "", "no_name", True),
        (KARI, None, "no_name", True),
        (KARI, " \n. ", "no_name", True),
        (KARI, "Garagen", "no_such_charger", True),
        (KARI, "Garage please", "no_such_charger", True),
        (KARI, "x" * 5000, "no_such_charger", True),
        (KARI, "{{ 1 }} {chargers} %s \u202e\x00", "no_such_charger", True),
        (KARI, "'; DROP TABLE tokens; --", "no_such_charger", True),
        (KARI, "Garage 2", "no_such_charger", True),
        (KARI, "Garage", "offline", True),
    ],
)
async def test_what_starts_nothing_is_told_why(
    home: House, sender: str, text: str | None, outcome: str, answered: bool
) -> None:
    told = await _send(home, text, sender)
    assert (told["started"], told["outcome"]) == (False, outcome)
    assert (told["answer"] is not None) is answered
    assert len(told["answer"] or "") < 200
    assert "x" * 40 not in (told["answer"] or "")


@pytest.mark.parametrize(
    ("changes", "outcome"),
    [
        ({"blocked": True}, "blocked"),
        ({"valid_from": "2026-12-01 00:00:00"}, "not_yet_valid"),
        ({"valid_until": "2026-11-01 00:00:00"}, "expired"),
    ],
)
async def test_who_may_not_charge_is_told_why(
    home: House, changes: dict[str, Any], outcome: str
) -> None:
    await home.connect()
    await _register(home, phone=KARI, holder="Kari", **changes)
    assert (await _send(home, "Garage"))["outcome"] == outcome


async def test_other_chargers_are_not_started_and_only_ones_own_are_named(house: House) -> None:
    second = charger_subentry("drive", "Drive", charge_point_id="CP2", access="registered")
    await house.set_up(site_subentry(), charger_subentry(access="registered"), second)
    device = house.device("drive")
    assert device is not None
    await _register(house, phone=KARI, holder="Kari", chargers=[device.id])
    await house.connect()
    assert (await _send(house, "Garage"))["outcome"] == "other_charger"
    assert (await _send(house, "cellar"))["answer"].endswith("You may use: Drive")


async def test_charger_that_is_not_in_use_starts_nobody_even_where_all_may(house: House) -> None:
    await house.set_up()
    await _register(house, phone=KARI, holder="Kari")
    await house.connect()
    await house.act("switch", "turn_off", "switch.garage_in_use")
    assert (await _send(house, "Garage"))["outcome"] == "not_in_use"


async def test_charger_that_is_switched_off_charges_nobody(home: House) -> None:
    charge_point = await home.connect()
    await charge_point.plug_in(car())
    await home.settled(charge_point)
    await home.connector.set_own_limit(0)
    told = await _send(home, "Garage")
    assert (told["started"], told["outcome"]) == (False, "switched_off")
    assert "Garage" in told["answer"]
    assert not home.connector.in_session
    await home.connector.set_own_limit(None)
    assert (await _send(home, "Garage"))["outcome"] == "started"
    await wait_until(lambda: home.connector.in_session)
    await home.connector.set_own_limit(0)
    assert (await _send(home, "Garage"))["outcome"] == "switched_off"


async def test_somebody_elses_session_reservation_and_fault_are_told_of(home: House) -> None:
    charge_point = await home.connect()
    await home.charge(charge_point)
    assert (await _send(home, "Garage"))["outcome"] == "taken"
    await home.connector.stop()
    await charge_point.unplug()
    await home.settled(charge_point)
    await charge_point.call(status_call("Faulted", error="GroundFailure"))
    assert (await _send(home, "Garage"))["outcome"] == "fault"


async def test_reserved_charger_is_for_whom_it_is_reserved(home: House) -> None:
    await home.connect()
    await _act(home, "register_token", id_tag="04AA", label="Ola")
    until = dt_util.as_local(dt_util.utcnow() + timedelta(hours=1)).isoformat()
    target = {"entity_id": "sensor.garage_status"}
    await _act(home, "reserve", id_tag="Ola", until=until, **target)
    assert (await _send(home, "Garage"))["outcome"] == "reserved"
    await _act(home, "reserve", id_tag="Kari (SMS)", until=until, **target)
    assert (await _send(home, "Garage"))["outcome"] == "plug_in"


async def test_charger_that_does_not_want_to_is_told_of(home: House) -> None:
    async with home.raw_charger() as charger:

        async def refuse() -> None:
            while (frame := await charger.hear())[2] != "RemoteStartTransaction":
                await charger.answer(frame[1], {"status": "Rejected"})
            await charger.answer(frame[1], {"status": "Rejected"})

        task = home.hass.async_create_task(refuse())
        assert (await _send(home, "Garage"))["outcome"] == "charger_refuses"
        await task


@pytest.mark.parametrize("language", LANGUAGES)
async def test_answers_are_in_the_language_of_the_sender_else_of_the_house(
    home: House, language: str
) -> None:
    home.hass.config.language = language
    strange = await _send(home, "Garage", "+4799999999")
    begins = {"en": "Your number", "nb": "Nummeret ditt", "sv": "Ditt nummer", "da": "Dit nummer"}
    assert strange["answer"].startswith(begins[language])
    assert strange["language"] == language
    home.hass.config.language = "de"
    assert (await _send(home, "Garage"))["language"] == "en"
    await _register(home, phone=KARI, holder="Kari", language=language)
    assert (await _send(home, "Garage"))["language"] == language


async def test_two_chargers_of_one_name_are_not_guessed_between(house: House) -> None:
    second = charger_subentry("drive", "garage", charge_point_id="CP2")
    await house.set_up(site_subentry(), charger_subentry(), second)
    await _register(house, phone=KARI, holder="Kari")
    assert (await _send(house, "Garage"))["outcome"] == "ambiguous"
    assert (await _send(house, "CP2"))["outcome"] == "offline"


async def test_connector_can_be_named(house: House) -> None:
    await house.set_up(site_subentry(), charger_subentry(connectors=2))
    await _register(house, phone=KARI, holder="Kari")
    assert (await _send(house, "garage 2"))["outcome"] == "offline"
    assert (await _send(house, "garage 3"))["outcome"] == "no_such_charger"


# How much ------------------------------------------------------------------------------------


async def test_who_sends_too_much_is_told_once_and_heard_again_later(home: House) -> None:
    told = [await _send(home, "nowhere") for _ in range(8)]
    assert [each["outcome"] for each in told] == ["no_such_charger"] * 5 + ["too_many"] * 3
    assert [each["answer"] is not None for each in told] == [True] * 6 + [False] * 2
    home.time.tick(timedelta(minutes=11))
    assert (await _send(home, "nowhere"))["outcome"] == "no_such_charger"


async def test_answers_to_strangers_do_not_cost_without_end(home: House) -> None:
    told = [await _send(home, "Garage", f"+4799{n:06d}") for n in range(25)]
    assert {each["outcome"] for each in told} == {"unknown_sender"}
    assert sum(each["answer"] is not None for each in told) == 20


async def test_message_that_comes_twice_is_heard_once(home: House) -> None:
    assert (await _send(home, "nowhere", message_id="SM1"))["outcome"] == "no_such_charger"
    again = await _send(home, "nowhere", message_id="SM1")
    assert (again["outcome"], again["answer"]) == ("repeated", None)


async def test_same_id_of_somebody_else_or_much_later_is_another_message(home: House) -> None:
    await _register(home, phone="93333333", holder="Ola")
    assert (await _send(home, "nowhere", message_id="1"))["outcome"] == "no_such_charger"
    other = await _send(home, "nowhere", "+4793333333", message_id="1")
    assert other["outcome"] == "no_such_charger"
    home.time.tick(timedelta(minutes=59))
    assert (await _send(home, "nowhere", message_id="1"))["outcome"] == "repeated"
    home.time.tick(timedelta(minutes=2))
    assert (await _send(home, "nowhere", message_id="1"))["outcome"] == "no_such_charger"


async def test_sender_without_a_plus_sign_is_known(home: House) -> None:
    told = await _send(home, "Garage", "4791234567")
    assert (told["person"], told["sender"]) == ("Kari", KARI)


def test_pace_forgets_whom_it_has_not_heard_for_long() -> None:
    pace = Pace(1)
    assert pace.count("a", NOW) == 0
    for number in range(600):
        pace.count(str(number), NOW)
    assert pace.count("a", NOW) == 0
    assert pace.count("a", NOW + timedelta(seconds=1)) == 1
    assert pace.count("a", NOW + timedelta(minutes=11)) == 0


# The register --------------------------------------------------------------------------------


async def test_register_is_listed_kept_and_changed_by_its_number(home: House) -> None:
    await _register(home, phone="+47 91 23 45 67", holder="Kari Nordmann", language="sv")
    (listed,) = (await _act(home, "list_tokens"))["tokens"]
    assert (listed["phone"], listed["holder"], listed["language"]) == (KARI, "Kari Nordmann", "sv")
    await _act(home, "register_token", id_tag="Kari Nordmann (SMS)", holder="Kari", blocked=True)
    await home.unload()
    await home.set_up()
    assert (await _send(home, "Garage"))["outcome"] == "blocked"
    record = home.hub.tokens.by_phone(KARI)
    assert record is not None
    assert (record.record.holder, record.record.status) == ("Kari", "blocked")
    await _act(home, "remove_token", id_tag="Kari Nordmann (SMS)")
    assert (await _send(home, "Garage"))["outcome"] == "unknown_sender"


async def test_somebody_has_two_phones(home: House) -> None:
    for phone in ("91234568", "91234569", "91234568"):
        await _register(home, phone=phone, holder="Kari")
    labels = {token["label"] for token in (await _act(home, "list_tokens"))["tokens"]}
    assert labels == {"Kari (SMS)", "Kari (SMS 2)", "Kari (SMS 3)"}


async def test_number_that_is_registered_twice_at_once_is_one(home: House) -> None:
    await asyncio.gather(
        *(_register(home, phone="93333333", holder=holder) for holder in ("Ola", "Per"))
    )
    tokens = (await _act(home, "list_tokens"))["tokens"]
    assert [token["holder"] for token in tokens if token["holder"] != "Kari"] == ["Per"]


@pytest.mark.parametrize("phone", ["", "BANK", "123", "+47", "x" * 90])
async def test_what_is_no_number_is_not_registered(home: House, phone: str) -> None:
    with pytest.raises(ServiceValidationError) as err:
        await _register(home, phone=phone, holder="Ola")
    assert err.value.translation_key == "no_phone_number"


@pytest.mark.parametrize("changes", [{"holder": ""}, {"language": "fi"}, {"phone": None}])
async def test_what_makes_no_sense_is_not_registered(home: House, changes: dict[str, Any]) -> None:
    with pytest.raises(vol.Invalid):
        await _register(home, **{"phone": "+4711111111", "holder": "Ola", **changes})


@pytest.mark.parametrize("action", ["handle_sms", "register_phone"])
async def test_only_administrators_and_automations_speak_for_others(
    home: House, hass_read_only_user: MockUser, action: str
) -> None:
    data = {
        "handle_sms": {"sender": KARI, "text": "Garage"},
        "register_phone": {"phone": "+4711111111", "holder": "Ola"},
    }
    with pytest.raises(Unauthorized):
        await home.hass.services.async_call(
            "zmartcharge",
            action,
            data[action],
            blocking=True,
            context=Context(user_id=hass_read_only_user.id),
        )


async def test_asking_at_the_charger_answers_in_words(home: House) -> None:
    device = home.device("garage")
    assert device is not None
    told = await _act(home, "ask_to_start", device_id=device.id, language="nb")
    assert (told["started"], told["device_id"]) == (False, device.id)
    assert told["answer"].startswith("Garage er ikke tilkoblet")
    with pytest.raises(ServiceValidationError):
        await _act(home, "ask_to_start", device_id="nothing")
