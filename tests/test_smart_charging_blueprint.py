"""The blueprints of smart charging, at work in a house."""

from decimal import Decimal
from typing import Any

from awesomeversion import AwesomeVersion
from homeassistant.components.automation.config import AUTOMATION_BLUEPRINT_SCHEMA
from homeassistant.components.blueprint import Blueprint
from homeassistant.const import __version__
from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.util.yaml import load_yaml_dict
import pytest
from pytest_homeassistant_custom_component.common import async_mock_service

from custom_components.zmartcharge.blueprint_file import blueprint_path
from custom_components.zmartcharge.price import CapacityStep, CapacityTariff, Grid

from .automated import (  # noqa: F401
    Automated,
    automated_fixture,
    hass_config_dir_fixture,
    mock_hass_config_fixture,
)
from .flows import INTEGRATION
from .house import charger_subentry, metered_site, wait_until
from .priced import Priced, contract, patient_fixture, price_data, priced_site  # noqa: F401

pytestmark = pytest.mark.usefixtures("patient")

AUTOMATION_ID = "zmartcharge_plan_garage"
BLUEPRINTS = ("smart_charging.yaml", "pause_at_peak_price.yaml", "capacity_guard.yaml")


@pytest.fixture
async def home(automated: Automated) -> Priced:
    """Return a home with prices, whose automation plans for a charger of 16 A."""
    await automated.start()
    priced = Priced(automated.house)
    priced.prices(cheap=(6, 7))
    await automated.house.set_up(priced_site(), charger_subentry(circuit_fuse=16))
    await wait_until(lambda: automated.entity_id(AUTOMATION_ID) is not None)
    await wait_until(lambda: automated.state(AUTOMATION_ID) == "on")
    await priced.connect()
    await priced.ready_by(9)
    return priced


async def _choose(automated: Automated, **inputs: Any) -> None:
    """Let the user choose something in the automation."""
    automations = automated.automations
    automations[-1]["use_blueprint"]["input"] |= inputs
    await automated.write(automations)


@pytest.mark.parametrize("name", BLUEPRINTS)
async def test_blueprint_can_be_used_and_both_copies_are_one(
    hass: HomeAssistant, name: str
) -> None:
    shipped = INTEGRATION / "blueprints" / "automation" / name
    published = INTEGRATION.parent.parent / "blueprints" / "automation" / blueprint_path(name)
    assert shipped.read_bytes() == published.read_bytes()
    blueprint = Blueprint(
        load_yaml_dict(shipped),
        path=name,
        expected_domain="automation",
        schema=AUTOMATION_BLUEPRINT_SCHEMA,
    )
    assert blueprint.validate() is None
    assert AwesomeVersion(blueprint.metadata["homeassistant"]["min_version"]) <= __version__
    assert blueprint.metadata["source_url"].endswith(f"/blueprints/automation/zmartcharge/{name}")


async def test_automation_is_made_with_the_charger_and_plans(
    home: Priced, automated: Automated
) -> None:
    charge_point = home.charge_points[0]
    assert automated.automations[-1]["id"] == AUTOMATION_ID
    assert automated.automations[-1]["alias"] == "Smart charging of Garage"
    await home.plug_in(charge_point)
    await home.live(2)
    plan = home.house.connector.smart.plan
    assert plan is not None
    assert plan.slots[0].start == home.hour(6)
    assert home.drawn(charge_point) == 0
    assert home.house.state("sensor.garage_plan").startswith("Starts ")
    await home.live(6 * 60 - 1, step=300)
    await home.live(4)
    assert home.drawn(charge_point) == 16


async def test_wishes_of_the_automation_are_planned_with(
    home: Priced, automated: Automated
) -> None:
    await _choose(automated, minimum_energy=5, price_limit=0.7, prefer_late=True, preheat=30)
    await home.plug_in(home.charge_points[0])
    await home.live(1)
    options = home.house.connector.smart.needs.options
    assert options is not None
    assert (options.minimum_energy, str(options.price_limit)) == (5000, "0.7")
    assert options.prefer_late
    assert options.preheat.total_seconds() == 1800
    assert home.drawn(home.charge_points[0]) == 16


