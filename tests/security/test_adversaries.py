"""Attackers on real sockets, beside chargers that only want to charge."""

import asyncio
from collections.abc import AsyncIterator, Coroutine
import contextlib
from datetime import timedelta
import json
from pathlib import Path
import ssl
import struct
import time
from typing import Any

from aiohttp import ClientError, ClientSession, WSMsgType, WSServerHandshakeError, encode_basic_auth
import pytest

from benchmarks.durability.keeper import Keeper
from custom_components.zmartcharge.csms import CentralSystem, Limit, Registration, hash_key, server
from custom_components.zmartcharge.ledger import Ledger
from tests.csms.conftest import KEY, RawCharger, Server, TestDirectory
from tests.house import wait_until

from .test_statements import iso

KEY_HASH = hash_key(KEY)
GOOD = tuple(f"GOOD{number}" for number in range(9))
BAD = "BAD"


@pytest.fixture
async def ledger(tmp_path: Path) -> AsyncIterator[Ledger]:
    ledger = await Ledger.open(f"sqlite:///{tmp_path / 'ledger.db'}")
    yield ledger
    await ledger.close()


@pytest.fixture
def directory(ledger: Ledger) -> TestDirectory:
    """Know nine good chargers and a bad one, whose sessions are kept."""
    return TestDirectory(
        {
            identity: Registration(key_hash=KEY_HASH, handler=Keeper(ledger, identity))
            for identity in (*GOOD, BAD)
        }
    )


async def connect(server: Server, identity: str = "GOOD0") -> RawCharger:
    return await server.connect(identity, key=KEY)


async def calls(charger: RawCharger, action: str, payload: dict[str, Any]) -> dict[str, Any]:
    """Send a CALL, refuse what is asked meanwhile, and return the answer's payload."""
    charger._count += 1
    message_id = f"m{charger._count}"
    await charger.say(json.dumps([2, message_id, action, payload]))
    while (frame := await charger.hear())[0] == 2:
        await charger.say(json.dumps([4, frame[1], "NotSupported", "", {}]))
    assert frame[:2] == [3, message_id], frame
    answer: dict[str, Any] = frame[2]
    return answer


async def start(charger: RawCharger) -> int:
    payload = {"connectorId": 1, "idTag": "T", "meterStart": 1000, "timestamp": iso(0)}
    number: int = (await calls(charger, "StartTransaction", payload))["transactionId"]
    return number


def values(register: int, minute: float) -> dict[str, Any]:
    value = {"timestamp": iso(minute), "sampledValue": [{"value": str(register)}]}
    return {"connectorId": 1, "meterValue": [value]}


