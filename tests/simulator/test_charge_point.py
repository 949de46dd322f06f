"""A simulated charger against a central system, over a real socket."""

from collections.abc import Callable
import json
from pathlib import Path

from ocpp.exceptions import OCPPError
from ocpp.v16 import call
import pytest

from simulator import (
    Car,
    ConnectorError,
    ConnectorStatus,
    NotConnectedError,
    SimulatedChargePoint,
    StateFileError,
    Station,
)

from .central import CentralSystem
from .conftest import Clock, prompt_evse, run_for

type Make = Callable[..., SimulatedChargePoint]


async def registered(charge_point: SimulatedChargePoint) -> None:
    await charge_point.wait_for(lambda cp: cp.registered)


async def told(charge_point: SimulatedChargePoint) -> None:
    await charge_point.wait_for(lambda cp: cp.registered and not len(cp.station.outbox))


async def test_a_charger_boots_and_tells_its_statuses(
    central: CentralSystem, make_charge_point: Make
) -> None:
    async with make_charge_point(evse=prompt_evse(connectors=2), password="hunter2") as cp:
        await told(cp)
        assert central.of("BootNotification")[0]["charge_point_vendor"] == "Simulator"
        states = [
            (item["connector_id"], item["status"]) for item in central.of("StatusNotification")
        ]
        assert states == [(0, "Available"), (1, "Available"), (2, "Available")]
        assert central.credentials == [("CP1", b"hunter2")]
    assert not cp.connected


async def test_a_session_is_told_from_tap_to_unplugging(
    central: CentralSystem, make_charge_point: Make, clock: Clock
) -> None:
    async with make_charge_point() as cp:
        await told(cp)
        await cp.plug_in(Car(max_current_a=16))
        assert cp.status() is ConnectorStatus.PREPARING
        assert await cp.tap("04A1B2C3") == "Accepted"
        await cp.wait_for(lambda cp: (tx := cp.transaction()) and tx.transaction_id == 1001)
        run_for(cp, clock, 3600)
        await told(cp)
        assert cp.status() is ConnectorStatus.CHARGING
        await cp.unplug()
        await told(cp)

    assert central.of("Authorize") == [{"id_tag": "04A1B2C3"}]
    start = central.of("StartTransaction")[0]
    assert start["meter_start"] == 0
    assert start["timestamp"] == "2026-01-15T12:00:00.000Z"
    stop = central.of("StopTransaction")[0]
    assert stop["transaction_id"] == 1001
    assert stop["reason"] == "EVDisconnected"
    assert stop["meter_stop"] == pytest.approx(11_040, abs=60)
    assert central.statuses() == [
        "Available",
        "Preparing",
        "Charging",
        "Finishing",
        "Available",
    ]
    samples = central.of("MeterValues")
    assert len(samples) == 60
    assert {sample["transaction_id"] for sample in samples} == {1001}
    currents = {
        value["phase"]: value["value"]
        for value in samples[-1]["meter_value"][0]["sampled_value"]
        if value["measurand"] == "Current.Import"
    }
    assert currents == {"L1": "16.00", "L2": "16.00", "L3": "16.00"}


async def test_the_same_tag_ends_the_session(
    central: CentralSystem, make_charge_point: Make
) -> None:
    async with make_charge_point() as cp:
        await told(cp)
        await cp.plug_in(Car())
        await cp.tap("ANNA")
        await cp.tap("ANNA")
        await told(cp)
        assert cp.status() is ConnectorStatus.FINISHING
        stop = central.of("StopTransaction")[0]
        assert (stop["reason"], stop["id_tag"]) == ("Local", "ANNA")


async def test_a_tag_of_the_same_group_ends_the_session(
    central: CentralSystem, make_charge_point: Make
) -> None:
    for tag in ("ANNA", "OLA"):
        central.id_tags[tag] = {"status": "Accepted", "parentIdTag": "FAMILY"}
    async with make_charge_point() as cp:
        await told(cp)
        await cp.plug_in(Car())
        await cp.tap("ANNA")
        await cp.tap("OLA")
        assert cp.transaction() is None


async def test_an_unknown_tag_does_not_charge(
    central: CentralSystem, make_charge_point: Make
) -> None:
    central.id_tags["THIEF"] = {"status": "Blocked"}
    async with make_charge_point() as cp:
        await told(cp)
        await cp.plug_in(Car())
        assert await cp.tap("THIEF") == "Blocked"
        assert cp.transaction() is None


