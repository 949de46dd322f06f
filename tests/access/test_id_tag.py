"""What an idTag is, and how little of it is shown."""

from hypothesis import given, strategies as st
import pytest

from custom_components.zmartcharge.access import (
    Allowed,
    AllowedReason,
    IdTokenType,
    OpenTransaction,
    Token,
    decide,
    is_id_tag,
    learn,
    masked,
    normalised,
    present,
)
from custom_components.zmartcharge.access.rules import AccessRules

from .builders import CARD, HOUR, NOW, a_request, an_entry, running


@pytest.mark.parametrize(
    ("id_tag", "shown"),
    [
        (CARD, "…3F2A"),
        ("  04a23f2a ", "…3f2a"),
        ("ABCDEF", "…DEF"),
        ("AB", "…B"),
        ("A", "…"),
        ("", "…"),
        ("card\nwith\x00é", "…th??"),
    ],
)
def test_only_the_end_of_an_id_tag_is_shown(id_tag: str, shown: str) -> None:
    assert masked(id_tag) == shown


def test_case_and_space_around_make_no_other_id_tag() -> None:
    assert normalised(" 04a2b3c4 ") == normalised("04A2B3C4") == "04A2B3C4"


def test_only_ascii_letters_have_a_case() -> None:
    assert normalised("straße") == "STRAßE"
    assert normalised("ı") == "ı"


@pytest.mark.parametrize("text", ["", " ", "A\n", "é", " A", "A" * 37, "\ud800"])
def test_what_no_charger_should_send_is_no_id_tag(text: str) -> None:
    assert not is_id_tag(text)
    with pytest.raises(ValueError, match="1 to 36 printable"):
        Token(id_tag=text)
    with pytest.raises(ValueError, match="1 to 36 printable"):
        Token(id_tag=CARD, group=text)


@pytest.mark.parametrize("text", ["A", "A" * 36, "NL-ABC-123456-1", "a b"])
def test_printable_ascii_of_up_to_36_characters_is_an_id_tag(text: str) -> None:
    assert is_id_tag(text)
    assert Token(id_tag=text).type is IdTokenType.ISO14443


@given(st.text())
def test_any_text_can_be_shown_and_compared(text: str) -> None:
    shown = masked(text)
    assert len(shown) <= 5
    assert shown.encode()
    assert normalised(normalised(text)) == normalised(text)


def test_no_whole_id_tag_and_no_name_comes_into_a_log() -> None:
    token = Token(id_tag=CARD, holder="Kari Nordmann", group="FAMILY")
    learning = present(learn(NOW), CARD, (), NOW)
    decision = decide(a_request(token), AccessRules())
    assert decision == Allowed(reason=AllowedReason.REGISTERED, group="FAMILY")
    for each in (
        token,
        a_request(token),
        running(group="FAMILY"),
        an_entry(group="FAMILY"),
        learning,
        decision,
        decide(a_request(id_tag=CARD), AccessRules()),
    ):
        for secret in (CARD, "Kari", "FAMILY"):
            assert secret not in repr(each)


def test_a_token_ends_after_it_begins() -> None:
    with pytest.raises(ValueError, match="until after"):
        Token(id_tag=CARD, valid_from=NOW, valid_until=NOW)
    assert Token(id_tag=CARD, valid_from=NOW, valid_until=NOW + HOUR).masked == "…3F2A"


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="no time zone"):
        Token(id_tag=CARD, valid_from=NOW.replace(tzinfo=None))
    with pytest.raises(ValueError, match="no time zone"):
        a_request(at=NOW.replace(tzinfo=None))


def test_a_token_must_be_the_one_that_was_presented() -> None:
    assert a_request(Token(id_tag=CARD), id_tag=CARD.lower()).key == CARD
    with pytest.raises(ValueError, match="not the one"):
        a_request(Token(id_tag=CARD), id_tag="OTHER")


def test_a_transaction_of_nobody_has_no_id_tag() -> None:
    assert OpenTransaction(charger="a", connector=1).id_tag is None
