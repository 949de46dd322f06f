"""The rules of others, re-implemented from what their sources and manuals say of their numbers.

Where a rule is not told, the kinder one for them was taken: they hear of a car at once, know its draw,
and start a paused car as soon as 6 A fit. All add the amperes of lines without phases of currents.
"""

from collections.abc import Sequence
from typing import override

from custom_components.zmartcharge.units import Ampere

from .charging import Charger
from .controller import Controller
from .metering import Picture
from .net import GridType

_MINIMUM = 6.0


class _Peer(Controller):
    """What the peers have in common: whole amperes, and nothing from 1 to 5 A."""

    single = False

    def __init__(self, grid: GridType, fuse: Ampere, chargers: Sequence[Charger]) -> None:
        self._fuse, self._chargers = fuse, chargers
        self._lines = [[grid.phases.index(line) for line in c.place.lines.lines] for c in chargers]
        self._heard_at = -1
        self.restart()

    @override
    def restart(self) -> None:
        """Begin anew."""

    @override
    def step(self, second: int, picture: Picture) -> None:
        if picture.currents:
            self._heard_at = second
        if picture.lines is not None:
            self._decide(second, picture, picture.lines)

    def _decide(self, second: int, picture: Picture, lines: tuple[Ampere, ...]) -> None:
        raise NotImplementedError

    def _room(self, lines: tuple[Ampere, ...]) -> Ampere:
        return self._fuse - max(lines)

    def _active(self) -> list[Charger]:
        return [charger for charger in self._chargers if charger.wants]

    @staticmethod
    def _set(charger: Charger, second: int, current: Ampere) -> None:
        current = min(charger.place.maximum, float(int(current)))
        current = current if current >= _MINIMUM else 0.0
        if current != charger.allowed:
            charger.command(second, current)


class Evcc(_Peer):
    """evcc: one load point each 30 s, ``min(new, max(0, old + limit − highest phase))``."""

    _turn = 0

    @override
    def _decide(self, second: int, picture: Picture, lines: tuple[Ampere, ...]) -> None:
        if second % 30:
            return
        self._turn = (self._turn + 1) % len(self._chargers)
        charger = self._chargers[self._turn]
        if charger.wants:
            self._set(charger, second, max(0.0, charger.allowed + self._room(lines)))


class EvseLoadBalancer(_Peer):
    """hass-evse-load-balancer: tolerates ≤ 13 % for 60 s, ≤ 40 % for 30 s, ≤ 100 % for 10 s.

    At least 20 s between two writes, up after 15 min; one charger, which begins at its maximum.
    """

    single = True
    _over_since: int | None = None
    _written_at = -1

    @override
    def _decide(self, second: int, picture: Picture, lines: tuple[Ampere, ...]) -> None:
        charger = self._chargers[0]
        if self._written_at < 0:
            self._written_at = second
            self._set(charger, second, charger.place.maximum)
        room = self._room(lines)
        if room >= 0:
            self._over_since = None
            if room >= 1 and second - self._written_at >= 900:
                self._write(charger, second, charger.allowed + room)
            return
        if self._over_since is None:
            self._over_since = second
        excess = -room / self._fuse
        waits = 60 if excess <= 0.13 else 30 if excess <= 0.4 else 10 if excess <= 1.0 else 0
        if second - self._over_since >= waits and second - self._written_at >= 20:
            # Its room is a whole number, rounded down.
            self._write(charger, second, max(0.0, charger.allowed + int(room - 0.999)))

    def _write(self, charger: Charger, second: int, current: Ampere) -> None:
        before = charger.allowed
        self._set(charger, second, current)
        if charger.allowed != before:
            self._written_at = second


class OpenWb(_Peer):
    """openWB: each 10 s the minimum for each, then equal shares per phase.

    Without the meter for 60 s the chargers get the power that is configured.
    """

    @override
    def _decide(self, second: int, picture: Picture, lines: tuple[Ampere, ...]) -> None:
        if second % 10 != 1:
            return
        active = [index for index, charger in enumerate(self._chargers) if charger.wants]
        if second - self._heard_at > 60:
            for index in active:
                charger = self._chargers[index]
                self._set(charger, second, charger.place.maximum)
            return
        left = [self._fuse - line for line in lines]
        for index in active:
            for line in self._lines[index]:
                left[line] += self._chargers[index].measured
        shares = dict.fromkeys(active, 0.0)
        for index in active:
            self._give(index, _MINIMUM, left, shares)
        rising = True
        while rising:
            rising = False
            for index in active:
                if 0 < shares[index] < self._chargers[index].place.maximum:
                    rising |= self._give(index, 1.0, left, shares)
        for index in active:
            self._set(self._chargers[index], second, shares[index])

    def _give(
        self, index: int, amperes: Ampere, left: list[Ampere], shares: dict[int, Ampere]
    ) -> bool:
        if any(left[line] < amperes for line in self._lines[index]):
            return False
        shares[index] += amperes
        for line in self._lines[index]:
            left[line] -= amperes
        return True


class SmartEvse(_Peer):
    """SmartEVSE: at each reading the full cut down or a quarter of what is free up.

    Stops after three shortages or above twice the mains; without the meter for 11 s it stops.
    """

    _total = 0.0
    _shortages = 0

    @override
    def _decide(self, second: int, picture: Picture, lines: tuple[Ampere, ...]) -> None:
        active = self._active()
        if second - self._heard_at > 11:
            self._spread(active, second, 0.0)
            return
        if not picture.currents or not active:
            return
        room = self._room(lines)
        least = _MINIMUM * len(active)
        if not any(charger.allowed for charger in active):
            self._shortages, self._total = 0, least
            self._spread(active, second, least if room >= least else 0.0)
            return
        self._total += room / 4 if room > 0 else room
        self._total = min(self._total, sum(charger.place.maximum for charger in active))
        self._shortages = self._shortages + 1 if self._total < least else 0
        if self._shortages >= 3 or max(lines) > 2 * self._fuse:
            self._spread(active, second, 0.0)
            return
        self._total = max(self._total, least)
        self._spread(active, second, self._total)

    def _spread(self, active: Sequence[Charger], second: int, total: Ampere) -> None:
        for charger in active:
            self._set(charger, second, total / len(active))


class LoadJuggler(_Peer):
    """Load Juggler: ramps by 0.2 A each second, so that 16 to 6 A takes 50 s."""

    @override
    def restart(self) -> None:
        self._ramps = [charger.allowed for charger in self._chargers]
        self._targets = list(self._ramps)

    @override
    def _decide(self, second: int, picture: Picture, lines: tuple[Ampere, ...]) -> None:
        active = [index for index, charger in enumerate(self._chargers) if charger.wants]
        room = self._room(lines)
        for index in active:
            charger = self._chargers[index]
            if picture.currents:
                target = charger.allowed + room / len(active)
                self._targets[index] = max(0.0, min(charger.place.maximum, target))
            ramp, target = self._ramps[index], self._targets[index]
            if not charger.allowed:
                ramp = _MINIMUM if target >= _MINIMUM else 0.0
            ramp += max(-0.2, min(0.2, target - ramp))
            self._ramps[index] = ramp
            self._set(charger, second, ramp)
