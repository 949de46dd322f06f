"""Overloads, one after the other: from the meter's message to the charger that is told less."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
import math
from random import Random

from .charger import Told
from .home import Home
from .meter import Site

#: Seconds after which an overload counts as not answered.
WITHIN = 5.0
#: From so many seconds on an answer may be the fuse guard's, not the automation's.
GUARD = 1.0
#: Cars take the whole time that IEC 61851-1 (table A.6) gives charger and car, 10 s, and a moment.
#: So each reading tells what the house takes, however many limits there were in the last seconds.
_LAG = 10.1
#: Seconds between an answer and the next overload.
_PAUSES = (0.05, 0.1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """How long each overload took to be answered in s, ``WITHIN`` for one that was not."""

    seconds: tuple[float, ...]

    @property
    def unanswered(self) -> int:
        """Return how many were not answered at all."""
        return sum(each >= WITHIN for each in self.seconds)

    @property
    def late(self) -> int:
        """Return how many were answered when the fuse guard may have been."""
        return sum(GUARD <= each < WITHIN for each in self.seconds)

    def percentile(self, share: float) -> float:
        """Return the nearest-rank percentile in s, of a share up to 1."""
        ordered = sorted(self.seconds)
        return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


async def answers(homes: Sequence[Home], events: int, random: Random) -> Answers:
    """Return the answers to so many overloads; the homes take turns while chargers are raised."""
    turn = asyncio.Lock()
    found: list[float] = []
    for home in homes:
        for charger in home.chargers:
            charger.lag = _LAG

    async def take_turns(home: Home) -> None:
        while len(found) < events:
            await home.calm()
            async with turn:
                found.extend(await _descend(home, events - len(found), random))
        for task in running:
            task.cancel()

    async with asyncio.TaskGroup() as tasks:
        running = [tasks.create_task(take_turns(home)) for home in homes]
    return Answers(seconds=tuple(found))


async def _descend(home: Home, most: int, random: Random) -> list[float]:
    """Overload line after line until all chargers are at their minimum, or ``most`` times."""
    found: list[float] = []
    while len(found) < most:
        able = [(site, line) for site in home.sites for line in site.lowerable]
        if not able:
            break
        site, line = random.choice(able)
        told = _lower(site)
        began = site.overload(line)
        try:
            async with asyncio.timeout(WITHIN):
                found.append((await told).at - began)
        except TimeoutError:
            found.append(WITHIN)
        await asyncio.sleep(random.uniform(*_PAUSES))
    return found


def _lower(site: Site) -> asyncio.Future[Told]:
    """Return the first lower limit that any charger of a site gets from now on."""
    first: asyncio.Future[Told] = asyncio.get_running_loop().create_future()

    def hear(told: Told) -> None:
        if told.lower and not first.done():
            first.set_result(told)

    for charger in site.chargers:
        charger.on_told = hear
    return first
