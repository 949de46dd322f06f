"""Whatever is charged, priced and corrected: the hours sum to the sessions."""

import asyncio
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings, strategies as st

from custom_components.zmartcharge.ledger import Correction, HeldPrice, HourlyCost, Ledger

from .builders import CHARGER, T0
from .priced import SITE, a_price, charged

END = T0 + timedelta(days=4)
#: A session: connector, minutes to its begin, and (minutes, Wh) between its readings.
type Plan = tuple[int, int, list[tuple[int, int]], int | None]

plans = st.lists(
    st.tuples(
        st.integers(1, 2),
        st.integers(0, 200),
        st.lists(st.tuples(st.integers(1, 200), st.integers(0, 9000)), min_size=1, max_size=5),
        st.one_of(st.none(), st.integers(0, 50_000)),
    ),
    max_size=4,
)
amounts = st.decimals(-5, 20, places=5, allow_nan=False)
priced = st.lists(
    st.tuples(st.integers(0, 40), st.sampled_from([15, 30, 60]), amounts, st.booleans()),
    max_size=30,
)


async def charge(ledger: Ledger, sessions: list[Plan]) -> list[str]:
    """Charge one session after the other; return their ids."""
    now, register, ids = 0, {1: 0, 2: 0}, []
    for connector, pause, steps, correction in sessions:
        now += pause
        readings = [(0.0, register[connector])]
        passed = 0
        for duration, energy in steps:
            passed += duration
            register[connector] += energy
            readings.append((passed, register[connector]))
        begin = T0 + timedelta(minutes=now)
        session = await charged(ledger, readings, connector=connector, begin=begin)
        ids.append(session.id)
        now += passed
        if correction is not None:
            await ledger.correct(
                Correction(
                    session_id=session.id, corrected_at=END, energy_wh=correction, reason="x"
                )
            )
    return ids


def total(hours: tuple[HourlyCost, ...]) -> tuple[Decimal, int, int]:
    """Return the sum of hours: cost, Wh, Wh without a price."""
    return (
        sum((hour.amount or Decimal(0) for hour in hours), Decimal(0)),
        sum(hour.wh for hour in hours),
        sum(hour.wh_without_price for hour in hours),
    )


async def check(
    url: str, sessions: list[Plan], early: list[HeldPrice], late: list[HeldPrice]
) -> None:
    ledger = await Ledger.open(url)
    try:
        await ledger.hold_prices(SITE, early, T0)
        ids = await charge(ledger, sessions)
        await ledger.hold_prices(SITE, late, END)
        costs = [cost for each in ids if (cost := await ledger.session_cost(each))]
        wanted = (
            sum((cost.amount or Decimal(0) for cost in costs), Decimal(0)),
            sum(line.wh for cost in costs for line in cost.lines),
            sum(cost.energy_without_price for cost in costs),
        )
        assert total(await ledger.hourly(site_id=SITE, start=T0, end=END)) == wanted
        by_connector = [
            total(
                await ledger.hourly(
                    charge_point_id=CHARGER, connector_id=connector, start=T0, end=END
                )
            )
            for connector in (1, 2)
        ]
        assert tuple(sum(values) for values in zip(*by_connector, strict=True)) == wanted
        for each, (_, _, _, correction) in zip(ids, sessions, strict=True):
            session = await ledger.session(each)
            cost = await ledger.session_cost(each)
            assert session is not None and cost is not None
            energy = session.energy_wh if correction is None else correction
            assert sum(line.wh for line in cost.lines) == energy
    finally:
        await ledger.close()


@settings(max_examples=40, deadline=None, derandomize=True)
@given(sessions=plans, early=priced, late=priced)
def test_hours_sum_to_sessions(
    sessions: list[Plan],
    early: list[tuple[int, int, Decimal, bool]],
    late: list[tuple[int, int, Decimal, bool]],
) -> None:
    first, second = (
        [
            a_price(amount, hour * 60, duration=duration, preliminary=preliminary)
            for hour, duration, amount, preliminary in each
        ]
        for each in (early, late)
    )
    with TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'ledger.db'}"
        asyncio.run(check(url, sessions, first, second))
