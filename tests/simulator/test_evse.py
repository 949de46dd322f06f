"""The charger's physical side, in virtual time."""

from datetime import UTC, datetime, timedelta
import json
from math import sqrt
from typing import Any

from hypothesis import given, strategies as st
import pytest

from simulator import (
    Behaviour,
    Car,
    ChargingProfile,
    ConnectorError,
    ConnectorStatus,
    Evse,
    GridType,
    Kind,
    Pilot,
    Purpose,
    RateUnit,
    SchedulePeriod,
)

START = datetime(2026, 1, 15, 12, tzinfo=UTC)


def limit(amperes: float, **changes: Any) -> ChargingProfile:
    values: dict[str, Any] = {
        "profile_id": 1,
        "stack_level": 0,
        "purpose": Purpose.TX_DEFAULT,
        "kind": Kind.ABSOLUTE,
        "unit": RateUnit.AMPERE,
        "periods": (SchedulePeriod(start_s=0, limit=amperes),),
        "start": START,
    }
    return ChargingProfile(**values | changes)


class Driven:
    """An Evse with its clock."""

    def __init__(self, evse: Evse) -> None:
        self.evse = evse
        self.now = START

    def run(self, seconds: int) -> float:
        for _ in range(seconds):
            self.now += timedelta(seconds=1)
            self.evse.step(self.now, 1.0)
        return self.evse.connectors[0].current_a


def charging(car: Car | None = None, **settings: Any) -> Driven:
    driven = Driven(Evse(**settings))
    driven.evse.plug_in(Car(max_current_a=32) if car is None else car)
    driven.evse.start_transaction(START)
    return driven


def test_nothing_flows_without_a_transaction() -> None:
    driven = Driven(Evse())
    driven.evse.plug_in(Car())
    assert driven.run(10) == 0
    assert driven.evse.connector(1).status is ConnectorStatus.PREPARING


def test_it_charges_with_what_car_and_charger_can() -> None:
    driven = charging(max_current_a=25)
    assert driven.run(10) == 25
    assert driven.evse.power_w == pytest.approx(3 * 230 * 25)
    assert driven.evse.connector(1).status is ConnectorStatus.CHARGING


def test_an_hour_of_11_kw_is_11_kwh() -> None:
    car = Car(max_current_a=16, ramp_s=0, battery_kwh=100, soc=10, efficiency=0.9)
    driven = charging(car)
    driven.run(3600)
    energy = driven.evse.connector(1).energy_wh
    assert energy == pytest.approx(11_040, abs=10)
    assert car.soc == pytest.approx(10 + 11.04 * 0.9, abs=0.02)


@pytest.mark.parametrize(
    ("grid", "car_phases", "shown"),
    [
        (GridType.TN_400, 3, (10, 10, 10)),
        (GridType.TN_400, 1, (10, 0, 0)),
        (GridType.IT_230, 3, (10, 10, 10 * sqrt(3))),
        (GridType.IT_230, 1, (10, 10, 0)),
    ],
)
def test_its_own_meter_shows_the_lines(
    grid: GridType, car_phases: int, shown: tuple[float, ...]
) -> None:
    driven = charging(Car(max_current_a=10, phases=car_phases), grid=grid)
    driven.run(10)
    assert driven.evse.line_currents(1) == pytest.approx(shown)


def test_a_limit_is_offered_at_most_every_five_seconds() -> None:
    driven = charging(Car(max_current_a=32, ramp_s=0))
    driven.run(10)
    driven.evse.set_profile(1, limit(10), driven.now)
    assert driven.run(1) == 10
    driven.evse.set_profile(1, limit(20), driven.now)
    assert driven.run(4) == 10
    assert driven.run(1) == 20


def test_the_whole_chain_from_limit_to_current_takes_ten_seconds_at_most() -> None:
    driven = charging()
    driven.run(20)
    driven.evse.set_profile(1, limit(31), driven.now)
    driven.run(1)
    driven.evse.set_profile(1, limit(6), driven.now)
    assert driven.run(10) == 6


@pytest.mark.parametrize(("amperes", "drawn"), [(5.9, 0), (3, 0), (0, 0), (6, 6), (13.7, 13.7)])
def test_below_six_amperes_means_pause(amperes: float, drawn: float) -> None:
    driven = charging()
    driven.evse.set_profile(1, limit(amperes), START)
    assert driven.run(12) == drawn
    expected = ConnectorStatus.CHARGING if drawn else ConnectorStatus.SUSPENDED_EVSE
    assert driven.evse.connector(1).status is expected


