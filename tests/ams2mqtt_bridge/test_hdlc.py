from hypothesis import given, settings, strategies as st
import pytest

from ams2mqtt_bridge.framers import FrameCounts, StreamFramer

from .helpers import AIDON_HEADER, KAIFA_HEADER, KAMSTRUP_HEADER, hdlc, octets

HEADERS = st.sampled_from([AIDON_HEADER, KAIFA_HEADER, KAMSTRUP_HEADER])
# Rich in flags, and in what follows a flag at the beginning of a frame.
PAYLOAD_OCTETS = st.one_of(st.integers(0, 255), st.sampled_from([0x7E, 0x7D, 0xA0, 0xA1]))
PAYLOADS = st.lists(PAYLOAD_OCTETS, min_size=1, max_size=120).map(bytes)


def feed_in_pieces(framer: StreamFramer, stream: bytes, size: int) -> list[bytes]:
    return [
        payload
        for start in range(0, len(stream), size)
        for payload in framer.feed(stream[start : start + size])
    ]


@pytest.mark.parametrize(
    "name",
    [
        "hdlc-amshan-frame_with_escape_character_in_info",
        "hdlc-amshan-frame_with_flag_sequence_character_in_info",
        "mit-aidon-IT-hdlc-amshan-no_list_2",
        "mit-aidon-hdlc-amshan-se_list",
        "mit-kaifa-hdlc-amshan-no_list_1",
        "mit-kamstrup-hdlc-amshan-se_list_real_sample",
    ],
)
@pytest.mark.parametrize("size", [1, 7, 10_000])
def test_finds_the_payload_of_a_frame_however_it_is_cut(name: str, size: int) -> None:
    framer = StreamFramer()
    frame = octets(name)
    payloads = feed_in_pieces(framer, frame, size)
    control = 8 if frame[3] == 0x41 or frame[3] == 0x01 else 7
    assert payloads == [frame[control + 1 : -3]]
    assert framer.counts == FrameCounts(good=1, hdlc=1)


def test_a_frame_comes_out_before_its_closing_flag() -> None:
    assert StreamFramer().feed(hdlc(b"payload")[:-1]) == [b"payload"]


def test_one_flag_may_close_a_frame_and_open_the_next() -> None:
    stream = hdlc(b"first")[:-1] + hdlc(b"second")
    assert StreamFramer().feed(stream) == [b"first", b"second"]


def test_a_frame_without_information_is_good_and_carries_nothing() -> None:
    framer = StreamFramer()
    assert framer.feed(octets("hdlc-amshan-frame_empty_info")) == []
    assert framer.counts == FrameCounts(good=1, hdlc=1)


def test_a_stuffed_frame_is_damaged_because_meters_do_no_stuffing() -> None:
    framer = StreamFramer()
    stuffed = octets("hdlc-amshan-stuffed_frame_short_info")
    assert framer.feed(stuffed + hdlc(b"next")) == [b"next"]
    assert framer.counts.bad == 1


def test_a_cut_frame_does_not_hold_up_the_next_one() -> None:
    framer = StreamFramer()
    long_frame = octets("mit-aidon-hdlc-amshan-se_list")
    assert framer.feed(long_frame[:40]) == []
    assert framer.feed(hdlc(b"list 1")) == [b"list 1"]
    assert framer.counts == FrameCounts(good=1, bad=1, noise=39, hdlc=1)


def test_a_wrong_header_check_is_noticed_without_waiting_for_the_rest() -> None:
    frame = bytearray(hdlc(bytes(500)))
    frame[2] ^= 0x01  # the length
    framer = StreamFramer()
    framer.feed(bytes(frame[:20]))
    assert framer.counts.bad == 1


@pytest.mark.parametrize(
    "start",
    [
        "7e7e7e7e7e7e",
        "7ea0",
        "7ea003",  # a length below that of the shortest frame
        "7ea0ff0202020202",  # an address without an end
        "7ea007020202020202",  # the same, where it would be the whole frame
        "7ea00901011000",  # too short for a header check and yet too long to be without one
    ],
)
def test_what_only_looks_like_a_frame_costs_nothing(start: str) -> None:
    assert StreamFramer().feed(bytes.fromhex(start) + hdlc(b"good")) == [b"good"]


@given(st.lists(st.tuples(PAYLOADS, HEADERS), min_size=1, max_size=6), st.integers(1, 300))
def test_finds_every_frame_of_a_clean_stream(frames: list[tuple[bytes, bytes]], size: int) -> None:
    framer = StreamFramer()
    stream = b"".join(hdlc(payload, header) for payload, header in frames)
    assert feed_in_pieces(framer, stream, size) == [payload for payload, _ in frames]
    assert framer.counts == FrameCounts(good=len(frames), hdlc=len(frames))


@st.composite
def damage(draw: st.DrawFn) -> bytes:
    """Noise, a frame cut at either end, or one with a wrong octet."""
    frame = bytearray(hdlc(draw(PAYLOADS), draw(HEADERS)))
    match draw(st.sampled_from(["noise", "cut", "tail", "flip"])):
        case "noise":
            return draw(st.lists(PAYLOAD_OCTETS, max_size=60).map(bytes))
        case "cut":
            return bytes(frame[: draw(st.integers(0, len(frame) - 2))])
        case "tail":
            return bytes(frame[draw(st.integers(1, len(frame))) :])
        case _:
            frame[draw(st.integers(0, len(frame) - 2))] ^= draw(st.integers(1, 255))
            return bytes(frame)


@settings(max_examples=400)
@given(st.lists(st.tuples(damage(), PAYLOADS), min_size=1, max_size=5), st.integers(1, 200))
def test_damage_never_costs_a_good_frame_nor_delays_it(
    stream: list[tuple[bytes, bytes]], size: int
) -> None:
    framer = StreamFramer()
    found = [
        feed_in_pieces(framer, damaged + hdlc(payload), size)[-1:] for damaged, payload in stream
    ]
    assert found == [[payload] for _, payload in stream]


@given(st.lists(st.binary(max_size=200), max_size=10))
def test_no_octets_make_it_raise(chunks: list[bytes]) -> None:
    framer = StreamFramer()
    for chunk in chunks:
        framer.feed(chunk)


def test_memory_stays_small_under_endless_noise() -> None:
    framer = StreamFramer()
    for _ in range(200):
        framer.feed(bytes.fromhex("7ea7ff") + bytes(997))
    assert len(framer._rest) <= 2 * 2048
