"""What charging cost less this month than it would have if every car had charged at once."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from homeassistant.helpers import entity_registry as er
from homeassistant.util import dt as dt_util
from hypothesis import given, strategies as st
import pytest

from custom_components.zmartcharge.const import DOMAIN
from custom_components.zmartcharge.ledger import LedgerUnavailableError
from custom_components.zmartcharge.saving import cost_at_once, month_start, next_month

from .cost_house import CostHouse
from .house import NOW, House, charger_subentry, site_subentry, wait_until
from .ledger.priced import charged, prices_from
from .priced import Priced, patient_fixture, priced_site  # noqa: F401

OSLO = ZoneInfo("Europe/Oslo")
QUARTER = timedelta(minutes=15)


def by_quarter(start: datetime, *amounts: str) -> dict[datetime, Decimal]:
    """Return prices of quarter-hours that follow each other."""
    return {start + n * QUARTER: Decimal(amount) for n, amount in enumerate(amounts)}


# What charging at once costs ------------------------------------------------------------------


def test_energy_costs_what_its_quarter_hours_cost() -> None:
    # 2 kWh in each quarter-hour, 1 kWh in the last.
    cost = cost_at_once(5000, 8000.0, NOW, by_quarter(NOW, "1", "2", "4"))
    assert cost == Decimal(2 * 1 + 2 * 2 + 1 * 4)


def test_first_quarter_hour_counts_from_when_the_car_came() -> None:
    prices = by_quarter(NOW, "1", "2")
    cost = cost_at_once(3000, 8000.0, NOW + timedelta(minutes=7.5), prices)
    assert cost == Decimal(1 * 1 + 2 * 2)


def test_power_that_costs_less_than_nothing_counts_as_it_is() -> None:
    assert cost_at_once(2000, 8000.0, NOW, by_quarter(NOW, "-0.5")) == Decimal(-1)


def test_no_energy_costs_nothing_though_there_is_no_price() -> None:
    assert cost_at_once(0, 8000.0, NOW, {}) == 0


def test_cost_is_unknown_where_a_quarter_hour_has_no_price() -> None:
    prices = by_quarter(NOW, "1", "1", "1")
    del prices[NOW + QUARTER]
    assert cost_at_once(2000, 8000.0, NOW, prices) == 2
    assert cost_at_once(2001, 8000.0, NOW, prices) is None


@pytest.mark.parametrize("watts", [0.0, -1.0, float("nan")])
def test_power_must_charge_something(watts: float) -> None:
    with pytest.raises(ValueError, match="charges nothing"):
        cost_at_once(1000, watts, NOW, by_quarter(NOW, "1"))


def test_hour_that_comes_twice_is_charged_twice() -> None:
    # 02:30 to 02:30, an hour later, on the night when clocks are put back.
    start = datetime(2026, 10, 25, 2, 30, tzinfo=OSLO, fold=0).astimezone(UTC)
    prices = by_quarter(start, "1", "1", "2", "2")
    assert cost_at_once(8000, 8000.0, start, prices) == Decimal(2 + 2 + 4 + 4)


@given(
    energy=st.integers(1, 200_000),
    minutes=st.integers(1, 3 * 24 * 60),
    second=st.integers(0, 900),
)
def test_energy_fits_in_the_time_that_its_mean_power_takes(
    energy: int, minutes: int, second: int
) -> None:
    start = NOW + timedelta(seconds=second)
    stop = start + timedelta(minutes=minutes)
    quarters = -((NOW - stop) // QUARTER)
    prices = by_quarter(NOW, *["1"] * quarters)
    cost = cost_at_once(energy, energy / (minutes / 60), start, prices)
    assert cost is not None
    assert float(cost) == pytest.approx(energy / 1000)


# Months ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("now", "start", "end"),
    [
        # In Oslo the month has begun though it has not in UTC.
        ("2026-10-31T23:30+00:00", "2026-10-31T23:00+00:00", "2026-11-30T23:00+00:00"),
        ("2026-10-25T00:30+00:00", "2026-09-30T22:00+00:00", "2026-10-31T23:00+00:00"),
        ("2026-03-29T01:30+00:00", "2026-02-28T23:00+00:00", "2026-03-31T22:00+00:00"),
        ("2026-12-31T22:59+00:00", "2026-11-30T23:00+00:00", "2026-12-31T23:00+00:00"),
    ],
)
def test_month_is_that_of_the_house(now: str, start: str, end: str) -> None:
    moment = datetime.fromisoformat(now)
    assert month_start(moment, OSLO) == datetime.fromisoformat(start)
    assert next_month(moment, OSLO) == datetime.fromisoformat(end)


# The sensor -----------------------------------------------------------------------------------


def sensor(house: House, connector: int = 1) -> str:
    """Return the id of the sensor."""
    found = er.async_get(house.hass).async_get_entity_id(
        "sensor", DOMAIN, f"garage_{connector}_saving_this_month"
    )
    return found or "missing"


async def shows(house: House, saving: float | None) -> None:
    """Wait until the sensor shows a saving."""
    expected = None if saving is None else pytest.approx(saving, abs=0.006)
    await wait_until(lambda: house.number(sensor(house)) == expected)


async def reckoned(house: House) -> None:
    """Wait until nothing is being reckoned any more."""
    tasks = [house.connector.savings._reckoning]
    await wait_until(lambda: all(task is None or task.done() for task in tasks))


@pytest.fixture
async def books(house: House) -> CostHouse:
    """Return a house with a price, whose ledger is written by hand, two days after NOW."""
    await house.set_up(priced_site(), charger_subentry(circuit_fuse=16))
    await shows(house, 0)
    await house.pass_time(2 * 24 * 3600)
    return CostHouse(house)


async def restart(house: House) -> None:
    """Restart the integration."""
    await house.unload()
    await house.set_up()


async def test_nothing_was_saved_without_sessions(house: House) -> None:
    await house.set_up(priced_site(), charger_subentry())
    await shows(house, 0)
    state = house.full_state(sensor(house))
    assert state.state == "0.0"
    assert state.attributes["unit_of_measurement"] == "NOK"
    assert state.attributes["device_class"] == "monetary"
    assert "state_class" not in state.attributes


async def test_house_without_a_price_has_no_such_sensor(house: House) -> None:
    await house.set_up(site_subentry(), charger_subentry())
    assert sensor(house) == "missing"


async def test_sensor_comes_when_a_price_is_described(house: House) -> None:
    await house.set_up(site_subentry(), charger_subentry())
    assert house.connector.savings.amount is None
    described: Any = priced_site()["data"]["price"]
    await house.change("home", price=described)
    house.connector.savings.look()
    await shows(house, 0)


async def test_sessions_are_summed_that_waited_for_cheaper_hours(books: CostHouse) -> None:
    await books.price(0, "2", "1", "0.5", "2", "1")
    # 10 kWh at 0.5 instead of 2, in the third hour.
    await books.charge(0, 0, 0, 10_000)
    # 5 kWh at 1 instead of 2.
    await books.charge(3, 0, 5000, meter=10_000)
    await restart(books.house)
    await shows(books.house, 15 + 5)


async def test_session_that_cost_more_counts_as_a_loss(books: CostHouse) -> None:
    await books.price(0, "1", "2")
    await books.charge(0, 0, 8000)
    await restart(books.house)
    await shows(books.house, -8)


async def test_loss_of_less_than_a_hundredth_is_shown_as_nothing(books: CostHouse) -> None:
    await books.price(0, "1", "1.001")
    await books.charge(0, 0, 1000)
    await restart(books.house)
    await wait_until(lambda: books.house.connector.savings.amount == Decimal("-0.001"))
    assert books.house.state(sensor(books.house)) == "0.0"


async def test_short_session_would_have_charged_as_quickly_as_cars_usually_do(
    books: CostHouse,
) -> None:
    prices = prices_from(NOW, "4", "1", "1", "2", duration=15)
    await books.house.hub.ledger.hold_prices("home", prices, NOW)
    # An earlier session was at 16 kW for a whole quarter-hour, without a price: 1 kWh in the last
    # quarter-hour would have been charged within the first.
    readings = [(0, 0), (15, 4000), (30, 8000), (45, 12_000), (60, 16_000)]
    await charged(books.house.hub.ledger, readings, begin=NOW - timedelta(hours=2))
    readings = [(0, 16_000), (45, 16_000), (60, 17_000)]
    await charged(books.house.hub.ledger, readings, begin=NOW)
    await restart(books.house)
    await shows(books.house, 4 - 2)


async def test_session_that_charged_at_once_saved_nothing(books: CostHouse) -> None:
    await books.price(0, "1", "2")
    await books.charge(0, 10_000, 10_000)
    await restart(books.house)
    await reckoned(books.house)
    assert books.house.state(sensor(books.house)) == "0.0"


async def test_only_what_has_a_price_counts(books: CostHouse) -> None:
    await books.price(0, "2", "1")
    await books.charge(0, 0, 4000)
    # Its energy has no price; and its own hours have one, but none would have held at once.
    await books.charge(3, 0, 4000, meter=4000)
    await books.price(7, "1")
    await books.charge(6, 0, 4000, meter=8000)
    await restart(books.house)
    await shows(books.house, 4)


async def test_price_in_another_currency_does_not_count(books: CostHouse) -> None:
    await books.price(0, "2", "1")
    await books.charge(0, 0, 4000)
    abroad: Any = priced_site()["data"]["price"]
    abroad = {**abroad, "contract": {**abroad["contract"], "currency": "SEK"}}
    await books.house.unload()
    await books.house.change("home", price=abroad)
    await books.house.set_up()
    await shows(books.house, 0)
    unit = books.house.full_state(sensor(books.house)).attributes["unit_of_measurement"]
    assert unit == "SEK"


async def test_other_connector_and_open_session_do_not_count(books: CostHouse) -> None:
    await books.price(0, "2", "1")
    await books.charge(0, 0, 4000, connector=2)
    await books.charge(0, 0, 4000, stop=False)
    await restart(books.house)
    await shows(books.house, 0)


async def test_session_without_energy_or_time_saved_nothing(books: CostHouse) -> None:
    await books.price(0, "2", "1")
    await books.charge(0, 0)
    at_once = await charged(books.house.hub.ledger, [(0, 0), (0, 10)], begin=books.hour(1))
    assert at_once.energy_wh == 0
    await restart(books.house)
    await shows(books.house, 0)


async def test_month_begins_with_nothing(books: CostHouse) -> None:
    house = books.house
    await books.price(0, "2", "1")
    await books.charge(0, 0, 4000)
    await restart(house)
    await shows(house, 4)
    ends = next_month(dt_util.utcnow(), dt_util.get_default_time_zone())
    await house.pass_time((ends - dt_util.utcnow()).total_seconds() - 1)
    await reckoned(house)
    assert house.number(sensor(house)) == 4
    await house.pass_time(2)
    await shows(house, 0)


async def test_month_after_next_is_seen_too(books: CostHouse) -> None:
    house = books.house
    for _ in range(2):
        ends = next_month(dt_util.utcnow(), dt_util.get_default_time_zone())
        await house.pass_time((ends - dt_util.utcnow()).total_seconds() + 1)
        await wait_until(lambda: house.connector.savings.amount == 0)


async def test_recalculated_costs_are_seen(books: CostHouse) -> None:
    house = books.house
    await books.price(0, "2", "1")
    await books.charge(0, 0, 4000)
    await restart(house)
    await shows(house, 4)
    assert await _recalculated(books, "2", "0.5")
    await house.hub.refresh_costs(house.site)
    await shows(house, 6)


async def _recalculated(books: CostHouse, *amounts: str) -> Sequence[str]:
    """Return the sessions that cost something else by other prices."""
    done = await books.house.hub.ledger.recalculate(
        "home",
        books.hour(0),
        books.hour(len(amounts)),
        prices_from(books.hour(0), *amounts),
        "a test",
        dt_util.utcnow(),
    )
    return done.sessions


async def test_ledger_that_fails_raises_a_repair_and_is_asked_again(
    books: CostHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    house = books.house
    await books.price(0, "2", "1")
    await books.charge(0, 0, 4000)

    async def fail(*args: object, **more: object) -> None:
        raise LedgerUnavailableError("gone")

    with monkeypatch.context() as broken:
        broken.setattr(type(house.hub.ledger), "session_cost", fail)
        house.connector.savings.refresh()
        await wait_until(lambda: house.issue("ledger"))
        await reckoned(house)
    assert house.number(sensor(house)) == 0
    house.connector.savings.refresh()
    await shows(house, 4)


async def test_nothing_is_reckoned_once_the_entry_is_unloaded(books: CostHouse) -> None:
    savings = books.house.connector.savings
    savings.refresh()
    await books.house.unload()
    savings.refresh()
    savings.look()
    assert savings._reckoning is None
    assert savings._month_over is None
    assert books.house.issue("ledger") is None


# With a charger -------------------------------------------------------------------------------


@pytest.mark.usefixtures("patient")
async def test_saving_is_shown_when_a_session_ends_and_after_a_restart(house: House) -> None:
    home = Priced(house)
    home.prices(cheap=(1,))
    await house.set_up(priced_site(), charger_subentry(circuit_fuse=16))
    charge_point = await home.connect()
    await house.act("switch", "turn_off", "switch.garage_smart_charging")
    await home.plug_in(charge_point)
    # It waits until five past one, and charges within the hour that costs half as much.
    await house.connector.set_own_limit(0)
    await home.live(0.5, step=5)
    await home.live(65, step=300)
    await house.connector.set_own_limit(None)
    await home.live(50, step=300)
    assert house.number(sensor(house)) == 0
    await charge_point.unplug()
    await home.settle()
    await wait_until(lambda: house.number(sensor(house)) != 0)
    await reckoned(house)
    saved = house.number(sensor(house))
    energy = house.number("sensor.garage_session_energy")
    assert energy is not None
    assert energy > 8
    assert saved == pytest.approx(energy * 0.5, rel=0.02)
    await home.house.cut(charge_point)
    await restart(house)
    await shows(house, saved)
