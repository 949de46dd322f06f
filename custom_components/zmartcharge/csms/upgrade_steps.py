"""What the upgrade of a charger from security profile 1 to 2 is made of, in every OCPP version.

The steps are pure: they yield what to ask or to wait for, are sent what came of it, and return how it
ended.
"""

from collections.abc import Generator
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any

from .errors import CallFailedError, CallTimeoutError, CsmsError, NotConnectedError
from .security_profile import SecurityProfile

#: How long a charger gets to come back: some take a quarter of an hour to dial again.
PATIENCE = timedelta(minutes=20)
ACCEPTED, REBOOT_REQUIRED = "Accepted", "RebootRequired"


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
    #: It came back as before, and could not do otherwise: nobody told it the new address.
    ADDRESS_UNTOLD = "upgrade_address_untold"
    #: It has not come back. It is still let in as before, should it come.
    NOT_RETURNED = "upgrade_not_returned"


@dataclass(frozen=True, slots=True, kw_only=True)
class UpgradeResult:
    """How an upgrade ended. ``detail`` is what the charger said about it, for the log."""

    end: UpgradeEnd
    detail: str = ""


class Interface(StrEnum):
    """How a charger is on the network (OCPP 2.0.1, OCPPInterfaceEnumType)."""

    WIRED = "Wired0"
    WIRELESS = "Wireless0"


@dataclass(frozen=True, slots=True, kw_only=True)
class UpgradePlan:
    """What a charger is to be told.

    ``roots`` (PEM) vouch for our certificate; the charger must take at least one. ``url_key`` is the
    configuration key that holds the address of the central system, which the whitepaper leaves to
    each make; None where the charger goes from ``ws`` to ``wss`` by itself, or was told already.
    OCPP 2.0.1 has messages of its own for it and no such key. ``url`` is the new address, ``wss://``
    and without the charger's id unless its make wants it. ``interface``: how the charger reaches us,
    which only 2.0.1 must be told.
    """

    roots: tuple[str, ...]
    url_key: str | None = None
    url: str = ""
    interface: Interface = Interface.WIRED
    patience: timedelta = PATIENCE


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """Send a request; what comes of it is its response, or the error that was raised."""

    action: str
    payload: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class AwaitReturn:
    """Wait for the charger's next connection; what comes of it is its profile, or None.

    ``hang_up``: close the connection of one that does not go by itself. Not of one that said it
    would restart: it could come back before it does.
    """

    within: timedelta
    hang_up: bool = True


type Step = Ask | AwaitReturn
type Outcome = dict[str, Any] | CsmsError | SecurityProfile | None
type Steps[ResultT] = Generator[Step, Outcome, ResultT]


def install_roots(
    roots: tuple[str, ...], kind: str, *, only_one: bool
) -> Steps[UpgradeResult | None]:
    """Install our roots; return why none was taken, or None. ``kind``: the version's word for them.

    Both kinds, because what a charger can verify it does not tell; only the first one that it
    takes where it keeps no more than one (AdditionalRootCertificateCheck).
    """
    taken = False
    detail = ""
    for root in roots:
        payload = {"certificateType": kind, "certificate": root}
        match (yield Ask(action="InstallCertificate", payload=payload)):
            case NotConnectedError() | CallTimeoutError():
                return UpgradeResult(end=UpgradeEnd.NOT_CONNECTED, detail="InstallCertificate")
            case CallFailedError(code="NotImplemented" | "NotSupported" as code):
                return UpgradeResult(end=UpgradeEnd.NOT_SUPPORTED, detail=str(code))
            case outcome if status_of(outcome) == ACCEPTED:
                taken = True
                if only_one:
                    break
            case outcome:
                detail = status_of(outcome)
    return None if taken else UpgradeResult(end=UpgradeEnd.ROOT_REFUSED, detail=detail)


def end_by(came: Outcome) -> UpgradeResult:
    """Return how it ended, by the profile that a charger came back with, if it did."""
    match came:
        case SecurityProfile() if came >= SecurityProfile.TLS_BASIC:
            return UpgradeResult(end=UpgradeEnd.DONE)
        case SecurityProfile():
            return UpgradeResult(end=UpgradeEnd.FELL_BACK)
        case _:
            return UpgradeResult(end=UpgradeEnd.NOT_RETURNED)


def status_of(outcome: Outcome) -> str:
    """Return the status that a charger answered, or the error that came instead."""
    if isinstance(outcome, CsmsError):
        return str(outcome)[:80]
    return str(outcome.get("status"))[:40] if isinstance(outcome, dict) else ""


def is_true(value: object) -> bool:
    """Return whether a value that a charger told is true."""
    return isinstance(value, str) and value.strip().lower() == "true"
