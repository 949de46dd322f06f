"""Damaged streams without end: nothing is raised, and memory stays flat.

AMS2MQTT_FUZZ_INPUTS sets how many (for a long run, 1000000 and more), AMS2MQTT_FUZZ_SEED which.
"""

from collections.abc import Callable, Iterator
import os
from random import Random
import tracemalloc

from ams2mqtt_bridge.pipeline import Pipeline

from .encoders import blocks, ciphered, hdlc_segments, mbus_frames
from .helpers import FRAMES, hdlc, octets

INPUTS = int(os.environ.get("AMS2MQTT_FUZZ_INPUTS", "8000"))
SEED = os.environ.get("AMS2MQTT_FUZZ_SEED", "1")
KEY, AUTHENTICATION_KEY = bytes(range(16)), bytes(range(16, 32))
ALLOWED_GROWTH = 256 * 1024
SHORTEST_TO_MEASURE = 2000


def corpus() -> list[bytes]:
    framed = [octets(path.stem) for path in sorted(FRAMES.glob("*hdlc-amshan*.hex"))]
    bare = [octets(path.stem) for path in sorted(FRAMES.glob("*llcpdu*.hex"))]
    telegrams = [path.read_bytes() for path in sorted(FRAMES.glob("p1-*.txt"))]
    made = []
    for apdu in bare:
        made += [b"".join(mbus_frames(apdu)), b"".join(hdlc_segments(apdu, 90))]
        made.append(b"".join(map(hdlc, blocks(apdu[3:]))))
        made.append(hdlc(ciphered(apdu[3:], KEY, AUTHENTICATION_KEY)))
        made.append(ciphered(apdu[3:], KEY, control=0x20))
    return framed + bare + telegrams + made


def flip(data: bytearray, random: Random) -> None:
    data[random.randrange(len(data))] ^= 1 << random.randrange(8)


def replace(data: bytearray, random: Random) -> None:
    data[random.randrange(len(data))] = random.choice((0x7E, 0x68, 0x2F, 0x21, 0x02, 0x09, 0xFF))


def cut(data: bytearray, random: Random) -> None:
    del data[random.randrange(len(data)) :]


def drop(data: bytearray, random: Random) -> None:
    at = random.randrange(len(data))
    del data[at : at + random.randrange(1, 9)]


def insert(data: bytearray, random: Random) -> None:
    at = random.randrange(len(data))
    data[at:at] = random.randbytes(random.randrange(1, 9))


def repeat(data: bytearray, random: Random) -> None:
    at = random.randrange(len(data))
    data[at:at] = data[at : at + random.randrange(1, 40)]


MUTATIONS: tuple[Callable[[bytearray, Random], None], ...] = (
    flip,
    flip,
    replace,
    cut,
    drop,
    insert,
    repeat,
)


def damaged(samples: list[bytes], random: Random) -> Iterator[bytes]:
    while True:
        data = bytearray(random.choice(samples))
        for _ in range(random.randrange(4)):
            if data:
                random.choice(MUTATIONS)(data, random)
        yield bytes(data)


def refit(payload: bytes) -> bytes:
    """Put a payload into a frame with its checks right, so that the damage reaches the decoders."""
    return hdlc(payload[:1500]) if payload else b""


def test_no_stream_makes_it_raise_or_grow() -> None:
    random = Random(SEED)
    pipeline = Pipeline(encryption_key=KEY, authentication_key=AUTHENTICATION_KEY)
    streams = damaged(corpus(), random)
    measured = 0
    tracemalloc.start()
    try:
        for number in range(INPUTS):
            stream = next(streams)
            if random.random() < 0.3:
                stream = refit(stream)
            at = random.randrange(len(stream) + 1)
            pipeline.feed(stream[:at])
            pipeline.feed(stream[at:])
            if number == SHORTEST_TO_MEASURE:
                measured, _ = tracemalloc.get_traced_memory()
        grown = tracemalloc.get_traced_memory()[0] - measured
    finally:
        tracemalloc.stop()
    counts = pipeline.counts
    assert counts.lists > INPUTS // 10
    assert counts.undecodable > INPUTS // 100
    assert counts.frames.bad > INPUTS // 10
    assert INPUTS <= SHORTEST_TO_MEASURE or grown < ALLOWED_GROWTH
