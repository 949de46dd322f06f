"""What a connector may draw: told to its charger, renewed while somebody decides, and checked."""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum
import logging
from typing import TYPE_CHECKING

from homeassistant.core import callback
from homeassistant.util import dt as dt_util

from .csms import CsmsError, Limit
from .ledger import Session
from .units import Ampere

if TYPE_CHECKING:
    from .connector import Connector

_LOGGER = logging.getLogger(__name__)

#: A limit holds for so long; the charger falls back to its fail-safe when nobody renews it. It is
#: renewed only when half of that is over: each renewal wears the memory of some chargers.
EXPIRY = timedelta(seconds=120)
#: What a charger refused is not said again before this, which doubles each time.
_SAY_AGAIN_AFTER, _LONGEST_WAIT = timedelta(seconds=5), timedelta(minutes=1)
#: A charger obeys within this: it changes its pilot at most every 5 s and the car follows within 5 s
#: (IEC 61851-1, table A.6).
_REACTS_WITHIN = timedelta(seconds=10)
#: It defies when measured values have said so for this long, and at least twice.
_OBEYS_WITHIN = timedelta(seconds=20)
_TOLERANCE, _TOLERANCE_SHARE = 0.5, 0.1
_SAME = 0.05
_SAME_TIME = timedelta(seconds=30)


class Defiance(IntEnum):
    """How far it has come with a charger that does not obey."""

    NONE = 0
    SENT_AGAIN = 1
    STOPPED = 2
    DISABLED = 3


@dataclass(frozen=True, slots=True)
class Told:
    """The limit that a charger has accepted: in A, when, and until when it holds."""

    amperes: Ampere
    at: datetime
    until: datetime