def test_an_expired_limit_falls_back_to_the_one_below() -> None:
    driven = charging()
    driven.evse.set_profile(0, limit(6), START)
    driven.evse.set_profile(
        1,
        limit(20, profile_id=2, purpose=Purpose.TX, kind=Kind.RELATIVE, start=None, duration_s=60),
        START,
    )
    assert driven.run(50) == 20
    assert driven.run(20) == 6


def test_a_tx_profile_ends_with_its_transaction() -> None:
    driven = charging()
    driven.evse.set_profile(1, limit(8, purpose=Purpose.TX), START)
    assert driven.run(10) == 8
    driven.evse.stop_transaction()
    assert driven.evse.connector(1).status is ConnectorStatus.FINISHING
    assert driven.evse.power_w == 0
    driven.evse.start_transaction(driven.now)
    assert driven.run(10) == 32


@pytest.mark.parametrize(
    ("watts", "phases", "number_phases", "drawn"),
    [
        (6900, 3, None, 10),
        (6900, 3, 3, 10),
        (2300, 1, 1, 10),
        (6900, 1, None, 10),
        (2300, 3, 1, 10),
    ],
)
def test_a_limit_in_watts_is_shared_by_its_phases(
    watts: float, phases: int, number_phases: int | None, drawn: float
) -> None:
    driven = charging(phases=phases)
    period = SchedulePeriod(start_s=0, limit=watts, number_phases=number_phases)
    driven.evse.set_profile(1, limit(0, unit=RateUnit.WATT, periods=(period,)), START)
    assert driven.run(10) == pytest.approx(drawn)


def test_two_connectors_share_the_limit_of_the_charger() -> None:
    driven = charging(connectors=2)
    driven.evse.set_profile(0, limit(32, purpose=Purpose.CHARGE_POINT_MAX), START)
    assert driven.run(12) == 32
    driven.evse.plug_in(Car(max_current_a=32), 2)
    driven.evse.start_transaction(driven.now, connector_id=2)
    driven.run(12)
    assert [item.current_a for item in driven.evse.connectors] == [16, 16]
    driven.evse.stop_transaction(2)
    assert driven.run(12) == 32


@pytest.mark.parametrize(
    ("connector", "changes", "answer"),
    [
        (1, {"purpose": Purpose.CHARGE_POINT_MAX}, "Rejected"),
        (0, {"purpose": Purpose.CHARGE_POINT_MAX}, "Accepted"),
        (0, {"purpose": Purpose.TX}, "Rejected"),
        (1, {"purpose": Purpose.TX}, "Accepted"),
        (1, {"purpose": Purpose.TX, "transaction_id": 77}, "Rejected"),
        (2, {}, "Rejected"),
        (-1, {}, "Rejected"),
        (1, {"stack_level": 9}, "Rejected"),
        (
            1,
            {"periods": tuple(SchedulePeriod(start_s=n, limit=6) for n in range(25))},
            "Rejected",
        ),
    ],
)
def test_profiles_that_do_not_fit_are_rejected(
    connector: int, changes: dict[str, Any], answer: str
) -> None:
    assert charging().evse.set_profile(connector, limit(6, **changes), START) == answer


def test_a_tx_profile_needs_a_transaction() -> None:
    assert Evse().set_profile(1, limit(6, purpose=Purpose.TX), START) == "Rejected"


def test_a_charger_that_only_takes_watts_rejects_amperes() -> None:
    evse = Evse(behaviour=Behaviour(rate_units=frozenset({RateUnit.WATT})))
    assert evse.set_profile(1, limit(6), START) == "Rejected"


def test_a_disobedient_charger_says_yes_and_goes_on() -> None:
    driven = charging(behaviour=Behaviour(ignore_limits=True))
    assert driven.evse.set_profile(1, limit(6), START) == "Accepted"
    assert driven.run(60) == 32


def test_a_charger_without_smart_charging_says_so() -> None:
    evse = Evse(behaviour=Behaviour(profile_answer="NotSupported"))
    assert evse.set_profile(1, limit(6), START) == "NotSupported"
    assert not evse.profiles.installed


def test_a_slow_charger_takes_its_time() -> None:
    driven = charging(Car(max_current_a=32, ramp_s=0), behaviour=Behaviour(pilot=Pilot(delay_s=30)))
    driven.run(10)
    driven.evse.set_profile(1, limit(10), driven.now)
    assert driven.run(30) == 32
    assert driven.run(1) == 10


