"""What a meter said in one list, whoever made the meter."""

from dataclasses import dataclass
from enum import StrEnum

from .dlms import CosemDateTime


class Manufacturer(StrEnum):
    """The makers that can be told from their lists, as written on their meters."""

    AIDON = "Aidon"
    ISKRAEMECO = "Iskraemeco"
    KAIFA = "Kaifa"
    KAMSTRUP = "Kamstrup"
    LANDIS_GYR = "Landis+Gyr"
    SAGEMCOM = "Sagemcom"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class MeterList:
    """One list from a HAN port; ``None`` means that the meter did not say.

    Power is in whole W or var and never negative (import and export are separate registers), energy
    in whole Wh or varh, current in A, voltage in V, power factors from 0 to 1. A current that the
    meter does not measure (I2 in many IT nets) is ``None``, never 0. Voltages are between a line and
    neutral in TN nets and between two lines in IT nets, as the meter shows them. ``clock`` is the
    meter's own, which may be an hour off: the time of a reading is the time at which the frame
    arrived.
    """

    manufacturer: Manufacturer
    list_version: str | None = None
    meter_id: str | None = None
    meter_type: str | None = None
    clock: CosemDateTime | None = None

    power_import: int | None = None
    power_export: int | None = None
    reactive_power_import: int | None = None
    reactive_power_export: int | None = None
    power_factor: float | None = None

    current_l1: float | None = None
    current_l2: float | None = None
    current_l3: float | None = None
    voltage_l1: float | None = None
    voltage_l2: float | None = None
    voltage_l3: float | None = None

    power_import_l1: int | None = None
    power_import_l2: int | None = None
    power_import_l3: int | None = None
    power_export_l1: int | None = None
    power_export_l2: int | None = None
    power_export_l3: int | None = None
    reactive_power_import_l1: int | None = None
    reactive_power_import_l2: int | None = None
    reactive_power_import_l3: int | None = None
    reactive_power_export_l1: int | None = None
    reactive_power_export_l2: int | None = None
    reactive_power_export_l3: int | None = None
    power_factor_l1: float | None = None
    power_factor_l2: float | None = None
    power_factor_l3: float | None = None

    energy_import: int | None = None
    energy_export: int | None = None
    reactive_energy_import: int | None = None
    reactive_energy_export: int | None = None

    @property
    def number(self) -> int:
        """Return 1 (power only), 2 (currents and voltages) or 3 (energy counters as well).

        The numbers are those of the Norwegian lists (NEK, "OBIS codes for the HAN port", 2016).
        """
        if self.energy_import is not None or self.energy_export is not None:
            return 3
        if self.meter_id is None and self.current_l1 is None and self.voltage_l1 is None:
            return 1
        return 2
