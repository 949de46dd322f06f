"""The command line: ``python -m ams2mqtt_bridge``."""

import argparse
import asyncio
from collections.abc import Coroutine, Sequence
from contextlib import suppress
from dataclasses import replace
import logging
import os
from pathlib import Path
import signal
import sys
from typing import Any

from . import __version__
from .app import create_publisher, run_bridge
from .clock import utc_now
from .config import (
    CONFIG_VARIABLE,
    Config,
    ConfigError,
    FileConfig,
    Problem,
    SerialConfig,
    load_config,
)
from .pipeline import Pipeline
from .probe import ProbeState, choose_screen, probe, read_once
from .provision import main as provision
from .reporting import summarize
from .sources import RecorderSource, Source, create_source

_OK, _NOTHING_READ, _BAD_CONFIG = 0, 1, 2

# Seconds: two of the longest waits for currents and voltages; and for finding baud rate and parity.
_ONCE_TIMEOUT = 25.0
_DETECTION_TIME = 60.0


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code.

    0: all is well, 1: ``--once`` or ``--probe`` read no list or ``provision`` failed, 2: a bad
    configuration.
    """
    given = sys.argv[1:] if arguments is None else list(arguments)
    if given[:1] == ["provision"]:
        return provision(given[1:])
    options = _parse(given)
    try:
        config = load_config(options.config, os.environ)
        logging.basicConfig(
            level=config.log_level.upper(),
            format="%(asctime)s %(levelname)s %(name)s: %(message)s",
            stream=sys.stderr,
        )
        if options.once:
            return asyncio.run(_once(config, options))
        if options.probe:
            return asyncio.run(_probe(config, options))
        return asyncio.run(_run(config, options))
    except ConfigError as error:
        print(error, file=sys.stderr)
        return _BAD_CONFIG


def _parse(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="ams2mqtt-bridge",
        description="Reads a smart meter's HAN port and publishes it on MQTT.",
        epilog="Every setting can be overridden by an environment variable, such as "
        "AMS2MQTT_MQTT_PASSWORD. 'ams2mqtt-bridge provision --help' tells how to set up a Pow-U.",
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
        "--once",
        action="store_true",
        help="print the first complete reading, or all of a recorded file, and exit",
    )
    actions.add_argument(
        "--probe", action="store_true", help="show live what the port says; needs no broker"
    )
    parser.add_argument(
        "--timeout",
        type=_seconds,
        metavar="SECONDS",
        help=f"how long --once waits (default: {_ONCE_TIMEOUT:g}, and {_DETECTION_TIME:g} more for "
        "a serial port whose baud rate or parity is to be found)",
    )
    parser.add_argument(
        "--record",
        type=Path,
        metavar="FILE",
        help="also write what arrives to this file, with its timing; it holds the meter's id",
    )
    parser.add_argument("--version", action="version", version=__version__)
    return parser.parse_args(arguments)


def _seconds(text: str) -> float:
    seconds = float(text)
    if not 0 < seconds <= 86400:
        raise ValueError
    return seconds


async def _once(config: Config, options: argparse.Namespace) -> int:
    timeout: float | None = options.timeout or _ONCE_TIMEOUT
    match config.source:
        case FileConfig() as recording:
            config = replace(config, source=replace(recording, interval=0, repeat=False))
            timeout = options.timeout
        case SerialConfig(baudrate=baudrate, parity=parity) if None in {baudrate, parity}:
            timeout = options.timeout or _ONCE_TIMEOUT + _DETECTION_TIME
        case _:
            pass
    source = _create_source(config, options)
    pipeline = _create_pipeline(config)
    await _until_signalled(read_once(source, pipeline, timeout))
    print(summarize(pipeline.counts))
    if pipeline.counts.lists:
        return _OK
    if source.problem is not None:
        print(f"{source.description}: {source.problem}", file=sys.stderr)
    return _NOTHING_READ


async def _probe(config: Config, options: argparse.Namespace) -> int:
    source = _create_source(config, options)
    state = ProbeState(source.description, config.meter.grid)
    screen = choose_screen(sys.stdout, os.environ)
    await _until_signalled(probe(source, _create_pipeline(config), screen, state))
    print(summarize(state.counts))
    return _OK if state.counts.lists else _NOTHING_READ


async def _run(config: Config, options: argparse.Namespace) -> int:
    publisher = create_publisher(config)
    source = _create_source(config, options)
    if options.check_config:
        print("The configuration is right.")
        return _OK
    await _until_signalled(
        run_bridge(source, publisher, config.report_interval, _create_pipeline(config))
    )
    return _OK


def _create_pipeline(config: Config) -> Pipeline:
    return Pipeline(
        encryption_key=config.meter.encryption_key,
        authentication_key=config.meter.authentication_key,
        watt_hours_per_count=config.meter.watt_hours_per_count,
    )


def _create_source(config: Config, options: argparse.Namespace) -> Source:
    try:
        source = create_source(config.source, lambda: _create_pipeline(config))
    except (OSError, ValueError) as error:
        raise ConfigError(Problem("source", f"the TLS file cannot be used: {error}")) from error
    path: Path | None = options.record
    if path is None or options.check_config:
        return source
    try:
        recorder = RecorderSource(source, path, utc_now)
    except OSError as error:
        raise ConfigError(
            Problem("--record", f"{path} cannot be written: {error.strerror}")
        ) from error
    print(
        f"Recording to {path}. It will hold the meter's id: mind whom you send it.", file=sys.stderr
    )
    return recorder


async def _until_signalled(work: Coroutine[Any, Any, None]) -> None:
    task = asyncio.create_task(work)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, task.cancel)
    with suppress(asyncio.CancelledError):
        await task


if __name__ == "__main__":
    sys.exit(main())
