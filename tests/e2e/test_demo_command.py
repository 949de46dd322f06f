"""The demo as a person starts and ends it."""

import asyncio
import signal
import sys

import psutil
import pytest

from script.lib.demo.processes import ROOT, free_port


@pytest.mark.e2e
@pytest.mark.timeout(300)
async def test_ctrl_c_ends_everything_that_the_demo_started(socket_enabled: None) -> None:
    port = free_port()
    demo = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "script.lib.demo",
        "--port",
        str(port),
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
    )
    assert demo.stdout
    said = (await demo.stdout.readuntil(b"Ctrl-C ends all of it.")).decode()
    assert f"http://127.0.0.1:{port}/" in said
    started = psutil.Process(demo.pid).children(recursive=True)
    assert len(started) >= 4

    demo.send_signal(signal.SIGINT)
    assert await demo.wait() == 0
    _, alive = await asyncio.to_thread(psutil.wait_procs, started, 20)
    assert alive == []
