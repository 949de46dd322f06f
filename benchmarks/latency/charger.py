"""Light OCPP 1.6 chargers: each answers calls, charges, sends MeterValues, and notes its limits."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
import json
import time
from typing import Any

from aiohttp import (
    ClientSession,
    ClientWebSocketResponse,
    WSMsgType,
    WSServerHandshakeError,
    encode_basic_auth,
)

from custom_components.zmartcharge.units import Wiring
from script.lib.demo.processes import ProgramError

#: Seconds between MeterValues.
METER_INTERVAL = 10.0
_VOLTAGE = 230.0
_MINIMUM = 6.0
#: Seconds in which a car does not follow a higher limit.
RISE = 3.0
_ANSWER_WITHIN = 30.0
_ASK_AGAIN = 0.3
_CONFIGURATION = {
    "SupportedFeatureProfiles": "Core,RemoteTrigger,SmartCharging",
    "NumberOfConnectors": "1",
    "MeterValueSampleInterval": f"{METER_INTERVAL:.0f}",
    "ChargingScheduleAllowedChargingRateUnit": "Current",
    "ChargeProfileMaxStackLevel": "10",
}
#: Our fail-safe; all other profiles of a transaction are limits.
_FAIL_SAFE_STACK = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A limit as it came: in A, before that ``before``; ``at`` is ``time.perf_counter()``."""

    charger: Charger
    limit: float
    before: float
    at: float

    @property
    def lower(self) -> bool:
        """Tell whether it is less than before."""
        return self.limit < self.before


