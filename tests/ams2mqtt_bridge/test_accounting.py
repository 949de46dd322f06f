from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
import itertools
import json
from zoneinfo import ZoneInfo

from hypothesis import given, settings, strategies as st
import pytest

from ams2mqtt_bridge.accounting import EnergyAccounting, Quality, Realtime, StateError
from ams2mqtt_bridge.meter_list import Manufacturer, MeterList

OSLO = ZoneInfo("Europe/Oslo")
# 11:00 in Oslo, on a Wednesday in the middle of a month.
START = datetime(2026, 11, 18, 10, tzinfo=UTC)
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
BEAT = timedelta(seconds=10)

type Event = tuple[datetime, MeterList]


def said(
    watts: int | None = None,
    counter: int | None = None,
    *,
    exported: int | None = None,
    export_counter: int | None = None,
    meter_id: str | None = None,
) -> MeterList:
    return MeterList(
        manufacturer=Manufacturer.AIDON,
        meter_id=meter_id,
        power_import=watts,
        power_export=exported,
        energy_import=counter,
        energy_export=export_counter,
    )


def accounts(zone: ZoneInfo = OSLO) -> EnergyAccounting:
    return EnergyAccounting(zone)


def feed(accounting: EnergyAccounting, events: Sequence[Event]) -> Realtime:
    realtime = None
    for at, meter_list in events:
        realtime = accounting.add(meter_list, at)
    assert realtime is not None
    return realtime


