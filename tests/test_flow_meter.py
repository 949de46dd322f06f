"""The steps of a site's flow that give it its meter."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
import json
from typing import Any
from unittest.mock import patch

from homeassistant.data_entry_flow import FlowResultType, UnknownFlow
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.selector import QrCodeSelector
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator, MqttMockHAClient

from custom_components.zmartcharge import flow_meter_trial
from custom_components.zmartcharge.config import MeterType, MqttMeter, PowUMeter, SensorMeter
from custom_components.zmartcharge.const import DOMAIN
from custom_components.zmartcharge.meter import parse_load_balancer
from custom_components.zmartcharge.site import Site

from .flows import SITE, SubentryFlows, defaults, flows_fixture, spoken_fixture  # noqa: F401
from .house import House, metered_site, pow_u_meter, sensor_meter, site_subentry, wait_until

HTTPS = "https://home.example.org"
TN = {"name": "Cabin", "grid_type": "tn_400", "main_fuse": 63}
ONE_PHASE = {**TN, "grid_type": "single_phase"}
LIST_2 = {"P": 2000, "I1": 4.0, "I2": 5.5, "I3": 1.0}
SENSORS = {f"current_l{n}": f"sensor.amperes_{n}" for n in (1, 2, 3)}
TOKEN = "abcdefghij0123456789"


@contextmanager
def impatient() -> Iterator[None]:
    """Let the flow wait for a reading not at all."""
    with patch.dict(flow_meter_trial.WAIT_FOR_READING, dict.fromkeys(MeterType, 0.0)):
        yield


@pytest.fixture
async def home(house: House, mqtt_mock: MqttMockHAClient) -> House:
    """Return a house with MQTT and a site without a meter."""
    await house.set_up(site_subentry())
    return house


def trials(house: House) -> list[Site]:
    return house.hub._trials


async def way(flows: SubentryFlows, way: str, site: dict[str, Any] = TN) -> Any:
    """Fill the form of a new site in, and choose how its meter reaches us."""
    menu = await flows.answer(await flows.add_site(), **site)
    assert menu["step_id"] == "meter"
    return await flows.choose(menu, way)


async def wait_for_mqtt(flows: SubentryFlows, site: dict[str, Any] = TN, topic: str = "han") -> Any:
    """Go on until the flow waits for a reader on MQTT."""
    result = await flows.answer(await way(flows, "mqtt", site), topic=topic)
    assert result["type"] is FlowResultType.SHOW_PROGRESS
    return result


def cabin(house: House) -> Site:
    """Return the site that was added."""
    (found,) = (site for site in house.hub.sites.values() if site.config.name == "Cabin")
    return found


def tell(house: House, **amperes: float) -> None:
    """Let sensors of current tell something."""
    for name, value in amperes.items():
        house.hass.states.async_set(f"sensor.{name}", str(value), {"unit_of_measurement": "A"})


# A reader on MQTT -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("site", "data", "step", "shown"),
    [
        (TN, LIST_2, "reading", {"l1": "4.0", "l2": "5.5", "l3": "1.0", "power": "2000"}),
        (SITE, LIST_2, "reading", {"l1": "4.0", "l2": "5.5", "l3": "1.0", "power": "2000"}),
        (
            SITE,
            {"P": 1000, "Q": 0, "I1": 4.0, "I2": 0, "I3": 3.0},
            "reading_estimated",
            {"l1": "4.0", "l3": "3.0", "power": "1000"},
        ),
        (ONE_PHASE, {"P": 900, "I1": 4.0}, "reading_single", {"l1": "4.0", "power": "900"}),
        (ONE_PHASE, {"I1": 4.0}, "reading_single", {"l1": "4.0", "power": "900"}),
    ],
)
async def test_first_reading_is_shown_and_the_site_gets_its_meter(
    home: House,
    flows: SubentryFlows,
    site: dict[str, Any],
    data: dict[str, Any],
    step: str,
    shown: dict[str, str],
) -> None:
    waiting = await wait_for_mqtt(flows, site)
    await home.meter({"P": 900}, topic="han")
    await home.meter(data, topic="han")
    result = await flows.arrived(waiting)
    assert result["step_id"] == step
    assert shown.items() <= result["description_placeholders"].items()

    result = await flows.without_price(await flows.answer(result))
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["data"]["meter"] == {"type": "mqtt", "topic": "han"}
    assert trials(home) == []
    assert cabin(home).config.meter == MqttMeter(topic="han")
    await home.meter(data, topic="han")
    assert home.number("sensor.cabin_current_l1") == 4


async def test_power_comes_first_and_is_not_enough(home: House, flows: SubentryFlows) -> None:
    waiting = await wait_for_mqtt(flows)
    await home.meter({"P": 2000}, topic="han")
    await home.hass.async_block_till_done()
    assert flows.manager.async_get(waiting["flow_id"])["step_id"] == "wait"


@pytest.mark.parametrize(
    ("typed", "topic"),
    [("han", "han"), (" house/meter/ ", "house/meter"), ("a/b/c", "a/b/c"), ("måler", "måler")],
)
async def test_topic_is_tidied(home: House, flows: SubentryFlows, typed: str, topic: str) -> None:
    with impatient():
        waiting = await flows.answer(await way(flows, "mqtt"), topic=typed)
        menu = await flows.choose(await flows.arrived(waiting), "finish")
        result = await flows.without_price(menu)
    assert result["data"]["meter"]["topic"] == topic


@pytest.mark.parametrize("topic", ["", " ", "/", "#", "a/#", "+/b", "a\0", "a\nb", "x" * 201])
async def test_what_is_no_topic_is_told_and_can_be_mended(
    home: House, flows: SubentryFlows, topic: str
) -> None:
    form = await way(flows, "mqtt")
    result = await flows.answer(form, topic=topic)
    assert result["errors"] == {"topic": "topic_invalid"}
    result = await flows.answer(result, topic="han")
    assert result["type"] is FlowResultType.SHOW_PROGRESS


async def test_topic_is_suggested(home: House, flows: SubentryFlows) -> None:
    form = await way(flows, "mqtt")
    assert defaults(form) == {"topic": "ams2mqtt"}


async def test_readers_that_were_found_are_offered(home: House, flows: SubentryFlows) -> None:
    await home.meter('{"topic": "han"}', topic="ams2mqtt/discovery/a")
    await home.meter('{"topic": "garage"}', topic="ams2mqtt/discovery/b")
    form = await way(flows, "mqtt")
    assert defaults(form) == {"topic": "han"}
    (selector,) = form["data_schema"].schema.values()
    assert selector.config["options"] == ["han", "garage"]


# What can go wrong ----------------------------------------------------------------------------


async def _nothing(_house: House) -> None:
    pass


async def _only_power(house: House) -> None:
    await house.meter({"P": 900}, topic="han")


async def _one_line(house: House) -> None:
    await house.meter({"P": 900, "I1": 4.0}, topic="han")


async def _kept(house: House) -> None:
    await house.meter(LIST_2, topic="han", retain=True)


async def _kept_power(house: House) -> None:
    await house.meter({"P": 900}, topic="han", retain=True)


async def _frames(house: House) -> None:
    for _ in range(3):
        await house.meter("7EA0E22B2113239AE6E7000F000000000C07E3", topic="han")


async def _garbage(house: House) -> None:
    for _ in range(3):
        await house.meter("hello", topic="han")


async def _absurd(house: House) -> None:
    for _ in range(3):
        await house.meter('{"I1": 1e9}', topic="han")


async def _wrong_clock(house: House) -> None:
    for _ in range(3):
        await house.meter('{"t": 1790000000, "data": {"P": 900, "I1": 4.0}}', topic="han")


async def _beyond_the_fuse(house: House) -> None:
    for _ in range(3):
        await house.meter({"P": 900, "I1": 4000.0}, topic="han")


async def _other_things(house: House) -> None:
    for topic in ("han/version", "han/ip", "han/uptime", "han/temperatures", "han/state"):
        await house.meter("10.0.0.5", topic=topic, retain=True)


@pytest.mark.parametrize(
    ("says", "step", "shown"),
    [
        (_nothing, "silent", {"topic": "han"}),
        (_other_things, "silent", {"topic": "han"}),
        (_only_power, "incomplete", {"l1": "?", "l2": "?", "l3": "?"}),
        (_one_line, "incomplete", {"l1": "4.0", "l2": "?", "l3": "?"}),
        (_kept, "retained", {"topic": "han"}),
        (_kept_power, "retained", {"topic": "han"}),
        (_frames, "hex_dump", {"start": "7EA0E22B2113239AE6E7000F000000000C07E3"}),
        (_garbage, "unreadable", {"start": "hello"}),
        (_absurd, "unreadable", {"start": "I1 1E+9"}),
        (_wrong_clock, "clock", {}),
        (_beyond_the_fuse, "absurd", {"main_fuse": "63"}),
    ],
)
async def test_what_is_wrong_is_told_with_three_ways_on(
    home: House,
    flows: SubentryFlows,
    says: Callable[[House], Any],
    step: str,
    shown: dict[str, str],
) -> None:
    waiting = await wait_for_mqtt(flows)
    await home.pass_time(30)
    await says(home)
    await home.pass_time(16)
    menu = await flows.arrived(waiting)
    assert menu["type"] is FlowResultType.MENU
    assert menu["step_id"] == step
    assert menu["menu_options"] == ["wait", "meter", "finish"]
    assert shown.items() <= menu["description_placeholders"].items()

    again = await flows.choose(menu, "wait")
    assert again["type"] is FlowResultType.SHOW_PROGRESS
    await home.pass_time(1)
    await home.meter(LIST_2, topic="han")
    assert (await flows.arrived(again))["step_id"] == "reading"


async def test_a_reader_that_stopped_at_once_was_not_only_kept(
    home: House, flows: SubentryFlows
) -> None:
    waiting = await wait_for_mqtt(flows)
    await _one_line(home)
    await home.pass_time(46)
    assert (await flows.arrived(waiting))["step_id"] == "incomplete"


async def test_a_page_that_is_loaded_anew_goes_on_waiting(
    home: House, flows: SubentryFlows
) -> None:
    waiting = await wait_for_mqtt(flows)
    again = await flows.manager.async_configure(waiting["flow_id"])
    assert again["type"] is FlowResultType.SHOW_PROGRESS
    await home.meter(LIST_2, topic="han")
    assert (await flows.arrived(again))["step_id"] == "reading"


async def test_payloads_that_cannot_be_read_end_the_waiting_at_once(
    home: House, flows: SubentryFlows
) -> None:
    waiting = await wait_for_mqtt(flows)
    await _garbage(home)
    menu = await flows.arrived(waiting)
    assert menu["step_id"] == "unreadable"
    # The flow tells it; a repair would name a site that is not there.
    await _garbage(home)
    await home.pass_time(700)
    assert home.issue("meter_unreadable_") is None
    assert home.issue("meter_silent_") is None


async def test_it_can_be_kept_anyway_and_readings_come_later(
    home: House, flows: SubentryFlows
) -> None:
    with impatient():
        menu = await flows.arrived(await wait_for_mqtt(flows))
    result = await flows.without_price(await flows.choose(menu, "finish"))
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert trials(home) == []
    await home.meter(LIST_2, topic="han")
    assert home.number("sensor.cabin_current_l1") == 4


async def test_another_way_can_be_chosen(home: House, flows: SubentryFlows) -> None:
    with impatient():
        menu = await flows.arrived(await wait_for_mqtt(flows))
    menu = await flows.choose(menu, "meter")
    assert menu["step_id"] == "meter"
    assert trials(home) == []
    result = await flows.without_price(await flows.choose(menu, "no_meter"))
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert "meter" not in result["data"]


async def test_closed_window_lets_the_meter_go(home: House, flows: SubentryFlows) -> None:
    waiting = await wait_for_mqtt(flows)
    (trial,) = trials(home)
    assert trial.listening
    flows.close(waiting)
    await home.hass.async_block_till_done()
    assert trials(home) == []
    assert not trial.listening
    with pytest.raises(UnknownFlow):
        flows.manager.async_get(waiting["flow_id"])


async def test_window_closed_on_the_first_reading_lets_the_meter_go(
    home: House, flows: SubentryFlows
) -> None:
    waiting = await wait_for_mqtt(flows)
    await home.meter(LIST_2, topic="han")
    flows.close(await flows.arrived(waiting))
    assert trials(home) == []


async def test_site_can_be_kept_while_the_hub_is_stopped(home: House, flows: SubentryFlows) -> None:
    form = await way(flows, "mqtt")
    await home.unload()
    result = await flows.without_price(await flows.answer(form, topic="han"))
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["data"]["meter"] == {"type": "mqtt", "topic": "han"}


async def test_form_of_the_topic_opens_while_the_hub_is_stopped(
    home: House, flows: SubentryFlows
) -> None:
    await home.unload()
    form = await way(flows, "mqtt")
    assert defaults(form) == {"topic": "ams2mqtt"}


async def test_hub_that_stops_ends_the_waiting(home: House, flows: SubentryFlows) -> None:
    waiting = await wait_for_mqtt(flows)
    (trial,) = trials(home)
    await home.unload()
    assert not trial.listening
    menu = await flows.arrived(waiting)
    assert menu["step_id"] == "silent"
    result = await flows.without_price(await flows.choose(menu, "finish"))
    assert result["type"] is FlowResultType.CREATE_ENTRY


async def test_hub_that_was_loaded_anew_is_waited_with_again(
    home: House, flows: SubentryFlows
) -> None:
    waiting = await wait_for_mqtt(flows)
    await home.hass.config_entries.async_reload("hub")
    again = await flows.choose(await flows.arrived(waiting), "wait")
    await home.meter(LIST_2, topic="han")
    assert (await flows.arrived(again))["step_id"] == "reading"


async def test_two_flows_each_try_their_meter(home: House, flows: SubentryFlows) -> None:
    first = await wait_for_mqtt(flows, topic="one")
    second = await wait_for_mqtt(flows, topic="two")
    await home.meter(LIST_2, topic="one")
    assert (await flows.arrived(first))["step_id"] == "reading"
    assert flows.manager.async_get(second["flow_id"])["step_id"] == "wait"
    assert len(trials(home)) == 2


# A Pow-U that posts ---------------------------------------------------------------------------


async def post(house: House, token: str) -> None:
    """Let a Pow-U's reading come in."""
    body = b'{"LBToken":"%s","L1A":"4.0","L2A":"5.0","L3A":"6.0","CurrentPower":"1500"}'
    message = parse_load_balancer(body % token.encode(), received=dt_util.utcnow())
    for site in house.hub.sites_of_token(message.token):
        site.take(message.reading)
    await house.hass.async_block_till_done()


