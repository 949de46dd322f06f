"""What has been read so far: the latest of each value, and when it came."""

from dataclasses import dataclass, field
from datetime import datetime

from ..config import Grid
from ..estimate import CurrentEstimate, estimate_current_l2, without_unmeasured
from ..meter_list import MeterList
from ..pipeline import Counts

_KINDS = (1, 2, 3)


@dataclass(slots=True)
class ProbeState:
    """The latest lists and counts of a source; times are aware UTC.

    ``problem`` is what the source says is wrong, ``diagnosis`` what its octets look like when none of
    the frames in them is whole, and ``messages`` are the last warnings of the log. ``estimate`` is of
    the current in line 2, where the meter does not measure it.
    """

    source: str
    grid: Grid = Grid.AUTO
    problem: str | None = None
    counts: Counts = field(default_factory=Counts)
    diagnosis: str | None = None
    power_import: int | None = None
    power_export: int | None = None
    phases: MeterList | None = None
    estimate: CurrentEstimate | None = None
    energy: MeterList | None = None
    meter: MeterList | None = None
    last: dict[int, datetime | None] = field(default_factory=lambda: dict.fromkeys(_KINDS))
    messages: list[str] = field(default_factory=list)

    def take(self, meter_list: MeterList, received: datetime) -> None:
        """Keep what a list says; what it does not say stays as it was."""
        self.last[meter_list.number] = received
        if meter_list.power_import is not None:
            self.power_import = meter_list.power_import
        if meter_list.power_export is not None:
            self.power_export = meter_list.power_export
        if meter_list.number >= 2 and _has_phases(meter_list):
            self.phases = without_unmeasured(meter_list, self.grid)
            self.estimate = estimate_current_l2(self.phases, self.grid)
        if meter_list.number == 3:
            self.energy = meter_list
        if self.meter is None or meter_list.meter_id is not None:
            self.meter = meter_list


def _has_phases(meter_list: MeterList) -> bool:
    return meter_list.current_l1 is not None or meter_list.voltage_l1 is not None
