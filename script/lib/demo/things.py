"""What the simulated home has."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

SITE_NAME = "Mitt hjem"
MAIN_FUSE = 25
METER_TOPIC = "ams2mqtt"
TIME_ZONE = ZoneInfo("Europe/Oslo")
#: Checks are always run on the same winter's evening, whatever the day and the hour are.
EVENING = datetime(2026, 12, 9, 21, 46, tzinfo=TIME_ZONE)


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoCharger:
    """A charger of the demo: its identity, its wiring and the car that comes to it."""

    charge_point_id: str
    name: str
    key: str
    wiring: str
    circuit_fuse: int
    phases: int
    car: dict[str, Any]
    model: str


CHARGERS = (
    DemoCharger(
        charge_point_id="ZM-100234",
        name="Lader inne i garasje",
        key="demo-key-of-ZM100234",
        wiring="l1_l2_l3",
        circuit_fuse=16,
        phases=3,
        car={"name": "Family car", "battery_kwh": 77, "soc": 41, "phases": 3, "max_current_a": 16},
        model="ZM Home 22",
    ),
    DemoCharger(
        charge_point_id="ZM-100871",
        name="Lader utenfor garasje",
        key="demo-key-of-ZM100871",
        wiring="l2",
        circuit_fuse=16,
        phases=1,
        car={"name": "City car", "battery_kwh": 40, "soc": 63, "phases": 1, "max_current_a": 16},
        model="ZM Home 7",
    ),
)
