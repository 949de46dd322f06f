"""What a charger is told of a decision, in the words of its version of OCPP."""

from enum import StrEnum

from .decision import Allowed, Decision, RefusalReason


class AuthorizationStatus16(StrEnum):
    """The answers to an idTag of OCPP 1.6 (clause 7.2)."""

    ACCEPTED = "Accepted"
    BLOCKED = "Blocked"
    EXPIRED = "Expired"
    INVALID = "Invalid"
    CONCURRENT_TX = "ConcurrentTx"


class AuthorizationStatus201(StrEnum):
    """The answers to an idToken of OCPP 2.0.1 (part 2, AuthorizationStatusEnumType)."""

    ACCEPTED = "Accepted"
    BLOCKED = "Blocked"
    CONCURRENT_TX = "ConcurrentTx"
    EXPIRED = "Expired"
    INVALID = "Invalid"
    NO_CREDIT = "NoCredit"
    NOT_ALLOWED_TYPE_EVSE = "NotAllowedTypeEVSE"
    NOT_AT_THIS_LOCATION = "NotAtThisLocation"
    NOT_AT_THIS_TIME = "NotAtThisTime"
    UNKNOWN = "Unknown"


# Invalid is an idTag that nobody knows; Blocked one that may not be used, for now or for ever
# (OCPP 1.6, clauses 3.5.2 and 7.2).
_STATUS_16 = {
    RefusalReason.CHARGING_NOT_ALLOWED: AuthorizationStatus16.BLOCKED,
    RefusalReason.LOCATION_IS_CLOSED: AuthorizationStatus16.BLOCKED,
    RefusalReason.LOCATION_OPENS_LATER: AuthorizationStatus16.BLOCKED,
    RefusalReason.AUTHORIZATION_REQUIRED: AuthorizationStatus16.INVALID,
    RefusalReason.UNKNOWN: AuthorizationStatus16.INVALID,
    RefusalReason.LEARNED: AuthorizationStatus16.INVALID,
    RefusalReason.BLOCKED: AuthorizationStatus16.BLOCKED,
    RefusalReason.NOT_YET_VALID: AuthorizationStatus16.BLOCKED,
    RefusalReason.EXPIRED: AuthorizationStatus16.EXPIRED,
    RefusalReason.ACCESS_RESTRICTED: AuthorizationStatus16.BLOCKED,
    RefusalReason.SESSION_ALREADY_RUNNING: AuthorizationStatus16.CONCURRENT_TX,
    RefusalReason.SESSION_OF_ANOTHER: AuthorizationStatus16.INVALID,
}
_STATUS_201 = {
    RefusalReason.CHARGING_NOT_ALLOWED: AuthorizationStatus201.NOT_AT_THIS_TIME,
    RefusalReason.LOCATION_IS_CLOSED: AuthorizationStatus201.NOT_AT_THIS_TIME,
    RefusalReason.LOCATION_OPENS_LATER: AuthorizationStatus201.NOT_AT_THIS_TIME,
    RefusalReason.AUTHORIZATION_REQUIRED: AuthorizationStatus201.INVALID,
    RefusalReason.UNKNOWN: AuthorizationStatus201.UNKNOWN,
    RefusalReason.LEARNED: AuthorizationStatus201.UNKNOWN,
    RefusalReason.BLOCKED: AuthorizationStatus201.BLOCKED,
    RefusalReason.NOT_YET_VALID: AuthorizationStatus201.NOT_AT_THIS_TIME,
    RefusalReason.EXPIRED: AuthorizationStatus201.EXPIRED,
    RefusalReason.ACCESS_RESTRICTED: AuthorizationStatus201.NOT_AT_THIS_LOCATION,
    RefusalReason.SESSION_ALREADY_RUNNING: AuthorizationStatus201.CONCURRENT_TX,
    RefusalReason.SESSION_OF_ANOTHER: AuthorizationStatus201.INVALID,
}


def status_16(decision: Decision) -> AuthorizationStatus16:
    """Return the answer to an OCPP 1.6 charger."""
    if isinstance(decision, Allowed):
        return AuthorizationStatus16.ACCEPTED
    return _STATUS_16[decision.reason]


def status_201(decision: Decision) -> AuthorizationStatus201:
    """Return the answer to an OCPP 2.0.1 charger."""
    if isinstance(decision, Allowed):
        return AuthorizationStatus201.ACCEPTED
    return _STATUS_201[decision.reason]
