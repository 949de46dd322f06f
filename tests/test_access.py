"""Who may charge: cards, the register, and what a charger is told."""

import asyncio
from datetime import timedelta
from typing import Any

from homeassistant.core import Context
from homeassistant.exceptions import ServiceValidationError, Unauthorized
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockUser

from simulator import SimulatedChargePoint

from .house import House, car, charger_subentry, site_subentry, wait_until

CARD = "04A1B2C3"
EVENT = "event.garage_rfid_card"


async def _set_up(house: House, **changes: Any) -> SimulatedChargePoint:
    """Set up a charger that is for registered cards."""
    await house.set_up(site_subentry(), charger_subentry(access="registered", **changes))
    return await house.connect()


async def _do(house: House, action: str, **data: Any) -> Any:
    return await house.hass.services.async_call(
        "zmartcharge", action, data, blocking=True, return_response=action == "list_tokens"
    )


async def _register(house: House, id_tag: str = CARD, **about: Any) -> None:
    await _do(house, "register_token", id_tag=id_tag, **about)


def _device(house: House, identifier: str = "garage") -> str:
    device = house.device(identifier)
    assert device is not None
    return device.id


def _told(house: House) -> tuple[str, str | None]:
    """Return what happened to the last card, and why."""
    attributes = house.full_state(EVENT).attributes
    return attributes["event_type"], attributes.get("reason")


# At the reader ------------------------------------------------------------------------------------


async def test_unknown_card_is_refused_and_that_is_told(house: House) -> None:
    charge_point = await _set_up(house)
    await charge_point.plug_in(car())
    assert await charge_point.tap(CARD) == "Invalid"
    await house.settled(charge_point)
    assert not house.connector.in_session
    assert _told(house) == ("refused", "unknown")


async def test_registered_card_charges_however_it_is_spelt(house: House) -> None:
    charge_point = await _set_up(house)
    await _register(house, " 04a1b2c3 ", label="Blue fob")
    await charge_point.plug_in(car())
    assert await charge_point.tap(CARD) == "Accepted"
    await wait_until(lambda: house.connector.in_session)
    assert _told(house) == ("accepted", None)
    # The register is told beside the answer to the charger.
    while (told := (await _do(house, "list_tokens"))["tokens"][0])["last_used_at_charger"] is None:
        await asyncio.sleep(0)
    assert told["last_used_at_charger"] == "CP1"
    assert told["label"] == "Blue fob"


async def test_everyone_may_charge_where_that_is_chosen(house: House) -> None:
    charge_point = await _set_up(house)
    await house.act("select", "select_option", "select.garage_who_may_charge", option="open")
    await charge_point.plug_in(car())
    assert await charge_point.tap(CARD) == "Accepted"
    assert house.state("select.garage_who_may_charge") == "open"


@pytest.mark.parametrize(
    ("about", "status", "reason"),
    [
        ({"blocked": True}, "Blocked", "blocked"),
        ({"valid_from": "2026-11-22 00:00:00"}, "Blocked", "not_yet_valid"),
        ({"valid_until": "2026-11-20 00:00:00"}, "Expired", "expired"),
    ],
)
async def test_card_that_may_not_be_used_now_is_refused(
    house: House, about: dict[str, Any], status: str, reason: str
) -> None:
    charge_point = await _set_up(house)
    await _register(house, **about)
    assert await charge_point.tap(CARD) == status
    await house.hass.async_block_till_done()
    assert _told(house) == ("refused", reason)


async def test_card_of_another_charger_is_refused_here(house: House) -> None:
    drive = charger_subentry("drive", "Drive", charge_point_id="CP2")
    await house.set_up(site_subentry(), charger_subentry(access="registered"), drive)
    charge_point = await house.connect()
    await _register(house, chargers=[_device(house, "drive")])
    assert await charge_point.tap(CARD) == "Blocked"
    await house.hass.async_block_till_done()
    assert _told(house) == ("refused", "access_restricted")


