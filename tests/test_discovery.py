"""Chargers that knock before anybody has told of them."""

import asyncio
from typing import Any

import aiohttp
from homeassistant.config_entries import SOURCE_IGNORE, SOURCE_INTEGRATION_DISCOVERY
from homeassistant.data_entry_flow import FlowResultType
import pytest

from custom_components.zmartcharge.const import DOMAIN

from .flows import CHARGER, SITE, SubentryFlows, defaults, flows_fixture, spoken_fixture  # noqa: F401
from .house import House, charger_subentry, site_subentry, wait_until

pytestmark = pytest.mark.usefixtures("spoken")


@pytest.fixture
async def home(house: House) -> House:
    """Return a house with a site and no charger."""
    await house.set_up(site_subentry())
    return house


async def _knock(house: House, *identities: str) -> list[int]:
    """Let chargers ask to come in and return the HTTP statuses of the answers."""
    headers = {"Sec-WebSocket-Protocol": "ocpp1.6", "Upgrade": "websocket"}
    statuses = []
    async with aiohttp.ClientSession() as session:
        for identity in identities:
            url = f"http://127.0.0.1:{house.hub.port}/{identity}"
            async with session.get(url, headers=headers) as answer:
                statuses.append(answer.status)
    await house.hass.async_block_till_done(wait_background_tasks=True)
    return statuses


def _offers(house: House) -> list[Any]:
    return house.hass.config_entries.flow.async_progress_by_handler(DOMAIN)


def _offered(house: House) -> list[str]:
    return sorted(flow["context"]["title_placeholders"]["name"] for flow in _offers(house))


async def _answer(house: House, flow: Any, values: dict[str, Any]) -> Any:
    result = await house.hass.config_entries.flow.async_configure(flow["flow_id"], values)
    await house.hass.async_block_till_done()
    return result


async def _waited(house: House, flow: Any) -> Any:
    manager = house.hass.config_entries.flow
    await wait_until(lambda: manager.async_get(flow["flow_id"])["step_id"] != "wait")
    result = await manager.async_configure(flow["flow_id"])
    await house.hass.async_block_till_done()
    return result


async def test_unknown_charger_is_refused_and_offered_once(home: House) -> None:
    assert await _knock(home, *["CP9"] * 5) == [404] * 5
    (offer,) = _offers(home)
    assert offer["step_id"] == "discovered"
    assert offer["context"]["source"] == SOURCE_INTEGRATION_DISCOVERY
    assert offer["context"]["title_placeholders"] == {"name": "CP9"}


async def test_each_unknown_charger_is_offered(home: House) -> None:
    await _knock(home, "CP7", "CP8", "CP7")
    assert _offered(home) == ["CP7", "CP8"]


async def test_ids_that_no_charger_can_have_are_not_offered(home: House) -> None:
    assert set(await _knock(home, "", "a%20b", "a%2Fb", "%2e%2e", "x" * 49)) == {404}
    assert _offers(home) == []


async def test_known_charger_is_not_offered(house: House) -> None:
    await house.set_up()
    await house.connect()
    assert _offers(house) == []


async def test_many_unknown_ids_do_not_flood_the_user(home: House) -> None:
    await _knock(home, *(f"CP{n}" for n in range(30)))
    assert len(_offers(home)) == 20

    home.hass.config_entries.flow.async_abort(_offers(home)[0]["flow_id"])
    await _knock(home, "CP29")
    assert "CP29" in _offered(home)
    assert len(_offers(home)) == 20


async def test_offer_survives_a_restart_of_the_hub_as_one(home: House) -> None:
    await _knock(home, "CP9")
    await home.hass.config_entries.async_reload("hub")
    await _knock(home, "CP9", "CP9")
    assert _offered(home) == ["CP9"]


async def test_offered_charger_is_added(home: House) -> None:
    await _knock(home, "CP9")
    (offer,) = _offers(home)
    form = await _answer(home, offer, {})
    assert form["step_id"] == "charger"
    assert defaults(form)["charge_point_id"] == "CP9"
    assert defaults(form)["name"] == "Charger 1"

    connect = await _answer(home, form, {**CHARGER, "charge_point_id": "CP9"})
    assert connect["step_id"] == "connect"
    waiting = await _answer(home, connect, {})
    assert waiting["type"] is FlowResultType.SHOW_PROGRESS
    charge_point = home.charge_point("CP9", password=connect["description_placeholders"]["key"])
    await charge_point.start()
    result = await _waited(home, waiting)

    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "charger_added")
    assert result["description_placeholders"] == {"charger": "Garage"}
    (charger,) = home.hub.chargers.values()
    assert charger.config.charge_point_id == "CP9"
    assert charger.connected
    assert _offers(home) == []
    assert home.state("sensor.garage_status") == "ready"