async def test_pow_u_is_told_where_to_post_and_waited_for(
    home: House, flows: SubentryFlows, hass_client_no_auth: ClientSessionGenerator
) -> None:
    home.hass.config.internal_url = None
    home.hass.config.external_url = HTTPS
    form = await way(flows, "pow_u")
    assert form["step_id"] == "pow_u"
    shown = form["description_placeholders"]
    assert shown["url"] == f"{HTTPS}/api/zc"
    assert shown["unit"] == "http://192.168.4.1/"
    token = shown["token"]
    assert len(token) == 20
    (code,) = form["data_schema"].schema.values()
    assert isinstance(code, QrCodeSelector)
    assert code.config["data"] == "WIFI:T:nopass;S:AMS2MQTT;;"

    waiting = await flows.answer(form)
    assert waiting["type"] is FlowResultType.SHOW_PROGRESS
    client = await hass_client_no_auth()
    response = await client.post(
        "/api/zc/loadbalancer",
        data=json.dumps({"LBToken": token, "L1A": "4.0", "L2A": "5.0", "L3A": "6.0"}),
    )
    assert response.status == 200
    reading = await flows.arrived(waiting)
    assert reading["step_id"] == "reading"
    result = await flows.without_price(await flows.answer(reading))
    assert result["data"]["meter"] == {"type": "pow_u", "token": token}
    assert cabin(home).config.meter == PowUMeter(token=token)


