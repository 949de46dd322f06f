"""One home with its meter, its chargers and their cars, in virtual or in real time."""

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from .clock import utc_now
from .evse import Evse
from .house import House
from .meter import Meter, MeterPush
from .watch import Watch

type Observer = Callable[[datetime, tuple[MeterPush, ...]], None]


class World:
    """The physics of a home.

    ``step`` takes it forward in virtual time. ``run`` lets it keep to a clock; ``speed`` then
    multiplies the energy that flows, while clocks, currents and reaction times stay real, so that
    a short session yields kWh that can be seen.
    """

    def __init__(
        self,
        *,
        now: datetime,
        house: House | None = None,
        evses: Mapping[str, Evse] | None = None,
        meter: Meter | None = None,
        speed: float = 1.0,
    ) -> None:
        """Put a home together; ``evses`` are its chargers by id.

        Raises ``ValueError`` for a charger that is made for another grid than the house has, or a
        naive ``now``.
        """
        if now.tzinfo is None:
            raise ValueError("now must be an aware datetime")
        self.now = now
        self.speed = speed
        self.house = House() if house is None else house
        self.evses = dict(evses or {})
        self.meter = Meter() if meter is None else meter
        self._chargers = tuple(self.evses.values())
        self._observers: list[Observer] = []
        self._watch = Watch(self)
        self.meter.begin(now)
        for name, evse in self.evses.items():
            if evse.grid is not self.house.grid:
                raise ValueError(f"charger {name} is for {evse.grid}, not {self.house.grid}")

    def observe(self, observer: Observer) -> None:
        """Have ``observer(now, pushes)`` called after each step."""
        self._observers.append(observer)

    def step(self, dt_s: float = 1.0) -> tuple[MeterPush, ...]:
        """Go ``dt_s`` seconds forward and return what the meter pushes then."""
        return self.step_to(self.now + timedelta(seconds=dt_s))

    def step_to(self, now: datetime) -> tuple[MeterPush, ...]:
        """Go forward to ``now``; a clock that was set back lets no time pass."""
        dt_s = max(0.0, (now - self.now).total_seconds())
        self.now = now
        for evse in self._chargers:
            evse.step(now, dt_s, self.speed)
        self.house.step(now, dt_s, self._chargers, self.speed)
        pushes = self.meter.step(now, self.house)
        for observer in self._observers:
            observer(now, pushes)
        return pushes

    async def run(self, *, clock: Callable[[], datetime] = utc_now, tick_s: float = 0.5) -> None:
        """Keep to ``clock``, with a step every ``tick_s`` seconds, until cancelled."""
        self.now = clock()
        while True:
            await asyncio.sleep(tick_s)
            self.step_to(clock())
            self._watch.notify()

    async def wait_for(self, predicate: Callable[[World], object], timeout: float = 10.0) -> None:
        """Return when ``predicate`` holds. Raises ``TimeoutError`` after ``timeout`` seconds."""
        await self._watch.wait_for(predicate, timeout)
