"""One connector of a charger: what it is doing and its current session."""

from typing import TYPE_CHECKING

from homeassistant.core import callback
from homeassistant.exceptions import ServiceValidationError
from homeassistant.util import dt as dt_util

from .const import DOMAIN, ID_TAG_HOME_ASSISTANT
from .csms import ConnectorState, MeterSnapshot, StatusNotification
from .ledger import Session
from .listeners import Observable
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
        self._measured: MeterSnapshot | None = None
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
        return self._live(self._measured.power if self._measured else None)

    @property
    def offered(self) -> Ampere | None:
        """Return the current that the charger offers the car, in A."""
        return self._measured.offered if self._measured and self.state in _CLOSED else None

    def current(self, phase: Phase) -> Ampere | None:
        """Return the current that the car draws from one of the charger's terminals, in A."""
        return self._live(self._measured.currents.get(phase) if self._measured else None)

    def voltage(self, phase: Phase) -> Volt | None:
        """Return the voltage at one of the charger's terminals, in V."""
        return self._measured.voltages.get(phase) if self._measured else None

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
        """Take measured values, unless they are older than what is known or not live."""
        if not snapshot.live or (
            self._measured and snapshot.sampled_at < self._measured.sampled_at
        ):
            return
        self._measured = _merged(self._measured, snapshot)

    @callback
    def went_silent(self) -> None:
        """Forget what only a connected charger can say."""
        self._measured = None
        self.async_notify()

    @property
    def _status(self) -> tuple[Status | None, Reason | None]:
        soc = self._measured.soc if self._measured else None
        return status_of(
            Circumstances(
                online=self.charger.online,
                state=ConnectorState.FAULTED if self.charger.fault else self.state,
                suspended_by_car=self._suspended_by_car,
                battery_full=soc is not None and soc >= 100,
                updating=self.charger.updating,
            )
        )

    def _live(self, value: float | None) -> float | None:
        if self.state is not None and self.state not in _CLOSED:
            return 0.0
        return value


def _merged(old: MeterSnapshot | None, new: MeterSnapshot) -> MeterSnapshot:
    """Let values of one moment that came in several messages stand together."""
    if old is None or old.sampled_at != new.sampled_at:
        return new
    return MeterSnapshot(
        sampled_at=new.sampled_at,
        register=new.register if new.register is not None else old.register,
        power=new.power if new.power is not None else old.power,
        currents=old.currents | new.currents,
        voltages=old.voltages | new.voltages,
        offered=new.offered if new.offered is not None else old.offered,
        soc=new.soc if new.soc is not None else old.soc,
    )
