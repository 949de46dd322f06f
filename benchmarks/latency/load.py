"""What balancing costs while it runs as it does in a home: recorder rows and processor time."""

import asyncio
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
import os
from pathlib import Path
from random import Random
import sqlite3
import time

from custom_components.zmartcharge.units import Phase
from script.lib.demo.processes import ProgramError

from .home import Home
from .meter import LIST_2

#: What the house's loads come to on a line, in A: from nothing to what leaves the chargers little.
_HOUSE = (1.0, 180.0)
#: How much each load that is on differs from one reading to the next, in A.
_NOISE = 0.4
#: How often in a reading another load is on.
_SWITCHED = 0.2
#: What the recorder writes a row of for what happens; the statistics' rows are not among them.
_TABLES = ("states", "state_attributes", "events", "event_data")


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """What a while has cost: rows by table, seconds of a core, and how long it was in s."""

    rows: dict[str, int]
    processor: float
    seconds: float

    @property
    def rows_per_hour(self) -> float:
        """Return the rows of all tables in an hour."""
        return sum(self.rows.values()) * 3600 / self.seconds

    @property
    def states_per_hour(self) -> float:
        """Return the states among them."""
        return self.rows["states"] * 3600 / self.seconds

    @property
    def share(self) -> float:
        """Return the share of a core in per cent."""
        return 100 * self.processor / self.seconds


async def load(home: Home, seconds: float, random: Random) -> Load:
    """Return what Home Assistant takes while houses live beside their chargers.

    Meters send list 1 each 2.5 s and list 2 each 10 s, chargers their values each 10 s.
    """
    await home.calm()
    pid = process_of(home.folder)
    with _living(home, random):
        before, spent, began = rows_of(home.folder), processor_seconds(pid), time.monotonic()
        await asyncio.sleep(seconds)
        after, lasted = rows_of(home.folder), time.monotonic() - began
        processor = processor_seconds(pid) - spent
    return Load(
        rows={table: after[table] - before[table] for table in _TABLES},
        processor=processor,
        seconds=lasted,
    )


@contextmanager
def _living(home: Home, random: Random) -> Iterator[None]:
    """Let the houses switch loads on and off; their meters publish at their own pace."""

    async def live() -> None:
        while True:
            for site in home.sites:
                for line in Phase:
                    if random.random() < _SWITCHED:
                        site.house[line] = random.uniform(*_HOUSE)
                    else:
                        site.house[line] = max(
                            _HOUSE[0], site.house[line] + random.uniform(-_NOISE, _NOISE)
                        )
            await asyncio.sleep(LIST_2)

    task = asyncio.ensure_future(live())
    try:
        yield
    finally:
        task.cancel()


def rows_of(folder: Path) -> dict[str, int]:
    """Return how many rows the recorder has committed; it does so every 5 s."""
    database = f"file:{folder / 'home-assistant_v2.db'}?mode=ro"
    with closing(sqlite3.connect(database, uri=True)) as connection:
        return {
            table: connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
            for table in _TABLES
        }


def processor_seconds(pid: int) -> float:
    """Return the processor time of a process and its threads in s (proc(5): utime and stime)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def process_of(folder: Path) -> int:
    """Return the id of the Home Assistant whose configuration is in a folder."""
    wanted = [b"homeassistant", b"-c", os.fsencode(folder)]
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = path.read_bytes().split(b"\0")
        except OSError:  # it has just ended
            continue
        if words[2:5] == wanted:
            return int(path.parent.name)
    raise ProgramError("Home Assistant is not running")
