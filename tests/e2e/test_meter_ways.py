"""The ways of a meter: a real Home Assistant, broker and bridge, and a unit that posts."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime
import os
from pathlib import Path
import pty
import sys
import tty
from typing import Any

import aiohttp
import pytest
import yaml

from script.lib.demo.home_assistant import HomeAssistant, write_configuration
from script.lib.demo.house import House
from script.lib.demo.processes import free_port
from simulator.aidon import MeterList, MeterReading, encode
from simulator.grid import GridType
from simulator.pow_u import SimulatedPowU

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]

SITE = {"name": "Hjemme", "grid_type": "tn_400", "main_fuse": 63}
READING = MeterReading(
    time=datetime(2026, 11, 21, 12, tzinfo=UTC),
    grid=GridType.TN_400,
    import_w=4200,
    currents=(6.5, 5.0, 7.1),
    import_wh=1_234_560,
)
SUBENTRIES = "/api/config/config_entries/subentries/flow"


@asynccontextmanager
async def running(folder: Path) -> AsyncIterator[tuple[House, str]]:
    """Run Home Assistant with a hub, and a broker; what the demo adds to them is left out."""
    async with aiohttp.ClientSession() as session:
        house = House(folder, free_port())
        house._session = session
        house.hass = HomeAssistant(folder, house.port, session)
        write_configuration(folder, house.port, "en")
        try:
            await house._start_broker()
            await house.hass.boot()
            await house.hass.onboard("en")
            result = await house.hass.flow(
                "zmartcharge", {"host": "127.0.0.1", "port": house.csms_port}
            )
            yield house, result["result"]["entry_id"]
        finally:
            await house._stop()


async def continue_flow(hass: HomeAssistant, result: dict[str, Any], **step: Any) -> dict[str, Any]:
    """Go one step on in a site's flow, and wait with it for as long as it waits."""
    path = f"{SUBENTRIES}/{result['flow_id']}"
    result = await hass._post_json(path, step)
    while result["type"] in ("progress", "progress_done"):
        await asyncio.sleep(0.1)
        async with hass._get(path) as response:
            result = await response.json()
    return result


async def shown(house: House, expected: dict[str, float]) -> None:
    """Wait until the site's entities show these values."""
    entities = {key: await house.site_entity(key) for key in expected}

    async def seen() -> bool:
        values = {key: await house.hass.value(entity) for key, entity in entities.items()}
        return values == expected

    await house.hass.wait_for(seen, f"the site shows {expected}", 30)


class HanPort:
    """A meter at the end of a pseudo-terminal."""

    def __init__(self) -> None:
        self._meter, self._adapter = pty.openpty()
        tty.setraw(self._adapter)
        # A meter does not wait for anybody to read.
        os.set_blocking(self._meter, False)
        self.reading = READING

    @property
    def path(self) -> str:
        return os.ttyname(self._adapter)

    async def push(self) -> None:
        """Push lists 1, 2 and 3 in turn until cancelled, faster than a real meter."""
        while True:
            for meter_list in MeterList:
                with suppress(BlockingIOError):
                    os.write(self._meter, encode(self.reading, meter_list))
                await asyncio.sleep(0.3)

    def close(self) -> None:
        os.close(self._meter)
        os.close(self._adapter)


@asynccontextmanager
async def in_background(job: Any, end: Callable[[], None] = lambda: None) -> AsyncIterator[None]:
    task = asyncio.create_task(job)
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        end()


async def start_bridge(house: House, port: HanPort) -> None:
    config = house.folder / "bridge.yaml"
    config.write_text(
        yaml.safe_dump(
            {
                "source": {"type": "serial", "port": port.path, "baudrate": 2400, "parity": "none"},
                "mqtt": {"host": "127.0.0.1", "port": house.broker_port, "topic": "han"},
            }
        )
    )
    await house._start("bridge", [sys.executable, "-m", "ams2mqtt_bridge", "--config", str(config)])


async def test_frames_at_the_port_become_entities(tmp_path: Path, socket_enabled: None) -> None:
    port = HanPort()
    async with running(tmp_path) as (house, entry_id), in_background(port.push(), port.close):
        await house.hass.flow(
            "mqtt",
            {
                "broker": "127.0.0.1",
                "port": house.broker_port,
                "protocol": "3.1.1",
                "other_settings": {"set_client_cert": False, "set_ca_cert": "off"},
            },
        )
        await start_bridge(house, port)
        form = await house.hass.flow(
            [entry_id, "site"], SITE, {"next_step_id": "mqtt"}, kind="/subentries"
        )
        reading = await continue_flow(house.hass, form, topic="han")
        assert reading["step_id"] == "reading"
        assert reading["description_placeholders"]["l1"] == "6.5"
        price = await continue_flow(house.hass, reading)
        result = await continue_flow(house.hass, price, next_step_id="price_later")
        assert result["type"] == "create_entry"

        house.site_id = await house._subentry(entry_id, "Hjemme")
        await shown(house, {"current_l1": 6.5, "current_l2": 5, "current_l3": 7.1})
        port.reading = replace(READING, currents=(20.0, 5.0, 7.1), import_w=7300)
        await shown(house, {"current_l1": 20, "power": 7300, "energy_import": 1234.56})

        # Its last will, or its goodbye, makes the values unavailable at once.
        await house.programs["bridge"].stop()
        power = await house.site_entity("power")

        async def gone() -> bool:
            state = await house.hass.state(power)
            return state is not None and state["state"] == "unavailable"

        await house.hass.wait_for(gone, "the power is unavailable", 10)


async def test_a_unit_that_posts_becomes_entities(tmp_path: Path, socket_enabled: None) -> None:
    async with running(tmp_path) as (house, entry_id):
        # What a reverse proxy gives: the unit itself wants https.
        await house.hass.command(
            {"type": "config/core/update", "external_url": "https://home.example.org"}
        )
        form = await house.hass.flow(
            [entry_id, "site"], SITE, {"next_step_id": "pow_u"}, kind="/subentries"
        )
        given = form["description_placeholders"]
        assert given["url"] == "https://home.example.org/api/zc"
        unit_reading = READING
        unit = SimulatedPowU(
            given["url"].replace("https://home.example.org", house.hass.base),
            given["token"],
            lambda: unit_reading,
            speed=20,
        )
        assert unit.interval == 31
        async with in_background(unit.run()):
            reading = await continue_flow(house.hass, form)
            assert reading["step_id"] == "reading"
            price = await continue_flow(house.hass, reading)
            result = await continue_flow(house.hass, price, next_step_id="price_later")
            assert result["type"] == "create_entry"

            async def is_let_in() -> bool:
                return (unit.status, unit.interval) == (200, 5)

            await house.hass.wait_for(is_let_in, "the site takes the unit's readings", 30)
            house.site_id = await house._subentry(entry_id, "Hjemme")
            await shown(house, {"current_l1": 6.5, "current_l2": 5, "power": 4200})
            unit_reading = replace(READING, currents=(0.5, 0.4, 0.6), import_w=300)
            await shown(house, {"current_l1": 0.5, "current_l3": 0.6, "power": 300})
            assert unit.interval == 10
