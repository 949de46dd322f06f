"""Meter lists per second against amshan, good frames lost to damage, CPU share, and memory growth.

Both read the same frames in this run, from octets to values. amshan is the reader and the decoder of
the Home Assistant integration of the same name.
"""

from collections.abc import Callable, Iterator
import contextlib
from datetime import UTC, datetime
import gc
import logging
from pathlib import Path
from random import Random
import re
import time
import tracemalloc

from han.autodecoder import AutoDecoder
from han.dlde import ModeDReader
from han.hdlc import HdlcFrameReader

from ams2mqtt_bridge.config import DeviceConfig
from ams2mqtt_bridge.pipeline import Pipeline
from ams2mqtt_bridge.publishers.base import Report
from ams2mqtt_bridge.publishers.json_classic import json_classic

from .report import Figure, Goal, show

_FRAMES = Path(__file__).parent.parent / "tests" / "fixtures" / "frames"
_LISTS = {
    "Aidon list 1": "mit-aidon-hdlc-amshan-no_list_1.hex",
    "Aidon IT list 2": "mit-aidon-IT-hdlc-amshan-no_list_2.hex",
    "Aidon IT list 3": "mit-aidon-IT-hdlc-amshan-no_list_3.hex",
    "Aidon SE": "mit-aidon-hdlc-amshan-se_list.hex",
    "Kaifa list 1": "mit-kaifa-hdlc-amshan-no_list_1.hex",
    "Kaifa IT list 2": "mit-kaifa-IT-hdlc-amshan-no_list_2.hex",
    "Kaifa IT list 3": "mit-kaifa-IT-hdlc-amshan-no_list_3.hex",
    "Kaifa SE": "mit-kaifa-hdlc-amshan-se_list.hex",
    "Kamstrup list 1": "mit-kamstrup-hdlc-amshan-no_list_1_three_phase.hex",
    "Kamstrup list 2": "mit-kamstrup-hdlc-amshan-no_list_2_three_phase.hex",
    "Kamstrup SE": "mit-kamstrup-hdlc-amshan-se_list_real_sample.hex",
    "Kamstrup P1": "p1-amshan-example_data_kamstrup.txt",
    "Landis+Gyr E360 P1": "p1-amshan-example_data_d_landisgyr_360.txt",
    "Iskraemeco P1 (DSMR 5)": "p1-dsmrparser-telegram_v5.txt",
}
_ROUNDS = 3
_ROUND_SECONDS = 0.35
_DAMAGED_STREAMS = 40
_GOOD_AFTER = 20
_HOUR = 3600
_ENDURANCE = 1_000_000
_MEBIBYTE = 1024 * 1024

type Feed = Callable[[bytes], int]


def _octets(name: str) -> bytes:
    path = _FRAMES / name
    return path.read_bytes() if path.suffix == ".txt" else bytes.fromhex(path.read_text())


def _ours() -> Feed:
    pipeline = Pipeline()
    return lambda chunk: len(pipeline.feed(chunk))


def _amshan(*, telegrams: bool = False) -> Feed:
    reader = ModeDReader() if telegrams else HdlcFrameReader(False, False)
    decoder = AutoDecoder()

    def feed(chunk: bytes) -> int:
        return sum(bool(decoder.decode_message(message)) for message in reader.read(chunk))

    return feed


def _rate(feed: Feed, frame: bytes) -> float:
    """Return frames per second of processor time; the best of some rounds, which load disturbs."""
    if not feed(frame):
        raise ValueError("the frame was not read")
    best = 0.0
    for _ in range(_ROUNDS):
        count, began, spent = 0, time.process_time(), 0.0
        while spent < _ROUND_SECONDS:
            for _ in range(20):
                feed(frame)
            count += 20
            spent = time.process_time() - began
        best = max(best, count / spent)
    return best


def _speed() -> Iterator[tuple[Figure, Figure, Goal]]:
    for name, file in _LISTS.items():
        frame = _octets(file)
        ours = _rate(_ours(), frame)
        theirs = _rate(_amshan(telegrams=file.endswith(".txt")), frame)
        yield (
            Figure(f"ours: {name}", ours, "per second"),
            Figure(f"amshan: {name}", theirs, "per second"),
            Goal(f"{name}: times amshan's rate", ours / theirs, 10),
        )