async def test_car_that_home_assistant_knows_is_charged_to_its_target(
    home: Priced, automated: Automated
) -> None:
    home.house.hass.states.async_set("sensor.car", "50", {"device_class": "battery"})
    await _choose(
        automated, state_of_charge="sensor.car", target_state_of_charge=80, battery_capacity=60
    )
    await home.plug_in(home.charge_points[0])
    await home.live(1)
    plan = home.house.connector.smart.plan
    assert plan is not None
    # 30 % of 60 kWh, and what is lost on the way.
    assert plan.energy == pytest.approx(20_000, abs=100)
    home.house.hass.states.async_set("sensor.car", "unavailable", {"device_class": "battery"})
    home.prices(cheap=(3, 4))
    await home.live(1)
    plan = home.house.connector.smart.plan
    assert plan is not None
    # What it usually takes is all that is known then.
    assert plan.energy < 20_000


async def _messages(automated: Automated, which: str) -> list[ServiceCall]:
    calls = async_mock_service(automated.house.hass, "test", "tell")
    data = {"sentence": "{{ plan.sentence }}", "late": "{{ plan.late_by }}"}
    await _choose(automated, **{which: [{"action": "test.tell", "data": data}]})
    return calls


async def test_car_that_came_is_told_of_once(home: Priced, automated: Automated) -> None:
    calls = await _messages(automated, "planned")
    await home.plug_in(home.charge_points[0])
    await home.live(3)
    home.prices(cheap=(3, 4))
    await home.live(1)
    assert len(calls) == 1
    assert calls[0].data["sentence"].startswith("Starts ")


async def test_car_that_will_be_late_is_told_of(home: Priced, automated: Automated) -> None:
    calls = await _messages(automated, "late")
    await home.ready_by(0.5)
    await home.plug_in(home.charge_points[0])
    await home.live(2)
    assert len(calls) == 1
    assert calls[0].data["late"] > 30
    assert home.drawn(home.charge_points[0]) == 16


async def test_peak_price_pauses_and_lets_go(home: Priced, automated: Automated) -> None:
    charge_point = home.charge_points[0]
    device = home.house.device("garage")
    assert device is not None
    price = "sensor.home_electricity_price"
    use = {
        "path": blueprint_path("pause_at_peak_price.yaml"),
        "input": {
            "charger": {"device_id": device.id},
            "price": price,
            "limit": 0.8,
            "resume_below": 0.6,
        },
    }
    await automated.write([{"id": "peak", "alias": "Peak", "use_blueprint": use}])
    await home.house.act("switch", "turn_off", "switch.garage_smart_charging")
    home.prices(cheap=(0, 1, 3, 4, 5))
    await home.settle()
    await home.plug_in(charge_point)
    await home.live(2)
    assert home.drawn(charge_point) == 16
    await home.live(2 * 60, step=300)
    await home.live(1)
    assert home.house.number(price) == 1
    assert home.drawn(charge_point) == 0
    await home.live(60, step=300)
    await home.live(1)
    assert home.drawn(charge_point) == 16
    # Who switches charging off means it: a lower price is no reason to go on.
    mode = "select.garage_charging_mode"
    await home.house.act("select", "select_option", mode, option="off")
    home.prices(cheap=(0, 1, 3, 4, 5), h3="0.4")
    await home.settle()
    await home.live(65, step=300)
    assert home.house.state(mode) == "off"
    assert home.drawn(charge_point) == 0


async def test_capacity_guard_keeps_a_step(automated: Automated) -> None:
    await automated.start()
    priced = Priced(automated.house)
    priced.prices()
    site = metered_site(price=price_data(contract(grid=_stepped())))
    await automated.house.set_up(site, charger_subentry(circuit_fuse=16))
    await priced.settle()
    await automated.house.meter({"P": 3000, "I1": 5.0, "I2": 5.0, "I3": 5.0})
    fee = "sensor.home_capacity_fee"
    await wait_until(lambda: automated.house.number(fee) == 100)
    use = {"path": blueprint_path("capacity_guard.yaml"), "input": {"fee": fee, "power": 4}}
    await automated.write([{"id": "guard", "alias": "Guard", "use_blueprint": use}])
    await wait_until(lambda: automated.house.site.capacity.kept_step == 1)
    assert automated.house.number("sensor.home_highest_energy_in_an_hour") == pytest.approx(4.99)


def _stepped() -> Any:
    steps = [(0, 100), (2, 200), (5, 300), (10, 500)]
    return Grid(
        capacity=CapacityTariff(
            steps=tuple(CapacityStep(Decimal(kw), Decimal(fee)) for kw, fee in steps)
        )
    )
