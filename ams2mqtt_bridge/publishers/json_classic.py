"""One JSON object per list on one topic, in the form that AMS readers have made common.

List 1 carries only ``P``, so a reader has to merge. ``seq`` is an addition of ours.
"""

import json

from ..meter_list import MeterList
from .base import Message, Report

_WATT_HOURS_PER_KILOWATT_HOUR = 1000


def json_classic(report: Report) -> tuple[Message, ...]:
    """Format a report: powers in W and var, currents in A, voltages in V, energies in kWh and kvarh.

    A value that the meter did not send is left out, never 0. ``t`` is when the frame arrived, in
    whole seconds of Unix time.
    """
    body = {
        "id": report.device.id,
        "name": report.device.name,
        "up": report.uptime,
        "t": int(report.received.timestamp()),
        "seq": report.sequence,
        "data": _data(report.meter_list),
    }
    return (Message(json.dumps(body, ensure_ascii=False, separators=(",", ":"))),)


def _data(meter_list: MeterList) -> dict[str, str | int | float]:
    values: dict[str, str | int | float | None] = {
        "lv": meter_list.list_version,
        "meterId": meter_list.meter_id,
        "type": meter_list.meter_type,
        "P": meter_list.power_import,
        "Q": meter_list.reactive_power_import,
        "PO": meter_list.power_export,
        "QO": meter_list.reactive_power_export,
        "I1": meter_list.current_l1,
        "I2": meter_list.current_l2,
        "I3": meter_list.current_l3,
        "U1": meter_list.voltage_l1,
        "U2": meter_list.voltage_l2,
        "U3": meter_list.voltage_l3,
        "P1": meter_list.power_import_l1,
        "P2": meter_list.power_import_l2,
        "P3": meter_list.power_import_l3,
        "PO1": meter_list.power_export_l1,
        "PO2": meter_list.power_export_l2,
        "PO3": meter_list.power_export_l3,
        "tPI": _kilo(meter_list.energy_import),
        "tPO": _kilo(meter_list.energy_export),
        "tQI": _kilo(meter_list.reactive_energy_import),
        "tQO": _kilo(meter_list.reactive_energy_export),
    }
    return {key: value for key, value in values.items() if value is not None}


def _kilo(watt_hours: int | None) -> float | None:
    # One division rounds correctly, so the digits printed are exactly those of the counter.
    return None if watt_hours is None else watt_hours / _WATT_HOURS_PER_KILOWATT_HOUR