def _share() -> tuple[Figure, Goal]:
    """Return what an hour of an Aidon's lists, read and formatted as JSON, takes of a core."""
    lists = [_octets(file) for name, file in _LISTS.items() if name.startswith("Aidon")]
    # Every 2.5 s list 1, every 10 s list 2, hourly list 3, cut as a port at 2400 baud delivers them.
    hour = [lists[0]] * (_HOUR * 2 // 5) + [lists[1]] * (_HOUR // 10) + [lists[2]]
    pipeline = Pipeline()
    device = DeviceConfig(id="AA:BB", name="bench")
    received = datetime(2026, 11, 21, tzinfo=UTC)
    began = time.process_time()
    sequence = 0
    for frame in hour:
        for at in range(0, len(frame), 32):
            for meter_list in pipeline.feed(frame[at : at + 32]):
                sequence += 1
                report = Report(
                    meter_list=meter_list,
                    received=received,
                    device=device,
                    sequence=sequence,
                    uptime=sequence,
                )
                json_classic(report)
    spent = time.process_time() - began
    share = 100 * spent / _HOUR
    return (
        Figure("whole path, an hour of an Aidon's lists", spent, "s of a core"),
        Goal("CPU share of the whole path, %", share, 1, at_most=True),
    )


def _bit_flip(frame: bytes, random: Random) -> bytes:
    flipped = bytearray(frame)
    flipped[random.randrange(1, len(frame) - 1)] ^= 1 << random.randrange(8)
    return bytes(flipped)


def _truncated(frame: bytes, random: Random) -> bytes:
    return frame[: random.randrange(1, len(frame) - 1)]


def _inserted(frame: bytes, random: Random) -> bytes:
    at = random.randrange(1, len(frame) - 1)
    return frame[:at] + random.randbytes(random.randrange(1, 20)) + frame[at:]


def _dropped(frame: bytes, random: Random) -> bytes:
    at = random.randrange(1, len(frame) - 1)
    return frame[:at] + frame[at + 1 :]


def _false_length(frame: bytes, random: Random) -> bytes:
    return frame[:2] + bytes([frame[2] ^ 1 << random.randrange(8)]) + frame[3:]


def _parity(frame: bytes, _random: Random) -> bytes:
    return bytes(octet if octet.bit_count() % 2 else 0 for octet in frame)


def _flags(_frame: bytes, random: Random) -> bytes:
    return b"\x7e" * random.randrange(1, 9)


def _merged(frame: bytes, random: Random) -> bytes:
    at = random.randrange(2, len(frame) - 1)
    return frame[:at] + frame[random.randrange(1, at) :]


_DAMAGE: dict[str, Callable[[bytes, Random], bytes]] = {
    "a bit flip": _bit_flip,
    "a truncation": _truncated,
    "inserted noise": _inserted,
    "a dropped octet": _dropped,
    "a false length": _false_length,
    "parity damage": _parity,
    "stray flags": _flags,
    "two frames merged": _merged,
}


def _lost(feed: Feed, damaged: bytes, good: bytes) -> int:
    """Return how many of the good frames after a damaged one are not read when they are whole."""
    with contextlib.suppress(Exception):  # amshan raises KeyError and construct's errors
        feed(damaged)
    lost = 0
    for _ in range(_GOOD_AFTER):
        read = 0
        with contextlib.suppress(Exception):
            read = feed(good)
        lost += not read
    return lost


def _damage() -> Iterator[tuple[Figure, Figure, Goal]]:
    frame = _octets(_LISTS["Aidon IT list 2"])
    for name, damage in _DAMAGE.items():
        random = Random(name)
        ours = theirs = 0
        for _ in range(_DAMAGED_STREAMS):
            damaged = damage(frame, random)
            ours += _lost(_ours(), damaged, frame)
            theirs += _lost(_amshan(), damaged, frame)
        after = f"good frames lost after {name}, of {_DAMAGED_STREAMS * _GOOD_AFTER}"
        yield (
            Figure(f"ours: {after}", ours, "frames"),
            Figure(f"amshan: {after}", theirs, "frames"),
            Goal(f"good frames lost after {name}", ours, 0, at_most=True),
        )


def _resident() -> int:
    """Return the octets of this process that are in memory."""
    found = re.search(r"VmRSS:\s+(\d+) kB", Path("/proc/self/status").read_text())
    if found is None:
        raise OSError("the kernel does not tell")
    return int(found[1]) * 1024


def _endurance() -> tuple[list[Figure], list[Goal]]:
    """Return how memory grows over a million frames, every tenth of them damaged."""
    frames = [_octets(name) for name in _LISTS.values()]
    random = Random(1)
    stream = []
    for number in range(20 * len(frames)):
        frame = frames[number % len(frames)]
        stream.append(_bit_flip(frame, random) if number % 10 == 9 else frame)
    pipeline = Pipeline()

    def run(count: int) -> None:
        for number in range(count):
            pipeline.feed(stream[number % len(stream)])
        gc.collect()

    run(20_000)
    resident = _resident()
    run(_ENDURANCE)
    grown = _resident() - resident
    tracemalloc.start()
    run(2_000)
    before, _ = tracemalloc.get_traced_memory()
    run(50_000)
    traced = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    return (
        [
            Figure("memory of the process after 10^6 frames, growth", grown / _MEBIBYTE, "MiB"),
            Figure("memory traced over 50,000 frames, growth", traced / 1024, "KiB"),
            Figure("lists read", pipeline.counts.lists, "lists"),
        ],
        [Goal("memory growth, MiB", grown / _MEBIBYTE, 2, at_most=True)],
    )


def run(*, as_json: bool) -> None:
    """Measure all and print."""
    logging.getLogger("han").setLevel(logging.CRITICAL)
    figures: list[Figure] = []
    goals: list[Goal] = []
    for ours, theirs, goal in (*_speed(), *_damage()):
        figures += (ours, theirs)
        goals.append(goal)
    share, share_goal = _share()
    memory, memory_goals = _endurance()
    figures += (share, *memory)
    goals += (share_goal, *memory_goals)
    show("Meter lists, from octets to values", figures, goals, as_json=as_json)
