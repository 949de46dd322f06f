"""Limits that a charger is told once and that are updated from then on (OCPP 2.1, part 2, K28).

A dynamic profile is installed with what we alone can say in 2.1: for how long it holds while the
charger is offline (``maxOfflineDuration``). So it falls back as soon after the connection is lost as
after a limit of any version runs out; while the connection holds, we clear it ourselves when nobody
renews it. Its ``validTo`` is further off, for when both fail.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
import logging
from typing import override

from ..charging import Call, ChargingLimits, ProfileDialect, Strategy, TransactionId
from ..errors import CallFailedError, CallRejectedError, CsmsError
from ..station import Limit

_LOGGER = logging.getLogger(__name__)

DYNAMIC = "Dynamic"
#: A profile is valid for so many times as long as its limit, so that it is rarely installed.
_RESERVE = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class _Installed:
    """A dynamic profile in the charger."""

    transaction_id: TransactionId
    unit: str
    phases: int | None
    whole: bool
    expiry: timedelta
    valid_to: datetime


class UpdatedLimits(ChargingLimits):
    """The profiles of one charger, those of limits dynamic where it takes such."""

    def __init__(self, call: Call, clock: Callable[[], datetime], dialect: ProfileDialect) -> None:
        """Take how to call the charger and how to write to it; nothing is known of it yet."""
        super().__init__(call, clock, dialect)
        #: Told by the charger: it takes dynamic profiles.
        self.dynamic = False
        self._installed: dict[int, _Installed] = {}
        self._timers: dict[int, asyncio.TimerHandle] = {}
        self._clearing: set[asyncio.Task[None]] = set()

    @override
    async def set_limit(
        self,
        connector_id: int,
        limit: Limit,
        expiry: timedelta,
        transaction_id: TransactionId | None,
    ) -> None:
        if self.dynamic and transaction_id is not None:
            try:
                await self._set_dynamic(connector_id, limit, expiry, transaction_id)
            except (CallRejectedError, CallFailedError) as err:
                _LOGGER.info("A dynamic limit was refused, so the usual one is set: %s", err)
                self.dynamic = False
            else:
                return
        self._forget(connector_id)
        await super().set_limit(connector_id, limit, expiry, transaction_id)

    @override
    async def clear_limit(self, connector_id: int) -> None:
        self._forget(connector_id)
        await super().clear_limit(connector_id)

    @override
    def distrust(self) -> None:
        self.dynamic = False
        super().distrust()

    def close(self) -> None:
        """Stop the timers: the connection is gone, and the charger sees to it by itself."""
        for connector_id in list(self._timers):
            self._forget(connector_id)
        for task in self._clearing:
            task.cancel()

    async def _set_dynamic(
        self, connector_id: int, limit: Limit, expiry: timedelta, transaction_id: TransactionId
    ) -> None:
        known = self._installed.get(connector_id)
        fits = (
            known is not None
            and known.transaction_id == transaction_id
            and known.phases == limit.phases
            and known.expiry == expiry
            and known.valid_to >= self._clock() + expiry
        )
        if not (fits and known and await self._update(connector_id, known, limit)):
            await self._install(connector_id, limit, expiry, transaction_id)
        self._renew(connector_id, expiry)

    async def _update(self, connector_id: int, known: _Installed, limit: Limit) -> bool:
        """Tell another limit; False: the charger has lost the profile, or does not take it."""
        way = self._way(known.unit, whole=known.whole)
        profile = self._profile(self._limit_id(connector_id), way, limit, None, None)
        payload = {
            "chargingProfileId": profile.profile_id,
            "scheduleUpdate": {"limit": profile.value},
        }
        try:
            answer = await self._call("UpdateDynamicSchedule", payload)
        except CallFailedError:
            return False
        return answer.get("status") == "Accepted"

    async def _install(
        self, connector_id: int, limit: Limit, expiry: timedelta, transaction_id: TransactionId
    ) -> None:
        self._installed.pop(connector_id, None)
        way = await self._first_accepted(
            (self._way(unit, whole=whole) for unit in self._units for whole in (False, True)),
            lambda way: replace(
                self._profile(
                    self._limit_id(connector_id), way, limit, expiry * _RESERVE, transaction_id
                ),
                max_offline=int(expiry.total_seconds()),
            ),
            connector_id=connector_id,
        )
        self._installed[connector_id] = _Installed(
            transaction_id=transaction_id,
            unit=way.unit,
            phases=limit.phases,
            whole=way.whole,
            expiry=expiry,
            valid_to=self._clock() + expiry * _RESERVE,
        )

    def _way(self, unit: str, *, whole: bool) -> Strategy:
        return Strategy(
            purpose="TxProfile", kind=DYNAMIC, stack_level=self._stack, unit=unit, whole=whole
        )

    def _renew(self, connector_id: int, expiry: timedelta) -> None:
        if timer := self._timers.pop(connector_id, None):
            timer.cancel()
        loop = asyncio.get_running_loop()
        self._timers[connector_id] = loop.call_later(
            expiry.total_seconds(), self._run_out, connector_id
        )

    def _run_out(self, connector_id: int) -> None:
        task = asyncio.ensure_future(self._clear_quietly(connector_id))
        self._clearing.add(task)
        task.add_done_callback(self._clearing.discard)

    async def _clear_quietly(self, connector_id: int) -> None:
        try:
            await self.clear_limit(connector_id)
        except CsmsError as err:
            _LOGGER.info("A limit that ran out could not be cleared: %s", err)

    def _forget(self, connector_id: int) -> None:
        self._installed.pop(connector_id, None)
        if timer := self._timers.pop(connector_id, None):
            timer.cancel()