@contextlib.asynccontextmanager
async def meanwhile(attack: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    """Let an attack go on as long as this lasts."""
    attacking = asyncio.ensure_future(attack)
    try:
        yield
        assert not attacking.done(), attacking
    finally:
        attacking.cancel()
        await asyncio.gather(attacking, return_exceptions=True)


async def opened(port: int, says: bytes = b"") -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(says)
    return reader, writer


# Taking a charger's place ------------------------------------------------------------------------


async def test_06_who_takes_a_chargers_id_and_key_neither_displaces_it_nor_hears_it(
    server: Server, ledger: Ledger
) -> None:
    victim = await connect(server)
    transaction = await start(victim)
    # It is read, and so answers pings.
    listening = asyncio.ensure_future(victim.socket.receive())
    for _ in range(3):
        thief = await connect(server)
        await thief.say(json.dumps([2, "1", "StopTransaction", {"transactionId": transaction}]))
        message = await thief.socket.receive(timeout=5)
        assert (message.type, message.data) == (WSMsgType.CLOSE, 1008)
    assert not listening.done()
    listening.cancel()
    (session,) = await ledger.sessions()
    assert session.stopped_at is None
    await calls(victim, "MeterValues", values(1500, 5))


async def test_06_the_id_alone_opens_nothing(server: Server) -> None:
    victim = await connect(server)
    await calls(victim, "Heartbeat", {})
    for key in (None, "guess-guess-guess-g"):
        with pytest.raises(WSServerHandshakeError) as refused:
            await server.connect("GOOD0", key=key)
        assert refused.value.status == 401
    assert await calls(victim, "Heartbeat", {})


async def test_06_a_hundred_reconnects_at_once_leave_one_connection_that_works(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As after a storm of its router: the old connection is dead, and all that is new comes at once."""
    monkeypatch.setattr("custom_components.zmartcharge.csms.server.PROBE_TIMEOUT", 0.7)
    asyncio.get_running_loop().set_debug(False)
    dead = await server.connect("GOOD0", key=KEY, autoping=False)
    await dead.say('[2,"0","Heartbeat",{}]')
    live: list[RawCharger] = []

    async def reconnect() -> None:
        charger = await connect(server)
        await charger.say('[2,"1","Heartbeat",{}]')
        message = await charger.socket.receive(timeout=30)
        if message.type is WSMsgType.TEXT:
            live.append(charger)
            # Only who is read answers pings.
            while (await charger.socket.receive()).type is WSMsgType.TEXT:
                continue

    coming = [asyncio.ensure_future(reconnect()) for _ in range(100)]
    async with asyncio.timeout(30):
        while sum(not task.done() for task in coming) > 1:
            await asyncio.wait(coming, return_when=asyncio.FIRST_COMPLETED, timeout=0.05)
    assert len(live) == 1
    assert list(server.csms.connections) == ["GOOD0"]
    await live[0].socket.close()
    await asyncio.gather(*coming)
    await wait_until(lambda: server.csms.connections == {})
    assert len(server.csms._crowd) == 0


# Saying too much ---------------------------------------------------------------------------------


async def flood(charger: RawCharger, frame: str) -> None:
    """Say the same as fast as the line takes it, and read what comes back."""

    async def read() -> None:
        while (await charger.socket.receive()).type is WSMsgType.TEXT:
            continue

    reading = asyncio.ensure_future(read())
    try:
        while True:
            for _ in range(20):
                await charger.say(frame)
            # The attacker has a computer of its own; here it must let others have their turn.
            await asyncio.sleep(0)
    finally:
        reading.cancel()


@pytest.mark.parametrize(
    "frame",
    [
        json.dumps([2, "1", "MeterValues", values(1500, 5)]),
        json.dumps([2, "1", "Heartbeat", {}]),
        '[3,"1",{}]',
        "x",
    ],
    ids=["values", "heartbeats", "answers", "nonsense"],
)
async def test_10_a_flood_of_one_delays_nine_others_by_less_than_a_second(
    server: Server, frame: str
) -> None:
    asyncio.get_running_loop().set_debug(False)
    bad = await connect(server, BAD)
    good = [await connect(server, identity) for identity in GOOD]
    slowest = 0.0

    async def charge(charger: RawCharger) -> None:
        nonlocal slowest
        await start(charger)
        for number in range(5):
            began = time.perf_counter()
            await calls(charger, "MeterValues", values(1000 + 100 * number, number))
            slowest = max(slowest, time.perf_counter() - began)
            await asyncio.sleep(0.02)

    async with meanwhile(flood(bad, frame)):
        await asyncio.gather(*map(charge, good))
    assert slowest < 1


async def test_10_a_flood_of_one_delays_a_limit_for_another_by_less_than_two_seconds(
    server: Server, directory: TestDirectory
) -> None:
    bad, good = await connect(server, BAD), await connect(server)
    await calls(good, "Heartbeat", {})
    registration = directory.find("GOOD0")
    assert registration and isinstance(registration.handler, Keeper)
    station = registration.handler.station
    assert station

    async def take_limits() -> None:
        while True:
            frame = await good.hear()
            payload = {"status": "Accepted"}
            await good.say(json.dumps([3, frame[1], payload]))

    frame = json.dumps([2, "1", "MeterValues", values(1500, 5)])
    async with meanwhile(flood(bad, frame)), meanwhile(take_limits()):
        for amperes in (16, 10, 6):
            began = time.perf_counter()
            limit = Limit(amperes=amperes, watts=690 * amperes)
            await station.set_limit(1, limit, expiry=timedelta(minutes=2), transaction_id=None)
            assert time.perf_counter() - began < 2


def frame_of(opcode: int, payload: bytes, *, last: bool = True) -> bytes:
    """Return a client's WebSocket frame (RFC 6455, clause 5.2), masked with zeros."""
    first = (0x80 if last else 0) | opcode
    size = struct.pack(">BBQ", first, 0x80 | 127, len(payload))
    return size + bytes(4) + payload


@contextlib.asynccontextmanager
async def bare(server: Server) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """Open the bad charger's WebSocket without its manners."""

    lines = (
        f"GET /{BAD} HTTP/1.1",
        "Host: house",
        "Upgrade: websocket",
        "Connection: Upgrade",
        "Sec-WebSocket-Key: YWFhYWFhYWFhYWFhYWFhYQ==",
        "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Protocol: ocpp1.6",
        f"Authorization: {encode_basic_auth(BAD, KEY)}",
    )
    reader, writer = await opened(server.port, "\r\n".join((*lines, "", "")).encode())
    assert b"101" in (await reader.readuntil(b"\r\n\r\n")).splitlines()[0]
    yield reader, writer
    writer.close()


MIB = 1024 * 1024


@pytest.mark.parametrize(
    "frames",
    [
        frame_of(1, b"x" * MIB),
        b"".join(frame_of(0 if n else 1, b"x" * 16_384, last=n == 63) for n in range(64)),
        struct.pack(">BBQ", 0x81, 0x80 | 127, 2**62) + bytes(4) + b"x" * 70_000,
        frame_of(2, b"x" * MIB),
    ],
    ids=["one frame", "64 fragments", "a length of exbibytes", "binary"],
)
async def test_08_a_mebibyte_ends_its_own_connection_only(server: Server, frames: bytes) -> None:
    good = await connect(server)
    async with bare(server) as (reader, writer):
        writer.write(frames)
        async with asyncio.timeout(5):
            told = b""
            with contextlib.suppress(ConnectionError):
                told = await reader.read()
        # A closing frame, if the reset did not overtake it: 1009, too big.
        assert not told or told[:1] == b"\x88"
    await wait_until(lambda: list(server.csms.connections) == ["GOOD0"])
    assert await calls(good, "Heartbeat", {})


# Standing in the way -----------------------------------------------------------------------------


async def test_09_slow_loris_keeps_nobody_out_and_is_ended(
    directory: TestDirectory, socket_enabled: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A request that comes a byte at a time is given as long as one that does not come at all."""
    monkeypatch.setattr(server, "_IDLE_TIMEOUT", 0.3)
    csms = CentralSystem(directory)
    port = await csms.start("127.0.0.1", 0)
    request = b"GET /GOOD0 HTTP/1.1\r\n" + b"X-Slow: 1\r\n" * 1000
    lines = [await opened(port) for _ in range(100)]

    async def trickle() -> None:
        for at in range(len(request)):
            for _, writer in lines:
                writer.write(request[at : at + 1])
            await asyncio.sleep(0.02)

    async with meanwhile(trickle()), ClientSession() as session:
        running = Server(csms, port, session)
        good = await connect(running)
        assert await calls(good, "Heartbeat", {})
        async with asyncio.timeout(2):
            for reader, _ in lines:
                with contextlib.suppress(ConnectionError):
                    await reader.read()
        assert await calls(good, "Heartbeat", {})
        await asyncio.gather(csms.stop(), good.socket.close())
    for _, writer in lines:
        writer.close()


async def test_09_slow_loris_within_a_frame_holds_nobody_up(server: Server) -> None:
    good = await connect(server)
    async with bare(server) as (_, writer):
        writer.write(frame_of(1, b"x" * 60_000)[:14])
        for _ in range(5):
            writer.write(b"x")
            began = time.perf_counter()
            await calls(good, "Heartbeat", {})
            assert time.perf_counter() - began < 1


@pytest.mark.parametrize("says", [b"", b"GET /GOOD0 HT"], ids=["silent", "begun"])
async def test_09_500_half_open_handshakes_keep_nobody_out(
    directory: TestDirectory, socket_enabled: None, monkeypatch: pytest.MonkeyPatch, says: bytes
) -> None:

    asyncio.get_running_loop().set_debug(False)
    monkeypatch.setattr(server, "_IDLE_TIMEOUT", 0.5)
    csms = CentralSystem(directory)
    port = await csms.start("127.0.0.1", 0)
    lines = [await opened(port, says) for _ in range(500)]
    async with ClientSession() as session:
        good = await connect(Server(csms, port, session))
        async with asyncio.timeout(1):
            assert await calls(good, "Heartbeat", {})
        async with asyncio.timeout(5):
            for reader, _ in lines:
                with contextlib.suppress(ConnectionError):
                    assert b"101" not in await reader.read()
        assert await calls(good, "Heartbeat", {})
        await asyncio.gather(csms.stop(), good.socket.close())
    for _, writer in lines:
        writer.close()


async def test_04_tls_with_the_plain_port_is_refused_and_harms_nobody(server: Server) -> None:
    """The TLS port's own refusals are in tests/csms/test_tls.py."""
    good = await connect(server)
    context = ssl.create_default_context()
    for _ in range(10):
        with pytest.raises((OSError, ClientError)):
            await server.session.ws_connect(f"wss://127.0.0.1:{server.port}/GOOD1", ssl=context)
    assert await calls(good, "Heartbeat", {})
    assert list(server.csms.connections) == ["GOOD0"]
