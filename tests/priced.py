"""A house whose power has a price, and somebody, or nobody, who plans its charging."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from homeassistant.config_entries import ConfigSubentryDataWithId
from homeassistant.util import dt as dt_util
import pytest

from custom_components.zmartcharge.connector import Connector
from custom_components.zmartcharge.const import CONF_PRICE
from custom_components.zmartcharge.csms import connection
from custom_components.zmartcharge.csms.v16.station import Station16
from custom_components.zmartcharge.plan import ReplanReason
from custom_components.zmartcharge.plan_options import PlanOptions
from custom_components.zmartcharge.price import Contract, Energy, EnergyKind, OtherTaxes, Resolution
from custom_components.zmartcharge.price_config import PriceConfig, PriceSource
from simulator import SimulatedChargePoint

from .house import House, car, site_subentry, wait_until

SENSOR = "sensor.spot"
READY_BY = "time.garage_charging_must_be_done"
#: Hours that cost 1 kr per kWh, if nothing else is said.
EVEN = "1"


def contract(**changes: Any) -> Contract:
    """Return the spot price without anything added, by quarter."""
    return Contract(
        **{
            "energy": Energy(kind=EnergyKind.SPOT),
            "taxes": OtherTaxes(),
            "area": "NO1",
            "settlement": Resolution.QUARTER,
            **changes,
        }
    )


def price_data(contract_: Contract | None = None, **changes: Any) -> dict[str, Any]:
    """Return what a site's subentry says of its price."""
    config = PriceConfig(
        **{
            "contract": contract_ or contract(),
            "source": PriceSource.SENSOR,
            "sensor": SENSOR,
            "fall_back": False,
            **changes,
        }
    )
    return config.to_dict()


def priced_site(**changes: Any) -> ConfigSubentryDataWithId:
    """Return the home with a price that comes from a sensor."""
    return site_subentry(**{CONF_PRICE: price_data(), **changes})


@pytest.fixture(name="patient")
def patient_fixture(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let hours pass in steps that no ping would survive."""
    monkeypatch.setattr(connection, "PING_INTERVAL", 10**9)


@dataclass
class Priced:
    """A house with prices."""

    house: House
    charge_points: list[SimulatedChargePoint] = field(default_factory=list)
    needs: list[ReplanReason] = field(default_factory=list)
    options: PlanOptions = field(default_factory=PlanOptions)

    def prices(self, cheap: Sequence[int] = (), hours: int = 48, **at: str) -> None:
        """Publish prices from the hour of now on: 0.5 in hours counted from it, 1 in all others."""
        start = dt_util.utcnow().replace(minute=0, second=0, microsecond=0)
        # The market's day began before, and all of it has a price.
        rows = [
            {
                "start": (start + timedelta(hours=hour)).isoformat(),
                "end": (start + timedelta(hours=hour + 1)).isoformat(),
                "value": at.get(f"h{hour}", "0.5" if hour in cheap else EVEN),
            }
            for hour in range(-24, hours)
        ]
        self.house.hass.states.async_set(
            SENSOR, rows[24]["value"], {"unit_of_measurement": "NOK/kWh", "prices": rows}
        )

    def answer(self, options: PlanOptions | None = None) -> None:
        """Let needs of plans be answered from now on, as the automation does."""
        self.options = options or self.options
        planning = self.house.site.planning

        def needed(connector: Connector, reason: ReplanReason) -> None:
            self.needs.append(reason)
            self.house.hub.create_task(planning.plan(connector, self.options), "plan")

        planning.async_on_need(needed)

    async def ready_by(self, hours: float, entity_id: str = READY_BY) -> None:
        """Set when cars must be ready on all days, counted as prices are."""
        at = dt_util.as_local(self.hour(hours)).time()
        await self.house.act("time", "set_value", entity_id, time=at)
        await self.settle()

    async def connect(self, identity: str = "CP1", **settings: Any) -> SimulatedChargePoint:
        """Switch a charger on."""
        charge_point = await self.house.connect(identity, **settings)
        self.charge_points.append(charge_point)
        return charge_point

    async def plug_in(self, charge_point: SimulatedChargePoint, **changes: Any) -> None:
        """Plug a car in; nobody starts a session by hand."""
        await charge_point.plug_in(car(**changes))
        await self.settle()

    async def settle(self) -> None:
        """Wait until everybody has said, and done, what there is to say and do."""
        for charge_point in self.charge_points:
            if charge_point.connected:
                await self.house.settled(charge_point)
        await self.house.hass.async_block_till_done()
        await wait_until(self._idle)
        await self.house.hass.async_block_till_done()

    async def live(self, minutes: float, step: int = 30) -> None:
        """Let time pass."""
        for _ in range(round(minutes * 60 / step)):
            self.house.time.tick(timedelta(seconds=step))
            for charge_point in self.charge_points:
                charge_point.step(dt_util.utcnow(), float(step))
            await self.house.pass_time(0)
            await self.settle()

    def drawn(self, charge_point: SimulatedChargePoint) -> float:
        """Return what a car draws from each line, in A."""
        return charge_point.station.evse.line_currents(1)[0]

    def hour(self, hours: float) -> datetime:
        """Return a moment, counted in hours from the full hour of the last prices."""
        state = self.house.hass.states.get(SENSOR)
        assert state is not None
        begun = datetime.fromisoformat(state.attributes["prices"][24]["start"])
        return begun + timedelta(hours=hours)

    def _idle(self) -> bool:
        """Tell whether nobody is being told anything, and no price is being worked out."""
        connectors = [
            connector
            for charger in self.house.hub.chargers.values()
            for connector in charger.connectors.values()
        ]
        tasks = [connector.limiter._telling for connector in connectors]
        tasks += [site.pricing._refreshing for site in self.house.hub.sites.values()]
        stations = [charger._station for charger in self.house.hub.chargers.values()]
        asking = any(
            isinstance(station, Station16) and station._rpc._turn.locked() for station in stations
        )
        return not asking and all(task is None or task.done() for task in tasks)


def amount(value: float | str) -> Decimal:
    """Return an amount of money."""
    return Decimal(str(value))
