"""Brings a charger from security profile 1 to 2 (OCPP 1.6 security whitepaper, M05 and A05).

The steps are pure: they yield what to ask or to wait for, are sent what came of it, and return how it
ended. ``upgrade`` walks them with a real charger. OCPP 2.0.1 has another way for the same
(SetNetworkProfile) and is not done here.
"""

import asyncio
from collections.abc import Callable, Generator
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any

from .errors import CallFailedError, CallTimeoutError, CsmsError, NotConnectedError
from .security_profile import SecurityProfile
from .server import CentralSystem

#: How long a charger gets to come back: some take a quarter of an hour to dial again.
PATIENCE = timedelta(minutes=20)
#: A charger hangs up by itself to come by its new profile (A05.FR.06). Some wait for us to do it.
HANG_UP_AFTER = timedelta(seconds=15)
_PROFILE_KEY = "SecurityProfile"
_ONE_ROOT_KEY = "AdditionalRootCertificateCheck"
_ACCEPTED, _REBOOT = "Accepted", "RebootRequired"


class UpgradeEnd(StrEnum):
    """How an upgrade ended; each is the key of a translation."""

    #: The charger came back by TLS: its profile can be demanded from now on (A05.FR.09).
    DONE = "upgrade_done"
    #: It speaks by TLS already; nothing was changed.
    ALREADY = "upgrade_already"
    #: It is not connected; nothing was changed.
    NOT_CONNECTED = "upgrade_not_connected"
    #: It does not have the messages for it: its address must be changed in its own menu.
    NOT_SUPPORTED = "upgrade_not_supported"
    #: It did not take our root certificate; nothing was changed.
    ROOT_REFUSED = "upgrade_root_refused"
    #: It did not take the new address; our root certificate is in it now, which harms nothing.
    URL_REFUSED = "upgrade_url_refused"
    #: It did not take the new profile, and goes on as before.
    PROFILE_REFUSED = "upgrade_profile_refused"
    #: It came back as before (A05.FR.08), or never left: it did not find or not trust our TLS port.
    FELL_BACK = "upgrade_fell_back"
    #: It has not come back. It is still let in as before, should it come.
    NOT_RETURNED = "upgrade_not_returned"


@dataclass(frozen=True, slots=True, kw_only=True)
class UpgradeResult:
    """How an upgrade ended. ``detail`` is what the charger said about it, for the log."""

    end: UpgradeEnd
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class UpgradePlan:
    """What a charger is to be told.

    ``roots`` (PEM) vouch for our certificate; the charger must take at least one. ``url_key`` is the
    configuration key that holds the address of the central system, which the whitepaper leaves to
    each make; None where the charger goes from ``ws`` to ``wss`` by itself, or was told already.
    ``url`` is the new address, ``wss://`` and without the charger's id unless its make wants it.
    """

    roots: tuple[str, ...]
    url_key: str | None = None
    url: str = ""
    patience: timedelta = PATIENCE


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """Send a request; what comes of it is its response, or the error that was raised."""

    action: str
    payload: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class AwaitReturn:
    """Wait for the charger's next connection; what comes of it is its profile, or None."""

    within: timedelta


type Step = Ask | AwaitReturn
type Outcome = dict[str, Any] | CsmsError | SecurityProfile | None
type Steps[ResultT] = Generator[Step, Outcome, ResultT]


