"""The card comes to every dashboard by itself, and leaves none behind."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest.mock import patch

from homeassistant.components.lovelace.const import LOVELACE_DATA
from homeassistant.components.lovelace.resources import ResourceStorageCollection
from homeassistant.config_entries import ConfigEntryDisabler
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.zmartcharge import card as card_module
from custom_components.zmartcharge.card import CARD
from custom_components.zmartcharge.const import DOMAIN

from .house import House, wait_until

OTHER = {"type": "module", "url": "/local/other.js"}


@pytest.fixture(autouse=True)
def quick_fixture() -> Iterator[None]:
    """Look often whether YAML was read anew."""
    with patch.object(card_module, "_LOOK_EVERY", 0.01):
        yield


async def dashboards(hass: HomeAssistant, **config: Any) -> None:
    """Set Home Assistant's dashboards up."""
    assert await async_setup_component(hass, "lovelace", {"lovelace": config})
    await hass.async_block_till_done()


async def listed(hass: HomeAssistant) -> list[str]:
    """Return the addresses that a dashboard loads."""
    resources = hass.data[LOVELACE_DATA].resources
    await resources.async_get_info()
    return [item["url"] for item in resources.async_items()]


def url(hass: HomeAssistant) -> str:
    """Return the card's address."""
    return hass.data[CARD].url


async def test_dashboards_load_the_card_after_installing(house: House) -> None:
    await dashboards(house.hass)
    await house.set_up()
    assert await listed(house.hass) == [url(house.hass)]


async def test_address_serves_the_card_and_may_be_kept(
    house: House, hass_client: ClientSessionGenerator
) -> None:
    await house.set_up()
    client = await hass_client()
    answer = await client.get(url(house.hass))
    assert answer.status == 200
    assert "customCards" in await answer.text()
    assert "max-age=2678400" in answer.headers["Cache-Control"]


async def test_dashboards_that_come_later_load_it_too(house: House) -> None:
    await house.set_up()
    await dashboards(house.hass)
    assert await listed(house.hass) == [url(house.hass)]


async def test_restart_adds_nothing(house: House) -> None:
    await dashboards(house.hass)
    await house.set_up()
    await house.unload()
    await house.set_up()
    assert await listed(house.hass) == [url(house.hass)]


async def test_upgrade_brings_the_new_card_and_leaves_other_resources_alone(
    house: House, hass_storage: dict[str, Any]
) -> None:
    old = "/zmartcharge_card/0000000000000000/zmartcharge.js"
    twice = "/zmartcharge_card/1111111111111111/zmartcharge.js"
    items = [
        {"id": "1", **OTHER},
        {"id": "2", "type": "js", "url": old},
        {"id": "3", "type": "module", "url": twice},
    ]
    hass_storage["lovelace_resources"] = {
        "version": 1, "key": "lovelace_resources", "data": {"items": items},
    }  # fmt: skip
    await dashboards(house.hass)
    await house.set_up()
    assert await listed(house.hass) == [OTHER["url"], url(house.hass)]
    resources = house.hass.data[LOVELACE_DATA].resources
    assert [item["type"] for item in resources.async_items()] == ["module", "module"]


async def test_removal_leaves_no_dead_resource(house: House) -> None:
    await dashboards(house.hass)
    await house.set_up()
    resources = house.hass.data[LOVELACE_DATA].resources
    assert isinstance(resources, ResourceStorageCollection)
    await resources.async_create_item({"res_type": "module", "url": OTHER["url"]})
    await house.hass.config_entries.async_remove(house.entry.entry_id)
    assert await listed(house.hass) == [OTHER["url"]]


async def test_removal_before_it_was_ever_set_up_leaves_none_either(hass: HomeAssistant) -> None:
    entry = MockConfigEntry(domain=DOMAIN, disabled_by=ConfigEntryDisabler.USER, minor_version=2)
    entry.add_to_hass(hass)
    assert (await hass.config_entries.async_remove(entry.entry_id))["require_restart"] is False


async def test_yaml_mode_loads_it_beside_what_the_user_lists(house: House) -> None:
    mine = [dict(OTHER)]
    await dashboards(house.hass, resource_mode="yaml", resources=mine)
    await house.set_up()
    assert await listed(house.hass) == [OTHER["url"], url(house.hass)]
    assert mine == [OTHER]
    await house.unload()
    await house.set_up()
    assert await listed(house.hass) == [OTHER["url"], url(house.hass)]


async def test_yaml_mode_loads_it_after_the_users_list_was_read_anew(house: House) -> None:
    await dashboards(house.hass, resource_mode="yaml", resources=[])
    await house.set_up()
    read = {"lovelace": {"resource_mode": "yaml", "resources": [OTHER]}}
    with patch("homeassistant.components.lovelace.async_hass_config_yaml", return_value=read):
        await house.hass.services.async_call("lovelace", "reload_resources", blocking=True)
    data = house.hass.data[LOVELACE_DATA]
    await wait_until(lambda: len(data.resources.async_items()) == 2)
    assert await listed(house.hass) == [OTHER["url"], url(house.hass)]


async def test_yaml_mode_forgets_it_when_removed(house: House) -> None:
    await dashboards(house.hass, resource_mode="yaml", resources=[OTHER])
    await house.set_up()
    await house.hass.config_entries.async_remove(house.entry.entry_id)
    assert await listed(house.hass) == [OTHER["url"]]


async def test_fingerprint_is_another_one_for_another_build(
    hass: HomeAssistant, tmp_path: Path
) -> None:
    (tmp_path / "zmartcharge.js").write_text("1")
    with patch.object(card_module, "_FOLDER", tmp_path):
        before = card_module._fingerprint()
        assert card_module._fingerprint() == before
        (tmp_path / "zmartcharge.js").write_text("2")
        assert card_module._fingerprint() != before
