"""What the car at a connector does with what it is offered: charges, is full, sleeps."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from .plan import MINIMUM_CURRENT, CarBehaviour, CarState, CarView, wake
from .units import Watt, WattHour

if TYPE_CHECKING:
    from .connector import Connector

_DRAWS: Watt = 200
#: A car that draws nothing for so long has stopped; a single value may be missing, or 0.
_STOPPED_AFTER = timedelta(minutes=2)
#: A car that was full and takes more than this needs more: warming itself takes less.
_WARMS: WattHour = 2_000


class CarWatch:
    """Of one connector."""

    def __init__(self, connector: Connector) -> None:
        """Have seen no car."""
        self._connector = connector
        self._behaviour = CarBehaviour()
        self._drew_at: datetime | None = None
        #: What the car had taken in this session, in Wh, when it was seen to be full.
        self._full_with: WattHour | None = None

    @property
    def taken(self) -> WattHour:
        """Return what the car has got in this session, in Wh."""
        connector = self._connector
        return connector.session_energy or 0 if connector.in_session else 0

    @property
    def charges(self) -> bool:
        """Tell whether the car draws power, as far as that is known."""
        return (self._power or 0) > _DRAWS

    @property
    def full(self) -> bool:
        """Tell whether the car ended charging by itself."""
        return self._full_with is not None and self.taken - self._full_with < _WARMS

    @property
    def asleep(self) -> bool:
        """Tell whether the car takes nothing however often it is offered."""
        return self._behaviour.state is CarState.ASLEEP and not self.full

    def forget(self) -> None:
        """Forget the car, which has left."""
        self._behaviour, self._drew_at, self._full_with = CarBehaviour(), None, None

    def look(self, now: datetime, *, may_charge: bool) -> bool:
        """Return whether the car is to be offered anything now; one that sleeps is woken.

        A full car may draw as it likes: it warms itself before it is driven. While nobody can see
        what it does nothing is concluded.
        """
        connector = self._connector
        wanted = may_charge or self.full
        if connector.in_session and (self._power is None or not connector.charger.connected):
            return wanted
        offers = connector.in_session and not connector.held
        offered = offers and connector.limiter.allowed(now) >= MINIMUM_CURRENT
        if self.charges or not offered:
            # One that is offered again takes its time to begin.
            self._drew_at = now if self.charges else None
        drew = self._drew_at is not None and now - self._drew_at < _STOPPED_AFTER
        view = CarView(plugged=True, wanted=wanted, offered=offered, drawing=drew)
        self._behaviour, _ = wake(self._behaviour, view, now)
        if self._behaviour.state is CarState.FULL and not self.full:
            self._full_with = self.taken
        return wanted and self._behaviour.state is not CarState.WAKING

    def next_look(self) -> datetime | None:
        """Return when something is to be done even if nothing changes until then."""
        return self._behaviour.next_look()

    @property
    def _power(self) -> Watt | None:
        """Return the power in W; some chargers measure currents only."""
        connector = self._connector
        if connector.measured.power is not None:
            return connector.measured.power
        drawn = connector.measured.drawn
        return None if drawn is None else connector.charger.watts(drawn)
