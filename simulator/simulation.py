"""A whole home in real time: the world, its chargers on their sockets, the meter on its port."""

import asyncio
from contextlib import AsyncExitStack
from datetime import datetime
from types import TracebackType
from typing import Self

from .car import Car
from .charge_point import SimulatedChargePoint
from .clock import utc_now
from .config import ChargerConfig, SimulationConfig
from .meter import Meter, MeterPush, MeterServer
from .ocpp21 import SimulatedChargePoint21
from .ocpp201 import SimulatedChargePoint201
from .station import Station
from .world import World

_VERSIONS = {
    "1.6": SimulatedChargePoint,
    "2.0.1": SimulatedChargePoint201,
    "2.1": SimulatedChargePoint21,
}


class Simulation:
    """Runs what a configuration describes, from ``async with`` until it is left."""

    def __init__(self, config: SimulationConfig) -> None:
        """Put everything together, with nothing running yet."""
        self._config = config
        self.world = World(
            now=utc_now(),
            house=config.house,
            evses={charger.identity: charger.evse for charger in config.chargers},
            meter=Meter(meter_id=config.meter_id, speed=config.meter_speed),
            speed=config.speed,
        )
        self.meter_server = MeterServer(host=config.meter_host, port=config.meter_port)
        self.charge_points = {
            charger.identity: _charge_point(charger) for charger in config.chargers
        }
        self.parked: dict[str, Car] = {charger.identity: charger.car for charger in config.chargers}
        self._stack = AsyncExitStack()
        self._running: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        """Start everything. Raises ``OSError`` for a port that is taken and ``StateFileError``."""
        async with AsyncExitStack() as stack:
            await self.meter_server.start()
            stack.push_async_callback(self.meter_server.stop)
            for charge_point in self.charge_points.values():
                await stack.enter_async_context(charge_point)
            for charger in self._config.chargers:
                # A charger that was restored from its state file has its car already.
                if charger.plugged_in and charger.evse.connector(1).car is None:
                    await self.plug_in(charger.identity)
            self.world.observe(self._follow)
            self._running = asyncio.create_task(self.world.run(tick_s=self._config.tick_s))
            stack.push_async_callback(_cancel, self._running)
            self._stack = stack.pop_all()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self._stack.aclose()

    async def run_until(self, ended: asyncio.Event) -> None:
        """Return when ``ended`` is set. Raises what stopped the simulation, if anything does."""
        assert self._running is not None
        waiting = asyncio.create_task(ended.wait())
        await asyncio.wait({waiting, self._running}, return_when=asyncio.FIRST_COMPLETED)
        waiting.cancel()
        if self._running.done():
            self._running.result()

    async def plug_in(self, identity: str, connector_id: int = 1, car: Car | None = None) -> Car:
        """Plug a car in: the one given, or the one that is parked at the charger.

        Raises ``KeyError`` for an unknown charger and ``ConnectorError`` where a car is already.
        """
        charge_point = self.charge_points[identity]
        chosen = self.parked[identity] if car is None else car
        await charge_point.plug_in(chosen, connector_id)
        return chosen

    async def unplug(self, identity: str, connector_id: int = 1) -> Car:
        """Unplug the car and park it. Raises ``KeyError`` or ``ConnectorError``."""
        car = await self.charge_points[identity].unplug(connector_id)
        self.parked[identity] = car
        return car

    def _follow(self, now: datetime, pushes: tuple[MeterPush, ...]) -> None:
        for charge_point in self.charge_points.values():
            charge_point.settle(now)
        self.meter_server.push(pushes)


def _charge_point(charger: ChargerConfig) -> SimulatedChargePoint:
    return _VERSIONS[charger.ocpp](
        charger.url,
        charger.identity,
        password=charger.key,
        station=Station(
            charger.evse,
            charger.configuration,
            free_vend_id_tag=charger.free_vend_id_tag,
            resume_after_power_loss=charger.resume_after_power_loss,
        ),
        nameplate=charger.nameplate,
        backoff=charger.backoff,
        state_file=charger.state_file,
        tick_s=None,
        boot_on_reconnect=charger.boot_on_reconnect,
        tls=charger.tls,
    )


async def _cancel(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.wait({task})
