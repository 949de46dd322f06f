"""What the simulator's tests share."""

from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from simulator import Backoff, Behaviour, Evse, Pilot, SimulatedChargePoint

from .central import CentralSystem

START = datetime(2026, 1, 15, 12, tzinfo=UTC)
QUICK = Backoff(first_s=0.01, longest_s=0.05)


class Clock:
    """A clock that stands still until it is told to go."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now

    def advance(self, seconds: float) -> datetime:
        self.now += timedelta(seconds=seconds)
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def central(socket_enabled: None) -> AsyncIterator[CentralSystem]:
    system = CentralSystem()
    await system.start()
    yield system
    await system.stop()


def prompt_evse(**settings: Any) -> Evse:
    """Return a charger whose pilot follows at once."""
    behaviour = Behaviour(pilot=Pilot(interval_s=0.0))
    return Evse(**{"behaviour": behaviour} | settings)


@pytest.fixture
def make_charge_point(central: CentralSystem, clock: Clock) -> Callable[..., SimulatedChargePoint]:
    def make(**settings: Any) -> SimulatedChargePoint:
        if "evse" not in settings and "station" not in settings:
            settings["evse"] = prompt_evse()
        return SimulatedChargePoint(
            settings.pop("url", central.url),
            settings.pop("identity", "CP1"),
            **{"backoff": QUICK, "clock": clock, "tick_s": None} | settings,
        )

    return make


def run_for(charge_point: SimulatedChargePoint, clock: Clock, seconds: int) -> None:
    """Let a charge point live through ``seconds`` of its clock."""
    for _ in range(seconds):
        charge_point.step(clock.advance(1), 1.0)
