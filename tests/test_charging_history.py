"""What was charged in a day, a month or a year, as the local calendar has it."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from custom_components.zmartcharge.charging_history import History, Span, edges, history

from .cost_house import CostHouse
from .house import NOW, House, charger_subentry, site_subentry

OSLO = ZoneInfo("Europe/Oslo")
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("day", "hours"),
    [(date(2026, 11, 21), 24), (date(2026, 10, 25), 25), (date(2026, 3, 29), 23)],
)
def test_day_has_the_hours_that_the_clocks_give_it(day: date, hours: int) -> None:
    found = edges(Span.DAY, day, OSLO)
    assert len(found) == hours + 1
    assert {after - before for before, after in pairwise(found)} == {HOUR}
    assert found[0].astimezone(OSLO).date() == day
    assert found[0].astimezone(OSLO).hour == 0


@pytest.mark.parametrize(
    ("day", "days"),
    [(date(2026, 2, 14), 28), (date(2028, 2, 29), 29), (date(2026, 12, 31), 31)],
)
def test_month_has_its_days(day: date, days: int) -> None:
    found = edges(Span.MONTH, day, OSLO)
    assert len(found) == days + 1
    assert all(each.astimezone(OSLO).hour == 0 for each in found)


def test_year_has_its_months() -> None:
    found = edges(Span.YEAR, date(2026, 7, 1), OSLO)
    assert [each.astimezone(OSLO).month for each in found] == [*range(1, 13), 1]
    assert found[-1].astimezone(OSLO).year == 2027


@pytest.mark.parametrize("span", Span)
def test_every_edge_is_on_the_hour_wherever_the_house_is(span: Span) -> None:
    found = edges(span, date(2026, 7, 1), ZoneInfo("Asia/Kolkata"))
    assert all(each.minute == 0 for each in found)


async def _charged(house: House, span: Span, day: date) -> History:
    return await history(house.hub.ledger, "CP1", 1, edges(span, day, OSLO))


async def test_year_adds_months_up(house: House) -> None:
    await house.set_up(site_subentry(), charger_subentry())
    costs = CostHouse(house)
    for days, energy in ((0, 1000), (20, 2000), (400, 4000)):
        await costs.price(24 * days, "2")
        await costs.charge(24 * days, energy, meter=days * 1000)
    found = await _charged(house, Span.YEAR, date(2026, 6, 1))
    assert [bar.energy for bar in found.bars[-2:]] == [1000, 2000]
    assert found.energy == 3000
    assert found.cost == Decimal(6)
    assert found.first == NOW.replace(minute=0)
    later = await _charged(house, Span.YEAR, date(2027, 6, 1))
    assert later.energy == 4000


async def test_energy_without_a_price_is_told_as_such(house: House) -> None:
    await house.set_up(site_subentry(), charger_subentry())
    costs = CostHouse(house)
    await costs.price(0, "2")
    await costs.charge(0, 1000, 3000)
    found = await _charged(house, Span.DAY, NOW.date())
    assert found.energy == 4000
    assert found.cost == Decimal(2)
    assert found.unpriced == 3000


async def test_connectors_are_told_apart(house: House) -> None:
    await house.set_up(site_subentry(), charger_subentry(connectors=2))
    await CostHouse(house).charge(0, 1000, connector=2)
    assert (await _charged(house, Span.DAY, NOW.date())).energy == 0


async def test_charger_that_never_charged_has_no_first_hour(house: House) -> None:
    await house.set_up(site_subentry(), charger_subentry())
    found = await _charged(house, Span.MONTH, NOW.date())
    assert (found.energy, found.cost, found.currency, found.first) == (0, None, None, None)
    assert len(found.bars) == 30
    assert found.bars[0].start == datetime(2026, 10, 31, 23, tzinfo=UTC)
