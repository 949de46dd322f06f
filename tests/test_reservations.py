"""Reservations: kept free for a card, told to the charger, and over when they are."""

import asyncio
from datetime import timedelta
from typing import Any

from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.util import dt as dt_util
import pytest

from simulator import SimulatedChargePoint

from .flows import ENGLISH
from .house import House, RawCharger, car, charger_subentry, site_subentry, wait_until

CARD, OTHER = "04A1B2C3", "04D4E5F6"
STATUS = "sensor.garage_status"
VERSIONS = pytest.mark.parametrize("ocpp", ["1.6", "2.0.1"])


async def _register(house: House, id_tag: str = CARD, label: str = "Blue fob", **more: Any) -> None:
    data = {"id_tag": id_tag, "label": label, **more}
    await house.hass.services.async_call("zmartcharge", "register_token", data, blocking=True)


async def _reserve(house: House, id_tag: str = "blue FOB", hours: float = 1, **more: Any) -> None:
    until = dt_util.now() + timedelta(hours=hours)
    data = {"until": until.replace(tzinfo=None).isoformat(), "id_tag": id_tag, **more}
    await house.act("zmartcharge", "reserve", STATUS, **data)


async def _cancel(house: House) -> None:
    await house.act("zmartcharge", "cancel_reservation", STATUS)


async def _set_up(house: House, **settings: Any) -> SimulatedChargePoint:
    await house.set_up()
    charge_point = await house.connect(**settings)
    await _register(house)
    return charge_point


def _shown(house: House) -> tuple[str, str | None]:
    state = house.full_state(STATUS)
    return state.state, state.attributes.get("reserved_for")


@VERSIONS
async def test_a_reserved_charger_says_so_for_whom_and_until_when(house: House, ocpp: str) -> None:
    await _set_up(house, ocpp=ocpp)
    await _reserve(house)
    await wait_until(lambda: _shown(house) == ("reserved", "Blue fob"))
    until = house.full_state(STATUS).attributes["reserved_until"]
    assert until == (dt_util.utcnow() + timedelta(hours=1)).isoformat()
    await _cancel(house)
    await wait_until(lambda: _shown(house) == ("ready", None))
    with pytest.raises(ServiceValidationError) as caught:
        await _cancel(house)
    assert caught.value.translation_key == "not_reserved"


@VERSIONS
async def test_who_it_is_for_charges_and_that_uses_it_up(house: House, ocpp: str) -> None:
    charge_point = await _set_up(house, ocpp=ocpp)
    await _reserve(house, CARD.lower())
    with pytest.raises(ServiceValidationError) as caught:
        await house.connector.start()
    assert caught.value.translation_key == "reserved_for_another"
    await charge_point.tap(CARD)
    await charge_point.plug_in(car())
    await wait_until(lambda: house.connector.in_session)
    assert house.connector.reservation is None
    (session,) = await house.sessions()
    assert session.id_tag == CARD


async def test_nobody_is_started_in_the_place_of_who_comes(house: House) -> None:
    charge_point = await _set_up(house)
    await house.act("switch", "turn_on", "switch.garage_start_when_plugged_in")
    await _reserve(house)
    await charge_point.plug_in(car())
    await house.settled(charge_point)
    for _ in range(4):
        await house.pass_time(60)
    assert not any("RemoteStart" in frame.text for frame in charge_point.frames)


async def test_it_stays_reserved_when_a_cable_is_put_in(house: House) -> None:
    charge_point = await _set_up(house)
    await _reserve(house)
    await charge_point.plug_in(car())
    await house.settled(charge_point)
    assert _shown(house) == ("reserved", "Blue fob")
    await _cancel(house)
    await wait_until(lambda: house.state(STATUS) == "preparing")


@VERSIONS
async def test_it_is_over_when_its_time_is(house: House, ocpp: str) -> None:
    charge_point = await _set_up(house, ocpp=ocpp)
    await _reserve(house)
    await house.run(charge_point, 3600, step=600)
    await wait_until(lambda: _shown(house) == ("ready", None))
    assert house.hub.reservations.values == {}


async def test_a_charger_that_gives_it_up_is_heard(house: House) -> None:
    charge_point = await _set_up(house, ocpp="2.0.1")
    await _reserve(house)
    await charge_point.fault(1, "GroundFailure")
    await wait_until(lambda: house.connector.reservation is None)


async def test_it_is_kept_over_a_restart_of_either_side(house: House) -> None:
    charge_point = await _set_up(house)
    await _reserve(house)
    reserved = house.connector.reservation
    await house.unload()
    await house.hass.config_entries.async_setup(house.entry.entry_id)
    assert house.connector.reservation == reserved
    await charge_point.stop()
    charge_point = await house.connect(station=charge_point.station)
    await wait_until(lambda: _shown(house) == ("reserved", "Blue fob"))

    # A charger that forgot it is told again.
    charge_point.evse.connector(1).reservation = None
    await charge_point.reboot()
    await wait_until(lambda: not house.charger.connected)
    await wait_until(lambda: charge_point.evse.connector(1).reservation is not None)
    await house.unload()
    house.time.tick(timedelta(hours=2))
    await house.hass.config_entries.async_setup(house.entry.entry_id)
    await house.hass.async_block_till_done()
    assert house.connector.reservation is None


