"""The actions of load balancing."""

from typing import Any

from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers.translation import async_get_translations
import pytest
from pytest_homeassistant_custom_component.typing import MqttMockHAClient
import voluptuous as vol

from custom_components.zmartcharge.balance_view import BalanceOptions, WithoutMeter
from custom_components.zmartcharge.const import DOMAIN
from simulator import SimulatedChargePoint

from .balanced import Balanced
from .flows import ENGLISH, placeholders
from .house import House, charger_subentry, metered_site, prompt_evse, site_subentry


@pytest.fixture
async def home(house: House, mqtt_mock: MqttMockHAClient) -> Balanced:
    """Return a home behind 25 A with a charger of 16 A, whose car waits for a decision."""
    await house.set_up(metered_site(main_fuse=25), charger_subentry(circuit_fuse=16))
    balanced = Balanced(house)
    await balanced.read()
    charge_point = await house.connect()
    balanced.charge_points = (charge_point,)
    await house.charge(charge_point)
    await balanced.live(60)
    return balanced


def _device_id(house: House, identifier: str = "home") -> str:
    device = house.device(identifier) or house.child_device(identifier)
    assert device is not None
    return device.id


async def _balance(house: House, *, respond: bool = True, **data: Any) -> Any:
    return await house.hass.services.async_call(
        DOMAIN,
        "balance_load",
        {"device_id": _device_id(house), **data},
        blocking=True,
        return_response=respond,
    )


async def _limit(house: House, current: float | None = None, target: str = "garage") -> None:
    await house.hass.services.async_call(
        DOMAIN,
        "set_current_limit",
        {
            "device_id": _device_id(house, target),
            **({} if current is None else {"current": current}),
        },
        blocking=True,
    )


def _refused(err: pytest.ExceptionInfo[ServiceValidationError]) -> str:
    """Return why an action was refused, whose text has all that it names."""
    key = err.value.translation_key
    assert key is not None
    text = ENGLISH["exceptions"][key]["message"]
    assert placeholders(text) == set(err.value.translation_placeholders or {})
    return key


async def test_chargers_are_told_what_they_may_take_and_why(home: Balanced) -> None:
    house = home.house
    home.load = [12.0, 5.0, 5.0]
    await home.live(60)
    answer = await _balance(house)
    assert answer == {
        "site": "Home",
        "level": "normal",
        "allocations": [
            {
                "charger": "Garage",
                "device_id": _device_id(house, "garage"),
                "connector": 1,
                "current": 13,
                "phases": 3,
                "accepted": True,
                "reason": "line_full",
                "text": "Gets no more: L1 was at 18 of 25 A",
            }
        ],
    }
    await home.live(10)
    assert home.drawn(home.charge_points[0]) == pytest.approx((13.0, 13.0, 13.0))
    assert house.number("sensor.garage_allocated_current") == 13


async def test_why_is_told_in_the_language_of_the_house(home: Balanced) -> None:
    home.house.hass.config.language = "nb"
    await async_get_translations(home.house.hass, "nb", "exceptions", {DOMAIN})
    home.load = [12.3, 5.0, 5.0]
    await home.live(60)
    answer = await _balance(home.house)
    assert answer["allocations"][0]["text"] == "Får ikke mer: L1 var på 18,3 av 25 A"
    state = home.house.state("sensor.garage_reason_for_the_current")
    assert state == "Får ikke mer: L1 var på 18,3 av 25 A"


async def test_without_a_response_nothing_is_returned(home: Balanced) -> None:
    assert await _balance(home.house, respond=False) is None
    assert home.house.number("sensor.garage_allocated_current") == 16


async def test_wishes_of_the_user_are_kept_to(home: Balanced) -> None:
    await _balance(
        home.house,
        margin="2.5",
        power_cap=11,
        hour_limit=4.5,
        priorities=[_device_id(home.house, "garage")] * 2,
        without_meter="pause",
    )
    assert home.house.site.balancing.options == BalanceOptions(
        margin=2.5,
        power_cap=11000,
        hour_limit=4500,
        priorities=("garage",),
        without_meter=WithoutMeter.PAUSE,
    )
    assert home.house.available("sensor.home_left_for_this_hour")


async def test_what_is_not_wished_is_not_limited(home: Balanced) -> None:
    await _balance(home.house, power_cap=None, hour_limit=None, priorities="gone")
    assert home.house.site.balancing.options == BalanceOptions()
    assert not home.house.available("sensor.home_left_for_this_hour")


async def test_power_cap_of_nothing_pauses(home: Balanced) -> None:
    answer = await _balance(home.house, power_cap=0)
    allocation = answer["allocations"][0]
    assert (allocation["current"], allocation["reason"]) == (0, "power_cap")
    assert allocation["text"] == "The power of the site is limited to 0 kW"


async def test_charger_that_is_away_keeps_what_it_has(home: Balanced) -> None:
    await home.house.cut(home.charge_points[0])
    answer = await _balance(home.house)
    allocation = answer["allocations"][0]
    assert (allocation["current"], allocation["reason"]) == (6, "offline")
    assert allocation["text"] == "The charger cannot be reached; 6 A is kept for it"


