"""Identities in URLs, keys and their hashes."""

from base64 import b64encode

from hypothesis import given, strategies as st
import pytest

from custom_components.zmartcharge.csms import (
    InvalidIdentityError,
    generate_key,
    hash_key,
    key_problem,
    parse_identity,
    verify_key,
)
from custom_components.zmartcharge.csms.identity import BasicCredentials, identity_from_path


@pytest.mark.parametrize("text", ["CP1", "a.b_c-d", "0", "x" * 48])
def test_usable_identities(text: str) -> None:
    assert parse_identity(text) == text


@pytest.mark.parametrize(
    "text", ["", ".", "..", "a/b", "a b", "å", "x" * 49, "a\n", "%2e%2e", "a\x00b", "CP1\u0301"]
)
def test_unusable_identities(text: str) -> None:
    with pytest.raises(InvalidIdentityError):
        parse_identity(text)


@pytest.mark.parametrize("path", ["/CP1", "/CP1/", "/C%501"])
def test_a_path_of_one_segment_is_an_identity(path: str) -> None:
    assert identity_from_path(path) == "CP1"


@pytest.mark.parametrize(
    "path", ["/", "//CP1", "/a/CP1", "/..%2fCP1", "/%2e%2e", "/%252e", "/CP1%00", "/%ff"]
)
def test_statement_2_a_disguised_path_is_refused(path: str) -> None:
    with pytest.raises(InvalidIdentityError):
        identity_from_path(path)


@given(st.text(max_size=60))
def test_statement_2_no_path_gives_anything_but_a_plain_identity(path: str) -> None:
    try:
        identity = identity_from_path(path)
    except InvalidIdentityError:
        return
    assert parse_identity(identity) == identity


def test_statement_3_generated_keys_are_twenty_random_characters() -> None:
    keys = {generate_key() for _ in range(50)}
    assert len(keys) == 50
    assert all(len(key) == 20 and key.isalnum() for key in keys)


def test_a_key_is_accepted_raw_and_in_hexadecimal() -> None:
    stored = hash_key("abcdefghij0123456789")
    assert verify_key(stored, "abcdefghij0123456789")
    assert verify_key(stored, b"abcdefghij0123456789".hex())
    assert not verify_key(stored, "abcdefghij012345678x")
    assert not verify_key(stored, "")


def test_statement_3_the_same_key_is_stored_differently_each_time() -> None:
    assert hash_key("a" * 20) != hash_key("a" * 20)
    assert "a" * 20 not in hash_key("a" * 20)


@pytest.mark.parametrize(
    ("key", "problem"),
    [
        ("x" * 15, "key_length"),
        ("x" * 41, "key_length"),
        ("x" * 15 + " ", "key_characters"),
        ("x" * 15 + "å", "key_characters"),
        ("x" * 16, None),
    ],
)
def test_what_is_wrong_with_a_chosen_key(key: str, problem: str | None) -> None:
    assert key_problem(key) == problem


@pytest.mark.parametrize(
    "header",
    [None, "", "Bearer x", "Basic", "Basic !!!", "Basic " + b64encode(b"nocolon").decode()],
)
def test_headers_without_credentials(header: str | None) -> None:
    assert BasicCredentials.parse(header) is None


def test_a_password_may_hold_colons_and_any_byte() -> None:
    header = "basic " + b64encode(b"CP1:a:\xff").decode()
    assert BasicCredentials.parse(header) == BasicCredentials("CP1", "a:\xff")
