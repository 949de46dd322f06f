"""Values that are kept over a restart, by whom they belong to."""

from datetime import timedelta
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import async_fire_time_changed

from custom_components.zmartcharge.kept_values import KeptValues

KEY = "zmartcharge.numbers"


def _numbers(hass: HomeAssistant) -> KeptValues[int]:
    return KeptValues(hass, "numbers", read=int, write=str, save_after=10)


async def test_values_are_there_again_after_a_restart(hass: HomeAssistant) -> None:
    numbers = _numbers(hass)
    numbers.values["garage"] = 7
    numbers.changed()
    await numbers.close()
    again = _numbers(hass)
    await again.load()
    assert again.values == {"garage": 7}


async def test_change_is_saved_by_itself_however_many_follow(
    hass: HomeAssistant, hass_storage: dict[str, Any]
) -> None:
    numbers = _numbers(hass)
    for second in range(12):
        numbers.values["garage"] = second
        numbers.changed()
        async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=second))
        await hass.async_block_till_done()
    assert KEY in hass_storage


async def test_damaged_value_begins_anew_and_leaves_the_others(
    hass: HomeAssistant, hass_storage: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    hass_storage[KEY] = {"version": 1, "key": KEY, "data": {"garage": "7", "drive": None}}
    numbers = _numbers(hass)
    await numbers.load()
    assert numbers.values == {"garage": 7}
    assert "The numbers kept of drive cannot be read and begin anew" in caplog.text


async def test_nothing_is_written_where_nothing_changed(
    hass: HomeAssistant, hass_storage: dict[str, Any]
) -> None:
    numbers = _numbers(hass)
    await numbers.load()
    await numbers.close()
    assert KEY not in hass_storage


async def test_removed_values_are_gone(hass: HomeAssistant, hass_storage: dict[str, Any]) -> None:
    numbers = _numbers(hass)
    numbers.values["garage"] = 7
    numbers.changed()
    await numbers.close()
    await numbers.remove()
    assert KEY not in hass_storage


async def test_what_is_said_too_late_replaces_nothing(
    hass: HomeAssistant, hass_storage: dict[str, Any]
) -> None:
    numbers = _numbers(hass)
    numbers.values["garage"] = 7
    numbers.changed()
    await numbers.close()
    # A task of a hub that has stopped comes to its end.
    numbers.values["garage"] = 8
    numbers.changed()
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(minutes=1))
    await hass.async_block_till_done()
    assert hass_storage[KEY]["data"] == {"garage": "7"}