async def test_a_tag_before_the_cable_is_kept_for_the_connection_time_out(
    make_charge_point: Make, clock: Clock
) -> None:
    async with make_charge_point() as cp:
        await told(cp)
        await cp.tap("ANNA")
        assert cp.status() is ConnectorStatus.PREPARING
        run_for(cp, clock, 59)
        assert cp.status() is ConnectorStatus.PREPARING
        run_for(cp, clock, 1)
        assert cp.status() is ConnectorStatus.AVAILABLE
        await cp.tap("ANNA")
        await cp.plug_in(Car())
        assert cp.transaction() is not None


async def test_a_start_that_is_refused_afterwards_ends_the_session(
    central: CentralSystem, make_charge_point: Make
) -> None:
    central.id_tags["GUEST"] = {"status": "Expired"}
    async with make_charge_point(station=Station(prompt_evse(), free_vend_id_tag="GUEST")) as cp:
        await told(cp)
        await cp.plug_in(Car())
        await central.wait_for(lambda csms: csms.of("StopTransaction"))
        assert central.of("StopTransaction")[0]["reason"] == "DeAuthorized"


async def test_charging_goes_on_while_the_central_system_is_away_and_is_told_afterwards(
    central: CentralSystem, make_charge_point: Make, clock: Clock
) -> None:
    async with make_charge_point() as cp:
        await told(cp)
        await cp.plug_in(Car())
        await cp.tap("ANNA")
        await told(cp)
        await central.stop()
        await cp.wait_for(lambda cp: not cp.connected)
        run_for(cp, clock, 1800)
        assert cp.status() is ConnectorStatus.CHARGING
        assert len(cp.unsent) == 30
        await central.start()
        await told(cp)
        assert cp.transaction() is not None and cp.transaction().transaction_id == 1001  # type: ignore[union-attr]
    samples = central.of("MeterValues")
    assert [sample["transaction_id"] for sample in samples] == [1001] * 30
    assert samples[0]["meter_value"][0]["timestamp"] == "2026-01-15T12:01:00.000Z"
    assert samples[-1]["meter_value"][0]["timestamp"] == "2026-01-15T12:30:00.000Z"
    assert len(central.of("BootNotification")) == 1


async def test_a_session_that_began_and_ended_offline_gets_the_id_of_the_replayed_start(
    central: CentralSystem, make_charge_point: Make, clock: Clock
) -> None:
    station = Station(prompt_evse(), {"AllowOfflineTxForUnknownId": "true"})
    async with make_charge_point(station=station) as cp:
        await told(cp)
        await cp.go_offline()
        for tag in ("ANNA", "OLA"):
            await cp.plug_in(Car())
            assert await cp.tap(tag) == "Accepted"
            run_for(cp, clock, 120)
            await cp.unplug()
        central.last_id = 5000
        cp.go_online()
        await told(cp)
    told_ids = [
        (name, request.get("id_tag"), request.get("transaction_id"))
        for name, request in central.requests
        if name in {"StartTransaction", "MeterValues", "StopTransaction"}
    ]
    assert told_ids == [
        ("StartTransaction", "ANNA", None),
        ("MeterValues", None, 5001),
        ("MeterValues", None, 5001),
        ("StopTransaction", None, 5001),
        ("StartTransaction", "OLA", None),
        ("MeterValues", None, 5002),
        ("MeterValues", None, 5002),
        ("StopTransaction", None, 5002),
    ]
    starts = [request["timestamp"] for request in central.of("StartTransaction")]
    assert starts == ["2026-01-15T12:00:00.000Z", "2026-01-15T12:02:00.000Z"]


async def test_an_unknown_tag_is_refused_offline(make_charge_point: Make) -> None:
    async with make_charge_point() as cp:
        await told(cp)
        await cp.tap("ANNA")
        await cp.go_offline()
        assert await cp.tap("OLA") == "Invalid"
        assert await cp.tap("ANNA") == "Accepted"


async def test_a_transaction_message_that_fails_is_sent_again(
    central: CentralSystem, make_charge_point: Make
) -> None:
    central.failing_starts = 2
    station = Station(prompt_evse(), {"TransactionMessageRetryInterval": "0"})
    async with make_charge_point(station=station) as cp:
        await told(cp)
        await cp.plug_in(Car())
        await cp.tap("ANNA")
        await told(cp)
        assert cp.transaction().transaction_id == 1001  # type: ignore[union-attr]
    starts = central.of("StartTransaction")
    assert len(starts) == 3
    assert starts[0] == starts[1] == starts[2]


async def test_a_transaction_whose_start_never_succeeds_ends_with_id_minus_one(
    central: CentralSystem, make_charge_point: Make
) -> None:
    central.failing_starts = 3
    station = Station(prompt_evse(), {"TransactionMessageRetryInterval": "0"})
    async with make_charge_point(station=station) as cp:
        await told(cp)
        await cp.plug_in(Car())
        await cp.tap("ANNA")
        await cp.unplug()
        await told(cp)
    assert central.of("StopTransaction")[0]["transaction_id"] == -1


