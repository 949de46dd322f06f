"""The device model of a 2.0.1 charger: read, changed where it has to be, over a real socket."""

import asyncio
from itertools import batched
import json
from typing import Any

from ocpp.messages import Call, validate_payload
import pytest

from custom_components.zmartcharge.csms import (
    Abilities,
    CallRejectedError,
    InvalidRequestError,
    Station,
)
from custom_components.zmartcharge.csms.learned import Learned
from custom_components.zmartcharge.csms.makes import Make
from custom_components.zmartcharge.csms.v201.variables import VariableName

from ..conftest import RawCharger, Server
from .conftest import AT, Charger201

_ALL = (
    "Energy.Active.Import.Register,Power.Active.Import,Current.Import,Voltage,Current.Offered,SoC"
)
USUAL = {
    "AlignedDataCtrlr.Interval": "0",
    "DeviceDataCtrlr.ItemsPerMessage[GetVariables]": "2",
    "DeviceDataCtrlr.ItemsPerMessage[SetVariables]": "2",
    "EVSE#1.Power": "0",
    "EVSE#2.Power": "0",
    "Connector#2:1.ConnectorType": "cType2",
    "SampledDataCtrlr.TxEndedMeasurands": "",
    "SampledDataCtrlr.TxUpdatedInterval": "60",
    "SampledDataCtrlr.TxUpdatedMeasurands": "Energy.Active.Import.Register",
    "SmartChargingCtrlr.Enabled": "true",
    "SmartChargingCtrlr.ProfileStackLevel": "5",
    "SmartChargingCtrlr.RateUnit": "W",
    "TxCtrlr.TxStartPoint": "EVConnected",
    "TxCtrlr.TxStopPoint": "EVConnected,EnergyTransfer",
    "VendorCtrlr[x].Secret[y]": "1",
}


class Model:
    """A charger's device model; it answers as a charger of that kind does."""

    def __init__(self, charger: RawCharger, values: dict[str, str | None], **how: Any) -> None:
        self.charger = charger
        self.values = values
        self.refuse: set[str] = how.pop("refuse", set())
        self.reports: set[str] = how.pop("reports", {"FullInventory", "ConfigurationInventory"})
        self.chunk: int = how.pop("chunk", 3)
        self.shuffled: bool = how.pop("shuffled", False)
        self.breaks_off: bool = how.pop("breaks_off", False)
        self.most: int = how.pop("most", 100)
        self.set: list[tuple[str, str]] = []
        self.asked: list[str] = []
        self.profiles: list[dict[str, Any]] = []

    async def serve(self) -> None:
        while True:
            frame = await self.charger.hear()
            if frame[0] != 2:
                continue
            _, message_id, action, payload = frame
            await validate_payload(Call("1", action, dict(payload)), "2.0.1")
            self.asked.append(action)
            reply = self._reply(action, payload)
            if isinstance(reply, str):
                await self.charger.say(json.dumps([4, message_id, reply, "", {}]))
                continue
            await self.charger.say(json.dumps([3, message_id, reply]))
            if action == "GetBaseReport" and reply["status"] == "Accepted":
                await self._report(payload["requestId"])

    def _reply(self, action: str, payload: dict[str, Any]) -> Any:
        match action:
            case "GetBaseReport":
                known = payload["reportBase"] in self.reports
                return {"status": "Accepted" if known else "NotSupported"}
            case "GetVariables":
                items = payload["getVariableData"]
                if len(items) > self.most:
                    return "OccurrenceConstraintViolation"
                return {"getVariableResult": [self._get(item) for item in items]}
            case "SetVariables":
                items = payload["setVariableData"]
                if len(items) > self.most:
                    return "OccurrenceConstraintViolation"
                return {"setVariableResult": [self._set(item) for item in items]}
            case "SetChargingProfile":
                self.profiles.append(payload["chargingProfile"])
        return {"status": "Accepted"}

    def _get(self, item: dict[str, Any]) -> dict[str, Any]:
        name = str(VariableName.read(item))
        if name not in self.values:
            return {**item, "attributeStatus": "UnknownVariable"}
        return {**item, "attributeStatus": "Accepted", "attributeValue": self.values[name]}

    def _set(self, item: dict[str, Any]) -> dict[str, Any]:
        name, value = str(VariableName.read(item)), item.pop("attributeValue")
        self.set.append((name, value))
        if name not in self.values:
            return {**item, "attributeStatus": "UnknownVariable"}
        if name in self.refuse or value in self.refuse:
            return {**item, "attributeStatus": "Rejected"}
        self.values[name] = value
        restarts = name == "SampledDataCtrlr.TxEndedMeasurands"
        return {**item, "attributeStatus": "RebootRequired" if restarts else "Accepted"}

    async def _report(self, request_id: int) -> None:
        data = [
            {
                **VariableName.parse(name).payload(),
                "variableAttribute": [
                    {"type": "MaxSet", "value": "9"},
                    {} if value is None else {"type": "Actual", "value": value},
                ],
            }
            for name, value in self.values.items()
        ]
        chunks = list(batched(data, self.chunk, strict=False)) or [()]
        parts = [
            {
                "requestId": request_id,
                "generatedAt": AT,
                "seqNo": number,
                "tbc": number < len(chunks) - 1,
                "reportData": list(chunk),
            }
            for number, chunk in enumerate(chunks)
        ]
        if self.shuffled:
            parts.reverse()
        if self.breaks_off:
            parts.pop()
        for number, part in enumerate(parts):
            await self.charger.say(json.dumps([2, f"r{number}", "NotifyReport", part]))