@pytest.mark.parametrize(
    ("internal", "external", "url"),
    [
        ("https://192.168.1.5:8123", None, "https://192.168.1.5:8123/api/zc"),
        ("http://192.168.1.5:8123", HTTPS, f"{HTTPS}/api/zc"),
        ("https://ha.lan", HTTPS, "https://ha.lan/api/zc"),
        (f"https://{'x' * 60}.lan", HTTPS, f"{HTTPS}/api/zc"),
        # 63 characters are the most that the unit keeps.
        (None, f"https://{'x' * 45}.no", f"https://{'x' * 45}.no/api/zc"),
    ],
)
async def test_address_is_one_that_a_pow_u_accepts(
    home: House, flows: SubentryFlows, internal: str | None, external: str | None, url: str
) -> None:
    home.hass.config.internal_url = internal
    home.hass.config.external_url = external
    form = await way(flows, "pow_u")
    assert form["description_placeholders"]["url"] == url
    assert len(url) <= 63


@pytest.mark.parametrize(
    ("internal", "external"),
    [
        (None, None),
        ("http://192.168.1.5:8123", None),
        (None, f"https://{'x' * 54}.no"),
    ],
)
async def test_without_a_suitable_address_other_ways_are_offered(
    home: House, flows: SubentryFlows, internal: str | None, external: str | None
) -> None:
    home.hass.config.internal_url = internal
    home.hass.config.external_url = external
    menu = await way(flows, "pow_u")
    assert menu["step_id"] == "no_https"
    assert menu["menu_options"] == ["mqtt", "sensors", "no_meter"]
    assert (await flows.choose(menu, "mqtt"))["step_id"] == "mqtt"


