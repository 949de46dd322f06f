"""Whatever a charger says in whatever order: an answer comes, and no session is told twice."""

from collections.abc import Coroutine
from typing import Any

from hypothesis import assume, given, settings, strategies as st
from ocpp.v201.enums import Action
import pytest

from custom_components.zmartcharge.csms.rpc import RpcError
from custom_components.zmartcharge.csms.v201.inbound import Inbound201
from custom_components.zmartcharge.csms.v201.memory import ChargerMemory
from custom_components.zmartcharge.csms.v201.variables import read_report

from ..conftest import NOW
from .conftest import AT, BOOT, CARD, KeepingHandler, register

_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=5,
)
_COMPONENT = {"name": "Connector", "evse": {"id": 1, "connectorId": 1}}
_SAID: dict[str, dict[str, Any]] = {
    "Authorize": {"idToken": CARD},
    "BootNotification": BOOT,
    "Heartbeat": {},
    "MeterValues": {"evseId": 1, "meterValue": [register(5, unitOfMeasure={"multiplier": 0})]},
    "NotifyEvent": {
        "eventData": [
            {
                "timestamp": AT,
                "actualValue": "Occupied",
                "techCode": "E1",
                "component": _COMPONENT,
                "variable": {"name": "AvailabilityState"},
            }
        ]
    },
    "NotifyReport": {"requestId": 1, "seqNo": 0, "reportData": []},
    "StatusNotification": {
        "timestamp": AT,
        "connectorStatus": "Occupied",
        "evseId": 1,
        "connectorId": 1,
    },
    "TransactionEvent": {
        "eventType": "Started",
        "timestamp": AT,
        "triggerReason": "Authorized",
        "seqNo": 0,
        "transactionInfo": {"transactionId": "T", "chargingState": "Charging"},
        "evse": {"id": 1, "connectorId": 1},
        "idToken": CARD,
        "meterValue": [register(5)],
    },
}


def run[T](work: Coroutine[Any, Any, T]) -> T:
    """Return what comes of work that has nothing to wait for."""
    try:
        work.send(None)
    except StopIteration as done:
        result: T = done.value
        return result
    raise AssertionError("it waits")


def paths(value: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return where in a payload something can be put."""
    found = [at] if at else []
    match value:
        case dict():
            items: Any = value.items()
        case list():
            items = enumerate(value)
        case _:
            return found
    return found + [path for key, inner in items for path in paths(inner, (*at, key))]


def put(value: Any, at: tuple[Any, ...], new: Any) -> Any:
    """Return a payload with something else in one place."""
    if not at:
        return new
    copy = value.copy()
    copy[at[0]] = put(value[at[0]], at[1:], new)
    return copy


@st.composite
def spoilt(draw: st.DrawFn) -> tuple[str, dict[str, Any]]:
    """Draw a message of which some parts are anything at all."""
    action = draw(st.sampled_from(sorted(_SAID)))
    payload = _SAID[action]
    for _ in range(draw(st.integers(0, 3))):
        if places := paths(payload):
            payload = put(payload, draw(st.sampled_from(places)), draw(_JSON))
    return action, payload


@settings(max_examples=100, deadline=None)
@given(st.lists(spoilt(), min_size=1, max_size=6))
def test_statement_12_no_message_whatsoever_is_left_without_an_answer(
    messages: list[tuple[str, dict[str, Any]]],
) -> None:
    inbound = Inbound201(
        KeepingHandler(), lambda: NOW, ChargerMemory(), lambda _: None, lambda _: None
    )
    for action, payload in messages:
        assert isinstance(run(inbound.answer(action, payload)), dict)


@given(st.text(max_size=20), _JSON)
def test_an_action_that_nobody_knows_is_refused(action: str, payload: Any) -> None:
    inbound = Inbound201(
        KeepingHandler(), lambda: NOW, ChargerMemory(), lambda _: None, lambda _: None
    )
    assume(action not in Action)
    with pytest.raises(RpcError) as caught:
        run(inbound.answer(action, {"x": payload}))
    assert caught.value.code == "NotImplemented"


@given(_JSON)
def test_a_report_of_anything_is_read(data: Any) -> None:
    items = [{"component": {"name": "A"}, "variable": {"name": "B"}, "variableAttribute": data}]
    for value in (data, items):
        assert all(isinstance(name, str) for name, _ in read_report(value))


def session(own_id: str, evse: int) -> list[dict[str, Any]]:
    """Return the events of a session of 1000 Wh."""
    kinds = ["Started", "Updated", "Updated", "Ended"]
    return [
        {
            "eventType": kind,
            "timestamp": f"2026-11-21T11:5{seq}:00Z",
            "triggerReason": "Authorized" if seq == 0 else "MeterValuePeriodic",
            "seqNo": seq,
            "transactionInfo": {"transactionId": own_id, "chargingState": "Charging"},
            "evse": {"id": evse},
            "meterValue": [register(1000 + seq * 500, at=f"2026-11-21T11:5{seq}:00Z")],
            **({"idToken": CARD} if seq == 0 else {}),
        }
        for seq, kind in enumerate(kinds)
    ]


_RESTART, _REBOOT = "restart of ours", "reboot of the charger"


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_each_session_is_told_once_however_often_and_late_it_is_said(data: st.DataObject) -> None:
    events: list[Any] = [*session("T1", 1), *session("T2", 2)]
    extra = data.draw(st.lists(st.sampled_from([*events, _RESTART, _REBOOT]), max_size=10))
    order = data.draw(st.permutations([*events, *extra]))
    handler, memory = KeepingHandler(), ChargerMemory()
    for event in order:
        if event == _RESTART:
            memory = ChargerMemory()
            continue
        inbound = Inbound201(handler, lambda: NOW, memory, lambda _: None, lambda _: None)
        if event == _REBOOT:
            run(inbound.answer("BootNotification", BOOT))
        else:
            run(inbound.answer("TransactionEvent", event))
    begun = {start.own_id: number for number, start in handler.kept.items()}
    assert sorted(begun) == ["T1", "T2"]
    assert len(handler.kept) == 2
    assert {stop.transaction_id for stop in handler.all("stop")} == set(begun.values())
    assert all(stop.meter_stop == 2500 for stop in handler.all("stop"))
    evse_of = {number: start.connector_id for number, start in handler.kept.items()}
    for values in handler.all("meter"):
        assert evse_of[values.transaction_id] == values.connector_id
