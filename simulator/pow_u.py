"""A Pow-U: the reader in a fuse box that posts what its meter says to a load balancer.

As units with the firmware "amsreader" speak it: a JSON object whose values are text, without a
Content-Type; ``LBToken`` has exactly twenty characters, ``L1A`` to ``L3A`` are in A with one decimal,
``CurrentPower`` in W. The answer may set the pace.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
import json
import logging
from typing import Any

import aiohttp

from .aidon import MeterReading

_LOGGER = logging.getLogger(__name__)
_TOKEN_LENGTH = 20
_LONGEST_URL = 63
_TIMEOUT = aiohttp.ClientTimeout(total=10)
# The unit's own spelling.
_SECONDS = {"HeartBeatTime": "heartbeat", "HearBeatTimeFast": "heartbeat_fast"}
_THRESHOLD, _URL = "HeartBeatTimeFastThreshold", "ZmartChargeUrl"


@dataclass(frozen=True, slots=True, kw_only=True)
class PowUSettings:
    """What an answer can set: seconds between posts, and above how many A it is the fast pace."""

    url: str
    heartbeat: float = 31.0
    heartbeat_fast: float = 11.0
    threshold: float = 32.0

    def obey(self, answer: Any) -> PowUSettings:
        """Return the settings after an answer; what the unit cannot take stays as it was.

        A new address has to begin with https and have at most 63 characters.
        """
        given = answer.get("Settings") if isinstance(answer, Mapping) else None
        if not isinstance(given, Mapping):
            return self
        seconds = {field: _positive(given.get(name)) for name, field in _SECONDS.items()}
        changes: dict[str, Any] = {field: value for field, value in seconds.items() if value}
        if threshold := _positive(given.get(_THRESHOLD)):
            changes["threshold"] = threshold
        url = given.get(_URL)
        if isinstance(url, str) and url.startswith("https") and len(url) <= _LONGEST_URL:
            changes["url"] = url
        return replace(self, **changes)


class SimulatedPowU:
    """Posts the readings of a meter until it is cancelled."""

    def __init__(
        self,
        url: str,
        token: str,
        measure: Callable[[], MeterReading],
        *,
        speed: float = 1.0,
    ) -> None:
        """Set up a unit that asks ``measure`` before each post; ``speed`` makes its time go faster.

        ``url`` is without ``/loadbalancer``. Raises ``ValueError`` for a token of another length, or
        a speed that is not above 0.
        """
        if len(token) != _TOKEN_LENGTH:
            raise ValueError("a token has exactly 20 characters")
        if not speed > 0:
            raise ValueError("speed must be above 0")
        self.settings = PowUSettings(url=url)
        #: The HTTP status of the last post, None before the first or when nobody answered.
        self.status: int | None = None
        self.posts = 0
        self._token = token
        self._measure = measure
        self._speed = speed

    @property
    def interval(self) -> float:
        """Return the seconds until the next post."""
        high = _high_consumption(self._measure(), self.settings.threshold)
        return self.settings.heartbeat_fast if high else self.settings.heartbeat

    def body(self) -> str:
        """Return what the unit posts now."""
        reading = self._measure()
        one, two, three = _lines(reading)
        high = _high_consumption(reading, self.settings.threshold)
        return json.dumps(
            {
                "LBToken": self._token,
                "L1A": f"{one:.1f}",
                "L2A": f"{two:.1f}",
                "L3A": f"{three:.1f}",
                "HighConsumption": "1" if high else "0",
                "CurrentPower": f"{reading.import_w:.0f}",
            },
            separators=(",", ":"),
        )

    async def post(self, session: aiohttp.ClientSession) -> None:
        """Post once and obey the answer."""
        self.posts += 1
        self.status = None
        try:
            async with session.post(
                f"{self.settings.url}/loadbalancer",
                data=self.body().encode(),
                skip_auto_headers=["Content-Type"],
                timeout=_TIMEOUT,
            ) as response:
                self.status = response.status
                if response.status == 200:
                    self.settings = self.settings.obey(json.loads(await response.text()))
        except (aiohttp.ClientError, TimeoutError, ValueError) as err:
            _LOGGER.info("Pow-U: no answer that it understands: %r", err)

    async def run(self) -> None:
        """Post for ever, at the pace that was set last."""
        async with aiohttp.ClientSession() as session:
            while True:
                await self.post(session)
                await asyncio.sleep(self.interval / self._speed)


def _lines(reading: MeterReading) -> tuple[float, float, float]:
    """Return three currents; the unit says 0 for one that its meter does not send."""
    currents = (*reading.currents, 0.0, 0.0, 0.0)
    return currents[0], currents[1], currents[2]


def _high_consumption(reading: MeterReading, threshold: float) -> bool:
    """Return the unit's own judgement, which forgets L2."""
    one, _, three = _lines(reading)
    return max(one, three) > threshold


def _positive(value: object) -> float | None:
    sound = isinstance(value, int | float) and not isinstance(value, bool) and value > 0
    return float(value) if sound and isinstance(value, int | float) else None
