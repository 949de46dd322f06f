"""Sampled values of OCPP 2.0.1."""

from datetime import UTC, datetime
from typing import Any

import pytest

from custom_components.zmartcharge.csms.fields import Fields
from custom_components.zmartcharge.csms.messages import MeterSnapshot
from custom_components.zmartcharge.csms.v201.meter import read_snapshots
from custom_components.zmartcharge.units import Phase

NOW = datetime(2026, 1, 21, 6, 0, tzinfo=UTC)


def read(*values: Any) -> tuple[MeterSnapshot, list[str]]:
    """Return what sampled values of one moment say, and what is wrong with them."""
    item = {"timestamp": "2026-01-21T06:00:00Z", "sampledValue": list(values)}
    fields = Fields({"meterValue": [item]}, received=NOW)
    (snapshot,) = read_snapshots(fields, "meterValue", NOW)
    return snapshot, fields.problems


@pytest.mark.parametrize(
    ("unit", "watt_hours"),
    [
        (None, 12),
        ({}, 12),
        ({"unit": "Wh"}, 12),
        ({"unit": "kWh"}, 12_000),
        ({"unit": "Wh", "multiplier": 3}, 12_000),
        ({"unit": "kWh", "multiplier": -3}, 12),
    ],
)
def test_the_register_has_a_unit_and_a_power_of_ten(unit: Any, watt_hours: int) -> None:
    snapshot, problems = read({"value": 12, "unitOfMeasure": unit})
    assert (snapshot.register, problems) == (watt_hours, [])


def test_everything_that_is_measured_is_told() -> None:
    def sample(measurand: str, value: float, **more: Any) -> dict[str, Any]:
        return {"value": value, "measurand": measurand, **more}

    snapshot, problems = read(
        sample("Power.Active.Import", 11, unitOfMeasure={"unit": "kW"}),
        sample("Current.Import", 16, phase="L1", unitOfMeasure={"unit": "A"}),
        sample("Current.Import", 15, phase="L2"),
        sample("Current.Import", 14, phase="L3-N"),
        sample("Voltage", 230, phase="L1-N"),
        sample("Current.Offered", 16),
        sample("SoC", 55, location="EV", unitOfMeasure={"unit": "Percent"}),
        sample("Frequency", 50),
        sample("Current.Import", 99, location="Body"),
    )
    assert problems == []
    assert snapshot.power == 11_000
    assert snapshot.currents == {Phase.L1: 16, Phase.L2: 15, Phase.L3: 14}
    assert snapshot.voltages == {Phase.L1: 230}
    assert (snapshot.offered, snapshot.soc, snapshot.live) == (16, 55, True)


def test_what_opens_a_transaction_is_not_live() -> None:
    snapshot, _ = read({"value": 5, "context": "Transaction.Begin"})
    assert (snapshot.register, snapshot.live) == (5, False)


def test_a_signed_value_is_kept_with_its_method_beside_the_plain_one() -> None:
    signed = {
        "signedMeterData": "b64",
        "signingMethod": "ECDSA",
        "encodingMethod": "OCMF",
        "publicKey": "key",
    }
    snapshot, problems = read({"value": 7, "signedMeterValue": signed})
    assert (snapshot.register, problems) == (7, [])
    assert snapshot.signed == (
        '{"signedMeterData":"b64","signingMethod":"ECDSA","encodingMethod":"OCMF","publicKey":"key"}',
    )


@pytest.mark.parametrize(
    "value",
    [
        {"value": None},
        {"value": ""},
        {"value": "x"},
        {"value": True},
        {"value": -1},
        {"value": 1e30},
        {"value": 1, "unitOfMeasure": "Wh"},
        {"value": 1, "unitOfMeasure": {"multiplier": "3"}},
        {"value": 1, "unitOfMeasure": {"multiplier": 400}},
        {"value": 1, "unitOfMeasure": {"multiplier": 1.5}},
    ],
)
def test_a_value_that_cannot_be_is_left_out_and_noted(value: dict[str, Any]) -> None:
    snapshot, problems = read(value)
    assert snapshot.register is None
    assert len(problems) == 1
