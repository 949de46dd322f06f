"""One connector of a charger: what it is doing and its current session."""

import contextlib
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from homeassistant.core import callback
from homeassistant.exceptions import ServiceValidationError
from homeassistant.util import dt as dt_util

from .balance import MINIMUM_CURRENT, Allocation, Reason as BalanceReason, ReasonKey
from .beginning import Beginning
from .const import DOMAIN, ID_TAG_HOME_ASSISTANT
from .csms import ConnectorState, CsmsError, StatusNotification
from .ledger import Session, SessionCost
from .limiter import EXPIRY, Limiter
from .listeners import Observable
from .lost_stop import LostStop
from .measured import CLOSED, Measured
from .own_limits import SECOND_SYSTEM, USER
from .saving import Savings
from .smart_charging import SmartCharging
from .status import Circumstances, Reason, Status, status_of
from .units import Ampere, WattHour

if TYPE_CHECKING:
    from .charger import Charger
    from .reservations import Reservation

_PLUGGED = CLOSED | {ConnectorState.PREPARING, ConnectorState.FINISHING}
#: How long a limit holds that a user set, where nothing else is decided.
_OWN_LIMIT_HOLDS = timedelta(days=7)
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
        #: What the current or last session cost so far.
        self.cost: SessionCost | None = None
        self.measured = Measured(self)
        self.limiter = Limiter(self)
        self.smart = SmartCharging(self, dt_util.utcnow())
        self.savings = Savings(self)
        self.lost_stop = LostStop(self)
        self.beginning = Beginning(self)
        #: Until when the car waits although somebody could charge it; None: it does not wait.
        self.held_until: datetime | None = None
        #: Why load balancing allocates what it does, since that last changed.
        self.allocation_reason: BalanceReason | None = None
        self._explained: tuple[object, ...] = ()
        self._told: StatusNotification | None = None
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
    def key(self) -> str:
        """Return what the connector is called by where there are many."""
        return f"{self.charger.config.subentry_id}_{self.connector_id}"

    @property
    def held(self) -> bool:
        """Tell whether the car waits by plan."""
        return self.held_until is not None

    @property
    def reservation(self) -> Reservation | None:
        """Return for whom and until when it is kept free, None when it is not."""
        return self.charger.reservations.of(self)

    @property
    def own_limit(self) -> Ampere | None:
        """Return the limit that a user set in A, 0 for a pause, None when there is none."""
        return self.charger.own_limits.get(self.key)

    @property
    def user_limit(self) -> Ampere | None:
        """Return what the user lets the car draw at most in A, whatever automations do."""
        return self.charger.own_limits.of(self.key)

    @property
    def wants(self) -> bool:
        """Tell whether a car is to be charged."""
        return self.in_session and self.own_limit != 0 and not self.held

    @property
    def allocated(self) -> Ampere | None:
        """Return what load balancing lets the connector draw now in A, None without it."""
        site = self.charger.site
        if site is None or not site.balancing.active:
            return None
        return self.limiter.allowed(dt_util.utcnow())

    @property
    def session_energy(self) -> WattHour | None:
        """Return the energy of the current or last session, in Wh."""
        return self.session.energy_wh if self.session else None

    @property
    def added_range(self) -> float | None:
        """Return how many km the session's energy is worth to the car, None where none is told."""
        car, energy = self.smart.wishes.car, self.session_energy
        return None if car is None or energy is None else car.added_range(energy)

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
            if present is None or present.id != session.id:
                self.limiter.forget()
            self.session = session
            self.charger.create_task(self.keep_own_limit(), "own limit")

    @callback
    def take_session(self, session: Session | None) -> None:
        """Take what the ledger now says of the session."""
        ended = self.in_session and session is not None and session.stopped_at is not None
        self.session = session
        if not self.in_session:
            self.limiter.forget()
        if ended:
            self.beginning.close()

    async def start(self, id_tag: str = ID_TAG_HOME_ASSISTANT) -> None:
        """Start a session, for an idTag that may. Raises translated errors and those of the station."""
        # One whose end was lost does not keep the next from beginning: the cable was out since.
        if self.in_session and self.plugged is not False:
            raise ServiceValidationError(
                translation_domain=DOMAIN,
                translation_key="already_charging",
                translation_placeholders={"charger": self.charger.config.name},
            )
        self.charger.gatekeeper.check()
        if reservation := self.reservation:
            raise ServiceValidationError(
                translation_domain=DOMAIN,
                translation_key="reserved_for_another",
                translation_placeholders={
                    "charger": self.charger.config.name,
                    "holder": self.charger.reservations.holder(reservation),
                    "until": f"{dt_util.as_local(reservation.until):%Y-%m-%d %H:%M}",
                },
            )
        await self.begin(id_tag)

    async def begin(self, id_tag: str) -> None:
        """Have the charger begin a session for an idTag. Raises the errors of the station."""
        with self.beginning.ordered(id_tag):
            await self.charger.station.remote_start(self.connector_id, id_tag)

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

    def check_own_limit(self, amperes: Ampere) -> None:
        """Raise a translated error for a limit that makes no sense; 0 is a pause."""
        charger = self.charger.config
        if 0 < amperes < MINIMUM_CURRENT:
            raise ServiceValidationError(
                translation_domain=DOMAIN,
                translation_key="current_below_minimum",
                translation_placeholders={
                    "current": f"{amperes:g}",
                    "minimum": f"{MINIMUM_CURRENT:g}",
                },
            )
        if amperes > charger.circuit_fuse:
            raise ServiceValidationError(
                translation_domain=DOMAIN,
                translation_key="current_above_circuit_fuse",
                translation_placeholders={
                    "charger": charger.name,
                    "current": f"{amperes:g}",
                    "circuit_fuse": str(charger.circuit_fuse),
                },
            )

    async def set_own_limit(self, amperes: Ampere | None, name: str = USER) -> None:
        """Let the car draw at most this much from now on, 0 to pause it; None lifts the limit.

        Of limits with other names the lowest holds. Raises the errors of the station where no load
        balancing carries it out.
        """
        before = self.own_limit
        self.charger.own_limits.set(self.key, amperes, name)
        await self._limit_to(before)

    async def lift_own_limits(self) -> None:
        """Lift all limits, whoever set them. Raises the errors of the station."""
        before = self.own_limit
        self.charger.own_limits.clear(self.key)
        await self._limit_to(before)

    async def choose_mode(self, *, smart: bool) -> None:
        """Plan charging from now on, or charge at once; what paused it, does no more.

        Raises the errors of the station, and a translated one where there is no price to plan by.
        """
        self.smart.choose(smart=smart)
        before = self.own_limit
        if before == 0:
            for name in self.charger.own_limits.pauses(self.key):
                self.charger.own_limits.set(self.key, None, name)
            await self._limit_to(before)

    async def _limit_to(self, before: Ampere | None) -> None:
        """Let the limit that holds now be obeyed, after the one that held before."""
        amperes = self.own_limit
        if self.allocated is not None:
            # Less is never too much; more is decided like everything else.
            if amperes is not None and amperes < self.limiter.allowed(dt_util.utcnow()):
                await self.limiter.allow(amperes)
        elif self.held:
            pass  # it is told when the car may charge
        elif amperes is not None:
            await self.limiter.allow(amperes, expiry=_OWN_LIMIT_HOLDS)
        elif before is not None and self.in_session:
            await self.charger.station.set_limit(
                self.connector_id, None, expiry=_OWN_LIMIT_HOLDS, transaction_id=None
            )
            self.limiter.forget()
        self.async_notify()
        self.charger.rebalance(self)

    @callback
    def explain(self, allocation: Allocation) -> None:
        """Note why load balancing allocates what it does, whenever that becomes another thing."""
        reason, own = allocation.reason, self.own_limit
        if own is not None and self.in_session and allocation.current >= own:
            foreign = self.charger.own_limits.holds(self.key, SECOND_SYSTEM)
            key = ReasonKey.SECOND_SYSTEM_LIMIT if foreign else ReasonKey.OWN_LIMIT
            reason = BalanceReason(key, {"limit": own})
        elif self.held:
            reason = BalanceReason(ReasonKey.PLAN)
        explained = (self.allocated, reason.key, own)
        if explained != self._explained:
            self._explained = explained
            self.allocation_reason = reason
            self.async_notify()

    @callback
    def told(self) -> None:
        """Hear that the charger took, or refused, a limit."""
        limit = self.limiter.told
        if self.limiter.accepted and limit and self.charger.fail_safe.grade is None:
            self.charger.create_task(
                self.charger.fail_safe.verify(self, limit.amperes), "fail-safe check"
            )
        self.async_notify()
        self.charger.rebalance()

    @callback
    def hold(self, until: datetime | None, now: datetime) -> None:
        """Let the car wait until then, or charge (None), as planned; to be repeated while it lasts.

        A charger is told for how long: when Home Assistant is gone by then, charging begins all the
        same, or falls back to what the charger does alone.
        """
        before, self.held_until = self.held_until, until
        if (before is None) != (until is None):
            self.async_notify()
        if not self.in_session:
            return
        if until is None:
            # What was not lifted then, because the charger was away, is lifted now.
            if before is not None or self._is_left_waiting:
                self.charger.create_task(self._unhold(), "charge as planned")
        elif before is None or self.limiter.is_waning(until, now):
            self.charger.create_task(self._tell_to_wait(until - now), "wait as planned")

    async def _tell_to_wait(self, how_long: timedelta) -> None:
        # Load balancing renews what it tells; what it is told here must not outlast it.
        balanced = self.allocated is not None
        await self.limiter.allow(0.0, expiry=EXPIRY if balanced else how_long)
        self.charger.rebalance()

    @property
    def _is_left_waiting(self) -> bool:
        """Tell whether the charger still waits although nobody wants that."""
        if self.allocated is not None or self.own_limit is not None or not self.charger.connected:
            return False
        return self.limiter.wanted == 0 and not self.limiter.is_telling

    async def _unhold(self) -> None:
        if self.allocated is not None:
            self.charger.rebalance()
        else:
            await self.keep_own_limit()

    async def keep_own_limit(self) -> None:
        """Tell a session the user's limit, where no load balancing does, or lift what that had told."""
        if self.allocated is not None or self.held:
            return
        if self.own_limit is not None:
            await self.limiter.allow(self.own_limit, expiry=_OWN_LIMIT_HOLDS)
        elif self.limiter.wanted is not None or self.limiter.told is not None:
            await self._lift()

    async def release(self) -> None:
        """Lift every limit."""
        self.charger.own_limits.clear(self.key)
        await self._lift()

    async def _lift(self) -> None:
        """Lift what the charger was told; it is forgotten when the charger has taken that."""
        await self.limiter.settled()
        with contextlib.suppress(CsmsError):
            await self.charger.station.set_limit(
                self.connector_id, None, expiry=_OWN_LIMIT_HOLDS, transaction_id=None
            )
            self.limiter.forget()

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
        self.beginning.look(before)
        self.async_notify()
        return before

    @callback
    def went_silent(self) -> None:
        """Forget what only a connected charger can say."""
        self.measured.forget()
        self.async_notify()

    @callback
    def forget(self) -> None:
        """Forget everything: the charger is another one now."""
        self.close()
        self.state = self._told = self.session = self.lifetime = None
        self._suspended_by_car = False
        self.limiter.forget()
        self.allocation_reason, self._explained = None, ()
        self.went_silent()

    @callback
    def close(self) -> None:
        """Stop the timers."""
        self.lost_stop.close()
        self.beginning.close()
        self.measured.close()
        self.savings.close()

    @property
    def _status(self) -> tuple[Status | None, Reason | None]:
        return status_of(
            Circumstances(
                online=self.charger.online,
                state=ConnectorState.FAULTED if self.charger.fault else self.state,
                suspended_by_car=self._suspended_by_car,
                held=self.held,
                battery_full=self.measured.battery_full,
                updating=self.charger.firmware.under_way,
                reserved=self.reservation is not None and not self.in_session,
                unauthorized=self.smart.awaits_card and not self.in_session,
                beginning=self.beginning.under_way and self.own_limit != 0,
                over=not self.smart.plans and not self.smart.starting.interrupted,
            )
        )
