"""Each message that a charger may send gets an answer that its version's schema allows."""

from functools import cache
import json
from pathlib import Path
from typing import Any

from jsonschema import Draft4Validator
import ocpp
import pytest

from custom_components.zmartcharge.csms.inbound import Inbound
from custom_components.zmartcharge.csms.v16.inbound import Inbound16
from custom_components.zmartcharge.csms.v21.inbound import Inbound21
from custom_components.zmartcharge.csms.v201.inbound import Inbound201
from custom_components.zmartcharge.csms.v201.memory import ChargerMemory

from .conftest import NOW, RecordingHandler

_FOLDERS = {"1.6": "v16", "2.0.1": "v201", "2.1": "v21"}
#: What a charger sends, by the first version that has it (OCPP 1.6, chapter 4, and the security
#: whitepaper; 2.0.1 and 2.1, part 2, chapter 1).
_SENT_16 = [
    "Authorize",
    "BootNotification",
    "DataTransfer",
    "DiagnosticsStatusNotification",
    "FirmwareStatusNotification",
    "Heartbeat",
    "LogStatusNotification",
    "MeterValues",
    "SecurityEventNotification",
    "SignCertificate",
    "SignedFirmwareStatusNotification",
    "StartTransaction",
    "StatusNotification",
    "StopTransaction",
]
_SENT_201 = [
    "Authorize",
    "BootNotification",
    "ClearedChargingLimit",
    "DataTransfer",
    "FirmwareStatusNotification",
    "Get15118EVCertificate",
    "GetCertificateStatus",
    "Heartbeat",
    "LogStatusNotification",
    "MeterValues",
    "NotifyChargingLimit",
    "NotifyCustomerInformation",
    "NotifyDisplayMessages",
    "NotifyEVChargingNeeds",
    "NotifyEVChargingSchedule",
    "NotifyEvent",
    "NotifyMonitoringReport",
    "NotifyReport",
    "PublishFirmwareStatusNotification",
    "ReportChargingProfiles",
    "ReservationStatusUpdate",
    "SecurityEventNotification",
    "SignCertificate",
    "StatusNotification",
    "TransactionEvent",
]
_ADDED_21 = [
    "BatterySwap",
    "ClosePeriodicEventStream",
    "GetCertificateChainStatus",
    "NotifyDERAlarm",
    "NotifyDERStartStop",
    "NotifyPriorityCharging",
    "NotifySettlement",
    "OpenPeriodicEventStream",
    "PullDynamicScheduleUpdate",
    "ReportDERControl",
    "VatNumberValidation",
]
SENT = {"1.6": _SENT_16, "2.0.1": _SENT_201, "2.1": [*_SENT_201, *_ADDED_21]}


@cache
def schema(version: str, name: str) -> dict[str, Any]:
    """Return a schema of the standard's."""
    path = Path(ocpp.__file__).parent / _FOLDERS[version] / "schemas" / f"{name}.json"
    found: dict[str, Any] = json.loads(path.read_text("utf-8-sig"))
    return found


def example(node: dict[str, Any], definitions: dict[str, Any], *, full: bool) -> Any:
    """Return something that a schema allows, with its optional fields or without."""
    if reference := node.get("$ref"):
        return example(definitions[reference.rsplit("/", 1)[1]], definitions, full=full)
    if "enum" in node:
        return node["enum"][0]
    match node.get("type"):
        case "object":
            required = node.get("required", [])
            return {
                name: example(inner, definitions, full=full)
                for name, inner in node.get("properties", {}).items()
                if name in required or (full and name != "customData")
            }
        case "array":
            return [example(node["items"], definitions, full=full)] * node.get("minItems", 1)
        case "string" if node.get("format") == "date-time":
            return "2026-11-21T11:59:00Z"
        case "string":
            return "1"
        case "integer":
            return max(1, node.get("minimum", 1))
        case "number":
            return min(1.5, node.get("maximum", 1.5))
        case "boolean":
            return True
    return "anything"


def inbound(version: str) -> Inbound:
    """Return who answers a charger of a version."""
    handler = RecordingHandler()
    if version == "1.6":
        return Inbound16(handler, lambda: NOW)
    kind = Inbound21 if version == "2.1" else Inbound201
    return kind(handler, lambda: NOW, ChargerMemory(), lambda _: None, lambda _: None)


@pytest.mark.parametrize("full", [False, True], ids=["bare", "full"])
@pytest.mark.parametrize(
    ("version", "action"), [(version, action) for version in SENT for action in SENT[version]]
)
async def test_every_message_of_a_charger_is_answered_as_its_version_has_it(
    version: str, action: str, full: bool
) -> None:
    suffix = ("", "Response") if version == "1.6" else ("Request", "Response")
    request, response = (schema(version, action + end) for end in suffix)
    payload = example(request, request.get("definitions", {}), full=full)
    Draft4Validator(request).validate(payload)
    answer = await inbound(version).answer(action, payload)
    Draft4Validator(response).validate(json.loads(json.dumps(answer)))
    # Whatever else it says under this name, it is answered too.
    await inbound(version).answer(action, {})


@pytest.mark.parametrize("version", SENT)
def test_every_message_that_a_version_has_is_known(version: str) -> None:
    assert set(SENT[version]) <= set(inbound(version).actions)
