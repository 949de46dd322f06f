"""The blueprint of load balancing, at work in a house."""

import asyncio
from dataclasses import replace
import json
from pathlib import Path
from typing import Any
from unittest.mock import patch

from awesomeversion import AwesomeVersion
from homeassistant.components.automation.config import AUTOMATION_BLUEPRINT_SCHEMA
from homeassistant.components.blueprint import Blueprint
from homeassistant.const import __version__
from homeassistant.core import ServiceCall
from homeassistant.util.yaml import load_yaml_dict
import pytest
from pytest_homeassistant_custom_component.common import async_mock_service

from custom_components.zmartcharge.balance import Need
from custom_components.zmartcharge.balance_view import WithoutMeter
from custom_components.zmartcharge.blueprint_file import blueprint_path

from .automated import (  # noqa: F401
    AUTOMATION_ID,
    Automated,
    automated_fixture,
    hass_config_dir_fixture,
    mock_hass_config_fixture,
)
from .balanced import Balanced
from .flows import INTEGRATION
from .house import charger_subentry, metered_site, wait_until

ROOT = Path(__file__).parent.parent
SHIPPED = INTEGRATION / "blueprints" / "automation" / "load_balancing.yaml"
PUBLISHED = ROOT / "blueprints" / "automation" / blueprint_path("load_balancing.yaml")


@pytest.fixture
async def home(automated: Automated) -> Balanced:
    """Return a home behind 25 A, whose automation balances a charger of 16 A."""
    await automated.start()
    await automated.house.set_up(metered_site(main_fuse=25), charger_subentry(circuit_fuse=16))
    await wait_until(lambda: automated.state() == "on")
    home = Balanced(automated.house)
    await home.read()
    home.charge_points = (await automated.house.connect(),)
    return home


async def _charge(home: Balanced) -> None:
    await home.house.charge(home.charge_points[0])
    await home.live(90)


async def _choose(automated: Automated, **inputs: Any) -> None:
    """Let the user choose something in the automation."""
    automations = automated.automations
    automations[-1]["use_blueprint"]["input"] |= inputs
    await automated.write(automations)


async def _messages(automated: Automated, **inputs: Any) -> list[ServiceCall]:
    """Let the user ask for messages."""
    calls = async_mock_service(automated.house.hass, "test", "tell")
    data = {
        "reason": "{{ trigger.reason }}",
        "refused": "{{ balance.allocations | rejectattr('accepted') | list | count }}",
    }
    await _choose(automated, notify=[{"action": "test.tell", "data": data}], **inputs)
    return calls


async def test_charger_gives_way_and_comes_back(home: Balanced) -> None:
    charge_point = home.charge_points[0]
    await _charge(home)
    assert home.drawn(charge_point)[0] == 16
    home.load = [5.0, 15.0, 5.0]
    await home.live(20)
    assert home.drawn(charge_point)[0] == 10
    assert not home.house.site.balancing.guard_active
    home.load = [5.0, 5.0, 5.0]
    await home.live(90)
    assert home.drawn(charge_point)[0] == 16


async def test_what_is_not_chosen_is_not_limited(home: Balanced) -> None:
    await _charge(home)
    options = home.house.site.balancing.options
    assert (options.margin, options.power_cap, options.hour_limit) == (0, None, None)
    assert (options.priorities, options.without_meter) == ((), WithoutMeter.SAFE_THEN_PAUSE)


async def test_what_is_chosen_is_done(home: Balanced, automated: Automated) -> None:
    device = home.house.device("garage")
    assert device is not None
    await _choose(
        automated,
        margin=5,
        power_cap=12,
        hour_limit=8,
        priorities=[device.id],
        without_meter="pause",
    )
    await _charge(home)
    options = home.house.site.balancing.options
    assert (options.margin, options.power_cap, options.hour_limit) == (5, 12000, 8000)
    assert (options.priorities, options.without_meter) == (("garage",), WithoutMeter.PAUSE)


async def test_silent_meter_is_told_of(home: Balanced, automated: Automated) -> None:
    calls = await _messages(automated)
    await _charge(home)
    home.load = [5.0, 15.0, 5.0]
    await home.live(20)
    assert calls == []
    home.metered = False
    await home.live(40)
    assert [call.data["reason"] for call in calls] == ["meter_lost"]


