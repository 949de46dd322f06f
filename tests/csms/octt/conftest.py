"""A booted charger at a central system, for each case."""

from collections.abc import AsyncIterator

import pytest

from custom_components.zmartcharge.csms import Registration, Station

from ..conftest import RecordingHandler, Server, TestDirectory
from ..secure import KEY_HASH
from .charge_point import ChargePoint


@pytest.fixture
def directory(handler: RecordingHandler) -> TestDirectory:
    return TestDirectory(
        {
            "CP1": Registration(key_hash=KEY_HASH, handler=handler),
            "OPEN": Registration(key_hash=None, handler=handler),
        }
    )


@pytest.fixture
async def charge_point(server: Server) -> AsyncIterator[ChargePoint]:
    raw = await server.connect()
    charge_point = ChargePoint(raw.socket)
    await charge_point.boot()
    await charge_point.status("Available")
    yield charge_point
    await charge_point.stop()


@pytest.fixture
def station(charge_point: ChargePoint, handler: RecordingHandler) -> Station:
    found: Station = handler.station
    return found
