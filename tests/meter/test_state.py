from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import ClassVar

from hypothesis import given, strategies as st
import pytest

from custom_components.zmartcharge.meter import (
    Measured,
    MeterState,
    PartialReading,
    Quality,
    Rejection,
)
from custom_components.zmartcharge.units import GridType, Phase

START = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
LIMIT = timedelta(seconds=30)
THREE = {Phase.L1: 10.0, Phase.L2: 11.0, Phase.L3: 12.0}


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def partial(seconds: float = 0, *, retained: bool = False, **values: object) -> PartialReading:
    defaults = {"received": at(seconds), "source_time": at(seconds), "retained": retained}
    return PartialReading(**{**defaults, **values})  # type: ignore[arg-type]


def tn(**values: object) -> MeterState:
    return MeterState(grid=GridType.TN_400, **values)  # type: ignore[arg-type]


def currents(state: MeterState) -> dict[Phase, float]:
    assert state.reading is not None
    return {phase: current.value for phase, current in state.reading.currents.items()}


def test_nothing_is_fresh_before_the_first_reading() -> None:
    assert not tn().fresh(START, LIMIT)


def test_partial_lists_become_one_picture_each_value_with_its_own_age() -> None:
    state = (
        tn()
        .merge(partial(0, energy_import=5000, meter_id="1", meter_type="6525"))
        .merge(partial(10, currents=THREE, voltages={Phase.L1: 231.0}, power_import=5000))
        .merge(partial(12, power_import=7000, power_export=0))
    )
    assert state.reading is not None
    assert state.reading.energy_import == Measured(5000, at(0))
    assert state.reading.currents[Phase.L2] == Measured(11.0, at(10))
    assert state.reading.voltages == {Phase.L1: Measured(231.0, at(10))}
    assert state.reading.power_import == Measured(7000, at(12))
    assert state.reading.power_import.age(at(15)) == timedelta(seconds=3)
    assert (state.reading.meter_id, state.reading.meter_type) == ("1", "6525")
    assert (state.reading.received, state.reading.source_time) == (at(12), at(12))


@pytest.mark.parametrize(
    ("seconds", "fresh"), [(0, True), (30, True), (30.1, False), (-0.5, True), (-3600, False)]
)
def test_currents_are_fresh_for_a_while_and_never_when_our_clock_was_set_back(
    seconds: float, fresh: bool
) -> None:
    assert tn().merge(partial(currents=THREE)).fresh(at(seconds), LIMIT) is fresh


def test_a_power_alone_does_not_keep_the_currents_fresh() -> None:
    state = tn().merge(partial(0, currents=THREE)).merge(partial(31, power_import=1))
    assert not state.fresh(at(31), LIMIT)


def test_one_phase_that_is_missing_or_old_is_enough_to_be_stale() -> None:
    state = tn().merge(partial(0, currents={Phase.L1: 1.0, Phase.L3: 1.0}))
    assert not state.fresh(START, LIMIT)
    state = tn().merge(partial(0, currents=THREE)).merge(partial(31, currents={Phase.L1: 1.0}))
    assert not state.fresh(at(31), LIMIT)


def test_a_message_that_was_held_up_is_as_old_as_it_says() -> None:
    held_up = partial(currents=THREE, received=at(40))
    assert not tn().merge(held_up).fresh(at(40), LIMIT)


def test_a_reader_without_a_clock_is_believed_by_ours() -> None:
    state = tn().merge(partial(source_time=None, currents=THREE))
    assert state.merge(partial(5, source_time=None, power_import=1)).fresh(at(5), LIMIT)


