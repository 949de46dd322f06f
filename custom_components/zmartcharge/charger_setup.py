"""What a charger is told each time that it comes: how to report, its circuit fuse, its fail-safe."""

import asyncio
import contextlib
from enum import Enum, auto
import logging
from typing import TYPE_CHECKING

from homeassistant.core import callback
from homeassistant.util import dt as dt_util

from .csms import CallFailedError, CallRejectedError, CsmsError, Limit, NotConnectedError, Station
from .limiter import EXPIRY

if TYPE_CHECKING:
    from .charger import Charger
    from .connector import Connector

_LOGGER = logging.getLogger(__name__)

_CLEAR = "ClearChargingProfile"
#: OCPP 2.0.1, ChargingProfilePurposeEnumType; those of a grid operator are not ours to clear.
_OF_SESSIONS = ("TxProfile", "TxDefaultProfile")
_MAXIMUM_16, _MAXIMUM_201 = "ChargePointMaxProfile", "ChargingStationMaxProfile"


class _FuseHeld(Enum):
    """How a charger is kept from drawing more than its circuit fuse."""

    #: It has that as the most for the whole charger.
    AS_MAXIMUM = auto()
    #: It has no such setting, so it has that as what holds for every session.
    BY_DEFAULT = auto()
    #: Nor can that hold while load balancing has its fail-safe there, which is less.
    BY_BALANCING = auto()