async def test_removed_card_is_unknown_again(house: House) -> None:
    charge_point = await _set_up(house)
    await _register(house)
    await _do(house, "remove_token", id_tag=CARD.lower())
    assert await charge_point.tap(CARD) == "Invalid"
    with pytest.raises(ServiceValidationError) as refused:
        await _do(house, "remove_token", id_tag=CARD)
    assert CARD not in str(refused.value)


async def test_cards_are_known_after_a_restart(house: House) -> None:
    await _set_up(house)
    await _register(house, label="Blue fob")
    await house.unload()
    await house.set_up()
    assert [each["label"] for each in (await _do(house, "list_tokens"))["tokens"]] == ["Blue fob"]


# A session nobody may have ------------------------------------------------------------------------


async def test_session_that_a_charger_began_by_itself_is_refused(house: House) -> None:
    await house.set_up(site_subentry(), charger_subentry(access="registered"))
    async with house.raw_charger() as charger:
        answer = await charger.call("StartTransaction", _start(CARD))
        assert answer[2]["idTagInfo"]["status"] == "Invalid"
        # It keeps the session: what was charged is not lost.
        assert answer[2]["transactionId"] > 0
        assert len(await house.sessions()) == 1


async def test_charger_that_goes_on_all_the_same_is_told_to_stop(house: House) -> None:
    await house.set_up(site_subentry(), charger_subentry(access="registered"))
    async with house.raw_charger() as charger:
        answer = await charger.call("StartTransaction", _start(CARD))
        await house.pass_time(31)
        while (frame := await charger.hear())[2] != "RemoteStopTransaction":
            pass
        assert frame[3]["transactionId"] == answer[2]["transactionId"]


async def test_repeated_start_gets_the_same_answer(house: House) -> None:
    await house.set_up(site_subentry(), charger_subentry(access="registered"))
    await _register(house)
    async with house.raw_charger() as charger:
        start = _start(CARD)
        first, second = [await charger.call("StartTransaction", start) for _ in range(2)]
        assert first[2] == second[2]
        assert first[2]["idTagInfo"]["status"] == "Accepted"


async def test_card_that_charges_elsewhere_is_not_accepted_twice(house: House) -> None:
    drive = charger_subentry("drive", "Drive", charge_point_id="CP2", access="registered")
    await house.set_up(site_subentry(), charger_subentry(access="registered"), drive)
    await _register(house)
    one, other = await house.connect(), await house.connect("CP2")
    await one.plug_in(car())
    assert await one.tap(CARD) == "Accepted"
    await wait_until(lambda: house.connector.in_session)
    await house.settled(one)
    await other.plug_in(car())
    await other.tap(CARD)
    await house.settled(other)
    refused = [s for s in await house.sessions() if s.charge_point_id == "CP2"]
    assert all(session.stopped_at for session in refused)


# Home Assistant -----------------------------------------------------------------------------------


async def test_home_assistant_starts_where_cards_are_needed(house: House) -> None:
    charge_point = await _set_up(house)
    await house.charge(charge_point)
    assert house.connector.in_session


async def test_nothing_starts_by_itself_where_cards_are_needed(house: House) -> None:
    await _set_up(house)
    assert house.state("switch.garage_start_when_plugged_in") == "off"
    await house.act("switch", "turn_on", "switch.garage_start_when_plugged_in")
    assert house.state("switch.garage_start_when_plugged_in") == "on"


# In use -------------------------------------------------------------------------------------------

IN_USE = "switch.garage_in_use"


async def test_charger_that_is_switched_off_is_for_nobody(house: House) -> None:
    charge_point = await _set_up(house)
    await _register(house)
    await house.act("switch", "turn_off", IN_USE)
    await house.settled(charge_point)
    assert house.state("sensor.garage_status") == "disabled"
    assert await charge_point.tap(CARD) == "Blocked"
    with pytest.raises(ServiceValidationError, match="switched off for everyone"):
        await house.act("switch", "turn_on", "switch.garage_charging")


async def test_charger_that_is_switched_on_again_is_ready(house: House) -> None:
    charge_point = await _set_up(house)
    await house.act("switch", "turn_off", IN_USE)
    await house.settled(charge_point)
    await house.act("switch", "turn_on", IN_USE)
    await house.settled(charge_point)
    assert house.state("sensor.garage_status") == "ready"
    assert house.state(IN_USE) == "on"