async def test_pow_u_of_a_site_keeps_its_token(
    house: House, flows: SubentryFlows, mqtt_mock: MqttMockHAClient
) -> None:
    house.hass.config.external_url = HTTPS
    await house.set_up(site_subentry(meter=pow_u_meter(TOKEN)))
    form = await flows.choose(await flows.change_site(what="meter"), "pow_u")
    assert form["description_placeholders"]["token"] == TOKEN
    waiting = await flows.answer(form)
    # It has been posting with this token all the time.
    await post(house, TOKEN)
    reading = await flows.arrived(waiting)
    assert reading["step_id"] == "reading"
    assert house.number("sensor.home_current_l1") == 4
    result = await flows.answer(reading)
    assert result["reason"] == "reconfigure_successful"
    assert house.site.config.meter == PowUMeter(token=TOKEN)


async def test_each_flow_makes_its_own_token(home: House, flows: SubentryFlows) -> None:
    home.hass.config.external_url = HTTPS
    tokens = {(await way(flows, "pow_u"))["description_placeholders"]["token"] for _ in range(3)}
    assert len(tokens) == 3


# Sensors --------------------------------------------------------------------------------------


async def test_sensors_are_read_at_once(home: House, flows: SubentryFlows) -> None:
    tell(home, amperes_1=4, amperes_2=5, amperes_3=6)
    form = await way(flows, "sensors")
    assert defaults(form) == {"stale_after": 60}
    waiting = await flows.answer(form, **SENSORS, stale_after=90)
    reading = await flows.arrived(waiting)
    assert reading["step_id"] == "reading"
    result = await flows.without_price(await flows.answer(reading))
    assert result["data"]["meter"] == {"type": "sensors", **SENSORS, "stale_after": 90}
    meter = cabin(home).config.meter
    assert isinstance(meter, SensorMeter)
    assert meter.stale_after.seconds == 90
    assert home.number("sensor.cabin_current_l3") == 6


