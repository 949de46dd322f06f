"""What of a charger's traffic the other is told, and by what it is known again."""

from typing import Any

from hypothesis import HealthCheck, given, settings, strategies as st
import pytest

from custom_components.zmartcharge.csms.forwarding import (
    Destination,
    Lasting,
    Newest,
    login_problem,
    told,
    url_problem,
)

START = {"connectorId": 1, "idTag": "A", "meterStart": 0, "timestamp": "2026-11-21T12:00:00Z"}
EVENT = {
    "eventType": "Updated",
    "seqNo": 3,
    "timestamp": "2026-11-21T12:00:00Z",
    "transactionInfo": {"transactionId": "t1"},
}


def lasting(version: str, action: str, payload: dict[str, Any]) -> Lasting:
    found = told(version, action, payload)
    assert isinstance(found, Lasting)
    return found


def test_the_same_message_said_again_has_the_same_key() -> None:
    first = lasting("1.6", "StartTransaction", START)
    assert first.opens and not first.droppable
    assert lasting("1.6", "StartTransaction", dict(reversed(START.items()))).key == first.key
    assert lasting("1.6", "StartTransaction", {**START, "meterStart": 1}).key != first.key
    stop = lasting("1.6", "StopTransaction", {"transactionId": 7, "meterStop": 1})
    again = lasting("1.6", "StopTransaction", {"transactionId": "7", "meterStop": 2})
    assert (stop.key, stop.transaction_id) == (again.key, 7)


def test_event_is_the_same_whether_or_not_it_says_that_it_was_offline() -> None:
    first = lasting("2.0.1", "TransactionEvent", EVENT)
    assert first.droppable
    assert lasting("2.0.1", "TransactionEvent", {**EVENT, "offline": True}).key == first.key
    assert lasting("2.0.1", "TransactionEvent", {**EVENT, "seqNo": 4}).key != first.key
    # A charger that counts its transactions anew after a repair says something else.
    later = {**EVENT, "timestamp": "2026-11-22T12:00:00Z"}
    assert lasting("2.0.1", "TransactionEvent", later).key != first.key
    ended = lasting("2.0.1", "TransactionEvent", {**EVENT, "eventType": "Ended"})
    assert not ended.droppable


@pytest.mark.parametrize(
    ("version", "action"),
    [
        ("1.6", "Heartbeat"),
        ("1.6", "Authorize"),
        ("1.6", "SignCertificate"),
        ("1.6", "StopTransaction"),
        ("2.0.1", "NotifyReport"),
        ("2.0.1", "DataTransfer"),
    ],
)
def test_what_is_nobody_else_s_business_is_not_told(version: str, action: str) -> None:
    assert told(version, action, {}) is None


def test_values_without_a_transaction_are_of_the_moment() -> None:
    assert isinstance(told("1.6", "MeterValues", {"connectorId": 1}), Newest)
    assert isinstance(told("1.6", "MeterValues", {"transactionId": 1}), Lasting)


def test_numbers_that_json_does_not_have_are_not_told() -> None:
    assert told("1.6", "StartTransaction", {**START, "meterStart": float("nan")}) is None
    assert told("1.6", "StatusNotification", {"connectorId": float("inf")}) is None


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=8,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    version=st.sampled_from(["1.6", "2.0.1"]),
    action=st.sampled_from(
        ["StartTransaction", "StopTransaction", "MeterValues", "TransactionEvent",
         "StatusNotification", "BootNotification", "SecurityEventNotification"]
    ),
    fields=st.dictionaries(
        st.sampled_from(["transactionId", "connectorId", "evseId", "transactionInfo", "seqNo",
                         "eventType", "timestamp", "type"]),
        JSON,
    ),
)  # fmt: skip
def test_nothing_that_a_charger_says_raises(
    version: str, action: str, fields: dict[str, Any]
) -> None:
    told(version, action, fields)


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("wss://central.example/ocpp", None),
        ("ws://192.0.2.7:8080", None),
        ("https://central.example", "url_invalid"),
        ("wss://", "url_invalid"),
        ("wss://central.example:99999", "url_invalid"),
        ("wss://central.example/a b", "url_invalid"),
        ("wss://central.example/?x=1", "url_invalid"),
        ("wss://[central", "url_invalid"),
        ("wss://cp:secret@central.example", "url_with_login"),
    ],
)
def test_addresses_are_checked(url: str, problem: str | None) -> None:
    assert url_problem(url) == problem


@pytest.mark.parametrize(
    ("identity", "password", "problem"),
    [
        ("CP1", "secret", None),
        ("CP1", None, None),
        ("", None, "identity_invalid"),
        ("a:b", None, "identity_invalid"),
        ("x" * 49, None, "identity_invalid"),
        ("CP1", "a\nb", "password_invalid"),
    ],
)
def test_logins_are_checked(identity: str, password: str | None, problem: str | None) -> None:
    assert login_problem(identity, password) == problem


def test_the_charger_s_id_ends_the_address_once() -> None:
    for url in ("wss://x/ocpp", "wss://x/ocpp/", "wss://x/ocpp/CP%201", "wss://x/ocpp/CP%201/"):
        assert Destination(url=url, identity="CP 1").address == "wss://x/ocpp/CP%201"
    assert "secret" not in repr(Destination(url="wss://x", identity="CP", password="secret"))
