"""Checks the integration's files against Home Assistant's own schemas.

usage: python -m script.lib.validate_integration custom_components/zmartcharge
"""

import ast
from collections.abc import Callable, Iterator
import json
from pathlib import Path
import re
import sys
from typing import Any

from awesomeversion import AwesomeVersion, AwesomeVersionException, AwesomeVersionStrategy
import homeassistant  # noqa: F401  # installs the voluptuous alias
from homeassistant import components
from homeassistant.generated.entity_platforms import EntityPlatforms
from homeassistant.helpers import condition, service
from homeassistant.helpers.trigger import descriptions as trigger
from homeassistant.util.yaml import load_yaml_dict
import voluptuous as vol

ROOT = Path(__file__).parents[2]
CORE = Path(components.__path__[0])
LANGUAGES = {"en", "nb", "sv", "da"}
_MDI = re.compile(r"^mdi:[a-z0-9-]+$")
_PLACEHOLDER = re.compile(r"{(\w+)}")
_HTML = re.compile(r"<[a-z]+[ >/]")
_MANIFEST_KEYS = (
    "domain", "name", "codeowners", "documentation", "integration_type", "iot_class",
    "issue_tracker", "requirements", "version",
)  # fmt: skip
_IOT_CLASSES = {
    "assumed_state", "calculated", "cloud_polling", "cloud_push", "local_polling", "local_push",
}  # fmt: skip
_TYPES = {"device", "entity", "hardware", "helper", "hub", "service", "system"}
#: https://www.hacs.xyz/docs/publish/start/#hacsjson
_HACS_KEYS = {
    "name", "content_in_root", "zip_release", "filename", "hide_default_branch", "country",
    "homeassistant", "hacs", "persistent_directory",
}  # fmt: skip
_QUALITY_STATUS = {"done", "todo", "exempt"}


