"""A real Home Assistant with a site and many light chargers, configured before it boots."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
import json
from pathlib import Path
import time
from typing import Any

import aiohttp

from custom_components.zmartcharge.csms import hash_key
from custom_components.zmartcharge.units import Wiring
from script.lib.demo.home_assistant import HomeAssistant, write_configuration
from script.lib.demo.processes import ProgramError, free_port

from ..latency.charger import Charger

_KEY = "bench-key-of-chargers"
_CIRCUIT_FUSE = 16
ENTRY, SITE = "benchhub", "benchsite"
#: Seconds for all to be there.
_ALL_WITHIN = 600.0


@dataclass(slots=True)
class Home:
    """A running Home Assistant with its chargers; ``url`` is where those connect."""

    folder: Path
    hass: HomeAssistant
    session: aiohttp.ClientSession
    url: str
    chargers: list[Charger]
    _running: list[asyncio.Task[None]] = field(default_factory=list)

    async def start(self) -> float:
        """Boot and let all chargers connect; returns the seconds until the last one was ready."""
        began = time.monotonic()
        booting = asyncio.ensure_future(self.hass.boot())
        self._running = [asyncio.ensure_future(self._run(charger)) for charger in self.chargers]
        await booting
        await self.ready()
        return time.monotonic() - began

    async def ready(self) -> None:
        """Wait until each charger has booted and told its state. Raises ProgramError."""

        async def all_there() -> bool:
            self.ensure_running()
            return all(charger.ready for charger in self.chargers)

        await self.hass.wait_for(all_there, "all chargers are ready", _ALL_WITHIN)

    def ensure_running(self) -> None:
        """Raise what ended a charger's connection."""
        for task in self._running:
            if task.done():
                task.result()

    async def add(self, charger: Charger) -> float:
        """Add a charger by its flow; returns the seconds until it was ready."""
        began = time.monotonic()
        self.chargers.append(charger)
        self._running.append(asyncio.ensure_future(self._run(charger)))
        await self.hass.flow(
            [ENTRY, "charger"],
            {
                "name": charger.identity,
                "charge_point_id": charger.identity,
                "site": SITE,
                "circuit_fuse": charger.circuit_fuse,
                "access": "open",
                "wiring": str(charger.wiring),
                "security": "own_key",
                "key": charger.key,
            },
            {},
            kind="/subentries",
        )
        await self.ready()
        return time.monotonic() - began

    async def stop(self) -> None:
        """Switch the chargers off and end Home Assistant as a restart does."""
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)
        self._running = []
        for charger in self.chargers:
            charger.switch_off()
        if self.hass.program:
            await self.hass.program.stop(60)

    async def _run(self, charger: Charger) -> None:
        while True:
            try:
                await charger.run(self.session, self.url)
            except aiohttp.ClientConnectionError:
                await asyncio.sleep(0.5)  # Home Assistant does not listen yet


def light_charger(number: int) -> Charger:
    """Return a charger of three phases behind 16 A."""
    return Charger(f"CP{number:04}", _KEY, Wiring.L1_L2_L3, _CIRCUIT_FUSE)


@asynccontextmanager
async def home(folder: Path, chargers: int) -> AsyncIterator[Home]:
    """Give a Home Assistant that has been onboarded and runs; ends it all."""
    port, csms_port = free_port(), free_port()
    write_configuration(folder, port, "en")
    found = [light_charger(number) for number in range(chargers)]
    _write_entry(folder, csms_port, found)
    # As many connections as there are chargers, and more: aiohttp's own limit is 100.
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=connector) as session:
        hass = HomeAssistant(folder, port, session)
        house = Home(folder, hass, session, f"ws://127.0.0.1:{csms_port}", found)
        try:
            await hass.boot()
            await hass.onboard("en")
            yield house
        finally:
            await house.stop()
            if hass.program:
                await hass.program.kill()


def _write_entry(folder: Path, csms_port: int, chargers: Sequence[Charger]) -> None:
    """Write what the flows would have written, which for hundreds of chargers take an hour."""
    key_hash, now = hash_key(_KEY), datetime.now(UTC).isoformat()
    site = _subentry(SITE, "site", "Site", {"grid_type": "tn_400", "main_fuse": 250}, None)
    subentries = [site] + [
        _subentry(
            f"bench{charger.identity}",
            "charger",
            charger.identity,
            {
                "charge_point_id": charger.identity,
                "site": SITE,
                "circuit_fuse": charger.circuit_fuse,
                "wiring": str(charger.wiring),
                "key_hash": key_hash,
                "access": "open",
            },
            charger.identity,
        )
        for charger in chargers
    ]
    entry = {
        "entry_id": ENTRY,
        "domain": "zmartcharge",
        "title": "ZmartCharge",
        "unique_id": "zmartcharge",
        "version": 1,
        "minor_version": 2,
        "source": "user",
        "created_at": now,
        "modified_at": now,
        "data": {
            "host": "127.0.0.1",
            "port": csms_port,
            "database_url": f"sqlite:///{folder / 'ledger.db'}",
        },
        "options": {},
        "subentries": subentries,
        "disabled_by": None,
        "discovery_keys": {},
        "pref_disable_new_entities": False,
        "pref_disable_polling": False,
    }
    store = {
        "version": 1,
        "minor_version": 5,
        "key": "core.config_entries",
        "data": {"entries": [entry]},
    }
    (folder / ".storage" / "core.config_entries").write_text(json.dumps(store))


def _subentry(
    subentry_id: str, kind: str, title: str, data: dict[str, Any], unique_id: str | None
) -> dict[str, Any]:
    return {
        "subentry_id": subentry_id,
        "subentry_type": kind,
        "title": title,
        "unique_id": unique_id,
        "data": data,
    }


__all__ = ["Home", "ProgramError", "home", "light_charger"]
