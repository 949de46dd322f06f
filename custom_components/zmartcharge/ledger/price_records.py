"""What the ledger takes and gives about prices and costs: plain frozen values.

A price is a ``Decimal`` in units of the currency (ISO 4217) per kWh, with all taxes and fees, and
may be negative. Nothing is rounded here: that is for whoever shows it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
import re

from ..units import WattHour
from .clock import utc
from .periods import PERIOD, period_start
from .records import Session

#: The resolutions of the day-ahead market (EU 2017/2195, article 53) and of settlement.
_DURATIONS = (timedelta(minutes=15), timedelta(minutes=30), timedelta(minutes=60))
#: No kWh costs that much in any currency; a price in the wrong unit is refused.
_MAX_PRICE = 1_000_000
_CURRENCY = re.compile(r"[A-Z]{3}")


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldPrice:
    """What a kWh costs at a site in a period of 15, 30 or 60 minutes.

    ``components`` are the parts that ``price`` is the sum of, by name, for showing. ``preliminary``:
    another price of the period may follow.
    """

    start: datetime
    end: datetime
    price: Decimal
    currency: str
    components: Mapping[str, Decimal] = field(default_factory=dict)
    preliminary: bool = False

    def __post_init__(self) -> None:
        """Keep the times in UTC; refuse what is no price of a period with ValueError."""
        object.__setattr__(self, "start", utc(self.start))
        object.__setattr__(self, "end", utc(self.end))
        if period_start(self.start) != self.start or self.end - self.start not in _DURATIONS:
            raise ValueError(f"{self.start} to {self.end} is no period of a price")
        if not _CURRENCY.fullmatch(self.currency):
            raise ValueError(f"{self.currency!r} is no currency")
        for amount in (self.price, *self.components.values()):
            if not amount.is_finite() or abs(amount) > _MAX_PRICE:
                raise ValueError(f"{amount} is no price")

    def quarters(self) -> Iterator[datetime]:
        """Yield the start of each quarter-hour that it holds for."""
        for number in range((self.end - self.start) // PERIOD):
            yield self.start + number * PERIOD


@dataclass(frozen=True, slots=True, kw_only=True)
class SupersededPrice:
    """A price of a quarter-hour that held until another took its place: when, and why."""

    price: HeldPrice
    superseded_at: datetime
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CostLine:
    """A session's energy in the quarter-hour (UTC) that begins at ``start``, and its price.

    ``price`` and ``currency`` None: no price is known.
    """

    start: datetime
    wh: WattHour
    price: Decimal | None
    currency: str | None
    preliminary: bool = False

    @property
    def amount(self) -> Decimal | None:
        """Return what the energy cost, None without a price."""
        return None if self.price is None else (self.price * self.wh).scaleb(-3)


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectorNow:
    """A session of a connector, what it cost, and what the connector ever delivered in Wh."""

    session: Session | None
    cost: SessionCost | None
    lifetime: WattHour | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionCost:
    """What a session cost, so far when it is open.

    ``amount`` and ``currency`` None: none of it has a price. ``energy_without_price`` is what
    ``amount`` leaves out: what has no price, or one in another currency than the latest.
    """

    session_id: str
    amount: Decimal | None
    currency: str | None
    energy_without_price: WattHour
    lines: tuple[CostLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class HourlyCost:
    """The energy and the cost of the hour (UTC) that begins at ``start``, as in SessionCost."""

    start: datetime
    wh: WattHour
    amount: Decimal | None
    currency: str | None
    wh_without_price: WattHour


@dataclass(frozen=True, slots=True, kw_only=True)
class Recalculation:
    """What a recalculation did.

    ``sessions``: those whose cost is another one now, by id, oldest first. ``difference``: what all
    of them cost more (negative: less); None when there are none, or their currency changed.
    """

    sessions: tuple[str, ...]
    difference: Decimal | None
    currency: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedHours:
    """A session whose energy or prices changed from the quarter-hour ``since`` on.

    ``changes`` counts them, so that what changes meanwhile is not taken for counted.
    """

    session_id: str
    charge_point_id: str
    connector_id: int
    site_id: str | None
    since: datetime
    changes: int