async def test_overload_is_told_of_when_the_user_asks_for_that(
    home: Balanced, automated: Automated
) -> None:
    calls = await _messages(automated, notify_about=["overload"])
    await _charge(home)
    home.load = [5.0, 15.0, 5.0]
    await home.live(20)
    assert [call.data["reason"] for call in calls] == ["overload"]
    home.metered = False
    await home.live(40)
    assert len(calls) == 1


async def test_message_that_waits_holds_nothing_up(home: Balanced, automated: Automated) -> None:
    hass, balancing = home.house.hass, home.house.site.balancing
    told, waited = asyncio.Event(), asyncio.Event()

    async def tell(_call: ServiceCall) -> None:
        told.set()
        await waited.wait()

    hass.services.async_register("test", "tell", tell)
    await _choose(automated, notify=[{"action": "test.tell"}])
    with patch.object(balancing, "balance", wraps=balancing.balance) as balance:
        for listener in balancing._need_listeners:
            listener(Need.METER_LOST)
        async with asyncio.timeout(10):
            await told.wait()
        for listener in balancing._need_listeners:
            listener(Need.OVERLOAD)
        await wait_until(lambda: balance.call_count == 2)
        waited.set()
        await hass.async_block_till_done()


async def test_charger_that_refuses_is_told_of_once(home: Balanced, automated: Automated) -> None:
    calls = await _messages(automated)
    await _charge(home)
    evse = home.charge_points[0].station.evse
    evse.behaviour = replace(evse.behaviour, profile_answer="Rejected")
    home.load = [5.0, 15.0, 5.0]
    await home.live(20)
    assert [call.data["refused"] for call in calls] == [1]


async def test_automation_that_is_run_by_hand_balances(
    home: Balanced, automated: Automated
) -> None:
    calls = await _messages(automated)
    await home.house.act("automation", "trigger", automated.entity_id() or "")
    await home.house.hass.async_block_till_done()
    assert automated.state() == "on"
    assert calls == []
    assert home.house.site.balancing.decision is not None


async def test_deleted_automation_leaves_the_guard(home: Balanced, automated: Automated) -> None:
    charge_point = home.charge_points[0]
    await _charge(home)
    await automated.delete()
    home.load = [5.0, 18.0, 5.0]
    await home.live(20)
    assert home.house.state("binary_sensor.home_fuse_guard") == "on"
    assert home.drawn(charge_point)[0] <= 7
    assert automated.issue_key() == "load_automation_missing"


async def test_automation_with_an_error_is_told_of(home: Balanced, automated: Automated) -> None:
    await _choose(automated, margin=30)
    await _charge(home)
    assert automated.issue_key() == "balancing_unanswered"
    await _choose(automated, margin=0)
    await home.live(30)
    assert automated.issue() is None


# The file -------------------------------------------------------------------------------------


def test_blueprint_that_is_published_is_the_one_that_is_shipped() -> None:
    assert PUBLISHED.read_text() == SHIPPED.read_text()
    assert not SHIPPED.is_symlink()


def test_blueprint_is_one() -> None:
    blueprint = Blueprint(
        load_yaml_dict(SHIPPED), expected_domain="automation", schema=AUTOMATION_BLUEPRINT_SCHEMA
    )
    assert blueprint.validate() is None
    assert all("default" in value for name, value in blueprint.inputs.items() if name != "site")
    assert blueprint.metadata["source_url"].endswith(str(PUBLISHED.relative_to(ROOT)))
    needed = AwesomeVersion(blueprint.metadata["homeassistant"]["min_version"])
    hacs = json.loads((ROOT / "hacs.json").read_text())
    assert needed == AwesomeVersion(hacs["homeassistant"]) <= AwesomeVersion(__version__)


def test_choices_of_the_blueprint_are_those_of_the_action() -> None:
    blueprint = load_yaml_dict(SHIPPED)["blueprint"]
    select = blueprint["input"]["meter"]["input"]["without_meter"]["selector"]["select"]
    assert [option["value"] for option in select["options"]] == list(WithoutMeter)