async def test_charger_that_was_away_hears_of_it_when_it_comes(house: House) -> None:
    charge_point = await _set_up(house)
    await house.cut(charge_point)
    await house.act("switch", "turn_off", IN_USE)
    assert house.state(IN_USE) == "off"
    charge_point.go_online()
    await wait_until(lambda: house.charger.connected)
    await house.settled(charge_point)
    assert await charge_point.tap(CARD) == "Blocked"


# Learning -----------------------------------------------------------------------------------------


async def test_next_unknown_card_is_registered(house: House) -> None:
    charge_point = await _set_up(house)
    await _do(house, "learn_token", device_id=_device(house), label="New")
    await charge_point.plug_in(car())
    assert await charge_point.tap(CARD) == "Invalid"
    await house.hass.async_block_till_done()
    assert _told(house) == ("learned", None)
    told = (await _do(house, "list_tokens"))["tokens"]
    assert [(each["id_tag"], each["label"]) for each in told] == [(CARD, "New")]


async def test_learning_ends_by_itself(house: House) -> None:
    charge_point = await _set_up(house)
    await _do(house, "learn_token", device_id=_device(house), minutes=1)
    house.time.tick(timedelta(seconds=61))
    await charge_point.tap(CARD)
    await house.hass.async_block_till_done()
    assert _told(house) == ("refused", "unknown")
    assert (await _do(house, "list_tokens"))["tokens"] == []


async def test_learned_card_may_charge_at_once_if_that_is_wanted(house: House) -> None:
    charge_point = await _set_up(house)
    await _do(house, "learn_token", device_id=_device(house), may_charge=True)
    await charge_point.plug_in(car())
    assert await charge_point.tap(CARD) == "Accepted"
    await wait_until(lambda: house.connector.in_session)


# Mistakes -----------------------------------------------------------------------------------------


async def test_card_that_ends_before_it_begins_is_explained(house: House) -> None:
    await _set_up(house)
    with pytest.raises(ServiceValidationError, match="Choose a later end"):
        await _register(house, valid_from="2026-12-02 00:00:00", valid_until="2026-12-01 00:00:00")


async def test_device_that_is_no_charger_is_refused(house: House) -> None:
    await _set_up(house)
    with pytest.raises(ServiceValidationError):
        await _do(house, "learn_token", device_id=_device(house, "home"))
    with pytest.raises(ServiceValidationError):
        await _register(house, chargers=["nowhere"])


async def test_only_administrators_decide_who_may_charge(
    house: House, hass_read_only_user: MockUser
) -> None:
    await _set_up(house)
    context = Context(user_id=hass_read_only_user.id)
    with pytest.raises(Unauthorized):
        await house.hass.services.async_call(
            "zmartcharge", "register_token", {"id_tag": CARD}, blocking=True, context=context
        )


def _start(id_tag: str) -> dict[str, Any]:
    return {
        "connectorId": 1,
        "idTag": id_tag,
        "meterStart": 0,
        "timestamp": dt_util.utcnow().isoformat(),
    }


# Names and numbers --------------------------------------------------------------------------------


async def test_card_is_blocked_and_removed_by_its_name(house: House) -> None:
    await _set_up(house)
    await _register(house, CARD, label="Blue fob")
    await _register(house, "blue FOB", blocked=True)
    (told,) = (await _do(house, "list_tokens"))["tokens"]
    assert (told["id_tag"], told["label"], told["blocked"]) == (CARD, "Blue fob", True)
    await _do(house, "remove_token", id_tag="Blue fob")
    assert (await _do(house, "list_tokens"))["tokens"] == []
    with pytest.raises(ServiceValidationError) as caught:
        await _do(house, "remove_token", id_tag="Blue fob")
    assert caught.value.translation_key == "no_such_token"


@pytest.mark.parametrize("action", ["register_token", "learn_token"])
async def test_second_card_of_a_name_is_refused(house: House, action: str) -> None:
    await _set_up(house)
    await _register(house, CARD, label="Blue fob")
    await _register(house, CARD, label="blue fob")
    which = {"id_tag": "SECOND"} if action == "register_token" else {"device_id": _device(house)}
    with pytest.raises(ServiceValidationError) as caught:
        await _do(house, action, label="BLUE FOB", **which)
    assert caught.value.translation_key == "token_name_taken"


