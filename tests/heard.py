"""What is told of chargers, as automations hear it."""

from typing import Any

from homeassistant.core import callback
from homeassistant.helpers.dispatcher import async_dispatcher_connect
import pytest

from custom_components.zmartcharge.happening import SIGNAL, Happened

from .house import House, wait_until


class Heard(list[Happened]):
    """What was told since it was listened to."""

    @property
    def names(self) -> list[str]:
        """Return what happened, minutes of cables aside."""
        return [each.what.value for each in self if each.what != "cable_forgotten"]

    def of(self, name: str) -> list[dict[str, Any]]:
        """Return what was told of one kind."""
        return [each.told for each in self if each.what == name]

    async def after(self, *names: str) -> None:
        """Wait until these were told last."""
        await wait_until(lambda: self.names[-len(names) :] == list(names))


@pytest.fixture(name="heard")
def heard_fixture(house: House) -> Heard:
    """Return what is told, from the beginning."""
    heard = Heard()

    @callback
    def hear(happened: Happened) -> None:
        heard.append(happened)

    async_dispatcher_connect(house.hass, SIGNAL, hear)
    return heard