class TestItNet:
    IT = MeterState(grid=GridType.IT_230, fuse=63)
    WITHOUT_L2: ClassVar = {Phase.L1: 1.3, Phase.L3: 0.9}
    ZERO_L2: ClassVar = WITHOUT_L2 | {Phase.L2: 0.0}

    @pytest.mark.parametrize("values", [WITHOUT_L2, ZERO_L2])
    def test_a_current_of_l2_that_is_zero_or_missing_is_estimated_and_marked(
        self, values: dict[Phase, float]
    ) -> None:
        state = self.IT.merge(
            partial(currents=values, power_import=280, reactive_import=0, reactive_export=128)
        )
        assert state.reading is not None
        l2 = state.reading.currents[Phase.L2]
        assert 0 < l2.value <= 2.2
        assert l2.margin is not None
        assert l2.value + l2.margin <= 2.2 + 0.005
        assert state.reading.currents[Phase.L1].margin is None
        assert state.fresh(START, LIMIT)
        assert state.quality(START, LIMIT) is Quality.ESTIMATED

    @pytest.mark.parametrize("values", [{Phase.L1: 5.0}, {Phase.L3: 5.0}, {Phase.L2: 0.0}])
    def test_a_current_of_l2_is_unknown_while_nothing_tells_it(
        self, values: dict[Phase, float]
    ) -> None:
        state = self.IT.merge(partial(currents=values))
        assert Phase.L2 not in currents(state)
        assert not state.fresh(START, LIMIT)

    def test_without_the_power_l2_is_taken_for_the_most_that_it_can_be(self) -> None:
        state = self.IT.merge(partial(currents=self.WITHOUT_L2))
        assert currents(state)[Phase.L2] == pytest.approx(2.2)

    def test_an_estimate_is_as_old_as_the_older_of_what_tells_it(self) -> None:
        state = self.IT.merge(partial(0, currents={Phase.L1: 4.0}))
        state = state.merge(partial(20, currents={Phase.L3: 3.0}))
        assert state.reading is not None
        assert state.reading.currents[Phase.L2] == Measured(7.0, at(0), margin=0.0)
        assert state.fresh(at(30), LIMIT)
        assert not state.fresh(at(31), LIMIT)

    def test_an_estimate_from_a_stale_current_is_stale(self) -> None:
        state = self.IT.merge(partial(0, currents={Phase.L1: 4.0}))
        state = state.with_availability(online=False, at=at(1))
        state = state.merge(partial(2, currents={Phase.L3: 3.0}))
        assert state.reading is not None
        assert state.reading.currents[Phase.L2].stale

    def test_a_readers_own_estimate_counts_with_its_margin(self) -> None:
        state = self.IT.merge(
            partial(currents=self.WITHOUT_L2 | {Phase.L2: 1.5}, margins={Phase.L2: 0.7})
        )
        assert state.reading is not None
        assert state.reading.currents[Phase.L2] == Measured(1.5, START, margin=0.7)
        assert state.quality(START, LIMIT) is Quality.ESTIMATED

    def test_a_current_of_l2_that_is_measured_counts(self) -> None:
        state = self.IT.merge(partial(currents=THREE))
        assert currents(state) == THREE
        assert state.quality(START, LIMIT) is Quality.GOOD

    @pytest.mark.parametrize("values", [WITHOUT_L2, ZERO_L2])
    def test_a_current_of_l2_from_an_earlier_list_is_not_mixed_with_newer_ones(
        self, values: dict[Phase, float]
    ) -> None:
        state = self.IT.merge(partial(currents=THREE)).merge(partial(10, currents=values))
        assert state.reading is not None
        assert state.reading.currents[Phase.L2] == Measured(pytest.approx(2.2), at(10), margin=0.0)
        assert state.fresh(at(10), LIMIT)

    def test_lines_that_come_one_by_one_do_not_replace_a_measured_l2(self) -> None:
        state = self.IT
        for second, (phase, value) in enumerate(THREE.items()):
            state = state.merge(partial(second, currents={phase: value}))
        state = state.merge(partial(5, currents={Phase.L1: 10.5}))
        assert currents(state) == THREE | {Phase.L1: 10.5}

    def test_l2_that_comes_alone_as_zero_is_estimated_from_then_on(self) -> None:
        state = self.IT.merge(partial(currents=THREE)).merge(partial(5, currents={Phase.L2: 0.0}))
        assert currents(state)[Phase.L2] == 22
        state = state.merge(partial(6, currents={Phase.L1: 1.0}))
        assert currents(state)[Phase.L2] == 13

    def test_a_list_without_currents_leaves_them_alone(self) -> None:
        state = self.IT.merge(partial(currents=THREE)).merge(partial(2, power_import=1))
        assert currents(state) == THREE

    def test_a_voltage_of_zero_at_l2_is_unknown(self) -> None:
        state = self.IT.merge(partial(voltages={Phase.L1: 231.0, Phase.L2: 0.0}))
        assert state.reading is not None
        assert state.reading.voltages.keys() == {Phase.L1}

    def test_a_zero_at_another_phase_is_a_zero(self) -> None:
        state = self.IT.merge(partial(currents={Phase.L1: 0.0, Phase.L3: 0.0}))
        assert currents(state) == {Phase.L1: 0.0, Phase.L3: 0.0, Phase.L2: 0.0}


