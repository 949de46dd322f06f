"""Messages on a charger's display, and those of its vendor's own."""

import asyncio
from typing import Any
from unittest.mock import patch

from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers.entity import Entity
from ocpp.v16 import call as v16_call
from ocpp.v201 import call as v201_call
import pytest
import voluptuous as vol

from .house import House


async def _act(house: House, action: str, **data: Any) -> Any:
    device = house.device("garage")
    assert device is not None
    return await house.hass.services.async_call(
        "zmartcharge",
        action,
        {"device_id": device.id, **data},
        blocking=True,
        return_response=action == "data_transfer",
    )


async def test_a_message_is_shown_replaced_and_removed(house: House) -> None:
    await house.set_up()
    await house.hass.config.async_set_time_zone("Europe/Oslo")
    await house.connect(ocpp="2.0.1")
    await _act(house, "set_display_message", message="Hei", number=3)
    await _act(
        house,
        "set_display_message",
        message="Ledig for gjester",
        number=3,
        priority="always",
        shown_while="idle",
        language="nb",
        end="2026-11-22 06:00:00",
    )
    (shown,) = await house.charger.station.display_messages()
    assert (shown.text, shown.priority.value, shown.state, shown.language) == (
        "Ledig for gjester",
        "AlwaysFront",
        "Idle",
        "nb",
    )
    assert shown.end is not None
    assert shown.end.isoformat() == "2026-11-22T05:00:00+00:00"
    for _ in range(2):
        await _act(house, "clear_display_message", number=3)
    assert await house.charger.station.display_messages() == ()


async def test_a_charger_of_1_6_has_no_such_messages(house: House) -> None:
    await house.set_up()
    await house.connect()
    for action, data in (
        ("set_display_message", {"message": "Hei"}),
        ("clear_display_message", {}),
    ):
        with pytest.raises(ServiceValidationError) as caught:
            await _act(house, action, **data)
        assert str(caught.value) == "Garage speaks OCPP 1.6, which has no messages for a display"


@pytest.mark.parametrize("text", ["", "x" * 513])
async def test_no_text_and_too_much_of_it_is_refused(house: House, text: str) -> None:
    await house.set_up()
    with pytest.raises(vol.Invalid):
        await _act(house, "set_display_message", message=text)


async def test_a_message_that_ends_before_it_begins_makes_no_sense(house: House) -> None:
    await house.set_up()
    with pytest.raises(ServiceValidationError) as caught:
        await _act(house, "set_display_message", message="x", start="2026-11-22", end="2026-11-21")
    assert caught.value.translation_key == "message_ends_before_it_begins"


_NOT_SHOWN = "Garage does not show the message: its display cannot "


@pytest.mark.parametrize(
    ("status", "said"),
    [
        ("Rejected", "Garage did not take the message."),
        ("NotSupportedMessageFormat", f"{_NOT_SHOWN}show such text"),
        ("NotSupportedPriority", f"{_NOT_SHOWN}treat it as “When” says"),
        ("NotSupportedState", f"{_NOT_SHOWN}show it only in that state"),
        ("LanguageNotSupported", "Garage does not show the message: its display does not know"),
        ("UnknownTransaction", "Garage did not take the message."),
    ],
)
async def test_a_message_that_is_not_shown_is_told_in_words(
    house: House, status: str, said: str
) -> None:
    await house.set_up()
    charge_point = await house.connect(ocpp="2.1")
    with (
        patch.object(charge_point.display, "show", return_value=status),
        pytest.raises(HomeAssistantError) as caught,
    ):
        await _act(house, "set_display_message", message="x")
    assert str(caught.value).startswith(said)
    assert status not in str(caught.value)


async def test_an_answer_that_no_standard_has_is_a_refusal(house: House) -> None:
    await house.set_up()
    await house.connect(ocpp="2.0.1")
    with (
        patch.object(house.charger.station, "call", return_value={"status": "Whatever"}),
        pytest.raises(HomeAssistantError) as caught,
    ):
        await _act(house, "set_display_message", message="x")
    assert str(caught.value).startswith("Garage did not take the message.")


@pytest.mark.parametrize("ocpp", ["1.6", "2.0.1"])
async def test_a_vendor_that_a_charger_does_not_know_is_told(house: House, ocpp: str) -> None:
    await house.set_up()
    await house.connect(ocpp=ocpp)
    answer = await _act(house, "data_transfer", vendor="com.example", message_id="x", data={"a": 1})
    assert answer == {"status": "UnknownVendorId", "data": None}


async def test_a_vendors_answer_is_returned(house: House) -> None:
    await house.set_up()
    async with house.raw_charger() as charger:
        sending = asyncio.create_task(_act(house, "data_transfer", vendor="v", data={"a": 1}))
        while (frame := await charger.hear())[2] != "DataTransfer":
            await charger.fail(frame[1], "NotSupported", "")
        assert frame[3] == {"vendorId": "v", "data": '{"a": 1}'}
        await charger.answer(frame[1], {"status": "Accepted", "data": "[]"})
        assert await sending == {"status": "Accepted", "data": "[]"}


@pytest.mark.parametrize("ocpp", ["1.6", "2.0.1"])
async def test_what_only_the_vendor_understands_is_passed_on_to_automations(
    house: House, monkeypatch: pytest.MonkeyPatch, ocpp: str
) -> None:
    monkeypatch.setattr(Entity, "entity_registry_enabled_default", True)
    await house.set_up()
    charge_point = await house.connect(ocpp=ocpp)
    request = v16_call if ocpp == "1.6" else v201_call
    answer = await charge_point.call(
        request.DataTransfer(vendor_id="com.example", message_id="Heat", data="x" * 5000)
    )
    # Nobody here acts as the vendor says.
    assert answer.status == "UnknownVendorId"
    await house.hass.async_block_till_done()
    told = house.full_state("event.garage_message_from_the_charger").attributes
    assert told["event_type"] == "received"
    assert (told["vendor"], told["message_id"]) == ("com.example", "Heat")
    assert told["data"] == "x" * 2000


async def test_nobody_is_shown_what_only_the_vendor_understands_unasked(house: House) -> None:
    await house.set_up()
    await house.connect()
    assert house.state("event.garage_message_from_the_charger") == "missing"
