"""What a simulated charger answers to the central system."""

from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from typing import Any

from ocpp.v16 import call
import pytest

from simulator import Car, ConnectorStatus, SimulatedChargePoint, Station

from .central import CentralSystem
from .conftest import START, Clock, prompt_evse, run_for

KEY = "4f43415f4f4354545f61646d696e5f74657374"


async def told(charge_point: SimulatedChargePoint) -> None:
    await charge_point.wait_for(lambda cp: cp.registered and not len(cp.station.outbox))


@pytest.fixture
async def cp(
    make_charge_point: Callable[..., SimulatedChargePoint],
) -> AsyncIterator[SimulatedChargePoint]:
    station = Station(prompt_evse(connectors=2))
    async with make_charge_point(station=station, password="old") as charge_point:
        await told(charge_point)
        yield charge_point


async def charging(cp: SimulatedChargePoint) -> int:
    """Start a session on connector 1 and return its transaction id."""
    await cp.plug_in(Car(max_current_a=32))
    await cp.tap("ANNA")
    await cp.wait_for(lambda cp: (tx := cp.transaction()) and tx.transaction_id)
    transaction = cp.transaction()
    assert transaction is not None and transaction.transaction_id is not None
    return transaction.transaction_id


def profile(limit: float, **changes: Any) -> dict[str, Any]:
    schedule = {
        "chargingRateUnit": "A",
        "chargingSchedulePeriod": [{"startPeriod": 0, "limit": limit}],
    }
    return {
        "chargingProfileId": 1,
        "stackLevel": 0,
        "chargingProfilePurpose": "TxProfile",
        "chargingProfileKind": "Relative",
        "chargingSchedule": schedule,
    } | changes


async def test_a_remote_start_starts_with_the_car_that_is_there(
    central: CentralSystem, cp: SimulatedChargePoint
) -> None:
    await cp.plug_in(Car(), connector_id=2)
    answer = await central.call(call.RemoteStartTransaction(id_tag="HA"))
    assert answer.status == "Accepted"
    await central.wait_for(lambda csms: csms.of("StartTransaction"))
    assert central.of("StartTransaction")[0]["connector_id"] == 2
    assert central.of("StartTransaction")[0]["id_tag"] == "HA"
    assert not central.of("Authorize")


async def test_a_remote_start_before_the_cable_waits_for_it(
    central: CentralSystem, cp: SimulatedChargePoint
) -> None:
    await central.call(call.RemoteStartTransaction(id_tag="HA", connector_id=1))
    await cp.wait_for(lambda cp: cp.status() is ConnectorStatus.PREPARING)
    await cp.plug_in(Car())
    await central.wait_for(lambda csms: csms.of("StartTransaction"))


async def test_a_remote_start_brings_its_profile(
    central: CentralSystem, cp: SimulatedChargePoint, clock: Clock
) -> None:
    await cp.plug_in(Car(max_current_a=32))
    answer = await central.call(
        call.RemoteStartTransaction(id_tag="HA", connector_id=1, charging_profile=profile(8))
    )
    assert answer.status == "Accepted"
    await cp.wait_for(lambda cp: cp.transaction())
    run_for(cp, clock, 10)
    assert cp.evse.connector(1).current_a == 8


async def test_a_remote_start_may_have_to_ask_for_the_tag(
    central: CentralSystem, cp: SimulatedChargePoint
) -> None:
    central.id_tags["HA"] = {"status": "Invalid"}
    await central.call(call.ChangeConfiguration(key="AuthorizeRemoteTxRequests", value="true"))
    await cp.plug_in(Car())
    answer = await central.call(call.RemoteStartTransaction(id_tag="HA", connector_id=1))
    assert answer.status == "Accepted"
    await central.wait_for(lambda csms: csms.of("Authorize"))
    await told(cp)
    assert cp.transaction() is None


@pytest.mark.parametrize(
    "changes",
    [
        {"connector_id": 1},
        {"connector_id": 3},
        {"charging_profile": profile(8, chargingProfilePurpose="TxDefaultProfile")},
        {"charging_profile": profile(8, chargingProfileKind="Recurring")},
    ],
)
async def test_a_remote_start_that_cannot_be_is_rejected(
    central: CentralSystem, cp: SimulatedChargePoint, changes: dict[str, Any]
) -> None:
    await charging(cp)
    answer = await central.call(call.RemoteStartTransaction(**{"id_tag": "HA"} | changes))
    assert answer.status == "Rejected"
    assert len(central.of("StartTransaction")) == 1


