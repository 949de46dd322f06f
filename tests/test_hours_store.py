"""What keeps the accounts of the hours over a restart."""

from typing import Any

import pytest

from .house import House, sensor_meter, site_subentry

KEY = "zmartcharge.hours"
PEAKS = "sensor.home_highest_hours_of_the_month"
EXPECTED = "sensor.home_estimate_for_this_hour"


WATTS = sensor_meter(power="sensor.watts")


@pytest.fixture
async def metered(house: House) -> House:
    """Return a running house whose meter is a sensor of its power."""
    await house.set_up(site_subentry(meter=WATTS), site_subentry("cabin", "Cabin"))
    return house


async def tell(house: House, watts: float = 6000, sensor: str = "sensor.watts") -> None:
    """Let the meter tell a power."""
    house.hass.states.async_set(sensor, str(watts), {"unit_of_measurement": "W"})
    await house.hass.async_block_till_done()


async def live(house: House, minutes: int, watts: float = 6000) -> None:
    """Let the meter tell a power each minute."""
    for _ in range(minutes):
        await tell(house, watts)
        await house.pass_time(60)


async def test_hours_outlive_a_restart(metered: House, hass_storage: dict[str, Any]) -> None:
    house = metered
    await live(house, 61)
    before = house.site.hours
    await house.unload()
    assert hass_storage[KEY]["data"].keys() == {"home"}
    await house.set_up()
    assert house.site.hours == before
    assert house.number(PEAKS) == pytest.approx(6)


async def test_power_before_a_restart_holds_until_the_next(
    metered: House, hass_storage: dict[str, Any]
) -> None:
    house = metered
    await live(house, 30)
    await house.unload()
    await house.pass_time(30)
    await house.set_up()
    await tell(house)
    assert house.number(EXPECTED) == pytest.approx(6, abs=0.01)


async def test_an_unclean_end_loses_minutes_at_most(
    metered: House, hass_storage: dict[str, Any]
) -> None:
    house = metered
    await live(house, 12)
    kept = hass_storage[KEY]["data"]["home"]
    assert kept["energy"] >= 6000 * 5 / 60
    # And a memory card is not written to with each list.
    assert kept["energy"] < 6000 * 11 / 60


async def test_site_that_never_had_a_reading_is_not_kept(
    metered: House, hass_storage: dict[str, Any]
) -> None:
    await metered.unload()
    assert KEY not in hass_storage


async def test_account_that_cannot_be_read_begins_anew(
    house: House,
    hass_storage: dict[str, Any],
    caplog: pytest.LogCaptureFixture,
) -> None:
    hass_storage[KEY] = {"version": 1, "key": KEY, "data": {"home": {"start": "yesterday"}}}
    await house.set_up(site_subentry(meter=WATTS))
    assert "Home: the account of its hours cannot be read and begins anew" in caplog.text
    await live(house, 61)
    assert house.number(PEAKS) == pytest.approx(6)


async def test_account_goes_with_its_site_and_with_the_hub(
    metered: House, hass_storage: dict[str, Any]
) -> None:
    house = metered
    await live(house, 6)
    await house.change("cabin", meter=sensor_meter(power="sensor.cabin"))
    await tell(house, 100, "sensor.cabin")
    await house.remove("home")
    await house.unload()
    assert hass_storage[KEY]["data"].keys() == {"cabin"}
    await house.hass.config_entries.async_remove("hub")
    await house.hass.async_block_till_done()
    assert KEY not in hass_storage
    del house.entry
