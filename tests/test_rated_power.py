"""What a charger's meter tells is held to what the charger can deliver."""

from dataclasses import replace

import pytest

from custom_components.zmartcharge.rated_power import max_watt

from .house import House, charger_subentry, site_subentry


@pytest.mark.parametrize(
    ("fuse", "told", "most"),
    [
        # What was set may be less than what is there.
        (16, {}, 3 * 230 * 32 * 1.2),
        (63, {}, 3 * 230 * 63 * 1.2),
        (32, {"EVSE#1.Power": "50000"}, 60_000),
        (32, {"EVSE#1.Power.maxLimit": "50000.0", "EVSE#1.Power": "0"}, 60_000),
        (32, {"EVSE#1.Power": "7400"}, 3 * 230 * 32 * 1.2),
        (32, {"EVSE#1.Power": "much", "EVSE#2.Power": "nan", "EVSE#3.Power": "1e12"}, 26_496),
        (32, {"EVSE#1.Power": None, "Connector#1.Power": "90000"}, 26_496),
    ],
)
async def test_a_charger_delivers_what_its_fuse_carries_or_it_says_itself(
    house: House, fuse: int, told: dict[str, str | None], most: float
) -> None:
    site = site_subentry(main_fuse=63)
    assert await house.set_up(site, charger_subentry(circuit_fuse=fuse))
    house.charger.abilities = replace(house.charger.abilities, configuration=told)
    assert max_watt(house.charger) == round(most)


@pytest.mark.parametrize("ocpp", ["1.6", "2.0.1"])
async def test_14_a_leap_that_this_charger_cannot_have_delivered_is_not_counted(
    house: House, ocpp: str
) -> None:
    assert await house.set_up()
    charge_point = await house.connect(ocpp=ocpp)
    await house.charge(charge_point, 60)
    before = house.connector.session_energy
    assert before
    connector = charge_point.evse.connector(1)
    right = connector._energy_wh
    # A value that 500 kW would be needed for, once.
    connector._energy_wh = right + 9_000.0
    await house.run(charge_point, 10)
    assert house.connector.session_energy == before
    connector._energy_wh = right
    await house.run(charge_point, 60)
    assert before < (house.connector.session_energy or 0) < before + 1_000
