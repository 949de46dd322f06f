"""Ports for the demo's programs."""

import asyncio
import sys

from script.lib.demo.processes import ROOT, free_port

_TAKE = (
    "import sys; from script.lib.demo import processes; processes._PORTS = 40\n"
    "print(*(processes.free_port() for _ in range(12)), flush=True); sys.stdin.read()\n"
)


async def _take() -> tuple[asyncio.subprocess.Process, list[int]]:
    program = await asyncio.create_subprocess_exec(
        sys.executable, "-c", _TAKE, cwd=ROOT,
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert program.stdout
    return program, [int(port) for port in (await program.stdout.readline()).split()]


async def test_programs_at_the_same_time_get_no_port_twice(socket_enabled: None) -> None:
    taken = await asyncio.gather(*(_take() for _ in range(3)))
    ports = [port for _, its in taken for port in its]
    for program, _ in taken:
        await program.communicate()
    assert len(set(ports)) == len(ports) == 36


def test_port_is_none_that_the_system_gives_to_others(socket_enabled: None) -> None:
    assert all(1024 < free_port() < 32_768 for _ in range(50))
