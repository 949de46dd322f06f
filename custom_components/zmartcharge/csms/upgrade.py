"""Brings a charger from security profile 1 to 2: walks the steps of its version with it."""

import asyncio
from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import partial

from . import v16, v201
from .errors import CallFailedError, CallTimeoutError, NotConnectedError
from .security_profile import SecurityProfile
from .server import CentralSystem
from .upgrade_steps import Ask, AwaitReturn, Outcome, Steps, UpgradeEnd, UpgradePlan, UpgradeResult

#: A charger hangs up by itself to come by its new profile (A05.FR.06). Some wait for us to do it.
HANG_UP_AFTER = timedelta(seconds=15)
_STEPS: Mapping[str, Callable[[UpgradePlan], Steps[UpgradeResult]]] = {
    "1.6": v16.upgrade_steps,
    "2.0.1": v201.upgrade_steps,
    "2.1": partial(v201.upgrade_steps, ocpp=None),
}


async def upgrade(
    csms: CentralSystem,
    charge_point_id: str,
    plan: UpgradePlan,
    *,
    is_idle: Callable[[], bool] = lambda: True,
) -> UpgradeResult:
    """Upgrade a connected charger. Takes up to ``plan.patience``, and can be cancelled at any time.

    One that does not hang up by itself is hung up on, if no car charges then (``is_idle``).
    The charger's registration must go on letting it in by profile 1 meanwhile; when the end is DONE
    it is for the caller to demand profile 2 from then on. Raises InvalidRequestError for a plan that
    no request can hold, such as a root or a URL that is too long.
    """
    if (profile := csms.profile(charge_point_id)) is None:
        return UpgradeResult(end=UpgradeEnd.NOT_CONNECTED)
    if profile >= SecurityProfile.TLS_BASIC:
        return UpgradeResult(end=UpgradeEnd.ALREADY)
    steps = _STEPS[csms.connections[charge_point_id].station.version](plan)
    # Asked for before each request: the charger may be back before we look at its answer.
    returning = csms.next_connection(charge_point_id)
    try:
        step = next(steps)
        while True:
            if isinstance(step, Ask):
                if returning.done() and not returning.cancelled():
                    # An ordinary loss of the connection on the way.
                    returning = csms.next_connection(charge_point_id)
                outcome = await _ask(csms, charge_point_id, step)
            else:
                outcome = await _return(csms, charge_point_id, returning, step, is_idle)
            step = steps.send(outcome)
    except StopIteration as end:
        result: UpgradeResult = end.value
        return result


async def _ask(csms: CentralSystem, charge_point_id: str, step: Ask) -> Outcome:
    connection = csms.connections.get(charge_point_id)
    if connection is None:
        return NotConnectedError()
    try:
        return await connection.station.call(step.action, step.payload)
    except (NotConnectedError, CallTimeoutError, CallFailedError) as err:
        return err


async def _return(
    csms: CentralSystem,
    charge_point_id: str,
    returning: asyncio.Future[SecurityProfile],
    step: AwaitReturn,
    is_idle: Callable[[], bool],
) -> SecurityProfile | None:
    """Return the profile by which a charger comes back, or is still connected."""
    waits = step.within
    if step.hang_up and waits > HANG_UP_AFTER:
        if (came := await _wait(returning, HANG_UP_AFTER)) is not None:
            return came
        waits -= HANG_UP_AFTER
        if is_idle():
            await csms.disconnect(charge_point_id)
    came = await _wait(returning, waits)
    return csms.profile(charge_point_id) if came is None else came


async def _wait(
    returning: asyncio.Future[SecurityProfile], within: timedelta
) -> SecurityProfile | None:
    try:
        async with asyncio.timeout(within.total_seconds()):
            # Others may wait for the same connection.
            return await asyncio.shield(returning)
    except TimeoutError:
        return None
