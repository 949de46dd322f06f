"""Brings a 2.0.1 charger from security profile 1 to 2 (part 2, A05, B09 and B10).

A charger keeps several ways to its central system, in numbered slots, and dials them by their
priority. It gets ours in a slot that it does not use, before the one that it has: if it cannot
connect by it, it goes back to the old one by itself (B10.FR.03).
"""

from collections.abc import Iterable
from dataclasses import dataclass

from ..adapter import MISSING
from ..errors import CallFailedError, CallTimeoutError, NotConnectedError
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
from .device_model import count_of
from .variables import VariableName, objects_of, read_values

_PRIORITY = "OCPPCommCtrlr.NetworkConfigurationPriority"
_ACTIVE = "OCPPCommCtrlr.ActiveNetworkProfile"
_ONE_ROOT = "SecurityCtrlr.AdditionalRootCertificateCheck"
_ROOT = "CSMSRootCertificate"
#: Slots that are tried, those first that chargers with few have.
_SLOTS = (1, 2, 3, 0)
#: Seconds that the charger waits for an answer of ours.
_MESSAGE_TIMEOUT = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class _Network:
    """Which slots a charger dials, the first one first, and by which it came."""

    priority: tuple[int, ...]
    active: int
    only_one_root: bool

    @property
    def free(self) -> tuple[int, ...]:
        """Return where ours may be: unused slots, then those it would only fall back to."""
        unused = [slot for slot in _SLOTS if slot not in {*self.priority, self.active}]
        spare = [slot for slot in self.priority if slot != self.active]
        return (*unused, *reversed(spare))


def upgrade_steps(plan: UpgradePlan, ocpp: str | None = "OCPP20") -> Steps[UpgradeResult]:
    """Yield the steps from profile 1 to 2. To be taken while no car charges: it restarts.

    ``ocpp``: an OCPPVersionEnumType; None where the handshake tells the version (OCPP 2.1).
    """
    network = yield from _read_network()
    if isinstance(network, UpgradeResult):
        return network
    refused = yield from install_roots(plan.roots, _ROOT, only_one=network.only_one_root)
    if refused:
        return refused
    slot = yield from _fill_slot(plan, ocpp, network.free)
    if isinstance(slot, UpgradeResult):
        return slot
    others = [each for each in network.priority if each not in {slot, network.active}]
    result = yield from _prefer(slot, network.active, *others)
    # It may hang up before it answers.
    if not isinstance(result, NotConnectedError | CallTimeoutError):
        if (status := _set_status(result)) not in {ACCEPTED, REBOOT_REQUIRED}:
            return UpgradeResult(end=UpgradeEnd.PROFILE_REFUSED, detail=status)
        result = yield Ask(action="Reset", payload={"type": "OnIdle"})
    # Nothing is to be hung up on that restarts by itself, at once or as soon as it is idle.
    restarts = status_of(result) in {ACCEPTED, "Scheduled"}
    ended = end_by((yield AwaitReturn(within=plan.patience, hang_up=not restarts)))
    if ended.end is UpgradeEnd.FELL_BACK:
        # Its next restart is not to be delayed by a way that leads nowhere.
        yield from _prefer(*network.priority)
    return ended


def _read_network() -> Steps[_Network | UpgradeResult]:
    """Return what is known of the charger's slots, or why there is no point in going on."""
    names = (_PRIORITY, _ACTIVE, _ONE_ROOT)
    payload = {"getVariableData": [VariableName.parse(name).payload() for name in names]}
    outcome = yield Ask(action="GetVariables", payload=payload)
    if isinstance(outcome, NotConnectedError | CallTimeoutError):
        return UpgradeResult(end=UpgradeEnd.NOT_CONNECTED)
    results = outcome.get("getVariableResult") if isinstance(outcome, dict) else None
    accepted = [item for item in objects_of(results) if item.get("attributeStatus") == ACCEPTED]
    found = dict(read_values(accepted, "attributeValue", "attributeType"))
    priority = tuple(
        slot
        for text in (found.get(_PRIORITY) or "").split(",")
        if (slot := count_of(text)) is not None
    )
    if not priority:
        return UpgradeResult(end=UpgradeEnd.NOT_SUPPORTED, detail=_PRIORITY)
    active = count_of(found.get(_ACTIVE))
    return _Network(
        priority=priority,
        active=priority[0] if active is None else active,
        only_one_root=is_true(found.get(_ONE_ROOT)),
    )


def _fill_slot(
    plan: UpgradePlan, ocpp: str | None, slots: Iterable[int]
) -> Steps[int | UpgradeResult]:
    """Put the new way into the first slot that the charger takes it in, and return that."""
    connection = {
        "ocppTransport": "JSON",
        "ocppCsmsUrl": plan.url,
        "messageTimeout": _MESSAGE_TIMEOUT,
        "securityProfile": SecurityProfile.TLS_BASIC.value,
        "ocppInterface": plan.interface.value,
        **({} if ocpp is None else {"ocppVersion": ocpp}),
    }
    detail = ""
    for slot in slots:
        payload = {"configurationSlot": slot, "connectionData": connection}
        outcome = yield Ask(action="SetNetworkProfile", payload=payload)
        if isinstance(outcome, NotConnectedError | CallTimeoutError):
            return UpgradeResult(end=UpgradeEnd.NOT_CONNECTED, detail="SetNetworkProfile")
        if isinstance(outcome, CallFailedError) and outcome.code in MISSING:
            return UpgradeResult(end=UpgradeEnd.NOT_SUPPORTED, detail=outcome.code)
        if (detail := status_of(outcome)) == ACCEPTED:
            return slot
    return UpgradeResult(end=UpgradeEnd.URL_REFUSED, detail=detail)


def _prefer(*slots: int) -> Steps[Outcome]:
    value = ",".join(str(slot) for slot in slots)
    item = {**VariableName.parse(_PRIORITY).payload(), "attributeValue": value}
    return (yield Ask(action="SetVariables", payload={"setVariableData": [item]}))


def _set_status(outcome: Outcome) -> str:
    """Return the status of the one variable that was set."""
    if isinstance(outcome, dict):
        results = list(objects_of(outcome.get("setVariableResult")))
        return str(results[0].get("attributeStatus"))[:40] if results else ""
    return status_of(outcome)