async def _prepared(
    charger: Charger201, station: Station, values: dict[str, str | None], **how: Any
) -> tuple[Abilities, Model]:
    model = Model(charger, dict(values), **how)
    serving = asyncio.ensure_future(model.serve())
    try:
        return await station.prepare(), model
    finally:
        serving.cancel()
        await asyncio.wait([serving])


async def test_b07_a_charger_is_set_up_to_report(charger: Charger201, station: Station) -> None:
    abilities, model = await _prepared(charger, station, USUAL)
    assert abilities.connectors == 2
    assert abilities.smart_charging is True
    assert abilities.meter_interval == 10
    assert model.values["SampledDataCtrlr.TxUpdatedMeasurands"] == _ALL
    assert model.values["AlignedDataCtrlr.Interval"] == "900"
    assert model.values["TxCtrlr.TxStopPoint"] == "PowerPathClosed"
    assert model.values["TxCtrlr.TxStartPoint"] == "EVConnected"
    assert abilities.configuration["VendorCtrlr[x].Secret[y]"] == "1"
    assert abilities.configuration["SampledDataCtrlr.TxUpdatedInterval"] == "10"


async def test_what_harms_its_make_is_not_tried(charger: Charger201, station: Station) -> None:
    make = Make(meter_interval=30, takes_availability=False, keeps_measurands=True)
    station.adapt(make, Learned(), lambda _: None)
    abilities, model = await _prepared(charger, station, USUAL)
    assert abilities.meter_interval == 30
    assert ("SampledDataCtrlr.TxUpdatedInterval", "10") not in model.set
    assert model.values["SampledDataCtrlr.TxUpdatedMeasurands"] == "Energy.Active.Import.Register"
    # It was never out of operation, and is not put there.
    assert await station.set_available(0, available=True) == "Accepted"
    with pytest.raises(CallRejectedError, match="NotSupported"):
        await station.set_available(0, available=False)
    assert "ChangeAvailability" not in model.asked


async def test_parts_of_a_report_may_come_in_any_order(
    charger: Charger201, station: Station
) -> None:
    abilities, _ = await _prepared(charger, station, USUAL, shuffled=True)
    assert set(abilities.configuration) == set(USUAL)


