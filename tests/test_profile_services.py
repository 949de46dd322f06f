"""What a charger follows, as it says itself; and all of it thrown away."""

import asyncio
from typing import Any

from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
import pytest

from .house import House, charger_subentry, site_subentry

VERSIONS = pytest.mark.parametrize("ocpp", ["1.6", "2.0.1"])
RETURNS = {"get_charging_profiles", "get_composite_schedule"}


async def _act(house: House, action: str, **data: Any) -> Any:
    device = house.device("garage")
    assert device is not None
    return await house.hass.services.async_call(
        "zmartcharge",
        action,
        {"device_id": device.id, **data},
        blocking=True,
        return_response=action in RETURNS,
    )


@VERSIONS
async def test_what_all_limits_add_up_to_is_told(house: House, ocpp: str) -> None:
    await house.set_up()
    charge_point = await house.connect(ocpp=ocpp)
    await house.charge(charge_point)
    await house.connector.set_own_limit(10)
    (schedule,) = (await _act(house, "get_composite_schedule", minutes=5))["schedules"]
    assert (schedule["connector"], schedule["unit"]) == (1, "A")
    assert schedule["steps"][0] == {"start": 0, "limit": 10.0}


async def test_a_charger_that_does_not_tell_is_no_error(house: House) -> None:
    await house.set_up()
    async with house.raw_charger() as charger:
        asking = asyncio.create_task(_act(house, "get_composite_schedule"))
        while (frame := await charger.hear())[2] != "GetCompositeSchedule":
            await charger.fail(frame[1], "NotSupported", "")
        await charger.answer(frame[1], {"status": "Rejected"})
        (schedule,) = (await asking)["schedules"]
    assert schedule == {"connector": 1, "unit": None, "steps": []}


async def test_the_limits_in_a_charger_are_told(house: House) -> None:
    await house.set_up(site_subentry(), charger_subentry(circuit_fuse=16))
    await house.connect(ocpp="2.0.1")
    (profile,) = (await _act(house, "get_charging_profiles"))["profiles"]
    assert profile["purpose"] == "ChargingStationMaxProfile"
    assert (profile["source"], profile["unit"]) == ("CSO", "A")
    assert profile["steps"] == [{"start": 0, "limit": 16.0}]


async def test_a_charger_of_1_6_cannot_tell_its_limits(house: House) -> None:
    await house.set_up()
    await house.connect()
    with pytest.raises(ServiceValidationError) as caught:
        await _act(house, "get_charging_profiles")
    assert caught.value.translation_key == "invalid_request"


@VERSIONS
async def test_what_another_system_left_is_thrown_away_and_ours_is_set_again(
    house: House, ocpp: str
) -> None:
    await house.set_up()
    charge_point = await house.connect(ocpp=ocpp)
    await house.charge(charge_point)
    await house.connector.set_own_limit(10)
    before = len(charge_point.frames)
    await _act(house, "clear_charging_profiles")

    told = [frame.text for frame in charge_point.frames[before:]]
    kinds = [
        (action, purpose)
        for text in told
        for action in ("SetChargingProfile", "ClearChargingProfile")
        for purpose in ("TxProfile", "MaxProfile")
        if f'"{action}"' in text and f'{purpose}"' in text
    ]
    # There is always one of the two that keeps the car from drawing too much.
    assert kinds == [
        ("ClearChargingProfile", "TxProfile"),
        ("SetChargingProfile", "TxProfile"),
        ("ClearChargingProfile", "MaxProfile"),
        ("SetChargingProfile", "MaxProfile"),
    ]
    await house.settled(charge_point)
    (schedule,) = (await _act(house, "get_composite_schedule"))["schedules"]
    assert schedule["steps"][0] == {"start": 0, "limit": 10.0}


async def test_what_cannot_be_cleared_is_told(house: House) -> None:
    await house.set_up()
    async with house.raw_charger() as charger:
        clearing = asyncio.create_task(_act(house, "clear_charging_profiles"))
        while (frame := await charger.hear())[2] != "ClearChargingProfile":
            await charger.fail(frame[1], "NotSupported", "")
        await charger.fail(frame[1], "NotSupported", "")
        with pytest.raises(HomeAssistantError) as caught:
            await clearing
    assert caught.value.translation_key == "call_not_supported"