class Validator:
    """Collects what is wrong with one integration."""

    def __init__(self, folder: Path, hacs: Path) -> None:
        """Take the integration's folder and hacs.json."""
        self.folder = folder
        self.hacs = hacs
        self.errors: list[str] = []
        self.english = self._json("translations/en.json")
        self.icons = self._json("icons.json")
        self.described = {
            "services": self._yaml("services.yaml", service._SERVICES_SCHEMA),  # noqa: SLF001
            "triggers": self._yaml(
                "triggers.yaml",
                trigger._TRIGGERS_DESCRIPTION_SCHEMA,  # noqa: SLF001
            ),
            "conditions": self._yaml(
                "conditions.yaml",
                condition._CONDITIONS_DESCRIPTION_SCHEMA,  # noqa: SLF001
            ),
        }

    def run(self) -> list[str]:
        """Check everything and return the errors."""
        self._check_manifest()
        self._check_hacs()
        for kind, described in self.described.items():
            self._check_described(kind, described)
        self._check_english()
        self._check_other_languages()
        self._check_icons()
        self._check_python()
        self._check_quality_scale()
        if not (self.folder / "brand" / "icon.png").is_file():
            self._error("brand/icon.png", "is missing")
        return self.errors

    def _error(self, where: str, what: str) -> None:
        self.errors.append(f"{where}: {what}")

    def _json(self, name: str) -> dict[str, Any]:
        path = self.folder / name
        try:
            found: dict[str, Any] = json.loads(path.read_text())
        except (OSError, ValueError) as err:
            self._error(name, f"cannot be read: {err}")
            return {}
        return found

    def _yaml(self, name: str, schema: Callable[[Any], Any] | None) -> dict[str, Any]:
        path = self.folder / name
        if not path.is_file():
            return {}
        found = load_yaml_dict(str(path))
        if schema:
            try:
                schema(found)
            except vol.Invalid as err:
                self._error(name, str(err))
        return found

    def _check_manifest(self) -> None:
        manifest = self._json("manifest.json")
        for key in _MANIFEST_KEYS:
            if key not in manifest:
                self._error("manifest.json", f"misses {key}")
        ordered = sorted(manifest, key=lambda k: {"domain": " 1", "name": " 2"}.get(k, k))
        if list(manifest) != ordered:
            self._error("manifest.json", "keys must be domain, name, then alphabetical")
        if manifest.get("domain") != self.folder.name or (CORE / self.folder.name).exists():
            self._error("manifest.json", "domain must be the folder's name and no core domain")
        if manifest.get("iot_class") not in _IOT_CLASSES:
            self._error("manifest.json", "unknown iot_class")
        if manifest.get("integration_type") not in _TYPES:
            self._error("manifest.json", "unknown integration_type")
        try:
            AwesomeVersion(
                manifest.get("version", ""),
                ensure_strategy=[AwesomeVersionStrategy.CALVER, AwesomeVersionStrategy.SEMVER],
            )
        except AwesomeVersionException, ValueError:
            self._error("manifest.json", "version is neither CalVer nor SemVer")
        for requirement in manifest.get("requirements", []):
            if not re.search(r"[=>]=", requirement):
                self._error("manifest.json", f"{requirement} is not pinned")
        for dependency in manifest.get("dependencies", []) + manifest.get("after_dependencies", []):
            if not (CORE / dependency).is_dir():
                self._error("manifest.json", f"unknown dependency {dependency}")

    def _check_hacs(self) -> None:
        try:
            hacs = json.loads(self.hacs.read_text())
        except (OSError, ValueError) as err:
            self._error("hacs.json", f"cannot be read: {err}")
            return
        if "name" not in hacs or set(hacs) - _HACS_KEYS:
            self._error("hacs.json", f"needs name, and no keys but {sorted(_HACS_KEYS)}")

    def _check_described(self, kind: str, described: dict[str, Any]) -> None:
        texts = self.english.get(kind, {})
        for name, definition in described.items():
            if name.startswith("."):
                continue
            text = texts.get(name, {})
            if not text.get("name") or not text.get("description"):
                self._error("en.json", f"{kind}.{name} needs name and description")
            if name not in self.icons.get(kind, {}):
                self._error("icons.json", f"{kind}.{name} has no icon")
            for field in _fields(definition):
                if not text.get("fields", {}).get(field, {}).get("name"):
                    self._error("en.json", f"{kind}.{name}.fields.{field} needs a name")
        for name in texts.keys() - described.keys():
            self._error("en.json", f"{kind}.{name} is not in {kind}.yaml")

    def _check_english(self) -> None:
        for key, value in _leaves(self.english):
            if "[%key:" in value:
                self._error("en.json", f"{key}: references are not resolved here")
            if _HTML.search(value):
                self._error("en.json", f"{key}: HTML")
        flows = {"config": self.english.get("config", {})}
        for kind, flow in self.english.get("config_subentries", {}).items():
            flows[f"config_subentries.{kind}"] = flow
        for where, flow in flows.items():
            for step, text in flow.get("step", {}).items():
                for field in text.get("data", {}).keys() - text.get("data_description", {}).keys():
                    self._error("en.json", f"{where}.step.{step}: {field} has no data_description")

    def _check_other_languages(self) -> None:
        present = {path.stem for path in (self.folder / "translations").glob("*.json")}
        if present != LANGUAGES:
            self._error("translations", f"must be exactly {sorted(LANGUAGES)}")
        english = dict(_leaves(self.english))
        for language in sorted(present - {"en"}):
            name = f"translations/{language}.json"
            other = dict(_leaves(self._json(name)))
            for key in english.keys() ^ other.keys():
                self._error(name, f"{key} is not in both languages")
            for key in english.keys() & other.keys():
                if set(_PLACEHOLDER.findall(english[key])) != set(_PLACEHOLDER.findall(other[key])):
                    self._error(name, f"{key} has other placeholders than English")

    def _check_icons(self) -> None:
        for key, value in _leaves(self.icons):
            if not _MDI.match(value):
                self._error("icons.json", f"{key}: {value} is no mdi icon")
        for platform, entities in self.icons.get("entity", {}).items():
            for key in entities.keys() - self.english.get("entity", {}).get(platform, {}).keys():
                self._error("icons.json", f"entity.{platform}.{key} is no entity")

    def _check_python(self) -> None:
        exceptions = self.english.get("exceptions", {})
        for path in sorted(self.folder.rglob("*.py")):
            tree = ast.parse(path.read_text())
            if path.parent == self.folder and path.stem in set(EntityPlatforms):
                names = {
                    target.id
                    for node in tree.body
                    if isinstance(node, ast.Assign)
                    for target in node.targets
                    if isinstance(target, ast.Name)
                }
                if "PARALLEL_UPDATES" not in names:
                    self._error(path.name, "has no PARALLEL_UPDATES")
            for line, key in _translation_keys(tree):
                if key not in exceptions:
                    self._error(path.name, f"line {line}: exceptions.{key} is not translated")

    def _check_quality_scale(self) -> None:
        rules = self._yaml("quality_scale.yaml", None).get("rules", {})
        required = {rule for tier in _quality_rules().values() for rule in tier}
        for rule in sorted(required ^ rules.keys()):
            self._error("quality_scale.yaml", f"{rule} is missing or unknown")
        for rule, value in rules.items():
            status = value if isinstance(value, str) else value.get("status")
            if status not in _QUALITY_STATUS:
                self._error("quality_scale.yaml", f"{rule}: unknown status {status}")
            if status != "done" and (isinstance(value, str) or not value.get("comment")):
                self._error("quality_scale.yaml", f"{rule} is not done and says not why")


def _quality_rules() -> dict[str, list[str]]:
    rules: dict[str, list[str]] = json.loads(
        Path(__file__).with_name("quality_scale_rules.json").read_text()
    )
    return rules


def _leaves(node: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    for key, value in node.items():
        if isinstance(value, dict):
            yield from _leaves(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", str(value)


def _fields(definition: dict[str, Any] | None) -> Iterator[str]:
    for name, field in ((definition or {}).get("fields") or {}).items():
        if isinstance(field, dict) and "fields" in field:
            yield from field["fields"]
        else:
            yield name


def _translation_keys(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Yield line and constant key of every call that names a translated exception."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        keywords = {keyword.arg: keyword.value for keyword in node.keywords}
        key = keywords.get("translation_key")
        if "translation_domain" in keywords and isinstance(key, ast.Constant):
            yield node.lineno, str(key.value)


if __name__ == "__main__":
    found = Validator(Path(sys.argv[1]), ROOT / "hacs.json").run()
    print("\n".join(found) or f"{Path(sys.argv[1]).name}: ok")
    sys.exit(bool(found))
