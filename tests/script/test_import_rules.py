"""The check of who may import whom."""

from collections.abc import Callable
from pathlib import Path

import pytest

from script.lib import import_rules

type Plant = Callable[[str, str], None]

_TREE = {
    "custom_components/zmartcharge/__init__.py": "from .hub import Hub\n",
    "custom_components/zmartcharge/hub.py": "from homeassistant import core\nfrom .csms import x\n",
    "custom_components/zmartcharge/units.py": "import enum\n",
    "custom_components/zmartcharge/csms/__init__.py": "from .server import x\n",
    "custom_components/zmartcharge/csms/server.py": "from ..units import y\nx = 1\n",
    "custom_components/zmartcharge/ledger/__init__.py": "from ..price import z\n",
    "custom_components/zmartcharge/price/__init__.py": "z = 1\n",
    "simulator/__init__.py": "import aiohttp\n",
    "ams2mqtt_bridge/__init__.py": "",
}


@pytest.fixture
def plant(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Plant:
    """Make a small tree that keeps the rules, and return what puts a line into one of its files."""
    monkeypatch.setattr(import_rules, "ROOT", tmp_path)
    integration = tmp_path / "custom_components" / "zmartcharge"
    monkeypatch.setattr(import_rules, "INTEGRATION", integration)
    for name, text in _TREE.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)

    def add(name: str, line: str) -> None:
        with (tmp_path / name).open("a") as file:
            file.write(line + "\n")

    return add


def test_our_tree_keeps_the_rules() -> None:
    assert import_rules.violations() == []


def test_tree_that_keeps_the_rules_is_found_good(plant: Plant) -> None:
    assert import_rules.violations() == []


@pytest.mark.parametrize(
    ("name", "line", "why"),
    [
        (
            "custom_components/zmartcharge/csms/server.py",
            "import homeassistant",
            "csms/server.py:3: the room csms must not know Home Assistant",
        ),
        (
            "custom_components/zmartcharge/csms/server.py",
            "from homeassistant.core import HomeAssistant",
            "the room csms must not know Home Assistant",
        ),
        (
            "custom_components/zmartcharge/csms/server.py",
            "def late():\n    from homeassistant.util import dt",
            "csms/server.py:4: the room csms must not know Home Assistant",
        ),
        (
            "custom_components/zmartcharge/csms/server.py",
            "from ..ledger import Ledger",
            "the room csms must not know ledger",
        ),
        (
            "custom_components/zmartcharge/csms/server.py",
            "from .. import ledger",
            "the room csms must not know ledger",
        ),
        (
            "custom_components/zmartcharge/csms/server.py",
            "from ..const import DOMAIN",
            "the room csms must not know const",
        ),
        (
            "custom_components/zmartcharge/csms/server.py",
            "import custom_components.zmartcharge.hub",
            "the room csms must not know hub",
        ),
        (
            "custom_components/zmartcharge/price/__init__.py",
            "from ..ledger import w",
            "the room price must not know ledger",
        ),
        (
            "custom_components/zmartcharge/hub.py",
            "from .csms.server import x",
            "csms.server is behind the front door: import from csms",
        ),
        (
            "simulator/__init__.py",
            "from custom_components.zmartcharge import units",
            "simulator must not know custom_components.zmartcharge",
        ),
        ("simulator/__init__.py", "import tests.house", "simulator must not know tests.house"),
        (
            "simulator/__init__.py",
            "from homeassistant.core import callback",
            "simulator must not know homeassistant.core",
        ),
        (
            "ams2mqtt_bridge/__init__.py",
            "import simulator",
            "ams2mqtt_bridge must not know simulator",
        ),
        (
            "custom_components/zmartcharge/units.py",
            "from .hub import Hub\n",
            "circle: ",
        ),
    ],
)
def test_forbidden_import_is_found(plant: Plant, name: str, line: str, why: str) -> None:
    if why == "circle: ":
        plant("custom_components/zmartcharge/hub.py", "from .units import y")
    plant(name, line)
    assert any(why in found for found in import_rules.violations())


def test_circle_names_its_modules(plant: Plant) -> None:
    plant("custom_components/zmartcharge/hub.py", "from .site import Site")
    plant("custom_components/zmartcharge/site.py", "from .charger import Charger")
    plant("custom_components/zmartcharge/charger.py", "from .hub import Hub")
    (found,) = import_rules.violations()
    assert found == "circle: hub -> site -> charger -> hub"


def test_import_for_types_only_makes_no_circle(plant: Plant) -> None:
    plant("custom_components/zmartcharge/hub.py", "from .site import Site")
    plant(
        "custom_components/zmartcharge/site.py",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from .hub import Hub",
    )
    assert import_rules.violations() == []


def test_import_for_types_only_does_not_excuse_a_room(plant: Plant) -> None:
    plant(
        "custom_components/zmartcharge/csms/server.py",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from homeassistant import core",
    )
    (found,) = import_rules.violations()
    assert "must not know Home Assistant" in found
