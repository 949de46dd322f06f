"""What a session cost, and the hours that sessions sum to."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from custom_components.zmartcharge.ledger import Correction, HourlyCost, Ledger, SessionCost

from .builders import CHARGER, T0, a_sample, minutes, started, stopped
from .priced import SITE, a_price, charged, prices_from

LATER = T0 + timedelta(days=30)


async def cost_of(ledger: Ledger, session_id: str) -> SessionCost:
    cost = await ledger.session_cost(session_id)
    assert cost is not None
    return cost


async def hours_of(ledger: Ledger, begin: datetime = T0, count: int = 24) -> list[HourlyCost]:
    return list(await ledger.hourly(site_id=SITE, start=begin, end=begin + timedelta(hours=count)))


def corrected(session_id: str, energy: int) -> Correction:
    return Correction(session_id=session_id, corrected_at=LATER, energy_wh=energy, reason="meter")


async def test_each_quarter_has_its_own_price(ledger: Ledger) -> None:
    await ledger.hold_prices(SITE, prices_from(T0, "1", "2", "-0.5", duration=15), T0)
    session = await charged(ledger, [(0, 0), (15, 1000), (30, 3000), (45, 3400)])
    cost = await cost_of(ledger, session.id)
    assert [line.amount for line in cost.lines] == [Decimal(1), Decimal(4), Decimal("-0.2")]
    assert (cost.amount, cost.currency, cost.energy_without_price) == (Decimal("4.8"), "NOK", 0)


async def test_a_fixed_price_changed_in_mid_session_counts_from_the_next_quarter(
    ledger: Ledger,
) -> None:
    await ledger.hold_prices(SITE, [a_price("1", duration=60)], T0)
    session = await charged(ledger, [(0, 0), (15, 1000), (30, 2000)], stop=False)
    await ledger.hold_prices(SITE, [a_price("2", duration=60)], minutes(31))
    for register, minute in ((3000, 45), (4000, 60)):
        await ledger.record_meters([a_sample(register, minute, transaction=session.transaction_id)])
    cost = await cost_of(ledger, session.id)
    assert [line.price for line in cost.lines] == [Decimal(1)] * 3 + [Decimal(2)]
    assert cost.amount == Decimal(5)


async def test_energy_without_a_price_is_told_and_not_free(ledger: Ledger) -> None:
    await ledger.hold_prices(SITE, [a_price("1"), a_price("1", 45)], T0)
    session = await charged(ledger, [(0, 0), (60, 4000)])
    cost = await cost_of(ledger, session.id)
    assert (cost.amount, cost.energy_without_price) == (Decimal(2), 2000)
    (hour,) = await hours_of(ledger)
    assert (hour.wh, hour.amount, hour.wh_without_price) == (4000, Decimal(2), 2000)


async def test_prices_missing_for_two_hours_make_the_cost_whole_when_they_arrive(
    ledger: Ledger,
) -> None:
    await ledger.hold_prices(SITE, prices_from(T0, "1"), T0)
    session = await charged(ledger, [(0, 0), (60, 1000), (180, 3000)])
    assert (await cost_of(ledger, session.id)).energy_without_price == 2000
    await ledger.hold_prices(SITE, prices_from(T0, "9", "2", "3"), minutes(300))
    cost = await cost_of(ledger, session.id)
    assert (cost.amount, cost.energy_without_price) == (Decimal(6), 0)


async def test_without_any_price_there_is_no_cost(ledger: Ledger) -> None:
    session = await charged(ledger, [(0, 0), (60, 4000)])
    cost = await cost_of(ledger, session.id)
    assert (cost.amount, cost.currency, cost.energy_without_price) == (None, None, 4000)
    (hour,) = await hours_of(ledger)
    assert (hour.amount, hour.currency, hour.wh_without_price) == (None, None, 4000)


async def test_a_session_of_no_site_has_no_price(ledger: Ledger) -> None:
    await ledger.hold_prices(SITE, prices_from(T0, "1"), T0)
    session = await charged(ledger, [(0, 0), (60, 4000)], site=None)
    assert (await cost_of(ledger, session.id)).amount is None
    assert await hours_of(ledger) == []


async def test_a_session_that_has_taken_nothing_costs_nothing(ledger: Ledger) -> None:
    session = await charged(ledger, [(0, 0), (1, 0)], stop=False)
    assert (await cost_of(ledger, session.id)).amount is None
    await ledger.hold_prices(SITE, [a_price("1")], minutes(2))
    cost = await cost_of(ledger, session.id)
    assert (cost.amount, cost.currency, cost.lines) == (Decimal(0), "NOK", ())


async def test_an_unknown_session_has_no_cost(ledger: Ledger) -> None:
    assert await ledger.session_cost("nonsense") is None


async def test_only_the_latest_currency_is_summed(ledger: Ledger) -> None:
    await ledger.hold_prices(SITE, [a_price("1", currency="EUR"), a_price("10", 15)], T0)
    session = await charged(ledger, [(0, 0), (30, 2000)])
    cost = await cost_of(ledger, session.id)
    assert (cost.amount, cost.currency, cost.energy_without_price) == (Decimal(10), "NOK", 1000)


async def test_the_cost_of_an_open_session_grows(ledger: Ledger) -> None:
    await ledger.hold_prices(SITE, [a_price("2", duration=60)], T0)
    session = await started(ledger)
    session = await charged(ledger, [(0, 0), (10, 500)], stop=False, connector=2)
    assert (await cost_of(ledger, session.id)).amount == Decimal(1)
    await ledger.record_meters([a_sample(900, 16, transaction=session.transaction_id)])
    assert (await cost_of(ledger, session.id)).amount == Decimal("1.8")


async def test_two_connectors_are_told_apart_and_summed(ledger: Ledger) -> None:
    await ledger.hold_prices(SITE, prices_from(T0, "1", "2"), T0)
    await charged(ledger, [(0, 0), (60, 1000), (120, 2000)])
    await charged(ledger, [(30, 0), (60, 500)], connector=2)
    await charged(ledger, [(60, 0), (120, 4000)], charger="CP2")
    told = {
        connector: [
            (hour.wh, hour.amount)
            for hour in await ledger.hourly(
                charge_point_id=CHARGER, connector_id=connector, start=T0, end=LATER
            )
        ]
        for connector in (1, 2, None)
    }
    assert told == {
        1: [(1000, Decimal(1)), (1000, Decimal(2))],
        2: [(500, Decimal("0.5"))],
        None: [(1500, Decimal("1.5")), (1000, Decimal(2))],
    }
    assert [(hour.wh, hour.amount) for hour in await hours_of(ledger)] == [
        (1500, Decimal("1.5")),
        (5000, Decimal(10)),
    ]


async def test_hours_outside_the_wanted_ones_are_left_out(ledger: Ledger) -> None:
    await charged(ledger, [(0, 0), (180, 3000)])
    assert [hour.start for hour in await hours_of(ledger, minutes(60), 1)] == [minutes(60)]


async def test_the_wanted_hours_begin_on_the_hour_and_belong_to_something(ledger: Ledger) -> None:
    with pytest.raises(ValueError, match="on the hour"):
        await ledger.hourly(site_id=SITE, start=minutes(15), end=LATER)
    with pytest.raises(ValueError, match="neither"):
        await ledger.hourly(start=T0, end=LATER)


@pytest.mark.parametrize(("day", "hours"), [((2026, 3, 29), 23), ((2026, 10, 25), 25)])
async def test_a_day_on_which_the_clocks_change_has_all_of_its_hours(
    ledger: Ledger, day: tuple[int, int, int], hours: int
) -> None:
    start = datetime(*day, tzinfo=ZoneInfo("Europe/Oslo")).astimezone(UTC)
    await ledger.hold_prices(SITE, prices_from(start, *map(str, range(hours))), LATER)
    session = await charged(ledger, [(0, 0), (60 * hours, 1000 * hours)], begin=start)
    found = await hours_of(ledger, start - timedelta(hours=5), 40)
    assert [hour.start for hour in found] == [start + timedelta(hours=n) for n in range(hours)]
    assert [(hour.wh, hour.amount) for hour in found] == [(1000, Decimal(n)) for n in range(hours)]
    assert (await cost_of(ledger, session.id)).amount == sum(range(hours))


# Corrections --------------------------------------------------------------------------------------


async def test_a_correction_is_shared_in_proportion_to_what_was_measured(ledger: Ledger) -> None:
    await ledger.hold_prices(SITE, prices_from(T0, "1", "2", duration=15), T0)
    session = await charged(ledger, [(0, 0), (15, 1000), (30, 4000)])
    await ledger.correct(corrected(session.id, 2001))
    cost = await cost_of(ledger, session.id)
    assert [line.wh for line in cost.lines] == [500, 1501]
    assert cost.amount == Decimal("3.502")
    (hour,) = await hours_of(ledger)
    assert (hour.wh, hour.amount) == (2001, cost.amount)
    assert sum(part.wh for part in await ledger.slices(session.id)) == 4000


async def test_the_last_correction_counts(ledger: Ledger) -> None:
    await ledger.hold_prices(SITE, prices_from(T0, "1"), T0)
    session = await charged(ledger, [(0, 0), (60, 4000)])
    await ledger.correct(corrected(session.id, 9000))
    await ledger.correct(corrected(session.id, 0))
    assert (await cost_of(ledger, session.id)).amount == 0
    assert await hours_of(ledger) == []


async def test_a_correction_of_what_was_never_measured_is_shared_over_the_session(
    ledger: Ledger,
) -> None:
    session = await charged(ledger, [(30, 0), (90, 0)])
    await ledger.correct(corrected(session.id, 4000))
    assert [hour.wh for hour in await hours_of(ledger)] == [2000, 2000]
    await ledger.hours_counted(await ledger.changed_hours(), LATER)
    await ledger.hold_prices(SITE, prices_from(T0, "1", "3"), LATER)
    assert (await cost_of(ledger, session.id)).amount == Decimal(8)
    assert [changed.session_id for changed in await ledger.changed_hours()] == [session.id]


# Recalculation ------------------------------------------------------------------------------------


async def test_a_recalculation_tells_whose_cost_it_changed_and_by_how_much(
    ledger: Ledger,
) -> None:
    await ledger.hold_prices(SITE, prices_from(T0, "1", "1", "1"), T0)
    first = await charged(ledger, [(0, 0), (60, 2000)])
    second = await charged(ledger, [(60, 0), (120, 4000)], connector=2)
    await charged(ledger, [(120, 2000), (180, 9000)])
    await charged(ledger, [(0, 0), (60, 2000)], charger="CP9", site="cabin")
    found = await ledger.recalculate(
        SITE, T0, minutes(180), prices_from(T0, "1.50", "0.90", "1"), "contract", LATER
    )
    assert found.sessions == (first.id, second.id)
    assert (found.difference, found.currency) == (Decimal("0.6"), "NOK")
    assert (await cost_of(ledger, second.id)).amount == Decimal("3.6")


async def test_a_recalculation_of_what_had_no_price_adds_all_of_it(ledger: Ledger) -> None:
    session = await charged(ledger, [(0, 0), (60, 2000)])
    await ledger.correct(corrected(session.id, 1000))
    found = await ledger.recalculate(SITE, T0, minutes(60), prices_from(T0, "3"), "", LATER)
    assert (found.sessions, found.difference) == ((session.id,), Decimal(3))


async def test_a_recalculation_in_another_currency_has_no_difference(ledger: Ledger) -> None:
    await ledger.hold_prices(SITE, prices_from(T0, "1"), T0)
    session = await charged(ledger, [(0, 0), (60, 2000)])
    price = a_price("0.1", duration=60, currency="EUR")
    found = await ledger.recalculate(SITE, T0, minutes(60), [price], "", LATER)
    assert (found.sessions, found.difference, found.currency) == ((session.id,), None, None)
    cost = await cost_of(ledger, session.id)
    assert (cost.amount, cost.currency) == (Decimal("0.2"), "EUR")


# What changed -------------------------------------------------------------------------------------


async def changed_since(ledger: Ledger) -> list[datetime]:
    return [changed.since for changed in await ledger.changed_hours()]


async def test_changes_are_told_until_they_are_counted(ledger: Ledger) -> None:
    assert await changed_since(ledger) == []
    session = await charged(ledger, [(20, 0), (100, 1000)])
    (changed,) = await ledger.changed_hours()
    assert (changed.session_id, changed.since) == (session.id, minutes(15))
    assert (changed.charge_point_id, changed.connector_id, changed.site_id) == (CHARGER, 1, SITE)
    await ledger.hours_counted([changed], LATER)
    assert await changed_since(ledger) == []


async def test_what_changes_while_it_is_counted_is_not_forgotten(ledger: Ledger) -> None:
    session = await charged(ledger, [(0, 0), (10, 1000)], stop=False)
    counted = await ledger.changed_hours()
    await stopped(ledger, session, 2000, 20)
    await ledger.hours_counted(counted, LATER)
    assert await changed_since(ledger) == [T0]


@pytest.mark.parametrize("stop", [True, False])
async def test_what_belongs_to_an_hour_that_still_runs_stays_to_be_counted(
    ledger: Ledger, stop: bool
) -> None:
    await charged(ledger, [(0, 0), (61, 1000)], stop=stop)
    await ledger.hours_counted(await ledger.changed_hours(), minutes(60))
    assert await changed_since(ledger) == [minutes(60)]
    await ledger.hours_counted(await ledger.changed_hours(), minutes(120))
    assert await changed_since(ledger) == []


async def test_a_price_that_comes_late_changes_the_hours_that_lacked_it(ledger: Ledger) -> None:
    session = await charged(ledger, [(0, 0), (180, 3000)])
    await charged(ledger, [(0, 0), (180, 3000)], charger="CP9", site="cabin")
    await ledger.hours_counted(await ledger.changed_hours(), LATER)
    await ledger.hold_prices(SITE, prices_from(minutes(60), "1"), LATER)
    (changed,) = await ledger.changed_hours()
    assert (changed.session_id, changed.since) == (session.id, minutes(60))


async def test_a_price_that_holds_already_changes_nothing(ledger: Ledger) -> None:
    await ledger.hold_prices(SITE, prices_from(T0, "1"), T0)
    await charged(ledger, [(0, 0), (60, 3000)])
    await ledger.hours_counted(await ledger.changed_hours(), LATER)
    await ledger.hold_prices(SITE, prices_from(T0, "1"), LATER)
    await ledger.hold_prices(SITE, prices_from(T0, "2"), LATER)
    await ledger.recalculate(SITE, T0, LATER, prices_from(T0, "1"), "", LATER)
    assert await changed_since(ledger) == []


async def test_energy_taken_back_and_corrections_are_changes(ledger: Ledger) -> None:
    session = await charged(ledger, [(0, 0), (20, 1000), (50, 3000)], stop=False)
    await ledger.hours_counted(await ledger.changed_hours(), LATER)
    await stopped(ledger, session, 2500, 51)
    # Only 333 Wh of the 500 that go lie in the last quarter-hour.
    assert await changed_since(ledger) == [minutes(30)]
    await ledger.hours_counted(await ledger.changed_hours(), LATER)
    await ledger.correct(corrected(session.id, 900))
    assert await changed_since(ledger) == [T0]


async def test_the_first_hour_is_when_the_first_session_began(ledger: Ledger) -> None:
    assert await ledger.first_hour(site_id=SITE) is None
    await charged(ledger, [(150, 0), (160, 1000)])
    await charged(ledger, [(80, 0), (90, 1000)], charger="CP2")
    assert await ledger.first_hour(site_id=SITE) == minutes(60)
    assert await ledger.first_hour(charge_point_id=CHARGER) == minutes(120)
