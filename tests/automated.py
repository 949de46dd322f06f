"""A house whose Home Assistant has its automations in files, as after an ordinary installation."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from homeassistant.components.automation import DOMAIN as AUTOMATION
from homeassistant.components.repairs import DOMAIN as REPAIRS
from homeassistant.components.repairs.issue_handler import RepairsFlowManager
from homeassistant.helpers import entity_registry as er, issue_registry as ir
from homeassistant.setup import async_setup_component
from homeassistant.util.yaml import dump, load_yaml
import pytest
from pytest_homeassistant_custom_component.typing import MqttMockHAClient

from .house import House

AUTOMATION_ID = "zmartcharge_balance_home"
ISSUE = "balancing_unanswered_home"

#: What a user wrote, who likes comments.
LIGHTS = """# My automations
- id: '1'
  alias: Lights  # in the hall
  triggers:
  - trigger: event
    event_type: dusk
  actions: []
"""


@dataclass
class Automated:
    """The files of a house, and what people do with its automations."""

    house: House

    @property
    def folder(self) -> Path:
        """Return the configuration's folder."""
        return Path(self.house.hass.config.config_dir)

    @property
    def file(self) -> Path:
        """Return Home Assistant's file of automations."""
        return self.folder / "automations.yaml"

    @property
    def blueprint(self) -> Path:
        """Return the installed blueprint."""
        return self.folder / "blueprints" / "automation" / "zmartcharge" / "load_balancing.yaml"

    async def start(
        self,
        automations: str = LIGHTS,
        configuration: str = "automation: !include automations.yaml",
    ) -> None:
        """Write the files, and load what Home Assistant loads before us."""
        (self.folder / "configuration.yaml").write_text(f"{configuration}\n")
        self.file.write_text(automations)
        config = {AUTOMATION: self.automations} if "!include a" in configuration else {}
        assert await async_setup_component(self.house.hass, REPAIRS, {})
        assert await async_setup_component(self.house.hass, AUTOMATION, config)
        await self.house.hass.async_block_till_done()

    @property
    def automations(self) -> list[dict[str, Any]]:
        """Return what is in the file."""
        found: Any = load_yaml(self.file)
        return list(found or [])

    @property
    def ours(self) -> list[dict[str, Any]]:
        """Return what we have put there."""
        return [each for each in self.automations if each["id"].startswith("zmartcharge")]

    def entity_id(self, automation_id: str = AUTOMATION_ID) -> str | None:
        """Return the entity of an automation that is loaded or was."""
        return er.async_get(self.house.hass).async_get_entity_id(
            AUTOMATION, AUTOMATION, automation_id
        )

    def state(self, automation_id: str = AUTOMATION_ID) -> str:
        """Return the state of an automation."""
        return self.house.state(self.entity_id(automation_id) or "")

    async def write(self, automations: list[dict[str, Any]]) -> None:
        """Write the file and load it, as an editor does."""
        self.file.write_text(dump(automations))
        await self.house.hass.services.async_call(AUTOMATION, "reload", blocking=True)
        await self.house.hass.async_block_till_done()

    async def delete(self, automation_id: str = AUTOMATION_ID) -> None:
        """Delete an automation as Home Assistant's editor does, and let that settle."""
        kept = [each for each in self.automations if each["id"] != automation_id]
        self.file.write_text(dump(kept))
        entity_id = self.entity_id(automation_id)
        assert entity_id is not None
        er.async_get(self.house.hass).async_remove(entity_id)
        await self.settle()

    async def switch(self, service: str, automation_id: str = AUTOMATION_ID) -> None:
        """Switch an automation on or off, and let that settle."""
        entity_id = self.entity_id(automation_id)
        assert entity_id is not None
        await self.house.act(AUTOMATION, service, entity_id)
        await self.settle()

    async def settle(self) -> None:
        """Wait as long as an automation may be gone while it is loaded anew."""
        await self.house.hass.async_block_till_done()
        await self.house.pass_time(5)

    def issue(self, issue_id: str = ISSUE) -> ir.IssueEntry | None:
        """Return the repair about automations that is raised now."""
        return self.house.issue(issue_id)

    def issue_key(self, issue_id: str = ISSUE) -> str | None:
        """Return which repair is raised now."""
        issue = self.issue(issue_id)
        return issue.translation_key if issue else None

    async def fix(self, issue_id: str = ISSUE) -> Any:
        """Carry a repair out."""
        manager: RepairsFlowManager = self.house.hass.data[REPAIRS]["flow_manager"]
        form = await manager.async_init("zmartcharge", context={"issue_id": issue_id})
        if form["type"] != "form":
            return form
        result = await manager.async_configure(form["flow_id"], {})
        await self.house.hass.async_block_till_done()
        return result


@pytest.fixture(name="mock_hass_config")
def mock_hass_config_fixture() -> None:
    """Read the configuration that is there, and not the one that comes with the mocked broker."""


@pytest.fixture(name="hass_config_dir")
def hass_config_dir_fixture(hass_tmp_config_dir: str) -> str:
    """Keep the configuration in a folder of the test's own, where the broker finds one."""
    (Path(hass_tmp_config_dir) / "configuration.yaml").write_text("")
    return hass_tmp_config_dir


@pytest.fixture(name="automated")
async def automated_fixture(
    mock_hass_config: None, hass_config_dir: str, house: House, mqtt_mock: MqttMockHAClient
) -> Automated:
    """Return a house with a broker, whose files are still to be written."""
    return Automated(house)
