import itertools
from random import Random
import re

import pytest

from ams2mqtt_bridge.framers import FrameCounts
from ams2mqtt_bridge.pipeline import Counts, Pipeline
from ams2mqtt_bridge.reporting import Reporter, diagnose

from .encoders import hdlc_segments, mbus_frames, telegram
from .helpers import FRAMES, expected, hdlc, octets

FRAMED = sorted(path.stem for path in FRAMES.glob("mit-*.hex"))
BARE = sorted(path.stem for path in FRAMES.glob("*llcpdu*.hex"))
LIST_1 = octets("mit-aidon-hdlc-amshan-no_list_1")
LIST_2 = octets("mit-aidon-IT-hdlc-amshan-no_list_2")
LIST_3 = octets("mit-aidon-IT-hdlc-amshan-no_list_3")
TELEGRAM = telegram(["1-0:1.7.0(00.500*kW)", "1-0:32.7.0(230.1*V)", "1-0:31.7.0(002.1*A)"])


@pytest.mark.parametrize("name", FRAMED)
@pytest.mark.parametrize("size", [1, 64, 5000])
def test_every_recorded_frame_becomes_its_list(name: str, size: int) -> None:
    pipeline = Pipeline()
    stream = octets(name)
    found = [
        meter_list
        for at in range(0, len(stream), size)
        for meter_list in pipeline.feed(stream[at : at + size])
    ]
    assert [meter_list.power_import for meter_list in found] == [
        expected(name)["active_power_import"]
    ]
    assert pipeline.counts == Counts(
        octets=len(stream), frames=FrameCounts(good=1, hdlc=1), lists=1
    )


@pytest.mark.parametrize("name", BARE)
@pytest.mark.parametrize("llc", [True, False])
def test_a_chunk_may_be_an_apdu_without_a_frame(name: str, llc: bool) -> None:
    pipeline = Pipeline()
    payload = octets(name)
    assert len(pipeline.feed(payload if llc else payload[3:])) == 1
    assert pipeline.counts.frames == FrameCounts(good=1, apdu=1)


@pytest.mark.parametrize("name", BARE)
def test_half_an_apdu_is_none(name: str) -> None:
    pipeline = Pipeline()
    assert pipeline.feed(octets(name)[:-1]) == []
    assert len(pipeline.feed(LIST_1)) == 1


