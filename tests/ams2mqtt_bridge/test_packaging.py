"""What a user installs and reads: the add-on, the systemd unit, the examples and docs/bridge.md."""

import importlib.util
import json
from pathlib import Path
import re
import shutil
import subprocess
import tomllib
from types import ModuleType
from typing import Any

import pytest
import voluptuous as vol
import yaml

from ams2mqtt_bridge import __version__
from ams2mqtt_bridge.__main__ import main
from ams2mqtt_bridge.config import SerialConfig, TcpConfig, load_config
from ams2mqtt_bridge.config.schema import sections

REPOSITORY = Path(__file__).parent.parent.parent
ADDON = REPOSITORY / "addon" / "ams2mqtt_bridge"
EXAMPLES = REPOSITORY / "docs" / "examples"
GUIDE = (REPOSITORY / "docs" / "bridge.md").read_text()
UNIT = REPOSITORY / "packaging" / "systemd" / "ams2mqtt-bridge.service"
SECRET = "hunter2-secret"

_ROW = re.compile(r"^\| `([\w.]+)` \|.*\| ([^|]*) \|$|^\| `([\w.]+)` \|.*\| \|$", re.MULTILINE)


def addon() -> dict[str, Any]:
    config: dict[str, Any] = yaml.safe_load((ADDON / "config.yaml").read_text())
    return config


@pytest.fixture(scope="module")
def run() -> ModuleType:
    specification = importlib.util.spec_from_file_location("addon_run", ADDON / "run.py")
    assert specification is not None and specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    "path", sorted(EXAMPLES.glob("*.yaml")) + sorted(EXAMPLES.glob("*.toml")), ids=lambda p: p.name
)
def test_every_example_is_right(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--config", str(path), "--check-config"]) == 0, capsys.readouterr().err


@pytest.mark.parametrize("name", ["serial", "tcp", "mqtt", "full"])
def test_both_languages_of_an_example_say_the_same(name: str) -> None:
    yaml_config = load_config(EXAMPLES / f"{name}.yaml", {})
    assert load_config(EXAMPLES / f"{name}.toml", {}) == yaml_config


def test_the_full_example_names_every_setting_that_goes_with_a_serial_port() -> None:
    text = (EXAMPLES / "full.yaml").read_text()
    for name, section in sections(EXAMPLES).items():
        for setting in section.keys_for({"type": "serial"}):
            variable = f"AMS2MQTT_{name}_{setting}".upper()
            assert re.search(rf"^\s*(# )?{setting}:", text, re.MULTILINE) or variable in text


def settings_of_the_schema() -> dict[str, set[str]]:
    """Return each setting with its defaults as the guide writes them."""
    found: dict[str, set[str]] = {}
    for name, section in sections(EXAMPLES).items():
        for settings in (section.settings, *section.by_type.values()):
            for marker in settings:
                path = f"{name}.{marker}" if name else str(marker)
                found.setdefault(path, set()).add(_default(marker))
    return found


def _default(marker: vol.Marker) -> str:
    if isinstance(marker, vol.Required):
        return "required"
    if isinstance(marker.default, vol.Undefined):
        return ""
    default = marker.default()
    match default:
        case bool():
            return f"`{str(default).lower()}`"
        case float():
            return f"`{default:g}`"
        case _:
            return f"`{default}`"


def test_the_guide_tells_every_setting_and_its_default() -> None:
    told: dict[str, set[str]] = {}
    for match in _ROW.finditer(GUIDE):
        name = match[1] or match[3]
        told.setdefault(name, set()).add((match[2] or "").strip())
    # These are chosen when the bridge starts.
    told["device.id"] = told["mqtt.client_id"] = {""}
    assert told == settings_of_the_schema()


def test_the_guide_names_every_option_of_the_command(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--help"])
    options = set(re.findall(r"--[a-z-]+", capsys.readouterr().out)) - {"--help", "--version"}
    assert options <= set(re.findall(r"--[a-z-]+", GUIDE))


def test_every_file_that_the_guide_and_the_image_name_is_there() -> None:
    dockerfile = (ADDON / "Dockerfile").read_text()
    copied = re.findall(r"^COPY (.+) \S+$", dockerfile, re.MULTILINE)
    paths = [path for line in copied for path in line.split()]
    paths += re.findall(r"(?:docs|packaging)/[\w./-]+", GUIDE)
    assert len(paths) >= 5
    for path in paths:
        assert (REPOSITORY / path).exists(), path


def test_the_image_has_a_pinned_base_with_the_right_python() -> None:
    dockerfile = (ADDON / "Dockerfile").read_text()
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]
    python = re.search(
        r"^FROM ghcr\.io/home-assistant/base-python:(3\.\d+)-.*\d$", dockerfile, re.MULTILINE
    )
    assert python is not None
    assert project["requires-python"].startswith(f">={python[1]}")


def test_the_add_on_is_the_bridge_of_this_repository() -> None:
    config = addon()
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]
    assert config["version"] == __version__ == project["version"]
    assert f"## {config['version']}" in (ADDON / "CHANGELOG.md").read_text()
    manifest = json.loads(
        (REPOSITORY / "custom_components" / "zmartcharge" / "manifest.json").read_text()
    )
    owner = manifest["documentation"].split("/")[3]
    assert config["image"].startswith(f"ghcr.io/{owner}/")