class Limiter:
    """The limit of one connector."""

    def __init__(self, connector: Connector) -> None:
        """Limit nothing yet."""
        self.wanted: Ampere | None = None
        self.told: Told | None = None
        #: Whether the charger took the newest limit.
        self.accepted = True
        #: Nothing above the fail-safe is told: what the charger does alone is being looked at.
        self.held = False
        #: When it last took a lower one.
        self.lowered_at: datetime | None = None
        self.defiance = Defiance.NONE
        self._connector = connector
        self._expiry = EXPIRY
        self._telling: asyncio.Task[None] | None = None
        self._wanted_at: datetime | None = None
        self._refused_at: datetime | None = None
        self._refusals = 0
        self._defied_since: datetime | None = None
        #: The user was told of defiance, perhaps in an earlier session.
        self._complained = False

    async def allow(self, amperes: Ampere, *, expiry: timedelta = EXPIRY) -> None:
        """Let the connector draw this much from now on, 0 to pause it; only a session has a limit.

        Of several that come while the charger is being told, the last one counts. A charger that
        cannot be reached, or refuses, keeps what it had: see ``accepted``.
        """
        if amperes != self.wanted:
            self._refused_at = None
            drawn, raised = (
                self._connector.measured.drawn,
                self.wanted is None or amperes > self.wanted,
            )
            # One that did not obey the limit before gets no more time for a lower one.
            if raised or drawn is None or drawn <= highest(self.wanted or 0.0):
                self._wanted_at, self._defied_since = dt_util.utcnow(), None
        self.wanted, self._expiry = amperes, expiry
        if self._telling is None or self._telling.done():
            if not self._must_tell(dt_util.utcnow()):
                return
            self._telling = self._connector.charger.create_task(self._tell(), "limit")
        await asyncio.wait([self._telling])

    async def repeat(self) -> None:
        """Tell the present limit once more, as when the charger may have lost it."""
        self.doubt()
        if self.wanted is not None:
            await self.allow(self.wanted, expiry=self._expiry)

    @callback
    def renew(self, now: datetime) -> None:
        """Keep the present limit from running out; one that was never taken is not tried again."""
        if self.wanted is None or self.told is None:
            return
        if abs(self.told.amperes - self.wanted) <= _SAME and self._must_tell(now):
            self._connector.charger.create_task(self.allow(self.wanted), "renewal")

    def is_foreign(self, now: datetime) -> bool:
        """Tell whether the charger may have a limit from before it was ours to decide on."""
        return self.told is None or self.told.until - now > EXPIRY

    @property
    def is_telling(self) -> bool:
        """Tell whether the charger is being told at this moment."""
        return self._telling is not None and not self._telling.done()

    async def settled(self) -> None:
        """Wait until the charger is not being told anything."""
        if self._telling and not self._telling.done():
            await asyncio.wait([self._telling])

    def is_waning(self, until: datetime, now: datetime) -> bool:
        """Tell whether a pause has to be told again for it to last until then, and no longer."""
        if self.wanted != 0 or self.told is None or not self.accepted:
            return True
        if self._connector.allocated is not None:
            return self.told.until - now < EXPIRY / 2
        return abs(self.told.until - until) > _SAME_TIME

    @callback
    def doubt(self) -> None:
        """No longer rely on the limit that was told, as when our clock was set."""
        self.told = self._refused_at = self._wanted_at = self._defied_since = None

    @callback
    def forget(self) -> None:
        """Forget the limit, as when a session ends: the next one begins with the fail-safe."""
        self.wanted = self.told = self.lowered_at = None
        self._wanted_at = self._defied_since = self._refused_at = None
        self.accepted = True
        self.defiance = Defiance.NONE

    def allowed(self, now: datetime) -> Ampere:
        """Return what the charger may draw by all that it was told, in A.

        Without a limit its fail-safe holds, and without that one only its circuit fuse.
        """
        if not self._connector.in_session:
            return 0.0
        if self.told and now < self.told.until:
            return self.told.amperes
        return self._connector.charger.fail_safe.lapsed(self.told.amperes if self.told else None)

    def until(self, now: datetime) -> datetime | None:
        """Return when the limit runs out if nobody can renew it; None when it does not."""
        if self.told and now < self.told.until and self._connector.charger.fail_safe.expires:
            return self.told.until
        return None

    @callback
    def check(self, now: datetime) -> bool:
        """Compare what the car draws with the limit; returns whether a step against it was taken.

        More than 10 % and 0.5 A above it, for long enough after it was wanted, is defiance. Each
        further step needs the same time again.
        """
        connector = self._connector
        if self.held or not connector.charger.connected:
            self._defied_since = None
            return False
        drawn, heard_at = connector.measured.drawn, connector.measured.heard_at
        if heard_at is None or (self._wanted_at and heard_at < self._wanted_at + _REACTS_WITHIN):
            return False  # what it drew before it could obey is no defiance
        if self.wanted is None or drawn is None or drawn <= highest(self.wanted):
            self._defied_since, self.defiance = None, Defiance.NONE
            if self._complained and self.told and drawn is not None:
                self._complained = False
                connector.charger.obeyed(connector)
            return False
        if self._defied_since is None:
            self._defied_since = heard_at
        once = heard_at <= self._defied_since or now - self._defied_since < _OBEYS_WITHIN
        if once or self.defiance is Defiance.DISABLED:
            return False
        self._defied_since = now
        self.defiance, self._complained = Defiance(self.defiance + 1), True
        connector.charger.create_task(self._enforce(self.defiance, self.wanted), "defiance")
        return True

    def _must_tell(self, now: datetime) -> bool:
        if self.wanted is None or not self._connector.in_session:
            return False
        fail_safe = self._connector.charger.fail_safe.current
        if self.held and (fail_safe is None or self.wanted > fail_safe):
            return False
        if self._refused_at and now - self._refused_at < self._patience:
            return False
        if self.told is None or not self.accepted:
            return True
        if abs(self.told.amperes - self.wanted) > _SAME:
            return True
        left = self.told.until - now
        # One that holds for longer than is wanted now is from before the load was balanced.
        return left < self._expiry / 2 or left > self._expiry

    @property
    def _patience(self) -> timedelta:
        doubled: int = 2 ** max(0, self._refusals - 1)
        return min(_SAY_AGAIN_AFTER * doubled, _LONGEST_WAIT)

    async def _tell(self) -> None:
        while self._must_tell(dt_util.utcnow()):
            amperes = self.wanted
            assert amperes is not None
            now, session = dt_util.utcnow(), self._connector.session
            if amperes < self.allowed(now):
                # The guard does not take a charger for idle that is slow to answer.
                self.lowered_at = now
            try:
                await self._send(amperes)
            except CsmsError as err:
                if self.wanted is not None and self.wanted != amperes:
                    continue  # another one came meanwhile, which may be taken
                self._refuse(amperes, err)
                return
            if self.wanted is None or not _is_same(session, self._connector.session):
                continue  # that session ended meanwhile
            now = dt_util.utcnow()
            self.accepted, self._refused_at, self._refusals = True, None, 0
            self.told = Told(amperes, now, now + self._expiry)
            self._connector.told()

    def _refuse(self, amperes: Ampere, err: CsmsError) -> None:
        charger = self._connector.charger
        if self.accepted:
            _LOGGER.warning(
                "%s did not take a limit of %.1f A: %s", charger.config.name, amperes, err
            )
        self.accepted, self._refused_at, self.lowered_at = False, dt_util.utcnow(), None
        self._refusals = min(self._refusals + 1, 10)
        self._connector.told()

    async def _send(self, amperes: Ampere) -> None:
        connector, session = self._connector, self._connector.session
        await connector.charger.station.set_limit(
            connector.connector_id,
            Limit(amperes=amperes, watts=connector.charger.watts(amperes)),
            expiry=self._expiry,
            transaction_id=session.transaction_id if session else None,
        )

    async def _enforce(self, step: Defiance, limit: Ampere) -> None:
        """Do what comes next with a charger that draws more than it may."""
        connector = self._connector
        charger = connector.charger
        _LOGGER.warning(
            "%s draws more than its limit of %.1f A: %s",
            charger.config.name,
            limit,
            step.name.lower().replace("_", " "),
        )
        try:
            match step:
                case Defiance.SENT_AGAIN:
                    # What was accepted without an effect may have one in another way.
                    charger.station.distrust()
                    await self._send(limit)
                case Defiance.STOPPED:
                    charger.station.distrust()
                    if connector.session:
                        await charger.station.remote_stop(connector.session.transaction_id)
                case Defiance.DISABLED:
                    await charger.out_of_operation.put_out(connector.connector_id)
        except CsmsError as err:
            _LOGGER.warning("%s: %s", charger.config.name, err)
        charger.defied(connector, step)


def _is_same(one: Session | None, other: Session | None) -> bool:
    return one is not None and other is not None and one.id == other.id


def highest(limit: Ampere) -> Ampere:
    """Return the most that still counts as obeying: sockets measure within a few per cent."""
    return limit * (1 + _TOLERANCE_SHARE) + _TOLERANCE
