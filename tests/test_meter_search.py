"""Readers on MQTT that nobody has given to a site yet."""

import json
from typing import Any

from homeassistant.config_entries import SOURCE_IGNORE, SOURCE_MQTT
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers.service_info.mqtt import MqttServiceInfo
import pytest
from pytest_homeassistant_custom_component.typing import MqttMockHAClient, MqttMockHAClientGenerator

from custom_components.zmartcharge.config import MqttMeter
from custom_components.zmartcharge.const import DOMAIN
from script.lib.demo.processes import free_port

from .flows import SITE, SubentryFlows, defaults, flows_fixture, spoken_fixture  # noqa: F401
from .house import House, metered_site, mqtt_meter, site_subentry, wait_until

pytestmark = pytest.mark.usefixtures("spoken")

ANNOUNCEMENT = {"topic": "han", "name": "Fuse box", "id": "a1", "sw": "0.1.0", "format": "json"}
LIST_2 = {"P": 2000, "I1": 4.0, "I2": 5.5, "I3": 1.0}


@pytest.fixture
async def home(house: House, mqtt_mock: MqttMockHAClient) -> House:
    """Return a house with MQTT and a site without a meter."""
    await house.set_up(site_subentry())
    return house


async def announce(house: House, announcement: object = ANNOUNCEMENT, device: str = "a1") -> None:
    """Let a bridge announce itself, as the broker has kept it."""
    text = announcement if isinstance(announcement, str) else json.dumps(announcement)
    await house.meter(text, topic=f"ams2mqtt/discovery/{device}", retain=True)
    await house.hass.async_block_till_done(wait_background_tasks=True)


async def appear(house: House, topic: str, status: str = "online") -> None:
    """Let a thing say that it is there."""
    await house.meter(status, topic=f"{topic}/status", retain=True)
    await house.hass.async_block_till_done(wait_background_tasks=True)


async def publish(house: House, payload: Any, topic: str) -> None:
    await house.meter(payload, topic=topic)
    await house.hass.async_block_till_done(wait_background_tasks=True)


def offers(house: House) -> list[Any]:
    return house.hass.config_entries.flow.async_progress_by_handler(DOMAIN)


def offered(house: House) -> list[str]:
    return sorted(flow["context"]["title_placeholders"]["name"] for flow in offers(house))


async def answer(house: House, flow: Any, **values: Any) -> Any:
    result = await house.hass.config_entries.flow.async_configure(flow["flow_id"], values)
    await house.hass.async_block_till_done()
    return result


# A bridge that announces itself ---------------------------------------------------------------


async def test_announced_reader_is_offered_and_added(home: House) -> None:
    await announce(home)
    (offer,) = offers(home)
    assert offer["step_id"] == "meter_found"
    assert offered(home) == ["han"]
    form = await home.hass.config_entries.flow.async_configure(offer["flow_id"])
    assert form["description_placeholders"] == {"topic": "han"}
    assert defaults(form) == {"site": "home"}
    result = await answer(home, form, site="home")
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "meter_added")
    assert home.site.config.meter == MqttMeter(topic="han")
    await home.meter(LIST_2, topic="han")
    assert home.number("sensor.home_current_l1") == 4
    assert home.site.config.main_fuse == 63


async def test_it_is_offered_once(home: House) -> None:
    for _ in range(3):
        await announce(home)
    assert offered(home) == ["han"]


async def test_two_are_each_offered(home: House) -> None:
    await announce(home)
    await announce(home, {"topic": "garage"}, "b2")
    assert offered(home) == ["garage", "han"]


async def test_site_without_a_meter_is_suggested(house: House, mqtt_mock: MqttMockHAClient) -> None:
    await house.set_up(metered_site(), site_subentry("cabin", "Cabin"))
    await announce(house)
    (offer,) = offers(house)
    form = await house.hass.config_entries.flow.async_configure(offer["flow_id"])
    assert defaults(form) == {"site": "cabin"}


async def test_reader_that_a_site_has_is_not_offered(
    house: House, mqtt_mock: MqttMockHAClient
) -> None:
    await house.set_up(site_subentry(meter=mqtt_meter("han")), site_subentry("cabin", "Cabin"))
    await announce(house)
    await appear(house, "han")
    await publish(house, LIST_2, "han")
    assert offers(house) == []