async def test_a_transaction_message_without_an_answer_goes_out_again_on_a_new_connection(
    central: CentralSystem, make_charge_point: Make
) -> None:
    central.stalled_starts = 5
    async with make_charge_point(response_timeout_s=0.1) as cp:
        await told(cp)
        await cp.plug_in(Car())
        await cp.tap("ANNA")
        await central.wait_for(lambda csms: csms.connections == 5)
        central.stalled_starts = 0
        await told(cp)
        assert cp.transaction().transaction_id == 1001  # type: ignore[union-attr]
    central.released.set()
    assert len({str(start) for start in central.of("StartTransaction")}) == 1


async def test_a_restarted_simulator_continues_the_session(
    central: CentralSystem, make_charge_point: Make, clock: Clock, tmp_path: Path
) -> None:
    state = tmp_path / "cp1.json"
    async with make_charge_point(state_file=state) as cp:
        await told(cp)
        await cp.plug_in(Car(soc=50))
        await cp.tap("ANNA")
        await told(cp)
        run_for(cp, clock, 600)
        before = cp.evse.connector(1).energy_wh
    async with make_charge_point(state_file=state) as cp:
        assert cp.evse.connector(1).energy_wh == before
        await told(cp)
        run_for(cp, clock, 600)
        assert cp.status() is ConnectorStatus.CHARGING
        await cp.unplug()
        await told(cp)
    stop = central.of("StopTransaction")[0]
    assert stop["transaction_id"] == 1001
    assert stop["meter_stop"] > before
    assert len(central.of("StartTransaction")) == 1
    assert len(central.of("BootNotification")) == 2


async def test_unsent_messages_survive_a_restart(
    central: CentralSystem, make_charge_point: Make, tmp_path: Path
) -> None:
    state = tmp_path / "cp1.json"
    async with make_charge_point(state_file=state) as cp:
        await told(cp)
        await cp.plug_in(Car())
        await cp.tap("ANNA")
        await told(cp)
        await cp.go_offline()
        await cp.unplug()
    assert not central.of("StopTransaction")
    async with make_charge_point(state_file=state) as cp:
        await told(cp)
    assert central.of("StopTransaction")[0]["transaction_id"] == 1001


async def test_a_charger_that_does_not_resume_ends_the_session_with_power_loss(
    central: CentralSystem, make_charge_point: Make, tmp_path: Path
) -> None:
    state = tmp_path / "cp1.json"
    async with make_charge_point(state_file=state) as cp:
        await told(cp)
        await cp.plug_in(Car())
        await cp.tap("ANNA")
        await told(cp)
    station = Station(prompt_evse(), resume_after_power_loss=False)
    async with make_charge_point(state_file=state, station=station) as cp:
        await told(cp)
    assert central.of("StopTransaction")[0]["reason"] == "PowerLoss"


@pytest.mark.parametrize("content", ["", "{", "[]", "{}", '{"configuration": {}}'])
async def test_a_broken_state_file_is_refused_and_left_alone(
    make_charge_point: Make, tmp_path: Path, content: str
) -> None:
    state = tmp_path / "cp1.json"
    state.write_text(content)
    with pytest.raises(StateFileError, match=r"cp1\.json"):
        await make_charge_point(state_file=state).start()
    assert state.read_text() == content


async def test_a_pending_charger_asks_again_and_tells_nothing_else(
    central: CentralSystem, make_charge_point: Make
) -> None:
    central.boot_answers.append(("Pending", 1))
    async with make_charge_point() as cp:
        await cp.wait_for(lambda cp: cp.boot_status == "Pending")
        assert not cp.registered
        assert not central.of("StatusNotification")
        await central.call(call.TriggerMessage(requested_message="BootNotification"))
        await told(cp)
    assert len(central.of("BootNotification")) == 2


@pytest.mark.parametrize("status", [401, 404])
async def test_a_refused_charger_keeps_trying(
    central: CentralSystem, make_charge_point: Make, status: int
) -> None:
    central.status_code = status
    async with make_charge_point() as cp:
        await cp.wait_for(lambda cp: cp.refusal is not None)
        assert cp.refusal is not None and cp.refusal.startswith(str(status))
        central.status_code = None
        await registered(cp)
        assert cp.refusal is None


async def test_a_central_system_without_the_subprotocol_is_not_spoken_to(
    central: CentralSystem, make_charge_point: Make
) -> None:
    central.subprotocols = ("ocpp2.0.1",)
    async with make_charge_point() as cp:
        await cp.wait_for(lambda cp: cp.refusal is not None)
        assert cp.refusal == "the central system does not speak ocpp1.6"
    assert not central.requests


