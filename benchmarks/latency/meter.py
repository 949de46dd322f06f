"""Sites and their meters: what a line carries, published as a reader on the HAN port does."""

import asyncio
from collections.abc import Sequence
import json
import socket
import time
from typing import Any

from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode

from custom_components.zmartcharge.units import Phase
from script.lib.demo.processes import ProgramError

from .charger import Charger

#: Seconds between the lists of an Aidon, Kaifa or Kamstrup meter (NVE's HAN interface): list 1 has
#: the power alone, list 2 the currents too.
LIST_1, LIST_2 = 2.5, 10.0
_VOLTAGE = 230.0
#: What the house takes of each line in A when nothing is on.
BASE = 1.0
#: How far a line is brought above its fuse in A: less than the step of a charger.
_EXCESS = 0.5
_MINIMUM = 6.0
#: What is left over is less than a step of each charger.
_MOST = 0.97


class Publisher:
    """Writes to the broker at once, in the thread of who publishes: so its clock is the caller's."""

    def __init__(self, port: int) -> None:
        self._client = Client(CallbackAPIVersion.VERSION2)
        self._client.connect("127.0.0.1", port)
        self._client.loop()
        connection = self._client.socket()
        if not isinstance(connection, socket.socket):
            raise ProgramError("the broker does not take the meters' connection")
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def publish(self, topic: str, body: dict[str, Any]) -> float:
        """Publish without a retained copy, as readers do; returns ``time.perf_counter()`` before."""
        payload = json.dumps(body, separators=(",", ":"))
        began = time.perf_counter()
        if self._client.publish(topic, payload).rc is not MQTTErrorCode.MQTT_ERR_SUCCESS:
            raise ProgramError("the broker has left the meters")
        return began

    def tend(self) -> None:
        """Read what the broker says, and keep the connection alive."""
        self._client.loop(timeout=0)

    def close(self) -> None:
        """Say goodbye."""
        self._client.disconnect()


class Site:
    """A site: what its house takes of each line, its chargers, and its meter."""

    def __init__(
        self, name: str, topic: str, fuse: int, chargers: Sequence[Charger], publisher: Publisher
    ) -> None:
        self.name, self.topic, self.fuse, self.chargers = name, topic, fuse, chargers
        #: A per line.
        self.house = dict.fromkeys(Phase, BASE)
        self._publisher = publisher
        self._sequence = 0
        self._energy = 1000.0
        self._counted_at = time.time()

    async def keep_publishing(self) -> None:
        """Publish the lists at a meter's pace, for ever."""
        lists = 0
        while True:
            self.publish(currents=lists % round(LIST_2 / LIST_1) == 0)
            lists += 1
            self._publisher.tend()
            await asyncio.sleep(LIST_1)

    def publish(self, *, currents: bool) -> float:
        """Publish list 2, or list 1 without ``currents``; returns ``time.perf_counter()`` before."""
        now = int(time.time())
        lines = {line: self.house[line] + self._drawn(line, now) for line in Phase}
        power = _VOLTAGE * sum(lines.values())
        self._sequence += 1
        self._energy += power * (now - self._counted_at) / 3.6e6
        self._counted_at = now
        data: dict[str, Any] = {"lv": "Kamstrup_V0001", "meterId": "5706567", "P": round(power)}
        if currents:
            data |= {"PO": 0, "tPI": round(self._energy, 3), "tPO": 0.0}
            data |= {f"I{n}": round(amperes, 2) for n, amperes in enumerate(lines.values(), 1)}
            data |= {f"U{n}": _VOLTAGE for n in range(1, 1 + len(lines))}
        head = {"id": "AA:BB", "name": self.topic, "up": 1, "t": now, "seq": self._sequence}
        return self._publisher.publish(self.topic, {**head, "data": data})

    def overload(self, line: Phase) -> float:
        """Switch on what brings a line above its fuse; returns ``time.perf_counter()`` before."""
        self.house[line] = self.fuse - self._allowed(line) + _EXCESS
        return self.publish(currents=True)

    def calm(self) -> None:
        """Switch everything off."""
        self.house = dict.fromkeys(Phase, BASE)
        self.publish(currents=True)

    @property
    def lowerable(self) -> list[Phase]:
        """Return the lines on which chargers can be lowered without being paused."""
        return [
            line for line in Phase if self._allowed(line) >= 1 + _MINIMUM * len(self._on(line)) > 1
        ]

    @property
    def raised(self) -> bool:
        """Tell whether the chargers have most of what there is for them."""
        return all(
            self._allowed(line) >= _MOST * min(self.fuse - BASE, self._installed(line))
            for line in Phase
        )

    def _installed(self, line: Phase) -> float:
        return sum(charger.circuit_fuse for charger in self._on(line))

    def _on(self, line: Phase) -> list[Charger]:
        return [charger for charger in self.chargers if line in charger.wiring.lines]

    def _allowed(self, line: Phase) -> float:
        return sum(charger.limit for charger in self._on(line))

    def _drawn(self, line: Phase, at: float) -> float:
        return sum(charger.drawn(at) for charger in self._on(line))