async def test_cards_without_a_name_do_not_clash(house: House) -> None:
    await _set_up(house)
    await _register(house, CARD)
    await _register(house, "SECOND")
    assert len((await _do(house, "list_tokens"))["tokens"]) == 2


@pytest.mark.parametrize(("ocpp", "refused"), [("1.6", True), ("2.0.1", False)])
async def test_number_that_is_too_long_for_all_chargers_is_refused(
    house: House, ocpp: str, *, refused: bool
) -> None:
    await house.set_up()
    await house.connect(ocpp=ocpp)
    if not refused:
        await _register(house, "X" * 21)
        return
    with pytest.raises(ServiceValidationError) as caught:
        await _register(house, "X" * 21)
    assert caught.value.translation_key == "token_too_long"


LONG = "X" * 21


async def _two_versions(house: House) -> None:
    """Set up a garage of OCPP 1.6 and a drive of 2.0.1."""
    await house.set_up(
        site_subentry(),
        charger_subentry(access="registered"),
        charger_subentry("drive", access="registered", charge_point_id="CP2", title="Drive"),
    )
    await house.connect()
    await house.connect("CP2", ocpp="2.0.1")


async def test_number_that_is_too_long_for_some_chargers_is_taken_for_the_others(
    house: House,
) -> None:
    await _two_versions(house)
    for chargers in ([], [_device(house), _device(house, "drive")]):
        with pytest.raises(ServiceValidationError) as caught:
            await _register(house, LONG, chargers=chargers)
        assert caught.value.translation_key == "token_too_long_for_some"
        assert str(caught.value).startswith("This number is too long for Garage: OCPP 1.6 knows")
    assert (await _do(house, "list_tokens"))["tokens"] == []
    await _register(house, LONG, chargers=[_device(house, "drive")])
    (told,) = (await _do(house, "list_tokens"))["tokens"]
    assert (told["id_tag"], told["too_long_for"]) == (LONG, [])


async def test_what_a_charger_speaks_is_known_while_it_is_away_and_after_a_restart(
    house: House,
) -> None:
    await _two_versions(house)
    for charge_point in house.charge_points:
        await charge_point.stop()
    await wait_until(lambda: not any(each.connected for each in house.hub.chargers.values()))
    await house.unload()
    await house.hass.config_entries.async_setup(house.entry.entry_id)
    await house.hass.async_block_till_done()
    with pytest.raises(ServiceValidationError) as caught:
        await _register(house, LONG, chargers=[_device(house)])
    assert caught.value.translation_key == "token_too_long"
    await _register(house, LONG, chargers=[_device(house, "drive")])


async def test_number_that_turns_out_to_be_too_long_is_told_and_can_still_be_blocked(
    house: House,
) -> None:
    await house.set_up(site_subentry(), charger_subentry(access="registered"))
    # Nobody knows yet what the charger speaks.
    await _register(house, LONG, label="Truck")
    assert (await _do(house, "list_tokens"))["tokens"][0]["too_long_for"] == []
    await house.connect()
    assert (await _do(house, "list_tokens"))["tokens"][0]["too_long_for"] == [_device(house)]
    await _register(house, "Truck", blocked=True)
    (told,) = (await _do(house, "list_tokens"))["tokens"]
    assert told["blocked"]


async def test_known_card_is_not_let_in_where_its_number_is_too_long(house: House) -> None:
    await _two_versions(house)
    await _register(house, LONG, label="Truck", chargers=[_device(house, "drive")])
    with pytest.raises(ServiceValidationError) as caught:
        await _register(house, "Truck", chargers=[_device(house)])
    assert caught.value.translation_key == "token_too_long"


async def test_what_is_neither_a_number_nor_a_name_is_refused(house: House) -> None:
    await house.set_up()
    with pytest.raises(ServiceValidationError) as caught:
        await _register(house, "Blå nøkkel")
    assert caught.value.translation_key == "token_number_invalid"
