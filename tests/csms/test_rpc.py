"""Frames: what is answered, what is dropped, what never raises."""

import asyncio
import json
import logging
from typing import Any

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.zmartcharge.csms import (
    CallFailedError,
    CallTimeoutError,
    NotAcknowledgedError,
    NotConnectedError,
)
from custom_components.zmartcharge.csms.redaction import loggable
from custom_components.zmartcharge.csms.rpc import Rpc, RpcError


class Wire:
    """An Rpc whose frames are kept."""

    def __init__(self) -> None:
        self.sent: list[list[Any]] = []
        self.error: Exception | None = None
        self.rpc = Rpc("CP1", self._send, self._answer)

    async def _send(self, text: str) -> None:
        self.sent.append(json.loads(text))

    async def _answer(self, action: str, payload: dict[str, Any]) -> dict[str, Any]:
        if self.error:
            raise self.error
        return {"echo": action}

    async def exchange(self, *frames: str) -> list[list[Any]]:
        serving = asyncio.ensure_future(self.rpc.serve())
        for frame in frames:
            await self.rpc.feed(frame)
        for _ in range(5):
            await asyncio.sleep(0)
        serving.cancel()
        await asyncio.gather(serving, return_exceptions=True)
        return self.sent


async def test_a_call_is_answered() -> None:
    assert await Wire().exchange('[2,"1","Heartbeat",{}]') == [[3, "1", {"echo": "Heartbeat"}]]


@pytest.mark.parametrize(
    "frame",
    ['[2,"1","Heartbeat"]', '[2,"1","Heartbeat",[]]', '[2,"1",{},{}]', '[2,"1"]'],
)
async def test_statement_13_a_malformed_call_with_an_id_gets_a_callerror(frame: str) -> None:
    (answer,) = await Wire().exchange(frame)
    assert answer[:3] == [4, "1", "FormationViolation"]


@pytest.mark.parametrize(
    "frame",
    [
        "", "{", "null", "7", '"x"', "{}", "[]", "[2]", "[2,3]", '[9,"1",{}]', '[3,"1",{}]',
        '[4,"1","x"]', '[{"a":1},"1"]', "[" * 50_000, '[2,"' + "1" * 5000 + '","Heartbeat",{}]',
        "[" + "9" * 5000 + "]", '[3,"1"]', '[2,null,"Heartbeat",{}]',
    ],
)  # fmt: skip
async def test_statement_13_hostile_frames_never_raise_and_the_next_call_is_answered(
    frame: str,
) -> None:
    sent = await Wire().exchange(frame, '[2,"7","Heartbeat",{}]')
    assert sent[-1] == [3, "7", {"echo": "Heartbeat"}]


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=20,
)


@given(st.one_of(st.text(), _json.map(json.dumps)))
@settings(max_examples=300, deadline=None)
def test_statement_12_no_frame_whatever_raises(frame: str) -> None:
    async def feed() -> None:
        await Wire().rpc.feed(frame)

    asyncio.run(feed())


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (RpcError("NotImplemented", "x"), "NotImplemented"),
        (NotAcknowledgedError("full"), "InternalError"),
        (ZeroDivisionError(), "InternalError"),
    ],
)
async def test_a_handler_that_fails_gives_a_callerror(error: Exception, code: str) -> None:
    wire = Wire()
    wire.error = error
    (answer,) = await wire.exchange('[2,"1","X",{}]')
    assert answer[:3] == [4, "1", code]


async def _call(wire: Wire, reply: Any, timeout: float = 5) -> Any:
    calling = asyncio.ensure_future(wire.rpc.call("Reset", {"type": "Soft"}, timeout=timeout))
    while not wire.sent:
        await asyncio.sleep(0)
    message_id = wire.sent[-1][1]
    if reply is not None:
        await wire.rpc.feed(json.dumps(reply).replace("ID", message_id))
    return await calling


async def test_our_call_returns_the_response() -> None:
    wire = Wire()
    assert await _call(wire, [3, "ID", {"status": "Accepted"}]) == {"status": "Accepted"}
    assert wire.sent[0][0] == 2
    assert wire.sent[0][2:] == ["Reset", {"type": "Soft"}]


async def test_a_callerror_raises_what_the_charger_said() -> None:
    with pytest.raises(CallFailedError, match="NotSupported: no") as caught:
        await _call(Wire(), [4, "ID", "NotSupported", "no", {"a": 1}])
    assert caught.value.details == {"a": 1}


async def test_a_callerror_without_the_rest_is_understood() -> None:
    with pytest.raises(CallFailedError, match="GenericError"):
        await _call(Wire(), [4, "ID", "GenericError"])


async def test_no_answer_is_a_timeout() -> None:
    with pytest.raises(CallTimeoutError):
        await _call(Wire(), None, timeout=0.01)


async def test_statement_11_answers_to_nothing_are_dropped() -> None:
    wire = Wire()
    for number in range(1000):
        await wire.rpc.feed(f'[3,"{number}",{{}}]')
    assert await _call(wire, [3, "ID", {}]) == {}


async def test_a_closed_connection_fails_the_call_in_flight_and_later_ones() -> None:
    wire = Wire()
    calling = asyncio.ensure_future(wire.rpc.call("Reset", {}))
    while not wire.sent:
        await asyncio.sleep(0)
    wire.rpc.close()
    with pytest.raises(NotConnectedError):
        await calling
    with pytest.raises(NotConnectedError):
        await wire.rpc.call("Reset", {})


async def test_a_socket_that_is_gone_is_not_connected() -> None:
    async def send(_text: str) -> None:
        raise ConnectionResetError

    rpc = Rpc("CP1", send, Wire()._answer)
    with pytest.raises(NotConnectedError):
        await rpc.call("Reset", {})


async def test_one_call_is_in_flight_at_a_time() -> None:
    wire = Wire()
    first = asyncio.ensure_future(wire.rpc.call("Reset", {}))
    second = asyncio.ensure_future(wire.rpc.call("ClearCache", {}))
    for _ in range(5):
        await asyncio.sleep(0)
    assert len(wire.sent) == 1
    await wire.rpc.feed(json.dumps([3, wire.sent[0][1], {}]))
    await first
    for _ in range(5):
        await asyncio.sleep(0)
    await wire.rpc.feed(json.dumps([3, wire.sent[1][1], {}]))
    await second


def test_statement_17_logs_hide_secrets_and_control_characters() -> None:
    frame = json.dumps([2, "1", "Authorize", {"idTag": "04A1B2"}])
    assert "04A1B2" not in loggable(frame)
    key = json.dumps([2, "1", "ChangeConfiguration", {"key": "AuthorizationKey", "value": "s3"}])
    assert "s3" not in loggable(key)
    assert loggable("a\x1b[31m\nb") == "a\\x1b[31m\\nb"
    assert len(loggable("x" * 10_000)) < 600


async def test_statement_17_frames_are_not_logged_above_debug(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caplog.at_level(logging.INFO):
        await Wire().exchange('[2,"1","Heartbeat",{}]')
    assert caplog.text == ""
