"""The simulated charger of OCPP 2.0.1 over a real socket."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from ocpp.v201 import call
import pytest

from simulator import (
    Car,
    ConfigError,
    ConnectorStatus,
    SimulatedChargePoint,
    Simulation,
    Station,
    parse_config,
)
from simulator.ocpp201 import SimulatedChargePoint201

from ..conftest import QUICK, Clock, prompt_evse, run_for
from .central import CentralSystem201

CENTRAL = {"id_token": "HomeAssistant", "type": "Central"}
INTERVAL = {"MeterValueSampleInterval": "10"}


@pytest.fixture
async def central(socket_enabled: None) -> AsyncIterator[CentralSystem201]:
    system = CentralSystem201()
    await system.start()
    yield system
    await system.stop()


class Site:
    """A charger, its clock and its central system."""

    def __init__(self, central: CentralSystem201, clock: Clock) -> None:
        self.central = central
        self.clock = clock
        self.charge_point: Any = None

    async def connect(self, **settings: Any) -> SimulatedChargePoint201:
        """Switch the charger on."""
        if "station" not in settings:
            evse = settings.pop("evse", None) or prompt_evse()
            settings["station"] = Station(evse, settings.pop("configuration", INTERVAL))
        self.charge_point = SimulatedChargePoint201(
            self.central.url,
            "CP1",
            **{"backoff": QUICK, "clock": self.clock, "tick_s": None, **settings},
        )
        await self.charge_point.start()
        await self.settled()
        return self.charge_point

    async def settled(self) -> None:
        """Wait until everything is told."""
        await self.charge_point.wait_for(lambda cp: cp.registered and cp.outbox.head() is None)

    async def run(self, seconds: int) -> None:
        """Let the charger live for some seconds."""
        run_for(self.charge_point, self.clock, seconds)
        await self.settled()


@pytest.fixture
async def site(central: CentralSystem201, clock: Clock) -> AsyncIterator[Site]:
    site = Site(central, clock)
    yield site
    if site.charge_point:
        await site.charge_point.stop()


async def test_it_registers_and_tells_its_connectors(site: Site) -> None:
    charge_point = await site.connect(evse=prompt_evse(connectors=2))
    (boot,) = site.central.of("BootNotification")
    assert boot["charging_station"]["vendor_name"] == "Simulator"
    told = site.central.of("StatusNotification")
    assert [(item["evse_id"], item["connector_status"]) for item in told] == [
        (1, "Available"),
        (2, "Available"),
    ]
    assert charge_point.registered


async def test_a_session_is_told_in_transaction_events(site: Site) -> None:
    charge_point = await site.connect()
    await charge_point.plug_in(Car(ramp_s=0))
    assert await charge_point.tap("04A1B2C3") == "Accepted"
    await site.run(60)
    await charge_point.unplug()
    await site.settled()
    events = site.central.events()
    assert [event["seq_no"] for event in events] == list(range(len(events)))
    assert len({event["transaction_info"]["transaction_id"] for event in events}) == 1
    first, last = events[0], events[-1]
    assert (first["event_type"], first["id_token"]["id_token"]) == ("Started", "04A1B2C3")
    assert (last["event_type"], last["transaction_info"]["stopped_reason"]) == (
        "Ended",
        "EVDisconnected",
    )
    begun, ended = (event["meter_value"][0]["sampled_value"][0] for event in (first, last))
    assert ended["value"] > begun["value"] == 0
    states = [event["transaction_info"]["charging_state"] for event in events]
    assert "Charging" in states
    statuses = [item["connector_status"] for item in site.central.of("StatusNotification")]
    assert statuses == ["Available", "Occupied", "Available"]


async def test_what_happened_offline_is_told_later_in_order(site: Site) -> None:
    charge_point = await site.connect()
    await charge_point.plug_in(Car(ramp_s=0))
    await charge_point.tap("04A1B2C3")
    await site.settled()
    before = len(site.central.events())
    await charge_point.go_offline()
    run_for(charge_point, site.clock, 30)
    charge_point.go_online()
    await site.settled()
    missed = site.central.events()[before:]
    assert missed
    assert all(event["offline"] for event in missed)
    assert [event["seq_no"] for event in site.central.events()] == list(range(before + len(missed)))
    await site.run(10)
    assert "offline" not in site.central.events()[-1]


async def test_it_goes_on_where_it_was_after_a_power_cut(site: Site, tmp_path: Path) -> None:
    state = tmp_path / "state.json"
    first = await site.connect(state_file=state)
    await first.plug_in(Car(ramp_s=0))
    await first.tap("04A1B2C3")
    await site.settled()
    own_id = site.central.events()[0]["transaction_info"]["transaction_id"]
    seq = site.central.events()[-1]["seq_no"]
    await first.stop()
    await site.connect(state_file=state)
    await site.run(10)
    last = site.central.events()[-1]
    assert last["transaction_info"]["transaction_id"] == own_id
    assert last["seq_no"] > seq


async def test_it_is_started_and_stopped_from_afar(site: Site) -> None:
    charge_point = await site.connect()
    await charge_point.plug_in(Car(ramp_s=0))
    answer = await site.central.call(
        call.RequestStartTransaction(id_token=CENTRAL, remote_start_id=77, evse_id=1)
    )
    assert answer.status == "Accepted"
    await site.central.wait_for(lambda central: central.events("Started"))
    (started,) = site.central.events("Started")
    assert (started["trigger_reason"], started["transaction_info"]["remote_start_id"]) == (
        "RemoteStart",
        77,
    )
    own_id = started["transaction_info"]["transaction_id"]
    running = await site.central.call(call.GetTransactionStatus(transaction_id=own_id))
    assert running.ongoing_indicator is True
    unlock = await site.central.call(call.UnlockConnector(evse_id=1, connector_id=1))
    assert unlock.status == "OngoingAuthorizedTransaction"
    unknown = await site.central.call(call.RequestStopTransaction(transaction_id="x"))
    assert unknown.status == "Rejected"
    answer = await site.central.call(call.RequestStopTransaction(transaction_id=own_id))
    assert answer.status == "Accepted"
    await site.central.wait_for(lambda central: central.events("Ended"))
    assert site.central.events("Ended")[0]["transaction_info"]["stopped_reason"] == "Remote"


async def test_who_is_refused_does_not_charge(site: Site) -> None:
    charge_point = await site.connect()
    site.central.id_tags["BAD"] = {"status": "Blocked"}
    await charge_point.plug_in(Car())
    assert await charge_point.tap("BAD") == "Blocked"
    await site.central.call(
        call.RequestStartTransaction(
            id_token={"id_token": "BAD", "type": "Central"}, remote_start_id=1, evse_id=1
        )
    )
    await site.central.wait_for(lambda central: central.events("Ended"))
    assert site.central.events("Ended")[0]["transaction_info"]["stopped_reason"] == "DeAuthorized"


def profile(limit: float, **changes: Any) -> dict[str, Any]:
    return {
        "id": 1,
        "stack_level": 0,
        "charging_profile_purpose": "TxDefaultProfile",
        "charging_profile_kind": "Absolute",
        "charging_schedule": [
            {
                "id": 1,
                "charging_rate_unit": "A",
                "charging_schedule_period": [{"start_period": 0, "limit": limit}],
            }
        ],
        **changes,
    }


async def test_it_obeys_profiles(site: Site) -> None:
    charge_point = await site.connect()
    await charge_point.plug_in(Car(ramp_s=0))
    await charge_point.tap("04A1B2C3")
    await site.run(10)
    own_id = site.central.events()[0]["transaction_info"]["transaction_id"]
    own = profile(10, id=2, charging_profile_purpose="TxProfile", transaction_id=own_id)
    cap = profile(20, id=3, charging_profile_purpose="ChargingStationMaxProfile")
    other = own | {"id": 4, "transaction_id": "x"}
    for evse_id, told, status in (
        (0, profile(8), "Accepted"),
        (0, cap, "Accepted"),
        (1, own, "Accepted"),
        (1, other, "Rejected"),
    ):
        answer = await site.central.call(
            call.SetChargingProfile(evse_id=evse_id, charging_profile=told)
        )
        assert answer.status == status
    await site.run(10)
    assert charge_point.evse.connector(1).current_a == 10
    schedule = await site.central.call(call.GetCompositeSchedule(duration=60, evse_id=1))
    assert schedule.schedule["charging_schedule_period"][0]["limit"] == 10
    cleared = await site.central.call(call.ClearChargingProfile(charging_profile_id=2))
    assert cleared.status == "Accepted"
    await site.run(10)
    assert charge_point.evse.connector(1).current_a == 8


async def test_it_reports_its_device_model_in_parts(site: Site) -> None:
    await site.connect()
    answer = await site.central.call(call.GetBaseReport(request_id=5, report_base="FullInventory"))
    assert answer.status == "Accepted"
    await site.central.wait_for(
        lambda central: any(not part["tbc"] for part in central.of("NotifyReport"))
    )
    parts = site.central.of("NotifyReport")
    assert [part["seq_no"] for part in parts] == list(range(len(parts)))
    names = {
        (item["component"]["name"], item["variable"]["name"])
        for part in parts
        for item in part["report_data"]
    }
    assert {("EVSE", "Power"), ("SampledDataCtrlr", "TxUpdatedInterval")} <= names


async def test_its_variables_are_read_and_changed(site: Site) -> None:
    charge_point = await site.connect()
    interval = {
        "component": {"name": "SampledDataCtrlr"},
        "variable": {"name": "TxUpdatedInterval"},
    }
    nothing = {"component": {"name": "SampledDataCtrlr"}, "variable": {"name": "X"}}
    nowhere = {"component": {"name": "Y"}, "variable": {"name": "X"}}
    fixed = {"component": {"name": "TxCtrlr"}, "variable": {"name": "TxStartPoint"}}
    set_ = await site.central.call(
        call.SetVariables(
            set_variable_data=[
                item | {"attribute_value": "30"} for item in (interval, nothing, nowhere, fixed)
            ]
        )
    )
    assert [item["attribute_status"] for item in set_.set_variable_result] == [
        "Accepted",
        "UnknownVariable",
        "UnknownComponent",
        "Rejected",
    ]
    assert charge_point.station.configuration.number("MeterValueSampleInterval") == 30
    got = await site.central.call(call.GetVariables(get_variable_data=[interval, nothing]))
    assert got.get_variable_result[0]["attribute_value"] == "30"
    assert got.get_variable_result[1]["attribute_status"] == "UnknownVariable"


def _password(value: str) -> dict[str, Any]:
    return {
        "component": {"name": "SecurityCtrlr"},
        "variable": {"name": "BasicAuthPassword"},
        "attribute_value": value,
    }


async def test_its_password_is_used_from_the_next_connection_on_and_never_told(site: Site) -> None:
    await site.connect(password="old")
    short = await site.central.call(call.SetVariables(set_variable_data=[_password("short")]))
    assert short.set_variable_result[0]["attribute_status"] == "Rejected"
    new = "x" * 40
    taken = await site.central.call(call.SetVariables(set_variable_data=[_password(new)]))
    assert taken.set_variable_result[0]["attribute_status"] == "Accepted"
    await site.central.wait_for(lambda central: central.connections == 2)
    assert site.central.credentials == [("CP1", b"old"), ("CP1", new.encode())]

    await site.settled()
    name = {key: value for key, value in _password("").items() if key != "attribute_value"}
    got = await site.central.call(call.GetVariables(get_variable_data=[name]))
    assert got.get_variable_result[0]["attribute_status"] == "Rejected"
    assert "attribute_value" not in got.get_variable_result[0]


async def test_its_password_is_kept_over_a_power_cut(site: Site, tmp_path: Path) -> None:
    state_file = tmp_path / "state.json"
    charge_point = await site.connect(password="old", state_file=state_file)
    await site.central.call(call.SetVariables(set_variable_data=[_password("y" * 16)]))
    await site.central.wait_for(lambda central: central.connections == 2)
    await charge_point.stop()
    await site.connect(password="old", state_file=state_file)
    assert site.central.credentials[-1] == ("CP1", b"y" * 16)


@pytest.mark.parametrize(
    ("message", "evse", "status"),
    [
        ("Heartbeat", None, "Accepted"),
        ("MeterValues", None, "Accepted"),
        ("StatusNotification", {"id": 1, "connector_id": 1}, "Accepted"),
        ("FirmwareStatusNotification", None, "Accepted"),
        ("LogStatusNotification", None, "Accepted"),
        ("StatusNotification", None, "Rejected"),
        ("StatusNotification", {"id": 9, "connector_id": 1}, "Rejected"),
        ("BootNotification", None, "Rejected"),
        ("SignV2GCertificate", None, "NotImplemented"),
    ],
)
async def test_it_sends_what_is_triggered(
    site: Site, message: str, evse: dict[str, Any] | None, status: str
) -> None:
    await site.connect()
    site.central.requests.clear()
    answer = await site.central.call(call.TriggerMessage(requested_message=message, evse=evse))
    assert answer.status == status
    if status == "Accepted":
        await site.central.wait_for(lambda central: central.of(message))


async def test_a_running_transaction_is_told_when_triggered(site: Site) -> None:
    charge_point = await site.connect()
    await charge_point.plug_in(Car(ramp_s=0))
    await charge_point.tap("04A1B2C3")
    await site.settled()
    await site.central.call(call.TriggerMessage(requested_message="TransactionEvent"))
    await site.central.wait_for(
        lambda central: any(event["trigger_reason"] == "Trigger" for event in central.events())
    )


async def test_an_idle_reset_waits_for_the_session(site: Site) -> None:
    charge_point = await site.connect()
    await charge_point.plug_in(Car(ramp_s=0))
    await charge_point.tap("04A1B2C3")
    await site.settled()
    answer = await site.central.call(call.Reset(type="OnIdle"))
    assert answer.status == "Scheduled"
    assert charge_point.status() in {ConnectorStatus.CHARGING, ConnectorStatus.SUSPENDED_EV}
    await charge_point.unplug()
    await site.central.wait_for(lambda central: len(central.of("BootNotification")) == 2)


async def test_an_immediate_reset_ends_the_session(site: Site) -> None:
    charge_point = await site.connect()
    await charge_point.plug_in(Car(ramp_s=0))
    await charge_point.tap("04A1B2C3")
    await site.settled()
    answer = await site.central.call(call.Reset(type="Immediate"))
    assert answer.status == "Accepted"
    await site.central.wait_for(lambda central: central.events("Ended"))
    ended = site.central.events("Ended")[0]["transaction_info"]
    assert ended["stopped_reason"] == "ImmediateReset"
    await site.central.wait_for(lambda central: len(central.of("BootNotification")) == 2)


async def test_availability_reservation_and_local_list(site: Site) -> None:
    charge_point = await site.connect()
    now = site.clock.now
    reserve = call.ReserveNow(
        id=3,
        expiry_date_time=now.replace(hour=23).isoformat(),
        id_token={"id_token": "04A1B2C3", "type": "ISO14443"},
        evse_id=1,
    )
    assert (await site.central.call(reserve)).status == "Accepted"
    assert charge_point.status() is ConnectorStatus.RESERVED
    cancel = call.CancelReservation(reservation_id=3)
    assert (await site.central.call(cancel)).status == "Accepted"
    change = call.ChangeAvailability(operational_status="Inoperative", evse={"id": 1})
    assert (await site.central.call(change)).status == "Accepted"
    assert charge_point.status() is ConnectorStatus.UNAVAILABLE
    entry = {
        "id_token": {"id_token": "04A1B2C3", "type": "ISO14443"},
        "id_token_info": {"status": "Accepted", "group_id_token": CENTRAL},
    }
    send = call.SendLocalList(
        version_number=4, update_type="Full", local_authorization_list=[entry]
    )
    assert (await site.central.call(send)).status == "Accepted"
    assert (await site.central.call(call.GetLocalListVersion())).version_number == 4
    assert charge_point.station.id_tags.parent("04A1B2C3") == "HomeAssistant"
    assert (await site.central.call(call.ClearCache())).status == "Accepted"
    data = call.DataTransfer(vendor_id="x")
    assert (await site.central.call(data)).status == "UnknownVendorId"


async def test_a_home_may_have_chargers_of_both_versions(
    central: CentralSystem201,
) -> None:
    config = parse_config(
        {
            "chargers": [
                {"id": "OLD", "url": "ws://127.0.0.1:9"},
                {"id": "NEW", "url": central.url, "ocpp": "2.0.1"},
            ]
        }
    )
    async with Simulation(config) as simulation:
        kinds = {name: type(item) for name, item in simulation.charge_points.items()}
        assert kinds == {"OLD": SimulatedChargePoint, "NEW": SimulatedChargePoint201}
        await central.wait_for(lambda central: central.of("StatusNotification"))
    with pytest.raises(ConfigError):
        parse_config({"chargers": [{"id": "X", "url": "ws://127.0.0.1:9", "ocpp": "3"}]})
