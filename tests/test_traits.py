"""What a charger has shown, from one start of Home Assistant to the next."""

from typing import Any

from homeassistant.core import HomeAssistant
import pytest

from custom_components.zmartcharge.csms import Learned
from custom_components.zmartcharge.traits import KnownCharger, TraitsStore

KEY = "zmartcharge.chargers"
STRATEGY = {
    "purpose": "TxProfile",
    "kind": "Relative",
    "stack_level": 0,
    "unit": "W",
    "whole": True,
}
KEPT = {
    "vendor": "ABB",
    "model": "TAC",
    "firmware": None,
    "version": "1.6",
    "learned": {"strategy": STRATEGY, "measurands": "Voltage", "unfinished_tries": 1},
}


def test_what_is_kept_comes_back_as_it_was() -> None:
    assert KnownCharger.from_dict(KEPT).to_dict() == KEPT
    older = {key: value for key, value in KEPT.items() if key != "version"}
    assert KnownCharger.from_dict(older).to_dict() == {**older, "version": None}


def test_charger_that_has_shown_nothing_is_kept_too() -> None:
    known = KnownCharger(vendor="ABB", model="TAC", firmware="1.8")
    assert KnownCharger.from_dict(known.to_dict()) == known
    assert known.learned == Learned()


@pytest.mark.parametrize(
    "damage",
    [None, [], {}, KEPT | {"learned": None}, KEPT | {"learned": {"strategy": {"unit": "A"}}}],
)
async def test_damaged_charger_is_found_out_anew_and_leaves_the_others(
    hass: HomeAssistant, hass_storage: dict[str, Any], damage: Any
) -> None:
    hass_storage[KEY] = {"version": 1, "key": KEY, "data": {"garage": damage, "drive": KEPT}}
    store = TraitsStore(hass)
    await store.load()
    assert store.values == {"drive": KnownCharger.from_dict(KEPT)}
