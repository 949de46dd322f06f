"""Smart charging when things do not go as planned."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

from homeassistant.util import dt as dt_util
import pytest

from custom_components.zmartcharge.connector import Connector
from custom_components.zmartcharge.csms.v16.station import Station16
from custom_components.zmartcharge.history import History
from custom_components.zmartcharge.plan import PastSession, ReplanReason, VerdictReason
from custom_components.zmartcharge.plan_options import PlanOptions
from simulator import SimulatedChargePoint, Station

from .house import House, car, charger_subentry, prompt_evse, wait_until
from .priced import Priced, patient_fixture, priced_site  # noqa: F401

pytestmark = pytest.mark.usefixtures("patient")

ENERGY = "number.garage_energy_per_session"


@pytest.fixture
async def home(house: House) -> Priced:
    """Return a home with prices and a charger of 16 A; who plans answers a moment later."""
    priced = Priced(house)
    priced.prices(cheap=(6, 7))
    await house.set_up(priced_site(), charger_subentry(circuit_fuse=16))
    await priced.connect()
    await priced.ready_by(9)
    planning = house.site.planning

    async def answer(connector: Connector) -> None:
        await asyncio.sleep(0)
        await planning.plan(connector, priced.options)

    def needed(connector: Connector, reason: ReplanReason) -> None:
        priced.needs.append(reason)
        house.hub.create_task(answer(connector), "plan")

    planning.async_on_need(needed)
    return priced


async def _charging(home: Priced, **changes: Any) -> SimulatedChargePoint:
    """Return a charger whose car charges at once, because all hours are cheap."""
    home.prices(cheap=tuple(range(9)))
    await home.settle()
    charge_point = home.charge_points[0]
    await home.plug_in(charge_point, **{"battery_kwh": 80.0, "soc": 10.0, **changes})
    await home.live(3)
    assert home.drawn(charge_point) == 16
    return charge_point


async def test_sessions_of_all_sizes_do_not_make_plan_follow_plan(home: Priced) -> None:
    now = dt_util.utcnow()
    sizes = [2, 31, 7, 18, 25, 4, 12, 40, 9, 15, 22, 6, 28, 11, 19]
    sessions = tuple(
        PastSession(now - timedelta(days=day + 1), size * 1000) for day, size in enumerate(sizes)
    )
    home.house.connector.smart.needs.history = History(sessions, 11_040.0)
    await home.plug_in(home.charge_points[0])
    await home.live(30)
    assert len(home.needs) <= 2
    await home.live(6 * 60, step=300)
    await home.live(60, step=60)
    # It begins, it goes on, and what it takes tells more and more of what it needs.
    assert len(home.needs) <= 12


async def test_limit_that_is_lifted_is_planned_for(home: Priced) -> None:
    connector = home.house.connector
    await connector.set_own_limit(0)
    await home.plug_in(home.charge_points[0])
    await home.live(3)
    await connector.set_own_limit(None)
    await home.live(9 * 60, step=300)
    assert connector.session_energy is not None
    assert connector.session_energy > 12_000


async def test_car_that_tells_late_what_it_needs_is_planned_for(home: Priced) -> None:
    home.options = PlanOptions(still_needed=0)
    await home.plug_in(home.charge_points[0])
    await home.live(3)
    connector = home.house.connector
    assert connector.smart.plan is not None
    assert connector.smart.plan.energy == 0
    await home.house.site.planning.plan(connector, PlanOptions(still_needed=20_000))
    assert connector.smart.plan.energy == pytest.approx(20_000, abs=100)


async def test_charge_now_is_not_overtaken_by_a_pause_that_is_under_way(
    home: Priced, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, gate, paused = Station16.set_limit, asyncio.Event(), asyncio.Event()

    async def slow(self: Station16, connector_id: int, limit: Any, **more: Any) -> None:
        if limit is not None and limit.amperes == 0 and not gate.is_set():
            paused.set()
            await gate.wait()
        await real(self, connector_id, limit, **more)

    monkeypatch.setattr(Station16, "set_limit", slow)
    charge_point = home.charge_points[0]
    await charge_point.plug_in(car())
    await wait_until(lambda: home.house.connector.smart.plan)
    start = asyncio.ensure_future(home.house.connector.start())
    await asyncio.wait_for(paused.wait(), 10)
    await home.house.act("switch", "turn_off", "switch.garage_smart_charging")
    gate.set()
    await start
    await home.live(2)
    assert home.drawn(charge_point) == 16


async def test_charge_now_reaches_a_charger_that_was_away(home: Priced) -> None:
    charge_point = home.charge_points[0]
    await home.plug_in(charge_point)
    await home.house.connector.start()
    await home.live(2)
    await home.house.cut(charge_point)
    await home.house.act("switch", "turn_off", "switch.garage_smart_charging")
    await home.live(2)
    assert home.drawn(charge_point) == 0
    await home.house.mend(charge_point)
    await home.live(3)
    assert home.drawn(charge_point) == 16


@pytest.mark.parametrize(
    ("stop_reason", "again"),
    [("PowerLoss", True), ("Reboot", True), ("Remote", False), ("Local", False)],
)
async def test_only_a_session_that_nobody_stopped_goes_on(
    home: Priced, monkeypatch: pytest.MonkeyPatch, stop_reason: str, again: bool
) -> None:
    started: list[Connector] = []

    async def start(self: Connector, _id_tag: str) -> None:
        started.append(self)

    charge_point = home.charge_points[0]
    await home.house.charge(charge_point)
    await charge_point.unplug()
    await home.settle()
    (session,) = await home.house.sessions()
    monkeypatch.setattr(Connector, "start", start)
    connector = home.house.connector
    connector.smart.starting.ended(replace(session, stop_reason=stop_reason))
    connector.smart.starting.start(dt_util.utcnow())
    await home.house.hass.async_block_till_done(wait_background_tasks=False)
    await home.settle()
    assert bool(started) is again


async def test_what_cannot_be_seen_is_not_full(home: Priced) -> None:
    charge_point = await _charging(home)
    await home.house.cut(charge_point)
    await home.live(20)
    smart = home.house.connector.smart
    assert not smart.watch.full
    await home.house.mend(charge_point)
    await home.live(3)
    assert home.drawn(charge_point) == 16
    assert smart.verdict is not None
    assert smart.verdict.reason is VerdictReason.PLANNED


async def test_full_car_that_warms_itself_is_let(home: Priced) -> None:
    charge_point = await _charging(home, battery_kwh=10.0, soc=70.0)
    await home.live(60, step=60)
    assert home.house.connector.smart.watch.full
    warm = charge_point.station.evse.connectors[0].car
    assert warm is not None
    warm.soc = 90.0
    for _ in range(8):
        await home.live(0.5)
        assert not home.house.connector.held


async def test_promise_is_kept_over_a_restart(home: Priced) -> None:
    await home.house.act("number", "set_value", ENERGY, value=60)
    await home.ready_by(2)
    charge_point = await _charging(home)
    await home.live(130, step=300)
    assert home.drawn(charge_point) == 16
    await home.house.cut(charge_point)
    await home.house.hass.config_entries.async_reload("hub")
    home.charge_points = []
    charge_point = await home.connect(station=charge_point.station)
    home.answer()
    await home.live(5)
    assert home.drawn(charge_point) == 16
    smart = home.house.connector.smart
    assert smart.verdict is not None
    assert smart.verdict.reason is VerdictReason.LATE


async def test_late_car_is_let_go_when_the_user_asks_for_less(home: Priced) -> None:
    home.prices(cheap=(0, 1, 2))
    await home.settle()
    await home.ready_by(1)
    await home.house.act("number", "set_value", ENERGY, value=60)
    charge_point = home.charge_points[0]
    await home.plug_in(charge_point, battery_kwh=80.0, soc=10.0)
    await home.live(90, step=60)
    assert home.drawn(charge_point) == 16
    await home.house.act("number", "set_value", ENERGY, value=10)
    await home.live(5)
    assert home.drawn(charge_point) == 0


async def test_sleeping_car_minds_no_budget(home: Priced) -> None:
    home.prices(cheap=tuple(range(9)))
    await home.settle()
    await home.ready_by(2)
    await home.plug_in(home.charge_points[0], paused=True)
    await home.live(150, step=60)
    assert home.house.connector.smart.watch.asleep
    assert not home.house.connector.smart.is_urgent()


async def test_site_that_is_removed_leaves_no_car_waiting(home: Priced) -> None:
    charge_point = home.charge_points[0]
    await home.plug_in(charge_point)
    await home.house.connector.start()
    await home.live(2)
    connector = home.house.connector
    assert connector.held
    await home.house.remove("home")
    await home.live(2)
    assert not connector.held
    assert home.drawn(charge_point) == 16


async def test_prices_that_come_while_a_plan_is_made_are_planned_for(
    home: Priced, monkeypatch: pytest.MonkeyPatch
) -> None:
    await home.plug_in(home.charge_points[0])
    await home.live(2)
    hass, gate = home.house.hass, asyncio.Event()
    real = hass.async_add_executor_job

    async def late(found: Any) -> Any:
        await gate.wait()
        return found

    def job(target: Any, *args: Any) -> Any:
        if getattr(target, "func", target).__name__ == "_plans" and not gate.is_set():
            return asyncio.ensure_future(late(target(*args)))
        return real(target, *args)

    monkeypatch.setattr(hass, "async_add_executor_job", job)
    planning, connector = home.house.site.planning, home.house.connector
    made = asyncio.ensure_future(planning.plan(connector, home.options))
    home.prices(cheap=(3, 4))
    await wait_until(lambda: ReplanReason.PRICES in home.needs)
    gate.set()
    await made
    await home.live(2)
    assert connector.smart.plan is not None
    assert connector.smart.plan.slots[0].start == home.hour(3)


async def test_plan_that_cannot_be_made_is_asked_for_again(
    home: Priced, monkeypatch: pytest.MonkeyPatch
) -> None:
    connector = home.house.connector
    await home.plug_in(home.charge_points[0])
    await home.live(1)

    def broken(*_args: object) -> None:
        raise ArithmeticError("broken")

    with monkeypatch.context() as patch:
        patch.setattr("custom_components.zmartcharge.planning._plans", broken)
        with pytest.raises(ArithmeticError):
            await home.house.site.planning.plan(connector, home.options)
    assert connector.smart.wanted is ReplanReason.NEED
    await home.live(2)
    assert connector.smart.wanted is None


async def test_car_that_came_again_while_the_charger_was_away_is_charged(home: Priced) -> None:
    charge_point = home.charge_points[0]
    home.prices(cheap=tuple(range(24)))
    await home.settle()
    await home.plug_in(charge_point)
    await home.live(2)
    assert home.drawn(charge_point) == 16
    await home.house.cut(charge_point)
    await charge_point.unplug()
    for _ in range(6):
        home.house.time.tick(10)
        charge_point.step(dt_util.utcnow(), 10.0)
    await charge_point.plug_in(car())
    await home.house.mend(charge_point)
    await home.live(10)
    assert home.drawn(charge_point) == 16


async def test_session_that_a_power_cut_ended_goes_on(house: House) -> None:
    home = Priced(house)
    home.prices(cheap=tuple(range(24)))
    await house.set_up(priced_site(), charger_subentry(circuit_fuse=16))
    home.answer()
    station = Station(prompt_evse(), None, resume_after_power_loss=False)
    charge_point = await home.connect(station=station)
    await home.plug_in(charge_point)
    await home.live(3)
    assert home.drawn(charge_point) == 16
    station.stop(1, dt_util.utcnow(), "PowerLoss")
    charge_point.changed()
    await charge_point.reboot()
    await home.settle()
    await home.live(15)
    assert home.drawn(charge_point) == 16


async def test_battery_that_tells_the_same_all_night_is_counted_from_when_it_was_heard(
    home: Priced,
) -> None:
    charge_point = home.charge_points[0]
    home.prices(cheap=tuple(range(9)))
    await home.settle()
    home.options = PlanOptions(still_needed=10_000, told=(50.0, 80.0, 30.0))
    await home.plug_in(charge_point, battery_kwh=80.0, soc=10.0)
    await home.live(5 * 60, step=300)
    assert _energy(home) == pytest.approx(10_000, abs=2_500)
    # What it tells anew is believed.
    home.options = PlanOptions(still_needed=5_000, told=(65.0, 80.0, 30.0))
    home.house.site.planning.prices_changed()
    await home.live(3 * 60, step=300)
    assert _energy(home) == pytest.approx(15_000, abs=3_500)


def _energy(home: Priced) -> float:
    """Return what the session came to in Wh."""
    return home.house.connector.session_energy or 0


async def _late(home: Priced) -> SimulatedChargePoint:
    """Return a charger whose car charges on after the time that it should have been ready at."""
    home.prices(cheap=(20, 21, 22, 23))
    await home.settle()
    await home.ready_by(1)
    await home.house.act("number", "set_value", ENERGY, value=40)
    charge_point = home.charge_points[0]
    await home.plug_in(charge_point, battery_kwh=80.0, soc=10.0)
    await home.live(90, step=60)
    assert home.drawn(charge_point) == 16
    return charge_point


async def test_late_car_goes_on_when_the_user_asks_for_more(home: Priced) -> None:
    charge_point = await _late(home)
    await home.house.act("number", "set_value", ENERGY, value=45)
    await home.live(5)
    assert home.drawn(charge_point) == 16


async def test_late_car_goes_on_whoever_starts_sessions(home: Priced) -> None:
    charge_point = await _late(home)
    await home.house.act("switch", "turn_off", "switch.garage_start_when_plugged_in")
    await home.live(5)
    assert home.drawn(charge_point) == 16


async def test_car_that_is_charged_until_full_takes_all_that_the_price_limit_allows(
    home: Priced,
) -> None:
    charge_point = home.charge_points[0]
    home.options = PlanOptions(until_full=True, price_limit=Decimal("0.6"))
    home.prices(cheap=(1, 3, 4, 5, 6))
    await home.settle()
    await home.plug_in(charge_point, battery_kwh=60.0, soc=50.0)
    await home.live(30, step=300)
    drawn = [home.drawn(charge_point)]
    for _ in range(5):
        await home.live(60, step=300)
        drawn.append(home.drawn(charge_point))
    assert [current > 0 for current in drawn] == [False, True, False, True, True, False]
    assert home.house.connector.smart.watch.full