def corruptions(frame: bytes, random: Random) -> dict[str, bytes]:
    flipped = bytearray(frame)
    flipped[random.randrange(1, len(frame) - 1)] ^= 1 << random.randrange(8)
    place = random.randrange(1, len(frame) - 1)
    false_length = bytearray(frame)
    false_length[2] ^= 1 << random.randrange(8)
    return {
        "bit flip": bytes(flipped),
        "truncation": frame[:place],
        "noise": frame[:place] + random.randbytes(9) + frame[place:],
        "dropped octet": frame[:place] + frame[place + 1 :],
        "false length": bytes(false_length),
        "parity": bytes(octet if octet.bit_count() % 2 else 0 for octet in frame),
        "flags": b"\x7e" * random.randrange(1, 9),
        "merged": frame[:place] + frame[place // 2 :],
        "segment": hdlc_segments(frame, 100)[0],
        "M-Bus": b"".join(mbus_frames(frame, 60)[:-1]),
        "half a telegram": TELEGRAM[: random.randrange(len(TELEGRAM))],
    }


@pytest.mark.parametrize("kind", sorted(corruptions(LIST_2, Random(0))))
@pytest.mark.parametrize("size", [16, 10_000])
def test_no_kind_of_damage_costs_a_good_frame_after_it(kind: str, size: int) -> None:
    random = Random(kind)
    for number in range(60):
        pipeline = Pipeline()
        good = (LIST_2, LIST_3, TELEGRAM)[number % 3]
        stream = corruptions(LIST_2, random)[kind] + good
        found = [
            meter_list
            for at in range(0, len(stream), size)
            for meter_list in pipeline.feed(stream[at : at + size])
        ]
        (wanted,) = Pipeline().feed(good)
        assert found[-1:] == [wanted], (kind, number)


def test_a_stream_of_everything_is_counted_by_kind() -> None:
    pipeline = Pipeline()
    chunks = [LIST_1, b"".join(mbus_frames(octets(BARE[0]))), TELEGRAM, octets(BARE[0])]
    assert sum(len(pipeline.feed(chunk)) for chunk in chunks) == 4
    counts = pipeline.counts
    assert counts.frames == FrameCounts(good=5, hdlc=1, mbus=2, p1=1, apdu=1)
    assert counts.since(counts) == Counts()


def test_the_last_octets_are_kept_for_a_diagnosis() -> None:
    pipeline = Pipeline()
    for _ in range(100):
        pipeline.feed(bytes(range(200)))
    assert pipeline.recent[-3:] == b"\xc5\xc6\xc7"
    assert len(pipeline.recent) == 1024


STREAM = LIST_1 * 4 + LIST_2 + LIST_3


@pytest.mark.parametrize(
    ("recent", "words"),
    [
        (TELEGRAM.translate(bytes(o | (o.bit_count() % 2) << 7 for o in range(256))), "7E1"),
        (TELEGRAM[:-10] * 2, "P1 telegram"),
        (bytes(200), "the same"),
        (bytes(o for o in STREAM if o.bit_count() % 2), "parity damage: set .* even"),
        (bytes(o if o.bit_count() % 2 else 0 for o in STREAM), "parity damage: set .* even"),
        (bytes(o for o in STREAM if o.bit_count() % 2 == 0), "parity damage: set .* odd"),
        (LIST_1[:20] * 5, "right speed"),
    ],
)
def test_says_what_a_line_without_good_frames_looks_like(recent: bytes, words: str) -> None:
    pipeline = Pipeline()
    assert pipeline.feed(recent) == []
    assert re.search(words, diagnose(pipeline.recent) or "")
    told = Reporter(10, now=0).check(pipeline.counts, 10, pipeline.recent)
    assert told is not None
    assert told.startswith(f"{len(recent)} octets")


def test_says_nothing_of_too_little_or_of_chance() -> None:
    assert diagnose(b"\x7e" * 20) is None
    assert diagnose(Random(7).randbytes(1024)) is None


def test_gaps_are_reported() -> None:
    pipeline = Pipeline()
    frames = mbus_frames(octets(BARE[1]), 100)
    pipeline.feed(frames[0] + frames[2])
    told = Reporter(10, now=0).check(pipeline.counts, 10)
    assert told is not None
    assert "parts of a message with a gap" in told


def test_an_empty_chunk_is_nothing() -> None:
    pipeline = Pipeline()
    assert pipeline.feed(b"") == []
    assert pipeline.counts == Counts()


def test_lists_are_read_whatever_stands_between_them() -> None:
    separators = (b"", b"\r\n", b"\x00", b"\x7e", b"\x7e\x7e", b"\x10\x40\x01\x41\x16", b"/", b"h")
    for one, two in itertools.product(separators, repeat=2):
        stream = one + LIST_2 + two + LIST_2.removeprefix(b"\x7e" if two[-1:] == b"\x7e" else b"")
        assert len(Pipeline().feed(stream)) == 2, (one, two)


def test_two_frames_share_their_flag_with_a_third_of_another_meter() -> None:
    kaifa = octets("mit-kaifa-hdlc-amshan-no_list_1")
    pipeline = Pipeline()
    assert len(pipeline.feed(LIST_2[:-1] + kaifa[:-1] + LIST_2)) == 3
    assert pipeline.feed(hdlc(b"\x0f\x00")) == []
    assert pipeline.counts.undecodable == 1


def test_noise_that_looks_like_a_block_does_not_take_the_frame_after_it() -> None:
    frame = octets("mit-aidon-hdlc-amshan-no_list_1")
    noise = bytes.fromhex("e080ffff0000") + bytes([len(frame)])
    assert [meter_list.power_import for meter_list in Pipeline().feed(noise + frame)] == [280]
