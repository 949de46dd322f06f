"""The month in which the demo's house has already been lived in."""

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from custom_components.zmartcharge.ledger import Ledger
from script.lib.demo.history import chargings, consumption, days, hours_of_meter, write_ledger
from script.lib.demo.things import CHARGERS

from ...ledger_file import put_empty_ledger

NOW = datetime(2026, 11, 5, 12, 34, tzinfo=UTC)


def test_month_is_the_same_each_time_and_has_the_night_when_clocks_change() -> None:
    assert list(chargings(NOW)) == list(chargings(NOW))
    assert (len(days(NOW)), days(NOW)[-1].isoformat()) == (31, "2026-11-04")
    assert len(consumption(NOW)) == 31 * 24 + 1
    for charger in CHARGERS:
        assert 10 < sum(each.charger is charger for each in chargings(NOW)) < 31


def test_meter_takes_what_cars_do_and_ends_where_the_recorder_begins() -> None:
    hours = hours_of_meter(NOW)
    assert hours[-1]["sum"] == pytest.approx(0)
    sums = [hour["sum"] for hour in hours]
    assert sums == sorted(sums)
    cars = sum(sum(each.quarters) for each in chargings(NOW)) / 1000
    assert -sums[0] > cars > 200
    # What is shown as the first hour's is not in the month.
    assert hours[0]["start"] < "2017"


async def test_ledger_has_every_session_with_its_cost(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    put_empty_ledger(path)
    ledger = await Ledger.open(f"sqlite:///{path}")
    await write_ledger(ledger, "home", NOW)
    found = await ledger.sessions(limit=100)
    assert len(found) == len(list(chargings(NOW)))
    assert all(session.stopped_at and session.ended_at and not session.flags for session in found)
    wanted = sum(sum(each.quarters) for each in chargings(NOW))
    assert sum(session.energy_wh for session in found) == wanted
    cost = await ledger.session_cost(found[0].id)
    assert cost is not None
    assert cost.amount is not None
    assert cost.energy_without_price == 0
    assert cost.amount > Decimal(1)
    await ledger.close()
