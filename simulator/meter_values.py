"""The MeterValues of OCPP 1.6 (7.30 to 7.33) as a charger fills them in."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from .connector import Connector
from .evse import Evse
from .grid import NOMINAL_VOLTAGE, Phase


def timestamp(now: datetime) -> str:
    """Return a time as OCPP 1.6 (3.14) writes it, in UTC with milliseconds."""
    return now.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def meter_value(
    evse: Evse, connector: Connector, now: datetime, measurands: Iterable[str], context: str
) -> dict[str, Any]:
    """Return one MeterValue with the measurands that this charger can measure now."""
    values = [
        value | {"context": context}
        for measurand in measurands
        for value in _sampled(evse, connector, measurand)
    ]
    return {"timestamp": timestamp(now), "sampled_value": values}


def _sampled(evse: Evse, connector: Connector, measurand: str) -> list[dict[str, str]]:
    def value(text: str, unit: str, **more: str) -> dict[str, str]:
        return {"value": text, "measurand": measurand, "unit": unit} | more

    match measurand:
        case "Energy.Active.Import.Register":
            return [value(str(connector.energy_wh), "Wh", location="Outlet")]
        case "Power.Active.Import":
            watts = 0.0 if evse.behaviour.shows_no_power else connector.power_w
            return [value(f"{watts:.1f}", "W", location="Outlet")]
        case "Power.Offered":
            phases = evse.phases if connector.car is None else connector.car.phases
            watts = connector.offered_a * evse.watts_per_ampere(min(phases, evse.phases))
            return [value(f"{watts:.1f}", "W")]
        case "Current.Import":
            currents = zip(Phase, evse.line_currents(connector.connector_id), strict=False)
            return [
                value(f"{amperes:.2f}", "A", phase=phase.value, location="Outlet")
                for phase, amperes in currents
            ]
        case "Current.Offered":
            return [value(f"{connector.offered_a:.1f}", "A")]
        case "Voltage":
            labels = evse.grid.voltage_labels[: evse.phases]
            return [value(f"{NOMINAL_VOLTAGE:.1f}", "V", phase=label) for label in labels]
        case "SoC" if connector.car is not None:
            return [value(f"{connector.car.soc:.0f}", "Percent", location="EV")]
        case _:
            return []
