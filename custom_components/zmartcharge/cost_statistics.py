"""Energy and cost of each charger and each site in Home Assistant's long-term statistics.

An hour is added when it is over. Its energy and its price may still change: a charger that was
offline tells of sessions of yesterday, a price comes late, a person corrects a session. The ledger
remembers since when, until what the recorder has was seen to be what the ledger says.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
import logging
from typing import TYPE_CHECKING

from homeassistant.components.recorder import DOMAIN as RECORDER, get_instance
from homeassistant.components.recorder.models import (
    StatisticData,
    StatisticMeanType,
    StatisticMetaData,
)
from homeassistant.components.recorder.statistics import (
    StatisticsRow,
    async_add_external_statistics,
    get_last_statistics,
    get_metadata,
    statistics_during_period,
)
from homeassistant.const import UnitOfEnergy
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.event import async_track_utc_time_change
from homeassistant.helpers.start import async_at_started
from homeassistant.util import dt as dt_util
from homeassistant.util.unit_conversion import EnergyConverter
from sqlalchemy.exc import SQLAlchemyError

from .const import DOMAIN
from .devices import device_id_of
from .ledger import ChangedHours, HourlyCost, LedgerError
from .reasons import text_of

if TYPE_CHECKING:
    from .hub import Hub

_LOGGER = logging.getLogger(__name__)

_HOUR = timedelta(hours=1)
#: The last values of an hour come a moment after it.
_MOMENT = 10
#: The ledger answers everybody else in between.
_AT_ONCE = timedelta(days=31)
#: Sums are kept as floating-point numbers: whole millionths come back as they were.
_DIGITS = 6
_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)

type _Values = Mapping[datetime, Decimal]


def energy_statistic(subentry_id: str) -> str:
    """Return the id of the energy of a charger or a site, which stays when that is renamed."""
    return f"{DOMAIN}:{subentry_id.lower()}_energy"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Account:
    """A charger or a site, and the key of its name in the translations."""

    subentry_id: str
    name: str
    kind: str
    site_id: str | None = None
    charge_point_id: str | None = None

    @property
    def energy_id(self) -> str:
        """Return the id of its energy."""
        return energy_statistic(self.subentry_id)

    @property
    def cost_id(self) -> str:
        """Return the id of its cost."""
        return f"{DOMAIN}:{self.subentry_id.lower()}_cost"

    def since(self, changes: tuple[ChangedHours, ...]) -> datetime | None:
        """Return the first of its hours that changed, None when none did."""
        own = [change.since for change in changes if self.has(change)]
        return min(own).replace(minute=0) if own else None

    def has(self, change: ChangedHours) -> bool:
        """Tell whether a session is one of its."""
        if self.site_id is not None:
            return change.site_id == self.site_id
        return change.charge_point_id == self.charge_point_id


@dataclass(frozen=True, slots=True, kw_only=True)
class _Recorded:
    """What the recorder has of a statistic from an hour on, and the sum before that."""

    metadata: StatisticMetaData | None = None
    last: datetime | None = None
    before: Decimal = Decimal(0)
    rows: Mapping[datetime, tuple[Decimal, Decimal]] = field(default_factory=dict)

    def differing(self, values: _Values) -> list[StatisticData]:
        """Return the hours whose value or sum is to be another one; what is gone becomes 0."""
        found: list[StatisticData] = []
        total = self.before
        for start in sorted(values.keys() | self.rows.keys()):
            value = values.get(start, Decimal(0))
            total += value
            if self.rows.get(start) != (value, total):
                found.append(StatisticData(start=start, state=float(value), sum=float(total)))
        return found


class CostStatistics:
    """Publishes the hours of every charger and site; without the recorder it does nothing."""

    def __init__(self, hub: Hub) -> None:
        """Make one for a hub; use ``start``."""
        self._hub = hub
        self._wanted = self._working = False
        #: Which accounts were compared with the recorder since Home Assistant started.
        self._compared: set[_Account] = set()
        self._told: dict[str, StatisticMetaData] = {}

    @callback
    def start(self) -> None:
        """Publish what was missed once Home Assistant has started, then every hour."""
        hass, entry = self._hub.hass, self._hub.entry
        entry.async_on_unload(
            async_track_utc_time_change(hass, self._hour_over, minute=0, second=_MOMENT)
        )
        entry.async_on_unload(async_at_started(hass, self._started))

    @callback
    def refresh(self) -> None:
        """Publish what changed now, as after a recalculation."""
        self._wanted = True
        if not self._working and RECORDER in self._hub.hass.config.components:
            self._working = True
            self._hub.create_task(self._work(), "cost statistics")

    @callback
    def _started(self, _hass: HomeAssistant) -> None:
        self.refresh()

    @callback
    def _hour_over(self, _now: datetime) -> None:
        self.refresh()

    async def _work(self) -> None:
        try:
            while self._wanted:
                self._wanted = False
                await self._publish_all()
        except (LedgerError, SQLAlchemyError) as err:
            # What was not published is still noted in the ledger, and is tried again in an hour.
            _LOGGER.warning("The statistics of energy and cost were not updated: %r", err)
        finally:
            self._working = False

    async def _publish_all(self) -> None:
        until = dt_util.utcnow().replace(minute=0, second=0, microsecond=0)
        changes = await self._hub.ledger.changed_hours()
        behind = [
            account
            for account in list(self._accounts())
            if not await self._publish(account, account.since(changes), until)
        ]
        counted = [
            change for change in changes if not any(account.has(change) for account in behind)
        ]
        if counted:
            await self._hub.ledger.hours_counted(counted, until)

    def _accounts(self) -> Iterator[_Account]:
        for site in self._hub.sites.values():
            subentry_id = site.config.subentry_id
            yield _Account(
                subentry_id=subentry_id, name=site.config.name, kind="site", site_id=subentry_id
            )
        for charger in self._hub.chargers.values():
            yield _Account(
                subentry_id=charger.config.subentry_id,
                name=charger.config.name,
                kind="charger",
                charge_point_id=charger.config.charge_point_id,
            )

    async def _publish(self, account: _Account, changed: datetime | None, until: datetime) -> bool:
        """Bring the recorder up to date; True when it was and needed nothing."""
        since = changed
        if account not in self._compared:
            since = await self._first_missing(account, changed)
        if since is None:
            self._describe(account, None)
            return True
        energy, cost = await self._recorded(account, since, until)
        if energy.last is None and since != _BEGINNING:
            # Somebody has deleted the statistics: they are made anew as a whole.
            since = _BEGINNING
            energy, cost = await self._recorded(account, since, until)
        hours = await self._hours(account, since, until)
        currency = _currency(hours)
        if currency and since != _BEGINNING and cost.last and _unit(cost) != currency:
            since = _BEGINNING
            energy, cost = await self._recorded(account, since, until)
            hours = await self._hours(account, since, until)
        self._describe(account, currency or _unit(cost))
        done = self._add(account.energy_id, energy.differing(_energy_of(hours)))
        done &= self._add(account.cost_id, cost.differing(_cost_of(hours, currency)))
        self._compared.add(account)
        return done

    async def _first_missing(self, account: _Account, changed: datetime | None) -> datetime:
        """Return the hour after those that the recorder has, or an earlier one that changed.

        It may have been restored from an older backup, or begun anew.
        """
        last = [recorded.last for recorded in await self._recorded(account, dt_util.utcnow(), None)]
        missing = [_BEGINNING if hour is None else hour + _HOUR for hour in last]
        return min(missing if changed is None else (*missing, changed))

    async def _recorded(
        self, account: _Account, since: datetime, until: datetime | None
    ) -> tuple[_Recorded, _Recorded]:
        """Return what the recorder has of energy and cost."""
        hass = self._hub.hass

        def read() -> tuple[_Recorded, _Recorded]:
            energy, cost = (
                _read(hass, statistic_id, since, until)
                for statistic_id in (account.energy_id, account.cost_id)
            )
            return energy, cost

        return await get_instance(hass).async_add_executor_job(read)

    async def _hours(self, account: _Account, since: datetime, until: datetime) -> list[HourlyCost]:
        """Return what the ledger knows of an account's hours."""
        ledger = self._hub.ledger
        first = await ledger.first_hour(
            site_id=account.site_id, charge_point_id=account.charge_point_id
        )
        found: list[HourlyCost] = []
        start = until if first is None else max(since, first)
        while start < until:
            end = min(start + _AT_ONCE, until)
            found += await ledger.hourly(
                site_id=account.site_id,
                charge_point_id=account.charge_point_id,
                start=start,
                end=end,
            )
            start = end
        return found

    @callback
    def _describe(self, account: _Account, currency: str | None) -> None:
        """Tell the recorder the names, units and kinds, when they are not what it was told."""
        hass = self._hub.hass
        name = _name_of(hass, account)
        before = self._told.get(account.cost_id)
        unit = currency or (before and before["unit_of_measurement"]) or hass.config.currency
        for metadata in (
            StatisticMetaData(
                mean_type=StatisticMeanType.NONE,
                has_sum=True,
                name=text_of(hass, f"statistic_{account.kind}_energy", {"name": name}),
                source=DOMAIN,
                statistic_id=account.energy_id,
                unit_class=EnergyConverter.UNIT_CLASS,
                unit_of_measurement=UnitOfEnergy.KILO_WATT_HOUR,
            ),
            StatisticMetaData(
                mean_type=StatisticMeanType.NONE,
                has_sum=True,
                name=text_of(hass, f"statistic_{account.kind}_cost", {"name": name}),
                source=DOMAIN,
                statistic_id=account.cost_id,
                unit_class=None,
                unit_of_measurement=unit,
            ),
        ):
            if self._told.get(metadata["statistic_id"]) != metadata:
                self._told[metadata["statistic_id"]] = metadata
                async_add_external_statistics(hass, metadata, ())

    @callback
    def _add(self, statistic_id: str, rows: list[StatisticData]) -> bool:
        """Add hours, or replace them; True when there are none."""
        if rows:
            async_add_external_statistics(self._hub.hass, self._told[statistic_id], rows)
        return not rows