async def test_a_remote_stop_stops_its_transaction_only(
    central: CentralSystem, cp: SimulatedChargePoint
) -> None:
    transaction_id = await charging(cp)
    unknown = await central.call(call.RemoteStopTransaction(transaction_id=1))
    assert unknown.status == "Rejected"
    answer = await central.call(call.RemoteStopTransaction(transaction_id=transaction_id))
    assert answer.status == "Accepted"
    await central.wait_for(lambda csms: csms.of("StopTransaction"))
    assert central.of("StopTransaction")[0]["reason"] == "Remote"


@pytest.mark.parametrize("kind", ["Soft", "Hard"])
async def test_a_reset_ends_the_session_and_boots_again(
    central: CentralSystem, cp: SimulatedChargePoint, kind: str
) -> None:
    await charging(cp)
    assert (await central.call(call.Reset(type=kind))).status == "Accepted"
    await central.wait_for(
        lambda csms: len(csms.of("BootNotification")) == 2 and csms.of("StopTransaction")
    )
    assert central.of("StopTransaction")[0]["reason"] == f"{kind}Reset"
    assert central.connections == 2


async def test_availability_changes_at_once_or_after_the_session(
    central: CentralSystem, cp: SimulatedChargePoint
) -> None:
    await charging(cp)
    answer = await central.call(call.ChangeAvailability(connector_id=0, type="Inoperative"))
    assert answer.status == "Scheduled"
    assert cp.status(1) is ConnectorStatus.CHARGING
    assert cp.status(2) is ConnectorStatus.UNAVAILABLE
    await cp.unplug()
    assert cp.status(1) is ConnectorStatus.UNAVAILABLE
    answer = await central.call(call.ChangeAvailability(connector_id=0, type="Operative"))
    assert answer.status == "Accepted"
    assert cp.status(1) is ConnectorStatus.AVAILABLE
    answer = await central.call(call.ChangeAvailability(connector_id=7, type="Operative"))
    assert answer.status == "Rejected"


async def test_unlocking_ends_the_session(central: CentralSystem, cp: SimulatedChargePoint) -> None:
    await charging(cp)
    assert (await central.call(call.UnlockConnector(connector_id=1))).status == "Unlocked"
    await central.wait_for(lambda csms: csms.of("StopTransaction"))
    assert central.of("StopTransaction")[0]["reason"] == "UnlockCommand"
    cp.unlock_answer = "UnlockFailed"
    assert (await central.call(call.UnlockConnector(connector_id=1))).status == "UnlockFailed"
    assert (await central.call(call.UnlockConnector(connector_id=9))).status == "NotSupported"


async def test_configuration_can_be_read_and_changed(
    central: CentralSystem, cp: SimulatedChargePoint
) -> None:
    everything = await central.call(call.GetConfiguration())
    values = {item["key"]: item for item in everything.configuration_key}
    assert values["NumberOfConnectors"] == {
        "key": "NumberOfConnectors",
        "readonly": True,
        "value": "2",
    }
    assert "value" not in values["AuthorizationKey"]
    some = await central.call(call.GetConfiguration(key=["HeartbeatInterval", "Nonsense"]))
    assert [item["key"] for item in some.configuration_key] == ["HeartbeatInterval"]
    assert some.unknown_key == ["Nonsense"]


@pytest.mark.parametrize(
    ("key", "value", "status"),
    [
        ("MeterValueSampleInterval", "10", "Accepted"),
        ("MeterValueSampleInterval", "-1", "Rejected"),
        ("MeterValueSampleInterval", "soon", "Rejected"),
        ("MeterValueSampleInterval", "¹", "Rejected"),
        ("MeterValuesSampledData", "Voltage,SoC", "Accepted"),
        ("MeterValuesSampledData", "", "Accepted"),
        ("MeterValuesSampledData", "Voltage,Mood", "Rejected"),
        ("LocalPreAuthorize", "TRUE", "Accepted"),
        ("LocalPreAuthorize", "yes", "Rejected"),
        ("NumberOfConnectors", "3", "Rejected"),
        ("WebSocketPingInterval", "30", "RebootRequired"),
        ("AuthorizationKey", "short", "Rejected"),
        ("AuthorizationKey", "00", "Rejected"),
        ("Nonsense", "1", "NotSupported"),
    ],
)
async def test_a_value_that_does_not_fit_is_not_taken(
    central: CentralSystem, cp: SimulatedChargePoint, key: str, value: str, status: str
) -> None:
    answer = await central.call(call.ChangeConfiguration(key=key, value=value))
    assert answer.status == status


