"""Flows as a user goes through them, each of whose steps must have its words."""

from collections.abc import Iterator
import json
from pathlib import Path
import re
from types import MappingProxyType
from typing import Any
from unittest.mock import patch

from homeassistant.config_entries import (
    SOURCE_RECONFIGURE,
    SOURCE_USER,
    ConfigSubentry,
    ConfigSubentryDataWithId,
)
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowHandler, FlowManager, FlowResultType
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.selector import SelectSelector
import pytest

from custom_components.zmartcharge import flow_charger
from custom_components.zmartcharge.const import DOMAIN, SUBENTRY_CHARGER, SUBENTRY_SITE
from custom_components.zmartcharge.flow_security import SecurityOptionsFlow
from simulator import SimulatedChargePoint

from .house import House, site_subentry, wait_until

INTEGRATION = Path(__file__).parent.parent / "custom_components" / DOMAIN
ENGLISH: dict[str, Any] = json.loads((INTEGRATION / "translations" / "en.json").read_text())

#: What a user fills in for a new charger.
CHARGER = {
    "name": "Garage",
    "charge_point_id": "CP1",
    "site": "home",
    "circuit_fuse": 20,
    "wiring": "l1_l2_l3",
    "access": "open",
    "security": "generated_key",
}
#: What a user fills in for a new site.
SITE = {"name": "Cabin", "grid_type": "it_230", "main_fuse": 40}


def placeholders(text: str) -> set[str]:
    """Return the names of a text's placeholders."""
    return set(re.findall(r"{(\w+)}", text))


class Words:
    """Checks that whatever a flow shows has words, and that the words get what they name."""

    def __init__(self, texts: dict[str, Any]) -> None:
        """Take the translations of one flow."""
        self._texts = texts

    def check(self, result: Any) -> None:
        """Raise AssertionError for anything without words."""
        given = set(result.get("description_placeholders") or {})
        match result["type"]:
            case FlowResultType.FORM:
                self._check_form(result, given)
            case FlowResultType.MENU:
                step = self._texts["step"][result["step_id"]]
                self._check_step(step, given)
                assert set(result["menu_options"]) <= set(step["menu_options"])
            case FlowResultType.SHOW_PROGRESS:
                assert placeholders(self._texts["progress"][result["progress_action"]]) <= given
            case FlowResultType.ABORT if "translation_domain" not in result:
                assert placeholders(self._texts["abort"][result["reason"]]) <= given

    def _check_form(self, result: Any, given: set[str]) -> None:
        step = self._texts["step"][result["step_id"]]
        self._check_step(step, given)
        for marker, field in (
            result["data_schema"].schema if result["data_schema"] else {}
        ).items():
            assert step["data"][str(marker)]
            assert step["data_description"][str(marker)]
            if isinstance(field, SelectSelector) and (key := field.config.get("translation_key")):
                options = ENGLISH["selector"][key]["options"]
                assert _unlabelled(field) <= set(options)
        for error in (result["errors"] or {}).values():
            assert self._texts["error"][error]

    def _check_step(self, step: dict[str, Any], given: set[str]) -> None:
        assert step["title"]
        assert placeholders(step["description"]) <= given


def _unlabelled(field: SelectSelector) -> set[str]:
    """Return the options that have no name of their own, and so need words."""
    options = [
        {"value": option, "label": option} if isinstance(option, str) else option
        for option in field.config["options"]
    ]
    return {option["value"] for option in options if option["label"] == option["value"]}


def words_of(hass: HomeAssistant, flow: FlowHandler[Any, Any, Any]) -> Words | None:
    """Return the words of one of our flows, None for those of others."""
    match flow.handler:
        case (_, str(subentry_type)):
            return Words(ENGLISH["config_subentries"][subentry_type])
        case str(handler) if handler == DOMAIN and "issue_id" in flow.context:
            issue = ir.async_get(hass).async_get_issue(DOMAIN, flow.context["issue_id"])
            # A repair that was carried out has no more to say.
            key = issue.translation_key if issue else None
            return Words(ENGLISH["issues"][key]["fix_flow"]) if key else None
        case str(handler) if handler == DOMAIN:
            return Words(ENGLISH["config"])
        case str() if isinstance(flow, SecurityOptionsFlow):
            return Words(ENGLISH["options"])
    return None


@pytest.fixture(name="spoken")
def spoken_fixture() -> Iterator[None]:
    """Fail a test in which a flow shows something that has no words."""
    original = FlowManager._async_handle_step
    wordless: list[str] = []

    async def checked(
        self: FlowManager[Any, Any, Any], flow: FlowHandler[Any, Any, Any], *arguments: Any
    ) -> Any:
        words = words_of(self.hass, flow)
        result = await original(self, flow, *arguments)
        # Nobody sees a discovery that ends before it has been shown.
        discovered = flow.source in ("integration_discovery", "mqtt")
        if words and not (flow.cur_step is None and discovered):
            try:
                words.check(result)
            except (AssertionError, KeyError) as err:
                wordless.append(f"{result!r}: {err!r}")
        return result

    with patch.object(FlowManager, "_async_handle_step", checked):
        yield
    assert not wordless


def subentry(data: ConfigSubentryDataWithId) -> ConfigSubentry:
    """Return a subentry that is not in its entry yet."""
    return ConfigSubentry(
        data=MappingProxyType(dict(data["data"])),
        subentry_type=data["subentry_type"],
        title=data["title"],
        unique_id=data["unique_id"],
    )