async def test_user_may_correct_the_id_of_an_offered_charger(home: House) -> None:
    await _knock(home, "CP9")
    form = await _answer(home, _offers(home)[0], {})
    await _answer(home, form, {**CHARGER, "charge_point_id": "CP10"})
    assert home.hub.door.find("CP10") is not None
    home.hass.config_entries.flow.async_abort(form["flow_id"])
    await home.hass.async_block_till_done()

    assert home.hub.door.find("CP10") is None
    await _knock(home, "CP9")
    assert _offered(home) == ["CP9"]


async def test_closed_offer_can_be_made_again(home: House) -> None:
    await _knock(home, "CP9")
    home.hass.config_entries.flow.async_abort(_offers(home)[0]["flow_id"])
    assert _offers(home) == []
    await _knock(home, "CP9")
    assert _offered(home) == ["CP9"]


async def test_ignored_charger_is_offered_again_when_it_is_not_ignored_any_more(
    home: House,
) -> None:
    await _knock(home, "CP9")
    ignored = await home.hass.config_entries.flow.async_init(
        DOMAIN,
        context={"source": SOURCE_IGNORE},
        data={"unique_id": _offers(home)[0]["context"]["unique_id"], "title": "CP9"},
    )
    assert ignored["type"] is FlowResultType.CREATE_ENTRY
    assert "next_flow" not in ignored
    assert home.hass.config_entries.subentries.async_progress() == []
    await _knock(home, "CP9", "CP9")
    assert _offers(home) == []

    await home.hass.config_entries.async_remove(ignored["result"].entry_id)
    await _knock(home, "CP9")
    assert _offered(home) == ["CP9"]


async def test_adding_the_charger_by_hand_ends_the_offer(home: House, flows: SubentryFlows) -> None:
    await _knock(home, "CP9", "CP8")
    form = await flows.add_charger(charge_point_id="CP9")
    waiting = await flows.answer(form)
    charge_point = home.charge_point("CP9", password=form["description_placeholders"]["key"])
    await charge_point.start()
    result = await flows.arrived(waiting)

    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert _offered(home) == ["CP8"]


async def test_closing_the_offer_leaves_the_charger_to_the_flow_that_waits_for_it(
    home: House, flows: SubentryFlows
) -> None:
    await _knock(home, "CP9")
    form = await flows.add_charger(charge_point_id="CP9")
    waiting = await flows.answer(form)
    home.hass.config_entries.flow.async_abort(_offers(home)[0]["flow_id"])
    charge_point = home.charge_point("CP9", password=form["description_placeholders"]["key"])
    await charge_point.start()
    result = await flows.arrived(waiting)
    assert result["type"] is FlowResultType.CREATE_ENTRY


async def test_offer_that_another_flow_overtook_adds_nothing(
    home: House, flows: SubentryFlows
) -> None:
    await _knock(home, "CP9")
    form = await _answer(home, _offers(home)[0], {})
    other = await flows.add_charger(charge_point_id="CP9", security="no_key")
    waiting = await flows.answer(other)
    await home.charge_point("CP9", password=None).start()
    await flows.arrived(waiting)
    result = await _answer(home, form, {**CHARGER, "name": "Carport", "charge_point_id": "CP9"})

    assert result["errors"] == {"charge_point_id": "already_claimed"}


async def test_removed_charger_is_offered_when_it_knocks_again(house: House) -> None:
    await house.set_up(site_subentry(), charger_subentry())
    charge_point = await house.connect()
    await house.remove("garage")
    await charge_point.wait_for(lambda cp: not cp.connected)
    await charge_point.stop()
    await _knock(house, "CP1")
    assert _offered(house) == ["CP1"]


async def test_offer_without_a_hub_comes_to_nothing(house: House) -> None:
    result = await house.hass.config_entries.flow.async_init(
        DOMAIN,
        context={"source": SOURCE_INTEGRATION_DISCOVERY},
        data={"charge_point_id": "CP9"},
    )
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "not_loaded")


async def test_offer_whose_hub_was_removed_ends(home: House) -> None:
    await _knock(home, "CP9")
    (offer,) = _offers(home)
    await home.hass.config_entries.async_remove("hub")
    result = await _answer(home, offer, {})
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "not_loaded")


async def test_offer_waits_for_the_first_site(house: House, flows: SubentryFlows) -> None:
    await house.set_up(site_subentry())
    await house.remove("home")
    await _knock(house, "CP9")
    result = await _answer(house, _offers(house)[0], {})
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "no_site")

    await flows.keep_site(await flows.add_site(), **SITE)
    await _knock(house, "CP9")
    result = await _answer(house, _offers(house)[0], {})
    assert result["step_id"] == "charger"


async def test_many_at_once_are_each_offered_once(home: House) -> None:
    await asyncio.gather(*(_knock(home, "CP7", "CP8", "CP9") for _ in range(5)))
    assert _offered(home) == ["CP7", "CP8", "CP9"]
