"""A house whose ledger has sessions and prices."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from custom_components.zmartcharge.ledger import HeldPrice, Session

from .house import NOW, House
from .ledger.priced import charged, prices_from


@dataclass
class CostHouse:
    """A house in which cars were charged, told in hours from its first moment."""

    house: House

    @staticmethod
    def hour(count: float) -> datetime:
        """Return the time so many hours after the first moment."""
        return NOW + timedelta(hours=count)

    async def price(self, hour: float, *amounts: str, site: str = "home") -> list[HeldPrice]:
        """Let prices of whole hours hold from an hour on."""
        prices = prices_from(self.hour(hour), *amounts)
        await self.house.hub.ledger.hold_prices(site, prices, self.hour(hour))
        return prices

    async def charge(
        self,
        hour: float,
        *energies: int,
        charger: str = "CP1",
        connector: int = 1,
        site: str = "home",
        meter: int = 0,
        stop: bool = True,
    ) -> Session:
        """Charge so many Wh in each hour of a session."""
        readings: list[tuple[float, int]] = [(0, meter)]
        for number, energy in enumerate(energies, start=1):
            readings.append((60 * number, readings[-1][1] + energy))
        return await charged(
            self.house.hub.ledger,
            readings,
            charger=charger,
            connector=connector,
            site=site,
            begin=self.hour(hour),
            stop=stop,
        )

    async def cost(self, session: Session) -> Decimal | None:
        """Return what a session cost."""
        cost = await self.house.hub.ledger.session_cost(session.id)
        assert cost is not None
        return cost.amount
