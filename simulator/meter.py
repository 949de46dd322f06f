"""A smart meter: what it reads from the house and when it says so, and its port on TCP.

``Meter`` is pure and takes time as an argument; ``MeterServer`` sends its frames to any number of
TCP clients, as a serial-to-network converter on a HAN port does.
"""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
import logging

from .aidon import MeterList, MeterReading, encode
from .house import House
from .watch import Watch

_LOGGER = logging.getLogger(__name__)
_MOST_UNSENT_BYTES = 65536
_HOURLY_AT = timedelta(seconds=10)


@dataclass(frozen=True, slots=True)
class MeterPush:
    """A list that the meter pushes, and what it read for it."""

    meter_list: MeterList
    reading: MeterReading

    @property
    def frame(self) -> bytes:
        """Return the frame as it leaves the HAN port."""
        return encode(self.reading, self.meter_list)


class Meter:
    """An Aidon meter: list 1 every 2.5 s, list 2 every 10 s, list 3 ten seconds past each hour.

    List 3 holds all of list 2 and takes its place.
    """

    def __init__(
        self,
        *,
        meter_id: str = "7359992890000001",
        meter_type: str = "6525",
        speed: float = 1.0,
    ) -> None:
        """Set up a meter whose lists come ``speed`` times as often.

        Raises ``ValueError`` for a speed that is not above 0.
        """
        if not speed > 0:
            raise ValueError("speed must be above 0")
        self._meter_id = meter_id
        self._meter_type = meter_type
        self._power_every = timedelta(seconds=2.5) / speed
        self._lines_every = timedelta(seconds=10) / speed
        self._energy_every = timedelta(hours=1) / speed
        self._hourly_at = _HOURLY_AT / speed
        self._silent = False
        self._next: dict[MeterList, datetime] | None = None

    def silence(self, silent: bool) -> None:
        """Stop or resume pushing, as a port that the grid company closes."""
        self._silent = silent

    def step(self, now: datetime, house: House) -> tuple[MeterPush, ...]:
        """Return what the meter pushes at ``now``: each list at most once, the shortest first.

        Call it at least every 2.5 s; what fell due twice in between is pushed once.
        """
        due = self._next
        if due is None or due[MeterList.POWER] - now > self._power_every:
            # The first step, or a clock that was set back.
            due = self.begin(now)
        if now < due[MeterList.POWER] and now < due[MeterList.LINES]:
            return ()
        lists = []
        if self._take(due, MeterList.POWER, self._power_every, now):
            lists.append(MeterList.POWER)
        if self._take(due, MeterList.LINES, self._lines_every, now):
            hourly = self._take(due, MeterList.ENERGY, self._energy_every, now)
            lists.append(MeterList.ENERGY if hourly else MeterList.LINES)
        if self._silent or not lists:
            return ()
        reading = self.read(now, house)
        return tuple(MeterPush(meter_list, reading) for meter_list in lists)

    def read(self, now: datetime, house: House) -> MeterReading:
        """Return what the meter sees in the house."""
        return MeterReading(
            time=now,
            grid=house.grid,
            import_w=max(0.0, house.power_w),
            export_w=max(0.0, -house.power_w),
            import_var=max(0.0, house.reactive_var),
            export_var=max(0.0, -house.reactive_var),
            currents=house.currents,
            voltages=house.voltages,
            import_wh=house.import_wh,
            export_wh=house.export_wh,
            import_varh=house.import_varh,
            export_varh=house.export_varh,
            meter_id=self._meter_id,
            meter_type=self._meter_type,
        )

    def begin(self, now: datetime) -> dict[MeterList, datetime]:
        """Count the intervals from ``now`` and return when each list is due."""
        hour = now.replace(minute=0, second=0, microsecond=0) + self._hourly_at
        missed = max(0, -((hour - now) // self._energy_every))
        self._next = {
            MeterList.POWER: now + self._power_every,
            MeterList.LINES: now + self._lines_every,
            MeterList.ENERGY: hour + missed * self._energy_every,
        }
        return self._next

    @staticmethod
    def _take(
        due: dict[MeterList, datetime], meter_list: MeterList, every: timedelta, now: datetime
    ) -> bool:
        at = due[meter_list]
        if now < at:
            return False
        due[meter_list] = at + every * ((now - at) // every + 1)
        return True


class MeterServer:
    """The meter's port on TCP."""

    def __init__(self, *, host: str = "127.0.0.1", port: int = 0) -> None:
        """Set up a server; port 0 takes a free one."""
        self._host = host
        self._port = port
        self._server: asyncio.Server | None = None
        self._clients: set[asyncio.StreamWriter] = set()
        self._watch = Watch(self)

    @property
    def port(self) -> int:
        """Return the port that is listened on."""
        if self._server is None:
            return self._port
        return int(self._server.sockets[0].getsockname()[1])

    @property
    def clients(self) -> int:
        """Return how many readers are connected."""
        return len(self._clients)

    async def start(self) -> None:
        """Begin to listen. Raises ``OSError`` where the port is taken."""
        self._server = await asyncio.start_server(self._serve, self._host, self._port)

    async def stop(self) -> None:
        """Close the port and all connections."""
        if self._server is None:
            return
        self._server.close()
        for client in tuple(self._clients):
            client.transport.abort()
        await self._server.wait_closed()

    def push(self, pushes: Iterable[MeterPush]) -> None:
        """Send frames to every client."""
        for push in pushes if self._clients else ():
            self.send(push.frame)

    def send(self, data: bytes) -> None:
        """Send any bytes to every client; one that does not read them is disconnected."""
        for client in tuple(self._clients):
            if client.transport.get_write_buffer_size() > _MOST_UNSENT_BYTES:
                _LOGGER.warning("A reader of the meter does not keep up and is disconnected")
                client.transport.abort()
            elif not client.transport.is_closing():
                client.write(data)

    async def wait_for(
        self, predicate: Callable[[MeterServer], object], timeout: float = 10.0
    ) -> None:
        """Return when ``predicate`` holds. Raises ``TimeoutError`` after ``timeout`` seconds."""
        await self._watch.wait_for(predicate, timeout)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._clients.add(writer)
        self._watch.notify()
        try:
            # The port only sends; reading tells when the client goes.
            while await reader.read(1024):
                pass
        except ConnectionError:
            pass
        finally:
            self._clients.discard(writer)
            self._watch.notify()
            writer.close()
