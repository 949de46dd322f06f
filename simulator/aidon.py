"""The frames that an Aidon meter pushes on its HAN port, as Norwegian grid companies set it up.

An HDLC frame of type 3 (IEC 62056-46) without octet stuffing, with a DLMS/COSEM data notification
(IEC 62056-5-3): an array of structures of OBIS code, value, and scaler with unit. Lists 1 to 3 are
those of NEK/IEC's Norwegian HAN interface, as published in Aidon's "HAN Interface Description".

Shapes: currents in amperes (0.1 A on the wire), voltages in volts (0.1 V), power in W and var,
energy in Wh and varh (10 Wh on the wire).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import IntEnum
from struct import pack

from .grid import GridType

_FLAG = b"\x7e"
_FORMAT_TYPE_3 = 0xA000
_ADDRESSES_AND_CONTROL = bytes.fromhex("41088313")
_LLC = bytes.fromhex("e6e700")
# Data notification, long invoke id and priority, and no date-time.
_NOTIFICATION = bytes.fromhex("0f4000000000")

_ARRAY, _STRUCTURE, _OCTETS, _TEXT = 0x01, 0x02, 0x09, 0x0A
_UINT32, _INT16, _UINT16, _INT8, _ENUM = 0x06, 0x10, 0x12, 0x0F, 0x16
_WATT, _WATT_HOUR, _VAR, _VAR_HOUR, _AMPERE, _VOLT = 27, 30, 29, 32, 33, 35


class MeterList(IntEnum):
    """The three lists, by how much they hold."""

    POWER = 1
    LINES = 2
    ENERGY = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class MeterReading:
    """What the meter knows at one time. Each list sends a part of it."""

    time: datetime
    grid: GridType
    import_w: float
    export_w: float = 0.0
    import_var: float = 0.0
    export_var: float = 0.0
    currents: tuple[float, ...] = (0.0, 0.0, 0.0)
    voltages: tuple[float, ...] = (230.0, 230.0, 230.0)
    import_wh: float = 0.0
    export_wh: float = 0.0
    import_varh: float = 0.0
    export_varh: float = 0.0
    version: str = "AIDON_V0001"
    meter_id: str = "7359992890000001"
    meter_type: str = "6525"


def encode(reading: MeterReading, meter_list: MeterList) -> bytes:
    """Return the whole frame of a list, flags included.

    An IT meter leaves the current of L2 out, as the real one does; a single-phase meter has L1
    alone. Raises ``struct.error`` for a value that does not fit its field.
    """
    items = list(_items(reading, meter_list))
    body = bytes([_ARRAY, len(items)]) + b"".join(items)
    information = _LLC + _NOTIFICATION + body
    length = 2 + len(_ADDRESSES_AND_CONTROL) + 2 + len(information) + 2
    header = pack(">H", _FORMAT_TYPE_3 | length) + _ADDRESSES_AND_CONTROL
    content = header + _check_sequence(header) + information
    return _FLAG + content + _check_sequence(content) + _FLAG


def _items(reading: MeterReading, meter_list: MeterList) -> Iterator[bytes]:
    if meter_list is MeterList.POWER:
        yield _power("1.7", reading.import_w, _WATT)
        return
    yield _text("1.1.0.2.129.255", reading.version)
    yield _text("0.0.96.1.0.255", reading.meter_id)
    yield _text("0.0.96.1.7.255", reading.meter_type)
    yield _power("1.7", reading.import_w, _WATT)
    yield _power("2.7", reading.export_w, _WATT)
    yield _power("3.7", reading.import_var, _VAR)
    yield _power("4.7", reading.export_var, _VAR)
    for index, quantity in enumerate(("31.7", "51.7", "71.7")[: len(reading.grid.phases)]):
        if reading.grid is not GridType.IT_230 or quantity != "51.7":
            tenths = round(reading.currents[index] * 10)
            yield _measured(quantity, pack(">Bh", _INT16, tenths), -1, _AMPERE)
    for index, quantity in enumerate(("32.7", "52.7", "72.7")[: len(reading.grid.phases)]):
        tenths = round(reading.voltages[index] * 10)
        yield _measured(quantity, pack(">BH", _UINT16, tenths), -1, _VOLT)
    if meter_list is MeterList.ENERGY:
        yield _clock(reading.time)
        yield _energy("1.8", reading.import_wh, _WATT_HOUR)
        yield _energy("2.8", reading.export_wh, _WATT_HOUR)
        yield _energy("3.8", reading.import_varh, _VAR_HOUR)
        yield _energy("4.8", reading.export_varh, _VAR_HOUR)


def _structure(fields: int, obis: str, content: bytes) -> bytes:
    code = bytes(int(group) for group in obis.split("."))
    return bytes([_STRUCTURE, fields, _OCTETS, len(code)]) + code + content


def _text(obis: str, text: str) -> bytes:
    raw = text.encode("ascii")
    return _structure(2, obis, bytes([_TEXT, len(raw)]) + raw)


def _measured(quantity: str, value: bytes, scaler: int, unit: int) -> bytes:
    scaler_unit = pack(">BBBbBB", _STRUCTURE, 2, _INT8, scaler, _ENUM, unit)
    return _structure(3, f"1.0.{quantity}.0.255", value + scaler_unit)


def _power(quantity: str, value: float, unit: int) -> bytes:
    return _measured(quantity, pack(">BI", _UINT32, round(value)), 0, unit)


def _energy(quantity: str, value: float, unit: int) -> bytes:
    # A counter shows what has passed in full, so that it never runs ahead.
    return _measured(quantity, pack(">BI", _UINT32, int(value // 10)), 1, unit)


def _clock(time: datetime) -> bytes:
    utc = time.astimezone(UTC)
    fields = pack(
        ">HBBBBBBBhB",
        utc.year,
        utc.month,
        utc.day,
        utc.isoweekday(),
        utc.hour,
        utc.minute,
        utc.second,
        0xFF,
        0,
        0,
    )
    return _structure(2, "0.0.1.0.0.255", bytes([_OCTETS, len(fields)]) + fields)


def _check_sequence(data: bytes) -> bytes:
    """Return the CRC-16/X-25 of ISO/IEC 13239, low byte first."""
    crc = 0xFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = (crc >> 1) ^ 0x8408 if crc & 1 else crc >> 1
    return (crc ^ 0xFFFF).to_bytes(2, "little")
