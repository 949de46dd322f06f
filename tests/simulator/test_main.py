"""The command line, as a process of its own, and its control API."""

import asyncio
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
import json
from pathlib import Path
import signal
import sys
from typing import Any

import aiohttp
import pytest

from .central import CentralSystem
from .test_aidon import decoded

ROOT = Path(__file__).parents[2]


async def start(*arguments: str) -> Process:
    command = [sys.executable, "-m", "simulator", *arguments]
    return await asyncio.create_subprocess_exec(*command, cwd=ROOT, stdout=PIPE, stderr=PIPE)


@asynccontextmanager
async def running(*arguments: str) -> AsyncIterator[tuple[Process, dict[str, Any]]]:
    process = await start(*arguments)
    assert process.stdout is not None and process.stderr is not None
    try:
        line = await asyncio.wait_for(process.stdout.readline(), 20)
        assert line, (await process.stderr.read()).decode()
        yield process, json.loads(line)
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


class Control:
    """A client of the control API."""

    def __init__(self, session: aiohttp.ClientSession, port: int) -> None:
        self._session = session
        self._url = f"http://127.0.0.1:{port}"

    async def state(self) -> dict[str, Any]:
        async with self._session.get(f"{self._url}/state") as response:
            state: dict[str, Any] = await response.json()
            return state

    async def post(self, path: str, **body: Any) -> tuple[int, dict[str, Any]]:
        async with self._session.post(f"{self._url}{path}", json=body) as response:
            return response.status, await response.json()


@asynccontextmanager
async def controlled(port: int) -> AsyncIterator[Control]:
    async with aiohttp.ClientSession() as session:
        yield Control(session, port)


async def test_a_home_is_played_through_the_control_api(
    central: CentralSystem, tmp_path: Path
) -> None:
    config = tmp_path / "home.json"
    home = {
        "speed": 600,
        "tick_s": 0.02,
        "meter": {"speed": 50},
        "chargers": [
            {
                "id": "CP1",
                "url": central.url,
                "key": "hemmelig",
                "state_file": str(tmp_path / "cp1.json"),
                "reconnect": {"first_s": 0.01, "longest_s": 0.05},
                "car": {"soc": 20, "ramp_s": 0},
            }
        ],
    }
    config.write_text(json.dumps(home))
    async with running("--config", str(config)) as (process, ports):
        assert ports["chargers"] == ["CP1"]
        async with controlled(ports["control_port"]) as control:
            await central.wait_for(lambda csms: csms.statuses() == ["Available"])
            assert central.credentials == [("CP1", b"hemmelig")]
            assert (await control.post("/plug", charger="CP1"))[0] == 200
            status, answer = await control.post("/tap", charger="CP1", id_tag="ANNA")
            assert (status, answer["authorization"]) == (200, "Accepted")
            await central.wait_for(lambda csms: "Charging" in csms.statuses())
            status, house = await control.post("/appliance", name="sauna", on=True)
            assert house["appliances"]["sauna"] is True

            reader, writer = await asyncio.open_connection("127.0.0.1", ports["meter_port"])
            power = 0
            while power < 17_000:
                header = await reader.readexactly(3)
                rest = await reader.readexactly(int.from_bytes(header[1:]) & 0x7FF)
                power = decoded(header + rest)["active_power_import"]
            writer.close()

            status, answer = await control.post("/charger/CP1/offline")
            assert (status, answer["connected"]) == (200, False)
            assert (await control.post("/unplug", charger="CP1"))[0] == 200
            assert not central.of("StopTransaction")
            await control.post("/charger/CP1/online")
            await central.wait_for(lambda csms: csms.of("StopTransaction"))
            energy = central.of("StopTransaction")[0]["meter_stop"]
            state = await control.state()
            assert state["chargers"]["CP1"]["connectors"][0]["energy_wh"] == energy > 0
        process.send_signal(signal.SIGTERM)
        assert await asyncio.wait_for(process.wait(), 10) == 0
        assert process.stderr is not None
        assert await process.stderr.read() == b""
    assert (tmp_path / "cp1.json").exists()


async def test_mistakes_of_the_control_api_are_explained(central: CentralSystem) -> None:
    arguments = ("--csms", central.url, "--charge-point", "CP7", "--plugged-in")
    async with running(*arguments) as (process, ports):
        await central.wait_for(lambda csms: csms.of("StatusNotification"))
        async with controlled(ports["control_port"]) as control:
            for path, body, status in (
                ("/plug", {"charger": "CP7"}, 409),
                ("/plug", {"charger": "CP8"}, 404),
                ("/plug", {}, 400),
                ("/plug", {"charger": "CP7", "car": {"soc": -4}}, 400),
                ("/unplug", {"charger": "CP7", "connector": 2}, 409),
                ("/tap", {"charger": "CP7", "id_tag": ""}, 400),
                ("/tap", {"charger": "CP7", "id_tag": "x" * 21}, 400),
                ("/tap", {"charger": "CP7", "id_tag": 5}, 400),
                ("/car", {"charger": "CP7", "paused": True}, 200),
                ("/appliance", {"name": "jacuzzi", "on": True}, 404),
                ("/meter", {"silent": True}, 200),
                ("/charger/CP8/offline", {}, 404),
                ("/charger/CP7/fault", {"error_code": "GroundFailure"}, 200),
                ("/charger/CP7/fault", {"error_code": None}, 200),
                ("/charger/CP7/raw", {"text": "hello"}, 200),
                ("/charger/CP7/reboot", {}, 200),
            ):
                answered, content = await control.post(path, **body)
                assert answered == status, (path, body, content)
                assert ("error" in content) == (status != 200)
        process.send_signal(signal.SIGINT)
        assert await asyncio.wait_for(process.wait(), 10) == 0


@pytest.mark.parametrize(
    ("arguments", "status", "message"),
    [
        (("--config", "/nowhere.yaml"), 2, "nowhere.yaml"),
        (("--csms", "http://127.0.0.1"), 2, "url"),
        (("--meter-port", "70000"), 2, "meter.port"),
        (("--phases", "2"), 2, "invalid choice"),
    ],
)
async def test_a_mistake_on_the_command_line_is_named(
    arguments: tuple[str, ...], status: int, message: str
) -> None:
    process = await start(*arguments)
    _, error = await asyncio.wait_for(process.communicate(), 20)
    assert process.returncode == status
    assert message in error.decode()


async def test_a_state_that_cannot_be_kept_ends_the_simulator(
    central: CentralSystem, tmp_path: Path
) -> None:
    state = tmp_path / "gone" / "cp1.json"
    process = await start("--csms", central.url, "--state-file", str(state))
    _, error = await asyncio.wait_for(process.communicate(), 20)
    assert process.returncode == 1
    assert "cp1.json" in error.decode()


async def test_a_taken_port_is_named(central: CentralSystem) -> None:
    process = await start("--meter-port", str(central.port))
    _, error = await asyncio.wait_for(process.communicate(), 20)
    assert process.returncode == 1
    assert str(central.port) in error.decode()
