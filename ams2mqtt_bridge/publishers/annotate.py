"""Works out from each list what the meter did not say, on its way to the publisher."""

from datetime import datetime
from typing import override
from zoneinfo import ZoneInfo

from ..accounting import Bookkeeper
from ..config import AccountingConfig, Grid
from ..dlms import CosemDateTime
from ..estimate import estimate_current_l2, without_unmeasured
from ..meter_list import MeterList
from .base import Publisher, Reading, ReadingPublisher


class AnnotatingPublisher(Publisher):
    """Adds the estimate of I2 and the accounts; the accounts go on while the broker is away."""

    def __init__(
        self, publisher: ReadingPublisher, grid: Grid, accounting: AccountingConfig
    ) -> None:
        self._publisher = publisher
        self._grid = grid
        self._time_zone = accounting.time_zone
        self._bookkeeper = Bookkeeper(accounting)

    @override
    async def start(self) -> None:
        await self._bookkeeper.start()
        await self._publisher.start()

    @override
    def publish(self, meter_list: MeterList, received: datetime) -> None:
        realtime = self._bookkeeper.add(meter_list, received)
        meter_list = without_unmeasured(meter_list, self._grid)
        self._publisher.publish(
            Reading(
                meter_list=meter_list,
                received=received,
                estimate=estimate_current_l2(meter_list, self._grid),
                realtime=realtime,
                meter_clock=self._clock(meter_list),
            )
        )

    @override
    async def stop(self) -> None:
        try:
            await self._publisher.stop()
        finally:
            await self._bookkeeper.stop()

    def _clock(self, meter_list: MeterList) -> datetime | None:
        """Return the meter's clock, which only means something beside the hourly counters."""
        if meter_list.clock is None or meter_list.energy_import is None:
            return None
        return _as_datetime(meter_list.clock, self._time_zone)


def _as_datetime(clock: CosemDateTime, time_zone: ZoneInfo) -> datetime:
    # Nearly all meters show local time and do not say so; some say a deviation of 0 and mean none.
    return datetime(
        clock.year,
        clock.month,
        clock.day,
        clock.hour,
        clock.minute,
        clock.second,
        tzinfo=time_zone,
    )