async def test_powers_of_lines_are_no_it_net(home: House, flows: SubentryFlows) -> None:
    for n in (1, 2, 3):
        home.hass.states.async_set(f"sensor.watts_{n}", "2300", {"unit_of_measurement": "W"})
    powers = {f"power_l{n}": f"sensor.watts_{n}" for n in (1, 2, 3)}
    waiting = await flows.answer(await way(flows, "sensors"), **powers, stale_after=60)
    assert (await flows.arrived(waiting))["step_id"] == "reading"


async def test_powers_say_nothing_of_currents_without_a_neutral(
    home: House, flows: SubentryFlows
) -> None:
    form = await way(flows, "sensors", SITE)
    fields = {str(marker) for marker in form["data_schema"].schema}
    assert "current_l2" in fields
    assert "power_l1" not in fields


async def test_a_single_phase_site_has_one_line(home: House, flows: SubentryFlows) -> None:
    tell(home, amperes_1=4)
    form = await way(flows, "sensors", ONE_PHASE)
    assert "current_l2" not in {str(marker) for marker in form["data_schema"].schema}
    waiting = await flows.answer(form, current_l1="sensor.amperes_1", stale_after=60)
    assert (await flows.arrived(waiting))["step_id"] == "reading_single"


async def test_l2_may_be_missing_in_an_it_net(home: House, flows: SubentryFlows) -> None:
    tell(home, amperes_1=4, amperes_3=6)
    waiting = await flows.answer(
        await way(flows, "sensors", SITE),
        current_l1="sensor.amperes_1",
        current_l3="sensor.amperes_3",
        stale_after=60,
    )
    assert (await flows.arrived(waiting))["step_id"] == "reading_estimated"


