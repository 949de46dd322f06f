"""Limits that the second central system sets: own limits of the connectors, with a name of theirs.

They hold beside all limits of ours and only ever lower. They end when the other clears them, when
their validity is over, and when the other has been gone for an hour: a system that is not there any
more keeps no car from being charged. What a user lifts stays lifted until the other changes it.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
import logging
from typing import TYPE_CHECKING

from homeassistant.core import CALLBACK_TYPE, callback
from homeassistant.helpers.event import async_track_time_interval
from homeassistant.util import dt as dt_util

from .csms import CsmsError, forwarding
from .own_limits import SECOND_SYSTEM
from .units import Ampere

if TYPE_CHECKING:
    from .charger import Charger
    from .connector import Connector

_LOGGER = logging.getLogger(__name__)

#: For how long the limits of a system hold that is not there any more.
HOLD_WHILE_GONE = timedelta(hours=1)
_LOOK_EVERY = timedelta(minutes=1)
#: For so long a limit waits for the session that it came with.
_WAITS_FOR = timedelta(minutes=10)
#: More than any system sets for one charger.
_MAX_PROFILES = 20


class SecondSystemLimits:
    """Of one charger."""

    def __init__(
        self,
        charger: Charger,
        keep: Callable[[tuple[forwarding.ForeignProfile, ...]], None],
        gone_since: Callable[[], datetime | None],
    ) -> None:
        """Take the charger, who keeps profiles, and who knows since when the other is gone."""
        self._charger = charger
        self._keep = keep
        self._gone_since = gone_since
        self._profiles: tuple[forwarding.ForeignProfile, ...] = ()
        self._applied: dict[str, Ampere | None] = {}
        self._timer: CALLBACK_TYPE | None = None

    @property
    def count(self) -> int:
        """Return how many profiles there are."""
        return len(self._profiles)

    @callback
    def restore(self, profiles: tuple[forwarding.ForeignProfile, ...]) -> None:
        """Take up what was kept."""
        self._profiles = profiles
        self._tend()

    @callback
    def put(self, new: forwarding.ForeignProfile) -> None:
        """Take a profile, in the place of the one that it replaces."""
        others = [each for each in self._profiles if not forwarding.replaces(new, each)]
        self._store((*others[-(_MAX_PROFILES - 1) :], new))

    @callback
    def drop(self, matches: Callable[[forwarding.ForeignProfile], bool]) -> bool:
        """Drop the profiles that match; False: there was none."""
        left = tuple(each for each in self._profiles if not matches(each))
        if len(left) == len(self._profiles):
            return False
        self._store(left)
        return True

    @callback
    def begun(self, connector: Connector) -> None:
        """Hear that a session may have begun: a limit that came with its start is for it."""
        session = connector.session
        if session is None or not connector.in_session:
            return
        bound = tuple(
            replace(each, transaction_id=session.transaction_id)
            if each.transaction_id is None and _is_for(each, connector)
            else each
            for each in self._profiles
        )
        if bound != self._profiles:
            self._store(bound)

    @callback
    def look(self, _now: datetime | None = None) -> None:
        """Let the limits be what they are now."""
        now = dt_util.utcnow()
        running = {
            connector.session.transaction_id
            for connector in self._charger.connectors.values()
            if connector.session and connector.in_session
        }
        left = tuple(each for each in self._profiles if not _is_over(each, running, now))
        if left != self._profiles:
            self._store(left)
            return
        for connector in self._charger.connectors.values():
            self._apply(connector, now)

    @callback
    def clear(self) -> None:
        """Lift everything, as when the other is nothing any more to the charger."""
        self._store(())

    @callback
    def close(self) -> None:
        """Stop the timer."""
        if self._timer:
            self._timer()
            self._timer = None

    @callback
    def _store(self, profiles: tuple[forwarding.ForeignProfile, ...]) -> None:
        self._profiles = profiles
        self._keep(profiles)
        self._tend()
        self.look()

    @callback
    def _tend(self) -> None:
        if not self._profiles:
            self.close()
        elif self._timer is None:
            self._timer = async_track_time_interval(self._charger.hass, self.look, _LOOK_EVERY)

    def _apply(self, connector: Connector, now: datetime) -> None:
        limit = self._limit(connector, now)
        before = self._charger.own_limits.of(connector.key, SECOND_SYSTEM)
        if limit != self._applied.get(connector.key, before):
            self._charger.create_task(self._set(connector, limit), "limit of the second system")
        self._applied[connector.key] = limit

    def _limit(self, connector: Connector, now: datetime) -> Ampere | None:
        session, gone = connector.session, self._gone_since()
        if session is None or not connector.in_session:
            return None
        if gone is not None and now - gone > HOLD_WHILE_GONE:
            return None
        limit = forwarding.limit_of(
            self._profiles,
            connector.connector_id,
            session.transaction_id,
            now,
            session.started_at,
            watts_per_ampere=self._charger.watts(1.0),
            connectors=len(self._charger.connectors),
        )
        return None if limit is None else min(limit, float(self._charger.config.circuit_fuse))

    async def _set(self, connector: Connector, limit: Ampere | None) -> None:
        try:
            await connector.set_own_limit(limit, SECOND_SYSTEM)
        except CsmsError as err:
            # It is kept, and told with the next chance.
            _LOGGER.warning("%s did not take a limit: %s", self._charger.config.name, err)


def _is_for(profile: forwarding.ForeignProfile, connector: Connector) -> bool:
    return profile.purpose == "TxProfile" and profile.connector_id in (0, connector.connector_id)


def _is_over(profile: forwarding.ForeignProfile, running: set[int], now: datetime) -> bool:
    """Tell whether a profile holds nothing any more: its time or its session is over."""
    if profile.transaction_id is not None:
        return profile.is_over(now) or profile.transaction_id not in running
    waits = profile.purpose == "TxProfile"
    return profile.is_over(now) or (waits and now - profile.received_at > _WAITS_FOR)
