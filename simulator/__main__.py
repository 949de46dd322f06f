"""Run a home with chargers against a central system: ``python -m simulator``.

Prints one line of JSON with the ports when everything is up, and ends cleanly on SIGTERM and
SIGINT.
"""

import argparse
import asyncio
from collections.abc import Sequence
import json
import logging
from pathlib import Path
import signal
import sys
from typing import Any

from aiohttp import web

from .config import ConfigError, SimulationConfig, parse_config, read_config
from .control import create_app
from .simulation import Simulation
from .state_file import StateFileError

_USAGE_ERROR = 2


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m simulator", description=__doc__)
    parser.add_argument("--config", type=Path, help="YAML or JSON file with house and chargers")
    one = parser.add_argument_group("one charger, beside those of the file")
    one.add_argument("--csms", help="URL of the central system, ws://127.0.0.1:9000")
    one.add_argument("--charge-point", default="CP1", help="id of the charger (%(default)s)")
    one.add_argument("--key", help="its AuthorizationKey, as text")
    one.add_argument("--connectors", type=int, default=1)
    one.add_argument("--phases", type=int, choices=(1, 3))
    one.add_argument("--state-file", type=Path, help="where the charger keeps its memory")
    one.add_argument("--free-vend", metavar="ID_TAG", help="start with this tag when plugged in")
    one.add_argument("--plugged-in", action="store_true", help="begin with the car plugged in")
    parser.add_argument("--grid", choices=("tn_400", "it_230", "single_phase"))
    parser.add_argument("--speed", type=float, help="kWh per real kWh (1)")
    parser.add_argument("--meter-port", type=int, help="TCP port of the HAN frames (any free one)")
    parser.add_argument("--control-port", type=int, help="HTTP port of the control API")
    parser.add_argument("--log-level", default="WARNING", choices=("DEBUG", "INFO", "WARNING"))
    return parser.parse_args(argv)


def configuration(arguments: argparse.Namespace) -> SimulationConfig:
    """Return the file's configuration with the command line's on top. Raises ``ConfigError``."""
    content: dict[str, Any] = read_config(arguments.config) if arguments.config else {}
    for key in ("grid", "speed"):
        if (value := getattr(arguments, key)) is not None:
            content[key] = value
    for key, port in (("meter", arguments.meter_port), ("control", arguments.control_port)):
        if port is not None:
            content[key] = (content.get(key) or {}) | {"port": port}
    if arguments.csms is not None:
        charger = {
            "id": arguments.charge_point,
            "url": arguments.csms,
            "key": arguments.key,
            "connectors": arguments.connectors,
            "phases": arguments.phases,
            "state_file": arguments.state_file,
            "free_vend_id_tag": arguments.free_vend,
            "plugged_in": arguments.plugged_in,
        }
        given = {key: value for key, value in charger.items() if value is not None}
        content["chargers"] = [*(content.get("chargers") or []), given]
    return parse_config(content)


async def run(config: SimulationConfig) -> None:
    """Run until SIGTERM or SIGINT. Raises ``OSError`` for a port that is taken."""
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ended.set)
    async with Simulation(config) as simulation:
        runner = web.AppRunner(create_app(simulation), access_log=None, shutdown_timeout=1.0)
        await runner.setup()
        try:
            site = web.TCPSite(runner, "127.0.0.1", config.control_port)
            await site.start()
            ports = {
                "meter_port": simulation.meter_server.port,
                "control_port": int(runner.addresses[0][1]),
                "chargers": sorted(simulation.charge_points),
            }
            print(json.dumps(ports), flush=True)
            await simulation.run_until(ended)
        finally:
            await runner.cleanup()


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line and return the exit status."""
    arguments = _arguments(argv)
    logging.basicConfig(level=arguments.log_level)
    try:
        asyncio.run(run(configuration(arguments)))
    except (ConfigError, StateFileError) as error:
        print(f"simulator: {error}", file=sys.stderr)
        return _USAGE_ERROR
    except OSError as error:
        print(f"simulator: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
