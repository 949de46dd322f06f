"""Programs that the demo starts and ends by their own pid."""

import asyncio
from collections.abc import Mapping, Sequence
import os
from pathlib import Path
import secrets
import signal
import socket

ROOT = Path(__file__).parents[3]

_FIRST_PORT, _PORTS = 15_000, 17_000
_CLAIMS: list[socket.socket] = []


class ProgramError(Exception):
    """A program of the demo did not do what it should; the message holds its last words."""


def free_port() -> int:
    """Return a TCP port on 127.0.0.1 that is free now, and that nobody else gets from here.

    It lies below those that Linux gives to connections and to servers that ask for any
    (net.ipv4.ip_local_port_range), so that none of them takes it before it is used. An abstract
    Unix socket of its name (unix(7)) keeps it for as long as this process lives, so that demos and
    tests that run at the same time do not get the same one.
    """
    while True:
        port = _FIRST_PORT + secrets.randbelow(_PORTS)
        claim = socket.socket(socket.AF_UNIX)
        try:
            claim.bind(f"\0zmartcharge port {port}")
            with socket.socket() as probe:
                probe.bind(("127.0.0.1", port))
        except OSError:
            claim.close()
        else:
            _CLAIMS.append(claim)
            return port


class Program:
    """One running program, its output in a file."""

    def __init__(self, name: str, process: asyncio.subprocess.Process, log: Path) -> None:
        """Take a running process."""
        self.name = name
        self.log = log
        self._process = process

    @classmethod
    async def start(
        cls,
        name: str,
        command: Sequence[str],
        log: Path,
        *,
        environment: Mapping[str, str] | None = None,
    ) -> Program:
        """Start a program in the project's folder, in a process group of its own."""
        with log.open("ab") as output:
            process = await asyncio.create_subprocess_exec(
                *command,
                cwd=ROOT,
                env={**os.environ, **(environment or {})},
                stdin=asyncio.subprocess.DEVNULL,
                stdout=output,
                stderr=asyncio.subprocess.STDOUT,
                # Ctrl-C in a terminal goes to the demo alone, which ends the others in order.
                start_new_session=True,
            )
        return cls(name, process, log)

    @property
    def running(self) -> bool:
        """Tell whether the program runs."""
        return self._process.returncode is None

    def output(self) -> str:
        """Return all that the program has said."""
        return self.log.read_text(errors="replace")

    def ensure_running(self) -> None:
        """Raise ProgramError when the program has ended."""
        if not self.running:
            raise ProgramError(f"{self.name} ended:\n{self.output()[-3000:]}")

    async def stop(self, timeout: float = 20) -> None:
        """End the program with SIGTERM, after ``timeout`` seconds with SIGKILL."""
        if self.running:
            self._process.send_signal(signal.SIGTERM)
            try:
                async with asyncio.timeout(timeout):
                    await self._process.wait()
            except TimeoutError:
                await self.kill()

    async def kill(self) -> None:
        """End the program with SIGKILL, as a power cut would."""
        if self.running:
            self._process.kill()
            await self._process.wait()
