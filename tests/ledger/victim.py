"""A program to be killed: forks workers that fill a ledger and print what was acknowledged.

Reads "URL ROUND" lines; for each it forks a worker and prints its process id first.
"""

import asyncio
from itertools import count
import json
import os
from pathlib import Path
import sys
from types import ModuleType
from typing import Any

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

# The ledger needs no Home Assistant, whose import would take most of the time.
package = ModuleType("custom_components.zmartcharge")
package.__path__ = [str(ROOT / "custom_components" / "zmartcharge")]
sys.modules[package.__name__] = package

from custom_components.zmartcharge.ledger import Ledger  # noqa: E402
from tests.ledger.builders import a_sample, a_start, a_stop  # noqa: E402

CHARGERS = 4


def say(**facts: Any) -> None:
    os.write(sys.stdout.fileno(), f"{json.dumps(facts)}\n".encode())


async def charge(ledger: Ledger, charger: str) -> None:
    """Run sessions without end on a charger."""
    register = 0
    for number in count():
        minute = number * 10
        start = a_start(register, minute, charger=charger)
        session = (await ledger.start_transaction(start)).session
        say(session=session.id, transaction=session.transaction_id)
        for step in (1, 2, 3):
            register += 100
            await ledger.record_meters([a_sample(register, minute + step, charger=charger)])
            say(session=session.id, register=register)
        await ledger.stop_transaction(a_stop(session, register, minute + 4, charger=charger))
        say(session=session.id, stop=register)


async def fill(url: str, turn: str) -> None:
    ledger = await Ledger.open(url)
    await asyncio.gather(*(charge(ledger, f"{turn}-{number}") for number in range(CHARGERS)))


def main() -> None:
    for line in sys.stdin:
        url, turn = line.split()
        worker = os.fork()
        if not worker:
            asyncio.run(fill(url, turn))
        say(worker=worker)
        os.waitpid(worker, 0)
        say(ended=worker)


if __name__ == "__main__":
    main()