class TestReaderThatSendsOnChange:
    def one(self, seconds: float, **values: object) -> PartialReading:
        return partial(seconds, source_time=None, on_change=True, **values)

    @pytest.mark.parametrize(
        "moved", [{"currents": {Phase.L3: 4.0}}, {"voltages": {Phase.L1: 231.0}}]
    )
    def test_a_current_or_voltage_confirms_the_others(self, moved: dict[str, object]) -> None:
        state = tn().merge(self.one(0, currents=THREE, power_import=5000))
        for seconds in range(25, 300, 25):
            state = state.merge(self.one(seconds, **moved))
        assert state.fresh(at(275), LIMIT)
        assert state.reading is not None
        assert state.reading.currents[Phase.L1] == Measured(10.0, at(275))

    def test_power_alone_confirms_no_current(self) -> None:
        state = tn().merge(self.one(0, currents=THREE, power_import=5000))
        for seconds in range(5, 60, 5):
            state = state.merge(self.one(seconds, power_import=5000 + seconds))
        assert not state.fresh(at(55), LIMIT)

    def test_silence_is_no_confirmation(self) -> None:
        assert not tn().merge(self.one(0, currents=THREE)).fresh(at(31), LIMIT)

    def test_what_the_broker_had_kept_is_not_confirmed(self) -> None:
        state = tn().merge(replace(self.one(0, currents=THREE), retained=True))
        assert not state.merge(self.one(1, power_import=1)).fresh(at(1), LIMIT)

    def test_what_was_there_before_the_reader_was_away_is_not_confirmed(self) -> None:
        state = tn().merge(self.one(0, currents=THREE)).with_availability(online=False, at=at(1))
        state = state.with_availability(online=True, at=at(2))
        assert not state.merge(self.one(3, power_import=1)).fresh(at(3), LIMIT)

    def test_what_the_broker_repeats_confirms_nothing(self) -> None:
        state = tn().merge(self.one(0, currents=THREE))
        repeated = replace(self.one(29, power_import=1), retained=True)
        assert not state.merge(repeated).fresh(at(31), LIMIT)


def test_power_that_is_imported_ends_an_export() -> None:
    state = (
        tn().merge(partial(power_import=0, power_export=4000)).merge(partial(3, power_import=3000))
    )
    assert state.reading is not None
    assert state.reading.power_export == Measured(0.0, at(3))


def test_quality_is_unknown_before_the_first_current_and_stale_after_the_last() -> None:
    assert tn().quality(START, LIMIT) is None
    assert tn().merge(partial(power_import=1)).quality(START, LIMIT) is None
    state = tn().merge(partial(currents=THREE))
    assert state.quality(START, LIMIT) is Quality.GOOD
    assert state.quality(at(31), LIMIT) is Quality.STALE


def test_zero_on_l2_is_a_measurement_in_a_tn_net() -> None:
    state = tn().merge(partial(currents=THREE | {Phase.L2: 0.0}))
    assert currents(state)[Phase.L2] == 0
    assert state.fresh(START, LIMIT)


def test_a_single_phase_site_has_only_l1() -> None:
    state = MeterState(grid=GridType.SINGLE_PHASE).merge(
        partial(currents={Phase.L1: 5.0, Phase.L2: 0.0, Phase.L3: 0.0})
    )
    assert currents(state) == {Phase.L1: 5.0}
    assert state.fresh(START, LIMIT)


