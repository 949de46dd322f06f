"""The register of tokens, and what chargers were told of them."""

from dataclasses import replace
from datetime import timedelta, timezone
from typing import Any

from hypothesis import given, strategies as st
import pytest
from sqlalchemy import ClauseElement, Engine, event
from sqlalchemy.dialects import postgresql

from custom_components.zmartcharge.access import ListEntry, Token, is_id_tag, normalised
from custom_components.zmartcharge.ledger import (
    Ledger,
    LocalListEntry,
    RegisteredToken,
    SentLocalList,
    TokenRecord,
    uid_of,
)

from .builders import CHARGER, T0, a_start, minutes, started

CARD = TokenRecord(
    id_tag="04a2B3c4",
    label="Kari",
    holder="Kari Nordmann",
    group="FAMILY",
    type="ISO15693",
    status="blocked",
    valid_from=T0,
    valid_until=minutes(60),
    charge_point_ids=frozenset({"CP1", "CP2"}),
    note="the blue one",
)
PLAIN = TokenRecord(id_tag="PLAIN")
LIST = SentLocalList(
    charge_point_id=CHARGER,
    version=3,
    entries=(
        LocalListEntry(id_tag="b", status="Blocked"),
        LocalListEntry(
            id_tag="A", status="Accepted", valid_until=minutes(60), group="FAMILY", type="Central"
        ),
    ),
    sent_at=T0,
)


async def test_what_is_registered_is_there_after_a_restart(ledger: Ledger, url: str) -> None:
    assert await ledger.tokens() == ()
    kept = await ledger.put_token(CARD, T0)
    assert kept == RegisteredToken(record=CARD, created_at=T0, changed_at=T0)
    await ledger.put_token(PLAIN, minutes(1))
    await ledger.close()
    again = await Ledger.open(url)
    assert [each.record for each in await again.tokens()] == [CARD, PLAIN]
    assert await again.token("04A2B3C4") == kept
    await again.close()


async def test_an_id_tag_is_one_token_however_it_is_spelt(ledger: Ledger) -> None:
    await ledger.put_token(CARD, T0)
    await ledger.put_token(replace(CARD, id_tag="04A2B3C4", label="Ola"), minutes(1))
    (token,) = await ledger.tokens()
    assert token.record.label == "Ola"
    assert token.record.id_tag == "04A2B3C4"
    found = await ledger.token(" 04a2b3c4 ")
    assert found == token


async def test_a_change_keeps_when_a_token_came_and_was_used(ledger: Ledger) -> None:
    await ledger.put_token(CARD, T0)
    await ledger.token_used(CARD.id_tag, minutes(1), CHARGER)
    same = await ledger.put_token(CARD, minutes(2))
    assert same.changed_at == T0
    changed = await ledger.put_token(replace(CARD, status="accepted"), minutes(3))
    assert changed == await ledger.token(CARD.id_tag)
    assert (changed.created_at, changed.changed_at) == (T0, minutes(3))
    assert (changed.last_used_at, changed.last_used_charge_point_id) == (minutes(1), CHARGER)


async def test_the_last_use_counts_in_whatever_order_uses_are_told(ledger: Ledger) -> None:
    await ledger.put_token(PLAIN, T0)
    assert await ledger.token_used("plain", minutes(5), "CP2")
    assert await ledger.token_used("PLAIN", minutes(4), "CP1")
    token = await ledger.token("PLAIN")
    assert token is not None
    assert (token.last_used_at, token.last_used_charge_point_id) == (minutes(5), "CP2")


async def test_a_use_of_what_is_not_registered_is_not_kept(ledger: Ledger) -> None:
    assert not await ledger.token_used("UNKNOWN", T0, CHARGER)
    assert await ledger.tokens() == ()


async def test_a_removed_tokens_sessions_stay(ledger: Ledger) -> None:
    await ledger.put_token(PLAIN, T0)
    session = await started(ledger, a_start(tag="PLAIN"))
    assert await ledger.remove_token("plain")
    assert not await ledger.remove_token("PLAIN")
    assert await ledger.token("PLAIN") is None
    kept = await ledger.session(session.id)
    assert kept is not None
    assert kept.id_tag == "PLAIN"


@pytest.mark.parametrize("id_tag", ["", "\ud800", "a\0b", "x" * 10_000])
async def test_whatever_a_charger_sends_can_be_looked_up(ledger: Ledger, id_tag: str) -> None:
    assert await ledger.token(id_tag) is None
    assert not await ledger.token_used(id_tag, T0, CHARGER)
    assert not await ledger.remove_token(id_tag)


async def test_any_text_of_people_is_kept(ledger: Ledger) -> None:
    record = replace(PLAIN, label="Bjørns bil 🚗", holder="'; DROP TABLE tokens; --", note="\n")
    await ledger.put_token(record, T0)
    (token,) = await ledger.tokens()
    assert token.record == record


async def test_a_token_for_no_charger_is_not_one_for_all(ledger: Ledger) -> None:
    await ledger.put_token(replace(PLAIN, charge_point_ids=frozenset()), T0)
    (token,) = await ledger.tokens()
    assert token.record.charge_point_ids == frozenset()


