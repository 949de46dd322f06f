"""A charger's settings, cache and triggers as actions."""

import asyncio
from typing import Any

from homeassistant.core import Context
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError, Unauthorized
import pytest
from pytest_homeassistant_custom_component.common import MockUser

from .house import House, RawCharger, charger_subentry, site_subentry

RETURNS = {"get_configuration", "set_configuration"}
SETTING = {"1.6": "ConnectionTimeOut", "2.0.1": "TxCtrlr.EVConnectionTimeOut"}


def _device(house: House) -> str:
    device = house.device("garage")
    assert device is not None
    return device.id


async def _act(house: House, action: str, context: Context | None = None, **data: Any) -> Any:
    return await house.hass.services.async_call(
        "zmartcharge",
        action,
        {"device_id": _device(house), **data},
        blocking=True,
        return_response=action in RETURNS,
        context=context,
    )


async def _asked(charger: RawCharger, action: str, more: str = "") -> list[Any]:
    while (frame := await charger.hear())[2] != action or more not in str(frame[3]):
        await charger.fail(frame[1], "NotSupported", "")
    return frame


@pytest.mark.parametrize("ocpp", ["1.6", "2.0.1"])
async def test_a_setting_is_changed_and_read(house: House, ocpp: str) -> None:
    await house.set_up()
    await house.connect(ocpp=ocpp)
    key = SETTING[ocpp]
    assert await _act(house, "set_configuration", key=key, value="77") == {"restart_needed": False}
    assert await _act(house, "get_configuration", keys=[key]) == {
        "configuration": {key: "77"},
        "unknown": [],
    }
    everything = (await _act(house, "get_configuration"))["configuration"]
    assert everything[key] == "77"
    assert len(everything) > 10


async def test_that_a_restart_is_needed_is_told(house: House) -> None:
    await house.set_up()
    async with house.raw_charger() as charger:
        changing = asyncio.create_task(_act(house, "set_configuration", key="Own", value="1"))
        frame = await _asked(charger, "ChangeConfiguration", "Own")
        await charger.answer(frame[1], {"status": "RebootRequired"})
        assert await changing == {"restart_needed": True}


@pytest.mark.parametrize(
    ("status", "told"),
    [
        ("Rejected", "refused ChangeConfiguration and gave no reason"),
        ("NotSupported", "has no setting of this name"),
        ("Busy", "refused ChangeConfiguration: Busy"),
    ],
)
async def test_a_setting_that_is_refused_is_told(house: House, status: str, told: str) -> None:
    await house.set_up()
    async with house.raw_charger() as charger:
        changing = asyncio.create_task(_act(house, "set_configuration", key="Own", value="1"))
        frame = await _asked(charger, "ChangeConfiguration", "Own")
        await charger.answer(frame[1], {"status": status})
        with pytest.raises(HomeAssistantError) as caught:
            await changing
    assert told in str(caught.value)


async def test_settings_that_there_are_not_are_told(house: House) -> None:
    await house.set_up()
    await house.connect()
    told = await _act(house, "get_configuration", keys=["NumberOfConnectors", "Sauna"])
    assert told == {"configuration": {"NumberOfConnectors": "1"}, "unknown": ["Sauna"]}


async def test_the_messages_that_there_are_are_told_when_another_is_asked_for(house: House) -> None:
    await house.set_up()
    await house.connect()
    with pytest.raises(HomeAssistantError) as caught:
        await _act(house, "trigger_message", message="Nonsense")
    assert caught.value.translation_key == "no_such_message"
    assert "StatusNotification, MeterValues" in str(caught.value)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("SecurityProfile", "0"),
        ("securityprofile", "1"),
        ("SecurityCtrlr.AllowSecurityProfileDowngrade", "true"),
        ("OCPPCommCtrlr.NetworkConfigurationPriority", "2,1"),
        ("NetworkConfiguration[1].OcppCsmsUrl", "anything"),
        ("BackendUrl", " WSS://elsewhere.example/ocpp"),
        # That it holds an address the charger has told.
        ("Server", "elsewhere.example"),
    ],
)
async def test_no_setting_leads_a_charger_elsewhere_or_makes_it_come_less_securely(
    house: House, key: str, value: str
) -> None:
    await house.set_up()
    charge_point = await house.connect(configuration={"Server": "ws://home/", "BackendUrl": "none"})
    with pytest.raises(ServiceValidationError) as caught:
        await _act(house, "set_configuration", key=key, value=value)
    assert caught.value.translation_key == "use_change_charger"
    assert charge_point.station.configuration.text("Server") == "ws://home/"


