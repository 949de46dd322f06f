"""How much memory the whole process takes while it plays the recording."""

from pathlib import Path
import sys

import pytest

from .conftest import Broker, Listener
from .test_bridge import Listen, finish, start_process

LIMIT_KIB = 60_000_000 // 1024


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="/proc is Linux's")
async def test_the_process_stays_below_60_megabytes(broker: Broker, listen: Listen) -> None:
    broker.start()
    listener: Listener = await listen()
    process = await start_process(broker)
    await listener.readings(200)
    status = Path(f"/proc/{process.pid}/status").read_text()
    process.terminate()
    await finish(process)
    (peak,) = (line.split()[1] for line in status.splitlines() if line.startswith("VmHWM:"))
    print(f"peak memory: {int(peak) / 1024:.1f} MiB")
    assert int(peak) < LIMIT_KIB
