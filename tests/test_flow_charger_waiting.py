"""The wait for a new charger, which really connects."""

from typing import Any

from homeassistant.config_entries import ConfigEntryState
from homeassistant.data_entry_flow import FlowResultType, UnknownFlow
import pytest

from custom_components.zmartcharge.csms import verify_key

from .flows import (  # noqa: F401
    SubentryFlows,
    charger_names,
    connected,
    flows_fixture,
    home_fixture,
    not_seen_fixture,
    refused,
    spoken_fixture,
    subentry,
    switch_on,
)
from .house import House, car, charger_subentry, prompt_evse, wait_until


async def test_charger_boots_and_is_added_with_the_connection_it_has(
    home: House, flows: SubentryFlows
) -> None:
    result = await flows.add_charger(name=" Garage ")
    key = result["description_placeholders"]["key"]
    waiting = await flows.answer(result)
    assert waiting["type"] is FlowResultType.SHOW_PROGRESS
    assert waiting["progress_action"] == "wait_for_boot"

    charge_point = await switch_on(home, key, evse=prompt_evse(connectors=2))
    await wait_until(lambda: connected(home))
    connection = home.hub.csms.connections["CP1"]
    result = await flows.arrived(waiting)

    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["title"] == "Garage"
    assert verify_key(result["data"].pop("key_hash"), key)
    assert result["data"] == {
        "charge_point_id": "CP1",
        "site": "home",
        "circuit_fuse": 20,
        "wiring": "l1_l2_l3",
        "access": "open",
        "connectors": 2,
    }
    (charger,) = home.hub.chargers.values()
    assert charger.station is connection.station
    assert home.hub.csms.connections == {"CP1": connection}
    assert sum("BootNotification" in f.text for f in charge_point.frames if f.sent) == 1
    device = home.device(charger.config.subentry_id)
    assert device is not None
    assert (device.name, device.manufacturer, device.model) == ("Garage", "Simulator", "Virtual 22")
    assert home.state("sensor.garage_connector_1_status") == "ready"
    assert home.state("sensor.garage_connector_2_status") == "ready"


async def test_charger_that_came_before_the_user_was_ready_is_not_waited_for(
    home: House, flows: SubentryFlows
) -> None:
    form = await flows.add_charger(name="Garage")
    charge_point = await switch_on(home, form["description_placeholders"]["key"])
    handler = home.hub.door.find("CP1")
    assert handler is not None
    await wait_until(home.hub.door.expected["CP1"].setup.ready.is_set)
    result = await flows.answer(form)

    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert charge_point.connected


async def test_added_charger_charges(home: House, flows: SubentryFlows) -> None:
    form = await flows.add_charger(name="Garage")
    waiting = await flows.answer(form)
    charge_point = await switch_on(home, form["description_placeholders"]["key"])
    await flows.arrived(waiting)

    await charge_point.plug_in(car())
    await home.settled(charge_point)
    await home.act("switch", "turn_on", "switch.garage_charging")
    await home.settled(charge_point)
    await home.run(charge_point, 600)
    assert home.state("sensor.garage_status") == "charging"


async def test_wrong_key_is_told_and_the_wait_goes_on_with_the_right_one(
    home: House, flows: SubentryFlows
) -> None:
    form = await flows.add_charger(name="Garage")
    waiting = await flows.answer(form)
    wrong = await switch_on(home, "w" * 20)
    await refused(wrong, "401")
    await wrong.stop()
    menu = await flows.arrived(waiting)
    assert menu["type"] is FlowResultType.MENU
    assert menu["step_id"] == "wrong_key"
    assert menu["menu_options"] == ["connect", "wait", "finish"]

    waiting = await flows.choose(menu, "wait")
    await switch_on(home, form["description_placeholders"]["key"])
    result = await flows.arrived(waiting)
    assert result["type"] is FlowResultType.CREATE_ENTRY


async def test_charger_that_does_not_come_leaves_a_choice(not_seen: Any) -> None:
    menu, _ = not_seen
    assert menu["type"] is FlowResultType.MENU
    assert menu["step_id"] == "not_seen"
    assert menu["menu_options"] == ["connect", "wait", "finish"]


async def test_charger_that_comes_late_is_added_after_all(
    home: House, flows: SubentryFlows, not_seen: Any
) -> None:
    menu, key = not_seen
    waiting = await flows.choose(menu, "wait")
    assert waiting["type"] is FlowResultType.SHOW_PROGRESS
    await switch_on(home, key)
    result = await flows.arrived(waiting)
    assert result["type"] is FlowResultType.CREATE_ENTRY


async def test_url_and_the_same_key_are_shown_again(
    home: House, flows: SubentryFlows, not_seen: Any
) -> None:
    menu, key = not_seen
    form = await flows.choose(menu, "connect")
    assert form["step_id"] == "connect"
    assert form["description_placeholders"]["key"] == key
    waiting = await flows.answer(form)
    await switch_on(home, key)
    result = await flows.arrived(waiting)
    assert result["type"] is FlowResultType.CREATE_ENTRY


async def test_charger_added_unseen_connects_when_it_comes(
    home: House, flows: SubentryFlows, not_seen: Any
) -> None:
    menu, key = not_seen
    result = await flows.choose(menu, "finish")
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["data"]["connectors"] == 1
    assert home.state("binary_sensor.garage_online") == "on"

    await home.connect(password=key)
    assert home.state("sensor.garage_status") == "ready"


