"""What language models can do and ask about charging."""

from typing import Any

from homeassistant.components.homeassistant.exposed_entities import async_expose_entity
from homeassistant.core import Context
from homeassistant.helpers.llm import (
    LLM_API_ASSIST,
    APIInstance,
    LLMContext,
    ToolInput,
    ToolResult,
    async_get_api,
)
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockUser
import voluptuous as vol

from .house import House, wait_until


def _context(language: str | None = "nb", user_id: str | None = None) -> LLMContext:
    return LLMContext(
        platform="test",
        context=Context(user_id=user_id),
        language=language,
        assistant="conversation",
        device_id="speaker",
    )


async def _api(house: House, **context: Any) -> APIInstance:
    return await async_get_api(house.hass, LLM_API_ASSIST, _context(**context))


async def _call(house: House, tool: str, context: dict[str, Any], **given: Any) -> ToolResult:
    api = await _api(house, **context)
    result = await api.async_call_tool(ToolInput(f"zmartcharge__{tool}", given))
    await house.hass.async_block_till_done()
    return result


@pytest.fixture
async def home(house: House) -> House:
    """Return a house with language models and one charger."""
    for component in ("homeassistant", "conversation", "llm"):
        assert await async_setup_component(house.hass, component, {})
    await house.set_up()
    await house.connect()
    return house


async def test_models_get_a_tool_for_each_thing_that_can_be_said(home: House) -> None:
    api = await _api(home)
    ours = {tool.name for tool in api.tools if tool.integration == "zmartcharge"}
    assert ours == {
        f"zmartcharge__{name}"
        for name in (
            "start", "stop", "stop_all", "full_now", "smart_on", "smart_off", "when_ready",
            "price", "session_cost", "month_cost", "charging", "why", "free",
        )
    }  # fmt: skip
    assert "zmartcharge__*" in api.api_prompt


async def test_without_an_exposed_charger_there_are_none(home: House) -> None:
    for entity_id in home.entity_ids():
        async_expose_entity(home.hass, "conversation", entity_id, False)
    api = await _api(home)
    assert not [tool for tool in api.tools if tool.integration == "zmartcharge"]
    await home.unload()
    api = await _api(home)
    assert not [tool for tool in api.tools if tool.integration == "zmartcharge"]


async def test_model_is_answered_in_the_language_of_its_user(home: House) -> None:
    result = await _call(home, "free", {"language": "sv"}, charger="garaget")
    assert result.data == {"answer": "Ja, Garage är ledig.", "outcome": "answered"}
    result = await _call(home, "free", {"language": None})
    assert result.data["answer"] == "Yes, Garage is free."


async def test_model_cannot_stop_without_having_asked(home: House) -> None:
    await home.charge(home.charge_points[0])
    result = await _call(home, "stop", {}, confirmed=True)
    assert result.data["outcome"] == "asked"
    assert home.connector.in_session
    result = await _call(home, "stop", {})
    assert result.data["outcome"] == "asked"
    assert home.connector.in_session
    result = await _call(home, "stop", {}, confirmed=True)
    assert result.data["outcome"] == "done"
    await wait_until(lambda: not home.connector.in_session)


async def test_model_cannot_say_yes_before_its_user_has_spoken(home: House) -> None:
    await home.charge(home.charge_points[0])
    api = await _api(home)
    for given in ({}, {"confirmed": True}, {"confirmed": True}):
        result = await api.async_call_tool(ToolInput("zmartcharge__stop", given))
        assert result.data["outcome"] == "asked"
    assert home.connector.in_session
    result = await _call(home, "stop", {}, confirmed=True)
    assert result.data["outcome"] == "done"


async def test_model_has_the_rights_of_its_user(home: House, hass_read_only_user: MockUser) -> None:
    result = await _call(home, "start", {"user_id": hass_read_only_user.id})
    assert result.error
    assert result.data["answer"] == "Du har ikke lov til å styre Garage."
    result = await _call(home, "start", {"user_id": "gone"})
    assert result.error
    assert result.data["answer"] == "Jeg vet ikke hvem som snakker."


async def test_unknown_charger_and_wrong_arguments_are_errors(home: House) -> None:
    result = await _call(home, "free", {}, charger="the moon")
    assert result.error
    assert result.data["outcome"] == "not_ours"
    with pytest.raises(vol.Invalid):
        await _call(home, "free", {}, colour="red")
