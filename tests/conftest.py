"""Fixtures for every test."""

import asyncio
from collections.abc import AsyncIterator
import logging
from math import inf
from pathlib import Path
import sys
import time
from typing import TYPE_CHECKING

from freezegun import freeze_time
from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.syrupy import HomeAssistantSnapshotExtension
from syrupy.assertion import SnapshotAssertion

# The integration, the bridge and the simulator are imported from the checkout.
sys.path.insert(0, str(Path(__file__).parent.parent))

from custom_components.zmartcharge import refreshing

from .cases import list_cases
from .order import arrange

if TYPE_CHECKING:
    from .house import House

# Home Assistant's plugin has every SQL statement logged, which takes longer than the statements.
logging.getLogger("sqlalchemy.engine").setLevel(logging.WARNING)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tell xdist what belongs together and what comes first."""
    arrange(items)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """List the cases of the compliance test kit that were played."""
    list_cases(terminalreporter)


@pytest.fixture(autouse=True)
def auto_enable_custom_integrations(request: pytest.FixtureRequest) -> None:
    """Let Home Assistant find the integration in the tests that have one."""
    if "hass" in request.fixturenames:
        request.getfixturevalue("enable_custom_integrations")


@pytest.fixture(autouse=True)
async def enable_event_loop_debug(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the event loop check threads and callbacks, as Home Assistant's plugin does.

    What it does not do is to note for each callback, future and task where it was made, which takes a
    tenth of the time of tests with a Home Assistant. PYTHONASYNCIODEBUG=1 has it do so, to find what lingers.
    """
    loop = asyncio.get_running_loop()
    if not loop.get_debug():
        loop.set_debug(True)
        # Handles, futures and tasks ask for it; the loop's own checks do not.
        monkeypatch.setattr(loop, "get_debug", lambda: False)


@pytest.fixture
def snapshot(snapshot: SnapshotAssertion) -> SnapshotAssertion:
    """Compare with snapshots that leave out what is another one in each run."""
    return snapshot.use_extension(HomeAssistantSnapshotExtension)


@pytest.fixture
async def frozen_time(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[FrozenDateTimeFactory]:
    """Hold the clocks until they are ticked.

    The event loop's time goes on by itself, so that sockets and time-outs work, and jumps with the
    clocks, so that a timer is due when they say so.
    """
    from .house import NOW

    monotonic = time.monotonic
    with freeze_time(NOW) as frozen:
        start = frozen()

        def loop_time() -> float:
            return monotonic() + (frozen() - start).total_seconds()

        monkeypatch.setattr(asyncio.get_running_loop(), "time", loop_time)
        yield frozen


@pytest.fixture
async def house(
    hass: HomeAssistant,
    frozen_time: FrozenDateTimeFactory,
    socket_enabled: None,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> AsyncIterator[House]:
    """Return a house that is still to be set up; its chargers are switched off at the end."""
    from .house import House

    # Here the clock stands still while hundreds of values come.
    monkeypatch.setattr(refreshing, "BURST", inf)
    house = House(hass, frozen_time, tmp_path)
    yield house
    await asyncio.gather(*(charge_point.stop() for charge_point in house.charge_points))
    if hasattr(house, "entry") and house.entry.state is ConfigEntryState.LOADED:
        await house.unload()
    if "mqtt" in hass.config.components:
        # The mocked broker's client looks at its connection every second until it finds none.
        await house.pass_time(2)