def test_a_composite_schedule_is_what_will_be_offered() -> None:
    driven = charging()
    driven.evse.set_profile(0, limit(20, purpose=Purpose.CHARGE_POINT_MAX, profile_id=9), START)
    periods = (
        SchedulePeriod(start_s=0, limit=10),
        SchedulePeriod(start_s=60, limit=25),
        SchedulePeriod(start_s=120, limit=0),
    )
    driven.evse.set_profile(1, limit(0, periods=periods, duration_s=180), START)
    composite = driven.evse.composite_schedule(1, START, 300)
    assert [(item.start_s, item.limit) for item in composite] == [
        (0, 10),
        (60, 20),
        (120, 0),
        (180, 20),
    ]
    watts = driven.evse.composite_schedule(1, START, 30, RateUnit.WATT)
    assert [(item.start_s, item.limit) for item in watts] == [(0, 6900)]
    assert [item.limit for item in driven.evse.composite_schedule(0, START, 300)] == [20]
    with pytest.raises(ConnectorError):
        driven.evse.composite_schedule(2, START, 300)


def test_the_register_and_the_session_survive_a_restart() -> None:
    driven = charging(Car(max_current_a=16, soc=20))
    driven.evse.set_profile(1, limit(10), START)
    driven.run(600)
    saved = json.loads(json.dumps(driven.evse.save()))
    again = Driven(Evse())
    again.evse.load(saved)
    again.now = driven.now
    connector = again.evse.connector(1)
    assert connector.energy_wh == driven.evse.connector(1).energy_wh > 0
    assert connector.transaction == driven.evse.connector(1).transaction
    assert again.run(10) == 10
    assert again.evse.stop_transaction().key == 1
    assert again.evse.start_transaction(again.now).key == 2


def test_unplugging_cuts_the_current_at_once() -> None:
    driven = charging()
    driven.run(10)
    car = driven.evse.unplug()
    assert (car.current_a, driven.evse.power_w) == (0, 0)
    assert driven.run(1) == 0
    assert driven.evse.connector(1).status is ConnectorStatus.SUSPENDED_EV


def test_a_fault_cuts_the_current_at_the_next_step() -> None:
    driven = charging()
    driven.run(10)
    driven.evse.connector(1).fault = "GroundFailure"
    assert driven.run(1) == 0
    assert driven.evse.connector(1).status is ConnectorStatus.FAULTED


def test_a_car_that_pauses_suspends_the_session_by_itself() -> None:
    car = Car()
    driven = charging(car)
    driven.run(10)
    car.paused = True
    driven.run(6)
    assert driven.evse.connector(1).status is ConnectorStatus.SUSPENDED_EV


def test_the_speed_multiplies_energy_and_not_power() -> None:
    driven = charging(Car(max_current_a=16, ramp_s=0))
    driven.evse.step(START, 0)
    driven.evse.step(START + timedelta(seconds=1), 1.0, speed=3600.0)
    assert driven.evse.power_w == pytest.approx(11_040)
    assert driven.evse.connector(1).energy_wh == 11_040


@given(
    st.lists(
        st.one_of(
            st.tuples(st.just("limit"), st.floats(0, 40)),
            st.tuples(st.just("run"), st.integers(1, 8)),
            st.tuples(st.just("pause"), st.booleans()),
        ),
        max_size=25,
    ),
    st.sampled_from([GridType.TN_400, GridType.IT_230]),
)
def test_the_charger_never_gives_more_than_its_limit_ten_seconds_later(
    events: list[tuple[str, float]], grid: GridType
) -> None:
    car = Car(max_current_a=32)
    driven = charging(car, grid=grid)
    allowed = 32.0
    register = 0
    for kind, value in events:
        if kind == "limit":
            driven.evse.set_profile(1, limit(value), driven.now)
            allowed = min(32.0, value) if value >= 6 else 0.0
        elif kind == "pause":
            car.paused = bool(value)
        else:
            driven.run(int(value))
        connector = driven.evse.connector(1)
        assert connector.current_a == 0 or connector.current_a >= 6
        assert connector.energy_wh >= register
        register = connector.energy_wh
    driven.run(10)
    assert driven.evse.connector(1).current_a <= allowed


@pytest.mark.parametrize(
    "wrong",
    [{"connectors": 0}, {"max_current_a": 5}, {"phases": 2}, {"grid": GridType.SINGLE_PHASE}],
)
def test_a_charger_that_cannot_be_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError):
        Evse(**wrong)


def test_what_cannot_be_done_is_refused() -> None:
    evse = charging().evse
    for attempt in (
        lambda: evse.connector(0),
        lambda: evse.connector(2),
        lambda: evse.plug_in(Car()),
        lambda: evse.start_transaction(START),
    ):
        with pytest.raises(ConnectorError):
            attempt()
    evse.stop_transaction()
    with pytest.raises(ConnectorError):
        evse.stop_transaction()
    evse.unplug()
    with pytest.raises(ConnectorError):
        evse.unplug()
    evse.connector(1).operative = False
    with pytest.raises(ConnectorError):
        evse.start_transaction(START)