@pytest.mark.parametrize(
    "key", ["AuthorizationKey", "authorizationkey", "SecurityCtrlr.BasicAuthPassword"]
)
async def test_the_key_is_not_changed_behind_our_back_nor_shown(house: House, key: str) -> None:
    await house.set_up()
    with pytest.raises(ServiceValidationError) as caught:
        await _act(house, "set_configuration", key=key, value="0011223344556677")
    assert caught.value.translation_key == "use_change_key"
    async with house.raw_charger() as charger:
        reading = asyncio.create_task(_act(house, "get_configuration", keys=[key]))
        frame = await _asked(charger, "GetConfiguration", key)
        told = {"configurationKey": [{"key": key, "readonly": False, "value": "secret"}]}
        await charger.answer(frame[1], told)
        assert "secret" not in str(await reading)


@pytest.mark.parametrize("ocpp", ["1.6", "2.0.1"])
async def test_the_cache_is_cleared(house: House, ocpp: str) -> None:
    await house.set_up()
    charge_point = await house.connect(ocpp=ocpp)
    await _act(house, "clear_cache")
    assert any("ClearCache" in frame.text for frame in charge_point.frames)


async def test_a_charger_without_a_cache_says_so(house: House) -> None:
    await house.set_up()
    async with house.raw_charger() as charger:
        clearing = asyncio.create_task(_act(house, "clear_cache"))
        await charger.answer((await _asked(charger, "ClearCache"))[1], {"status": "Rejected"})
        with pytest.raises(HomeAssistantError) as caught:
            await clearing
    assert caught.value.translation_key == "no_cache"


async def test_a_message_is_asked_for(house: House) -> None:
    await house.set_up()
    charge_point = await house.connect()
    before = len(charge_point.frames)
    await _act(house, "trigger_message", message="Heartbeat")
    await charge_point.wait_for(lambda cp: any("Heartbeat" in f.text for f in cp.frames[before:]))


async def test_the_device_of_a_connector_says_which_is_meant(house: House) -> None:
    await house.set_up(site_subentry(), charger_subentry(connectors=2))
    second = house.child_device("garage_2")
    assert second is not None
    async with house.raw_charger() as charger:
        for data, expected in (
            ({"device_id": second.id}, {"connectorId": 2}),
            ({"connector": 1}, {"connectorId": 1}),
            ({}, {}),
        ):
            asking = asyncio.create_task(
                _act(house, "trigger_message", message="StatusNotification", **data)
            )
            frame = await _asked(charger, "TriggerMessage")
            assert frame[3] == {"requestedMessage": "StatusNotification", **expected}
            await charger.answer(frame[1], {"status": "Accepted"})
            await asking


@pytest.mark.parametrize(
    ("action", "data"),
    [
        ("get_configuration", {}),
        ("set_configuration", {"key": "LightIntensity", "value": "1"}),
        ("clear_cache", {}),
        ("trigger_message", {"message": "Heartbeat"}),
        ("clear_charging_profiles", {}),
        ("data_transfer", {"vendor": "x"}),
    ],
)
async def test_settings_are_for_administrators(
    house: House, hass_read_only_user: MockUser, action: str, data: dict[str, Any]
) -> None:
    await house.set_up()
    with pytest.raises(Unauthorized):
        await _act(house, action, Context(user_id=hass_read_only_user.id), **data)
    with pytest.raises(HomeAssistantError) as caught:
        await _act(house, action, **data)
    assert caught.value.translation_key == "not_connected"
