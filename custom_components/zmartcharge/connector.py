"""One connector of a charger: what it is doing and its current session."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from homeassistant.core import CALLBACK_TYPE, callback
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers.event import async_call_later
from homeassistant.util import dt as dt_util

from .const import DOMAIN, ID_TAG_HOME_ASSISTANT
from .csms import ConnectorState, MeterSnapshot, StatusNotification
from .ledger import Session
from .listeners import Observable
from .live import LiveValues, lifespan
from .status import Circumstances, Reason, Status, status_of
from .units import Ampere, Phase, Volt, Watt, WattHour

if TYPE_CHECKING:
    from .charger import Charger

#: In these states the contactor is closed; in all others no current can flow.
_CLOSED = {ConnectorState.CHARGING, ConnectorState.SUSPENDED_EV, ConnectorState.SUSPENDED_EVSE}
_PLUGGED = _CLOSED | {ConnectorState.PREPARING, ConnectorState.FINISHING}
#: These do not tell whether a cable is in.
_SILENT = {ConnectorState.FAULTED, ConnectorState.UNAVAILABLE}
NO_ERROR = "NoError"


class Connector(Observable):
    """A connector, numbered from 1 as OCPP does."""

    def __init__(self, charger: Charger, connector_id: int) -> None:
        """Start knowing nothing."""
        super().__init__()
        self.charger = charger
        self.connector_id = connector_id
        self.state: ConnectorState | None = None
        self.session: Session | None = None
        self.lifetime: WattHour | None = None
        self._told: StatusNotification | None = None
        self._live = LiveValues()
        self._expiry: CALLBACK_TYPE | None = None
        self._heard_at: datetime | None = None
        self._suspended_by_car = False

    @property
    def status(self) -> Status | None:
        """Return what people are told, None while nothing is known."""
        return self._status[0]

    @property
    def reason(self) -> Reason | None:
        """Return why the status is what it is."""
        return self._status[1]

    @property
    def error(self) -> StatusNotification | None:
        """Return the notification that tells the present error, the whole charger's first."""
        return self.charger.fault or self._told

    @property
    def error_code(self) -> str:
        """Return the error code of OCPP 1.6, clause 7.6; ``NoError`` when there is none."""
        return self.error.error_code if self.error else NO_ERROR

    @property
    def plugged(self) -> bool | None:
        """Tell whether a cable connects a car; None when the state does not say."""
        if self.state is None or self.state in _SILENT:
            return None
        return self.state in _PLUGGED

    @property
    def in_session(self) -> bool:
        """Tell whether a transaction is running."""
        return self.session is not None and self.session.stopped_at is None

    @property
    def power(self) -> Watt | None:
        """Return the power that the car draws, in W."""
        return self._flowing(self._live.power(self._since))

    @property
    def offered(self) -> Ampere | None:
        """Return the current that the charger offers the car, in A."""
        return self._live.offered(self._since) if self.state in _CLOSED else None

    def current(self, phase: Phase) -> Ampere | None:
        """Return the current that the car draws from one of the charger's terminals, in A."""
        return self._flowing(self._live.current(phase, self._since))

    def voltage(self, phase: Phase) -> Volt | None:
        """Return the voltage at one of the charger's terminals, in V."""
        return self._live.voltage(phase, self._since)

    @property
    def session_energy(self) -> WattHour | None:
        """Return the energy of the current or last session, in Wh."""
        return self.session.energy_wh if self.session else None

    def session_seconds(self) -> float | None:
        """Return how long the current or last session has lasted, in seconds."""
        if self.session is None:
            return None
        until = self.session.ended_at or self.session.stopped_at or dt_util.utcnow()
        return max(0.0, (until - self.session.started_at).total_seconds())

    @callback
    def adopt(self, session: Session) -> None:
        """Take a session that began; a replay from offline hours may be older than what runs."""
        present = self.session
        if (
            present is None
            or present.stopped_at is not None
            or present.started_at <= session.started_at
        ) and session.stopped_at is None:
            self.session = session

    async def start(self) -> None:
        """Start a session. Raises translated errors and those of the station."""
        if self.in_session:
            raise ServiceValidationError(
                translation_domain=DOMAIN,
                translation_key="already_charging",
                translation_placeholders={"charger": self.charger.config.name},
            )
        await self.charger.station.remote_start(self.connector_id, ID_TAG_HOME_ASSISTANT)

    async def stop(self) -> None:
        """Stop the session. Raises translated errors and those of the station."""
        if self.session is None or not self.in_session:
            raise ServiceValidationError(
                translation_domain=DOMAIN,
                translation_key="no_session",
                translation_placeholders={"charger": self.charger.config.name},
            )
        await self.charger.station.remote_stop(self.session.transaction_id)

    async def unlock(self) -> None:
        """Release the cable. Raises the errors of the station."""
        await self.charger.station.unlock(self.connector_id)

    @callback
    def hear_status(self, status: StatusNotification) -> ConnectorState | None:
        """Take a status; returns the state before it."""
        before, self.state = self.state, status.state
        self._told = status
        match status.state:
            case ConnectorState.SUSPENDED_EV:
                self._suspended_by_car = True
            case ConnectorState.FINISHING:
                pass
            case _:
                self._suspended_by_car = False
        self.async_notify()
        return before

    @callback
    def hear_values(self, snapshot: MeterSnapshot) -> None:
        """Take measured values; they are forgotten when no newer ones follow."""
        before = {phase: self.current(phase) for phase in Phase}
        since, self._heard_at = self._heard_at, dt_util.utcnow()
        self._live.take(snapshot, self._heard_at)
        if since:
            self._tell_site(before, since)
        self.close()
        self._expiry = async_call_later(
            self.charger.hass, self._lifespan + timedelta(seconds=1), self._expired
        )

    def _tell_site(self, before: Mapping[Phase, Ampere | None], since: datetime) -> None:
        """Tell the site how the draw on its lines changed: its meter must have seen that."""
        lines = self.charger.config.wiring.lines
        moves = {}
        # A charger on two lines (IT) has one terminal current for both.
        terminals = tuple(Phase) if len(lines) == len(Phase) else (Phase.L1,) * len(lines)
        for line, terminal in zip(lines, terminals, strict=True):
            now, then = self.current(terminal), before[terminal]
            if now is not None and then is not None:
                moves[line] = now - then
        if site := self.charger.site:
            site.charger_moved(moves, since)

    @callback
    def went_silent(self) -> None:
        """Forget what only a connected charger can say."""
        self._live = LiveValues()
        self.async_notify()

    @callback
    def forget(self) -> None:
        """Forget everything: the charger is another one now."""
        self.close()
        self.state = self._told = self.session = self.lifetime = None
        self._suspended_by_car = False
        self.went_silent()

    @callback
    def close(self) -> None:
        """Stop the timer."""
        if self._expiry:
            self._expiry()
            self._expiry = None

    @callback
    def _expired(self, _now: datetime) -> None:
        self._expiry = None
        self.async_notify()

    @property
    def _lifespan(self) -> timedelta:
        return lifespan(self.charger.abilities.meter_interval)

    @property
    def _since(self) -> datetime:
        return dt_util.utcnow() - self._lifespan

    @property
    def _status(self) -> tuple[Status | None, Reason | None]:
        soc = self._live.soc
        return status_of(
            Circumstances(
                online=self.charger.online,
                state=ConnectorState.FAULTED if self.charger.fault else self.state,
                suspended_by_car=self._suspended_by_car,
                battery_full=soc is not None and soc >= 100,
                updating=self.charger.updating,
            )
        )

    def _flowing(self, value: float | None) -> float | None:
        if self.state is not None and self.state not in _CLOSED:
            return 0.0
        return value
