"""Reasons in the words of each language."""

from string import Formatter

from homeassistant.core import HomeAssistant
from homeassistant.helpers.translation import async_get_translations
import pytest

from custom_components.zmartcharge.balance import Reason, ReasonKey
from custom_components.zmartcharge.const import DOMAIN
from custom_components.zmartcharge.reasons import reason_text, text_of

from .flows import ENGLISH
from .test_translations import LANGUAGES

#: As load balancing gives them: A, W, Wh and s.
REASONS = (
    Reason(ReasonKey.UNLIMITED, {"limit": 16.0}),
    Reason(ReasonKey.LINE_FULL, {"line": "L2", "current": 24.1, "limit": 25.0}),
    Reason(ReasonKey.CIRCUIT_FULL, {"circuit": "Garage", "line": "L1", "limit": 20.0}),
    Reason(ReasonKey.POWER_CAP, {"limit": 11500.0}),
    Reason(ReasonKey.HOUR_BUDGET, {"energy": 1250}),
    Reason(ReasonKey.UNUSED, {"current": 8.5}),
    Reason(ReasonKey.WAITING_TURN),
    Reason(ReasonKey.WAITING_STABLE, {"seconds": 12}),
    Reason(ReasonKey.WAITING_RESTART, {"seconds": 40}),
    Reason(ReasonKey.EARLY_WARNING, {"line": "L3", "current": 22.0, "limit": 25.0}),
    Reason(ReasonKey.STARTING),
    Reason(ReasonKey.METER_LOST, {"seconds": 31}),
    Reason(ReasonKey.METER_FROZEN, {"line": "l1"}),
    Reason(ReasonKey.OFFLINE, {"current": 6.0}),
    Reason(ReasonKey.OWN_LIMIT, {"limit": 10.0}),
    Reason(ReasonKey.SECOND_SYSTEM_LIMIT, {"limit": 8.0}),
    Reason(ReasonKey.NOT_WANTED),
    Reason(ReasonKey.PLAN),
)


async def _speak(hass: HomeAssistant, language: str) -> None:
    hass.config.language = language
    await async_get_translations(hass, language, "exceptions", {DOMAIN})


def test_every_reason_is_here() -> None:
    assert {reason.key for reason in REASONS} == set(ReasonKey)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("reason", REASONS, ids=lambda reason: reason.key.value)
async def test_every_reason_can_be_said(hass: HomeAssistant, language: str, reason: Reason) -> None:
    await _speak(hass, language)
    text = reason_text(hass, reason)
    assert text != f"reason_{reason.key}"
    assert not {name for _, name, _, _ in Formatter().parse(text) if name}
    assert len(text) <= 255 and not text.endswith(".")


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Gets no more: L2 was at 24.1 of 25 A"),
        ("nb", "Får ikke mer: L2 var på 24,1 av 25 A"),
        ("sv", "Får inte mer: L2 var på 24,1 av 25 A"),
        ("da", "Får ikke mere: L2 var på 24,1 af 25 A"),
        # Not one of ours.
        ("de", "Gets no more: L2 was at 24.1 of 25 A"),
    ],
)
async def test_numbers_are_written_as_the_language_does(
    hass: HomeAssistant, language: str, text: str
) -> None:
    await _speak(hass, language)
    assert reason_text(hass, REASONS[1]) == text


@pytest.mark.parametrize(
    ("reason", "text"),
    [
        (REASONS[3], "The power of the site is limited to 11.5 kW"),
        (REASONS[4], "1.25 kWh are left of the limit for this hour"),
        (REASONS[12], "The current of L1 does not move, so the meter is not trusted"),
        (Reason(ReasonKey.HOUR_BUDGET, {"energy": 0}), "0 kWh are left of the limit for this hour"),
        (
            Reason(ReasonKey.UNLIMITED, {"limit": 100.0}),
            "Gets all that it can take (100 A)",
        ),
        (Reason(ReasonKey.UNLIMITED), "Gets all that it can take ({limit} A)"),
    ],
)
async def test_values_are_shown_as_people_read_them(
    hass: HomeAssistant, reason: Reason, text: str
) -> None:
    await _speak(hass, "en")
    assert reason_text(hass, reason) == text


async def test_text_that_is_not_there_is_told_by_its_key(hass: HomeAssistant) -> None:
    await _speak(hass, "nb")
    assert text_of(hass, "no_such_text", {}) == "no_such_text"


def test_no_word_for_a_reason_is_left_over() -> None:
    texts = {key for key in ENGLISH["exceptions"] if key.startswith("reason_")}
    assert texts == {f"reason_{key}" for key in ReasonKey}
