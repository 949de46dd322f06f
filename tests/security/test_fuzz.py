"""Statements 12 and 13: no frame raises, ends a connection, or keeps a valid call from its answer."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from hypothesis import HealthCheck, given, settings, strategies as st
from jsonschema import Draft4Validator, Draft6Validator
import pytest

from benchmarks.durability.keeper import Keeper
from custom_components.zmartcharge import bookkeeping
from custom_components.zmartcharge.ledger import Ledger

from .schemas import ANYTHING, names, payloads, requests, schema
from .wire import Peer, central_system

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
VERSIONS = ("1.6", "2.0.1", "2.1")
_ALIVE = '[2,"alive","Heartbeat",{}]'
#: What a charger is told that was answered because of a fault of ours.
_OUR_FAULT = "InternalError"
fuzz = settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)


@dataclass
class Answered:
    """What came back for frames that were said on one connection."""

    frames: list[list[Any]] = field(default_factory=list)
    alive: bool = False


class House:
    """A ledger, and a central system for each list of frames."""

    def __init__(self, runner: asyncio.Runner, ledger: Ledger) -> None:
        self._runner = runner
        self._ledger = ledger

    def hears(self, version: str, frames: list[str]) -> Answered:
        """Say frames, then see whether the connection still answers."""
        return self._runner.run(self._hear(version, frames))

    async def _hear(self, version: str, frames: list[str]) -> Answered:
        answered = Answered()
        keeper = Keeper(self._ledger, "CP1")
        async with central_system({"CP1": keeper}, lambda: NOW) as csms:
            peer = Peer(csms, "CP1", f"ocpp{version}")
            for frame in frames:
                peer.line.say(frame)
            peer.line.say(_ALIVE)
            while (frame := await peer.answer())[1] != "alive":
                answered.frames.append(frame)
            answered.alive = frame[0] == 3
        return answered


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    monkeypatch.setattr(bookkeeping, "dt_util", SimpleNamespace(utcnow=lambda: NOW))
    with asyncio.Runner() as runner:
        ledger = runner.run(Ledger.open(f"sqlite:///{tmp_path / 'ledger.db'}"))
        yield House(runner, ledger)
        runner.run(ledger.close())


@pytest.mark.parametrize("version", VERSIONS)
def test_12_each_request_that_its_schema_allows_is_answered(house: House, version: str) -> None:
    """From either side: what only we may send is refused, and that is an answer."""

    @fuzz
    @given(st.data())
    def each_is_answered(data: st.DataObject) -> None:
        said = [
            (action, data.draw(payloads(version, action), label=action))
            for action in data.draw(st.lists(names(version), min_size=1, max_size=5))
        ]
        frames = [json.dumps([2, str(n), *request]) for n, request in enumerate(said)]
        answered = house.hears(version, frames)
        assert answered.alive
        assert [frame[1] for frame in answered.frames] == [str(n) for n in range(len(said))]
        for frame in answered.frames:
            assert frame[0] == 3 or frame[2] in {"NotSupported", "NotImplemented"}, frame

    each_is_answered()


@pytest.mark.parametrize("version", VERSIONS)
def test_12_each_request_of_which_parts_are_anything_is_answered(
    house: House, version: str
) -> None:
    @fuzz
    @given(st.lists(requests(version), min_size=1, max_size=5))
    def each_is_answered(said: list[tuple[str, Any]]) -> None:
        frames = [json.dumps([2, str(n), *request]) for n, request in enumerate(said)]
        answered = house.hears(version, frames)
        assert answered.alive
        assert {frame[1] for frame in answered.frames} == {str(n) for n in range(len(said))}
        assert _OUR_FAULT not in {frame[2] for frame in answered.frames if frame[0] == 4}

    each_is_answered()


_CORPUS = [
    b'[2,"1","Heartbeat",{}]',
    b'[2,"1","StartTransaction",{"connectorId":1,"idTag":"T","meterStart":0}]',
    b'[2,"1","TransactionEvent",{"eventType":"Started","seqNo":0}]',
    b'[3,"1",{"status":"Accepted"}]',
    b'[4,"1","GenericError","x",{}]',
]


@st.composite
def mutated(draw: st.DrawFn) -> str:
    """Draw a frame of which bytes were flipped, cut out, doubled or put in."""
    frame = bytearray(draw(st.sampled_from(_CORPUS)))
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(frame)))
        match draw(st.sampled_from(["flip", "cut", "double", "put"])):
            case "flip" if at < len(frame):
                frame[at] ^= 1 << draw(st.integers(0, 7))
            case "cut":
                del frame[at : at + draw(st.integers(1, 8))]
            case "double":
                frame[at:at] = frame[at : at + draw(st.integers(1, 8))]
            case _:
                frame[at:at] = draw(st.binary(max_size=8))
    return frame.decode("utf-8", "replace")


_frames = st.one_of(
    mutated(),
    st.text(max_size=40),
    st.binary(max_size=40).map(lambda octets: octets.decode("utf-8", "replace")),
    ANYTHING.map(json.dumps),
    st.lists(ANYTHING, max_size=5).map(json.dumps),
    st.integers(1, 30_000).map(lambda depth: "[" * depth),
    st.integers(1, 30_000).map(lambda digits: "[2," + "9" * digits + "]"),
)


@pytest.mark.parametrize("version", VERSIONS)
def test_13_no_octets_raise_or_end_the_connection(house: House, version: str) -> None:
    @fuzz
    @given(st.lists(_frames, min_size=1, max_size=12))
    def connection_lives(frames: list[str]) -> None:
        answered = house.hears(version, frames)
        assert answered.alive
        assert len(answered.frames) <= len(frames)
        assert _OUR_FAULT not in {frame[2] for frame in answered.frames if frame[0] == 4}

    connection_lives()


@pytest.mark.parametrize("version", VERSIONS)
def test_what_is_drawn_from_a_schema_is_what_it_allows(version: str) -> None:
    validator = Draft4Validator if version == "1.6" else Draft6Validator

    @fuzz
    @given(st.data())
    def is_valid(data: st.DataObject) -> None:
        action = data.draw(names(version))
        payload = data.draw(payloads(version, action))
        errors = list(validator(schema(version, action)).iter_errors(payload))
        assert not [error for error in errors if error.validator != "multipleOf"], errors

    is_valid()
