"""Statement 17: what a 2.0.1 charger says stands in a log without secrets."""

import json
from typing import Any

import pytest

from custom_components.zmartcharge.csms.redaction import loggable


@pytest.mark.parametrize(
    "payload",
    [
        {"idToken": {"idToken": "SECRET", "type": "ISO14443"}},
        {"groupIdToken": {"idToken": "SECRET", "type": "Central"}},
        {"additionalInfo": [{"additionalIdToken": "SECRET", "type": "x"}]},
        {"chargingStation": {"serialNumber": "SECRET", "modem": {"iccid": "SECRET"}}},
        {
            "setVariableData": [
                {
                    "component": {"name": "SecurityCtrlr"},
                    "variable": {"name": "BasicAuthPassword"},
                    "attributeValue": "SECRET",
                }
            ]
        },
        {
            "reportData": [
                {
                    "component": {"name": "ChargingStation"},
                    "variable": {"name": "SerialNumber"},
                    "variableAttribute": [{"value": "SECRET"}],
                }
            ]
        },
        {"log": {"remoteLocation": "https://user:SECRET@ha:8123/SECRET?token=SECRET"}},
        {"firmware": {"location": "http://ha/SECRET"}},
        {"data": "idTag SECRET", "seqNo": 0},
        {"customerIdentifier": "SECRET"},
    ],
)
def test_statement_17_secrets_are_hidden(payload: dict[str, Any]) -> None:
    assert "SECRET" not in loggable(json.dumps([2, "1", "X", payload]))


def test_what_is_no_secret_is_readable() -> None:
    item = {"variable": {"name": "TxUpdatedInterval"}, "attributeValue": "10"}
    assert "https://ha:8123/***" in loggable('[2,"1","X",{"location":"https://ha:8123/up"}]')
    assert '"attributeValue": "10"' in loggable(json.dumps([2, "1", "SetVariables", item]))