class TestRetained:
    def test_is_shown_but_never_fresh(self) -> None:
        state = tn().merge(partial(currents=THREE, retained=True))
        assert currents(state) == THREE
        assert not state.fresh(START, LIMIT)
        assert state.reading is not None
        assert state.reading.retained

    def test_may_be_old_without_being_refused(self) -> None:
        state = tn().merge(partial(-86400, received=START, energy_import=1, retained=True))
        assert state.rejection is None

    def test_does_not_become_fresh_by_a_live_power(self) -> None:
        state = tn().merge(partial(currents=THREE, retained=True)).merge(partial(2, power_import=1))
        assert not state.fresh(at(2), LIMIT)

    def test_never_covers_what_came_live(self) -> None:
        state = tn().merge(partial(10, currents=THREE, meter_id="live"))
        after = state.merge(
            partial(5, retained=True, currents={Phase.L1: 99.0}, energy_import=7, meter_id="old")
        )
        assert currents(after) == THREE
        assert after.fresh(at(10), LIMIT)
        assert after.reading is not None
        assert after.reading.energy_import == Measured(7, at(5), stale=True)
        assert (after.reading.meter_id, after.reading.source_time) == ("live", at(10))
        assert not after.reading.retained

    def test_a_newer_one_replaces_an_older_one_and_not_the_other_way(self) -> None:
        newer = partial(10, retained=True, power_import=2)
        older = partial(5, retained=True, power_import=1)
        for first, second in ((newer, older), (older, newer)):
            state = tn().merge(first).merge(second)
            assert state.reading is not None
            assert state.reading.power_import == Measured(2, at(10), stale=True)

    def test_does_not_stop_a_live_one_that_is_older_by_the_readers_clock(self) -> None:
        state = tn().merge(partial(10, retained=True, power_import=2))
        live = state.merge(partial(5, currents=THREE, received=at(11)))
        assert live.rejection is None
        assert live.fresh(at(11), LIMIT)

    def test_from_the_future_is_refused(self) -> None:
        state = tn().merge(partial(retained=True, source_time=at(61), power_import=2))
        assert state.rejection is Rejection.CLOCK_SKEW

    def test_does_not_forget_l2_of_an_it_net(self) -> None:
        state = MeterState(grid=GridType.IT_230).merge(partial(currents=THREE))
        after = state.merge(partial(1, retained=True, currents={Phase.L1: 1.0, Phase.L3: 1.0}))
        assert currents(after) == THREE


class TestOffline:
    def test_makes_everything_stale_at_once(self) -> None:
        state = (
            tn()
            .merge(partial(currents=THREE, voltages={Phase.L1: 1.0}, power_import=1.0))
            .with_availability(online=False, at=at(1))
        )
        assert not state.fresh(at(1), LIMIT)
        assert state.online is False
        assert state.reading is not None
        assert state.reading.power_import == Measured(1.0, START, stale=True)
        assert state.reading.voltages[Phase.L1].stale

    def test_online_again_makes_nothing_fresh_before_it_is_measured_anew(self) -> None:
        state = (
            tn()
            .merge(partial(currents=THREE))
            .with_availability(online=False, at=at(1))
            .with_availability(online=True, at=at(2))
        )
        assert not state.fresh(at(2), LIMIT)
        assert state.merge(partial(3, currents=THREE)).fresh(at(3), LIMIT)

    def test_a_message_that_was_still_on_its_way_stays_stale(self) -> None:
        state = tn().with_availability(online=False, at=at(5))
        state = state.merge(partial(4, received=at(6), currents=THREE))
        assert currents(state) == THREE
        assert not state.fresh(at(6), LIMIT)
        assert state.online is False

    def test_a_reader_that_measures_again_is_there_even_if_it_did_not_say_so(self) -> None:
        state = tn().with_availability(online=False, at=at(5)).merge(partial(8, currents=THREE))
        assert state.online is True
        assert state.fresh(at(8), LIMIT)

    def test_a_reader_that_never_says_whether_it_is_there_is_believed(self) -> None:
        state = tn().merge(partial(currents=THREE))
        assert state.online is None
        assert state.fresh(START, LIMIT)


