"""Prices, with what a test does not care about filled in."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from custom_components.zmartcharge.ledger import HeldPrice, Ledger, Session

from .builders import T0, a_sample, a_start, a_stop, started

SITE = "home"


def a_price(
    amount: str | Decimal,
    minute: float = 0,
    *,
    duration: int = 15,
    at: datetime | None = None,
    currency: str = "NOK",
    preliminary: bool = False,
) -> HeldPrice:
    """Return a price of a period that begins so many minutes after T0."""
    start = at or T0 + timedelta(minutes=minute)
    return HeldPrice(
        start=start,
        end=start + timedelta(minutes=duration),
        price=Decimal(amount),
        currency=currency,
        components={"energy": Decimal(amount)},
        preliminary=preliminary,
    )


def prices_from(start: datetime, *amounts: str, duration: int = 60) -> list[HeldPrice]:
    """Return prices of periods that follow each other."""
    step = timedelta(minutes=duration)
    return [
        a_price(amount, at=start + number * step, duration=duration)
        for number, amount in enumerate(amounts)
    ]


async def charged(
    ledger: Ledger,
    readings: Sequence[tuple[float, int]],
    *,
    charger: str = "CP1",
    connector: int = 1,
    site: str | None = SITE,
    begin: datetime = T0,
    stop: bool = True,
) -> Session:
    """Charge in a session: (minutes after its begin, register in Wh); the last one ends it."""
    moments = [(begin + timedelta(minutes=minute), register) for minute, register in readings]
    (began, first), *middle, (ended, last) = moments
    session = await started(
        ledger, a_start(first, at=began, charger=charger, connector=connector, site=site)
    )
    samples = [*middle, *(() if stop else ((ended, last),))]
    for at, register in samples:
        reading = a_sample(
            register,
            0,
            at=at,
            charger=charger,
            connector=connector,
            transaction=session.transaction_id,
        )
        await ledger.record_meters([reading])
    if stop:
        await ledger.stop_transaction(a_stop(session, last, at=ended, charger=charger))
    return session
