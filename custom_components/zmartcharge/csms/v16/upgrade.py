"""Brings a 1.6 charger from security profile 1 to 2 (security whitepaper, M05 and A05)."""

from typing import Any

from ..errors import CallTimeoutError, NotConnectedError
from ..security_profile import SecurityProfile
from ..upgrade_steps import (
    ACCEPTED,
    REBOOT_REQUIRED,
    Ask,
    AwaitReturn,
    Outcome,
    Steps,
    UpgradeEnd,
    UpgradePlan,
    UpgradeResult,
    end_by,
    install_roots,
    is_true,
    status_of,
)

_PROFILE_KEY = "SecurityProfile"
_ONE_ROOT_KEY = "AdditionalRootCertificateCheck"
_ROOT = "CentralSystemRootCertificate"


def upgrade_steps(plan: UpgradePlan) -> Steps[UpgradeResult]:
    """Yield the steps from profile 1 to 2. To be taken while no car charges: it may restart."""
    present = yield from _read_configuration(plan.url_key)
    if isinstance(present, UpgradeResult):
        return present
    only_one = is_true(present.get(_ONE_ROOT_KEY))
    refused = yield from install_roots(plan.roots, _ROOT, only_one=only_one)
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
        elif (status := status_of(result)) not in {ACCEPTED, REBOOT_REQUIRED}:
            return UpgradeResult(end=UpgradeEnd.URL_REFUSED, detail=status)
    ended = yield from _raise_profile(plan, came)
    if ended.end is UpgradeEnd.FELL_BACK and not plan.url_key:
        return UpgradeResult(end=UpgradeEnd.ADDRESS_UNTOLD)
    address = present.get(plan.url_key or "")
    if address and ended.end in {UpgradeEnd.PROFILE_REFUSED, UpgradeEnd.FELL_BACK}:
        # It goes on as before, after its next restart too.
        yield from _change(plan.url_key or "", address)
    return ended


def _raise_profile(plan: UpgradePlan, came: Outcome) -> Steps[UpgradeResult]:
    result = yield from _change(_PROFILE_KEY, str(SecurityProfile.TLS_BASIC.value))
    if isinstance(came, SecurityProfile) and came >= SecurityProfile.TLS_BASIC:
        # It comes by TLS whatever it said to the profile, and may see no reason to come once more.
        return UpgradeResult(end=UpgradeEnd.DONE)
    # It may hang up before it answers (A05.FR.06).
    if not isinstance(result, NotConnectedError | CallTimeoutError):
        if (status := status_of(result)) not in {ACCEPTED, REBOOT_REQUIRED}:
            return UpgradeResult(end=UpgradeEnd.PROFILE_REFUSED, detail=status)
        if status == REBOOT_REQUIRED:
            # Once, and whatever it answers: it is its coming back that counts.
            yield Ask(action="Reset", payload={"type": "Soft"})
    return end_by((yield AwaitReturn(within=plan.patience)))


def _read_configuration(url_key: str | None) -> Steps[dict[str, Any] | UpgradeResult]:
    """Return the configuration values that matter, or why there is no point in going on."""
    keys = [_PROFILE_KEY, _ONE_ROOT_KEY, *([url_key] if url_key else [])]
    match (yield Ask(action="GetConfiguration", payload={"key": keys})):
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


def _change(key: str, value: str) -> Steps[Outcome]:
    return (yield Ask(action="ChangeConfiguration", payload={"key": key, "value": value}))