def upgrade_steps(plan: UpgradePlan) -> Steps[UpgradeResult]:
    """Yield the steps from profile 1 to 2. To be taken while no car charges: it may restart."""
    present = yield from _read_configuration()
    if isinstance(present, UpgradeResult):
        return present
    refused = yield from _install_roots(plan.roots, only_one=_is_true(present.get(_ONE_ROOT_KEY)))
    if refused:
        return refused
    came: Outcome = None
    if plan.url_key:
        result = yield from _change(plan.url_key, plan.url)
        if isinstance(result, NotConnectedError):
            # It went to the new address at once. The profile is still to be told.
            came = yield AwaitReturn(within=plan.patience)
            if came is None:
                return UpgradeResult(end=UpgradeEnd.NOT_RETURNED, detail=plan.url_key)
        elif (status := _status(result)) not in {_ACCEPTED, _REBOOT}:
            return UpgradeResult(end=UpgradeEnd.URL_REFUSED, detail=status)
    result = yield from _change(_PROFILE_KEY, str(SecurityProfile.TLS_BASIC.value))
    if isinstance(came, SecurityProfile) and came >= SecurityProfile.TLS_BASIC:
        # It comes by TLS whatever it said to the profile, and may see no reason to come once more.
        return UpgradeResult(end=UpgradeEnd.DONE)
    # It may hang up before it answers (A05.FR.06).
    if not isinstance(result, NotConnectedError | CallTimeoutError):
        if (status := _status(result)) not in {_ACCEPTED, _REBOOT}:
            return UpgradeResult(end=UpgradeEnd.PROFILE_REFUSED, detail=status)
        if status == _REBOOT:
            # Once, and whatever it answers: it is its coming back that counts.
            yield Ask(action="Reset", payload={"type": "Soft"})
    match (yield AwaitReturn(within=plan.patience)):
        case SecurityProfile() as came if came >= SecurityProfile.TLS_BASIC:
            return UpgradeResult(end=UpgradeEnd.DONE)
        case SecurityProfile():
            return UpgradeResult(end=UpgradeEnd.FELL_BACK)
        case _:
            return UpgradeResult(end=UpgradeEnd.NOT_RETURNED)


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
    if csms.connections[charge_point_id].station.version != "1.6":
        return UpgradeResult(end=UpgradeEnd.NOT_SUPPORTED)
    steps = upgrade_steps(plan)
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
                outcome = await _return(csms, charge_point_id, returning, step.within, is_idle)
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
    within: timedelta,
    is_idle: Callable[[], bool],
) -> SecurityProfile | None:
    """Return the profile by which a charger comes back, or is still connected."""
    waits = within
    if within > HANG_UP_AFTER:
        if (came := await _wait(returning, HANG_UP_AFTER)) is not None:
            return came
        waits = within - HANG_UP_AFTER
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


def _read_configuration() -> Steps[dict[str, Any] | UpgradeResult]:
    """Return the configuration values that matter, or why there is no point in going on."""
    match (yield Ask(action="GetConfiguration", payload={"key": [_PROFILE_KEY, _ONE_ROOT_KEY]})):
        case {"configurationKey": list(entries)}:
            found = {
                entry["key"]: entry.get("value")
                for entry in entries
                if isinstance(entry, dict) and isinstance(entry.get("key"), str)
            }
        case NotConnectedError() | CallTimeoutError():
            return UpgradeResult(end=UpgradeEnd.NOT_CONNECTED)
        case _:
            found = {}
    if _PROFILE_KEY not in found:
        return UpgradeResult(end=UpgradeEnd.NOT_SUPPORTED, detail=_PROFILE_KEY)
    return found


def _install_roots(roots: tuple[str, ...], *, only_one: bool) -> Steps[UpgradeResult | None]:
    """Install our roots; return why none was taken, or None.

    Both kinds, because what a charger can verify it does not tell; only the first one that it
    takes where it keeps no more than one (AdditionalRootCertificateCheck).
    """
    taken = False
    detail = ""
    for root in roots:
        payload = {"certificateType": "CentralSystemRootCertificate", "certificate": root}
        match (yield Ask(action="InstallCertificate", payload=payload)):
            case NotConnectedError() | CallTimeoutError():
                return UpgradeResult(end=UpgradeEnd.NOT_CONNECTED, detail="InstallCertificate")
            case CallFailedError(code="NotImplemented" | "NotSupported" as code):
                return UpgradeResult(end=UpgradeEnd.NOT_SUPPORTED, detail=str(code))
            case outcome if _status(outcome) == _ACCEPTED:
                taken = True
                if only_one:
                    break
            case outcome:
                detail = _status(outcome)
    return None if taken else UpgradeResult(end=UpgradeEnd.ROOT_REFUSED, detail=detail)


def _change(key: str, value: str) -> Steps[Outcome]:
    return (yield Ask(action="ChangeConfiguration", payload={"key": key, "value": value}))


def _status(outcome: Outcome) -> str:
    if isinstance(outcome, CsmsError):
        return str(outcome)[:80]
    return str(outcome.get("status"))[:40] if isinstance(outcome, dict) else ""


def _is_true(value: object) -> bool:
    return isinstance(value, str) and value.strip().lower() == "true"
