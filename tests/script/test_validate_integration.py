"""The check of the integration's files against Home Assistant's schemas."""

from collections.abc import Callable
import json
from pathlib import Path
import shutil
from typing import Any

import pytest

from script.lib.validate_integration import ROOT, Validator

type Edit = Callable[[dict[str, Any]], object]


class Copy:
    """A copy of the integration in which faults can be planted."""

    def __init__(self, folder: Path) -> None:
        """Copy the integration and hacs.json into a folder."""
        self.folder = folder / "zmartcharge"
        self.hacs = folder / "hacs.json"
        source = ROOT / "custom_components" / "zmartcharge"
        shutil.copytree(source, self.folder, ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copy(ROOT / "hacs.json", self.hacs)

    def edit(self, name: str, edit: Edit) -> None:
        """Change a JSON file."""
        path = self.hacs if name == "hacs.json" else self.folder / name
        content = json.loads(path.read_text())
        edit(content)
        path.write_text(json.dumps(content))

    def replace(self, name: str, old: str, new: str) -> None:
        """Change a text."""
        path = self.folder / name
        text = path.read_text()
        assert old in text
        path.write_text(text.replace(old, new, 1))

    def errors(self) -> list[str]:
        """Return what the validator finds."""
        return Validator(self.folder, self.hacs).run()


@pytest.fixture
def copy(tmp_path: Path) -> Copy:
    """Return a copy of the integration."""
    return Copy(tmp_path)


def test_our_integration_is_valid() -> None:
    folder = ROOT / "custom_components" / "zmartcharge"
    assert Validator(folder, ROOT / "hacs.json").run() == []


def test_copy_is_as_valid_as_the_original(copy: Copy) -> None:
    assert copy.errors() == []


_NB = "translations/nb.json"
_EN = "translations/en.json"


@pytest.mark.parametrize(
    ("name", "edit", "found"),
    [
        (
            _NB,
            lambda t: t["config"]["error"].pop("port_in_use"),
            f"{_NB}: config.error.port_in_use is not in both languages",
        ),
        (
            _NB,
            lambda t: t["config"]["error"].update(invented="Oppdiktet"),
            f"{_NB}: config.error.invented is not in both languages",
        ),
        (
            "translations/sv.json",
            lambda t: t["exceptions"]["not_connected"].update(message="{laddare} är borta."),
            "translations/sv.json: exceptions.not_connected.message has other placeholders",
        ),
        (
            "icons.json",
            lambda t: t["entity"]["sensor"].update(status={"default": "fa:bolt"}),
            "icons.json: entity.sensor.status.default: fa:bolt is no mdi icon",
        ),
        (
            "icons.json",
            lambda t: t["entity"]["sensor"].update(invented={"default": "mdi:flash"}),
            "icons.json: entity.sensor.invented is no entity",
        ),
        (
            "icons.json",
            lambda t: t["services"].pop("reset"),
            "icons.json: services.reset has no icon",
        ),
        (
            "manifest.json",
            lambda t: t["requirements"].append("aiofiles"),
            "manifest.json: aiofiles is not pinned",
        ),
        ("manifest.json", lambda t: t.pop("codeowners"), "manifest.json: misses codeowners"),
        (
            "manifest.json",
            lambda t: t.update(iot_class="magic"),
            "manifest.json: unknown iot_class",
        ),
        (
            "manifest.json",
            lambda t: t.update(integration_type="toy"),
            "manifest.json: unknown integration_type",
        ),
        (
            "manifest.json",
            lambda t: t["dependencies"].append("nowhere"),
            "manifest.json: unknown dependency nowhere",
        ),
        (
            "manifest.json",
            lambda t: t.update(domain="mqtt"),
            "manifest.json: domain must be the folder's name",
        ),
        (
            "manifest.json",
            lambda t: t.update(domain=t.pop("domain")),
            "manifest.json: keys must be domain, name, then alphabetical",
        ),
        ("hacs.json", lambda t: t.update(colour="green"), "hacs.json: needs name, and no keys but"),
        ("hacs.json", lambda t: t.pop("name"), "hacs.json: needs name, and no keys but"),
        (
            _EN,
            lambda t: t["services"]["reset"].pop("description"),
            "en.json: services.reset needs name and description",
        ),
        (
            _EN,
            lambda t: t["services"]["reset"]["fields"].pop("hard"),
            "en.json: services.reset.fields.hard needs a name",
        ),
        (
            _EN,
            lambda t: t["services"].update(fly={"name": "Fly", "description": "Flies."}),
            "en.json: services.fly is not in services.yaml",
        ),
        (
            _EN,
            lambda t: t["config"]["step"]["user"]["data_description"].pop("port"),
            "en.json: config.step.user: port has no data_description",
        ),
        (
            _EN,
            lambda t: t["config_subentries"]["site"]["step"]["user"]["data_description"].pop(
                "name"
            ),
            "en.json: config_subentries.site.step.user: name has no data_description",
        ),
        (_EN, lambda t: t.update(title="<b>Zmart</b>"), "en.json: title: HTML"),
        (
            _EN,
            lambda t: t.update(title="[%key:common::title%]"),
            "en.json: title: references are not resolved here",
        ),
        (
            _EN,
            lambda t: t["exceptions"].pop("no_session"),
            "exceptions.no_session is not translated",
        ),
    ],
)
def test_fault_in_a_json_file_is_found(copy: Copy, name: str, edit: Edit, found: str) -> None:
    copy.edit(name, edit)
    errors = copy.errors()
    assert any(found in error for error in errors), errors


@pytest.mark.parametrize(
    ("name", "old", "new", "found"),
    [
        ("sensor.py", "PARALLEL_UPDATES = ", "PARALLEL = ", "sensor.py: has no PARALLEL_UPDATES"),
        (
            "quality_scale.yaml",
            "  config-flow:",
            "  config-flew:",
            "quality_scale.yaml: config-flow is missing or unknown",
        ),
        (
            "quality_scale.yaml",
            "  config-flow: done",
            "  config-flow: almost",
            "quality_scale.yaml: config-flow: unknown status almost",
        ),
        (
            "quality_scale.yaml",
            "  config-flow: done",
            "  config-flow: todo",
            "quality_scale.yaml: config-flow is not done and says not why",
        ),
        ("services.yaml", "boolean:", "booleon:", "services.yaml: "),
    ],
)
def test_fault_in_a_text_is_found(copy: Copy, name: str, old: str, new: str, found: str) -> None:
    copy.replace(name, old, new)
    errors = copy.errors()
    assert any(found in error for error in errors), errors


@pytest.mark.parametrize(
    ("version", "found"),
    [
        ('"version": "one"', "manifest.json: version is neither CalVer nor SemVer"),
        ('"edition": "0.1.0"', "manifest.json: misses version"),
        ("", "manifest.json: cannot be read"),
    ],
)
def test_missing_or_impossible_version_is_found(copy: Copy, version: str, found: str) -> None:
    copy.replace("manifest.json", '"version": "0.1.0"', version)
    errors = copy.errors()
    assert any(found in error for error in errors), errors


def test_untranslated_exception_is_found_with_its_line(copy: Copy) -> None:
    path = copy.folder / "helpers.py"
    lines = path.read_text().count("\n")
    with path.open("a") as file:
        file.write('\nERROR = HomeAssistantError(translation_domain="x", translation_key="lost")\n')
    expected = f"helpers.py: line {lines + 2}: exceptions.lost is not translated"
    assert expected in copy.errors()


def test_missing_language_is_found(copy: Copy) -> None:
    (copy.folder / "translations" / "da.json").unlink()
    assert "translations: must be exactly ['da', 'en', 'nb', 'sv']" in copy.errors()


def test_language_too_many_is_found(copy: Copy) -> None:
    shutil.copy(copy.folder / _NB, copy.folder / "translations" / "nn.json")
    assert "translations: must be exactly ['da', 'en', 'nb', 'sv']" in copy.errors()


def test_missing_brand_icon_is_found(copy: Copy) -> None:
    (copy.folder / "brand" / "icon.png").unlink()
    assert "brand/icon.png: is missing" in copy.errors()


@pytest.mark.parametrize("text", [None, "no JSON"])
def test_unreadable_hacs_file_is_found(copy: Copy, text: str | None) -> None:
    copy.hacs.unlink()
    if text is not None:
        copy.hacs.write_text(text)
    assert any(error.startswith("hacs.json: cannot be read") for error in copy.errors())
