"""A price that held is a price that held."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from custom_components.zmartcharge.ledger import HeldPrice, Ledger

from .builders import T0, minutes
from .priced import SITE, a_price, charged, prices_from

LONG_AGO = T0 - timedelta(days=1)


async def amounts(ledger: Ledger, minute: float = 0, end: float = 60) -> list[str]:
    """Return the prices of the quarters between two minutes."""
    return [
        str(price.price) for price in await ledger.held_prices(SITE, minutes(minute), minutes(end))
    ]


async def test_a_price_of_an_hour_holds_for_its_four_quarters(ledger: Ledger) -> None:
    await ledger.hold_prices(SITE, [a_price("1.25", duration=60)], T0)
    assert await amounts(ledger) == ["1.25"] * 4
    first, *_ = await ledger.held_prices(SITE, T0, minutes(60))
    assert first == a_price("1.25")


async def test_a_price_of_half_an_hour_holds_for_two(ledger: Ledger) -> None:
    await ledger.hold_prices(SITE, prices_from(T0, "1", "2", duration=30), T0)
    assert await amounts(ledger) == ["1", "1", "2", "2"]


async def test_a_price_comes_back_as_exactly_as_it_was_given(ledger: Ledger) -> None:
    price = HeldPrice(
        start=T0,
        end=minutes(15),
        price=Decimal("-0.123456789012345678901234567890"),
        currency="SEK",
        components={"spot": Decimal("-0.50"), "nettleie – natt": Decimal("0.3765")},
        preliminary=True,
    )
    await ledger.hold_prices(SITE, [price], T0)
    assert await ledger.held_prices(SITE, T0, minutes(15)) == (price,)


async def test_a_period_that_has_begun_keeps_its_price(ledger: Ledger) -> None:
    await ledger.hold_prices(SITE, [a_price("1", duration=60)], LONG_AGO)
    await ledger.hold_prices(SITE, [a_price("2", duration=60)], minutes(20))
    # The household's new fixed price begins with the quarter after the one that runs.
    assert await amounts(ledger) == ["1", "1", "2", "2"]
    assert await ledger.superseded_prices(SITE, T0, minutes(60)) == ()


async def test_a_period_that_begins_this_moment_keeps_its_price(ledger: Ledger) -> None:
    await ledger.hold_prices(SITE, [a_price("1")], LONG_AGO)
    await ledger.hold_prices(SITE, [a_price("2")], T0)
    assert await amounts(ledger) == ["1"]


async def test_a_price_that_was_missing_is_taken_whenever_it_comes(ledger: Ledger) -> None:
    await ledger.hold_prices(SITE, [a_price("1"), a_price("1", 45)], LONG_AGO)
    await ledger.hold_prices(SITE, [a_price("9", duration=60)], T0 + timedelta(days=30))
    assert await amounts(ledger) == ["1", "9", "9", "1"]


async def test_sites_have_prices_of_their_own(ledger: Ledger) -> None:
    await ledger.hold_prices("cabin", [a_price("5")], T0)
    assert await amounts(ledger) == []
    assert await ledger.superseded_prices(SITE, T0, minutes(60)) == ()


@pytest.mark.parametrize("minute", [20, 59, 60 * 24 * 40])
async def test_a_preliminary_price_nobody_charged_with_gives_way_to_the_final_one(
    ledger: Ledger, minute: float
) -> None:
    await ledger.hold_prices(SITE, [a_price("1", preliminary=True)], LONG_AGO)
    await ledger.hold_prices(SITE, [a_price("1.01")], minutes(minute))
    assert await ledger.held_prices(SITE, T0, minutes(15)) == (a_price("1.01"),)
    (before,) = await ledger.superseded_prices(SITE, T0, minutes(15))
    assert before.price == a_price("1", preliminary=True)
    assert (before.superseded_at, before.reason) == (minutes(minute), "final")


async def test_a_preliminary_price_gives_way_while_its_hour_runs_though_a_car_charges(
    ledger: Ledger,
) -> None:
    await ledger.hold_prices(SITE, [a_price("1", preliminary=True)], LONG_AGO)
    await charged(ledger, [(0, 0), (15, 1000)])
    await ledger.hold_prices(SITE, [a_price("1.01")], minutes(59))
    assert await amounts(ledger) == ["1.01"]


async def test_a_preliminary_price_that_an_hour_was_charged_with_stays(ledger: Ledger) -> None:
    await ledger.hold_prices(SITE, [a_price("1", preliminary=True)], LONG_AGO)
    await charged(ledger, [(0, 0), (15, 1000)])
    await ledger.hold_prices(SITE, [a_price("1.01")], minutes(60))
    assert await amounts(ledger) == ["1"]
    # That it was right all the time changes nothing but the doubt.
    await ledger.hold_prices(SITE, [a_price("1")], minutes(61))
    assert await ledger.held_prices(SITE, T0, minutes(15)) == (a_price("1"),)


async def test_a_preliminary_price_does_not_give_way_to_another(ledger: Ledger) -> None:
    await ledger.hold_prices(SITE, [a_price("1", preliminary=True)], LONG_AGO)
    await ledger.hold_prices(SITE, [a_price("2", preliminary=True)], minutes(5))
    assert await amounts(ledger) == ["1"]


async def test_a_preliminary_price_takes_no_final_ones_place(ledger: Ledger) -> None:
    await ledger.hold_prices(SITE, [a_price("1")], T0)
    await ledger.hold_prices(SITE, [a_price("2", preliminary=True)], minutes(5))
    assert await ledger.held_prices(SITE, T0, minutes(15)) == (a_price("1"),)


async def test_of_two_prices_for_one_quarter_the_last_counts(ledger: Ledger) -> None:
    await ledger.hold_prices(SITE, [a_price("1", duration=60), a_price("2", 15)], T0)
    assert await amounts(ledger) == ["1", "2", "1", "1"]


async def test_no_prices_are_no_trouble(ledger: Ledger) -> None:
    await ledger.hold_prices(SITE, [], T0)
    found = await ledger.recalculate(SITE, T0, minutes(60), [], "", T0)
    assert (found.sessions, found.difference, found.currency) == ((), None, None)


async def test_a_recalculation_keeps_what_it_replaces(ledger: Ledger) -> None:
    await ledger.hold_prices(SITE, prices_from(T0, "1", "1"), T0)
    at = T0 + timedelta(days=3)
    for amount in ("2", "2", "3"):
        await ledger.recalculate(
            SITE, minutes(30), minutes(90), prices_from(T0, amount, amount), "new contract", at
        )
    assert await amounts(ledger, end=120) == ["1", "1", "3", "3", "3", "3", "1", "1"]
    kept = await ledger.superseded_prices(SITE, T0, minutes(120))
    assert [str(each.price.price) for each in kept] == ["1", "2"] * 4
    assert {(each.reason, each.superseded_at) for each in kept} == {("new contract", at)}


async def test_a_recalculation_counts_the_quarter_that_its_begin_lies_in(ledger: Ledger) -> None:
    await ledger.hold_prices(SITE, [a_price("1", duration=60)], T0)
    await ledger.recalculate(
        SITE, minutes(20), minutes(40), [a_price("2", duration=60)], "", minutes(100)
    )
    assert await amounts(ledger) == ["1", "2", "2", "1"]


async def test_a_recalculation_without_new_prices_leaves_the_old(ledger: Ledger) -> None:
    await ledger.hold_prices(SITE, [a_price("1", duration=60)], T0)
    await ledger.recalculate(SITE, T0, minutes(60), [a_price("2", 15)], "", minutes(100))
    assert await amounts(ledger) == ["1", "2", "1", "1"]


async def test_prices_outlive_a_restart(url: str) -> None:
    ledger = await Ledger.open(url)
    await ledger.hold_prices(SITE, [a_price("1")], T0)
    await ledger.close()
    ledger = await Ledger.open(url)
    assert await amounts(ledger) == ["1"]
    await ledger.close()


@pytest.mark.parametrize(("day", "quarters"), [((2026, 3, 29), 92), ((2026, 10, 25), 100)])
async def test_a_day_on_which_the_clocks_change_has_a_price_in_every_quarter(
    ledger: Ledger, day: tuple[int, int, int], quarters: int
) -> None:
    oslo = ZoneInfo("Europe/Oslo")
    start = datetime(*day, tzinfo=oslo)
    end = datetime(*day, 23, 59, tzinfo=oslo) + timedelta(minutes=1)
    hours = quarters // 4
    prices = prices_from(start.astimezone(UTC), *map(str, range(hours)))
    await ledger.hold_prices(SITE, prices, T0)
    held = await ledger.held_prices(SITE, start, end)
    assert len(held) == quarters
    assert [price.price for price in held] == [Decimal(n // 4) for n in range(quarters)]


@pytest.mark.parametrize(
    "changes",
    [
        {"end": minutes(20)},
        {"end": minutes(45)},
        {"end": T0},
        {"start": minutes(5), "end": minutes(20)},
        {"start": datetime(2026, 10, 1, 12)},  # noqa: DTZ001
        {"currency": ""},
        {"currency": "kr"},
        {"price": Decimal("NaN")},
        {"price": Decimal("Infinity")},
        {"price": Decimal(10) ** 9},
        {"components": {"energy": Decimal("NaN")}},
    ],
)
def test_what_is_no_price_is_refused(changes: dict[str, Any]) -> None:
    good: dict[str, Any] = {
        "start": T0,
        "end": minutes(15),
        "price": Decimal(1),
        "currency": "NOK",
        "components": {},
    }
    HeldPrice(**good)
    with pytest.raises(ValueError):
        HeldPrice(**good | changes)


async def test_a_naive_time_is_refused(ledger: Ledger) -> None:
    naive = datetime(2026, 10, 1, 12)  # noqa: DTZ001
    with pytest.raises(ValueError, match="time zone"):
        await ledger.hold_prices(SITE, [], naive)
    with pytest.raises(ValueError, match="time zone"):
        await ledger.recalculate(SITE, naive, T0, [], "", T0)
