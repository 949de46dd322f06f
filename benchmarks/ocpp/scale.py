"""What so many chargers cost a real Home Assistant: replies, processor, memory, recorder, restart."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
import os
from pathlib import Path
import statistics
import sys
import tempfile
import time

from ..latency.load import process_of, processor_seconds, rows_of
from ..report import Figure, Goal
from .home import Home, home, light_charger

#: Sizes, and seconds that each is looked at.
SIZES = (10, 50, 100, 500)
SECONDS = 60.0
#: Messages of one charger that sends back to back; more than 1,000 would be slowed down on purpose.
_BACK_TO_BACK = 900
#: The size that goals are set for.
_GOAL_SIZE = 50
#: Seconds after which what a restart or a start of all sessions leaves to do is done, and each charger
#: has sent values as it does from then on.
_SETTLES_WITHIN = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """What a size came to; seconds, MiB, and shares of a core."""

    chargers: int
    replies: Sequence[float]
    lag: Sequence[float]
    processor: float
    idle: float
    memory: float
    states: float
    heard: int
    restart: float
    added: float
    lost: int

    @property
    def per_values(self) -> float:
        """Return the recorder's states for each MeterValues."""
        return self.states / max(1, self.heard)


@dataclass(frozen=True, slots=True, kw_only=True)
class BackToBack:
    """One charger that sends as fast as it is answered."""

    rate: float
    processor: float


async def measure_size(chargers: int, seconds: float) -> Scale:
    """Return what a size costs. Raises ProgramError."""
    with tempfile.TemporaryDirectory(prefix="zmartcharge-bench-") as name:
        async with home(Path(name), chargers) as house:
            pid = process_of(house.folder)
            await house.stop()
            restart = await house.start()
            pid = process_of(house.folder)
            await asyncio.sleep(_SETTLES_WITHIN)
            idle = await _share(pid, min(20.0, seconds))
            await asyncio.gather(*(charger.begin() for charger in house.chargers))
            await asyncio.sleep(_SETTLES_WITHIN)
            before, spent, began = rows_of(house.folder), processor_seconds(pid), time.monotonic()
            for charger in house.chargers:
                charger.replies.clear()
            lag = await _lag(house, seconds)
            lasted = time.monotonic() - began
            processor = (processor_seconds(pid) - spent) / lasted
            replies = [each for charger in house.chargers for each in charger.replies]
            # The recorder commits every 5 s.
            await asyncio.sleep(6)
            states = rows_of(house.folder)["states"] - before["states"]
            connects = sum(charger.connects for charger in house.chargers)
            added = await house.add(light_charger(chargers))
            lost = sum(c.connects for c in house.chargers) - connects - 1
            return Scale(
                chargers=chargers,
                replies=replies,
                lag=lag,
                processor=processor,
                idle=idle,
                memory=_memory(pid),
                states=states * lasted / (lasted + 6),
                heard=len(replies),
                restart=restart,
                added=added,
                lost=lost,
            )


async def measure_back_to_back() -> BackToBack:
    """Return how many MeterValues of one charger a Home Assistant takes. Raises ProgramError."""
    with tempfile.TemporaryDirectory(prefix="zmartcharge-bench-") as name:
        async with home(Path(name), 1) as house:
            await house.stop()
            await house.start()
            charger = house.chargers[0]
            await charger.begin()
            pid = process_of(house.folder)
            spent, began = processor_seconds(pid), time.monotonic()
            for _ in range(_BACK_TO_BACK):
                await charger.send_values()
            lasted = time.monotonic() - began
            return BackToBack(
                rate=_BACK_TO_BACK / lasted,
                processor=(processor_seconds(pid) - spent) / _BACK_TO_BACK,
            )


async def _lag(house: Home, seconds: float) -> list[float]:
    """Return how long Home Assistant's event loop lets a ping of its own API wait, each 100 ms."""
    found, until = [], time.monotonic() + seconds
    async with house.hass.connected() as socket:
        number = 1
        while time.monotonic() < until:
            number += 1
            began = time.perf_counter()
            await socket.send_json({"id": number, "type": "ping"})
            await socket.receive_json()
            found.append(time.perf_counter() - began)
            house.ensure_running()
            await asyncio.sleep(0.1)
    return found


async def _share(pid: int, seconds: float) -> float:
    spent, began = processor_seconds(pid), time.monotonic()
    await asyncio.sleep(seconds)
    return (processor_seconds(pid) - spent) / (time.monotonic() - began)


def _memory(pid: int) -> float:
    """Return the resident memory in MiB (proc(5): statm)."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def measure(seconds: float) -> tuple[list[Figure], list[Goal]]:
    """Return the figures of all sizes. Says how far it is on stderr. Raises ProgramError."""
    scales = []
    for size in SIZES:
        print(f"{size} chargers …", file=sys.stderr, flush=True)
        scales.append(asyncio.run(measure_size(size, seconds)))
    print("one charger back to back …", file=sys.stderr, flush=True)
    return figures_of(scales, asyncio.run(measure_back_to_back()))


def figures_of(scales: Sequence[Scale], fast: BackToBack) -> tuple[list[Figure], list[Goal]]:
    """Return what is to be shown."""
    figures, goals = [], list[Goal]()
    first = scales[0]
    for each in scales:
        name = f"{each.chargers} chargers"
        cuts = statistics.quantiles(each.replies, n=100)
        lags = statistics.quantiles(each.lag, n=100)
        figures += [
            Figure(f"{name}: reply to MeterValues, p50", 1000 * cuts[49], "ms"),
            Figure(f"{name}: reply to MeterValues, p99", 1000 * cuts[98], "ms"),
            Figure(f"{name}: event loop late, p99", 1000 * lags[98], "ms"),
            Figure(f"{name}: Home Assistant, nobody charging", 100 * each.idle, "% of a core"),
            Figure(f"{name}: Home Assistant, all charging", 100 * each.processor, "% of a core"),
            Figure(f"{name}: memory", each.memory, "MiB"),
            Figure(f"{name}: recorder states per MeterValues", each.per_values, ""),
            Figure(f"{name}: ready after a restart", each.restart, "s"),
            Figure(f"{name}: adding one more", each.added, "s"),
            Figure(f"{name}: connections lost by that", each.lost, ""),
        ]
        if each.chargers == _GOAL_SIZE:
            share = 100 * each.processor
            goals += [
                Goal(f"{name}: Home Assistant, % of a core", share, 3, at_most=True),
                Goal(
                    f"{name}: recorder states per MeterValues", each.per_values, 0.6, at_most=True
                ),
                Goal(f"{name}: connections lost by adding one", each.lost, 0, at_most=True),
            ]
    last = scales[-1]
    if last is not first:
        more = (last.memory - first.memory) / (last.chargers - first.chargers)
        figures.append(Figure("memory per charger", more, "MiB"))
    figures += [
        Figure("one charger back to back: MeterValues", fast.rate, "per second"),
        Figure("one charger back to back: processor time each", 1000 * fast.processor, "ms"),
    ]
    goals += [
        Goal("one charger back to back: MeterValues per second", fast.rate, 500),
        Goal(
            "one charger back to back: processor time each, ms",
            1000 * fast.processor,
            2,
            at_most=True,
        ),
    ]
    return figures, goals
