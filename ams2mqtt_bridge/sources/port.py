"""Opens a serial port, and says in plain words why that fails."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
import errno
import fcntl
import grp
import os
from pathlib import Path
import struct
from typing import Protocol, override

import serialx

from ..config import Parity
from .line import LineSettings

_PARITY = {
    Parity.NONE: serialx.Parity.NONE,
    Parity.EVEN: serialx.Parity.EVEN,
    Parity.ODD: serialx.Parity.ODD,
}
_CHUNK = 4096
_BY_ID = Path("/dev/serial/by-id")
_PROCESSES = Path("/proc")

# linux/serial.h: TIOCGICOUNT fills struct serial_icounter_struct, 11 counters and 9 reserved words.
_TIOCGICOUNT = 0x545D
_COUNTERS = struct.Struct("20i")
_FRAMING = 6


class Port(Protocol):
    """A serial port that is open."""

    async def read(self, timeout: float) -> bytes | None:
        """Return octets, none at all at the end, or ``None`` when nothing came for so many seconds.

        Raises ``OSError`` when the port is lost.
        """
        ...

    def framing_errors(self) -> int | None:
        """Return how many octets had no stop bit so far; ``None`` when the port does not count them."""
        ...


type OpenPort = Callable[[str, LineSettings], AbstractAsyncContextManager[Port]]


class _OpenPort(Port):
    def __init__(self, reader: asyncio.StreamReader, descriptor: int) -> None:
        self._reader = reader
        self._descriptor = descriptor

    @override
    async def read(self, timeout: float) -> bytes | None:
        try:
            async with asyncio.timeout(timeout):
                return await self._reader.read(_CHUNK)
        except TimeoutError:
            return None
        except serialx.SerialException as error:
            raise OSError(str(error)) from error

    @override
    def framing_errors(self) -> int | None:
        try:
            answer = fcntl.ioctl(self._descriptor, _TIOCGICOUNT, bytes(_COUNTERS.size))
        except OSError, ValueError:
            return None
        count: int = _COUNTERS.unpack(answer)[_FRAMING]
        return count


@asynccontextmanager
async def open_port(path: str, settings: LineSettings) -> AsyncGenerator[Port]:
    """Open a port for ourselves alone; raise ``OSError`` with what to do when that fails."""
    try:
        reader, writer = await serialx.open_serial_connection(
            path, settings.baudrate, _PARITY[settings.parity]
        )
    except (serialx.SerialException, ValueError) as error:
        raise OSError(str(error)) from error
    except OSError as error:
        raise OSError(await asyncio.to_thread(explain, error, path)) from error
    try:
        yield _OpenPort(reader, writer.transport.get_extra_info("serial").fileno())
    finally:
        writer.close()
        await writer.transport.wait_closed()


def stable_name(path: str, by_id: Path = _BY_ID) -> str:
    """Return the port's name under ``/dev/serial/by-id``, which stays the same, if it has one."""
    target = os.path.realpath(path)
    names = (name for name in _names(by_id) if os.path.realpath(name) == target)
    return next(names, path)


def explain(
    error: OSError, path: str, *, by_id: Path = _BY_ID, processes: Path = _PROCESSES
) -> str:
    """Return why a port cannot be opened, and what to do."""
    match error.errno:
        case errno.ENOENT | errno.ENXIO | errno.ENODEV:
            return f"there is no such device; {_present(by_id)}"
        case errno.EACCES | errno.EPERM:
            group = _group(path)
            return (
                f"no permission; add the user to the group {group} (sudo usermod -aG {group} "
                "<user>) and log in again"
            )
        case errno.EBUSY:
            return f"{_user_of(path, processes)} uses it already; stop that first"
        case errno.ENOTTY:
            return "it is not a serial port; configure the adapter's device"
        case _:
            return error.strerror or str(error)


def _names(by_id: Path) -> list[str]:
    try:
        return sorted(map(str, by_id.iterdir()))
    except OSError:
        return []


def _present(by_id: Path) -> str:
    if names := _names(by_id):
        return f"configure one of those that are plugged in: {', '.join(names)}"
    return "plug the adapter in"


def _group(path: str) -> str:
    with suppress(OSError, KeyError):
        return grp.getgrgid(Path(path).stat().st_gid).gr_name
    return "dialout"


def _user_of(path: str, processes: Path) -> str:
    """Return which other process has the port open, as far as this one may see."""
    target = os.path.realpath(path)
    with suppress(OSError):
        for descriptor in processes.glob("[0-9]*/fd/*"):
            with suppress(OSError):
                if str(descriptor.readlink()) != target:
                    continue
                process = descriptor.parents[1]
                if process.name != str(os.getpid()):
                    name = (process / "comm").read_text().strip()
                    return f"{name} (process {process.name})"
    return "another program"