async def test_another_one_takes_its_place(house: House) -> None:
    charge_point = await _set_up(house)
    await _register(house, OTHER, "Red fob")
    await _reserve(house)
    await _reserve(house, "Red fob", hours=2)
    assert _shown(house)[1] == "Red fob"
    held = charge_point.evse.connector(1).reservation
    assert held is not None
    assert held.id_tag == OTHER


@pytest.mark.parametrize(
    ("about", "key"),
    [
        ({"blocked": True}, "reservation_token_blocked"),
        ({"valid_from": "2027-01-01 00:00"}, "reservation_token_not_yet_valid"),
        ({"valid_until": "2026-01-01 00:00"}, "reservation_token_expired"),
    ],
)
async def test_a_card_that_may_not_charge_reserves_nothing(
    house: House, about: dict[str, Any], key: str
) -> None:
    await house.set_up()
    await _register(house, **about)
    with pytest.raises(ServiceValidationError) as caught:
        await _reserve(house)
    assert caught.value.translation_key == key
    assert key in ENGLISH["exceptions"]


async def test_a_card_for_another_charger_reserves_nothing(house: House) -> None:
    yard = charger_subentry("yard", "Yard", charge_point_id="CP2")
    await house.set_up(site_subentry(), charger_subentry(), yard)
    device = house.device("yard")
    assert device is not None
    await _register(house, chargers=[device.id])
    with pytest.raises(ServiceValidationError) as caught:
        await _reserve(house)
    assert caught.value.translation_key == "reservation_token_access_restricted"


async def test_what_makes_no_sense_is_told_in_words(house: House) -> None:
    await house.set_up()
    with pytest.raises(ServiceValidationError) as nobody:
        await _reserve(house)
    assert nobody.value.translation_key == "reservation_unknown_token"
    await _register(house)
    with pytest.raises(ServiceValidationError) as past:
        await _reserve(house, CARD, hours=0)
    assert past.value.translation_key == "reservation_in_the_past"
    with pytest.raises(HomeAssistantError) as away:
        await _reserve(house, CARD)
    assert away.value.translation_key == "not_connected"
    assert house.connector.reservation is None


async def test_of_several_connectors_one_has_to_be_chosen(house: House) -> None:
    await house.set_up(site_subentry(), charger_subentry(connectors=2))
    await _register(house)
    device = house.device("garage")
    assert device is not None
    data = {"device_id": device.id, "id_tag": CARD, "until": "2026-11-21 18:00"}
    with pytest.raises(ServiceValidationError) as caught:
        await house.hass.services.async_call("zmartcharge", "reserve", data, blocking=True)
    assert caught.value.translation_key == "one_connector"


async def _asked(charger: RawCharger, action: str) -> list[Any]:
    while (frame := await charger.hear())[2] != action:
        await charger.fail(frame[1], "NotSupported", "")
    return frame


@pytest.mark.parametrize("status", ["Faulted", "Occupied", "Rejected", "Unavailable"])
async def test_each_refusal_has_words(house: House, status: str) -> None:
    await house.set_up()
    await _register(house)
    async with house.raw_charger() as charger:
        asking = asyncio.create_task(_reserve(house))
        await charger.answer((await _asked(charger, "ReserveNow"))[1], {"status": status})
        with pytest.raises(ServiceValidationError) as caught:
            await asking
    assert caught.value.translation_key == f"reservation_{status.lower()}"
    assert house.connector.reservation is None


async def test_a_charger_that_does_not_know_reservations_says_so(house: House) -> None:
    await house.set_up()
    await _register(house)
    async with house.raw_charger() as charger:
        asking = asyncio.create_task(_reserve(house))
        await charger.fail((await _asked(charger, "ReserveNow"))[1], "NotImplemented", "")
        with pytest.raises(ServiceValidationError) as caught:
            await asking
    assert caught.value.translation_key == "reservation_rejected"


async def test_what_may_have_been_taken_is_asked_for_under_the_same_number(house: House) -> None:
    await house.set_up()
    await _register(house)
    async with house.raw_charger() as charger:
        asking = asyncio.create_task(_reserve(house))
        first = await _asked(charger, "ReserveNow")
    with pytest.raises(HomeAssistantError):
        await asking
    async with house.raw_charger() as charger:
        asking = asyncio.create_task(_reserve(house))
        second = await _asked(charger, "ReserveNow")
        await charger.answer(second[1], {"status": "Accepted"})
        await asking
    assert first[3]["reservationId"] == second[3]["reservationId"]


async def test_a_removed_charger_is_left_free(house: House) -> None:
    charge_point = await _set_up(house)
    await _reserve(house)
    await house.remove("garage")
    assert charge_point.evse.connector(1).reservation is None
    assert house.hub.reservations.values == {}
