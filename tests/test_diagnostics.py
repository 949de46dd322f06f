"""Diagnostics."""

import json

import pytest
from pytest_homeassistant_custom_component.components.diagnostics import (
    get_diagnostics_for_config_entry,
)
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator, MqttMockHAClient
from syrupy.assertion import SnapshotAssertion
from syrupy.filters import props

from .house import KEY, KEY_HASH, House, charger_subentry, metered_site, pow_u_meter, site_subentry
from .priced import Priced, patient_fixture, priced_site  # noqa: F401


async def test_diagnostics_help_without_telling_who_it_is(
    house: House,
    mqtt_mock: MqttMockHAClient,
    hass_client: ClientSessionGenerator,
    snapshot: SnapshotAssertion,
) -> None:
    await house.set_up(
        metered_site(
            address="Storgata 1", location={"latitude": 59.91, "longitude": 10.75, "radius": 50}
        ),
        charger_subentry(),
    )
    charge_point = await house.connect()
    await house.charge(charge_point, 60)
    await house.meter({"P": 12000, "I1": 18.0, "I2": 17.5, "I3": 17.0, "meterId": "7359"})
    await house.meter("no JSON")
    diagnostics = await get_diagnostics_for_config_entry(house.hass, hass_client, house.entry)
    text = json.dumps(diagnostics)
    for secret in (
        KEY,
        KEY_HASH,
        "CP1",
        "SIM0001",
        "ams2mqtt",
        "Storgata",
        "59.91",
        "10.75",
        "7359",
        "Garage",
        "ledger.db",
    ):
        assert secret not in text, secret
    assert diagnostics == snapshot(exclude=props("port", "created_at", "modified_at"))


async def test_diagnostics_of_a_pow_u_hide_its_token(
    house: House, hass_client: ClientSessionGenerator
) -> None:
    token = "abcdefghij0123456789"
    await house.set_up(site_subentry(meter=pow_u_meter(token)))
    diagnostics = await get_diagnostics_for_config_entry(house.hass, hass_client, house.entry)
    assert token not in json.dumps(diagnostics)
    assert diagnostics["sites"][0]["meter"] == "pow_u"


async def test_diagnostics_of_a_charger_that_never_came(
    house: House, hass_client: ClientSessionGenerator
) -> None:
    await house.set_up()
    diagnostics = await get_diagnostics_for_config_entry(house.hass, hass_client, house.entry)
    assert diagnostics["chargers"][0]["connected"] is False
    assert diagnostics["chargers"][0]["boot"] is None
    assert diagnostics["chargers"][0]["connectors"][0]["session"] is None


@pytest.mark.usefixtures("patient")
async def test_diagnostics_tell_of_the_price_and_the_plan(
    house: House, hass_client: ClientSessionGenerator
) -> None:
    home = Priced(house)
    home.prices(cheap=(6, 7))
    await house.set_up(priced_site(), charger_subentry())
    home.answer()
    await home.connect()
    await home.ready_by(9)
    await home.plug_in(home.charge_points[0])
    await home.live(1)
    data = await get_diagnostics_for_config_entry(house.hass, hass_client, house.entry)
    (site,) = data["sites"]
    assert site["price"]["source"] == "sensor"
    assert site["price"]["periods"] > 100
    smart = data["chargers"][0]["connectors"][0]["smart_charging"]
    assert (smart["smart"], smart["held"], smart["plan"]) == (True, True, "waiting")
    assert smart["slots"][0][0] == home.hour(6).isoformat()