class TestRefused:
    KNOWN = tn(fuse=25.0).merge(partial(100, currents=THREE))

    def assert_keeps_the_picture(self, refused: PartialReading, rejection: Rejection) -> None:
        after = self.KNOWN.merge(refused)
        assert after.rejection is rejection
        assert after == replace(self.KNOWN, rejection=rejection)
        assert after.merge(partial(110, currents=THREE)).rejection is None

    @pytest.mark.parametrize("current", [75.1, -75.1])
    def test_a_current_above_three_times_the_fuse(self, current: float) -> None:
        self.assert_keeps_the_picture(
            partial(101, currents=THREE | {Phase.L3: current}), Rejection.CURRENT_ABSURD
        )

    @pytest.mark.parametrize("field", ["power_import", "power_export"])
    def test_a_power_that_no_such_fuse_can_carry(self, field: str) -> None:
        self.assert_keeps_the_picture(partial(101, **{field: 57_000.0}), Rejection.POWER_ABSURD)
        assert self.KNOWN.merge(partial(101, **{field: 56_000.0})).rejection is None

    def test_not_a_current_of_exactly_three_times_the_fuse(self) -> None:
        assert self.KNOWN.merge(partial(101, currents={Phase.L1: -75.0})).rejection is None

    def test_no_current_when_no_fuse_is_given(self) -> None:
        assert tn().merge(partial(currents={Phase.L1: 9000.0})).rejection is None

    def test_time_running_backwards(self) -> None:
        self.assert_keeps_the_picture(
            partial(99, received=at(101), currents=THREE), Rejection.TIME_BACKWARDS
        )

    def test_not_after_the_clock_of_the_machine_was_set_back(self) -> None:
        state = self.KNOWN.merge(partial(-3500, currents=THREE))
        assert state.rejection is None
        assert state.fresh(at(-3500), LIMIT)

    def test_not_two_lists_in_the_same_second(self) -> None:
        assert self.KNOWN.merge(partial(100, power_import=1)).rejection is None

    @pytest.mark.parametrize("received", [161.1, 40.9])
    def test_a_clock_that_is_more_than_a_minute_off(self, received: float) -> None:
        self.assert_keeps_the_picture(
            partial(101, received=at(received), currents=THREE), Rejection.CLOCK_SKEW
        )

    @pytest.mark.parametrize("received", [161, 41])
    def test_not_a_clock_that_is_a_minute_off(self, received: float) -> None:
        assert (
            self.KNOWN.merge(partial(101, received=at(received), power_import=1)).rejection is None
        )


@given(
    st.lists(
        st.builds(
            lambda seconds, skew, retained, values, power: partial(
                seconds,
                received=at(seconds + skew),
                retained=retained,
                currents=values,
                power_import=power,
            ),
            st.integers(0, 200),
            st.integers(-70, 70),
            st.booleans(),
            st.dictionaries(st.sampled_from(list(Phase)), st.floats(-100, 100)),
            st.none() | st.floats(0, 1e4),
        ),
        max_size=12,
    ),
    st.sampled_from(list(GridType)),
    st.integers(0, 300),
)
def test_what_is_fresh_was_measured_live_within_the_limit(
    partials: list[PartialReading], grid: GridType, now: int
) -> None:
    state = MeterState(grid=grid, fuse=25)
    for given_partial in partials:
        state = state.merge(given_partial)
    if not state.fresh(at(now), LIMIT):
        return
    live = [
        reading
        for reading in partials
        if not reading.retained and at(now) - reading.measured_at <= LIMIT
    ]
    assert state.reading is not None
    for phase, current in state.reading.currents.items():
        assert at(now) - current.at <= LIMIT
        value = current.value
        if current.margin is not None:
            assert (grid, phase) == (GridType.IT_230, Phase.L2)
            continue
        assert abs(value) <= 75
        assert any(reading.currents.get(phase) == value for reading in live)
