"""What real chargers do: lost answers, wrong clocks, refused settings, half of the standard."""

import asyncio
from datetime import timedelta
from unittest.mock import patch

from homeassistant.config_entries import SOURCE_INTEGRATION_DISCOVERY, ConfigEntryState
from homeassistant.const import STATE_OFF, STATE_ON, STATE_UNKNOWN
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
import pytest
from pytest_homeassistant_custom_component.common import async_capture_events

from custom_components.zmartcharge import async_remove_config_entry_device
from custom_components.zmartcharge.const import DOMAIN
from custom_components.zmartcharge.hub import Hub
from custom_components.zmartcharge.ledger import StartedTransaction, TransactionStart

from .flows import SubentryFlows, flows_fixture, home_fixture, spoken_fixture  # noqa: F401
from .house import House, charger_subentry, site_subentry, status_call, wait_until
from .raw import iso, knock, now, power, register, scripted, start

POWER = "sensor.garage_power"
CHARGING = "switch.garage_charging"


# Coming and going ------------------------------------------------------------------------------


async def test_charger_that_was_added_while_connected_is_not_reported_offline(
    home: House, flows: SubentryFlows
) -> None:
    form = await flows.add_charger(name="Garage")
    waiting = await flows.answer(form)
    charge_point = home.charge_point(password=form["description_placeholders"]["key"])
    await charge_point.start()
    await flows.arrived(waiting)
    await home.settled(charge_point)
    (charger,) = home.hub.chargers.values()
    await charge_point.call(status_call("Charging"))
    charger.connectors[1].session = None
    await home.hass.async_block_till_done()
    await home.pass_time(31)
    assert home.state("binary_sensor.garage_online") == STATE_ON
    assert home.state("sensor.garage_status") == "charging"
    await home.pass_time(15 * 60)
    assert charger.connected
    assert home.issue(f"charger_offline_{charger.config.subentry_id}") is None
