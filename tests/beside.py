"""A second central system beside a house, on a real socket."""

import asyncio
from collections.abc import AsyncGenerator
from typing import Any

from homeassistant.config_entries import ConfigSubentryDataWithId
import pytest

from custom_components.zmartcharge.csms import forwarding

from .csms.forwarding.central import PASSWORD, FakeCentral, running
from .house import House, charger_subentry, wait_until

QUICK = forwarding.Timing(
    first_wait=0.01, longest_wait=0.02, call=1.0, ping_every=1e6, pong_within=1, scale=0.01
)


def second_system(central: FakeCentral, **changes: Any) -> dict[str, Any]:
    """Return what a charger's subentry says of a second central system."""
    return {
        "url": central.url,
        "username": "CP-7",
        "password": PASSWORD,
        "mode": "mirror",
        "asks_cards": False,
        **changes,
    }


def told_charger(
    central: FakeCentral, mode: str = "mirror", *, asks_cards: bool = False, **changes: Any
) -> ConfigSubentryDataWithId:
    """Return the charger of the garage, of which the other is told."""
    system = second_system(central, mode=mode, asks_cards=asks_cards)
    return charger_subentry(second_system=system, **changes)


async def told_all(house: House) -> None:
    """Wait until nothing waits for the other."""
    ledger = house.hub.ledger
    await wait_until(lambda: house.charger.second_system.connected)
    async with asyncio.timeout(10):
        while await ledger.outbox.count("CP1"):
            await asyncio.sleep(0.005)
    await house.hass.async_block_till_done()


@pytest.fixture(name="central")
async def central_fixture(
    socket_enabled: None, monkeypatch: pytest.MonkeyPatch
) -> AsyncGenerator[FakeCentral]:
    """Return a running central system, beside which nobody waits for long."""
    monkeypatch.setattr(forwarding.link, "Timing", lambda: QUICK)
    async with running(FakeCentral()) as central:
        yield central
