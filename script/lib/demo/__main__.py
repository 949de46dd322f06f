"""Runs the main job on real parts: broker, simulated house, bridge and Home Assistant."""

import argparse
import asyncio
from pathlib import Path
import signal
import sys
import tempfile

from . import history
from .check import check
from .home_assistant import PASSWORD, USERNAME
from .house import House
from .processes import ProgramError, free_port
from .things import CHARGERS, EVENING


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="script/demo", description=__doc__)
    parser.add_argument("--check", action="store_true", help="prove the main job and exit")
    parser.add_argument("--port", type=int, help="Home Assistant's port (8123; free with --check)")
    parser.add_argument("--folder", type=Path, help="keep everything in this empty folder")
    parser.add_argument("--language", default="en", choices=("en", "nb", "sv", "da"))
    parser.add_argument(
        "--ocpp", default="1.6", choices=("1.6", "2.0.1", "2.1"), help="what chargers speak"
    )
    parser.add_argument("--tls", action="store_true", help="the first charger comes by TLS")
    return parser.parse_args()


async def _show(house: House, ended: asyncio.Event) -> None:
    print("Starting a house, a meter, two chargers, a broker and Home Assistant …", flush=True)
    await house.set_up()
    await house.publish_prices()
    await house.add_price()
    await history.fill(house)
    for charger in CHARGERS:
        await house.simulator("/plug", charger=charger.charge_point_id)
    # One car charges at once, the other one when power is cheap.
    mode = await house.entity(CHARGERS[0], "1_charging_mode")
    await house.hass.act("select", "select_option", entity_id=mode, option="full_now")
    print(f"\n  {house.hass.base}/zmart-charge/home\n  user {USERNAME}, password {PASSWORD}\n")
    print(f"  Play with the house: curl 127.0.0.1:{house.control_port}/state")
    print(f"  The OCPP server listens on ws://127.0.0.1:{house.csms_port}/")
    if house.tls:
        print(f"  and, encrypted, on wss://127.0.0.1:{house.tls_port}/")
    print("  Ctrl-C ends all of it.", flush=True)
    await ended.wait()


async def _run(arguments: argparse.Namespace, folder: Path) -> int:
    ended = asyncio.Event()
    task = asyncio.current_task()
    assert task
    loop = asyncio.get_running_loop()

    def end() -> None:
        if ended.is_set():
            return
        print("Ending …", flush=True)
        ended.set()
        task.cancel()

    for number in (signal.SIGINT, signal.SIGTERM):
        # While it starts there is nothing to wait for: the first signal ends that as well.
        loop.add_signal_handler(number, end)
    port = arguments.port or (free_port() if arguments.check else 8123)
    try:
        begins_at = EVENING if arguments.check else None
        house = House(
            folder, port, arguments.language, begins_at, ocpp=arguments.ocpp, tls=arguments.tls
        )
        async with house:
            await (check(house) if arguments.check else _show(house, ended))
    except ProgramError as err:
        print(f"failed: {err}", file=sys.stderr)
        log = folder / "home-assistant.out"
        if log.exists():
            print(log.read_text(errors="replace")[-4000:], file=sys.stderr)
        return 1
    except asyncio.CancelledError:
        if not ended.is_set():
            raise
        return 0 if not arguments.check else 1
    return 0


def main() -> int:
    """Run the command line and return the exit status."""
    arguments = _arguments()
    if arguments.folder:
        if arguments.folder.exists() and any(arguments.folder.iterdir()):
            print(
                f"{arguments.folder} is not empty: name one that is, or a new one.", file=sys.stderr
            )
            return 2
        return asyncio.run(_run(arguments, arguments.folder.resolve()))
    with tempfile.TemporaryDirectory(prefix="zmartcharge-demo-") as folder:
        return asyncio.run(_run(arguments, Path(folder)))


if __name__ == "__main__":
    sys.exit(main())
