"""What every controller is, and ours: the engine and the guard as the integration runs them."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Protocol, override

from custom_components.zmartcharge.balance import (
    BalanceState,
    ChargerSituation,
    GuardedCharger,
    GuardState,
    GuardView,
    LineReading,
    Readings,
    SiteLimits,
    Situation,
    balance,
    guard,
)
from custom_components.zmartcharge.meter.frozen import MOVED, FrozenDetector
from custom_components.zmartcharge.meter.reading import PartialReading
from custom_components.zmartcharge.units import Ampere, Phase

from .charging import EXPIRES, Charger
from .metering import Picture
from .net import GridType

_MIDNIGHT = datetime(2026, 1, 14, 23, tzinfo=UTC)
_IGNORED_AFTER = 12

type Make = Callable[[GridType, Ampere, Sequence[Charger]], Controller]


class Controller(Protocol):
    """Decides what chargers may take. ``single`` controllers know only the first one."""

    single: bool

    def step(self, second: int, picture: Picture) -> None:
        """Look at the meter, and command chargers."""
        ...

    def restart(self) -> None:
        """Begin anew with nothing remembered."""
        ...


def time_of(second: int) -> datetime:
    """Return a second after midnight as a time."""
    return _MIDNIGHT + timedelta(seconds=second)


class Ours(Controller):
    """``balance`` at each news and ``guard`` each second."""

    single = False

    def __init__(self, grid: GridType, fuse: Ampere, chargers: Sequence[Charger]) -> None:
        self._grid, self._chargers = grid, chargers
        self._limits = SiteLimits(grid=grid, fuse=fuse)
        self._feeds = [(charger.place.feed(grid),) for charger in chargers]
        self.restart()

    @override
    def restart(self) -> None:
        self._state, self._guard = BalanceState(), GuardState()
        self._look: datetime | None = None
        self._frozen = FrozenDetector(self._grid)
        self._known: tuple[object, ...] = ()
        self._readings = Readings()
        self._lowered: list[datetime | None] = [None for _ in self._chargers]
        self._draws = [(charger.measured, charger.measured_at) for charger in self._chargers]
        self._arrived = [0 for _ in self._chargers]

    @override
    def step(self, second: int, picture: Picture) -> None:
        now = time_of(second)
        for charger in self._chargers:
            if charger.reachable(second):
                charger.renewed_at = second
        if picture.news and not picture.retained:
            self._hear(picture, now)
        self._watch_draws(second)
        self._readings = Readings(
            lines=self._readings.lines,
            power=self._readings.power,
            power_at=self._readings.power_at,
            online=picture.online,
            frozen=self._frozen.frozen,
        )
        known = tuple(
            (c.wants, c.reachable(second), c.measured_at if c.wants else 0) for c in self._chargers
        )
        due = self._look is not None and self._look <= now
        # With nobody to charge the house is only remembered.
        idle = not any(charger.wants or charger.allowed for charger in self._chargers)
        if known != self._known or (picture.currents if idle else picture.news or due):
            self._known = known
            self._balance(second, now)
        if not idle:
            self._hold(second, now)
            self._resend(second)

    def _hear(self, picture: Picture, now: datetime) -> None:
        lines = self._readings.lines
        if picture.currents and picture.lines is not None:
            at = time_of(picture.lines_at)
            currents = dict(zip(Phase, picture.lines, strict=True))
            lines = {line: LineReading(current=each, at=at) for line, each in currents.items()}
            self._frozen.see(
                PartialReading(
                    received=now, retained=False, currents=currents, power_import=picture.power
                )
            )
        power_at = time_of(picture.power_at)
        self._readings = Readings(lines=lines, power=picture.power, power_at=power_at)

    def _watch_draws(self, second: int) -> None:
        for index, charger in enumerate(self._chargers):
            before, since = self._draws[index]
            if charger.measured_at != since:
                self._draws[index] = (charger.measured, charger.measured_at)
                moved = charger.measured - before
                if abs(moved) > MOVED and charger.measured_at == second:
                    lines = {line: moved for line, each in charger.draw().items() if each or before}
                    self._frozen.charger_moved(lines, time_of(since), time_of(second))

    def _situation(self, second: int) -> Situation:
        return Situation(
            limits=self._limits,
            readings=self._readings,
            chargers=tuple(
                ChargerSituation(
                    id=str(index),
                    feeds=self._feeds[index],
                    maximum=charger.place.maximum,
                    plugged=charger.car is not None,
                    wants=charger.wants,
                    suspended_by_car=charger.sleeping,
                    draw=charger.draw(),
                    draw_at=time_of(charger.measured_at),
                    allowed=charger.allowed,
                    commanded_at=time_of(charger.told_at),
                    online=charger.reachable(second),
                    allowed_until=time_of((charger.renewed_at or second) + EXPIRES),
                    arrived=time_of(charger.visit.arrives) if charger.visit else None,
                )
                for index, charger in enumerate(self._chargers)
            ),
        )

    def _balance(self, second: int, now: datetime) -> None:
        situation = self._situation(second)
        self._state, decision = balance(self._state, situation, now)
        self._look = decision.next_look
        for index, charger in enumerate(self._chargers):
            current = decision.of(str(index)).current
            if charger.reachable(second) and abs(current - charger.allowed) > 0.05:
                self._command(index, second, current)

    def _hold(self, second: int, now: datetime) -> None:
        lines = self._readings.lines
        view = GuardView(
            fuse=self._limits.fuse,
            lines={line: lines.get(line) for line in self._grid.phases},
            chargers=tuple(
                GuardedCharger(
                    id=str(index),
                    allowed=charger.allowed,
                    safe=6.0,
                    coefficients=self._feeds[index][0].coefficients,
                    fixed=not charger.reachable(second),
                    lowered_at=self._lowered[index],
                )
                for index, charger in enumerate(self._chargers)
                if charger.wants or charger.allowed
            ),
            heartbeat=now,
            online=self._readings.online,
            frozen=self._readings.frozen,
        )
        self._guard, held = guard(self._guard, view, now)
        for name, cap in held.caps.items():
            if cap < self._chargers[int(name)].allowed:
                self._command(int(name), second, cap)

    def _resend(self, second: int) -> None:
        """Say again what a charger does not follow."""
        for index, charger in enumerate(self._chargers):
            ignored = charger.measured > charger.allowed * 1.1 + 0.5
            if ignored and charger.measured_at >= charger.told_at + _IGNORED_AFTER:
                self._command(index, second, charger.allowed)

    def _command(self, index: int, second: int, current: Ampere) -> None:
        charger = self._chargers[index]
        if current < charger.allowed:
            self._lowered[index] = time_of(second)
        charger.command(second, current)
