# ruff: noqa: INP001 (a script of its own)
"""Starts the bridge as a Home Assistant add-on: its options become environment variables."""

from collections.abc import Mapping
import json
import os
from pathlib import Path
import sys
from typing import Any
from urllib.error import URLError
from urllib.request import Request, urlopen

_OPTIONS = Path("/data/options.json")
_STATE_FILE = "/data/accounting.json"
_MQTT_SERVICE = "http://supervisor/services/mqtt"
_TIMEOUT = 10.0

# What the Supervisor calls the settings of its broker, and what the bridge does.
_SERVICE = {
    "host": "host",
    "port": "port",
    "username": "username",
    "password": "password",
    "ssl": "tls",
}


def create_environment(
    options: Mapping[str, Any], service: Mapping[str, Any] | None
) -> dict[str, str]:
    """Return the bridge's environment variables; what is empty is left to its defaults.

    ``service`` is Home Assistant's own broker, which is used unless the options name another.
    """
    source = dict(options.get("source", {}))
    device = source.pop("device", None)
    if source.get("type") == "serial":
        source["port"] = device
    mqtt = dict(options.get("mqtt", {}))
    if not mqtt.get("host") and service is not None:
        mqtt |= {ours: service.get(theirs) for theirs, ours in _SERVICE.items()}
    sections = {
        "source": source,
        "meter": options.get("meter", {}),
        "mqtt": mqtt,
        "device": {"name": options.get("name")},
        "accounting": {"state_file": _STATE_FILE, "time_zone": options.get("time_zone")},
    }
    environment = {"AMS2MQTT_LOG_LEVEL": str(options.get("log_level", "info"))}
    for section, settings in sections.items():
        for setting, value in settings.items():
            if value is not None and value != "":
                environment[f"AMS2MQTT_{section}_{setting}".upper()] = str(value)
    return environment


def _read_service(token: str | None) -> dict[str, Any] | None:
    """Return Home Assistant's own broker; ``None`` when it has none."""
    if token is None:
        return None
    request = Request(_MQTT_SERVICE, headers={"Authorization": f"Bearer {token}"})
    try:
        with urlopen(request, timeout=_TIMEOUT) as response:  # noqa: S310 (fixed address)
            answer = json.load(response)
    except URLError, TimeoutError, ValueError:
        return None
    data = answer.get("data")
    return data if isinstance(data, dict) and data.get("host") else None


def main() -> None:
    """Replace this process by the bridge."""
    options = json.loads(_OPTIONS.read_text(encoding="utf-8"))
    environment = create_environment(options, _read_service(os.environ.get("SUPERVISOR_TOKEN")))
    if "AMS2MQTT_MQTT_HOST" not in environment:
        sys.exit("No MQTT broker: install the Mosquitto broker add-on, or fill in mqtt.host")
    others = {name: value for name, value in os.environ.items() if not name.startswith("AMS2MQTT_")}
    os.execve(  # noqa: S606 (nothing of it comes from outside)
        sys.executable, [sys.executable, "-m", "ams2mqtt_bridge"], others | environment
    )


if __name__ == "__main__":
    main()