async def test_nothing_is_offered_where_every_site_has_its_meter(
    house: House, mqtt_mock: MqttMockHAClient
) -> None:
    await house.set_up(metered_site())
    await announce(house)
    assert offers(house) == []


async def test_dismissed_offer_does_not_come_back(home: House) -> None:
    await announce(home)
    (offer,) = offers(home)
    await home.hass.config_entries.flow.async_init(
        DOMAIN,
        context={"source": SOURCE_IGNORE},
        data={"unique_id": offer["context"]["unique_id"], "title": "han"},
    )
    await home.hass.async_block_till_done()
    assert offers(home) == []
    await home.hass.config_entries.async_reload("hub")
    await announce(home)
    assert offers(home) == []


async def test_offer_that_was_closed_comes_back_with_the_next_start(home: House) -> None:
    await announce(home)
    home.hass.config_entries.flow.async_abort(offers(home)[0]["flow_id"])
    await announce(home)
    assert offers(home) == []
    await home.hass.config_entries.async_reload("hub")
    await announce(home)
    assert offered(home) == ["han"]


async def test_offer_ends_when_the_reader_was_given_to_a_site_by_hand(home: House) -> None:
    await announce(home)
    assert offered(home) == ["han"]
    await home.change("home", meter=mqtt_meter("han"))
    assert offers(home) == []


async def test_offer_whose_hub_was_unloaded_ends(home: House) -> None:
    await announce(home)
    (offer,) = offers(home)
    await home.unload()
    result = await answer(home, offer, site="home")
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "not_loaded")


async def test_offer_whose_sites_were_removed_ends(home: House) -> None:
    await announce(home)
    (offer,) = offers(home)
    await home.remove("home")
    result = await home.hass.config_entries.flow.async_configure(offer["flow_id"])
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "no_site")


@pytest.mark.parametrize(
    "announcement",
    [
        "",
        "han",
        "[]",
        "null",
        "{}",
        {"topic": None},
        {"topic": 5},
        {"topic": ""},
        {"topic": " / "},
        {"topic": "#"},
        {"topic": "a/+"},
        {"topic": "a\nb"},
        {"topic": "x" * 300},
    ],
)
async def test_what_is_no_announcement_is_ignored(home: House, announcement: object) -> None:
    await announce(home, announcement)
    assert offers(home) == []
    assert home.hub.search.found == []


# Things that only say that they are there -----------------------------------------------------


@pytest.mark.parametrize("topic", ["pow-u", "house/ams-1234"])
async def test_pow_u_is_offered_when_it_sends_currents(home: House, topic: str) -> None:
    await appear(home, topic)
    assert offers(home) == []
    await publish(home, {"P": 900}, topic)
    # Many things have a power.
    assert offers(home) == []
    await publish(home, LIST_2, topic)
    assert offered(home) == [topic]


@pytest.mark.parametrize(
    ("subtopic", "payload"),
    [
        ("/list3", {"P": 1, "meterId": "7359992892587665"}),
        ("/power", '{"P": 1, "I1": 4.0}'),
        ("/meter/l1/current", "4.0"),
    ],
)
async def test_each_form_is_recognized(home: House, subtopic: str, payload: Any) -> None:
    await appear(home, "pow-u")
    await publish(home, payload, f"pow-u{subtopic}")
    assert offered(home) == ["pow-u"]


async def test_found_reader_is_not_listened_to_any_more(home: House) -> None:
    await appear(home, "pow-u")
    await publish(home, LIST_2, "pow-u")
    await appear(home, "pow-u")
    await publish(home, LIST_2, "pow-u")
    assert home.hub.search.found == ["pow-u"]


@pytest.mark.parametrize("status", ["offline", "on", "", "{}"])
async def test_thing_that_is_not_there_is_not_listened_to(home: House, status: str) -> None:
    await appear(home, "pow-u", status)
    await publish(home, LIST_2, "pow-u")
    assert offers(home) == []


@pytest.mark.parametrize(
    ("subtopic", "payload"),
    [
        ("", '{"state": "ON", "power": 42}'),
        ("", "ON"),
        ("/power", '{"P": 60}'),
        ("/relay/0", "on"),
        ("/picture", b"\xff\xd8\xff"),
    ],
)
async def test_other_things_with_a_status_are_not_offered(
    home: House, subtopic: str, payload: Any
) -> None:
    await appear(home, "lamp")
    await publish(home, payload, f"lamp{subtopic}")
    assert offers(home) == []


