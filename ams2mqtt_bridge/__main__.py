"""The command line: ``python -m ams2mqtt_bridge``."""

import argparse
import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
import logging
import os
from pathlib import Path
import signal
import sys

from . import __version__
from .app import create_publisher, read_all, run_bridge
from .config import CONFIG_VARIABLE, Config, ConfigError, FileConfig, Problem, load_config
from .publishers import Publisher
from .reporting import describe, summarize
from .sources import RecordedSource, create_source

_OK, _NOTHING_READ, _BAD_CONFIG = 0, 1, 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return 0, or 1 when ``--once`` read nothing, or 2 for a bad configuration."""
    options = _parse(arguments)
    try:
        config = load_config(options.config, os.environ)
        logging.basicConfig(
            level=config.log_level.upper(),
            format="%(asctime)s %(levelname)s %(name)s: %(message)s",
            stream=sys.stderr,
        )
        if options.once:
            return asyncio.run(_once(config))
        return asyncio.run(_run(config, check_only=options.check_config))
    except ConfigError as error:
        print(error, file=sys.stderr)
        return _BAD_CONFIG


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="ams2mqtt_bridge",
        description="Reads a smart meter's HAN port and publishes it on MQTT.",
        epilog="Every setting can be overridden by an environment variable, "
        "such as AMS2MQTT_MQTT_PASSWORD.",
    )
    default = os.environ.get(CONFIG_VARIABLE)
    parser.add_argument(
        "--config",
        type=Path,
        default=Path(default) if default else None,
        help=f"YAML or TOML file (default: the environment variable {CONFIG_VARIABLE})",
    )
    actions = parser.add_mutually_exclusive_group()
    actions.add_argument(
        "--check-config", action="store_true", help="only say whether the configuration is right"
    )
    actions.add_argument(
        "--once", action="store_true", help="print what the recorded file says, and exit"
    )
    parser.add_argument("--version", action="version", version=__version__)
    return parser.parse_args(arguments)


async def _once(config: Config) -> int:
    if not isinstance(config.source, FileConfig):
        raise ConfigError(Problem("source.type", "must be file for --once"))
    source = RecordedSource(replace(config.source, interval=0, repeat=False))
    counts = await read_all(source, lambda meter_list: print(describe(meter_list)))
    print(summarize(counts))
    return _OK if counts.lists else _NOTHING_READ


async def _run(config: Config, *, check_only: bool) -> int:
    publisher = create_publisher(config)
    if check_only:
        print("The configuration is right.")
        return _OK
    await _run_until_stopped(config, publisher)
    return _OK


async def _run_until_stopped(config: Config, publisher: Publisher) -> None:
    bridge = asyncio.create_task(
        run_bridge(create_source(config.source), publisher, config.report_interval)
    )
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, bridge.cancel)
    with suppress(asyncio.CancelledError):
        await bridge


if __name__ == "__main__":
    sys.exit(main())
