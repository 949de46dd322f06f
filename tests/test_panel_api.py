"""What the panel is told over the WebSocket: sessions, settings, and what it removes."""

from datetime import timedelta
from typing import Any

from homeassistant.components.websocket_api import (
    ERR_HOME_ASSISTANT_ERROR,
    ERR_INVALID_FORMAT,
    ERR_NOT_ALLOWED,
    ERR_NOT_FOUND,
    ERR_UNAUTHORIZED,
)
from homeassistant.helpers import device_registry as dr
import pytest
from pytest_homeassistant_custom_component.common import MockUser
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.zmartcharge.ledger import LedgerUnavailableError
from custom_components.zmartcharge.panel_api import ERR_NOT_CONFIRMED

from .cost_house import CostHouse
from .house import House, charger_subentry, site_subentry
from .test_websocket_api import Card

HUT = ("hut", "Hut")
TWO = (
    site_subentry(),
    site_subentry("cabin", "Cabin"),
    charger_subentry(),
    charger_subentry(*HUT, charge_point_id="CP2", site="cabin"),
)
ONLY_HUT = {"entities": {"entity_ids": {"sensor.hut_status": {"read": True}}}}


@pytest.fixture(name="panel")
def panel_fixture(house: House, hass_ws_client: WebSocketGenerator) -> Card:
    """Return a panel in a house that is still to be set up."""
    return Card(house, hass_ws_client)


async def listed(panel: Card, **filters: Any) -> dict[str, Any]:
    """Return a page of sessions, with their sum."""
    answer = await panel.ask("list_sessions", sum=True, **filters)
    assert answer["success"], answer
    result: dict[str, Any] = answer["result"]
    return result


async def charged(panel: Card) -> CostHouse:
    """Charge once at home, and once at the cabin a day later, where no price is known."""
    await panel.house.set_up(*TWO)
    # Whoever logs in later than that is told that their token is too old.
    assert (await panel.ask("capabilities"))["success"]
    costs = CostHouse(panel.house)
    await costs.price(0, "1", "2")
    await costs.charge(0, 1000, 2000)
    await costs.charge(24, 4000, charger="CP2", site="cabin")
    panel.house.time.tick(timedelta(hours=30))
    return costs


async def test_all_sessions_are_told_newest_first_with_what_they_cost(panel: Card) -> None:
    await charged(panel)
    told = await listed(panel)
    newest, oldest = told["sessions"]
    assert (newest["charger"], newest["site"], newest["label"]) == ("Hut", "Cabin", "CP2")
    assert (newest["energy"], newest["cost"], newest["unpriced"]) == (4000, None, 4000)
    assert (oldest["charger"], oldest["site"], oldest["connector"]) == ("Garage", "Home", None)
    assert (oldest["energy"], oldest["cost"], oldest["currency"]) == (3000, 5.0, "NOK")
    assert oldest["ended_at"] > oldest["started_at"]
    assert told["more"] is False
    assert told["sum"] == {"count": 2, "energy": 7000, "costs": {"NOK": 5.0}, "unpriced": 4000}


@pytest.mark.parametrize(
    ("filters", "chargers"),
    [
        ({"charger": "garage"}, ["Garage"]),
        ({"site": "cabin"}, ["Hut"]),
        ({"charger": "garage", "site": "cabin"}, []),
        ({"charger": "nothing"}, []),
        ({"from": "2026-11-22"}, ["Hut"]),
        ({"until": "2026-11-21"}, ["Garage"]),
        ({"from": "2026-11-21", "until": "2026-11-22"}, ["Hut", "Garage"]),
        ({"from": "2026-11-23"}, []),
    ],
)
async def test_sessions_are_filtered(
    panel: Card, filters: dict[str, str], chargers: list[str]
) -> None:
    await charged(panel)
    told = await listed(panel, **filters)
    assert [each["charger"] for each in told["sessions"]] == chargers
    assert told["sum"]["count"] == len(chargers)


async def test_days_are_those_of_the_house(panel: Card) -> None:
    await panel.house.hass.config.async_set_time_zone("Europe/Oslo")
    await panel.house.set_up()
    costs = CostHouse(panel.house)
    # 23:30 in Oslo on the 21st is 22:30 UTC; 00:30 on the 22nd is 23:30 UTC.
    await costs.charge(10.5, 100)
    await costs.charge(11.5, 200, meter=1000)
    told = await listed(panel, until="2026-11-21")
    assert [each["energy"] for each in told["sessions"]] == [100]