class ChargerSetup:
    """Sets one charger up, and keeps it so."""

    def __init__(self, charger: Charger) -> None:
        """Know nothing of the charger yet."""
        #: Set when it is set up for the first time.
        self.ready = asyncio.Event()
        self._charger = charger
        #: The limits (A, W) that the charger has accepted for its circuit fuse.
        self._limited_to: tuple[float, float] | None = None
        self._fuse_held: _FuseHeld | None = None
        #: The connection for which the charger was set up, or is being.
        self._station: Station | None = None
        self._done_for: Station | None = None
        self._preparation: asyncio.Task[None] | None = None
        self._tending: asyncio.Task[None] | None = None

    @property
    def done(self) -> bool:
        """Tell whether it is set up for its present connection."""
        return self._charger.connected and self._done_for is self._charger.station

    @callback
    def begin(self) -> None:
        """Set the charger up, unless that is going on."""
        going_on = self._preparation is not None and not self._preparation.done()
        if self._charger.connected and not going_on:
            self._station = self._charger.station
            self._preparation = self._charger.create_task(self._prepare(), "preparation")

    @callback
    def begin_once(self) -> None:
        """Set a charger up that connected without booting, once for the connection."""
        if self._charger.connected and self._station is not self._charger.station:
            self.begin()

    @callback
    def stop(self) -> None:
        """Stop: the connection is gone."""
        if self._preparation:
            self._preparation.cancel()

    @callback
    def forget(self) -> None:
        """Forget what another charger accepted."""
        self._limited_to = None

    @callback
    def session_ended(self, connector: Connector) -> None:
        """Take a limit back that the charger would keep for the session that comes next."""
        charger = self._charger
        strategy = charger.station.learned.strategy if charger.connected else None
        if strategy and strategy.outlasts_session:
            job = self._take_back(connector, replaces_fail_safe=strategy.replaces_fail_safe)
            charger.create_task(job, "limit of a session that ended")

    @callback
    def circuit_fuse_changed(self, before: int) -> None:
        """Tell the charger of a changed setting.

        Before the first limit it is still being set up, or refused one: a limit is tried again when
        it is another one.
        """
        amperes = self._charger.config.circuit_fuse
        outdated = self._limited_to not in (None, self._limits(amperes))
        changed = amperes != before
        if self._charger.takes_limits and (outdated or (changed and self._limited_to is None)):
            self._charger.create_task(self._apply_circuit_fuse(), "circuit fuse")

    async def limit_to(self, amperes: int) -> None:
        """Set the most that the charger may ever draw in A. Raises the errors of the station.

        One that has no such setting gets it as what holds for every session, where no load
        balancing has its fail-safe there; what that tells is never more than the circuit fuse.
        """
        limits = self._limits(amperes)
        try:
            await self._charger.station.set_maximum(*limits)
            self._fuse_held = _FuseHeld.AS_MAXIMUM
        except CallRejectedError, CallFailedError:
            if self._is_balanced:
                self._fuse_held = _FuseHeld.BY_BALANCING
                raise
            self._fuse_held = None
            limit = Limit(amperes=limits[0], watts=limits[1])
            await self._charger.station.set_fail_safe(limit)
            self._fuse_held = _FuseHeld.BY_DEFAULT
        self._limited_to = limits

    async def clear_limits(self) -> None:
        """Remove every charging profile in the charger, and give it ours anew at once.

        Those of sessions come first, while the most for the whole charger still holds; when that is
        removed the sessions have their limits again. Raises the errors of the station.
        """
        charger = self._charger
        for purpose in _OF_SESSIONS:
            await self._clear(purpose)
        charger.fail_safe.lost()
        if self._fuse_held is _FuseHeld.BY_DEFAULT:
            await self._apply_circuit_fuse()
        await self._tend_fail_safe()
        for connector in charger.connectors.values():
            await connector.limiter.repeat()
        await self._clear(_MAXIMUM_16 if charger.station.version == "1.6" else _MAXIMUM_201)
        self._limited_to = None
        await self._apply_circuit_fuse()

    async def _clear(self, purpose: str) -> None:
        """Remove the charging profiles of a purpose; that there were none is no error."""
        station = self._charger.station
        criteria = {"chargingProfilePurpose": purpose}
        # OCPP 2.0.1, K10.FR.01: without an id there has to be a criterion. "Unknown": there was none.
        nested = {"chargingProfileCriteria": criteria}
        await station.call(_CLEAR, criteria if station.version == "1.6" else nested)

    async def put_out_of_operation(self) -> None:
        """Let the charger show that nobody may charge here; whoever comes is refused anyway."""
        try:
            await self._charger.station.set_available(0, available=False)
        except CsmsError as err:
            _LOGGER.warning("%s stays operative: %s", self._charger.config.name, err)

    @callback
    def tend_fail_safe(self) -> None:
        """Let the charger have the fail-safe that is right for it now, once it is set up."""
        prepared = self._preparation is not None and self._preparation.done()
        tending = self._tending is not None and not self._tending.done()
        if prepared and not tending and self._charger.connected:
            self._tending = self._charger.create_task(self._tend_fail_safe(), "fail-safe")

    async def _prepare(self) -> None:
        """Set the charger up; what it refuses does not keep it from its circuit fuse's limit."""
        charger = self._charger
        try:
            charger.abilities = await charger.station.prepare()
        except NotConnectedError:
            return
        except CsmsError as err:
            _LOGGER.warning("%s could not be set up: %s", charger.config.name, err)
        charger.show_connectors(charger.abilities.connectors or 1)
        if charger.takes_limits:
            await self._apply_circuit_fuse()
        if not charger.config.enabled:
            await self.put_out_of_operation()
        await charger.out_of_operation.again()
        charger.second_system.availability.look()
        await self._tend_fail_safe()
        await charger.reservations.renew()
        with contextlib.suppress(CsmsError):
            # The register is known at once, not only when the first car comes.
            await charger.station.trigger("MeterValues")
        self.ready.set()
        self._done_for = self._station
        charger.local_list.look()
        charger.cost_display.begin()
        charger.notify_all()

    async def _take_back(self, connector: Connector, *, replaces_fail_safe: bool) -> None:
        charger, before = self._charger, connector.session
        if connector.in_session:
            return
        with contextlib.suppress(CsmsError):
            await charger.station.set_limit(
                connector.connector_id, None, expiry=EXPIRY, transaction_id=None
            )
        if connector.session is not before:
            connector.limiter.doubt()
        if replaces_fail_safe and self._fuse_held is _FuseHeld.BY_DEFAULT:
            await self._apply_circuit_fuse()
        elif replaces_fail_safe:
            charger.fail_safe.lost()
            await self._tend_fail_safe()

    async def _apply_circuit_fuse(self) -> None:
        config = self._charger.config
        try:
            await self.limit_to(config.circuit_fuse)
        except CsmsError as err:
            _LOGGER.warning("%s did not take its circuit fuse's limit: %s", config.name, err)

    async def _tend_fail_safe(self) -> None:
        """Give the charger its fail-safe; a session that runs keeps to it until more is decided."""
        charger = self._charger
        site, fail_safe = charger.site, charger.fail_safe
        if not charger.takes_limits:
            fail_safe.refused(balanced=self._is_balanced)
            return
        if site is None or not self._is_balanced:
            await self._remove_fail_safe()
            for connector in charger.connectors.values():
                await connector.keep_own_limit()
            return
        if self._fuse_held is _FuseHeld.BY_DEFAULT:
            self._fuse_held, self._limited_to = _FuseHeld.BY_BALANCING, None
        amperes = site.balancing.fail_safe_of(charger)
        if fail_safe.is_missing(amperes):
            await fail_safe.install(amperes)
        for connector in charger.connectors.values():
            if connector.in_session and connector.limiter.is_foreign(dt_util.utcnow()):
                await connector.limiter.allow(amperes)
        charger.rebalance()

    async def _remove_fail_safe(self) -> None:
        """Let the charger be as it was before, but for its circuit fuse."""
        if self._fuse_held is _FuseHeld.BY_DEFAULT:
            return
        await self._charger.fail_safe.remove()
        if self._fuse_held is _FuseHeld.BY_BALANCING:
            await self._apply_circuit_fuse()

    @property
    def _is_balanced(self) -> bool:
        site = self._charger.site
        return site is not None and site.balancing.active

    def _limits(self, amperes: int) -> tuple[float, float]:
        return float(amperes), self._charger.watts(amperes)
