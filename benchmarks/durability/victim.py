"""A central system and a ledger to be killed. Forks one for each line that it reads.

A line is JSON: ``path`` of the ledger, ``port``, the ids of the ``chargers`` and, unless it is to
live until it is told to end, the ``boundary``, ``count`` and ``delay`` of its kill. It prints
``ready`` when chargers can come, and ``ended`` with the signal.
"""

import asyncio
from collections.abc import Mapping
import contextlib
import gc
import json
import os
from pathlib import Path
import signal
import sys
import tempfile
from types import ModuleType
from typing import Any

ROOT = Path(__file__).parents[2]
# Only the rooms and the bookkeeping are wanted: the whole integration takes seconds to import.
_package = ModuleType("custom_components.zmartcharge")
_package.__path__ = [str(ROOT / "custom_components" / "zmartcharge")]
sys.modules[_package.__name__] = _package

from custom_components.zmartcharge.csms import CentralSystem, Registration  # noqa: E402
from custom_components.zmartcharge.ledger import Ledger  # noqa: E402

from .boundaries import Boundary, Kill, Reaper, watch  # noqa: E402
from .keeper import Keeper  # noqa: E402


class _Directory:
    def __init__(self, ledger: Ledger, identities: list[str]) -> None:
        self._registrations = {
            identity: Registration(key_hash=None, handler=Keeper(ledger, identity))
            for identity in identities
        }

    def find(self, charge_point_id: str) -> Registration | None:
        return self._registrations.get(charge_point_id)

    def unknown(self, charge_point_id: str, remote: str) -> None:
        raise LookupError(charge_point_id)

    refused = unknown


def _say(**facts: Any) -> None:
    os.write(sys.stdout.fileno(), f"{json.dumps(facts)}\n".encode())


async def _live(order: Mapping[str, Any]) -> None:
    ended = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, ended.set)
    ledger = await Ledger.open(f"sqlite:///{order['path']}")
    csms = CentralSystem(_Directory(ledger, order["chargers"]))
    await csms.start("127.0.0.1", order["port"])
    _say(ready=os.getpid())
    await ended.wait()
    await csms.stop()
    await ledger.close()


def _be_killed(order: Mapping[str, Any]) -> None:
    if "boundary" in order:
        watch(Reaper(Kill(Boundary(order["boundary"]), order["count"], order["delay"])))
    asyncio.run(_live(order))


async def _warm_up() -> None:
    """Load what is loaded when it is first used, so that the forks need not do so each time."""
    with tempfile.TemporaryDirectory() as folder:
        ledger = await Ledger.open(f"sqlite:///{folder}/ledger.db")
        csms = CentralSystem(_Directory(ledger, []))
        await csms.start("127.0.0.1", 0)
        await csms.stop()
        await ledger.close()


def main() -> None:
    """Fork until there are no more lines."""
    asyncio.run(_warm_up())
    gc.freeze()
    for line in sys.stdin:
        order = json.loads(line)
        child = os.fork()
        if not child:
            with contextlib.suppress(KeyboardInterrupt):
                _be_killed(order)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        _say(ended=os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0)


if __name__ == "__main__":
    main()