def _name_of(hass: HomeAssistant, account: _Account) -> str:
    """Return what the user calls a device."""
    device = dr.async_get(hass).async_get(device_id_of(hass, account.subentry_id) or "")
    return (device and device.name_by_user) or account.name


def _read(
    hass: HomeAssistant, statistic_id: str, since: datetime, until: datetime | None
) -> _Recorded:
    """Read a statistic; runs in the recorder's executor. Raises SQLAlchemyError."""
    metadata = get_metadata(hass, statistic_ids={statistic_id}).get(statistic_id)
    if metadata is None:
        return _Recorded()
    last = get_last_statistics(hass, 1, statistic_id, False, {"sum"}).get(statistic_id)
    if not last:
        return _Recorded(metadata=metadata[1])
    found = statistics_during_period(
        hass,
        since,
        until,
        {statistic_id},
        "hour",
        {EnergyConverter.UNIT_CLASS: UnitOfEnergy.KILO_WATT_HOUR},
        {"state", "sum"},
    )
    rows = {
        _start(row): (_exact(row, "state"), _exact(row, "sum"))
        for row in found.get(statistic_id, ())
    }
    if rows:
        value, total = rows[min(rows)]
        before = total - value
    else:
        before = _exact(last[0], "sum")
    return _Recorded(
        metadata=metadata[1],
        last=_start(last[0]),
        before=Decimal(0) if since == _BEGINNING else before,
        rows=rows,
    )


def _start(row: StatisticsRow) -> datetime:
    return dt_util.utc_from_timestamp(row["start"])


def _exact(row: StatisticsRow, which: str) -> Decimal:
    value = row["state"] if which == "state" else row["sum"]
    return round(Decimal(value or 0), _DIGITS)


def _unit(recorded: _Recorded) -> str | None:
    return recorded.metadata["unit_of_measurement"] if recorded.metadata else None


def _currency(hours: list[HourlyCost]) -> str | None:
    """Return the currency of the latest price."""
    return next((hour.currency for hour in reversed(hours) if hour.currency), None)


def _energy_of(hours: list[HourlyCost]) -> _Values:
    return {hour.start: Decimal(hour.wh) / 1000 for hour in hours if hour.wh}


def _cost_of(hours: list[HourlyCost], currency: str | None) -> _Values:
    """Return the cost of the hours that have one; what has no price is not free."""
    return {
        hour.start: round(hour.amount, _DIGITS)
        for hour in hours
        if hour.amount is not None and hour.currency == currency
    }
