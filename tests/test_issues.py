"""Repairs, each raised once and cleared when the thing works."""

from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.translation import async_get_translations
import pytest

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