async def test_site_without_chargers_has_nothing_to_allocate(
    house: House, mqtt_mock: MqttMockHAClient
) -> None:
    await house.set_up(metered_site())
    await house.meter({"P": 1000, "I1": 5.0, "I2": 5.0, "I3": 5.0})
    assert (await _balance(house))["allocations"] == []


async def test_only_sites_with_a_meter_are_balanced(
    house: House, mqtt_mock: MqttMockHAClient
) -> None:
    await house.set_up(site_subentry(), charger_subentry())
    with pytest.raises(ServiceValidationError) as err:
        await _balance(house)
    assert _refused(err) == "site_without_meter"
    for device_id in (_device_id(house, "garage"), "nonsense"):
        with pytest.raises(ServiceValidationError) as err:
            await _balance(house, device_id=device_id)
        assert _refused(err) == "not_a_site"


async def test_margin_must_leave_something_of_the_fuse(home: Balanced) -> None:
    for margin in (25, 60):
        with pytest.raises(ServiceValidationError) as err:
            await _balance(home.house, margin=margin)
        assert _refused(err) == "margin_above_fuse"


@pytest.mark.parametrize(
    "wrong",
    [
        {"margin": -1},
        {"margin": "nan"},
        {"margin": "a lot"},
        {"margin": True},
        {"power_cap": "inf"},
        {"hour_limit": -0.1},
        {"without_meter": "hope"},
        {"priorities": [{}]},
    ],
)
async def test_nonsense_is_refused(home: Balanced, wrong: dict[str, Any]) -> None:
    before = home.house.site.balancing.options
    with pytest.raises(vol.Invalid):
        await _balance(home.house, **wrong)
    assert home.house.site.balancing.options == before


async def test_stopped_hub_balances_nothing(home: Balanced) -> None:
    device_id = _device_id(home.house)
    await home.house.unload()
    with pytest.raises(ServiceValidationError) as err:
        await _balance(home.house, device_id=device_id)
    assert _refused(err) == "not_loaded"


# The user's own limit -------------------------------------------------------------------------


async def test_user_allows_less_than_there_is(home: Balanced) -> None:
    home.answer()
    charge_point = home.charge_points[0]
    await home.live(30)
    assert home.drawn(charge_point)[0] == 16
    await _limit(home.house, 10)
    await home.live(10)
    assert home.drawn(charge_point)[0] == 10
    await _limit(home.house)
    await home.live(60)
    assert home.drawn(charge_point)[0] == 16


async def test_load_balancing_goes_below_what_the_user_allows(home: Balanced) -> None:
    home.answer()
    await _limit(home.house, 14)
    home.load = [17.0, 5.0, 5.0]
    await home.live(60)
    assert home.drawn(home.charge_points[0])[0] == 8


async def test_nothing_pauses(home: Balanced) -> None:
    home.answer()
    await _limit(home.house, 0)
    await home.live(10)
    assert home.drawn(home.charge_points[0])[0] == 0
    assert home.house.connector.own_limit == 0


@pytest.mark.parametrize(
    ("current", "why"),
    [
        (1, "current_below_minimum"),
        (5.9, "current_below_minimum"),
        (16.5, "current_above_circuit_fuse"),
    ],
)
async def test_limit_that_cannot_be_is_refused(home: Balanced, current: float, why: str) -> None:
    with pytest.raises(ServiceValidationError) as err:
        await _limit(home.house, current)
    assert _refused(err) == why
    assert home.house.connector.own_limit is None


async def test_limit_beyond_any_charger_is_nonsense(home: Balanced) -> None:
    for current in (-1, 81):
        with pytest.raises(vol.Invalid):
            await _limit(home.house, current)


async def test_all_chargers_take_a_limit_or_none(house: House) -> None:
    await house.set_up(
        site_subentry(),
        charger_subentry(),
        charger_subentry("yard", "Yard", charge_point_id="CP2", circuit_fuse=10),
    )
    target = {"device_id": [_device_id(house, "garage"), _device_id(house, "yard")]}
    with pytest.raises(ServiceValidationError) as err:
        await house.hass.services.async_call(
            DOMAIN, "set_current_limit", {**target, "current": 16}, blocking=True
        )
    assert _refused(err) == "current_above_circuit_fuse"
    assert house.connector.own_limit is None


async def test_limit_of_one_connector_of_two(house: House) -> None:
    await house.set_up(site_subentry(), charger_subentry(connectors=2))
    await house.connect(evse=prompt_evse(connectors=2))
    await _limit(house, 8, target="garage_2")
    connectors = house.charger.connectors
    assert [connectors[n].own_limit for n in (1, 2)] == [None, 8]


async def test_limit_holds_without_a_meter_too(house: House) -> None:
    await house.set_up(site_subentry(), charger_subentry())
    charge_point: SimulatedChargePoint = await house.connect()
    await house.charge(charge_point)
    await _limit(house, 7)
    await house.run(charge_point, 20)
    assert charge_point.station.evse.line_currents(1)[0] == 7
