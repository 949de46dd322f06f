"""How whoever plans wants it done."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from .plan import START_PENALTY
from .units import WattHour


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanOptions:
    """How whoever plans wants it done; see ``CarNeed`` for the terms.

    ``until_full``: whatever the car takes, where nobody says how much that is. ``still_needed``: what the car says that it still needs in Wh, when its ``taken`` Wh of this
    session had been charged; ``told``: its state of charge and its target in %, and its battery in
    kWh, where it says so by those.
    """

    until_full: bool = False
    still_needed: WattHour | None = None
    told: tuple[float, float, float] | None = None
    taken: WattHour = 0
    minimum_energy: WattHour = 0
    price_limit: Decimal | None = None
    continuous: bool = False
    prefer_late: bool = False
    preheat: timedelta = timedelta()
    start_penalty: Decimal = START_PENALTY
    budget_yields: bool = True