async def test_thing_that_says_nothing_is_given_up(home: House) -> None:
    await appear(home, "lamp")
    await home.pass_time(61)
    await publish(home, LIST_2, "lamp")
    await appear(home, "lamp")
    await publish(home, LIST_2, "lamp")
    assert offers(home) == []


async def test_home_assistants_own_status_is_no_reader(
    home: House, mqtt_mock: MqttMockHAClient
) -> None:
    mqtt_mock.async_subscribe.reset_mock()
    await appear(home, "homeassistant")
    mqtt_mock.async_subscribe.assert_not_called()


async def test_many_things_do_not_hide_a_reader_that_comes_later(home: House) -> None:
    for number in range(60):
        await home.meter("online", topic=f"lamp{number}/status")
    await home.pass_time(61)
    await appear(home, "pow-u")
    await publish(home, LIST_2, "pow-u")
    assert offered(home) == ["pow-u"]


async def test_search_ends_with_the_hub(home: House) -> None:
    await appear(home, "pow-u")
    search = home.hub.search
    await home.unload()
    await publish(home, LIST_2, "pow-u")
    await announce(home)
    assert search.found == []


async def test_search_begins_when_mqtt_does(
    house: House, mock_hass_config: None, mqtt_mock_entry: MqttMockHAClientGenerator
) -> None:
    await house.set_up(site_subentry())
    await mqtt_mock_entry()
    await house.pass_time(31)
    await announce(house)
    await wait_until(lambda: offered(house) == ["han"])


# Home Assistant's own discovery ---------------------------------------------------------------


def announced() -> MqttServiceInfo:
    """Return what Home Assistant passes on of an announcement."""
    return MqttServiceInfo(
        topic="ams2mqtt/discovery/a1",
        payload=json.dumps(ANNOUNCEMENT),
        qos=0,
        retain=True,
        subscribed_topic="ams2mqtt/discovery/+",
        timestamp=0.0,
    )


async def discover(hass: HomeAssistant) -> Any:
    return await hass.config_entries.flow.async_init(
        DOMAIN, context={"source": SOURCE_MQTT}, data=announced()
    )


async def test_reader_offers_to_set_up_the_hub(house: House, mqtt_mock: MqttMockHAClient) -> None:
    form = await discover(house.hass)
    assert (form["type"], form["step_id"]) == (FlowResultType.FORM, "user")
    again = await discover(house.hass)
    assert again["reason"] == "already_in_progress"

    url = f"sqlite:///{house.folder / 'ledger.db'}"
    values = {"host": "127.0.0.1", "port": free_port(), "database_url": url}
    result = await house.hass.config_entries.flow.async_configure(form["flow_id"], values)
    await house.hass.async_block_till_done()
    assert result["type"] is FlowResultType.CREATE_ENTRY
    # The first site comes next, and the reader is among the choices for its meter.
    house.entry = result["result"]
    await announce(house)
    flows = SubentryFlows(house)
    (_, flow_id) = result["next_flow"]
    menu = await flows.answer({"flow_id": flow_id}, **SITE)
    form = await flows.choose(menu, "mqtt")
    assert defaults(form) == {"topic": "han"}


async def test_running_hub_finds_it_by_itself(home: House) -> None:
    result = await discover(home.hass)
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "single_instance_allowed")


async def test_ignored_offer_of_the_hub_stays_ignored(
    house: House, mqtt_mock: MqttMockHAClient
) -> None:
    await discover(house.hass)
    await house.hass.config_entries.flow.async_init(
        DOMAIN, context={"source": SOURCE_IGNORE}, data={"unique_id": DOMAIN, "title": "x"}
    )
    await house.hass.async_block_till_done()
    result = await discover(house.hass)
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "already_configured")


async def test_ignored_charger_does_not_hide_the_offer_of_the_hub(
    house: House, mqtt_mock: MqttMockHAClient
) -> None:
    await house.hass.config_entries.flow.async_init(
        DOMAIN, context={"source": SOURCE_IGNORE}, data={"unique_id": "charger_CP9", "title": "x"}
    )
    form = await discover(house.hass)
    assert form["type"] is FlowResultType.FORM