async def test_a_new_authorization_key_is_used_from_then_on(
    central: CentralSystem, cp: SimulatedChargePoint
) -> None:
    answer = await central.call(call.ChangeConfiguration(key="AuthorizationKey", value=KEY))
    assert answer.status == "Accepted"
    await central.wait_for(lambda csms: csms.connections == 2)
    assert central.credentials == [("CP1", b"old"), ("CP1", b"OCA_OCTT_admin_test")]


async def test_the_sample_interval_and_the_measurands_are_followed(
    central: CentralSystem, cp: SimulatedChargePoint, clock: Clock
) -> None:
    for key, value in (
        ("MeterValueSampleInterval", "10"),
        ("MeterValuesSampledData", "SoC,Current.Offered"),
    ):
        await central.call(call.ChangeConfiguration(key=key, value=value))
    await charging(cp)
    run_for(cp, clock, 30)
    await told(cp)
    samples = central.of("MeterValues")
    assert len(samples) == 3
    sampled = samples[0]["meter_value"][0]["sampled_value"]
    assert [item["measurand"] for item in sampled] == ["SoC", "Current.Offered"]
    assert sampled[1]["value"] == "32.0"


async def test_clock_aligned_values_come_on_the_quarter_of_an_hour(
    central: CentralSystem, cp: SimulatedChargePoint, clock: Clock
) -> None:
    clock.advance(100)
    await central.call(call.ChangeConfiguration(key="ClockAlignedDataInterval", value="900"))
    run_for(cp, clock, 900)
    await told(cp)
    values = [item["meter_value"][0] for item in central.of("MeterValues")]
    assert [item["timestamp"] for item in values] == ["2026-01-15T12:15:00.000Z"] * 2
    assert values[0]["sampled_value"][0]["context"] == "Sample.Clock"


@pytest.mark.parametrize(
    ("message", "connector_id", "told_of"),
    [
        ("BootNotification", None, 1),
        ("Heartbeat", None, 1),
        ("StatusNotification", None, 3),
        ("StatusNotification", 2, 1),
        ("MeterValues", None, 2),
        ("MeterValues", 1, 1),
    ],
)
async def test_a_trigger_brings_the_message(
    central: CentralSystem,
    cp: SimulatedChargePoint,
    message: str,
    connector_id: int | None,
    told_of: int,
) -> None:
    central.requests.clear()
    answer = await central.call(
        call.TriggerMessage(requested_message=message, connector_id=connector_id)
    )
    assert answer.status == "Accepted"
    await central.wait_for(lambda csms: len(csms.of(message)) == told_of)
    await told(cp)
    assert len(central.of(message)) == told_of


async def test_a_trigger_for_a_connector_that_is_not_there_is_rejected(
    central: CentralSystem, cp: SimulatedChargePoint
) -> None:
    answer = await central.call(
        call.TriggerMessage(requested_message="MeterValues", connector_id=5)
    )
    assert answer.status == "Rejected"


async def test_a_profile_limits_the_current_and_can_be_cleared(
    central: CentralSystem, cp: SimulatedChargePoint, clock: Clock
) -> None:
    await charging(cp)
    answer = await central.call(
        call.SetChargingProfile(connector_id=1, cs_charging_profiles=profile(13.7))
    )
    assert answer.status == "Accepted"
    run_for(cp, clock, 10)
    assert cp.evse.connector(1).current_a == 13.7
    composite = await central.call(call.GetCompositeSchedule(connector_id=1, duration=60))
    period = composite.charging_schedule["charging_schedule_period"][0]
    assert (period["start_period"], float(period["limit"])) == (0, 13.7)
    assert (await central.call(call.ClearChargingProfile(id=1))).status == "Accepted"
    assert (await central.call(call.ClearChargingProfile(id=1))).status == "Unknown"
    run_for(cp, clock, 10)
    assert cp.evse.connector(1).current_a == 32


@pytest.mark.parametrize("connector_id", [0, 1, 3])
async def test_a_tx_profile_without_a_transaction_is_rejected(
    central: CentralSystem, cp: SimulatedChargePoint, connector_id: int
) -> None:
    answer = await central.call(
        call.SetChargingProfile(connector_id=connector_id, cs_charging_profiles=profile(10))
    )
    assert answer.status == "Rejected"


