"""The trigger of load balancing."""

from typing import Any

from homeassistant.components.automation import DOMAIN as AUTOMATION
from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.helpers.trigger import async_validate_trigger_config
from homeassistant.helpers.trigger.descriptions import async_get_all_descriptions
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import async_mock_service
from pytest_homeassistant_custom_component.typing import MqttMockHAClient
import voluptuous as vol

from custom_components.zmartcharge.balance import Need
from custom_components.zmartcharge.const import DOMAIN
from custom_components.zmartcharge.site import Site

from .automated import hass_config_dir_fixture  # noqa: F401
from .balanced import Balanced
from .flows import ENGLISH
from .house import House, charger_subentry, metered_site, mqtt_meter

# Where there are automations, ours is written into the configuration's folder.
pytestmark = pytest.mark.usefixtures("hass_config_dir")

TRIGGER = "zmartcharge.balance_needed"


async def _listen(hass: HomeAssistant, **options: Any) -> list[ServiceCall]:
    """Note what an automation is told that has this trigger."""
    calls = async_mock_service(hass, "test", "heard")
    told = {
        name: f"{{{{ trigger.{name} }}}}"
        for name in ("site", "device_id", "reason", "repeated", "lines", "chargers", "description")
    }
    assert await async_setup_component(
        hass,
        AUTOMATION,
        {
            AUTOMATION: {
                "alias": "listen",
                "mode": "queued",
                "triggers": {"trigger": TRIGGER, **({"options": options} if options else {})},
                "actions": {"action": "test.heard", "data": told},
            }
        },
    )
    await hass.async_block_till_done()
    return calls


async def _need(site: Site, need: Need) -> None:
    """Let a site be in need, which is told as load balancing tells it."""
    for listener in site.balancing._need_listeners:
        listener(need)
    await site.balancing._hub.hass.async_block_till_done()


@pytest.fixture
async def sites(house: House, mqtt_mock: MqttMockHAClient) -> House:
    """Return a house with two metered sites, the home with a charger."""
    await house.set_up(
        metered_site(main_fuse=25),
        metered_site(subentry_id="cabin", title="Cabin", meter=mqtt_meter("cabin")),
        charger_subentry(),
    )
    return house


def _device_id(house: House, identifier: str) -> str:
    device = house.device(identifier)
    assert device is not None
    return device.id


async def test_automation_learns_what_there_is_to_know(sites: House) -> None:
    calls = await _listen(sites.hass)
    await sites.meter({"P": 9000, "I1": 22.04, "I2": 5.0, "I3": 5.0})
    await _need(sites.site, Need.HEADROOM)
    assert calls[-1].data == {
        "site": "Home",
        "device_id": _device_id(sites, "home"),
        "reason": "headroom",
        "repeated": False,
        "lines": {
            "L1": {"current": 22.0, "headroom": 3.0},
            "L2": {"current": 5.0, "headroom": 20.0},
            "L3": {"current": 5.0, "headroom": 20.0},
        },
        "chargers": [
            {
                "name": "Garage",
                "device_id": _device_id(sites, "garage"),
                "connector": 1,
                "allocated": 0.0,
            }
        ],
        "description": "need for load balancing at Home: headroom",
    }


async def test_currents_that_are_not_known_are_none(sites: House) -> None:
    calls = await _listen(sites.hass)
    await _need(sites.site, Need.METER_LOST)
    assert calls[0].data["lines"]["L2"] == {"current": None, "headroom": None}


async def test_only_the_chosen_site_counts(sites: House) -> None:
    calls = await _listen(sites.hass, device_id=_device_id(sites, "cabin"))
    await _need(sites.site, Need.OVERLOAD)
    assert calls == []
    await _need(sites.hub.sites["cabin"], Need.OVERLOAD)
    assert [call.data["site"] for call in calls] == ["Cabin"]


async def test_only_the_chosen_reasons_count(sites: House) -> None:
    calls = await _listen(sites.hass, reason=["overload", "meter_lost"])
    for need in Need:
        await _need(sites.site, need)
    assert {call.data["reason"] for call in calls} == {"overload", "meter_lost"}


async def test_need_that_lasts_is_told_as_the_same(sites: House) -> None:
    calls = await _listen(sites.hass)
    await _need(sites.site, Need.OVERLOAD)
    await sites.pass_time(5)
    await _need(sites.site, Need.OVERLOAD)
    await _need(sites.site, Need.HEADROOM)
    await sites.pass_time(31)
    await _need(sites.site, Need.HEADROOM)
    assert [call.data["repeated"] for call in calls] == [False, True, False, False]


async def test_trigger_outlives_a_restart_of_the_integration(sites: House) -> None:
    calls = await _listen(sites.hass)
    await sites.hass.config_entries.async_reload("hub")
    await sites.hass.async_block_till_done()
    await _need(sites.site, Need.OVERLOAD)
    assert len(calls) == 1


async def test_trigger_may_be_there_before_the_integration(
    house: House, mqtt_mock: MqttMockHAClient
) -> None:
    calls = await _listen(house.hass)
    await house.set_up(metered_site())
    await _need(house.site, Need.OVERLOAD)
    assert len(calls) == 1


async def test_site_that_was_changed_is_heard_once(sites: House) -> None:
    calls = await _listen(sites.hass)
    await sites.change("home", main_fuse=35)
    await sites.change("home", title="My home")
    await _need(sites.site, Need.OVERLOAD)
    assert [call.data["site"] for call in calls] == ["My home"]


async def test_automation_that_is_off_is_not_told(sites: House) -> None:
    calls = await _listen(sites.hass)
    await sites.act(AUTOMATION, "turn_off", "automation.listen")
    await _need(sites.site, Need.OVERLOAD)
    assert calls == []


async def test_overload_of_the_house_is_told_at_once(
    house: House, mqtt_mock: MqttMockHAClient
) -> None:
    await house.set_up(metered_site(main_fuse=25), charger_subentry(circuit_fuse=16))
    home = Balanced(house)
    await home.read()
    home.charge_points = (await house.connect(),)
    home.answer()
    await house.charge(home.charge_points[0])
    await home.live(90)
    calls = await _listen(house.hass, reason="overload")
    home.load = [5.0, 20.0, 5.0]
    await home.read()
    assert calls[0].data["lines"]["L2"]["current"] > 25


@pytest.mark.parametrize(
    "options", [{"reason": "bad luck"}, {"device_id": [{}]}, {"line": "l1"}, "overload"]
)
async def test_nonsense_is_refused(hass: HomeAssistant, options: Any) -> None:
    with pytest.raises(vol.Invalid):
        await async_validate_trigger_config(hass, [{"platform": TRIGGER, "options": options}])


async def test_what_can_be_chosen_is_what_there_is(hass: HomeAssistant, sites: House) -> None:
    await _listen(hass)
    description = (await async_get_all_descriptions(hass))[TRIGGER]
    assert description is not None
    select = description["fields"]["reason"]["selector"]["select"]
    assert set(select["options"]) == set(Need)
    assert ENGLISH["selector"][select["translation_key"]]["options"].keys() == set(Need)
    assert DOMAIN in hass.config.components
