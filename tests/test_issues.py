"""Repairs, each raised once and cleared when the thing works."""

from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.translation import async_get_translations
import pytest

from custom_components.zmartcharge.automation_file import CannotAddError, Obstacle
from custom_components.zmartcharge.automation_kind import LOAD_BALANCING
from custom_components.zmartcharge.const import DOMAIN
from custom_components.zmartcharge.issues import Issues
from custom_components.zmartcharge.ledger import (
    LedgerClosedError,
    LedgerCorruptError,
    LedgerError,
    LedgerFullError,
    LedgerNewerError,
    LedgerUnavailableError,
)
from custom_components.zmartcharge.limiter import Defiance

from .flows import ENGLISH, placeholders
from .house import House


def _issue(hass: HomeAssistant) -> ir.IssueEntry | None:
    return ir.async_get(hass).async_get_issue(DOMAIN, "ledger")


@pytest.mark.parametrize(
    "error",
    [
        LedgerClosedError,
        LedgerCorruptError,
        LedgerFullError,
        LedgerNewerError,
        LedgerUnavailableError,
    ],
)
async def test_each_trouble_of_the_ledger_has_a_text(
    hass: HomeAssistant, error: type[LedgerError]
) -> None:
    Issues(hass).ledger_failed(error("why"))
    issue = _issue(hass)
    assert issue is not None
    texts = await async_get_translations(hass, "en", "issues", {DOMAIN})
    text = texts[f"component.{DOMAIN}.issues.{issue.translation_key}.description"]
    assert "{error}" in text


async def test_working_ledger_clears_only_what_failed_in_this_run(hass: HomeAssistant) -> None:
    Issues(hass).ledger_failed(LedgerFullError("full"))
    later = Issues(hass)
    later.ledger_works()
    assert _issue(hass) is not None
    later.ledger_opened()
    assert _issue(hass) is None


async def test_working_again_clears(hass: HomeAssistant) -> None:
    issues = Issues(hass)
    issues.ledger_failed(LedgerFullError("full"))
    issues.ledger_failed(LedgerFullError("still full"))
    issue = _issue(hass)
    assert issue is not None
    assert issue.translation_placeholders == {"error": "still full"}
    issues.ledger_works()
    assert _issue(hass) is None


async def test_each_step_against_a_charger_that_does_not_obey_is_told(house: House) -> None:
    await house.set_up()
    issues, connector = house.hub.issues, house.connector
    issue_id = "limit_ignored_garage_1"
    for step in (Defiance.SENT_AGAIN, Defiance.STOPPED, Defiance.DISABLED):
        issues.limit_ignored(connector, step)
        issue = house.issue(issue_id)
        assert issue is not None
        text = ENGLISH["issues"][issue.translation_key]
        named = placeholders(text["title"] + text["description"])
        assert named <= set(issue.translation_placeholders or {})
    assert issue.severity is ir.IssueSeverity.CRITICAL
    issues.limit_obeyed(connector)
    assert house.issue(issue_id) is None


async def test_what_a_removed_charger_did_is_forgotten(house: House) -> None:
    await house.set_up()
    house.hub.issues.limit_ignored(house.connector, Defiance.STOPPED)
    await house.remove("garage")
    assert house.issue("limit_ignored_garage_1") is None


@pytest.mark.parametrize("obstacle", list(Obstacle))
async def test_each_obstacle_to_the_automation_has_words(house: House, obstacle: Obstacle) -> None:
    await house.set_up()
    house.hub.issues.automation_not_added(
        LOAD_BALANCING, house.site, CannotAddError(obstacle, "why"), "- id: x\n"
    )
    issue = house.issue("balancing_unanswered_home")
    assert issue is not None and issue.translation_key is not None
    text = ENGLISH["issues"][issue.translation_key]
    assert "yaml" in placeholders(text["description"])
    assert placeholders(text["title"] + text["description"]) <= set(
        issue.translation_placeholders or {}
    )
