from collections.abc import AsyncGenerator
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

import pytest

from ams2mqtt_bridge.config import Parity, SerialConfig
from ams2mqtt_bridge.pipeline import Counts, Pipeline
from ams2mqtt_bridge.sources import Backoff, SerialSource
from ams2mqtt_bridge.sources.detection import (
    WINDOW,
    Finding,
    Trial,
    Verdict,
    failure,
    looks_inverted,
    success,
)
from ams2mqtt_bridge.sources.line import LineSettings, candidates

from .helpers import octets
from .uart import Edge, Octet, receive, transmit

AIDON = octets("mit-aidon-IT-hdlc-amshan-no_list_2")
AIDON_1 = octets("mit-aidon-hdlc-amshan-no_list_1")
KAIFA = octets("mit-kaifa-IT-hdlc-amshan-no_list_2")
KAMSTRUP = octets("mit-kamstrup-hdlc-amshan-no_list_1_three_phase")
TELEGRAM = b"/AUX5\r\n\r\n1-0:1.7.0(00.280*kW)\r\n1-0:2.7.0(00.000*kW)\r\n!\r\n"

EVEN_2400 = LineSettings(2400, Parity.EVEN)
NONE_2400 = LineSettings(2400, Parity.NONE)
NONE_9600 = LineSettings(9600, Parity.NONE)
NONE_115200 = LineSettings(115200, Parity.NONE)
ALL = [EVEN_2400, NONE_2400, NONE_115200, NONE_9600]


def config(baudrate: int | None = None, parity: Parity | None = None) -> SerialConfig:
    return SerialConfig(port="/dev/ttyUSB0", baudrate=baudrate, parity=parity, idle_timeout=60)


@dataclass
class Meter:
    """A meter on a line, an adapter on it, and the time, which only passes while one listens."""

    edges: list[Edge]
    now: float = 0.0
    tried: list[LineSettings] = field(default_factory=list)
    counts_errors: bool = True

    @asynccontextmanager
    async def open(self, _path: str, settings: LineSettings) -> AsyncGenerator[Adapter]:
        self.tried.append(settings)
        yield Adapter(self, receive(self.edges, settings, self.now))

    def source(self, settings: SerialConfig | None = None) -> SerialSource:
        return SerialSource(
            settings or config(),
            Pipeline,
            Backoff(first=0, cap=0),
            open_port=self.open,
            monotonic=lambda: self.now,
        )


class Adapter:
    """Gives what it received, in pieces of at most 62 octets, as FTDI's chips do."""

    def __init__(self, meter: Meter, received: Any) -> None:
        self._meter = meter
        self._received = received
        self._errors = 0

    async def read(self, timeout: float) -> bytes | None:
        meter = self._meter
        end = meter.now + timeout
        piece = bytearray()
        while len(piece) < 62 and (octet := next(self._received, None)) is not None:
            if octet.at > end or (piece and octet.at - meter.now > 0.05):
                self._received = chain([octet], self._received)
                break
            meter.now = octet.at
            self._errors += octet.framing_error
            piece.append(octet.value)
        if piece:
            return bytes(piece)
        meter.now = end
        return None

    def framing_errors(self) -> int | None:
        return self._errors if self._meter.counts_errors else None


def every(period: float, frame: bytes, *, first: float = 0.0, until: float = 120) -> Any:
    moments = (first + period * index for index in range(int((until - first) / period)))
    return [(moment, frame) for moment in moments]


async def first_octets(source: SerialSource, size: int) -> bytes:
    taken = b""
    async with aclosing(source.chunks()) as chunks:
        async for chunk in chunks:
            taken += chunk
            if len(taken) >= size:
                break
    return taken