class Charger:
    """A charger with a car that charges with all that it may, but follows a lower limit late."""

    def __init__(self, identity: str, key: str, wiring: Wiring, circuit_fuse: int) -> None:
        self.identity, self.key, self.wiring = identity, key, wiring
        self.circuit_fuse = circuit_fuse
        #: Called for each limit that comes.
        self.on_told: Callable[[Told], None] = lambda _: None
        #: Seconds in which the car does not follow a lower limit.
        self.lag = RISE
        self.transaction: int | None = None
        self._fail_safe = _MINIMUM
        #: (Unix time, A): what held from then on, oldest first.
        self._limits: list[tuple[float, float]] = []
        self._energy = 0.0
        self._counted_at = time.time()
        self._socket: ClientWebSocketResponse | None = None
        self._waiting: dict[str, asyncio.Future[dict[str, Any]]] = {}
        self._sent = 0
        #: Whether it has booted and told its state, and how often it has connected.
        self.ready = False
        self.connects = 0
        #: How long answers to MeterValues took, in s.
        self.replies: list[float] = []

    @property
    def limit(self) -> float:
        """Return what the car may take in A, 0 without a transaction."""
        if self.transaction is None:
            return 0.0
        return self._limits[-1][1] if self._limits else self._fail_safe

    def drawn(self, at: float) -> float:
        """Return what the car took at a Unix time in A, of the limits between its lag and its rise."""
        if self.transaction is None:
            return 0.0
        since, until = at - self.lag, at - RISE
        held = [limit for came, limit in self._limits if since < came <= until]
        earlier = [limit for came, limit in self._limits if came <= since]
        return max([*held, earlier[-1] if earlier else self._fail_safe])

    async def run(self, session: ClientSession, url: str) -> None:
        """Connect, boot and stay; a central system that does not know it yet is asked again.

        Raises ProgramError when the connection is lost.
        """
        headers = {"Authorization": encode_basic_auth(self.identity, self.key)}
        while self._socket is None:
            try:
                self._socket = await session.ws_connect(
                    f"{url}/{self.identity}", protocols=("ocpp1.6",), headers=headers
                )
            except WSServerHandshakeError:
                await asyncio.sleep(_ASK_AGAIN)
        self.connects += 1
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._listen(self._socket))
                await self._live()
        finally:
            await self._socket.close()

    def switch_off(self) -> None:
        """Forget the connection, to connect anew."""
        self._socket, self.ready = None, False
        self._waiting.clear()

    async def _live(self) -> None:
        await self._call(
            "BootNotification", {"chargePointVendor": "Bench", "chargePointModel": "Light"}
        )
        await self._status("Available")
        self.ready = True
        # Chargers that came one after the other go on sending one after the other.
        while True:
            await asyncio.sleep(METER_INTERVAL)
            await self.send_values()

    async def begin(self) -> None:
        """Plug the car in and start a transaction."""
        await self._status("Preparing")
        answer = await self._call(
            "StartTransaction",
            {"connectorId": 1, "idTag": "04A1B2C3", "meterStart": 0, "timestamp": _now()},
        )
        self._counted_at = time.time()
        self.transaction = int(answer["transactionId"])
        await self._status("Charging")

    async def send_values(self) -> None:
        """Send MeterValues as a charger does that measures current, voltage, power and energy."""
        now = time.time()
        lines = range(1, 1 + len(self.wiring.lines))
        drawn = self.drawn(now)
        self._energy += drawn * _VOLTAGE * len(lines) * (now - self._counted_at) / 3600
        self._counted_at = now
        sampled = [
            {"measurand": "Energy.Active.Import.Register", "unit": "Wh", "value": self._register},
            {
                "measurand": "Power.Active.Import",
                "unit": "W",
                "value": f"{drawn * _VOLTAGE * len(lines):.0f}",
            },
            {"measurand": "Current.Offered", "unit": "A", "value": f"{self.limit:.1f}"},
        ]
        for line in lines:
            phase = {"phase": f"L{line}"}
            sampled += [
                {"measurand": "Current.Import", "unit": "A", "value": f"{drawn:.1f}", **phase},
                {"measurand": "Voltage", "unit": "V", "value": f"{_VOLTAGE:.1f}", **phase},
            ]
        body: dict[str, Any] = {
            "connectorId": 1,
            "meterValue": [{"timestamp": _now(), "sampledValue": sampled}],
        }
        if self.transaction is not None:
            body["transactionId"] = self.transaction
        began = time.perf_counter()
        await self._call("MeterValues", body)
        self.replies.append(time.perf_counter() - began)

    @property
    def _register(self) -> str:
        return f"{self._energy:.0f}"

    async def _listen(self, socket: ClientWebSocketResponse) -> None:
        async for message in socket:
            came = time.perf_counter()
            if message.type is not WSMsgType.TEXT:
                break
            match json.loads(message.data):
                case [2, str(message_id), str(action), dict(payload)]:
                    await self._answer(socket, message_id, action, payload, came)
                case [3, str(message_id), dict(payload)] if message_id in self._waiting:
                    self._waiting.pop(message_id).set_result(payload)
                case [4, str(message_id), *error] if message_id in self._waiting:
                    self._waiting.pop(message_id).set_exception(ProgramError(f"refused: {error}"))
        raise ProgramError(f"{self.identity} lost its connection")

    async def _answer(
        self,
        socket: ClientWebSocketResponse,
        message_id: str,
        action: str,
        payload: Mapping[str, Any],
        came: float,
    ) -> None:
        answer: dict[str, Any] = {"status": "Accepted"}
        match action:
            case "SetChargingProfile":
                self._take(payload["csChargingProfiles"], came)
            case "GetConfiguration":
                answer = {"configurationKey": _configuration(payload.get("key"))}
            case "GetCompositeSchedule":
                answer |= self._schedule(payload["duration"])
        await socket.send_str(json.dumps([3, message_id, answer]))

    def _take(self, profile: Mapping[str, Any], came: float) -> None:
        limit = float(profile["chargingSchedule"]["chargingSchedulePeriod"][0]["limit"])
        match profile["chargingProfilePurpose"], profile["stackLevel"]:
            case "ChargePointMaxProfile", _:
                return
            case "TxDefaultProfile", stack if stack == _FAIL_SAFE_STACK:
                self._fail_safe = limit
            case _:
                before = self.limit
                now = time.time()
                kept = [(at, known) for at, known in self._limits if at > now - 60]
                self._limits = [*(kept or self._limits[-1:]), (now, limit)]
                self.on_told(Told(charger=self, limit=limit, before=before, at=came))

    def _schedule(self, duration: int) -> dict[str, Any]:
        """Return a composite schedule: the limit until it runs out, then the fail-safe."""
        periods = [
            {"startPeriod": 0, "limit": self.limit},
            {"startPeriod": min(120, duration), "limit": self._fail_safe},
        ]
        return {
            "connectorId": 1,
            "scheduleStart": _now(),
            "chargingSchedule": {"chargingRateUnit": "A", "chargingSchedulePeriod": periods},
        }

    async def _status(self, state: str) -> None:
        body = {"connectorId": 1, "status": state, "errorCode": "NoError", "timestamp": _now()}
        await self._call("StatusNotification", body)

    async def _call(self, action: str, payload: dict[str, Any]) -> dict[str, Any]:
        if self._socket is None:
            raise ProgramError(f"{self.identity} is not connected")
        self._sent += 1
        message_id = str(self._sent)
        waiting: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        self._waiting[message_id] = waiting
        try:
            await self._socket.send_str(json.dumps([2, message_id, action, payload]))
            async with asyncio.timeout(_ANSWER_WITHIN):
                return await waiting
        finally:
            self._waiting.pop(message_id, None)


def _configuration(keys: list[str] | None) -> list[dict[str, Any]]:
    return [
        {"key": key, "readonly": False, "value": value}
        for key, value in _CONFIGURATION.items()
        if not keys or key in keys
    ]


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"