@pytest.mark.parametrize("language", ["en", "nb", "sv", "da"])
def test_every_option_has_a_name_in_every_language(language: str) -> None:
    text = (ADDON / "translations" / f"{language}.yaml").read_text()
    texts = yaml.safe_load(text)["configuration"]
    assert texts.keys() == addon()["schema"].keys()
    assert all(each["name"] and each["description"] for each in texts.values())


def test_the_documentation_of_the_add_on_tells_every_option() -> None:
    text = (ADDON / "DOCS.md").read_text()
    for name, value in addon()["schema"].items():
        for option in value if isinstance(value, dict) else [None]:
            path = name if option is None else f"{name}.{option}"
            assert f"`{path}`" in text, path


def test_every_option_of_the_add_on_is_a_setting_of_the_bridge(run: ModuleType) -> None:
    options = {
        name: dict.fromkeys(value, "x") if isinstance(value, dict) else "x"
        for name, value in addon()["schema"].items()
    }
    known = {
        f"AMS2MQTT_{f'{name}_' if name else ''}{setting}".upper()
        for name, section in sections(EXAMPLES).items()
        for setting in section.keys
    }
    assert run.create_environment(options, None).keys() <= known


def test_the_defaults_of_the_add_on_with_a_device_make_a_bridge(
    run: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(run, "_STATE_FILE", str(tmp_path / "accounting.json"))
    options = addon()["options"]
    options["source"]["device"] = "/dev/serial/by-id/usb-FTDI"
    service = {
        "host": "core-mosquitto",
        "port": 1883,
        "username": "addons",
        "password": SECRET,
        "ssl": False,
        "protocol": "3.1.1",
        "addon": "core_mosquitto",
    }
    config = load_config(None, run.create_environment(options, service))
    assert config.source == SerialConfig(
        port="/dev/serial/by-id/usb-FTDI", baudrate=None, parity=None, idle_timeout=60
    )
    assert config.mqtt is not None
    assert (config.mqtt.host, config.mqtt.username) == ("core-mosquitto", "addons")
    assert config.mqtt.password == SECRET


def test_another_broker_is_used_without_the_login_of_home_assistants_own(
    run: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(run, "_STATE_FILE", str(tmp_path / "accounting.json"))
    options = addon()["options"]
    options["source"] = {"type": "tcp", "host": "han.local", "port": 4001}
    options["mqtt"] |= {"host": "broker.local", "username": "", "port": None}
    service = {"host": "core-mosquitto", "username": "addons", "password": SECRET}
    config = load_config(None, run.create_environment(options, service))
    assert config.source == TcpConfig(host="han.local", port=4001, idle_timeout=60)
    assert config.mqtt is not None
    assert (config.mqtt.host, config.mqtt.username) == ("broker.local", None)
    assert config.mqtt.password is None


def test_the_add_on_says_so_when_there_is_no_broker(
    run: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    options = tmp_path / "options.json"
    options.write_text(json.dumps(addon()["options"]))
    monkeypatch.setattr(run, "_OPTIONS", options)
    monkeypatch.delenv("SUPERVISOR_TOKEN", raising=False)
    with pytest.raises(SystemExit, match="install the Mosquitto broker"):
        run.main()


def test_the_systemd_unit_is_valid(tmp_path: Path) -> None:
    analyze = shutil.which("systemd-analyze")
    if analyze is None:
        pytest.skip("systemd-analyze is missing")
    copy = tmp_path / UNIT.name
    program = re.search(r"^ExecStart=(\S+)", UNIT.read_text(), re.MULTILINE)
    assert program is not None
    copy.write_text(UNIT.read_text().replace(f"ExecStart={program[1]}", "ExecStart=/bin/true"))
    result = subprocess.run(
        [analyze, "verify", str(copy)], capture_output=True, text=True, check=False, timeout=60
    )
    assert (result.returncode, result.stdout + result.stderr) == (0, "")


def test_the_systemd_unit_is_hardened_and_restarts() -> None:
    lines = set(UNIT.read_text().splitlines())
    assert lines >= {
        "DynamicUser=yes",
        "StateDirectory=ams2mqtt-bridge",
        "SupplementaryGroups=dialout",
        "ProtectSystem=strict",
        "NoNewPrivileges=yes",
        "Restart=always",
        "RestartPreventExitStatus=2",
    }