async def test_pages_follow_each_other_without_gap_or_overlap(panel: Card) -> None:
    await panel.house.set_up()
    costs = CostHouse(panel.house)
    for number in range(5):
        await costs.charge(2 * number, 100 + number, meter=number * 1000)
    seen: list[int] = []
    before: dict[str, str] = {}
    while True:
        answer = await panel.ask("list_sessions", limit=2, **before)
        found = answer["result"]
        assert found["sum"] is None
        seen += [each["energy"] for each in found["sessions"]]
        if not found["more"]:
            break
        before = {"before": found["sessions"][-1]["id"]}
    assert seen == [104, 103, 102, 101, 100]
    assert (await listed(panel, before="gone"))["sessions"] == []


async def test_session_that_runs_has_no_end(panel: Card) -> None:
    await panel.house.set_up()
    await CostHouse(panel.house).charge(0, 1000, stop=False)
    (told,) = (await listed(panel))["sessions"]
    assert told["ended_at"] is None


async def test_user_sees_the_sessions_of_what_they_may_see(
    panel: Card, hass_admin_user: MockUser
) -> None:
    await charged(panel)
    hass_admin_user.groups = []
    hass_admin_user.mock_policy(ONLY_HUT)
    told = await listed(panel)
    assert [each["charger"] for each in told["sessions"]] == ["Hut"]
    assert told["sum"]["energy"] == 4000
    assert (await listed(panel, charger="garage"))["sessions"] == []
    hass_admin_user.mock_policy({})
    assert (await listed(panel))["sum"]["count"] == 0


async def test_sessions_of_a_removed_charger_stay_for_those_who_see_all(
    panel: Card, hass_admin_user: MockUser
) -> None:
    await charged(panel)
    await panel.house.remove("garage")
    told = await listed(panel)
    assert [each["charger"] for each in told["sessions"]] == ["Hut", "Garage"]
    hass_admin_user.groups = []
    hass_admin_user.mock_policy(ONLY_HUT)
    assert [each["charger"] for each in (await listed(panel))["sessions"]] == ["Hut"]


async def test_chargers_are_called_what_the_user_calls_them(panel: Card) -> None:
    await charged(panel)
    devices = dr.async_get(panel.house.hass)
    for identifier, name in (("hut", "By the sea"), ("cabin", "Our cabin")):
        device = panel.house.device(identifier)
        assert device is not None
        devices.async_update_device(device.id, name_by_user=name)
    newest = (await listed(panel))["sessions"][0]
    assert (newest["charger"], newest["site"]) == ("By the sea", "Our cabin")


async def test_outlets_of_one_charger_are_told_apart(panel: Card) -> None:
    await panel.house.set_up(site_subentry(), charger_subentry(connectors=2))
    await CostHouse(panel.house).charge(0, 1000, connector=2)
    (told,) = (await listed(panel))["sessions"]
    assert told["connector"] == 2


async def test_house_without_a_charger_has_no_sessions(panel: Card) -> None:
    await panel.house.set_up(site_subentry())
    told = await listed(panel)
    assert told["sessions"] == []
    assert told["sum"] == {"count": 0, "energy": 0, "costs": {}, "unpriced": 0}


async def test_sessions_are_told_again_after_a_reload(panel: Card) -> None:
    await charged(panel)
    assert (await listed(panel))["sum"]["count"] == 2
    await panel.house.unload()
    assert (await panel.ask("list_sessions"))["error"]["code"] == ERR_NOT_FOUND
    await panel.house.set_up()
    assert (await listed(panel))["sum"]["count"] == 2


async def test_ledger_that_fails_is_told(panel: Card, monkeypatch: pytest.MonkeyPatch) -> None:
    await panel.house.set_up()

    async def page(**_: Any) -> None:
        raise LedgerUnavailableError("gone")

    monkeypatch.setattr(panel.house.hub.ledger.past, "page", page)
    assert (await panel.ask("list_sessions"))["error"]["code"] == ERR_HOME_ASSISTANT_ERROR


@pytest.mark.parametrize(
    "wrong",
    [
        {"from": "1999-12-31"},
        {"until": "tomorrow"},
        {"limit": 0},
        {"limit": 501},
        {"charger": ""},
        {"more": 1},
    ],
)
async def test_wrong_question_is_refused(panel: Card, wrong: dict[str, Any]) -> None:
    await panel.house.set_up()
    assert (await panel.ask("list_sessions", **wrong))["error"]["code"] == ERR_INVALID_FORMAT