def steady(start: datetime, length: timedelta, watts: int) -> list[Event]:
    return [(start + BEAT * beat, said(watts)) for beat in range(length // BEAT + 1)]


def test_powers_are_integrated_and_split_where_the_hour_ends() -> None:
    accounting = accounts()
    realtime = feed(accounting, steady(START + 50 * MINUTE, 20 * MINUTE, 3600))
    assert realtime.imported.hour.energy == 600
    assert realtime.imported.day.energy == 1200
    assert realtime.imported.month.energy == 1200
    assert realtime.projected_hour == 3600
    assert realtime.peaks == (600,)
    assert realtime.exported.month.energy == 0


def test_a_counter_makes_the_hour_before_it_exact() -> None:
    accounting = accounts()
    feed(accounting, [(START + BEAT, said(1000, 50_000)), *steady(START + 2 * BEAT, HOUR, 1000)])
    realtime = feed(accounting, [(START + HOUR + 3 * BEAT, said(1000, 51_010))])
    assert realtime.imported.day.energy - realtime.imported.hour.energy == 1010
    assert realtime.imported.hour.energy == 8
    assert realtime.peaks == (1010,)


def test_a_repeated_counter_is_left_out_and_the_next_one_settles_both_hours() -> None:
    accounting = accounts()
    feed(accounting, [(START + BEAT, said(1000, 50_000)), *steady(START + 2 * BEAT, HOUR, 1000)])
    repeated = feed(accounting, [(START + HOUR + 3 * BEAT, said(1000, 50_000))])
    assert repeated.imported.day.energy in {1004, 1005}
    feed(accounting, steady(START + HOUR + 4 * BEAT, HOUR, 1000))
    realtime = feed(accounting, [(START + 2 * HOUR + 5 * BEAT, said(1000, 52_020))])
    assert realtime.imported.day.energy - realtime.imported.hour.energy == 2020
    assert realtime.peaks[0] in {1010, 1011}


def test_an_hour_of_nothing_is_not_taken_for_a_repetition() -> None:
    accounting = accounts()
    feed(accounting, [(START + BEAT, said(0, 50_000)), *steady(START + 2 * BEAT, HOUR, 0)])
    feed(accounting, [(START + HOUR + 3 * BEAT, said(0, 50_000))])
    feed(accounting, steady(START + HOUR + 4 * BEAT, HOUR - 2 * MINUTE, 0))
    realtime = feed(accounting, [(START + 2 * HOUR + BEAT, said(0, 50_500))])
    # All 500 Wh are of the second hour: the first counter was believed.
    assert realtime.peaks == (500,)


def test_counters_around_a_gap_tell_its_energy_and_mark_the_hours_that_were_guessed() -> None:
    accounting = accounts()
    feed(
        accounting, [(START + BEAT, said(2000, 50_000)), *steady(START + 2 * BEAT, HOUR / 2, 2000)]
    )
    back = START + 2 * HOUR + 30 * MINUTE
    before = feed(accounting, steady(back, 20 * MINUTE, 1000))
    assert before.imported.day.quality is Quality.INCOMPLETE
    assert before.imported.day.energy == 1005 + 333
    feed(accounting, steady(back + 20 * MINUTE, 10 * MINUTE, 1000))
    realtime = feed(accounting, [(START + 3 * HOUR + BEAT, said(1000, 54_500))])
    assert realtime.imported.day.energy - realtime.imported.hour.energy == 4500
    assert realtime.imported.hour.quality is Quality.GOOD
    # 11:00 to 14:00 is settled, but nothing is known of the night.
    assert realtime.imported.day.quality is Quality.INCOMPLETE


def test_a_gap_within_one_hour_is_exact_when_counters_are_around_it() -> None:
    accounting = accounts(ZoneInfo("Etc/GMT-14"))  # the day begins at 10:00 UTC
    feed(accounting, [(START, said(0, 50_000)), *steady(START + BEAT, 5 * MINUTE, 0)])
    feed(accounting, steady(START + 40 * MINUTE, 20 * MINUTE, 0))
    realtime = feed(accounting, [(START + HOUR + BEAT, said(0, 57_000))])
    assert realtime.imported.day.energy == 7000
    assert realtime.imported.day.quality is Quality.GOOD
    assert realtime.peaks == (7000,)


def test_energy_of_a_night_without_the_bridge_is_marked_as_estimated() -> None:
    accounting = accounts(ZoneInfo("Etc/GMT-14"))
    feed(accounting, [(START, said(1000, 50_000)), *steady(START + BEAT, 5 * MINUTE, 1000)])
    realtime = feed(accounting, [(START + 8 * HOUR + BEAT, said(1000, 58_000))])
    assert realtime.imported.day.energy == 8000
    assert realtime.imported.day.quality is Quality.ESTIMATED
    assert realtime.imported.hour.quality is Quality.GOOD


def test_counters_that_come_all_the_time_are_read_as_of_now() -> None:
    accounting = accounts()
    beats = 2 * HOUR // BEAT
    events = [
        (START + 20 * MINUTE + BEAT * beat, said(3600, 100_000 + 10 * beat))
        for beat in range(beats + 1)
    ]
    realtime = feed(accounting, events)
    assert realtime.imported.day.energy == pytest.approx(7200, abs=1)
    assert realtime.peaks[0] == pytest.approx(3600, abs=1)


@pytest.mark.parametrize("wrong", [0, 9_000_000, 49_999])
def test_a_counter_that_cannot_be_is_not_believed(wrong: int) -> None:
    accounting = accounts()
    feed(accounting, [(START + BEAT, said(1000, 50_000)), *steady(START + 2 * BEAT, HOUR, 1000)])
    realtime = feed(accounting, [(START + HOUR + 3 * BEAT, said(1000, wrong))])
    assert realtime.imported.day.energy in {1004, 1005}


def test_another_meter_begins_with_its_own_counter() -> None:
    accounting = accounts()
    feed(accounting, [(START + BEAT, said(1000, 50_000, meter_id="1"))])
    feed(accounting, steady(START + 2 * BEAT, 5 * MINUTE, 1000))
    realtime = feed(accounting, [(START + 3 * HOUR + BEAT, said(1000, 51_500, meter_id="2"))])
    assert realtime.imported.month.energy < 100


def test_the_three_peaks_are_of_different_days_and_of_this_month() -> None:
    accounting = accounts()
    for day, watts in ((27, 9000), (28, 3000), (29, 5000), (30, 4000)):
        noon = datetime(2026, 11, day, 12, tzinfo=UTC)
        feed(accounting, [*steady(noon, HOUR, watts), *steady(noon + 2 * HOUR, HOUR, watts - 100)])
    evening = datetime(2026, 11, 30, 22, 30, tzinfo=UTC)
    realtime = feed(accounting, steady(evening, 20 * MINUTE, 100))
    assert realtime.peaks == (9000, 5000, 4000)
    assert realtime.peak_mean == 6000
    december = feed(accounting, steady(evening + 40 * MINUTE, 6 * MINUTE, 600))
    assert december.peaks == (60,)
    assert december.imported.month.energy == 60


@pytest.mark.parametrize(
    ("midnight", "hours"),
    [
        (datetime(2026, 10, 24, 22, tzinfo=UTC), 25),
        (datetime(2026, 3, 28, 23, tzinfo=UTC), 23),
        (datetime(2026, 11, 18, 23, tzinfo=UTC), 24),
    ],
)
def test_a_day_has_as_many_hours_as_the_clocks_make_it(midnight: datetime, hours: int) -> None:
    accounting = accounts()
    end = midnight + hours * HOUR - BEAT
    realtime = feed(accounting, steady(midnight, hours * HOUR - BEAT, 1000))
    assert realtime.imported.day.energy == pytest.approx(hours * 1000, abs=3)
    assert realtime.imported.day.quality is Quality.GOOD
    assert realtime.peaks == (1000,)
    after = feed(accounting, steady(end + BEAT, BEAT, 1000))
    assert after.imported.day.energy <= 3


def test_the_hour_that_happens_twice_is_two_hours() -> None:
    accounting = accounts()
    first = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)  # 02:30 for the first time
    feed(accounting, steady(first, 20 * MINUTE, 6000))
    realtime = feed(accounting, steady(first + HOUR, 20 * MINUTE, 3000))
    assert realtime.imported.hour.energy == 1000
    assert realtime.imported.day.energy == 3000
    assert realtime.peaks == (2000,)


def test_a_clock_that_is_set_back_loses_nothing_and_is_not_in_the_future() -> None:
    accounting = accounts()
    before = feed(accounting, steady(START + 50 * MINUTE, 20 * MINUTE, 3600))
    realtime = feed(accounting, [(START + 55 * MINUTE, said(3600))])
    assert realtime.imported.month.energy == before.imported.month.energy == 1200
    assert realtime.imported.hour.energy == 1200


def test_a_clock_that_is_days_ahead_for_a_while_loses_nothing() -> None:
    accounting = accounts()
    feed(accounting, [(START + BEAT, said(3600, 10_000)), *steady(START + 2 * BEAT, MINUTE, 3600)])
    feed(accounting, steady(START + timedelta(days=3), 10 * MINUTE, 3600))
    realtime = feed(accounting, steady(START + 12 * MINUTE, MINUTE, 3600))
    assert realtime.imported.month.energy == pytest.approx(70 + 600 + 60, abs=1)
    assert realtime.imported.hour.energy == realtime.imported.month.energy


def test_before_the_clock_is_set_there_are_no_accounts() -> None:
    accounting = accounts()
    assert accounting.add(said(1000), datetime(1970, 1, 1, 0, 5, tzinfo=UTC)) is None
    assert accounting.add(said(1000), START) is not None


def test_in_a_zone_half_an_hour_off_the_hours_are_local() -> None:
    accounting = accounts(ZoneInfo("Asia/Kolkata"))
    realtime = feed(accounting, steady(START, HOUR, 3600))
    assert realtime.imported.hour.energy == 1800


@pytest.mark.parametrize(
    "state",
    [
        None,
        [],
        {},
        {"version": 2},
        {"version": 1, "meter_id": 1, "now": None, "imported": {}, "exported": {}},
        {"version": 1, "meter_id": None, "now": None, "imported": {}, "exported": {}},
        {"version": 1, "meter_id": None, "now": 10**30, "imported": {}, "exported": {}},
    ],
)
def test_what_is_no_state_is_refused(state: object) -> None:
    with pytest.raises(StateError):
        EnergyAccounting.from_state(state, OSLO)


@given(st.data())
def test_a_state_with_anything_wrong_in_it_is_refused_or_harmless(data: st.DataObject) -> None:
    accounting = accounts()
    feed(accounting, [(START + BEAT, said(1000, 5000)), *steady(START + 2 * BEAT, HOUR, 1000)])
    state = accounting.to_state()
    imported = state["imported"]
    junk = data.draw(st.one_of(st.none(), st.integers(), st.text(), st.lists(st.integers())))
    place = data.draw(st.sampled_from(["power", "anchor", "counted_at", "hours", "row", "field"]))
    if place == "row":
        imported["hours"][0] = junk
    elif place == "field":
        imported["hours"][0][data.draw(st.integers(0, 5))] = junk
    else:
        imported[place] = junk
    try:
        restored = EnergyAccounting.from_state(json.loads(json.dumps(state)), OSLO)
    except StateError:
        return
    assert feed(restored, steady(START + 2 * HOUR, MINUTE, 1000)).imported.month.energy >= 0


@st.composite
def histories(draw: st.DrawFn, *, counters: bool) -> list[Event]:
    """Draw some hours of a meter, with gaps and now and then an hourly counter, which is right."""
    at = START + draw(st.integers(0, 3600)) * timedelta(seconds=1)
    energy, counter_base = 0, draw(st.integers(0, 10**8))
    events: list[Event] = []
    for _ in range(draw(st.integers(1, 6))):
        watts = draw(st.integers(0, 20_000))
        for _ in range(draw(st.integers(1, 12))):
            step = draw(st.sampled_from([2_500, 10_000, 59_000, 61_000, 600_000]))
            following = at + timedelta(milliseconds=step)
            energy += watts * step
            full = following.replace(minute=0, second=0, microsecond=0)
            counter = None
            if counters and full > at and draw(st.booleans()):
                till_full = (full - at) / timedelta(milliseconds=1)
                counted = energy - watts * step + int(watts * till_full)
                counter = counter_base + counted // 3_600_000
            at = following
            events.append((at, said(watts, counter, exported=watts // 3)))
    return events


@given(histories(counters=False))
def test_without_counters_everything_only_grows_and_nothing_is_lost(events: list[Event]) -> None:
    accounting = accounts()
    snapshots = [feed(accounting, [event]) for event in events]
    for before, after in itertools.pairwise(snapshots):
        assert after.imported.month.energy >= before.imported.month.energy
        assert after.exported.month.energy >= before.exported.month.energy
    watt_milliseconds = sum(
        (earlier[1].power_import or 0) * ((later[0] - earlier[0]) // timedelta(milliseconds=1))
        for earlier, later in itertools.pairwise(events)
        if later[0] - earlier[0] <= MINUTE
    )
    hours = len({at.replace(minute=0, second=0, microsecond=0) for at, _ in events})
    lost = watt_milliseconds // 3_600_000 - snapshots[-1].imported.month.energy
    assert 0 <= lost <= hours  # less than 1 Wh at each gap that an hour ends in


@given(histories(counters=True))
def test_within_an_hour_its_energy_never_goes_down(events: list[Event]) -> None:
    accounting = accounts()
    snapshots = [(at, feed(accounting, [(at, meter_list)])) for at, meter_list in events]
    for (earlier, before), (later, after) in itertools.pairwise(snapshots):
        if earlier.replace(minute=0, second=0, microsecond=0) == later.replace(
            minute=0, second=0, microsecond=0
        ):
            assert after.imported.hour.energy >= before.imported.hour.energy


@given(histories(counters=True), st.data())
def test_a_restart_anywhere_is_the_same_as_none(events: list[Event], data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(events)))
    whole = accounts()
    expected = feed(whole, events)
    first = accounts()
    for when, meter_list in events[:at]:
        first.add(meter_list, when)
    second = EnergyAccounting.from_state(json.loads(json.dumps(first.to_state())), OSLO)
    for when, meter_list in events[at:]:
        second.add(meter_list, when)
    assert second.to_state() == whole.to_state()
    if at < len(events):
        assert feed(second, events[-1:]) == feed(whole, events[-1:])
    assert expected.imported.month.energy >= 0


@settings(deadline=None, max_examples=20)
@given(
    powers=st.lists(st.integers(600, 15_000), min_size=30, max_size=30),
    lost=st.sets(st.integers(0, 29)),
    error=st.floats(-0.02, 0.02),
)
def test_between_the_first_and_the_last_counter_the_sum_is_the_counters(
    powers: list[int], lost: set[int], error: float
) -> None:
    """Thirty times ten minutes, some without the bridge, with powers that are a little wrong."""
    accounting = accounts()
    accounting.add(said(None, 1_000_000), START + BEAT)
    true = 0
    month_at_counter = settled = 0
    for index, watts in enumerate(powers):
        begin = START + index * 10 * MINUTE
        if index and begin.minute == 0:
            counter = 1_000_000 + true // 6
            at = begin + BEAT
            realtime = feed(accounting, [(at, said(None, counter))])
            month_at_counter = realtime.imported.month.energy - realtime.imported.hour.energy
            settled = counter - 1_000_000
        true += watts
        if index not in lost:
            feed(
                accounting,
                steady(begin + 2 * BEAT, 10 * MINUTE - 3 * BEAT, int(watts * (1 + error))),
            )
    assert month_at_counter == settled
