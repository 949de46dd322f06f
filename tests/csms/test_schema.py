"""Requests are checked by the schemas of their version."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from ocpp import messages
from ocpp.messages import MessageType, get_validator
import pytest

from custom_components.zmartcharge.csms import schema
from custom_components.zmartcharge.csms.errors import InvalidRequestError
from custom_components.zmartcharge.csms.schema import check_request


@pytest.fixture(autouse=True, params=[True, False], ids=["library was first", "we are first"])
def read_before(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Forget all schemas; perhaps the library has read them already, in its own way."""
    monkeypatch.setattr(messages, "_validators", {})
    schema._validator.cache_clear()
    if request.param:
        get_validator(MessageType.Call, "SetChargingProfile", "1.6")
    yield
    schema._validator.cache_clear()


def profile(limit: Any, version: str = "1.6") -> dict[str, Any]:
    schedule = {
        "chargingRateUnit": "A",
        "chargingSchedulePeriod": [{"startPeriod": 0, "limit": limit}],
    }
    common = {
        "stackLevel": 0,
        "chargingProfilePurpose": "TxDefaultProfile",
        "chargingProfileKind": "Absolute",
    }
    if version == "1.6":
        chosen = common | {"chargingProfileId": 5, "chargingSchedule": schedule}
        return {"connectorId": 1, "csChargingProfiles": chosen}
    chosen = common | {"id": 5, "chargingSchedule": [schedule | {"id": 1}]}
    return {"evseId": 1, "chargingProfile": chosen}


@pytest.mark.parametrize("version", ["1.6", "2.0.1", "2.1"])
@pytest.mark.parametrize("limit", [16, 16.0, 8.0, 7.5, 0.1, 21.4, 1.1, 32.3, 0.0])
async def test_limit_may_be_written_with_a_decimal(limit: float, version: str) -> None:
    await check_request("SetChargingProfile", profile(limit, version), version)


async def test_limit_with_two_decimals_is_told_as_such() -> None:
    with pytest.raises(InvalidRequestError) as err:
        await check_request("SetChargingProfile", profile(4.11), "1.6")
    assert str(err.value) == (
        "csChargingProfiles.chargingSchedule.chargingSchedulePeriod.0.limit: "
        "4.11 is not a multiple of 0.1"
    )


@pytest.mark.parametrize("version", ["1.6", "2.0.1", "2.1"])
@pytest.mark.parametrize(
    "limit", [float("nan"), float("inf"), float("-inf"), "16", None, True, [], {}, date(2026, 1, 1)]
)
async def test_what_is_no_number_is_refused(limit: Any, version: str) -> None:
    with pytest.raises(InvalidRequestError):
        await check_request("SetChargingProfile", profile(limit, version), version)


@pytest.mark.parametrize("limit", [1e300, -1e300, 5e-324, 10**400 + 1])
async def test_huge_and_tiny_numbers_are_refused_in_few_words(limit: float) -> None:
    with pytest.raises(InvalidRequestError) as err:
        await check_request("SetChargingProfile", profile(limit), "1.6")
    assert len(str(err.value)) < 250


async def test_nesting_without_end_is_refused() -> None:
    nested: Any = []
    for _ in range(100_000):
        nested = [nested]
    with pytest.raises(InvalidRequestError):
        await check_request("SetChargingProfile", profile(nested), "1.6")


@pytest.mark.parametrize(
    ("action", "payload", "told"),
    [
        ("Reset", {"type": "Gentle"}, "type: 'Gentle' is none of Hard, Soft"),
        ("Reset", {}, "'type' is a required property"),
        ("ClearCache", {"x": 1}, "Additional properties are not allowed ('x' was unexpected)"),
        ("Reset", {"type": 5}, "type: 5 is not of type 'string'"),
        ("UnlockConnector", {"connectorId": "1"}, "connectorId: '1' is not of type 'integer'"),
        (
            "RemoteStartTransaction",
            {"idTag": "x" * 21},
            "idTag: longer than 20 characters",
        ),
        ("MakeCoffee", {}, "OCPP 1.6 has no MakeCoffee"),
        ("../../secrets", {}, "OCPP 1.6 has no ../../secrets"),
    ],
)
async def test_first_fault_is_told_in_one_sentence(
    action: str, payload: dict[str, Any], told: str
) -> None:
    with pytest.raises(InvalidRequestError) as err:
        await check_request(action, payload, "1.6")
    assert str(err.value) == told


async def test_fault_does_not_repeat_a_long_payload() -> None:
    with pytest.raises(InvalidRequestError) as err:
        await check_request("Reset", {"type": "x" * 5000}, "1.6")
    assert len(str(err.value)) <= 201
