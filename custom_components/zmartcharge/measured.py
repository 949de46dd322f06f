"""What flows through a connector, as its charger measures it."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from homeassistant.core import CALLBACK_TYPE, callback
from homeassistant.helpers.event import async_call_later
from homeassistant.util import dt as dt_util

from .csms import ConnectorState, MeterSnapshot
from .live import Delay, LiveValues, lifespan
from .units import Ampere, Phase, Volt, Watt

if TYPE_CHECKING:
    from .connector import Connector

#: In these states the contactor is closed; in all others no current can flow.
CLOSED = {ConnectorState.CHARGING, ConnectorState.SUSPENDED_EV, ConnectorState.SUSPENDED_EVSE}


class Measured:
    """The newest values of one connector; they are forgotten when no newer ones follow."""

    def __init__(self, connector: Connector) -> None:
        """Know nothing yet."""
        #: When the charger last sent measured values.
        self.heard_at: datetime | None = None
        self._connector = connector
        self._live = LiveValues()
        self._delay = Delay()
        self._expiry: CALLBACK_TYPE | None = None

    @property
    def power(self) -> Watt | None:
        """Return the power that the car draws, in W."""
        power = self._flowing(self._live.power(self._since))
        if power == 0 and self._connector.charger.traits.make.shows_no_power:
            return self._power_by_currents
        return power

    @property
    def _power_by_currents(self) -> Watt:
        terminals = {terminal for _, terminal in self._terminals}
        total = sum(self.current(terminal) or 0.0 for terminal in terminals)
        return self._connector.charger.watts(total / len(terminals))

    @property
    def offered(self) -> Ampere | None:
        """Return the current that the charger offers the car, in A."""
        return self._live.offered(self._since) if self._connector.state in CLOSED else None

    def current(self, phase: Phase) -> Ampere | None:
        """Return the current that the car draws from one of the charger's terminals, in A."""
        return self._flowing(self._live.current(phase, self._since))

    def voltage(self, phase: Phase) -> Volt | None:
        """Return the voltage at one of the charger's terminals, in V."""
        return self._live.voltage(phase, self._since)

    @property
    def draw(self) -> Mapping[Phase, Ampere] | None:
        """Return what the car draws from each line of the site in A, None while that is not known."""
        lines = {line: self.current(terminal) for line, terminal in self._terminals}
        known = {line: amperes for line, amperes in lines.items() if amperes is not None}
        return known if len(known) == len(lines) else None

    @property
    def drawn(self) -> Ampere | None:
        """Return the most that the car draws from any terminal in A, None while that is not known."""
        known = [a for a in map(self.current, Phase) if a is not None]
        if known:
            return max(known)
        return None if self.power is None else self.power / self._connector.charger.watts(1.0)

    @property
    def battery_full(self) -> bool:
        """Tell whether the car has told that it is full."""
        return self._live.soc is not None and self._live.soc >= 100

    @callback
    def take(self, snapshot: MeterSnapshot) -> None:
        """Take measured values, unless the charger had kept them while it was offline."""
        if not self._delay.is_live(snapshot.sampled_at, dt_util.utcnow()):
            return
        before = {phase: self.current(phase) for phase in Phase}
        since, self.heard_at = self.heard_at, dt_util.utcnow()
        self._live.take(snapshot, self.heard_at)
        if since:
            self._tell_site(before, since)
        self.close()
        self._expiry = async_call_later(
            self._connector.charger.hass, self._lifespan + timedelta(seconds=1), self._expired
        )

    @callback
    def forget(self) -> None:
        """Forget what only a connected charger can say."""
        self._live = LiveValues()

    @callback
    def close(self) -> None:
        """Stop the timer."""
        if self._expiry:
            self._expiry()
            self._expiry = None

    @callback
    def _expired(self, _now: datetime) -> None:
        self._expiry = None
        self._connector.async_notify()

    def _tell_site(self, before: Mapping[Phase, Ampere | None], since: datetime) -> None:
        """Tell the site how the draw on its lines changed: its meter must have seen that."""
        moves = {}
        for line, terminal in self._terminals:
            now, then = self.current(terminal), before[terminal]
            if now is not None and then is not None:
                moves[line] = now - then
        if site := self._connector.charger.site:
            site.charger_moved(moves, since)

    @property
    def _terminals(self) -> list[tuple[Phase, Phase]]:
        """Return the site's lines, and the terminal of the charger that each is on."""
        lines = self._connector.charger.config.wiring.lines
        # A charger on two lines (IT) has one terminal current for both.
        terminals = tuple(Phase) if len(lines) == len(Phase) else (Phase.L1,) * len(lines)
        return list(zip(lines, terminals, strict=True))

    @property
    def _lifespan(self) -> timedelta:
        return lifespan(self._connector.charger.abilities.meter_interval)

    @property
    def _since(self) -> datetime:
        return dt_util.utcnow() - self._lifespan

    def _flowing(self, value: float | None) -> float | None:
        state = self._connector.state
        return 0.0 if state is not None and state not in CLOSED else value