async def test_times_are_kept_in_utc(ledger: Ledger) -> None:
    local = T0.astimezone(timezone(timedelta(hours=2)))
    await ledger.put_token(replace(PLAIN, valid_from=local), local)
    (token,) = await ledger.tokens()
    assert (token.record.valid_from, token.created_at) == (T0, T0)


@pytest.mark.parametrize(
    "changes",
    [
        {"id_tag": ""},
        {"id_tag": "A" * 37},
        {"id_tag": "é"},
        {"id_tag": " A"},
        {"group": ""},
        {"status": "expired"},
        {"valid_from": T0.replace(tzinfo=None)},
        {"valid_until": T0},
    ],
)
def test_what_is_no_token_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(ValueError):
        replace(CARD, **changes)


async def test_naive_times_are_refused(ledger: Ledger) -> None:
    naive = T0.replace(tzinfo=None)
    with pytest.raises(ValueError, match="time zone"):
        await ledger.put_token(PLAIN, naive)
    with pytest.raises(ValueError, match="time zone"):
        await ledger.token_used("PLAIN", naive, CHARGER)
    with pytest.raises(ValueError, match="time zone"):
        replace(LIST, sent_at=naive)


def test_no_id_tag_comes_into_a_log() -> None:
    registered = RegisteredToken(record=CARD, created_at=T0, changed_at=T0)
    for each in (CARD, registered, LIST):
        for secret in ("04a2B3c4", "Nordmann", "FAMILY"):
            assert secret not in repr(each)


async def test_a_chargers_list_is_kept_over_a_restart(ledger: Ledger, url: str) -> None:
    assert await ledger.local_list(CHARGER) is None
    await ledger.local_list_sent(LIST)
    await ledger.close()
    again = await Ledger.open(url)
    found = await again.local_list(CHARGER)
    assert found == LIST
    assert found is not None
    assert [entry.id_tag for entry in found.entries] == ["A", "b"]
    await again.close()


async def test_a_newer_list_takes_the_place_of_the_older(ledger: Ledger) -> None:
    await ledger.local_list_sent(LIST)
    newer = replace(LIST, version=4, entries=(LocalListEntry(id_tag="C", status="Accepted"),))
    await ledger.local_list_sent(newer)
    assert await ledger.local_list(CHARGER) == newer
    empty = replace(LIST, version=5, entries=())
    await ledger.local_list_sent(empty)
    assert await ledger.local_list(CHARGER) == empty


async def test_two_chargers_have_a_list_each(ledger: Ledger) -> None:
    other = replace(LIST, charge_point_id="CP2", version=9)
    await ledger.local_list_sent(LIST)
    await ledger.local_list_sent(other)
    await ledger.forget_local_list(CHARGER)
    await ledger.forget_local_list(CHARGER)
    assert await ledger.local_list(CHARGER) is None
    assert await ledger.local_list("CP2") == other


@pytest.mark.parametrize("version", [0, -1, 2**31])
def test_what_is_no_version_is_refused(version: int) -> None:
    with pytest.raises(ValueError, match="no version"):
        replace(LIST, version=version)


def test_an_id_tag_is_listed_once() -> None:
    twice = (
        LocalListEntry(id_tag="a", status="Accepted"),
        LocalListEntry(id_tag="A", status="Blocked"),
    )
    with pytest.raises(ValueError, match="twice"):
        replace(LIST, entries=twice)


@given(st.text() | st.text(alphabet="aB ß\n", max_size=5))
def test_the_ledger_and_access_agree_on_what_an_id_tag_is(text: str) -> None:
    assert uid_of(text) == normalised(text)
    if is_id_tag(text):
        assert TokenRecord(id_tag=text).uid == Token(id_tag=text).key
        LocalListEntry(id_tag=text, status="Accepted")
    else:
        with pytest.raises(ValueError):
            TokenRecord(id_tag=text)


def test_what_the_ledger_keeps_is_what_access_needs() -> None:
    def fields(kind: Any) -> set[str]:
        return set(kind.__dataclass_fields__)

    assert fields(Token) - {"chargers"} == fields(TokenRecord) - {
        "charge_point_ids",
        "note",
        "phone",
        "language",
    }
    assert fields(ListEntry) == fields(LocalListEntry)


async def test_every_statement_is_one_of_postgresql(ledger: Ledger) -> None:
    statements: list[ClauseElement] = []

    def keep(_connection: Any, statement: Any, *_rest: Any) -> None:
        statements.append(statement)

    event.listen(Engine, "before_execute", keep)
    try:
        for at in (T0, minutes(1)):
            await ledger.put_token(CARD, at)
        await ledger.token_used(CARD.id_tag, T0, CHARGER)
        await ledger.tokens()
        await ledger.local_list_sent(LIST)
        await ledger.local_list(CHARGER)
        await ledger.remove_token(CARD.id_tag)
    finally:
        event.remove(Engine, "before_execute", keep)
    assert len({str(each.compile(dialect=postgresql.dialect())) for each in statements}) > 8
