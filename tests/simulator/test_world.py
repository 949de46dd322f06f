"""A home as a whole, in virtual time."""

import asyncio
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest

from simulator import (
    Car,
    ChargingProfile,
    ConnectorStatus,
    Evse,
    GridType,
    House,
    Kind,
    MeterList,
    Purpose,
    RateUnit,
    SchedulePeriod,
    World,
)

START = datetime(2026, 1, 15, 12, 30, tzinfo=UTC)


def home(**settings: object) -> World:
    world = World(
        now=START,
        house=House(base_w=(0, 0, 0), constant=True),
        evses={"CP1": Evse()},
        **settings,  # type: ignore[arg-type]
    )
    world.evses["CP1"].plug_in(Car(ramp_s=0, soc=10))
    world.evses["CP1"].start_transaction(START)
    return world


def test_what_the_charger_takes_the_meter_sees() -> None:
    world = home()
    pushes = [push for _ in range(10) for push in world.step()]
    lines = [push.reading for push in pushes if push.meter_list is MeterList.LINES]
    assert lines[0].currents == pytest.approx((16, 16, 16))
    assert lines[0].import_w == pytest.approx(11_040)


def test_house_and_charger_count_the_same_energy() -> None:
    world = home()
    for _ in range(3600):
        world.step()
    assert world.house.import_wh == pytest.approx(world.evses["CP1"].connector(1).energy_wh, abs=5)
    assert world.now == START + timedelta(hours=1)


def test_a_controller_can_close_the_loop() -> None:
    world = home()
    evse = world.evses["CP1"]
    world.house.switch("sauna", True)
    reduced_at = None
    for second in range(60):
        for push in world.step():
            if push.meter_list is MeterList.LINES and max(push.reading.currents) > 20:
                fits = 20 - (max(push.reading.currents) - evse.connector(1).current_a)
                evse.set_profile(
                    1,
                    ChargingProfile(
                        profile_id=1,
                        stack_level=0,
                        purpose=Purpose.TX,
                        kind=Kind.RELATIVE,
                        unit=RateUnit.AMPERE,
                        periods=(SchedulePeriod(start_s=0, limit=fits),),
                    ),
                    world.now,
                )
        if reduced_at is None and max(world.house.currents) <= 20:
            reduced_at = second
    assert reduced_at is not None and reduced_at <= 15
    assert evse.connector(1).status is ConnectorStatus.CHARGING
    assert max(world.house.currents) == pytest.approx(20)


def test_observers_hear_of_every_step() -> None:
    world = home()
    heard: list[datetime] = []
    world.observe(lambda now, _pushes: heard.append(now))
    world.step()
    world.step(0.5)
    assert heard == [START + timedelta(seconds=1), START + timedelta(seconds=1.5)]


def test_a_clock_that_was_set_back_takes_no_energy_away() -> None:
    world = home()
    for _ in range(60):
        world.step()
    before = world.evses["CP1"].connector(1).energy_wh
    world.step_to(START)
    assert world.evses["CP1"].connector(1).energy_wh == before
    world.step(60)
    assert world.evses["CP1"].connector(1).energy_wh > before


async def test_in_real_time_it_keeps_to_its_clock() -> None:
    world = home(speed=100.0)
    ticks = iter(START + timedelta(seconds=n) for n in range(10_000))
    running = asyncio.create_task(world.run(clock=lambda: next(ticks), tick_s=0))
    await world.wait_for(lambda world: world.evses["CP1"].connector(1).energy_wh >= 1000)
    assert world.now < START + timedelta(seconds=10)
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running


def test_a_home_that_does_not_fit_together_is_refused() -> None:
    with pytest.raises(ValueError, match="CP1"):
        World(now=START, evses={"CP1": Evse(grid=GridType.IT_230)})
    with pytest.raises(ValueError, match="aware"):
        World(now=START.replace(tzinfo=None))
