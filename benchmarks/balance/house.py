"""What a Norwegian home takes on a winter day, second by second.

Simple stochastic models, all from a seed: space heaters and floor heating on thermostats (periods of
6 to 20 min, the duty of a cold day), a hob and an oven whose regulators switch each 10 to 60 s while
food is made, a water heater that reheats after use, a heat pump that modulates, a kettle, a laundry,
on some evenings a sauna, and a base load that wanders. A device that would bring the house itself above its fuse
waits: people who live behind a fuse know what they cannot use at once.
"""

from collections.abc import Callable
from dataclasses import dataclass
from heapq import heapify, heappop, heappush
from random import Random

from custom_components.zmartcharge.units import Ampere
from simulator.grid import LinePhasors, Wiring, wire

from .net import SUPPLIES, GridType

#: Phasors of the three lines in A and W; the same object as long as nothing changes.
type Load = tuple[LinePhasors, float]
type Hours = tuple[float, float]

_HOUR = 3600
_POSTPONED = 60
_BASE_EVERY = (8.0, 40.0)
_SHARE_OF_FUSE = 0.97


@dataclass(slots=True, kw_only=True)
class _Device:
    """A load of ``watts`` W that is switched with random times, in s, in its hours of the day."""

    watts: float
    wiring: Wiring
    on: tuple[float, float]
    off: tuple[float, float]
    hours: Hours = (0.0, 48.0)
    running: bool = False

    def phasors(self) -> LinePhasors:
        return self.wiring.phasors(self.watts / self.wiring.watts_per_ampere)

    def active(self, second: float) -> bool:
        return self.hours[0] * _HOUR <= second < self.hours[1] * _HOUR


def winter_day(grid: GridType, fuse: Ampere, random: Random, begin: int, end: int) -> list[Load]:
    """Return the load of each second from ``begin`` to ``end``, in s after midnight."""
    devices = _devices(grid, fuse, random)
    events = [(begin + random.uniform(0, _HOUR / 3), index) for index in range(len(devices))]
    base = _base(grid, fuse, random)
    events.append((begin, -1))
    heapify(events)
    loads: list[Load] = []
    load = _sum(devices, base)
    limit = _SHARE_OF_FUSE * fuse
    for second in range(begin, end):
        changed = False
        while events[0][0] <= second:
            _, index = heappop(events)
            changed = True
            if index < 0:
                base = _base(grid, fuse, random)
                heappush(events, (second + random.uniform(*_BASE_EVERY), index))
                continue
            after = _switch(devices, index, base, limit, second, random)
            heappush(events, (second + after, index))
        if changed:
            load = _sum(devices, base)
        loads.append(load)
    return loads


def _switch(
    devices: list[_Device],
    index: int,
    base: Load,
    limit: Ampere,
    second: float,
    random: Random,
) -> float:
    """Switch a device and return for how long, in s."""
    device = devices[index]
    if device.running:
        device.running = False
        return random.uniform(*device.off)
    if second < device.hours[0] * _HOUR:
        return device.hours[0] * _HOUR - second + random.uniform(0, 1)
    if not device.active(second):
        return float(_HOUR)
    device.running = True
    if max(abs(line) for line in _sum(devices, base)[0]) > limit:
        device.running = False
        return _POSTPONED * random.uniform(0.5, 1.5)
    return random.uniform(*device.on)


def _sum(devices: list[_Device], base: Load) -> Load:
    (one, two, three), watts = base
    for device in devices:
        if device.running:
            first, second, third = device.phasors()
            one, two, three = one + first, two + second, three + third
            watts += device.watts
    return (one, two, three), watts


def _base(grid: GridType, fuse: Ampere, random: Random) -> Load:
    one = two = three = 0j
    watts = 0.0
    for label in SUPPLIES[grid].voltage_labels:
        wiring = wire(SUPPLIES[grid], label)
        taken = fuse * random.uniform(5, 9)
        first, second, third = wiring.phasors(taken / wiring.watts_per_ampere, 0.95)
        one, two, three = one + first, two + second, three + third
        watts += taken
    return (one, two, three), watts


def _devices(grid: GridType, fuse: Ampere, random: Random) -> list[_Device]:
    """Return what a home behind a fuse has: about a quarter of what it carries is heating."""
    labels = SUPPLIES[grid].voltage_labels
    capable = fuse * 230.0 * (3.0 if grid is GridType.TN_400 else 3**0.5)
    cold = random.uniform(0.35, 0.65)

    def wiring(index: int) -> Wiring:
        return wire(SUPPLIES[grid], labels[index % len(labels)])

    devices = []
    heating, place = capable * random.uniform(0.2, 0.32), random.randrange(3)
    while heating > 0:
        watts = random.choice((600.0, 800.0, 1000.0, 1200.0, 1500.0))
        period = random.uniform(360, 1200)
        on = (cold * period * 0.8, cold * period * 1.2)
        off = ((1 - cold) * period * 0.8, (1 - cold) * period * 1.2)
        devices.append(_Device(watts=watts, wiring=wiring(place), on=on, off=off))
        heating -= watts
        place += 1
    return devices + _kitchen(wiring, random) + _rest(grid, fuse, wiring, random)


def _kitchen(wiring: Callable[[int], Wiring], random: Random) -> list[_Device]:
    dinner = random.uniform(15.8, 19.0)
    cooking = (dinner, dinner + random.uniform(0.4, 1.0))
    plates = [
        _Device(watts=1800, wiring=wiring(index), on=(8, 30), off=(8, 40), hours=cooking)
        for index in (1, 2)
    ]
    oven = _Device(watts=2400, wiring=wiring(2), on=(30, 90), off=(40, 120), hours=cooking)
    kettle = _Device(watts=2000, wiring=wiring(0), on=(100, 240), off=(3000, 9000), hours=(16, 23))
    return [*plates, oven, kettle]


def _rest(
    grid: GridType, fuse: Ampere, wiring: Callable[[int], Wiring], random: Random
) -> list[_Device]:
    washing = random.uniform(17, 22)
    found = [
        _Device(watts=2000, wiring=wiring(0), on=(900, 4000), off=(5000, 12000)),
        _Device(
            watts=2000,
            wiring=wiring(1),
            on=(600, 1500),
            off=(300, 1500),
            hours=(washing, washing + 1.5),
        ),
    ]
    # A heat pump modulates: three parts that come and go make its levels.
    found += [
        _Device(watts=random.uniform(300, 600), wiring=wiring(1), on=(300, 1500), off=(200, 900))
        for _ in range(3)
    ]
    if fuse >= 25 and random.random() < 0.35:
        begins = random.uniform(17.5, 20)
        three = wire(SUPPLIES[grid], "L1-L2-L3")
        hours = (begins, begins + 2)
        sauna = _Device(watts=6000, wiring=three, on=(1500, 2700), off=(60, 240), hours=hours)
        found.append(sauna)
    return found
