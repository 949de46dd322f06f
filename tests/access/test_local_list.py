"""What a charger's local list should hold."""

from dataclasses import replace
from datetime import timedelta

import pytest

from custom_components.zmartcharge.access import (
    AuthorizationStatus16 as Status,
    IdTokenType,
    ListEntry,
    OfflineBehaviour,
    Token,
    TokenStatus,
    WantedList,
    next_list_change,
    wanted_list,
)

from .builders import CHARGER, HOUR, NOW, an_entry

GOOD = Token(id_tag="GOOD", group="FAMILY", valid_until=NOW + HOUR)
BLOCKED = Token(id_tag="BLOCKED", status=TokenStatus.BLOCKED)
EXPIRED = Token(id_tag="EXPIRED", valid_until=NOW)
LATER = Token(id_tag="LATER", valid_from=NOW + 2 * HOUR)
ELSEWHERE = Token(id_tag="ELSEWHERE", chargers=frozenset({"cabin"}))
ALL = (GOOD, BLOCKED, EXPIRED, LATER, ELSEWHERE)


def wanted(
    *tokens: Token,
    behaviour: OfflineBehaviour = OfflineBehaviour.LOCAL_LIST,
    room: int | None = None,
    length: int = 20,
) -> WantedList:
    return wanted_list(
        tokens, charger=CHARGER, behaviour=behaviour, at=NOW, max_entries=room, max_length=length
    )


def told(found: WantedList) -> dict[str, str]:
    return {entry.id_tag: entry.status.value for entry in found.entries}


def test_a_list_names_who_may_charge_with_group_and_end_and_who_is_blocked() -> None:
    found = wanted(*ALL)
    assert found.entries == (
        ListEntry(id_tag="BLOCKED", status=Status.BLOCKED),
        ListEntry(id_tag="GOOD", status=Status.ACCEPTED, valid_until=NOW + HOUR, group="FAMILY"),
    )
    assert found.left_out == ()


def test_with_everybody_allowed_it_names_all_who_may_not() -> None:
    assert told(wanted(*ALL, behaviour=OfflineBehaviour.FREE)) == {
        "BLOCKED": "Blocked",
        "ELSEWHERE": "Blocked",
        "EXPIRED": "Expired",
        "GOOD": "Accepted",
        "LATER": "Blocked",
    }


def test_with_nobody_allowed_it_is_empty() -> None:
    assert wanted(*ALL, behaviour=OfflineBehaviour.BLOCK) == WantedList(entries=(), left_out=())


def test_no_tokens_make_no_list() -> None:
    assert wanted() == WantedList(entries=(), left_out=())


def test_a_short_list_holds_those_that_matter_most() -> None:
    first, second = Token(id_tag="Z"), Token(id_tag="A")
    found = wanted(BLOCKED, first, second, room=1)
    assert told(found) == {"Z": "Accepted"}
    assert found.left_out == (second, BLOCKED)


def test_a_short_list_holds_who_is_refused_when_everybody_else_may() -> None:
    found = wanted(GOOD, BLOCKED, behaviour=OfflineBehaviour.FREE, room=1)
    assert told(found) == {"BLOCKED": "Blocked"}
    assert found.left_out == (GOOD,)


@pytest.mark.parametrize("room", [0, -1])
def test_a_charger_without_room_gets_an_empty_list(room: int) -> None:
    assert wanted(GOOD, room=room) == WantedList(entries=(), left_out=(GOOD,))


def test_an_id_tag_too_long_for_the_version_is_not_listed_and_needs_no_room() -> None:
    long = Token(id_tag="A" * 21, group="B" * 21)
    assert wanted(long) == WantedList(entries=(), left_out=())
    assert wanted(long, length=36).entries[0].group == "B" * 21
    assert wanted(replace(long, id_tag="A")).entries == (an_entry("A"),)


def test_one_id_tag_is_listed_once() -> None:
    assert told(wanted(Token(id_tag="abc"), Token(id_tag="ABC"))) == {"abc": "Accepted"}


def test_an_end_is_told_in_whole_seconds() -> None:
    token = replace(GOOD, valid_until=NOW + timedelta(seconds=1.5))
    assert wanted(token).entries[0].valid_until == NOW + timedelta(seconds=1)


def test_it_changes_when_a_token_begins_or_ends() -> None:
    assert next_list_change(ALL, NOW) == NOW + HOUR
    assert next_list_change(ALL, NOW + HOUR) == NOW + 2 * HOUR
    assert next_list_change(ALL, NOW + 2 * HOUR) is None
    assert next_list_change((), NOW) is None


def test_entries_that_mean_the_same_say_the_same() -> None:
    entry = an_entry("abc", group="family")
    assert entry.says_the_same(an_entry("ABC", group="FAMILY"))
    for other in (
        replace(entry, group=None),
        replace(entry, status=Status.BLOCKED),
        replace(entry, valid_until=NOW),
        replace(entry, type=IdTokenType.KEY_CODE),
        replace(entry, id_tag="other"),
    ):
        assert not entry.says_the_same(other)