async def test_administrators_are_told_what_is_set_and_what_is_changed(panel: Card) -> None:
    await panel.house.set_up(*TWO)
    told = await panel.subscribe("subscribe_settings")
    assert told["entry"] == "hub"
    assert told["sites"]["cabin"]["chargers"] == ["Hut"]
    garage = told["chargers"]["garage"]
    assert garage["name"] == "Garage"
    assert garage["circuit_fuse"] == 20
    assert garage["access"] == "open"
    assert garage["enabled"] is True
    assert garage["entities"] == {
        "access": "select.garage_who_may_charge",
        "enabled": "switch.garage_in_use",
    }
    assert garage["connected"] is False
    assert [each.rpartition("/")[2] for each in garage["addresses"]] == ["CP1", "CP1"]
    assert garage["addresses"][0].startswith("ws://")
    (connector,) = garage["connectors"]
    assert connector["car"] is None
    assert connector["ready_by"] == ["07:00:00"] * 7
    assert connector["device"] == garage["device"]

    await panel.house.change("garage", title="Carport", circuit_fuse=16)
    told = await panel.after_a_moment()
    assert told["chargers"]["garage"]["name"] == "Carport"
    assert told["chargers"]["garage"]["circuit_fuse"] == 16

    await panel.house.hass.services.async_call(
        "zmartcharge",
        "set_ready_by",
        {"device_id": connector["device"], "weekdays": ["sunday"]},
        blocking=True,
    )
    told = await panel.after_a_moment()
    assert told["chargers"]["garage"]["connectors"][0]["ready_by"][-1] is None

    await panel.house.hass.services.async_call(
        "zmartcharge",
        "set_car",
        {"device_id": connector["device"], "range": 400, "battery_capacity": 77.5},
        blocking=True,
    )
    told = await panel.after_a_moment()
    assert told["chargers"]["garage"]["connectors"][0]["car"] == {"range": 400, "battery": 77.5}


async def test_charger_that_must_come_encrypted_is_told_no_other_address(panel: Card) -> None:
    await panel.house.set_up(site_subentry(), charger_subentry(security_profile=2))
    told = await panel.subscribe("subscribe_settings")
    (address,) = told["chargers"]["garage"]["addresses"]
    assert address.startswith("wss://")


async def test_settings_outlive_a_reload(panel: Card) -> None:
    await panel.house.set_up()
    await panel.subscribe("subscribe_settings")
    await panel.house.unload()
    assert (await panel.hear())["chargers"] == {}
    await panel.house.set_up()
    assert list((await panel.after_a_moment())["chargers"]) == ["garage"]


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("subscribe_settings", {}),
        ("remove_charger", {"subentry_id": "garage", "name": "Garage"}),
        ("remove_site", {"subentry_id": "home", "name": "Home"}),
    ],
)
async def test_others_than_administrators_are_refused(
    panel: Card, hass_admin_user: MockUser, kind: str, data: dict[str, str]
) -> None:
    await panel.house.set_up()
    hass_admin_user.groups = []
    hass_admin_user.mock_policy({"entities": True})
    assert (await panel.ask(kind, **data))["error"]["code"] == ERR_UNAUTHORIZED
    assert "garage" in panel.house.hub.chargers


async def test_charger_is_removed_when_its_name_is_given(panel: Card) -> None:
    await panel.house.set_up()
    wrong = await panel.ask("remove_charger", subentry_id="garage", name="garage")
    assert wrong["error"]["code"] == ERR_NOT_CONFIRMED
    assert (await panel.ask("remove_charger", subentry_id="garage", name=" Garage "))["success"]
    await panel.house.hass.async_block_till_done()
    assert panel.house.hub.chargers == {}
    assert panel.house.device("garage") is None
    again = await panel.ask("remove_charger", subentry_id="garage", name="Garage")
    assert again["error"]["code"] == ERR_NOT_FOUND


async def test_site_is_removed_only_after_its_chargers(panel: Card) -> None:
    await panel.house.set_up()
    refused = await panel.ask("remove_site", subentry_id="home", name="Home")
    assert refused["error"]["code"] == ERR_NOT_ALLOWED
    assert "Garage" in refused["error"]["message"]
    # A charger is no site.
    wrong = await panel.ask("remove_site", subentry_id="garage", name="Garage")
    assert wrong["error"]["code"] == ERR_NOT_FOUND
    await panel.house.remove("garage")
    assert (await panel.ask("remove_site", subentry_id="home", name="Home"))["success"]
    await panel.house.hass.async_block_till_done()
    assert panel.house.hub.sites == {}
