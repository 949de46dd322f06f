"""Whether somebody may charge, and why not.

In this order: who has a session may end it; the charger is enabled; it is open; the token may be
used, here and now; it is not used elsewhere.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from .id_tag import masked, normalised
from .offline import OfflineBehaviour
from .request import OpenTransaction, Purpose, Request, StartMethod
from .rules import Access, AccessRules
from .token import Token, TokenStatus

type Detail = str | int | datetime


class AllowedReason(StrEnum):
    """Why somebody may charge."""

    #: The token is registered and may be used here and now.
    REGISTERED = "registered"
    #: The charger is open for all.
    OPEN = "open"
    #: Home Assistant asked, in nobody's name.
    HOME_ASSISTANT = "home_assistant"
    #: The charger let everybody begin who came while it could not ask, as it was told to.
    OFFLINE = "offline"
    #: Nobody registered it here, and another central system vouches for it.
    VOUCHED_FOR = "vouched_for"
    #: The session began when it was allowed.
    RESUMED = "resumed"
    #: The session is one's own, or of one's group, and may be ended.
    OWN_SESSION = "own_session"


class RefusalReason(StrEnum):
    """Why somebody may not charge; each is also the key of a translated text.

    The details of each are named in brackets: ``token`` is masked, ``label`` what the token is
    called (or masked, without a name), times are aware UTC.
    """

    #: The charger is disabled.
    CHARGING_NOT_ALLOWED = "charging_not_allowed"
    #: Outside the opening hours, which never come again.
    LOCATION_IS_CLOSED = "location_is_closed"
    #: [opens]: outside the opening hours.
    LOCATION_OPENS_LATER = "location_opens_later"
    #: Only registered tokens may charge, and there was none.
    AUTHORIZATION_REQUIRED = "authorization_required"
    #: [token]: nobody registered it.
    UNKNOWN = "unknown"
    #: [token]: it was presented in order to be registered, not to charge.
    LEARNED = "learned"
    #: [label]: somebody blocked it.
    BLOCKED = "blocked"
    #: [label, valid_from]: it may be used later.
    NOT_YET_VALID = "not_yet_valid"
    #: [label, valid_until]: it may not be used any more.
    EXPIRED = "expired"
    #: [label]: it may be used at other chargers only.
    ACCESS_RESTRICTED = "access_restricted"
    #: [label, charger, connector]: it has a session there.
    SESSION_ALREADY_RUNNING = "session_already_running"
    #: [token]: the session is somebody else's, and of no common group.
    SESSION_OF_ANOTHER = "session_of_another"


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowed:
    """Somebody may. ``group`` and ``valid_until`` are those of the registered token.

    ``valid_until`` is always still to come: a charger takes what has passed for a refusal.
    """

    reason: AllowedReason
    group: str | None = field(default=None, repr=False)
    valid_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Refusal:
    """Somebody may not; see the reason for the details."""

    reason: RefusalReason
    details: Mapping[str, Detail] = field(default_factory=dict)


type Decision = Allowed | Refusal


def decide(request: Request, rules: AccessRules) -> Decision:
    """Return whether what is asked is allowed at a charger with these rules."""
    if request.purpose is Purpose.STOP:
        return _stopped(request)
    if request.purpose is Purpose.AUTHORIZE and any(
        _may_stop(request, each) for each in request.open_transactions if request.here(each)
    ):
        return _allowed(request, AllowedReason.OWN_SESSION)
    if refusal := _closed(request, rules) or _not_accepted(request, rules):
        return refusal
    if request.how is StartMethod.RESUMED:
        return _allowed(request, AllowedReason.RESUMED)
    if rules.access is Access.OPEN:
        return _allowed(request, AllowedReason.OPEN)
    if _free(request, rules):
        return _allowed(request, AllowedReason.OFFLINE)
    if request.token is None:
        return _allowed(request, AllowedReason.HOME_ASSISTANT)
    if not rules.concurrent and (refusal := _elsewhere(request, request.token)):
        return refusal
    return _allowed(request, AllowedReason.REGISTERED)


def refusal_of_token(token: Token, charger: str, at: datetime) -> Refusal | None:
    """Return why a token may not be used at a charger and a time, ``None`` when it may."""
    label = token.label or token.masked
    if token.status is TokenStatus.BLOCKED:
        return Refusal(RefusalReason.BLOCKED, {"label": label})
    if token.chargers is not None and charger not in token.chargers:
        return Refusal(RefusalReason.ACCESS_RESTRICTED, {"label": label})
    if token.valid_from is not None and at < token.valid_from:
        details: Mapping[str, Detail] = {"label": label, "valid_from": token.valid_from}
        return Refusal(RefusalReason.NOT_YET_VALID, details)
    if token.valid_until is not None and at >= token.valid_until:
        details = {"label": label, "valid_until": token.valid_until}
        return Refusal(RefusalReason.EXPIRED, details)
    return None


def _closed(request: Request, rules: AccessRules) -> Refusal | None:
    if request.how is StartMethod.RESUMED and rules.finish_when_closed:
        return None
    if not rules.enabled:
        return Refusal(RefusalReason.CHARGING_NOT_ALLOWED)
    hours = rules.opening_hours
    if hours is None or hours.is_open(request.at):
        return None
    opens = hours.opens(request.at)
    if opens is None:
        return Refusal(RefusalReason.LOCATION_IS_CLOSED)
    return Refusal(RefusalReason.LOCATION_OPENS_LATER, {"opens": opens})


def _not_accepted(request: Request, rules: AccessRules) -> Refusal | None:
    """Return why who asks may not charge here at all."""
    refusal = None
    if request.token is not None:
        refusal = refusal_of_token(request.token, request.charger, request.at)
    if rules.access is Access.OPEN or _free(request, rules):
        # Nobody needs a token here, so one that is not valid is no worse than none. To block one
        # is to say that its holder may not charge.
        blocked = refusal is not None and refusal.reason is RefusalReason.BLOCKED
        return refusal if blocked else None
    if request.how is StartMethod.RESUMED and refusal is not None:
        # A token that ends while it charges does not end the session (OCPP 2.0.1, IdTokenInfoType).
        ended = refusal.reason is RefusalReason.EXPIRED
        return None if ended else refusal
    if request.token is not None:
        return refusal
    if request.id_tag is not None and request.key is not None:
        return Refusal(RefusalReason.UNKNOWN, {"token": masked(request.id_tag)})
    if request.how in {StartMethod.HOME_ASSISTANT, StartMethod.RESUMED}:
        return None
    return Refusal(RefusalReason.AUTHORIZATION_REQUIRED)


def _free(request: Request, rules: AccessRules) -> bool:
    return request.how is StartMethod.OFFLINE and rules.offline is OfflineBehaviour.FREE


def _elsewhere(request: Request, token: Token) -> Refusal | None:
    """Return where a token has another session; only relevant when one starts (OCPP 1.6, 7.2)."""
    if request.purpose is not Purpose.START:
        return None
    for each in request.open_transactions:
        if not request.here(each) and _same(request.key, each.id_tag):
            details: Mapping[str, Detail] = {
                "label": token.label or token.masked,
                "charger": each.charger,
                "connector": each.connector,
            }
            return Refusal(RefusalReason.SESSION_ALREADY_RUNNING, details)
    return None


def _stopped(request: Request) -> Decision:
    running = [each for each in request.open_transactions if request.here(each)]
    # Whoever stands at the car can end its session without a token, by pulling the plug.
    presented = request.how is StartMethod.RFID and request.key is not None
    if not presented or not running or any(_may_stop(request, each) for each in running):
        return _allowed(request, AllowedReason.OWN_SESSION)
    return Refusal(RefusalReason.SESSION_OF_ANOTHER, {"token": masked(request.id_tag or "")})


def _may_stop(request: Request, transaction: OpenTransaction) -> bool:
    """Tell whether the token of a session, or one of its group, was presented (OCPP 1.6, 3.10)."""
    if _same(request.key, transaction.id_tag):
        return True
    token = request.token
    if token is None or token.status is TokenStatus.BLOCKED:
        return False
    return token.same_group(transaction.group)


def _same(key: str | None, id_tag: str | None) -> bool:
    return key is not None and id_tag is not None and normalised(id_tag) == key


def _allowed(request: Request, reason: AllowedReason) -> Allowed:
    token = request.token
    if token is None:
        return Allowed(reason=reason)
    until = token.valid_until
    ahead = until is not None and until > request.at
    return Allowed(reason=reason, group=token.group, valid_until=until if ahead else None)