async def test_hub_that_restarts_ends_the_wait_and_takes_it_up_again(
    home: House, flows: SubentryFlows
) -> None:
    form = await flows.add_charger(name="Garage")
    waiting = await flows.answer(form)
    await home.hass.config_entries.async_reload("hub")
    menu = await flows.arrived(waiting)
    assert menu["step_id"] == "not_seen"

    waiting = await flows.choose(menu, "wait")
    await switch_on(home, form["description_placeholders"]["key"])
    result = await flows.arrived(waiting)
    assert result["type"] is FlowResultType.CREATE_ENTRY


@pytest.mark.parametrize("option", ["connect", "wait"])
async def test_hub_that_stopped_ends_the_flow(
    home: House, flows: SubentryFlows, not_seen: Any, option: str
) -> None:
    menu, _ = not_seen
    await home.unload()
    result = await flows.choose(menu, option)
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "not_loaded")


async def test_charger_can_be_added_unseen_while_the_hub_is_stopped(
    home: House, flows: SubentryFlows, not_seen: Any
) -> None:
    menu, _ = not_seen
    await home.unload()
    result = await flows.choose(menu, "finish")
    assert result["type"] is FlowResultType.CREATE_ENTRY

    await home.set_up()
    assert charger_names(home) == {"CP1": "Garage"}


# Closing, and two at once -----------------------------------------------------------------------


async def test_closed_flow_lets_its_charger_go(home: House, flows: SubentryFlows) -> None:
    form = await flows.add_charger(name="Garage")
    charge_point = await switch_on(home, form["description_placeholders"]["key"])
    await wait_until(lambda: connected(home))
    flows.close(form)

    await wait_until(lambda: not connected(home))
    await refused(charge_point, "404")
    assert home.hub.door.find("CP1") is None
    assert home.hub.chargers == {}


async def test_flow_closed_in_its_wait_leaves_nothing(home: House, flows: SubentryFlows) -> None:
    waiting = await flows.answer(await flows.add_charger(name="Garage"))
    flows.close(waiting)
    await home.hass.async_block_till_done()

    assert home.hub.door.find("CP1") is None
    with pytest.raises(UnknownFlow):
        flows.manager.async_get(waiting["flow_id"])


async def test_flow_closed_while_the_hub_is_stopped_is_closed(
    home: House, flows: SubentryFlows
) -> None:
    form = await flows.add_charger(name="Garage")
    await home.unload()
    flows.close(form)
    assert home.entry.state is ConfigEntryState.NOT_LOADED


async def test_later_flow_for_one_id_wins(home: House, flows: SubentryFlows) -> None:
    left_open = await flows.add_charger(name="First")
    await flows.answer(left_open)
    early = await switch_on(home, left_open["description_placeholders"]["key"])
    await wait_until(lambda: connected(home))

    form = await flows.add_charger(name="Second")
    await refused(early, "401")
    await early.stop()
    waiting = await flows.answer(form)
    key = form["description_placeholders"]["key"]
    late = await switch_on(home, key)
    added = await flows.arrived(waiting)

    assert added["type"] is FlowResultType.CREATE_ENTRY
    assert charger_names(home) == {"CP1": "Second"}
    assert verify_key(added["data"]["key_hash"], key)
    assert late.connected


async def test_earlier_flow_for_one_id_ends_when_it_goes_on(
    home: House, flows: SubentryFlows, not_seen: Any
) -> None:
    earlier, _ = not_seen
    later = await flows.add_charger(name="Second")
    result = await flows.choose(earlier, "finish")

    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "already_claimed")
    assert charger_names(home) == {}
    waiting = await flows.answer(later)
    await switch_on(home, later["description_placeholders"]["key"])
    added = await flows.arrived(waiting)
    assert added["type"] is FlowResultType.CREATE_ENTRY


async def test_closing_the_earlier_flow_leaves_the_later_one_its_charger(
    home: House, flows: SubentryFlows
) -> None:
    earlier = await flows.add_charger(name="First")
    later = await flows.add_charger(name="Second")
    charge_point = await switch_on(home, later["description_placeholders"]["key"])
    await wait_until(lambda: connected(home))
    flows.close(earlier)
    await home.hass.async_block_till_done()

    result = await flows.answer(later)
    if result["type"] is FlowResultType.SHOW_PROGRESS:
        result = await flows.arrived(result)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert sum("BootNotification" in f.text for f in charge_point.frames if f.sent) == 1


async def test_id_taken_by_another_flow_meanwhile_is_not_added_twice(
    home: House, flows: SubentryFlows, not_seen: Any
) -> None:
    earlier, _ = not_seen
    later = await flows.answer(await flows.add_charger(name="Second", security="no_key"))
    await switch_on(home, None)
    await flows.arrived(later)
    result = await flows.choose(earlier, "wait")
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "already_claimed")
    assert charger_names(home) == {"CP1": "Second"}


async def test_id_taken_while_the_hub_was_stopped_is_not_added_twice(
    home: House, flows: SubentryFlows, not_seen: Any
) -> None:
    menu, _ = not_seen
    await home.unload()
    other = subentry(charger_subentry(title="Other"))
    home.hass.config_entries.async_add_subentry(home.entry, other)
    result = await flows.choose(menu, "finish")

    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "already_claimed")


async def test_charger_that_was_added_while_connected_is_never_reported_offline(
    home: House, flows: SubentryFlows
) -> None:
    form = await flows.add_charger(name="Garage")
    waiting = await flows.answer(form)
    await switch_on(home, form["description_placeholders"]["key"])
    await flows.arrived(waiting)
    (subentry_id,) = home.hub.chargers
    await home.pass_time(16 * 60)

    assert home.issue(f"charger_offline_{subentry_id}") is None
    assert home.state("sensor.garage_status") == "ready"