@pytest.mark.parametrize(
    ("bursts", "settings", "said"),
    [
        (every(2.5, AIDON_1, first=0.7), EVEN_2400, "2400 baud, even parity, Aidon"),
        (every(10, KAIFA, first=1), EVEN_2400, "2400 baud, even parity, Kaifa"),
        (every(10, KAMSTRUP, first=3), NONE_2400, "2400 baud, no parity, Kamstrup"),
        (every(10, AIDON, first=9), NONE_9600, "9600 baud, no parity, Aidon"),
        (every(10, AIDON, first=5), NONE_115200, "115200 baud, no parity, Aidon"),
    ],
)
async def test_baud_rate_and_parity_are_found_by_listening(
    bursts: Any, settings: LineSettings, said: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    meter = Meter(transmit(bursts, settings))
    source = meter.source()
    taken = await first_octets(source, 1)
    assert source.description == f"/dev/ttyUSB0 (found: {said})"
    assert f"Opened {source.description}" in caplog.text
    assert source.problem is None
    assert meter.now < 4 * WINDOW
    assert Pipeline().feed(taken), "the frame that it was found by is not lost"


async def test_no_moment_to_begin_with_is_a_bad_one_for_a_meter_that_sends_every_ten_seconds() -> (
    None
):
    edges = transmit(every(10, KAMSTRUP), NONE_2400)
    for tenth in range(0, 100, 3):
        meter = Meter(edges, now=tenth / 10)
        await first_octets(meter.source(), 1)
        assert meter.tried == [EVEN_2400, NONE_2400]


async def test_what_was_found_is_tried_first_when_the_line_comes_back() -> None:
    before, after = every(10, AIDON, until=40), every(10, AIDON, first=95, until=200)
    meter = Meter(transmit(before + after, NONE_115200))
    async with aclosing(meter.source().chunks()) as chunks:
        async for _ in chunks:
            if meter.now > 95:
                break
    assert meter.tried == [EVEN_2400, NONE_2400, NONE_115200, NONE_115200]


async def test_a_port_that_is_switched_to_another_protocol_is_found_again() -> None:
    old = transmit(every(10, AIDON, until=60), EVEN_2400)
    new = transmit(every(10, AIDON, first=60, until=400), NONE_115200)
    meter = Meter(old + new[1:])
    source = meter.source()
    async with aclosing(source.chunks()) as chunks:
        async for _ in chunks:
            if "115200" in source.description:
                break
    assert meter.tried == [EVEN_2400, EVEN_2400, NONE_2400, NONE_115200]


async def failed(meter: Meter, caplog: pytest.LogCaptureFixture, rounds: int = 1) -> str:
    """Return the problem after all settings were tried."""
    source = meter.source()
    generator = source.chunks()

    @asynccontextmanager
    async def give_up(path: str, settings: LineSettings) -> AsyncGenerator[Adapter]:
        if len(meter.tried) >= rounds * 4:
            raise KeyError
        async with Meter.open(meter, path, settings) as port:
            yield port

    source._open_port = give_up
    with pytest.raises(KeyError):
        await anext(generator)
    assert source.problem is not None
    assert meter.tried == ALL * rounds
    return source.problem


@pytest.mark.parametrize("settings", [EVEN_2400, NONE_2400, NONE_9600, NONE_115200])
@pytest.mark.parametrize("frame", [AIDON, KAMSTRUP], ids=["Aidon", "Kamstrup"])
async def test_an_inverted_signal_is_told_from_a_wrong_speed(
    settings: LineSettings, frame: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    meter = Meter(transmit(every(10, frame, first=2), settings, inverted=True))
    problem = await failed(meter, caplog)
    assert f"{settings.baudrate} baud" in problem
    assert "look inverted: set the adapter's inversion" in problem


def test_an_inverted_telegram_is_told_too() -> None:
    heard = receive(transmit([(0, TELEGRAM)], NONE_115200, inverted=True), NONE_115200)
    assert looks_inverted(bytes(octet.value for octet in heard))


@pytest.mark.parametrize("heard", ALL)
@pytest.mark.parametrize("sent", ALL)
@pytest.mark.parametrize("frame", [AIDON, AIDON_1, KAIFA, KAMSTRUP, TELEGRAM])
def test_a_signal_that_is_not_inverted_never_looks_so(
    sent: LineSettings, heard: LineSettings, frame: bytes
) -> None:
    received: list[Octet] = list(receive(transmit(every(3, frame, until=9), sent), heard))
    assert not looks_inverted(bytes(octet.value for octet in received))


async def test_silence_is_told_with_what_to_check(caplog: pytest.LogCaptureFixture) -> None:
    meter = Meter(transmit([], EVEN_2400))
    problem = await failed(meter, caplog, rounds=3)
    assert problem.startswith("nothing arrives at any speed: check the cable")
    assert "grid company has opened the HAN port" in problem
    warnings = [record for record in caplog.records if record.levelname == "WARNING"]
    assert len(warnings) == 1, "the same trouble is told once"
    assert meter.now == pytest.approx(12 * WINDOW)


async def test_an_unknown_speed_is_told_with_what_the_hardware_counted(
    caplog: pytest.LogCaptureFixture,
) -> None:
    edges = transmit(every(5, AIDON), LineSettings(1200, Parity.NONE))
    assert "no whole frame at 2400, 115200 or 9600 baud" in await failed(Meter(edges), caplog)
    assert "so it is another speed" in await failed(Meter(edges), caplog)
    silent = await failed(Meter(edges, counts_errors=False), caplog)
    assert "look up baud rate and parity" in silent
    assert "framing" not in silent


async def test_a_single_spike_is_no_signal(caplog: pytest.LogCaptureFixture) -> None:
    meter = Meter(transmit([(1, b"\x00")], EVEN_2400))
    assert "check the cable for a loose wire" in await failed(meter, caplog)


async def test_damaged_frames_are_told_from_a_wrong_speed(caplog: pytest.LogCaptureFixture) -> None:
    damaged = bytearray(AIDON)
    damaged[100] ^= 0x10
    meter = Meter(transmit(every(10, bytes(damaged) + AIDON[:40]), EVEN_2400))
    assert "each of them is damaged" in await failed(meter, caplog)


def test_noise_without_a_pause_does_not_hold_it_up() -> None:
    trial = Trial(NONE_115200, Pipeline(), now=0)
    now = 0.0
    while trial.verdict(now) is Verdict.LISTEN:
        trial.hear(bytes(range(1, 63)), now)
        now += 62 / 11520
    assert trial.verdict(now) is Verdict.GIVE_UP
    assert now < 1


def test_what_is_configured_is_kept_and_not_searched_for() -> None:
    assert candidates(config(9600, Parity.ODD), None) == (LineSettings(9600, Parity.ODD),)
    assert candidates(config(9600), None) == (LineSettings(9600, Parity.EVEN), NONE_9600)
    assert [each.baudrate for each in candidates(config(parity=Parity.NONE), None)] == [
        2400,
        115200,
        9600,
    ]
    assert candidates(config(), NONE_9600) == (NONE_9600, *ALL[:3])


async def test_fixed_settings_are_opened_once_and_everything_is_passed_on() -> None:
    meter = Meter(transmit([(1, b"anything at all")], NONE_9600))
    source = meter.source(config(9600, Parity.NONE))
    assert await first_octets(source, 15) == b"anything at all"
    assert meter.tried == [NONE_9600]
    assert source.description == "/dev/ttyUSB0 (9600 baud, no parity)"


def test_frames_that_need_a_key_are_enough_to_know_the_line() -> None:
    counts = Counts(octets=100, undecodable=1, reason="a key is needed")
    finding = Finding(settings=EVEN_2400, counts=counts)
    assert "not understood (a key is needed)" in success(finding)
    assert "octets arrive" in failure([finding])