def defaults(result: Any) -> dict[str, Any]:
    """Return what a form is filled with when it opens."""
    filled = {}
    for marker in result["data_schema"].schema:
        if marker.description and "suggested_value" in marker.description:
            filled[str(marker)] = marker.description["suggested_value"]
        elif callable(marker.default):
            filled[str(marker)] = marker.default()
    return filled


class SubentryFlows:
    """The flows of sites and chargers in a house."""

    def __init__(self, house: House) -> None:
        """Take the house."""
        self.house = house
        self.manager = house.hass.config_entries.subentries

    async def add_site(self) -> Any:
        """Open the flow of a new site."""
        return await self._open(SUBENTRY_SITE, {"source": SOURCE_USER})

    async def change_site(self, subentry_id: str = "home", what: str | None = "site") -> Any:
        """Open the flow that changes a site, and choose what of it; with None only its menu."""
        context = {"source": SOURCE_RECONFIGURE, "subentry_id": subentry_id}
        menu = await self._open(SUBENTRY_SITE, context)
        return await self.choose(menu, what) if what else menu

    async def add_charger(self, **values: Any) -> Any:
        """Open the flow of a new charger; with values, fill its form in."""
        result = await self._open(SUBENTRY_CHARGER, {"source": SOURCE_USER})
        return await self.answer(result, **{**CHARGER, **values}) if values else result

    async def change_charger(self, subentry_id: str = "garage", **values: Any) -> Any:
        """Open the flow that changes a charger; with values, change those in its form.

        Where its settings and a second central system are all there is, its settings are chosen.
        """
        result = await self.charger_menu(subentry_id)
        if result.get("menu_options") == ["charger", "second_system"]:
            result = await self.choose(result, "charger")
        return await self.answer(result, **{**defaults(result), **values}) if values else result

    async def charger_menu(self, subentry_id: str = "garage") -> Any:
        """Open the flow that changes a charger, and choose nothing yet."""
        context = {"source": SOURCE_RECONFIGURE, "subentry_id": subentry_id}
        return await self._open(SUBENTRY_CHARGER, context)

    async def answer(self, result: Any, **values: Any) -> Any:
        """Submit a form, with nothing filled in but ``values``."""
        result = await self.manager.async_configure(result["flow_id"], values)
        await self.house.hass.async_block_till_done()
        return result

    async def keep_site(self, result: Any, **values: Any) -> Any:
        """Submit the form of a site; a new one does without a meter, and without a price for now."""
        result = await self.answer(result, **values)
        if result["type"] is not FlowResultType.MENU:
            return result
        return await self.without_price(await self.choose(result, "no_meter"))

    async def without_price(self, result: Any) -> Any:
        """Decide later how power is paid for."""
        assert result["step_id"] in ("price", "country")
        if result["step_id"] == "country":
            result = await self.answer(result, country="NO")
        return await self.choose(result, "price_later")

    async def choose(self, result: Any, option: str) -> Any:
        """Choose from a menu."""
        return await self.answer(result, next_step_id=option)

    async def arrived(self, result: Any) -> Any:
        """Wait until a flow has waited enough, and return what it shows then."""
        flow_id = result["flow_id"]
        await wait_until(lambda: self.manager.async_get(flow_id)["step_id"] != "wait")
        result = await self.manager.async_configure(flow_id)
        await self.house.hass.async_block_till_done()
        return result

    def close(self, result: Any) -> None:
        """Close a flow's window."""
        self.manager.async_abort(result["flow_id"])

    async def _open(self, subentry_type: str, context: Any) -> Any:
        handler = (self.house.entry.entry_id, subentry_type)
        return await self.manager.async_init(handler, context=context)


@pytest.fixture(name="flows")
def flows_fixture(house: House, spoken: None) -> SubentryFlows:
    """Return the flows of sites and chargers."""
    return SubentryFlows(house)


@pytest.fixture(name="home")
async def home_fixture(house: House) -> House:
    """Return a house with a site and no charger."""
    await house.set_up(site_subentry())
    return house


@pytest.fixture(name="not_seen")
async def not_seen_fixture(home: House, flows: SubentryFlows) -> Any:
    """Return the menu after a wait for a charger that did not come, and the key."""
    form = await flows.add_charger(name="Garage")
    with patch.object(flow_charger, "WAIT_FOR_BOOT", 0.0):
        menu = await flows.arrived(await flows.answer(form))
    return menu, form["description_placeholders"]["key"]


def connected(house: House, identity: str = "CP1") -> bool:
    """Tell whether a charger has a connection, be it configured or expected."""
    return identity in house.hub.csms.connections


async def switch_on(house: House, key: str | None, **settings: Any) -> SimulatedChargePoint:
    """Switch a charger on that nobody may know yet."""
    charge_point = house.charge_point(password=key, **settings)
    await charge_point.start()
    return charge_point


async def refused(charge_point: SimulatedChargePoint, why: str) -> None:
    """Wait until a charger is turned away with an HTTP status."""
    await charge_point.wait_for(lambda cp: not cp.connected and why in (cp.refusal or ""))


def charger_names(house: House) -> dict[str, str]:
    """Return the names of the configured chargers by charge point id."""
    return {c.config.charge_point_id: c.config.name for c in house.hub.chargers.values()}