async def test_a_report_that_breaks_off_is_taken_as_it_is(
    charger: Charger201, station: Station, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = "custom_components.zmartcharge.csms.v201.device_model.REPORT_PATIENCE"
    monkeypatch.setattr(module, 0.1)
    abilities, _ = await _prepared(charger, station, USUAL, breaks_off=True, chunk=14)
    assert len(abilities.configuration) == 14


async def test_what_is_right_already_is_left_alone(charger: Charger201, station: Station) -> None:
    values = USUAL | {
        "AlignedDataCtrlr.Interval": "900",
        "SampledDataCtrlr.TxEndedMeasurands": "Energy.Active.Import.Register",
        "SampledDataCtrlr.TxUpdatedInterval": "10",
        "SampledDataCtrlr.TxUpdatedMeasurands": f"Frequency,{_ALL}",
        "TxCtrlr.TxStopPoint": "Authorized,EVConnected",
    }
    _, model = await _prepared(charger, station, values)
    assert model.set == []


async def test_what_a_charger_does_not_have_is_not_set(
    charger: Charger201, station: Station
) -> None:
    abilities, model = await _prepared(charger, station, {"A.B": "1"})
    assert model.set == []
    assert abilities == Abilities(configuration={"A.B": "1"})


@pytest.mark.parametrize("most", [1, 2])
async def test_a_charger_that_takes_few_variables_at_once_gets_them_so(
    charger: Charger201, station: Station, most: int
) -> None:
    _, model = await _prepared(charger, station, USUAL, most=most)
    assert model.values["AlignedDataCtrlr.Interval"] == "900"
    assert model.values["SampledDataCtrlr.TxUpdatedMeasurands"] == _ALL


async def test_a_charger_that_wants_longer_intervals_gets_them(
    charger: Charger201, station: Station
) -> None:
    values = USUAL | {"SampledDataCtrlr.TxUpdatedInterval": "300"}
    abilities, _ = await _prepared(charger, station, values, refuse={"10", "30"})
    assert abilities.meter_interval == 60


async def test_a_list_that_is_refused_is_asked_for_one_by_one(
    charger: Charger201, station: Station
) -> None:
    _, model = await _prepared(charger, station, USUAL, refuse={_ALL})
    assert model.values["SampledDataCtrlr.TxUpdatedMeasurands"] == _ALL.removesuffix(",SoC")


async def test_a_charger_that_refuses_everything_is_left_in_peace(
    charger: Charger201, station: Station
) -> None:
    abilities, model = await _prepared(charger, station, USUAL, refuse=set(USUAL))
    assert abilities.meter_interval == 60
    assert len(model.set) < 20
    assert model.values == USUAL


async def test_a_charger_without_a_full_inventory_tells_what_can_be_set(
    charger: Charger201, station: Station
) -> None:
    _, model = await _prepared(charger, station, USUAL, reports={"ConfigurationInventory"})
    assert model.asked[:2] == ["GetBaseReport", "GetBaseReport"]
    assert model.values["AlignedDataCtrlr.Interval"] == "900"


@pytest.mark.parametrize("most", [1, 100])
async def test_a_charger_without_reports_is_asked_by_name(
    charger: Charger201, station: Station, most: int
) -> None:
    abilities, model = await _prepared(charger, station, USUAL, reports=set(), most=most)
    assert model.values["AlignedDataCtrlr.Interval"] == "900"
    assert abilities.connectors == 1
    assert "VendorCtrlr[x].Secret[y]" not in abilities.configuration


async def test_a_charger_that_knows_nothing_of_all_this_is_taken_calmly(
    charger: Charger201, station: Station
) -> None:
    abilities, _ = await _prepared(charger, station, {}, reports=set(), most=0)
    assert abilities == Abilities()


@pytest.mark.parametrize(
    ("changes", "able"),
    [
        ({"SmartChargingCtrlr.Enabled": None}, None),
        ({"SmartChargingCtrlr.Enabled": "false"}, True),
        ({"SmartChargingCtrlr.Available": "false"}, False),
        ({"SmartChargingCtrlr.Available": "True"}, True),
    ],
)
async def test_smart_charging_is_switched_on_where_there_is_some(
    charger: Charger201, station: Station, changes: dict[str, str | None], able: bool | None
) -> None:
    abilities, _ = await _prepared(charger, station, USUAL | changes)
    assert abilities.smart_charging is able


@pytest.mark.parametrize(("enabled", "open_to_all"), [("false", True), ("true", False)])
async def test_a_charger_that_asks_nobody_is_known_as_such(
    server: Server, charger: Charger201, station: Station, enabled: str, open_to_all: bool
) -> None:
    await _prepared(charger, station, USUAL | {"AuthCtrlr.Enabled": enabled})
    assert server.csms._memories["OPEN"][1].open_to_all is open_to_all


async def test_limits_come_in_the_unit_that_the_charger_told(
    charger: Charger201, station: Station
) -> None:
    _, model = await _prepared(charger, station, USUAL)
    serving = asyncio.ensure_future(model.serve())
    await station.set_maximum(16, 11040)
    serving.cancel()
    assert model.profiles[-1]["chargingSchedule"][0]["chargingRateUnit"] == "W"


async def test_variables_are_read_and_set_by_name(charger: Charger201, station: Station) -> None:
    model = Model(charger, dict(USUAL))
    serving = asyncio.ensure_future(model.serve())
    found = await station.configuration("EVSE#2.Power", "VendorCtrlr[x].Secret[y]", "No.Such")
    assert found == {"EVSE#2.Power": "0", "VendorCtrlr[x].Secret[y]": "1"}
    assert await station.configure("EVSE#2.Power", "7") == "Accepted"
    name = "SampledDataCtrlr.TxEndedMeasurands"
    assert await station.configure(name, "SoC") == "RebootRequired"
    with pytest.raises(CallRejectedError, match="UnknownVariable"):
        await station.configure("No.Such", "1")
    assert set(await station.configuration()) == set(USUAL)
    serving.cancel()


@pytest.mark.parametrize("name", ["", "A", "A.", ".B", "A.B.C", "A[.B", "A#x.B", "A#1:.B", "A.B#1"])
async def test_a_name_that_is_none_is_refused(station: Station, name: str) -> None:
    with pytest.raises(InvalidRequestError):
        await station.configuration(name)


@pytest.mark.parametrize("name", ["A.B", "A[i].B[j]", "A#1.B", "A#1:2.B", "A[i]#1:2.B[j]"])
def test_names_are_read_as_they_are_written(name: str) -> None:
    parsed = VariableName.parse(name)
    assert str(parsed) == name
    assert VariableName.read(parsed.payload()) == parsed
