"""A charger that was given a new key: both are right until it has come with the new one."""

import asyncio
from collections.abc import AsyncIterator

from aiohttp import ClientSession
import pytest

from custom_components.zmartcharge.csms import CentralSystem, Registration, hash_key, verify_key

from .conftest import KEY, NOW, RecordingHandler, TestDirectory
from .secure import SecureServer, Watcher, answers, refusal

NEW_KEY = "a-new-key-of-twenty-x"
NEWER_KEY = "a-newer-key-of-twenty"


class KeyWatcher(Watcher):
    """Keeps who came with a new key."""

    def __init__(self) -> None:
        super().__init__()
        self.changed: list[str] = []

    def new_key_used(self, charge_point_id: str, key_hash: str) -> None:
        self.changed += [
            f"{charge_point_id}: {key}" for key in (NEW_KEY, NEWER_KEY) if verify_key(key_hash, key)
        ]


@pytest.fixture
async def server(
    handler: RecordingHandler, socket_enabled: None
) -> AsyncIterator[tuple[SecureServer, KeyWatcher]]:
    registration = Registration(
        key_hash=hash_key(KEY),
        new_key_hashes=(hash_key(NEW_KEY), hash_key(NEWER_KEY)),
        handler=handler,
    )
    watcher = KeyWatcher()
    csms = CentralSystem(TestDirectory({"CP1": registration}), lambda: NOW, watcher)
    port = await csms.start("127.0.0.1", 0)
    async with ClientSession() as session:
        running = SecureServer(csms, watcher, port, 0, session)
        yield running, watcher
        for socket in running.sockets:
            await socket.close()
        await csms.stop()


@pytest.mark.parametrize(
    ("key", "changed"),
    [
        (KEY, []),
        (NEW_KEY, [f"CP1: {NEW_KEY}"]),
        (NEW_KEY.encode().hex(), [f"CP1: {NEW_KEY}"]),
        (NEWER_KEY, [f"CP1: {NEWER_KEY}"]),
    ],
)
async def test_each_key_is_right_and_a_new_one_is_told_of(
    server: tuple[SecureServer, KeyWatcher], key: str, changed: list[str]
) -> None:
    running, watcher = server
    charger = await running.dial(key=key, plain=True)
    assert await answers(charger)
    assert watcher.changed == changed


async def test_no_other_key_is_right(server: tuple[SecureServer, KeyWatcher]) -> None:
    running, watcher = server
    assert await refusal(running.dial(key="neither-of-both-keys", plain=True)) == 401
    assert await refusal(running.dial(plain=True)) == 401
    assert watcher.changed == []


async def test_a_new_key_of_one_who_is_turned_away_changes_nothing(
    server: tuple[SecureServer, KeyWatcher],
) -> None:
    """Who is connected already with the old key stays, and the old key with it."""
    running, watcher = server
    first = await running.dial(key=KEY, plain=True)
    # Pings are answered while it listens.
    listening = asyncio.create_task(first.socket.receive())
    second = await running.dial(key=NEW_KEY, plain=True)
    assert (await second.socket.receive(timeout=5)).data == 1008
    listening.cancel()
    await asyncio.wait([listening])
    assert watcher.changed == []
    assert await answers(first)
