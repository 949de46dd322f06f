"""OCPP's security profiles: how a charger has to come, and whether it did.

Source: Improved security for OCPP 1.6-J (the security whitepaper), chapter 2; the same in
OCPP 2.0.1, part 2, A00.
"""

from dataclasses import dataclass
from enum import IntEnum, StrEnum

from .certificates import common_name, fingerprint


class SecurityProfile(IntEnum):
    """How a charger and the central system know each other; more is better."""

    #: Nobody proves anything: only by the user's choice. No profile of the standard.
    UNSECURED = 0
    #: A password, which everybody on the way can read.
    BASIC = 1
    #: A password inside TLS; the charger knows us by our certificate.
    TLS_BASIC = 2
    #: TLS with a certificate on both sides.
    TLS_CERTIFICATE = 3


class ProfileRefusal(StrEnum):
    """Why a charger with a high profile was not let in, whatever key it brought."""

    #: It must come by TLS and came without. Who listened may have read its key.
    NOT_ENCRYPTED = "not_encrypted"
    #: It must bring a certificate and brought none.
    NO_CERTIFICATE = "no_certificate"
    #: It brought a certificate of ours that is another charger's, or is not allowed any more.
    WRONG_CERTIFICATE = "wrong_certificate"


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """How a request came: over TLS or not, and with which verified client certificate (DER)."""

    encrypted: bool
    certificate: bytes | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirement:
    """What is asked of one charger.

    ``fingerprints`` are the SHA-256 of the certificates that it may bring (A00.FR.704: taken off
    the list, one is revoked at once); ``names`` what their common name may be (A00.FR.405).
    """

    profile: SecurityProfile
    fingerprints: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The profile that a charger comes by. ``needs_key``: only if its key is the right one too.

    ``fingerprint`` is the SHA-256 of the certificate by which it is let in, None where it is not.
    """

    profile: SecurityProfile
    needs_key: bool
    fingerprint: str | None = None


def judge(way: Way, requirement: Requirement) -> Verdict | ProfileRefusal:
    """Tell by which profile a charger comes, or why it may not.

    The answer never depends on a key, so that nobody learns by a way that is not allowed whether a
    key is right. A better way than required is let in: that is how a charger moves up
    (whitepaper, A05); a worse one never is (A05.FR.09).
    """
    brought = way.certificate
    if brought is not None and _is_allowed(brought, requirement):
        return Verdict(
            profile=SecurityProfile.TLS_CERTIFICATE,
            needs_key=False,
            fingerprint=fingerprint(brought),
        )
    if requirement.profile is SecurityProfile.TLS_CERTIFICATE:
        if not way.encrypted:
            return ProfileRefusal.NOT_ENCRYPTED
        if brought is None:
            return ProfileRefusal.NO_CERTIFICATE
        return ProfileRefusal.WRONG_CERTIFICATE
    if requirement.profile is SecurityProfile.UNSECURED:
        return Verdict(profile=SecurityProfile.UNSECURED, needs_key=False)
    offered = SecurityProfile.TLS_BASIC if way.encrypted else SecurityProfile.BASIC
    if offered < requirement.profile:
        return ProfileRefusal.NOT_ENCRYPTED
    return Verdict(profile=offered, needs_key=True)


def _is_allowed(certificate: bytes, requirement: Requirement) -> bool:
    return (
        fingerprint(certificate) in requirement.fingerprints
        and common_name(certificate) in requirement.names
    )
