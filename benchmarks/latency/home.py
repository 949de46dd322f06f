"""A real Home Assistant and Mosquitto with sites, meters and light chargers, added by their flows."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
import shutil
from typing import Any

import aiohttp

from custom_components.zmartcharge.units import Wiring
from script.lib.demo.home_assistant import HomeAssistant, write_configuration
from script.lib.demo.processes import Program, ProgramError, free_port

from .charger import RISE, Charger
from .meter import Publisher, Site

#: The largest that the flows take, for the most steps of 1 A between them and 6 A.
MAIN_FUSE, CIRCUIT_FUSE = 250, 63
_KEY = "bench-key-of-chargers"
#: Seconds until readings show that the cars have followed: a reader's clock counts whole seconds.
_FOLLOWED_AFTER = RISE + 1.5
#: Flows at a time.
_FLOWS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How much there is in one Home Assistant; ``chargers`` are those of each site."""

    sites: int
    chargers: int

    @property
    def wirings(self) -> Iterator[Wiring]:
        """Return how the chargers are wired: a single one to all lines, many to one line each."""
        many = (Wiring.L1, Wiring.L2, Wiring.L3)
        return cycle(many if self.chargers > 1 else (Wiring.L1_L2_L3,))


class Home:
    """A running Home Assistant; its chargers charge, and its sites' loads are balanced."""

    def __init__(self, folder: Path, hass: HomeAssistant, sites: list[Site]) -> None:
        self.folder, self.hass, self.sites = folder, hass, sites

    @property
    def chargers(self) -> list[Charger]:
        """Return the chargers of all sites."""
        return [charger for site in self.sites for charger in site.chargers]

    async def calm(self) -> None:
        """Switch all houses' loads off, and wait until the chargers have been raised."""
        for site in self.sites:
            site.calm()

        async def raised() -> bool:
            for site in self.sites:
                site.publish(currents=True)
            await asyncio.sleep(0.9)
            return all(site.raised for site in self.sites)

        await self.hass.wait_for(raised, "the chargers are raised", 200)
        await asyncio.sleep(_FOLLOWED_AFTER)


@asynccontextmanager
async def home(folder: Path, size: Size) -> AsyncIterator[Home]:
    """Boot all of it, start the sessions; ends all of it. Raises ProgramError, in a group too."""
    port, broker_port = free_port(), free_port()
    write_configuration(folder, port, "en")
    broker = await _start_broker(folder, broker_port)
    try:
        # As many connections as there are chargers, and more: aiohttp's own limit is 100.
        connector = aiohttp.TCPConnector(limit=0)
        async with aiohttp.ClientSession(connector=connector) as session:
            hass = HomeAssistant(folder, port, session)
            try:
                publisher = await _publisher(broker, broker_port)
                sites = _sites(size, publisher)
                found = Home(folder, hass, sites)
                entry_id, url = await _boot(hass, broker_port)
                async with asyncio.TaskGroup() as tasks:
                    living = [tasks.create_task(site.keep_publishing()) for site in sites]
                    living += [tasks.create_task(c.run(session, url)) for c in found.chargers]
                    await _configure(found, entry_id)
                    yield found
                    for task in living:
                        task.cancel()
                publisher.close()
            finally:
                if hass.program:
                    # Nothing of it is kept.
                    await hass.program.kill()
    finally:
        await broker.stop()


def _sites(size: Size, publisher: Publisher) -> list[Site]:
    sites = []
    for number in range(1, size.sites + 1):
        wirings = size.wirings
        chargers = [
            Charger(f"CP{number:02}{n:02}", _KEY, next(wirings), CIRCUIT_FUSE)
            for n in range(1, size.chargers + 1)
        ]
        sites.append(Site(f"Site {number}", f"meter{number}", MAIN_FUSE, chargers, publisher))
    return sites


async def _start_broker(folder: Path, port: int) -> Program:
    mosquitto = shutil.which("mosquitto", path="/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin")
    if mosquitto is None:
        raise ProgramError("Mosquitto is not installed")
    config = folder / "broker.conf"
    config.write_text(f"listener {port} 127.0.0.1\nallow_anonymous true\n")
    return await Program.start("broker", [mosquitto, "-c", str(config)], folder / "broker.log")


async def _publisher(broker: Program, port: int) -> Publisher:
    for _ in range(100):
        broker.ensure_running()
        try:
            return Publisher(port)
        except OSError:
            await asyncio.sleep(0.1)
    raise ProgramError("Mosquitto does not listen")


async def _boot(hass: HomeAssistant, broker_port: int) -> tuple[str, str]:
    """Boot Home Assistant and add MQTT and the hub; returns its entry's id and its OCPP URL."""
    await hass.boot()
    await hass.onboard("en")
    await hass.flow(
        "mqtt",
        {
            "broker": "127.0.0.1",
            "port": broker_port,
            "protocol": "3.1.1",
            "other_settings": {"set_client_cert": False, "set_ca_cert": "off"},
        },
    )
    csms_port = free_port()
    hub = await hass.flow("zmartcharge", {"host": "127.0.0.1", "port": csms_port})
    return hub["result"]["entry_id"], f"ws://127.0.0.1:{csms_port}"


async def _configure(home: Home, entry_id: str) -> None:
    """Add the sites and chargers, wait for the automations, start the sessions."""
    turn = asyncio.Semaphore(_FLOWS)
    hass = home.hass
    await asyncio.gather(*(_add_site(hass, entry_id, site, turn) for site in home.sites))
    subentries = await hass.command(
        {"type": "config_entries/subentries/list", "entry_id": entry_id}
    )
    ids = {subentry["title"]: subentry["subentry_id"] for subentry in subentries}
    await asyncio.gather(
        *(
            _add_charger(hass, entry_id, charger, ids[site.name], turn)
            for site in home.sites
            for charger in site.chargers
        )
    )

    async def automated() -> bool:
        states: list[dict[str, Any]] = await hass.command({"type": "get_states"})
        made = [s for s in states if s["entity_id"].startswith("automation.")]
        return len(made) == len(home.sites) and all(s["state"] == "on" for s in made)

    await hass.wait_for(automated, "each site has its automation")
    await asyncio.gather(*(charger.begin() for charger in home.chargers))


async def _add_site(
    hass: HomeAssistant, entry_id: str, site: Site, turn: asyncio.Semaphore
) -> None:
    async with turn, asyncio.TaskGroup() as tasks:
        soon = tasks.create_task(_publish_often(site))
        await hass.flow(
            [entry_id, "site"],
            {"name": site.name, "grid_type": "tn_400", "main_fuse": site.fuse},
            {"next_step_id": "mqtt"},
            {"topic": site.topic},
            {},
            {"next_step_id": "price_later"},
            kind="/subentries",
        )
        soon.cancel()


async def _publish_often(site: Site) -> None:
    while True:
        site.publish(currents=True)
        await asyncio.sleep(0.3)


async def _add_charger(
    hass: HomeAssistant, entry_id: str, charger: Charger, site_id: str, turn: asyncio.Semaphore
) -> None:
    async with turn:
        await hass.flow(
            [entry_id, "charger"],
            {
                "name": charger.identity,
                "charge_point_id": charger.identity,
                "site": site_id,
                "circuit_fuse": charger.circuit_fuse,
                "access": "open",
                "wiring": str(charger.wiring),
                "security": "own_key",
                "key": charger.key,
            },
            {},
            kind="/subentries",
        )
