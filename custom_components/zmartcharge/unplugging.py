"""The check that proves a charger's fail-safe: it is left alone for a while, as if a plug were pulled."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from homeassistant.core import callback
from homeassistant.helpers.event import async_call_later
from homeassistant.util import dt as dt_util

from .const import CONF_GRADE
from .fail_safe import Grade
from .limiter import EXPIRY, highest
from .units import Ampere

if TYPE_CHECKING:
    from .connector import Connector

#: What the car may draw while nobody can lower it: above every fail-safe, and not much.
_LIMIT = 10.0
#: It has to draw this much, so that its fall can be told from its own wish.
_LEAST_DRAW = 7.5
#: How long after the expiry a charger and its car may take to fall.
_FALLS_WITHIN = timedelta(seconds=30)
#: Chargers try again after up to ten minutes.
_COMES_BACK_WITHIN = timedelta(minutes=15)
_CATCHES_UP_WITHIN = timedelta(seconds=10)
_TELLS_WITHIN = timedelta(minutes=3)


class Obstacle(StrEnum):
    """Why the check cannot be made now; each is the key of a translated message."""

    NOT_BALANCED = "unplug_not_balanced"
    NOT_CONNECTED = "unplug_not_connected"
    NO_FAIL_SAFE = "unplug_no_fail_safe"
    LITTLE_DRAW = "unplug_little_draw"


class Outcome(StrEnum):
    """What has come of the check; each is the key of a translated message."""

    FALLS = "unplug_falls"
    STAYS = "unplug_stays"
    SESSION_ENDED = "unplug_session_ended"
    NOT_BACK = "unplug_not_back"
    SILENT = "unplug_silent"
    NO_DRAW = "unplug_no_draw"


class Unplugging:
    """Leaves the charger of a connector alone until its limit has run out, and looks what it did."""

    def __init__(self, connector: Connector) -> None:
        """Take the connector whose car is charging."""
        self._connector = connector
        self._charger = connector.charger
        #: What the charger falls to, as known before: one that comes back is asked anew.
        self._fail_safe: Ampere = 0.0

    @property
    def obstacle(self) -> Obstacle | None:
        """Return why the check cannot be made now."""
        connector, charger = self._connector, self._charger
        if charger.site is None or not charger.site.balancing.active:
            return Obstacle.NOT_BALANCED
        if not charger.connected:
            return Obstacle.NOT_CONNECTED
        if charger.fail_safe.current is None:
            return Obstacle.NO_FAIL_SAFE
        if not connector.in_session or (connector.measured.drawn or 0.0) < _LEAST_DRAW:
            return Obstacle.LITTLE_DRAW
        return None

    async def run(self) -> Outcome:
        """Make the check, in about three minutes; a charger that proved something keeps that grade."""
        limiter = self._connector.limiter
        self._fail_safe = self._charger.fail_safe.current or 0.0
        await limiter.allow(min(limiter.allowed(dt_util.utcnow()), _LIMIT))
        limiter.held = True
        try:
            outcome = await self._left_alone()
        finally:
            self._charger.left_alone = limiter.held = False
            self._charger.rebalance()
        if outcome in (Outcome.FALLS, Outcome.STAYS):
            grade = Grade.A if outcome is Outcome.FALLS else Grade.B
            self._charger.store({CONF_GRADE: grade.value})
        return outcome

    async def _left_alone(self) -> Outcome:
        charger, connector = self._charger, self._connector
        charger.left_alone = True
        await charger.disconnect()
        await self._wait(lambda: False, EXPIRY + _FALLS_WITHIN)
        charger.left_alone = False
        if not await self._wait(lambda: charger.connected, _COMES_BACK_WITHIN):
            return Outcome.NOT_BACK
        # What it measured while it was alone comes first, all at once.
        back = dt_util.utcnow() + _CATCHES_UP_WITHIN
        heard = await self._wait(
            lambda: (
                not connector.in_session
                or (connector.measured.heard_at is not None and connector.measured.heard_at >= back)
            ),
            _TELLS_WITHIN,
        )
        if not connector.in_session:
            return Outcome.SESSION_ENDED
        if not heard or connector.measured.drawn is None:
            return Outcome.SILENT
        if connector.measured.drawn < self._fail_safe / 2:
            return Outcome.NO_DRAW  # a car that is full proves nothing
        return (
            Outcome.FALLS if connector.measured.drawn <= highest(self._fail_safe) else Outcome.STAYS
        )

    async def _wait(self, holds: Callable[[], bool], timeout: timedelta) -> bool:
        """Return whether something has come to hold in time."""
        changed = asyncio.Event()
        waiting = True

        @callback
        def over(_now: object) -> None:
            nonlocal waiting
            waiting = False
            changed.set()

        cancel = async_call_later(self._charger.hass, timeout, over)
        remove = self._connector.async_add_listener(changed.set)
        try:
            while waiting and not holds():
                changed.clear()
                await changed.wait()
        finally:
            remove()
            cancel()
        return holds()
