"""Everything of the demo together: broker, simulated house, bridge and Home Assistant."""

import asyncio
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
import json
from pathlib import Path
import shutil
import sys
import tempfile
from types import TracebackType
from typing import Any, Self

import aiohttp
import yaml

from .dashboard import dashboard
from .home_assistant import HomeAssistant, write_configuration
from .power_price import ANSWERS, SENSOR, discovery, message
from .processes import Program, ProgramError, free_port
from .things import CHARGERS, MAIN_FUSE, METER_TOPIC, SITE_NAME, DemoCharger
from .wall_clock import WallClock


@dataclass
class House:
    """A running demo; leaving it ends everything that it started.

    ``begins_at``: what the house's clock shows at first, which can be set then; the machine's without.
    """

    folder: Path
    port: int
    language: str = "en"
    begins_at: datetime | None = None
    #: The OCPP version that the chargers speak.
    ocpp: str = "1.6"
    #: The first charger comes by TLS (security profile 2).
    tls: bool = False
    csms_port: int = field(default_factory=free_port)
    tls_port: int = field(default_factory=free_port)
    broker_port: int = field(default_factory=free_port)
    control_port: int = field(default_factory=free_port)
    meter_port: int = field(default_factory=free_port)
    hass: HomeAssistant = field(init=False)
    clock: WallClock | None = field(default=None, init=False)
    #: Subentry ids of the chargers, by charge point id, and of the site.
    subentries: dict[str, str] = field(default_factory=dict)
    site_id: str = ""
    entry_id: str = ""
    programs: dict[str, Program] = field(default_factory=dict)
    _stack: AsyncExitStack = field(default_factory=AsyncExitStack)

    async def __aenter__(self) -> Self:
        """Start everything that is not Home Assistant."""
        async with self._stack as started:
            self._session = await started.enter_async_context(aiohttp.ClientSession())
            self.hass = HomeAssistant(self.folder, self.port, self._session)
            if self.begins_at:
                await self._make_clock(self.begins_at)
            started.push_async_callback(self._stop)
            self.folder.mkdir(parents=True, exist_ok=True)
            write_configuration(self.folder, self.port, self.language)
            await self._start_broker()
            if not self.tls:
                await self._start_simulator()
                await self.start_bridge()
            # What is started is ended here unless all of it is.
            self._stack = started.pop_all()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """End everything."""
        await self._stack.aclose()

    async def set_up(self) -> None:
        """Boot Home Assistant and add MQTT, the hub, the site and the chargers to it."""
        await self.hass.boot()
        await self.hass.onboard(self.language)
        await self.hass.flow(
            "mqtt",
            {
                "broker": "127.0.0.1",
                "port": self.broker_port,
                # Both brokers of the demo speak it; amqtt speaks nothing newer.
                "protocol": "3.1.1",
                "other_settings": {"set_client_cert": False, "set_ca_cert": "off"},
            },
        )
        result = await self.hass.flow("zmartcharge", {"host": "127.0.0.1", "port": self.csms_port})
        self.entry_id = result["result"]["entry_id"]
        if self.tls:
            await self._encrypt()
        await self._add_site(self.entry_id)
        for charger in CHARGERS:
            await self._add_charger(self.entry_id, charger)
        await self.hass.act("zmartcharge", "install_sentences", languages=["en", "nb", "sv", "da"])
        await self._show()

    async def _encrypt(self) -> None:
        """Switch TLS on, and put the root certificates into the charger as its owner would."""
        await self.hass.flow(
            self.entry_id,
            {"next_step_id": "own_authority"},
            {"tls_port": self.tls_port},
            kind="/options",
        )
        for kind in ("ec", "rsa"):
            path = f"/api/zmartcharge/root_certificate/{kind}"
            root = await self.hass.wait_for(self.hass.text_of(path), "the root certificate", 30)
            self._root(kind).write_text(root)
        await self._start_simulator()
        await self.start_bridge()

    async def dial_unencrypted(self, charger: DemoCharger) -> int:
        """Dial as a charger without TLS would, with its key; returns the HTTP status."""
        url = f"ws://127.0.0.1:{self.csms_port}/{charger.charge_point_id}"
        headers = {"Authorization": aiohttp.encode_basic_auth(charger.charge_point_id, charger.key)}
        try:
            async with self._session.ws_connect(url, headers=headers, protocols=("ocpp1.6",)):
                return 101
        except aiohttp.WSServerHandshakeError as err:
            return err.status

    def comes_by_tls(self, charger: DemoCharger) -> bool:
        """Tell whether a charger comes by TLS."""
        return self.tls and charger is CHARGERS[0]

    def _root(self, kind: str) -> Path:
        return self.folder / f"root-{kind}.pem"

    async def add_price(self) -> None:
        """Tell the site what its power costs; the sensor of prices has to be there."""
        await self.hass.wait_for(self._has_prices, "the sensor of prices", 30)
        await self.hass.flow(
            [self.entry_id, "site"], *ANSWERS, kind="/subentries", subentry_id=self.site_id
        )

    async def _has_prices(self) -> bool:
        return await self.hass.value(SENSOR) is not None

    async def publish_prices(self, cheap_from: datetime | None = None) -> None:
        """Let the sensor tell today's and tomorrow's prices; see ``power_price``."""
        await self.hass.act("mqtt", "publish", **discovery())
        await self.hass.act("mqtt", "publish", **message(self.now(), cheap_from))

    def now(self) -> datetime:
        """Return what the house's clock shows, in UTC."""
        return self.clock.now() if self.clock else datetime.now(UTC)

    async def simulator(self, path: str, **body: Any) -> dict[str, Any]:
        """Ask the simulator; without a body what it shows, with one what it shall do."""
        url = f"http://127.0.0.1:{self.control_port}{path}"
        method = "POST" if path != "/state" else "GET"
        async with self._session.request(method, url, json=body or None) as response:
            answer: dict[str, Any] = await response.json()
        if response.status >= 400:
            raise ProgramError(f"simulator {path}: {answer}")
        return answer

    async def connector(self, charger: DemoCharger) -> dict[str, Any]:
        """Return what the simulator says of a charger's connector."""
        state = await self.simulator("/state")
        found: dict[str, Any] = state["chargers"][charger.charge_point_id]["connectors"][0]
        return found

    async def entity(self, charger: DemoCharger, key: str) -> str:
        """Return the id of a charger's entity, of its connector if it is one of that."""
        return await self.hass.entity_id(f"{self.subentries[charger.charge_point_id]}_{key}")

    async def site_entity(self, key: str) -> str:
        """Return the id of the site's entity."""
        return await self.hass.entity_id(f"{self.site_id}_{key}")

    async def start_bridge(self) -> None:
        """Start ams2mqtt_bridge on the simulated meter."""
        config = self.folder / "bridge.yaml"
        config.write_text(
            yaml.safe_dump(
                {
                    "source": {"type": "tcp", "host": "127.0.0.1", "port": self.meter_port},
                    "mqtt": {
                        "host": "127.0.0.1",
                        "port": self.broker_port,
                        "topic": METER_TOPIC,
                    },
                }
            )
        )
        await self._start(
            "bridge", [sys.executable, "-m", "ams2mqtt_bridge", "--config", str(config)]
        )

    async def _make_clock(self, now: datetime) -> None:
        folder = tempfile.TemporaryDirectory(prefix="zmartcharge-clock-")
        self.clock = await WallClock.make(Path(self._stack.enter_context(folder)))
        self.clock.set(now)
        self.hass.environment = self.clock.environment

    async def _start(self, name: str, command: list[str]) -> Program:
        program = await Program.start(
            name,
            command,
            self.folder / f"{name}.log",
            environment=self.clock.environment if self.clock else None,
        )
        self.programs[name] = program
        return program

    async def _stop(self) -> None:
        if self.hass.program:
            await self.hass.program.stop()
        for name in ("bridge", "simulator", "broker"):
            if program := self.programs.get(name):
                await program.stop()

    async def _start_broker(self) -> None:
        mosquitto = shutil.which(
            "mosquitto", path="/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin"
        )
        config = self.folder / "broker.conf"
        if mosquitto:
            config.write_text(f"listener {self.broker_port} 127.0.0.1\nallow_anonymous true\n")
            command = [mosquitto, "-c", str(config)]
        else:
            config.write_text(
                yaml.safe_dump(
                    {
                        "listeners": {
                            "default": {"type": "tcp", "bind": f"127.0.0.1:{self.broker_port}"}
                        },
                        "plugins": {
                            "amqtt.plugins.authentication.AnonymousAuthPlugin": {
                                "allow_anonymous": True
                            }
                        },
                    }
                )
            )
            command = [str(Path(sys.executable).with_name("amqtt")), "-c", str(config)]
        broker = await self._start("broker", command)
        await _until_listening(broker, self.broker_port)

    async def _start_simulator(self) -> None:
        config = self.folder / "simulator.json"
        chargers = [
            {
                "id": charger.charge_point_id,
                **self._address(charger),
                "key": charger.key,
                "ocpp": self.ocpp,
                "phases": charger.phases,
                "first_phase": "L2" if charger.wiring == "l2" else "L1",
                "max_current_a": 32,
                "reconnect": {"first_s": 1, "factor": 1.5, "longest_s": 3},
                "nameplate": {"vendor": "ZmartCharge", "model": charger.model},
                "car": charger.car,
            }
            for charger in CHARGERS
        ]
        config.write_text(
            json.dumps(
                {
                    "meter": {"port": self.meter_port},
                    "control": {"port": self.control_port},
                    "chargers": chargers,
                }
            )
        )
        command = [sys.executable, "-m", "simulator", "--config", str(config)]
        simulator = await self._start("simulator", command)
        await _until_listening(simulator, self.control_port)

    def _address(self, charger: DemoCharger) -> dict[str, Any]:
        """Return where the simulator's charger dials, and whom it trusts."""
        if not self.comes_by_tls(charger):
            return {"url": f"ws://127.0.0.1:{self.csms_port}"}
        roots = [str(self._root(kind)) for kind in ("ec", "rsa")]
        return {"url": f"wss://127.0.0.1:{self.tls_port}", "tls": {"trusted": roots}}

    async def _add_site(self, entry_id: str) -> None:
        # The hub's own flow has begun the first site's; it is the user's to go on with, not ours.
        await self.hass.flow(
            [entry_id, "site"],
            {
                "name": SITE_NAME,
                "grid_type": "tn_400",
                "main_fuse": MAIN_FUSE,
            },
            {"next_step_id": "mqtt"},
            {"topic": METER_TOPIC},
            {},
            {"next_step_id": "price_later"},
            kind="/subentries",
        )
        self.site_id = await self._subentry(entry_id, SITE_NAME)

    async def _add_charger(self, entry_id: str, charger: DemoCharger) -> None:
        await self.hass.flow(
            [entry_id, "charger"],
            {
                "name": charger.name,
                "charge_point_id": charger.charge_point_id,
                "site": self.site_id,
                "circuit_fuse": charger.circuit_fuse,
                "wiring": charger.wiring,
                "access": "open",
                "security": "own_key",
                "key": charger.key,
                **self._profile(charger),
            },
            # As in most homes, the main fuse leaves load balancing little time.
            {"next_step_id": "continue_anyway"},
            {},
            kind="/subentries",
        )
        subentry_id = await self._subentry(entry_id, charger.name)
        self.subentries[charger.charge_point_id] = subentry_id

    def _profile(self, charger: DemoCharger) -> dict[str, str]:
        if not self.tls:
            return {}
        return {"security_profile": "2" if self.comes_by_tls(charger) else "1"}

    async def _subentry(self, entry_id: str, title: str) -> str:
        request = {"type": "config_entries/subentries/list", "entry_id": entry_id}
        for subentry in await self.hass.command(request):
            if subentry["title"] == title:
                found: str = subentry["subentry_id"]
                return found
        raise ProgramError(f"{title} was not added")

    def _energy_of(self, charger: DemoCharger) -> str:
        """Return the id of the statistic of a charger's energy."""
        return f"zmartcharge:{self.subentries[charger.charge_point_id].lower()}_energy"

    async def _show(self) -> None:
        """Make the dashboard, and set the Energy dashboard to the meter and the chargers."""
        chargers = [
            {
                "stat_consumption": self._energy_of(charger),
                "stat_rate": await self.entity(charger, "1_power"),
            }
            for charger in CHARGERS
        ]
        grid = {
            "type": "grid",
            "stat_energy_from": await self.site_entity("energy_import"),
            "stat_energy_to": await self.site_entity("energy_export"),
            "stat_rate": await self.site_entity("power"),
            "cost_adjustment_day": 0,
        }
        await self.hass.command(
            {
                "type": "energy/save_prefs",
                "energy_sources": [grid],
                "device_consumption": chargers,
            }
        )
        await self.hass.command(
            {
                "type": "lovelace/dashboards/create",
                "url_path": "zmart-charge",
                "title": "Lading",
                "icon": "mdi:ev-station",
                "mode": "storage",
            }
        )
        await self.hass.command(
            {
                "type": "lovelace/config/save",
                "url_path": "zmart-charge",
                "config": await dashboard(self),
            }
        )


async def _until_listening(program: Program, port: int) -> None:
    for _ in range(300):
        program.ensure_running()
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(0.1)
        else:
            writer.close()
            await writer.wait_closed()
            return
    raise ProgramError(f"{program.name} does not listen on {port}:\n{program.output()[-2000:]}")