@pytest.mark.parametrize(
    ("values", "errors"),
    [
        ({"stale_after": 60}, {"current_l1": "sensor_missing"}),
        ({"current_l1": "sensor.a", "stale_after": 60}, {"current_l2": "sensor_missing"}),
        ({**SENSORS, "stale_after": 9}, {"stale_after": "stale_range"}),
        ({**SENSORS, "stale_after": 601}, {"stale_after": "stale_range"}),
        ({**SENSORS, "stale_after": float("nan")}, {"stale_after": "stale_range"}),
        (
            {"current_l1": "sensor.a", "stale_after": 0},
            {"current_l2": "sensor_missing", "stale_after": "stale_range"},
        ),
    ],
)
async def test_what_cannot_be_is_told_and_can_be_mended(
    home: House, flows: SubentryFlows, values: dict[str, Any], errors: dict[str, str]
) -> None:
    tell(home, amperes_1=4, amperes_2=5, amperes_3=6)
    result = await flows.answer(await way(flows, "sensors"), **values)
    assert result["errors"] == errors
    waiting = await flows.answer(result, **SENSORS, stale_after=60)
    assert (await flows.arrived(waiting))["step_id"] == "reading"


async def test_own_sensors_are_refused(home: House, flows: SubentryFlows) -> None:
    own = er.async_get(home.hass).async_get_entity_id("sensor", DOMAIN, "home_current_l1")
    assert own is not None
    result = await flows.answer(
        await way(flows, "sensors"), **{**SENSORS, "current_l1": own}, stale_after=60
    )
    assert result["errors"] == {"current_l1": "sensor_own"}


async def test_sensors_that_say_nothing_are_told(home: House, flows: SubentryFlows) -> None:
    tell(home, amperes_1=4)
    with impatient():
        waiting = await flows.answer(await way(flows, "sensors"), **SENSORS, stale_after=60)
        menu = await flows.arrived(waiting)
    assert menu["step_id"] == "incomplete"
    assert menu["description_placeholders"]["l1"] == "4.0"


