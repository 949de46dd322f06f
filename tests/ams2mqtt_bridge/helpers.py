"""Frames from files, and an encoder that shares nothing with the code under test."""

import json
from pathlib import Path
from typing import Any

FRAMES = Path(__file__).parent.parent / "fixtures" / "frames"
RECORDING = FRAMES / "aidon-it-recording.hex"

AIDON_HEADER = bytes.fromhex("41088313")
KAIFA_HEADER = bytes.fromhex("01020110")
KAMSTRUP_HEADER = bytes.fromhex("2b2113")


def octets(name: str) -> bytes:
    return bytes.fromhex((FRAMES / f"{name}.hex").read_text().strip())


def expected(name: str) -> dict[str, Any]:
    values: dict[str, Any] = json.loads((FRAMES / f"{name}.json").read_text())[
        "decoded_amshan_2.1.1"
    ]
    return values


def crc_bit_by_bit(data: bytes) -> int:
    crc = 0xFFFF
    for octet in data:
        crc ^= octet
        for _ in range(8):
            crc = (crc >> 1) ^ 0x8408 if crc & 1 else crc >> 1
    return crc ^ 0xFFFF


def hdlc(information: bytes, header: bytes = AIDON_HEADER) -> bytes:
    """Put a payload into a frame, with both flags."""
    length = 2 + len(header) + (2 if information else 0) + len(information) + 2
    frame = (0xA000 | length).to_bytes(2) + header
    if information:
        frame += crc_bit_by_bit(frame).to_bytes(2, "little") + information
    return b"\x7e" + frame + crc_bit_by_bit(frame).to_bytes(2, "little") + b"\x7e"


def u16(value: int) -> bytes:
    return b"\x12" + value.to_bytes(2)


def i16(value: int) -> bytes:
    return b"\x10" + value.to_bytes(2, signed=True)


def u32(value: int) -> bytes:
    return b"\x06" + value.to_bytes(4)


def text(value: str) -> bytes:
    return b"\x0a" + bytes([len(value)]) + value.encode()


def octet_string(value: bytes) -> bytes:
    return b"\x09" + bytes([len(value)]) + value


def obis(code: str) -> bytes:
    return octet_string(bytes(map(int, code.split("."))))


def structure(*items: bytes) -> bytes:
    return b"\x02" + bytes([len(items)]) + b"".join(items)


def array(*items: bytes) -> bytes:
    return b"\x01" + bytes([len(items)]) + b"".join(items)


def notification(body: bytes, clock: bytes = b"\x00") -> bytes:
    return bytes.fromhex("e6e7000f40000000") + clock + body


def aidon_register(code: str, value: bytes, scaler: int, unit: int) -> bytes:
    scaler_unit = structure(b"\x0f" + scaler.to_bytes(1, signed=True), b"\x16" + bytes([unit]))
    return structure(obis(code), value, scaler_unit)


def cosem_clock(year: int, month: int, day: int, hour: int, minute: int, second: int) -> bytes:
    date = year.to_bytes(2) + bytes([month, day, 0xFF, hour, minute, second, 0xFF])
    return date + bytes.fromhex("800000")
