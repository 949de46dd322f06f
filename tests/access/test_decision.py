"""Who may charge, and what who may not is told."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.zmartcharge.access import (
    Access,
    AccessRules,
    Allowed,
    AllowedReason,
    AuthorizationStatus16,
    AuthorizationStatus201,
    Decision,
    OfflineBehaviour,
    Purpose,
    Refusal,
    RefusalReason,
    Request,
    StartMethod,
    Token,
    TokenStatus,
    decide,
    status_16,
    status_201,
)

from .builders import CARD, CHARGER, HOUR, NOW, a_request, hours, running

CLOSED = hours("16:00-20:00")
MINE = Token(id_tag=CARD, label="Kari's card", group="FAMILY")
BLOCKED = replace(MINE, status=TokenStatus.BLOCKED)
EXPIRED = replace(MINE, valid_until=NOW)
LATER = replace(MINE, valid_from=NOW + HOUR)
ELSEWHERE = replace(MINE, chargers=frozenset({"cabin"}))
OTHER = Token(id_tag="OTHER", group="family")
STRANGER = Token(id_tag="STRANGER")
RULES = AccessRules()
FOR_ALL = AccessRules(access=Access.OPEN)


def reason(decision: Decision) -> str:
    return decision.reason.value


def test_a_registered_token_may_charge_however_it_is_spelt() -> None:
    decision = decide(a_request(MINE, id_tag=CARD.lower()), RULES)
    assert decision == Allowed(reason=AllowedReason.REGISTERED, group="FAMILY")


@pytest.mark.parametrize(
    ("token", "expected"),
    [
        (BLOCKED, Refusal(RefusalReason.BLOCKED, {"label": "Kari's card"})),
        (
            EXPIRED,
            Refusal(RefusalReason.EXPIRED, {"label": "Kari's card", "valid_until": NOW}),
        ),
        (
            LATER,
            Refusal(
                RefusalReason.NOT_YET_VALID, {"label": "Kari's card", "valid_from": NOW + HOUR}
            ),
        ),
        (ELSEWHERE, Refusal(RefusalReason.ACCESS_RESTRICTED, {"label": "Kari's card"})),
        (replace(BLOCKED, label=""), Refusal(RefusalReason.BLOCKED, {"label": "…3F2A"})),
    ],
)
def test_a_token_that_may_not_be_used_is_told_why(token: Token, expected: Refusal) -> None:
    assert decide(a_request(token), RULES) == expected


def test_a_token_is_valid_from_its_begin_until_before_its_end() -> None:
    token = replace(MINE, valid_from=NOW, valid_until=NOW + HOUR)
    moments = (NOW - timedelta(seconds=1), NOW, NOW + HOUR - timedelta(seconds=1), NOW + HOUR)
    assert [reason(decide(a_request(token, at=at), RULES)) for at in moments] == [
        "not_yet_valid",
        "registered",
        "registered",
        "expired",
    ]


def test_an_end_is_told_while_it_is_still_to_come() -> None:
    until = replace(MINE, valid_until=NOW + HOUR)
    decisions = [
        decide(a_request(until), RULES),
        decide(a_request(EXPIRED), FOR_ALL),
        decide(a_request(EXPIRED, how=StartMethod.RESUMED), RULES),
        decide(a_request(EXPIRED, purpose=Purpose.AUTHORIZE, running=(running(),)), RULES),
    ]
    assert [each.valid_until for each in decisions if isinstance(each, Allowed)] == [
        NOW + HOUR,
        None,
        None,
        None,
    ]


def test_a_token_for_some_chargers_may_charge_at_those() -> None:
    assert reason(decide(a_request(ELSEWHERE, charger="cabin"), RULES)) == "registered"
    nowhere = replace(MINE, chargers=frozenset())
    assert reason(decide(a_request(nowhere), RULES)) == "access_restricted"


def test_nobody_knows_a_card_that_is_not_registered() -> None:
    decision = decide(a_request(id_tag=CARD), RULES)
    assert decision == Refusal(RefusalReason.UNKNOWN, {"token": "…3F2A"})


@pytest.mark.parametrize("id_tag", [None, "", "  "])
@pytest.mark.parametrize("how", [StartMethod.RFID, StartMethod.PLUGGED_IN, StartMethod.OFFLINE])
def test_without_a_token_nobody_may_charge_where_one_is_needed(
    id_tag: str | None, how: StartMethod
) -> None:
    decision = decide(a_request(id_tag=id_tag, how=how), RULES)
    assert decision == Refusal(RefusalReason.AUTHORIZATION_REQUIRED)


def test_home_assistant_may_charge_in_nobodys_name() -> None:
    asked = a_request(how=StartMethod.HOME_ASSISTANT)
    assert reason(decide(asked, RULES)) == "home_assistant"


@pytest.mark.parametrize(("token", "told"), [(MINE, "registered"), (BLOCKED, "blocked")])
def test_in_somebodys_name_home_assistant_may_what_they_may(token: Token, told: str) -> None:
    assert reason(decide(a_request(token, how=StartMethod.HOME_ASSISTANT), RULES)) == told
    unknown = a_request(id_tag=CARD, how=StartMethod.HOME_ASSISTANT)
    assert reason(decide(unknown, RULES)) == "unknown"


@pytest.mark.parametrize("token", [None, MINE, EXPIRED, LATER, ELSEWHERE])
def test_open_for_all_asks_nobody_for_a_token(token: Token | None) -> None:
    assert reason(decide(a_request(token), FOR_ALL)) == "open"
    assert reason(decide(a_request(id_tag="ANY"), FOR_ALL)) == "open"


def test_whom_somebody_blocked_may_not_even_charge_where_all_may() -> None:
    assert reason(decide(a_request(BLOCKED), FOR_ALL)) == "blocked"


@pytest.mark.parametrize("how", list(StartMethod))
@pytest.mark.parametrize("access", list(Access))
def test_a_disabled_charger_is_for_nobody(how: StartMethod, access: Access) -> None:
    rules = AccessRules(access=access, enabled=False, finish_when_closed=False)
    decision = decide(a_request(MINE, how=how), rules)
    assert decision == Refusal(RefusalReason.CHARGING_NOT_ALLOWED)


@pytest.mark.parametrize("access", list(Access))
def test_outside_the_opening_hours_all_are_told_when_it_opens(access: Access) -> None:
    rules = AccessRules(access=access, opening_hours=CLOSED)
    opens = datetime(2026, 10, 6, 14, tzinfo=UTC)
    closed = Refusal(RefusalReason.LOCATION_OPENS_LATER, {"opens": opens})
    for asked in (a_request(MINE), a_request(how=StartMethod.HOME_ASSISTANT)):
        assert decide(asked, rules) == closed
    assert isinstance(decide(a_request(MINE, at=opens), rules), Allowed)


def test_what_never_opens_says_no_time() -> None:
    rules = AccessRules(opening_hours=hours())
    assert decide(a_request(MINE), rules) == Refusal(RefusalReason.LOCATION_IS_CLOSED)


@pytest.mark.parametrize("rules", [AccessRules(enabled=False), AccessRules(opening_hours=CLOSED)])
def test_a_session_goes_on_after_closing_time_as_set(rules: AccessRules) -> None:
    asked = a_request(MINE, how=StartMethod.RESUMED)
    assert reason(decide(asked, rules)) == "resumed"
    assert isinstance(decide(asked, replace(rules, finish_when_closed=False)), Refusal)


@pytest.mark.parametrize(
    ("token", "told"),
    [(EXPIRED, "resumed"), (BLOCKED, "blocked"), (ELSEWHERE, "access_restricted")],
)
def test_a_session_goes_on_with_a_token_that_expired_but_with_none_that_was_taken_away(
    token: Token, told: str
) -> None:
    assert reason(decide(a_request(token, how=StartMethod.RESUMED), RULES)) == told
    removed = a_request(id_tag=CARD, how=StartMethod.RESUMED)
    assert reason(decide(removed, RULES)) == "unknown"


def test_a_session_that_home_assistant_began_goes_on() -> None:
    assert reason(decide(a_request(how=StartMethod.RESUMED), RULES)) == "resumed"


def test_what_a_charger_was_told_to_let_in_offline_is_not_refused_for_it() -> None:
    asked = a_request(id_tag="ANY", how=StartMethod.OFFLINE)
    free = AccessRules(offline=OfflineBehaviour.FREE)
    assert reason(decide(asked, free)) == "offline"
    assert reason(decide(a_request(BLOCKED, how=StartMethod.OFFLINE), free)) == "blocked"
    assert reason(decide(asked, RULES)) == "unknown"
    assert reason(decide(a_request(MINE, how=StartMethod.OFFLINE), RULES)) == "registered"
    assert reason(decide(a_request(id_tag="ANY"), free)) == "unknown"


@pytest.mark.parametrize("where", [(CHARGER, 2), ("cabin", 1)])
def test_a_token_with_a_session_elsewhere_starts_no_second_one(where: tuple[str, int]) -> None:
    other = running(CARD.lower(), charger=where[0], connector=where[1])
    asked = a_request(MINE, running=(other,))
    assert decide(asked, RULES) == Refusal(
        RefusalReason.SESSION_ALREADY_RUNNING,
        {"label": "Kari's card", "charger": where[0], "connector": where[1]},
    )
    assert isinstance(decide(asked, AccessRules(concurrent=True)), Allowed)
    assert isinstance(decide(asked, FOR_ALL), Allowed)


def test_only_a_start_is_refused_for_another_session() -> None:
    asked = a_request(
        MINE, purpose=Purpose.AUTHORIZE, connector=None, running=(running(charger="cabin"),)
    )
    assert reason(decide(asked, RULES)) == "registered"


def test_the_session_on_the_same_connector_is_no_other_one() -> None:
    assert reason(decide(a_request(MINE, running=(running(),)), RULES)) == "registered"


def test_a_member_of_the_family_may_start_beside_another() -> None:
    theirs = running("OTHER", group="FAMILY", connector=2)
    assert reason(decide(a_request(MINE, running=(theirs,)), RULES)) == "registered"


@pytest.mark.parametrize("purpose", [Purpose.AUTHORIZE, Purpose.STOP])
@pytest.mark.parametrize(
    ("asked", "may"),
    [
        (a_request(MINE), True),
        (a_request(OTHER), True),
        (a_request(EXPIRED), True),
        (a_request(BLOCKED), True),
        (a_request(replace(OTHER, status=TokenStatus.BLOCKED)), False),
        (a_request(STRANGER), False),
        (a_request(id_tag="UNKNOWN"), False),
    ],
)
def test_the_same_card_and_its_family_may_end_a_session_whatever_the_hour(
    purpose: Purpose, asked: Request, may: bool
) -> None:
    rules = AccessRules(opening_hours=CLOSED)
    asked = replace(
        asked, purpose=purpose, open_transactions=(running(group="Family"),), connector=None
    )
    decision = decide(asked, rules)
    if may:
        assert reason(decision) == "own_session"
    elif purpose is Purpose.STOP:
        assert reason(decision) == "session_of_another"
    else:
        assert reason(decision) == "location_opens_later"


def test_who_may_end_a_session_elsewhere_may_not_charge_here_for_it() -> None:
    asked = a_request(EXPIRED, purpose=Purpose.AUTHORIZE, running=(running(charger="cabin"),))
    assert reason(decide(asked, RULES)) == "expired"


def test_two_sessions_at_a_charger_are_ended_each_by_its_own() -> None:
    both = (running(connector=1), running("OTHER", connector=2))
    stop = {
        connector: decide(
            a_request(MINE, purpose=Purpose.STOP, connector=connector, running=both), RULES
        )
        for connector in (1, 2)
    }
    assert reason(stop[1]) == "own_session"
    assert stop[2] == Refusal(RefusalReason.SESSION_OF_ANOTHER, {"token": "…3F2A"})


@pytest.mark.parametrize("how", [StartMethod.PLUGGED_IN, StartMethod.HOME_ASSISTANT])
def test_the_plug_and_home_assistant_may_end_any_session(how: StartMethod) -> None:
    asked = a_request(how=how, purpose=Purpose.STOP, running=(running(),))
    assert reason(decide(asked, RULES)) == "own_session"


def test_a_stop_without_a_card_or_a_session_is_taken() -> None:
    assert reason(decide(a_request(purpose=Purpose.STOP, running=(running(),)), RULES)) == (
        "own_session"
    )
    assert reason(decide(a_request(STRANGER, purpose=Purpose.STOP), RULES)) == "own_session"


@pytest.mark.parametrize(
    ("asked", "rules", "old", "new"),
    [
        (a_request(MINE), RULES, "Accepted", "Accepted"),
        (a_request(BLOCKED), RULES, "Blocked", "Blocked"),
        (a_request(EXPIRED), RULES, "Expired", "Expired"),
        (a_request(LATER), RULES, "Blocked", "NotAtThisTime"),
        (a_request(ELSEWHERE), RULES, "Blocked", "NotAtThisLocation"),
        (a_request(id_tag="ANY"), RULES, "Invalid", "Unknown"),
        (a_request(), RULES, "Invalid", "Invalid"),
        (a_request(MINE), AccessRules(enabled=False), "Blocked", "NotAtThisTime"),
        (a_request(MINE), AccessRules(opening_hours=CLOSED), "Blocked", "NotAtThisTime"),
        (
            a_request(MINE, running=(running(connector=2),)),
            RULES,
            "ConcurrentTx",
            "ConcurrentTx",
        ),
        (
            a_request(STRANGER, purpose=Purpose.STOP, running=(running(),)),
            RULES,
            "Invalid",
            "Invalid",
        ),
    ],
)
def test_a_charger_is_told_in_the_words_of_its_version(
    asked: Request, rules: AccessRules, old: str, new: str
) -> None:
    decision = decide(asked, rules)
    assert status_16(decision) == old
    assert status_201(decision) == new


@pytest.mark.parametrize("why", list(RefusalReason))
def test_no_refusal_is_told_as_accepted(why: RefusalReason) -> None:
    assert status_16(Refusal(why)) is not AuthorizationStatus16.ACCEPTED
    assert status_201(Refusal(why)) is not AuthorizationStatus201.ACCEPTED


ID_TAGS = st.sampled_from([CARD, CARD.lower(), "OTHER", "other ", "", " "]) | st.text(max_size=40)
#: Around the night on which the clocks are put forward.
MOMENTS = st.integers(0, 4 * 24 * 60).map(
    lambda minutes: datetime(2026, 3, 27, tzinfo=UTC) + timedelta(minutes=minutes)
)
TOKENS = st.builds(
    replace,
    st.sampled_from([MINE, OTHER]),
    status=st.sampled_from(TokenStatus),
    chargers=st.sampled_from([None, frozenset(), frozenset({CHARGER})]),
    valid_until=st.none() | MOMENTS,
)
RULE_SETS = st.builds(
    AccessRules,
    access=st.sampled_from(Access),
    enabled=st.booleans(),
    opening_hours=st.sampled_from([None, CLOSED, hours("22:00-02:30"), hours()]),
    finish_when_closed=st.booleans(),
    concurrent=st.booleans(),
    offline=st.sampled_from(OfflineBehaviour),
)
TRANSACTIONS = st.lists(
    st.builds(
        running,
        st.none() | ID_TAGS,
        group=st.none() | st.sampled_from(["FAMILY", "family", ""]),
        charger=st.sampled_from([CHARGER, "cabin"]),
        connector=st.integers(1, 2),
    ),
    max_size=3,
).map(tuple)


@st.composite
def requests(draw: st.DrawFn) -> Request:
    token = draw(st.none() | TOKENS)
    return a_request(
        token,
        id_tag=draw(st.none() | ID_TAGS) if token is None else None,
        how=draw(st.sampled_from(StartMethod)),
        purpose=draw(st.sampled_from(Purpose)),
        at=draw(MOMENTS),
        connector=draw(st.none() | st.integers(0, 2)),
        running=draw(TRANSACTIONS),
    )


@settings(max_examples=300, deadline=None, derandomize=True, database=None)
@given(requests(), RULE_SETS)
def test_every_request_has_one_answer(asked: Request, rules: AccessRules) -> None:
    decision = decide(asked, rules)
    assert decide(asked, rules) == decision
    assert (status_16(decision) == "Accepted") is isinstance(decision, Allowed)
    assert (status_201(decision) == "Accepted") is isinstance(decision, Allowed)
    if asked.purpose is not Purpose.START:
        return
    if isinstance(decision, Allowed) and asked.how is not StartMethod.RESUMED:
        assert rules.enabled
        assert rules.opening_hours is None or rules.opening_hours.is_open(asked.at)
    if isinstance(decision, Allowed) and asked.token is not None:
        assert asked.token.status is TokenStatus.ACCEPTED
    if isinstance(decision, Refusal) and asked.id_tag and len(asked.id_tag) > 4:
        assert asked.id_tag not in str(decision)
