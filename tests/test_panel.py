"""The panel is in the sidebar as long as the integration is installed."""

from homeassistant.components import frontend, panel_custom
from homeassistant.core import HomeAssistant

from custom_components.zmartcharge.card import CARD
from custom_components.zmartcharge.const import DOMAIN

from .house import House


def shown(hass: HomeAssistant) -> frontend.Panel | None:
    """Return what the sidebar has under our address."""
    return hass.data.get(frontend.DATA_PANELS, {}).get(DOMAIN)


async def test_all_users_have_it_from_the_same_address_as_the_card(house: House) -> None:
    await house.set_up()
    panel = shown(house.hass)
    assert panel is not None
    assert panel.sidebar_title == "ZmartCharge"
    assert panel.require_admin is False
    assert panel.config is not None
    custom = panel.config["_panel_custom"]
    assert custom["name"] == "zmartcharge-panel"
    assert custom["module_url"] == house.hass.data[CARD].url


async def test_it_stays_while_the_integration_is_loaded_anew(house: House) -> None:
    await house.set_up()
    await house.unload()
    assert shown(house.hass)
    await house.set_up()
    assert shown(house.hass)


async def test_it_goes_with_the_integration_and_comes_again_with_it(house: House) -> None:
    await house.set_up()
    await house.hass.config_entries.async_remove(house.entry.entry_id)
    assert shown(house.hass) is None
    house.configure()
    await house.set_up()
    assert shown(house.hass)


async def test_a_page_of_the_users_own_stays(house: House) -> None:
    await panel_custom.async_register_panel(
        house.hass, DOMAIN, "my-panel", module_url="/local/mine.js"
    )
    await house.set_up()
    await house.hass.config_entries.async_remove(house.entry.entry_id)
    panel = shown(house.hass)
    assert panel is not None
    assert panel.config is not None
    assert panel.config["_panel_custom"]["name"] == "my-panel"
