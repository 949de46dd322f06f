"""What a plan is made from: prices, what the site can spare, and what a car needs."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from ..units import Ampere, Watt, WattHour

#: The least current that IEC 61851-1 can offer a car, in A.
MINIMUM_CURRENT = 6.0
#: What a stop and a new start of charging may cost, in the currency of the prices, if nobody says.
START_PENALTY = Decimal("0.05")
HOUR = timedelta(hours=1)


def _check_span(start: datetime, end: datetime) -> None:
    if start.utcoffset() is None or end.utcoffset() is None:
        raise ValueError("a period needs aware times")
    if end <= start:
        raise ValueError(f"a period that begins at {start} cannot end at {end}")


@dataclass(frozen=True, slots=True)
class PricedPeriod:
    """What a further kWh costs from ``start`` until ``end``, all included; may be negative.

    ``price`` per kWh in the site's currency. ``forecast`` marks a price that nobody has published.
    Raises ``ValueError`` for naive times, a period without length and a price that is no number.
    """

    start: datetime
    end: datetime
    price: Decimal
    forecast: bool = False

    def __post_init__(self) -> None:
        """Refuse what cannot be planned on."""
        _check_span(self.start, self.end)
        if not self.price.is_finite():
            raise ValueError(f"{self.price} is not a price")


@dataclass(frozen=True, slots=True)
class HeadroomPeriod:
    """What all cars together may take from ``start`` until ``end``, in W; less than 0 counts as 0."""

    start: datetime
    end: datetime
    power: Watt

    def __post_init__(self) -> None:
        """Refuse a period without length with ValueError."""
        _check_span(self.start, self.end)


@dataclass(frozen=True, slots=True)
class HourAllowance:
    """What all cars together may take in the hour that begins at ``start``, in Wh.

    It is the site's budget for the hour less what the house is expected to take; of an hour that
    has begun it is what is left. Less than 0 counts as 0.
    """

    start: datetime
    energy: WattHour

    def __post_init__(self) -> None:
        """Refuse a naive time with ValueError."""
        if self.start.utcoffset() is None:
            raise ValueError("an hour needs an aware time")


@dataclass(frozen=True, slots=True, kw_only=True)
class Headroom:
    """What the site can spare for all cars together.

    ``periods`` come of the fuse and are never exceeded; where none lies there is no limit. ``hours``
    come of the capacity tariff; a car that could not be ready in time otherwise exceeds them if
    ``budget_yields``. The periods do not overlap, nor do the hours.
    """

    periods: tuple[HeadroomPeriod, ...] = ()
    hours: tuple[HourAllowance, ...] = ()
    budget_yields: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class CarNeed:
    """What one car needs from now on.

    ``energy``: what is still to be charged in Wh; ``None`` until the car is full, whenever that is:
    then everything that fits is used. ``likely``: equally likely values of the energy, ascending,
    when it was only learned (``learn_need``): the plan then weighs what waiting saves against what
    the car might miss, and ``energy`` is what is told and what other cars leave room for.
    ``ready_by``: ``None`` when there is no hurry; the prices known are then the horizon.
    ``min_energy_first``: of the energy, what is charged at once whatever it costs, in Wh.
    ``price_limit``: above it nothing is charged unless the car cannot be ready in time otherwise.
    ``continuous``: without a pause. ``preheat``: how long before ``ready_by`` the last of the energy
    is charged, so that battery and cabin are warm. ``prefer_late``: when prices are equal.
    Currents in A, ``watts_per_ampere`` of all phases together. ``start_penalty``: what a further
    start has to save, in the currency of the prices. ``charging``: it draws power now, so going on is
    no start. Raises ``ValueError`` for what cannot be meant.
    """

    car: str
    energy: WattHour | None
    watts_per_ampere: Watt
    max_current: Ampere
    min_current: Ampere = MINIMUM_CURRENT
    likely: tuple[WattHour, ...] = ()
    ready_by: datetime | None = None
    min_energy_first: WattHour = 0
    price_limit: Decimal | None = None
    continuous: bool = False
    preheat: timedelta = timedelta()
    prefer_late: bool = False
    start_penalty: Decimal = START_PENALTY
    charging: bool = False

    def __post_init__(self) -> None:
        """Refuse what cannot be meant."""
        if self.ready_by is not None and self.ready_by.utcoffset() is None:
            raise ValueError("ready_by needs an aware time")
        if self.watts_per_ampere <= 0 or self.min_current <= 0 or self.max_current < 0:
            raise ValueError("currents and power are positive")
        if (self.energy or 0) < 0 or self.min_energy_first < 0 or min(self.likely, default=0) < 0:
            raise ValueError("energy is not negative")
        if list(self.likely) != sorted(self.likely):
            raise ValueError("likely energies are ascending")
        if self.preheat < timedelta() or self.start_penalty < 0:
            raise ValueError("preheat and start_penalty are not negative")


@dataclass(frozen=True, slots=True, kw_only=True)
class Overrides:
    """What a user said for once.

    ``ready_by``: "tonight by 05:00", instead of the schedule's next time. ``skip_until``: "skip
    tonight", nothing is charged before. ``charge_until``: "charge now until 14:00", at full current
    whatever it costs and however much is needed; it goes before ``skip_until``.
    """

    ready_by: datetime | None = None
    skip_until: datetime | None = None
    charge_until: datetime | None = None

    def __post_init__(self) -> None:
        """Refuse naive times with ValueError."""
        for given in (self.ready_by, self.skip_until, self.charge_until):
            if given is not None and given.utcoffset() is None:
                raise ValueError("an override needs an aware time")


NO_HEADROOM_LIMIT = Headroom()
NO_OVERRIDES = Overrides()
