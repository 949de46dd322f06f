"""The conditions for a price."""

from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers.condition import async_from_config, async_validate_condition_config
import pytest
import voluptuous as vol

from .house import House, charger_subentry
from .priced import Priced, patient_fixture, priced_site  # noqa: F401

pytestmark = pytest.mark.usefixtures("patient")


async def _holds(hass: HomeAssistant, condition: str, **options: Any) -> bool | None:
    config = await async_validate_condition_config(
        hass, {"condition": f"zmartcharge.{condition}", "options": options}
    )
    checker = await async_from_config(hass, config)
    try:
        return checker.async_check()
    finally:
        checker.async_unload()


async def _home(house: House, **prices: Any) -> tuple[Priced, str]:
    priced = Priced(house)
    if prices:
        priced.prices(**prices)
    await house.set_up(priced_site(), charger_subentry())
    await priced.settle()
    device = house.device("home")
    assert device is not None
    return priced, device.id


async def test_cheap_hours_are_cheap_and_dear_ones_dear(house: House) -> None:
    home, site = await _home(house, cheap=(0,), h1="3")
    assert await _holds(house.hass, "is_cheap", device_id=site)
    assert not await _holds(house.hass, "is_peak", device_id=site)
    await home.live(65, step=300)
    assert not await _holds(house.hass, "is_cheap", device_id=site)
    assert await _holds(house.hass, "is_peak", device_id=site)
    await home.live(60, step=300)
    assert not await _holds(house.hass, "is_peak", device_id=site, share=50)


async def test_price_that_is_not_known_is_neither(house: House) -> None:
    _, site = await _home(house)
    assert not await _holds(house.hass, "is_cheap", device_id=site)
    assert not await _holds(house.hass, "is_peak", device_id=site)


async def test_device_that_is_no_site_has_no_price(house: House) -> None:
    await _home(house, cheap=(0,))
    assert not await _holds(house.hass, "is_cheap", device_id="nowhere")


@pytest.mark.parametrize("share", [0, 51, "much"])
async def test_share_that_makes_no_sense_is_refused(house: House, share: Any) -> None:
    _, site = await _home(house, cheap=(0,))
    with pytest.raises(vol.Invalid):
        await _holds(house.hass, "is_cheap", device_id=site, share=share)