# A site that is changed -----------------------------------------------------------------------


async def _change(flows: SubentryFlows) -> Any:
    return await flows.change_site(what="meter")


async def test_meter_is_kept_with_its_picture(
    house: House, flows: SubentryFlows, mqtt_mock: MqttMockHAClient
) -> None:
    await house.set_up(metered_site())
    await house.meter(LIST_2)
    menu = await _change(flows)
    assert menu["menu_options"] == ["keep_meter", "mqtt", "pow_u", "sensors", "no_meter"]
    result = await flows.choose(menu, "keep_meter")
    assert result["reason"] == "reconfigure_successful"
    assert house.number("sensor.home_current_l1") == 4


async def test_trying_another_meter_asks_for_no_prices(
    house: House, flows: SubentryFlows, mqtt_mock: MqttMockHAClient
) -> None:
    house.hass.config.country = "NO"
    await house.set_up(metered_site())
    form = await flows.choose(await flows.change_site(what="price"), "fixed")
    preview = await flows.answer(form, fixed_price="1", all_inclusive=True)
    await flows.choose(preview, "save_price")
    await flows.answer(await flows.choose(await _change(flows), "mqtt"), topic="han")
    (trial,) = trials(house)
    assert not trial.pricing.configured
    assert house.site.pricing.configured


async def test_site_without_a_meter_has_none_to_keep(home: House, flows: SubentryFlows) -> None:
    menu = await _change(flows)
    assert "keep_meter" not in menu["menu_options"]


async def test_meter_is_exchanged(
    house: House, flows: SubentryFlows, mqtt_mock: MqttMockHAClient
) -> None:
    await house.set_up(metered_site())
    form = await flows.choose(await _change(flows), "mqtt")
    assert defaults(form) == {"topic": "ams2mqtt"}
    waiting = await flows.answer(form, topic="han")
    # The present one is listened to until the other is chosen.
    await house.meter({"P": 500})
    assert house.number("sensor.home_power") == 500
    await house.meter(LIST_2, topic="han")
    result = await flows.answer(await flows.arrived(waiting))
    assert result["reason"] == "reconfigure_successful"
    assert house.site.config.meter == MqttMeter(topic="han")
    assert trials(house) == []


async def test_meter_is_removed(
    house: House, flows: SubentryFlows, mqtt_mock: MqttMockHAClient
) -> None:
    await house.set_up(metered_site())
    result = await flows.choose(await _change(flows), "no_meter")
    assert result["reason"] == "reconfigure_successful"
    assert house.site.config.meter is None
    assert house.state("binary_sensor.home_meter_online") == "missing"


async def test_change_that_is_given_up_leaves_the_meter(
    house: House, flows: SubentryFlows, mqtt_mock: MqttMockHAClient
) -> None:
    await house.set_up(metered_site())
    form = await flows.choose(await _change(flows), "mqtt")
    waiting = await flows.answer(form, topic="han")
    flows.close(waiting)
    await house.meter(LIST_2)
    assert house.site.config.meter == MqttMeter(topic="ams2mqtt")
    assert house.number("sensor.home_current_l1") == 4


async def test_sensors_of_a_site_are_filled_in(house: House, flows: SubentryFlows) -> None:
    await house.set_up(site_subentry(meter=sensor_meter(90, **SENSORS)))
    form = await flows.choose(await _change(flows), "sensors")
    assert defaults(form) == {**SENSORS, "stale_after": 90}


async def test_waiting_does_not_outlast_its_patience(home: House, flows: SubentryFlows) -> None:
    waiting = await wait_for_mqtt(flows)
    await home.pass_time(44)
    assert flows.manager.async_get(waiting["flow_id"])["step_id"] == "wait"
    await home.pass_time(2)
    await wait_until(lambda: flows.manager.async_get(waiting["flow_id"])["step_id"] != "wait")