async def test_a_composite_schedule_of_nothing_is_rejected(
    central: CentralSystem, cp: SimulatedChargePoint
) -> None:
    answer = await central.call(call.GetCompositeSchedule(connector_id=9, duration=60))
    assert answer.status == "Rejected"


async def test_a_local_list_lets_its_tags_charge_without_asking(
    central: CentralSystem, cp: SimulatedChargePoint
) -> None:
    for key in ("LocalAuthListEnabled", "LocalPreAuthorize"):
        await central.call(call.ChangeConfiguration(key=key, value="true"))
    entries = [
        {"idTag": "ANNA", "idTagInfo": {"status": "Accepted"}},
        {
            "idTag": "OLD",
            "idTagInfo": {"status": "Accepted", "expiryDate": "2020-01-01T00:00:00Z"},
        },
    ]
    answer = await central.call(
        call.SendLocalList(list_version=4, update_type="Full", local_authorization_list=entries)
    )
    assert answer.status == "Accepted"
    assert (await central.call(call.GetLocalListVersion())).list_version == 4
    assert await cp.tap("ANNA") == "Accepted"
    assert not central.of("Authorize")
    await cp.go_offline()
    assert await cp.tap("OLD") == "Expired"


@pytest.mark.parametrize(
    ("version", "kind", "entries", "status"),
    [
        (1, "Differential", [], "VersionMismatch"),
        (3, "Differential", [{"idTag": "ANNA"}], "Accepted"),
        (3, "Full", [{"idTag": "ANNA"}], "Failed"),
        (
            3,
            "Full",
            [{"idTag": "A", "idTagInfo": {"status": "Accepted"}}] * 2,
            "Failed",
        ),
        (1, "Full", [], "Accepted"),
    ],
)
async def test_a_local_list_that_does_not_fit_is_not_taken(
    central: CentralSystem,
    cp: SimulatedChargePoint,
    version: int,
    kind: str,
    entries: list[dict[str, Any]],
    status: str,
) -> None:
    first = [{"idTag": "ANNA", "idTagInfo": {"status": "Accepted"}}]
    await central.call(
        call.SendLocalList(list_version=2, update_type="Full", local_authorization_list=first)
    )
    answer = await central.call(
        call.SendLocalList(list_version=version, update_type=kind, local_authorization_list=entries)
    )
    assert answer.status == status


async def test_a_cleared_cache_is_forgotten_offline(
    central: CentralSystem, cp: SimulatedChargePoint
) -> None:
    assert await cp.tap("ANNA") == "Accepted"
    assert (await central.call(call.ClearCache())).status == "Accepted"
    await cp.go_offline()
    assert await cp.tap("ANNA") == "Invalid"


async def test_a_reservation_keeps_the_connector_for_its_tag(
    central: CentralSystem, cp: SimulatedChargePoint, clock: Clock
) -> None:
    def reserve(number: int, connector_id: int = 1) -> call.ReserveNow:
        expiry = (START + timedelta(seconds=600)).isoformat()
        return call.ReserveNow(
            connector_id=connector_id, expiry_date=expiry, id_tag="ANNA", reservation_id=number
        )

    assert (await central.call(reserve(7))).status == "Accepted"
    assert cp.status() is ConnectorStatus.RESERVED
    assert (await central.call(reserve(8))).status == "Occupied"
    assert (await central.call(call.CancelReservation(reservation_id=8))).status == "Rejected"
    assert (await central.call(call.CancelReservation(reservation_id=7))).status == "Accepted"
    assert cp.status() is ConnectorStatus.AVAILABLE
    await central.call(reserve(9))
    await cp.tap("OLA", connector_id=1)
    await cp.plug_in(Car())
    assert cp.transaction() is None
    await cp.tap("ANNA", connector_id=1)
    await told(cp)
    assert central.of("StartTransaction")[0]["reservation_id"] == 9
    await central.call(reserve(10, connector_id=2))
    run_for(cp, clock, 600)
    assert cp.status(2) is ConnectorStatus.AVAILABLE


async def test_vendor_data_is_not_understood(
    central: CentralSystem, cp: SimulatedChargePoint
) -> None:
    answer = await central.call(call.DataTransfer(vendor_id="somebody"))
    assert answer.status == "UnknownVendorId"


async def test_a_log_goes_nowhere_but_over_http(
    central: CentralSystem, cp: SimulatedChargePoint
) -> None:
    answer = await central.call(call.GetDiagnostics(location="ftp://example.org"))
    assert answer.file_name is None
    assert cp.connected
