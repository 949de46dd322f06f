"""When the meter says what, and to whom."""

import asyncio
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from simulator import House, Meter, MeterList, MeterPush, MeterServer

from .test_aidon import decoded

START = datetime(2026, 1, 15, 12, 30, tzinfo=UTC)


def run(meter: Meter, seconds: float, step: float = 0.5) -> list[tuple[float, MeterList]]:
    house = House()
    pushed = []
    for index in range(int(seconds / step) + 1):
        now = START + timedelta(seconds=index * step)
        house.step(now, step)
        pushed += [(index * step, push.meter_list) for push in meter.step(now, house)]
    return pushed


def test_power_comes_every_2_5_seconds_and_lines_every_10() -> None:
    pushed = run(Meter(), 20)
    assert [at for at, kind in pushed if kind is MeterList.POWER] == [
        *(2.5, 5, 7.5, 10),
        *(12.5, 15, 17.5, 20),
    ]
    assert [at for at, kind in pushed if kind is MeterList.LINES] == [10, 20]


def test_the_cadence_holds_on_average_with_steps_of_a_second() -> None:
    counted = Counter(kind for _, kind in run(Meter(), 3600, step=1))
    assert counted == {MeterList.POWER: 1440, MeterList.LINES: 359, MeterList.ENERGY: 1}


def test_energy_comes_once_an_hour_just_after_it_in_place_of_lines() -> None:
    pushed = run(Meter(), 2 * 3600, step=2.5)
    hourly = [at for at, kind in pushed if kind is MeterList.ENERGY]
    assert hourly == [1810, 5410]
    assert (1810, MeterList.LINES) not in pushed


def test_a_faster_meter_says_everything_more_often() -> None:
    counted = Counter(kind for _, kind in run(Meter(speed=10), 360, step=0.05))
    assert counted[MeterList.POWER] == 1440
    assert counted[MeterList.ENERGY] == 1


def test_a_silent_meter_says_nothing_until_it_speaks_again() -> None:
    meter = Meter()
    meter.silence(True)
    assert run(meter, 60) == []
    meter.silence(False)
    assert run(meter, 10)


def test_a_clock_that_was_set_back_does_not_silence_it() -> None:
    meter, house = Meter(), House()
    meter.step(START, house)
    before = START - timedelta(hours=1)
    assert meter.step(before, house) == ()
    assert meter.step(before + timedelta(seconds=2.5), house)


def test_a_speed_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError):
        Meter(speed=0)


def push(power_w: float) -> MeterPush:
    house = House(constant=True, base_w=(power_w, 0, 0), appliances=())
    house.step(START, 1)
    return MeterPush(MeterList.LINES, Meter().read(START, house))


async def test_every_client_reads_every_frame(socket_enabled: None) -> None:
    server = MeterServer()
    await server.start()
    readers = [await asyncio.open_connection("127.0.0.1", server.port) for _ in range(2)]
    await server.wait_for(lambda server: server.clients == 2)
    server.push([push(1000), push(2000)])
    for reader, _ in readers:
        for power in (1000, 2000):
            frame = await reader.readexactly(len(push(power).frame))
            assert decoded(frame)["active_power_import"] == power
    readers[0][1].close()
    await readers[0][1].wait_closed()
    await server.wait_for(lambda server: server.clients == 1)
    server.push([push(3000)])
    assert await readers[1][0].read(1)
    await server.stop()
    assert server.clients == 0
    readers[1][1].close()


async def test_a_client_that_does_not_read_is_disconnected(socket_enabled: None) -> None:
    server = MeterServer()
    await server.start()
    _, writer = await asyncio.open_connection("127.0.0.1", server.port, limit=1)
    await server.wait_for(lambda server: server.clients == 1)
    for _ in range(200):
        server.send(b"\x7e" * 65536)
    await server.wait_for(lambda server: server.clients == 0)
    writer.close()
    await server.stop()


async def test_a_taken_port_is_an_error(socket_enabled: None) -> None:
    server = MeterServer()
    await server.start()
    with pytest.raises(OSError):
        await MeterServer(port=server.port).start()
    await server.stop()
