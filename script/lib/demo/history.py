"""A month in which the demo's house has already been lived in: always the same one before a day."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from custom_components.zmartcharge.const import DATABASE_FILE
from custom_components.zmartcharge.ledger import (
    HeldPrice,
    Ledger,
    MeterSample,
    TransactionStart,
    TransactionStop,
)

from .power_price import spot_prices
from .things import CHARGERS, TIME_ZONE, DemoCharger

if TYPE_CHECKING:
    from .house import House

_DAYS = 31
_LONG_BEFORE = timedelta(days=3650)
_QUARTER, _HOUR = timedelta(minutes=15), timedelta(hours=1)
#: When cars are charged: from the hour at which power is cheap.
_NIGHT = time(1)
_VAT, _GRID = Decimal("1.25"), Decimal("0.58")
#: kW that the house itself takes by the local hour, on a cold day.
_HOUSE_DAY = (
    1.9, 1.8, 1.7, 1.7, 1.8, 2.1, 2.9, 3.4, 2.8, 2.3, 2.1, 2.1,
    2.2, 2.1, 2.1, 2.3, 3.2, 4.1, 3.9, 3.6, 3.3, 3.0, 2.6, 2.2,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Charging:
    """A night's charging: Wh in each quarter-hour from ``start`` on."""

    charger: DemoCharger
    start: datetime
    quarters: tuple[int, ...]


def days(now: datetime) -> list[date]:
    """Return the local days of the month before a time, the earliest first."""
    today = now.astimezone(TIME_ZONE).date()
    return [today - timedelta(days=number) for number in range(_DAYS, 0, -1)]


def chargings(now: datetime) -> Iterator[Charging]:
    """Yield what was charged in that month, the earliest first."""
    for day in days(now):
        for number, charger in enumerate(CHARGERS):
            # Without chance, and yet no two weeks are the same.
            die = (day.toordinal() * 7 + number * 5) % 11
            if die < 4:
                continue
            watts = charger.circuit_fuse * 230 * charger.phases
            total = (6_000 + 2_200 * die) if charger.phases == 3 else (2_500 + 700 * die)
            full, rest = divmod(total, watts // 4)
            start = datetime.combine(day, _NIGHT, TIME_ZONE)
            yield Charging(charger, start, (watts // 4,) * full + ((rest,) if rest else ()))


def consumption(now: datetime) -> dict[datetime, float]:
    """Return the kWh that the house took from the grid, cars included, in each hour of the month."""
    found: dict[datetime, float] = {}
    for day in days(now):
        hour = datetime.combine(day, time(), TIME_ZONE).astimezone(now.tzinfo)
        end = datetime.combine(day + timedelta(days=1), time(), TIME_ZONE)
        while hour < end:
            colder = 1 + (day.toordinal() % 5) * 0.06
            found[hour] = _HOUSE_DAY[hour.astimezone(TIME_ZONE).hour] * colder
            hour += _HOUR
    for charging in chargings(now):
        for number, energy in enumerate(charging.quarters):
            at = charging.start.astimezone(now.tzinfo) + number * _QUARTER
            found[at.replace(minute=0)] += energy / 1000
    return found


async def fill(house: House) -> None:
    """Give the running house that month: its sessions, their prices, and the meter's hours."""
    now = house.now()
    # The ledger belongs to who has it open.
    await _enable(house, enabled=False)
    ledger = await Ledger.open(f"sqlite:///{house.folder / Path(DATABASE_FILE)}")
    try:
        await write_ledger(ledger, house.site_id, now)
    finally:
        await ledger.close()
    await _enable(house, enabled=True)
    await house.hass.command(
        {
            "type": "recorder/import_statistics",
            "metadata": {
                "mean_type": 0,
                "has_sum": True,
                "name": None,
                "source": "recorder",
                "statistic_id": await house.site_entity("energy_import"),
                "unit_class": "energy",
                "unit_of_measurement": "kWh",
            },
            "stats": hours_of_meter(now),
        }
    )


def hours_of_meter(now: datetime) -> list[dict[str, Any]]:
    """Return the meter's statistics, which end at 0: there the recorder's own begin.

    The first one is of a time that nobody looks at, because its hour is shown as if it came to all of it.
    """
    hours = consumption(now)
    total = -sum(hours.values())
    sums = {min(hours) - _LONG_BEFORE: total}
    for start in sorted(hours):
        total += hours[start]
        sums[start] = total
    return [
        {"start": start.isoformat(), "state": round(each, 3), "sum": round(each, 3)}
        for start, each in sums.items()
    ]


async def write_ledger(ledger: Ledger, site_id: str, now: datetime) -> None:
    """Write the month's prices and sessions."""
    for day in days(now):
        prices = list(_prices(day))
        await ledger.hold_prices(site_id, prices, prices[0].start)
    registers = dict.fromkeys((charger.charge_point_id for charger in CHARGERS), 0)
    for charging in chargings(now):
        charge_point_id = charging.charger.charge_point_id
        before = registers[charge_point_id]
        registers[charge_point_id] = await _charge(ledger, site_id, charging, before)


def _prices(day: date) -> Iterator[HeldPrice]:
    for start, spot in spot_prices(day):
        if start.astimezone(TIME_ZONE).date() == day:
            energy = Decimal(str(spot)) * _VAT
            yield HeldPrice(
                start=start,
                end=start + _QUARTER,
                price=energy + _GRID,
                currency="NOK",
                components={"energy": energy, "grid": _GRID},
            )


async def _charge(ledger: Ledger, site_id: str, charging: Charging, register: int) -> int:
    """Write a session that begins at a register; returns that at which it ends."""
    charge_point_id = charging.charger.charge_point_id
    started = await ledger.start_transaction(
        TransactionStart(
            charge_point_id=charge_point_id,
            connector_id=1,
            id_tag="HomeAssistant",
            meter_start_wh=register,
            started_at=charging.start,
            received_at=charging.start,
            site_id=site_id,
        )
    )
    at, samples = charging.start, []
    for energy in charging.quarters:
        at, register = at + _QUARTER, register + energy
        samples.append(
            MeterSample(
                charge_point_id=charge_point_id,
                connector_id=1,
                transaction_id=started.session.transaction_id,
                register_wh=register,
                sampled_at=at,
                received_at=at,
            )
        )
    await ledger.record_meters(samples)
    await ledger.stop_transaction(
        TransactionStop(
            charge_point_id=charge_point_id,
            transaction_id=started.session.transaction_id,
            meter_stop_wh=register,
            stopped_at=at,
            received_at=at,
            reason="EVDisconnected",
        )
    )
    await ledger.unplugged(charge_point_id, 1, at)
    return register


async def _enable(house: House, *, enabled: bool) -> None:
    await house.hass.command(
        {
            "type": "config_entries/disable",
            "entry_id": house.entry_id,
            "disabled_by": None if enabled else "user",
        }
    )
