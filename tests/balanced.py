"""A house whose chargers are balanced, second by second."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from homeassistant.config_entries import ConfigEntryState
from homeassistant.util import dt as dt_util

from custom_components.zmartcharge.balance import Need
from custom_components.zmartcharge.balance_view import BalanceOptions
from custom_components.zmartcharge.units import Phase, Wiring
from simulator import SimulatedChargePoint

from .house import House, wait_until

_LIST_EVERY = 10


@dataclass
class Balanced:
    """What hangs on the main fuse, and somebody, or nobody, who answers needs."""

    house: House
    charge_points: Sequence[SimulatedChargePoint] = ()
    #: What the house takes on each line, in A.
    load: list[float] = field(default_factory=lambda: [5.0, 5.0, 5.0])
    metered: bool = True
    options: BalanceOptions = field(default_factory=BalanceOptions)
    needs: list[Need] = field(default_factory=list)
    #: The most that each line has carried since the last look at it, in A.
    _second: int = 0

    def answer(self, options: BalanceOptions | None = None) -> None:
        """Let needs be answered from now on, as the automation does."""
        balancing = self.house.site.balancing
        self.options = options or self.options

        def needed(need: Need) -> None:
            self.needs.append(need)
            self.house.hub.create_task(balancing.balance(self.options), "answer")

        balancing.async_on_need(needed)

    @property
    def lines(self) -> list[float]:
        """Return what each line of the main fuse carries now, in A."""
        lines = list(self.load)
        for charge_point in self.charge_points:
            charger = self.house.hub.charger_by_id(charge_point.identity)
            assert charger is not None
            wiring: Wiring = charger.config.wiring
            for index, line in enumerate(wiring.lines):
                lines[list(Phase).index(line)] += self.drawn(charge_point)[index]
        return lines

    def drawn(self, charge_point: SimulatedChargePoint, connector_id: int = 1) -> tuple[float, ...]:
        """Return what a charger's car draws from its terminals, in A."""
        return charge_point.station.evse.line_currents(connector_id)

    async def live(self, seconds: int) -> None:
        """Let seconds pass: cars follow, the meter tells its lists, Home Assistant's timers run."""
        for _ in range(seconds):
            self._second += 1
            self.house.time.tick(timedelta(seconds=1))
            for charge_point in self.charge_points:
                charge_point.step(dt_util.utcnow(), 1.0)
            if self.metered and self._second % _LIST_EVERY == 0:
                await self.read()
            await self.house.pass_time(0)
            for charge_point in self.charge_points:
                if charge_point.connected:
                    await self.house.settled(charge_point)
            await wait_until(self._told)

    def _told(self) -> bool:
        """Tell whether no charger is being told anything at this moment."""
        if self.house.entry.state is not ConfigEntryState.LOADED:
            return True
        telling = [
            connector.limiter._telling
            for charger in self.house.hub.chargers.values()
            for connector in charger.connectors.values()
        ]
        return all(task is None or task.done() for task in telling)

    async def read(self, **more: Any) -> None:
        """Let the meter's reader publish what the lines carry."""
        lines = self.lines
        currents = {f"I{n}": round(amperes, 2) for n, amperes in enumerate(lines, start=1)}
        # No house stands still to the watt for minutes; a meter that does is not trusted.
        power = round(230 * sum(lines)) + self._second // _LIST_EVERY % 7
        await self.house.meter({"P": power, **currents, **more})
