"""What the card is told over the WebSocket."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from types import MappingProxyType
from typing import Any

from homeassistant.auth.permissions.const import POLICY_READ
from homeassistant.components.websocket_api import ERR_INVALID_FORMAT, ERR_NOT_FOUND
from homeassistant.config_entries import ConfigSubentry
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockUser
from pytest_homeassistant_custom_component.typing import MockHAClientWebSocket, WebSocketGenerator

from custom_components.zmartcharge.const import DOMAIN

from .cost_house import CostHouse
from .house import House, charger_subentry, metered_site, site_subentry
from .priced import Priced, priced_site

KEY = "garage_1"


class Card:
    """A card: one connection, and what it was told."""

    client: MockHAClientWebSocket

    def __init__(self, house: House, connect: WebSocketGenerator) -> None:
        self.house = house
        self.connect = connect
        self.sites: dict[str, Any] = {}
        self.connectors: dict[str, Any] = {}
        self.order: list[str] = []
        self.loaded: bool | None = None

    async def ask(self, kind: str, **data: Any) -> dict[str, Any]:
        """Send a command and return the answer; connect first, if that is still to do."""
        if not hasattr(self, "client"):
            self.client = await self.connect(self.house.hass)
        await self.client.send_json_auto_id({"type": f"{DOMAIN}/{kind}", **data})
        answer: dict[str, Any] = await self.client.receive_json()
        return answer

    async def subscribe(self, kind: str = "subscribe_overview", **data: Any) -> dict[str, Any]:
        """Subscribe and return the first event."""
        answer = await self.ask(kind, **data)
        assert answer["success"], answer
        return await self.hear()

    async def hear(self) -> dict[str, Any]:
        """Return the next event, and do with it what the card does."""
        async with asyncio.timeout(5):
            event: dict[str, Any] = (await self.client.receive_json())["event"]
        for known, told in (
            (self.sites, event.get("sites", {})),
            (self.connectors, event.get("connectors", {})),
        ):
            for key, changed in told.items():
                if changed is None:
                    known.pop(key)
                else:
                    known[key] = {**known.get(key, {}), **changed}
        self.order = event.get("order", self.order)
        self.loaded = event.get("loaded", self.loaded)
        return event

    async def after_a_moment(self) -> dict[str, Any]:
        """Return what was told of what happened just now."""
        await self.house.pass_time(1)
        return await self.hear()

    async def hears(self, holds: Callable[[dict[str, Any]], bool]) -> None:
        """Listen until something holds of the charger of the garage."""
        while not holds(self.connectors[KEY]):
            await self.after_a_moment()

    async def hears_nothing(self) -> bool:
        """Tell whether nothing was sent before the answer to a question."""
        await self.house.pass_time(1)
        answer = await self.ask("capabilities")
        return answer["type"] == "result"


@pytest.fixture
def card(house: House, hass_ws_client: WebSocketGenerator) -> Card:
    """Return a card in a house that is still to be set up."""
    return Card(house, hass_ws_client)


async def test_first_event_shows_the_charger_its_site_and_its_status(card: Card) -> None:
    await card.house.set_up()
    await card.house.connect()
    event = await card.subscribe()
    assert event["loaded"] is True
    assert event["order"] == [KEY]
    connector = event["connectors"][KEY]
    assert connector["name"] == "Garage"
    assert connector["connector"] is None
    assert connector["status"] == "ready"
    assert connector["may_control"] is True
    assert connector["site"] == "home"
    assert connector["mode"] == "full_now"
    assert connector["entities"]["charging_mode"] == "select.garage_charging_mode"
    assert event["sites"]["home"]["name"] == "Home"
    assert event["sites"]["home"]["main_fuse"] == 63
    assert connector["model"] == "Simulator Virtual 22"


async def test_what_chargers_are_found_by_is_told(card: Card) -> None:
    place = {"latitude": 59.27, "longitude": 10.41}
    await card.house.set_up(site_subentry(address="Storgata 1", location=place), charger_subentry())
    event = await card.subscribe()
    home, device = event["sites"]["home"], card.house.device("home")
    assert (home["address"], home["position"]) == ("Storgata 1", [59.27, 10.41])
    assert device is not None
    assert home["device"] == device.id
    connector = event["connectors"][KEY]
    assert (connector["label"], connector["charger"]) == ("CP1", "garage")


async def test_site_may_have_neither_address_nor_position(card: Card) -> None:
    await card.house.set_up(site_subentry(address=""), charger_subentry())
    home = (await card.subscribe())["sites"]["home"]
    assert (home["address"], home["position"]) == (None, None)


async def test_only_what_changed_is_told(card: Card) -> None:
    await card.house.set_up()
    await card.subscribe()
    async with card.house.raw_charger() as raw:
        await raw.call("StatusNotification", _fault())
        event = await card.after_a_moment()
    told = event["connectors"][KEY]
    assert told["status"] == "fault"
    assert told["error"]["code"] == "GroundFailure"
    assert "name" not in told
    assert event["sites"] == {}


def _fault() -> dict[str, Any]:
    return {
        "connectorId": 1,
        "status": "Faulted",
        "errorCode": "GroundFailure",
        "vendorErrorCode": "E42",
        "timestamp": dt_util.utcnow().isoformat(),
    }


async def test_session_is_shown_while_it_runs_and_after_it(card: Card) -> None:
    await card.house.set_up()
    charge_point = await card.house.connect()
    await card.subscribe()
    await card.house.charge(charge_point, 120)
    await card.hears(lambda shown: (shown["session"] or {"energy": 0})["energy"] > 100)
    connector = card.connectors[KEY]
    assert connector["charging"] is True
    assert connector["plugged"] is True
    assert connector["session"]["ended_at"] is None
    assert connector["session"]["added_range"] is None
    assert connector["power"] > 5000
    assert connector["draw"] == {"l1": 16.0, "l2": 16.0, "l3": 16.0}
    await card.house.hass.services.async_call(
        DOMAIN,
        "set_car",
        {"entity_id": "sensor.garage_status", "range": 500, "battery_capacity": 50},
        blocking=True,
    )
    await card.hears(lambda shown: shown["session"]["added_range"] is not None)
    added, energy = (card.connectors[KEY]["session"][name] for name in ("added_range", "energy"))
    assert added == round(energy / 100, 1)
    await card.house.connector.stop()
    await card.house.settled(charge_point)
    await card.hears(lambda shown: not shown["charging"])
    assert card.connectors[KEY]["session"]["ended_at"] is not None


async def test_nothing_is_told_when_nothing_changed(card: Card) -> None:
    await card.house.set_up()
    await card.house.connect()
    await card.subscribe()
    card.house.connector.async_notify()
    assert await card.hears_nothing()


async def test_lines_are_told_with_their_age(card: Card, mqtt_mock: Any) -> None:
    await card.house.set_up(metered_site(), charger_subentry())
    await card.subscribe()
    at = dt_util.utcnow().replace(microsecond=0)
    await card.house.meter({"P": 4000, "I1": 6.2, "I2": 7.1, "I3": 8.0})
    await card.after_a_moment()
    assert card.sites["home"]["lines"]["l2"] == {
        "current": 7.1, "margin": None, "at": at.isoformat(), "fresh": True,
    }  # fmt: skip
    await card.house.pass_time(60)
    await card.hear()
    assert card.sites["home"]["lines"]["l2"]["fresh"] is False


async def test_charger_that_is_added_and_removed_comes_and_goes(card: Card) -> None:
    await card.house.set_up()
    await card.subscribe()
    card.house.hass.config_entries.async_add_subentry(card.house.entry, _second())
    await card.house.hass.async_block_till_done()
    await card.after_a_moment()
    assert card.order == [KEY, "cabin_1"]
    await card.house.remove("garage")
    await card.after_a_moment()
    assert list(card.connectors) == card.order == ["cabin_1"]


def _second() -> Any:
    data = charger_subentry("cabin", "Cabin", charge_point_id="CP2")
    return ConfigSubentry(
        subentry_id="cabin",
        subentry_type=data["subentry_type"],
        title="Cabin",
        unique_id="CP2",
        data=MappingProxyType(data["data"]),
    )


async def test_name_that_a_person_gave_the_device_is_shown(card: Card) -> None:
    await card.house.set_up()
    await card.subscribe()
    device = card.house.device("garage")
    assert device
    dr.async_get(card.house.hass).async_update_device(device.id, name_by_user="My charger")
    await card.after_a_moment()
    assert card.connectors[KEY]["name"] == "My charger"


async def test_disabled_entity_is_not_offered(card: Card) -> None:
    await card.house.set_up()
    er.async_get(card.house.hass).async_update_entity(
        "select.garage_charging_mode", disabled_by=er.RegistryEntryDisabler.USER
    )
    event = await card.subscribe()
    assert "charging_mode" not in event["connectors"][KEY]["entities"]


async def test_two_connectors_have_numbers(card: Card) -> None:
    await card.house.set_up(site_subentry(), charger_subentry(connectors=2))
    event = await card.subscribe()
    assert event["order"] == [KEY, "garage_2"]
    assert [event["connectors"][key]["connector"] for key in event["order"]] == [1, 2]
    assert event["connectors"]["garage_2"]["device"] != event["connectors"][KEY]["device"]


async def test_subscription_outlives_a_reload(card: Card) -> None:
    await card.house.set_up()
    await card.subscribe()
    await card.house.unload()
    await card.hear()
    assert card.loaded is False
    assert card.connectors == {}
    await card.house.set_up()
    await card.after_a_moment()
    assert card.loaded is True
    assert card.order == [KEY]


async def test_house_without_a_charger_is_told_as_such(card: Card) -> None:
    await card.house.set_up(site_subentry())
    event = await card.subscribe()
    assert event["loaded"] is True
    assert event["order"] == []


async def test_nothing_is_loaded_before_the_integration_is(card: Card) -> None:
    assert await async_setup_component(card.house.hass, DOMAIN, {})
    assert (await card.subscribe())["loaded"] is False


async def test_user_sees_only_what_they_may(card: Card, hass_admin_user: MockUser) -> None:
    await card.house.set_up(
        site_subentry(),
        site_subentry("cabin", "Cabin"),
        charger_subentry(),
        charger_subentry("hut", "Hut", charge_point_id="CP2", site="cabin"),
    )
    hass_admin_user.groups = []
    hass_admin_user.mock_policy({"entities": {"entity_ids": {"sensor.hut_status": {"read": True}}}})
    event = await card.subscribe()
    assert list(event["connectors"]) == event["order"] == ["hut_1"]
    assert list(event["sites"]) == ["cabin"]
    assert event["connectors"]["hut_1"]["may_control"] is False
    assert (await card.ask("subscribe_plan", connector=KEY))["error"]["code"] == ERR_NOT_FOUND
    answer = await card.ask("sessions", connector=KEY, span="month", date="2026-11-01")
    assert answer["error"]["code"] == ERR_NOT_FOUND
    capabilities = (await card.ask("capabilities"))["result"]
    assert capabilities["may_add"] is False
    assert capabilities["entry"] is None


async def test_what_becomes_visible_is_shown_as_a_whole(
    card: Card, hass_admin_user: MockUser
) -> None:
    await card.house.set_up()
    hass_admin_user.groups = []
    hass_admin_user.mock_policy({})
    assert (await card.subscribe())["connectors"] == {}
    hass_admin_user.mock_policy({"entities": {"all": {POLICY_READ: True}}})
    await card.house.connect()
    await card.after_a_moment()
    assert card.connectors[KEY]["name"] == "Garage"
    assert card.sites["home"]["name"] == "Home"


async def test_what_may_be_seen_no_more_goes(card: Card, hass_admin_user: MockUser) -> None:
    await card.house.set_up()
    hass_admin_user.groups = []
    hass_admin_user.mock_policy({"entities": {"all": {POLICY_READ: True}}})
    await card.subscribe()
    assert card.order == [KEY]
    hass_admin_user.mock_policy({})
    await card.house.connect()
    await card.after_a_moment()
    assert (card.connectors, card.sites, card.order) == ({}, {}, [])


async def test_plan_and_prices_are_told_and_told_again_when_they_change(card: Card) -> None:
    priced = Priced(card.house)
    priced.prices()
    await card.house.set_up(priced_site(), charger_subentry())
    await priced.settle()
    event = await card.subscribe("subscribe_plan", connector=KEY)
    assert event["currency"] == "NOK"
    assert event["plan"] is None
    start, end, price, forecast = event["prices"][0]
    assert end - start == 900
    assert (price, forecast) == (1.0, False)
    priced.prices(h5="3.5")
    await priced.settle()
    assert 3.5 in [each[2] for each in (await card.after_a_moment())["prices"]]


async def test_plan_of_nothing_is_not_found(card: Card) -> None:
    await card.house.set_up()
    assert (await card.ask("subscribe_plan", connector="none"))["error"]["code"] == ERR_NOT_FOUND


async def test_charger_without_a_price_has_an_empty_plan(card: Card) -> None:
    await card.house.set_up()
    event = await card.subscribe("subscribe_plan", connector=KEY)
    assert event["prices"] == []
    assert event["currency"] is None


async def test_history_tells_energy_and_money_by_the_day(card: Card) -> None:
    await card.house.set_up(site_subentry(), charger_subentry())
    assert (await card.ask("capabilities"))["success"]
    costs = CostHouse(card.house)
    await costs.price(0, "1", "2")
    await costs.charge(0, 1000, 2000)
    card.house.time.tick(timedelta(hours=3))
    answer = await card.ask("sessions", connector=KEY, span="month", date="2026-11-21")
    told = answer["result"]
    assert len(told["bars"]) == 30
    assert [bar["energy"] for bar in told["bars"] if bar["energy"]] == [3000]
    assert told["energy"] == 3000
    assert told["cost"] == 5.0
    assert told["currency"] == "NOK"
    assert told["unpriced"] == 0
    assert told["first"].startswith("2026-11-21")


@pytest.mark.parametrize(
    "wrong",
    [
        {"span": "week"},
        {"date": "1999-12-31"},
        {"date": "tomorrow"},
        {"connector": ""},
        {"more": 1},
    ],
)
async def test_wrong_question_is_refused(card: Card, wrong: dict[str, Any]) -> None:
    await card.house.set_up()
    question = {"connector": KEY, "span": "day", "date": "2026-11-21", **wrong}
    assert (await card.ask("sessions", **question))["error"]["code"] == ERR_INVALID_FORMAT


async def test_capabilities_tell_the_version_and_the_card(card: Card) -> None:
    await card.house.set_up()
    told = (await card.ask("capabilities"))["result"]
    assert told["version"]
    assert len(told["card"]) == 16
    assert (await card.subscribe())["card"] == told["card"]
    assert told["may_add"] is True
    assert told["entry"] == "hub"
