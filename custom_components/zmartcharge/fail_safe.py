"""What a charger falls back to by itself when nobody tells it a limit any more."""

from datetime import timedelta
from enum import StrEnum
import logging
from typing import TYPE_CHECKING

from .balance import MINIMUM_CURRENT
from .csms import CallFailedError, CallRejectedError, CsmsError, Limit
from .limiter import EXPIRY
from .units import Ampere

if TYPE_CHECKING:
    from .charger import Charger
    from .connector import Connector

_LOGGER = logging.getLogger(__name__)

#: How much later than the expiry the schedule of a charger is looked at.
_AFTERWARDS = timedelta(seconds=15)
#: Chargers round amperes that were watts, and watts that were amperes.
_SAME_SHARE = 0.1


class Grade(StrEnum):
    """What a charger does by itself when Home Assistant is gone."""

    #: A limit runs out, and the fail-safe holds then.
    A = "a"
    #: The fail-safe holds for new sessions; a running one may keep its last limit.
    B = "b"
    #: It takes no fail-safe: only what its installer has set protects the fuse.
    C = "c"


class FailSafe:
    """The fail-safe of one charger: for every session, TxDefaultProfile at the lowest level."""

    def __init__(self, charger: Charger) -> None:
        """Know nothing yet."""
        #: What the charger has accepted in A, None while it has none.
        self.current: Ampere | None = None
        self._charger = charger
        self._refused = self._removed = False
        self._lapses: bool | None = None

    @property
    def grade(self) -> Grade | None:
        """Return the grade, None while nothing is known. What a check has proved counts first."""
        if proved := self._charger.config.grade:
            return Grade(proved)
        if self._refused:
            return Grade.C
        if self.current is None or self._lapses is None:
            return None
        return Grade.A if self._lapses else Grade.B

    @property
    def expires(self) -> bool:
        """Tell whether a limit that nobody renews gives way to the fail-safe."""
        return self.current is not None and self.grade is Grade.A

    @property
    def reserved(self) -> Ampere:
        """Return what has to be kept in A for a charger that cannot be reached."""
        if self.current is not None:
            return self.current
        # One that was not heard of since we were started had the fail-safe then.
        return float(self._charger.config.circuit_fuse) if self._refused else MINIMUM_CURRENT

    def lapsed(self, last: Ampere | None) -> Ampere:
        """Return what the charger may draw in A once its ``last`` limit has run out; None: it had none.

        What is not known is taken for the worse.
        """
        if self.current is None:
            return float(self._charger.config.circuit_fuse)
        if last is None or self.grade is Grade.A:
            return self.current
        return max(self.current, last)

    def forget(self) -> None:
        """Forget everything: the charger is another one now."""
        self.current = self._lapses = None
        self._refused = self._removed = False

    def lost(self) -> None:
        """Note that something else took its place in the charger."""
        self.current = None

    def doubt(self) -> None:
        """No longer rely on what the schedule of the charger has told: limits are told otherwise."""
        self._lapses = None

    def refused(self, *, balanced: bool) -> None:
        """Note that the charger takes no limits; where nothing is balanced that means nothing."""
        self.forget()
        self._refused = balanced

    def is_missing(self, amperes: Ampere) -> bool:
        """Tell whether the charger is to be asked to take this; what it refused is not asked again."""
        return self.current != amperes and not self._refused

    async def install(self, amperes: Ampere) -> None:
        """Let the charger keep this current for every session that has no limit; 0 pauses it."""
        limit = Limit(amperes=amperes, watts=self._charger.watts(amperes))
        try:
            await self._charger.station.set_fail_safe(limit)
        except CsmsError as err:
            # One that did not answer may have taken it, or may take it the next time.
            self._refused = isinstance(err, CallRejectedError | CallFailedError)
            self.current = None
            _LOGGER.warning("%s did not take its fail-safe: %s", self._charger.config.name, err)
        else:
            self._refused = self._removed = False
            self.current = amperes
        self._charger.async_notify()

    async def remove(self) -> None:
        """Let the charger be as it was, as when load balancing is given up; once is enough."""
        if self._removed:
            return
        self.forget()
        self._removed = True
        try:
            await self._charger.station.set_fail_safe(None)
        except CsmsError as err:
            _LOGGER.debug("%s keeps its fail-safe: %s", self._charger.config.name, err)
        self._charger.async_notify()

    async def verify(self, connector: Connector, limit: Ampere) -> None:
        """Ask a charger that has taken a limit what it will do when that one has run out.

        A limit that is no other than the fail-safe tells nothing.
        """
        if self.current is None or _same(limit, self.current):
            return
        try:
            schedule = await self._charger.station.offered_schedule(
                connector.connector_id, EXPIRY + 2 * _AFTERWARDS
            )
        except CsmsError:
            return
        later = schedule.at(int((EXPIRY + _AFTERWARDS).total_seconds())) if schedule else None
        if schedule is None or later is None:
            self._lapses = False
        else:
            unit = self._charger.watts if schedule.unit == "W" else float
            self._lapses = _same(later, unit(self.current))
        self._charger.async_notify()


def _same(one: float, other: float) -> bool:
    return abs(one - other) <= max(0.5, _SAME_SHARE * other)