async def test_an_identity_is_escaped_in_the_url(
    central: CentralSystem, make_charge_point: Make
) -> None:
    async with make_charge_point(identity="Garasje 1/Øst") as cp:
        await registered(cp)
        assert central.peer is not None and central.peer.id == "Garasje 1/Øst"


async def test_anything_can_be_sent_for_tests_of_hostile_chargers(
    central: CentralSystem, make_charge_point: Make
) -> None:
    async with make_charge_point() as cp:
        await told(cp)
        await cp.send_raw('[2,"1","Teleport",{}]')
        await cp.wait_for(lambda cp: any("NotSupported" in f.text for f in cp.frames if not f.sent))
        answer = await cp.call(call.DataTransfer(vendor_id="x"))
        assert answer.status == "Accepted"
        await cp.go_offline()
        with pytest.raises(NotConnectedError):
            await cp.send_raw("hello")
        with pytest.raises(NotConnectedError):
            await cp.call(call.Heartbeat())


async def test_a_call_ends_when_the_connection_goes(
    central: CentralSystem, make_charge_point: Make
) -> None:
    async with make_charge_point() as cp:
        await told(cp)
        await cp.drop_connection()
        await cp.wait_for(lambda cp: cp.registered)
        assert central.connections == 2


async def test_an_offline_charger_does_not_dial(
    central: CentralSystem, make_charge_point: Make
) -> None:
    async with make_charge_point() as cp:
        await cp.go_offline()
        assert not cp.connected
        cp.go_online()
        await registered(cp)
        await cp.go_offline()
        await central.wait_for(lambda csms: csms.peer is None)
        assert not cp.connected


async def test_heartbeats_come_as_often_as_the_boot_answer_says(
    central: CentralSystem, make_charge_point: Make
) -> None:
    central.boot_answers.append(("Accepted", 1))
    async with make_charge_point() as cp:
        await central.wait_for(lambda csms: len(csms.of("Heartbeat")) >= 1)
        assert cp.station.configuration.number("HeartbeatInterval") == 1


async def test_a_fault_ends_the_session_and_is_told(
    central: CentralSystem, make_charge_point: Make
) -> None:
    async with make_charge_point() as cp:
        await told(cp)
        await cp.plug_in(Car())
        await cp.tap("ANNA")
        await cp.fault(error_code="GroundFailure")
        await told(cp)
        assert cp.status() is ConnectorStatus.FAULTED
        assert central.of("StatusNotification")[-1]["error_code"] == "GroundFailure"
        await cp.fault(error_code=None)
        assert cp.status() is ConnectorStatus.FINISHING


async def test_a_car_cannot_be_plugged_in_twice_or_out_of_nothing(
    make_charge_point: Make,
) -> None:
    async with make_charge_point() as cp:
        with pytest.raises(ConnectorError):
            await cp.unplug()
        await cp.plug_in(Car())
        with pytest.raises(ConnectorError):
            await cp.plug_in(Car())
        with pytest.raises(ConnectorError):
            await cp.plug_in(Car(), connector_id=2)


async def test_waiting_gives_up_after_its_time(make_charge_point: Make) -> None:
    async with make_charge_point() as cp:
        with pytest.raises(TimeoutError):
            await cp.wait_for(lambda cp: False, timeout=0.01)


async def test_an_error_in_a_condition_reaches_the_one_who_waits(make_charge_point: Make) -> None:
    async with make_charge_point() as cp:
        with pytest.raises(ZeroDivisionError):
            await cp.wait_for(lambda cp: 1 / (0 if cp.registered else 1) < 0)


async def test_with_its_own_ticks_it_charges_in_real_time(make_charge_point: Make) -> None:
    from simulator.clock import utc_now

    async with make_charge_point(tick_s=0.01, clock=utc_now, speed=1000.0) as cp:
        await told(cp)
        await cp.plug_in(Car(ramp_s=0))
        await cp.tap("ANNA")
        await cp.wait_for(lambda cp: cp.evse.connector(1).energy_wh > 0)


async def test_refusals_of_the_central_system_are_raised(
    central: CentralSystem, make_charge_point: Make
) -> None:
    async with make_charge_point() as cp:
        await told(cp)
        with pytest.raises(OCPPError):
            await cp.call(call.SignCertificate(csr="x"))


def test_the_state_file_is_for_its_owner_only(tmp_path: Path) -> None:
    from simulator.state_file import write_state

    write_state(tmp_path / "state.json", {"a": 1})
    assert (tmp_path / "state.json").stat().st_mode & 0o777 == 0o600
    assert json.loads((tmp_path / "state.json").read_text()) == {"a": 1}
