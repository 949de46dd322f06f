"""TransactionEvents become the sessions that 1.6 knows, over a real socket (use cases E01-E15)."""

from datetime import UTC, datetime
from typing import Any

import pytest

from custom_components.zmartcharge.csms import AuthorizationStatus, ConnectorState

from ..conftest import NOW, Server
from .conftest import AT, CARD, CHARGING, Charger201, KeepingHandler, begin, connect, register

HEARD_AT = datetime(2026, 11, 21, 11, 59, tzinfo=UTC)


async def forget(server: Server, charger: Charger201) -> Charger201:
    """Restart the central system as far as chargers can tell: all in memory is gone."""
    await charger.socket.close()
    server.csms._memories.clear()
    again = await connect(server)
    await again.call("Heartbeat", {})
    again.seq = charger.seq
    return again


async def test_a_session_from_start_to_end(charger: Charger201, handler: KeepingHandler) -> None:
    await charger.status("Occupied")
    answer = await begin(charger, triggerReason="Authorized", reservationId=5)
    assert answer == {"idTokenInfo": {"status": "Accepted"}}
    (start,) = handler.all("start")
    assert (start.connector_id, start.id_tag, start.meter_start) == (1, "04A1B2C3", 1000)
    assert (start.timestamp, start.reservation_id, start.own_id) == (HEARD_AT, 5, "T1")
    assert await charger.event("Updated", meterValue=[register(1500)]) == {}
    answer = await charger.event(
        "Ended",
        info={"stoppedReason": "EVDisconnected"},
        idToken=CARD,
        meterValue=[register(2000, context="Transaction.End")],
    )
    assert answer == {"idTokenInfo": {"status": "Accepted"}}
    (stop,) = handler.all("stop")
    assert (stop.transaction_id, stop.meter_stop, stop.reason) == (4711, 2000, "EVDisconnected")
    assert stop.id_tag == "04A1B2C3"
    assert [values.transaction_id for values in handler.all("meter")] == [4711, 4711]
    states = [status.state for status in handler.all("status")]
    assert states == [ConnectorState.PREPARING, ConnectorState.CHARGING, ConnectorState.FINISHING]
    assert handler.all("doubt") == []


async def test_a_cable_that_is_plugged_in_is_no_session_yet(
    charger: Charger201, handler: KeepingHandler
) -> None:
    await charger.status("Occupied")
    await charger.event(
        "Started",
        triggerReason="CablePluggedIn",
        info={"chargingState": "EVConnected"},
        meterValue=[register(1000)],
    )
    assert handler.all("start") == []
    assert handler.all("meter")[0].transaction_id is None
    assert handler.all("status")[-1].state is ConnectorState.PREPARING
    answer = await charger.event("Updated", triggerReason="Authorized", idToken=CARD)
    assert answer == {"idTokenInfo": {"status": "Accepted"}}
    (start,) = handler.all("start")
    # The ledger goes on from the last register that it was told.
    assert (start.id_tag, start.meter_start) == ("04A1B2C3", None)
    assert handler.all("doubt") == []


async def test_a_cable_that_is_pulled_before_anybody_charged_leaves_no_session(
    charger: Charger201, handler: KeepingHandler
) -> None:
    await charger.event(
        "Started", triggerReason="CablePluggedIn", info={"chargingState": "EVConnected"}
    )
    await charger.event(
        "Ended", triggerReason="EVCommunicationLost", info={"chargingState": "Idle"}
    )
    assert handler.all("start") == handler.all("stop") == []


async def test_who_needs_no_authorization_charges_for_nobody(
    charger: Charger201, handler: KeepingHandler
) -> None:
    token = {"idToken": "", "type": "NoAuthorization"}
    assert await begin(charger, idToken=token) == {"idTokenInfo": {"status": "Accepted"}}
    assert handler.all("start")[0].id_tag == ""
    assert handler.all("authorize") == []
    assert handler.all("doubt") == []


@pytest.mark.parametrize("charging_state", ["Charging", "SuspendedEV"])
async def test_energy_that_can_flow_is_a_session_without_any_token(
    charger: Charger201, handler: KeepingHandler, charging_state: str
) -> None:
    await charger.event("Started", info={"chargingState": charging_state})
    assert handler.all("start")[0].id_tag == ""


async def test_a_car_that_waits_for_a_card_is_no_session(
    charger: Charger201, handler: KeepingHandler
) -> None:
    await charger.event("Started", info={"chargingState": "SuspendedEVSE"})
    assert handler.all("start") == []
    assert handler.all("status")[-1].state is ConnectorState.PREPARING
    await charger.event("Updated", triggerReason="Authorized", idToken=CARD)
    assert handler.all("start")[0].id_tag == "04A1B2C3"


async def test_a_car_that_waits_for_current_is_a_session_where_no_card_is_needed(
    server: Server, charger: Charger201, handler: KeepingHandler
) -> None:
    server.csms._memories["OPEN"][1].open_to_all = True
    await charger.event("Started", info={"chargingState": "SuspendedEVSE"})
    assert handler.all("start")[0].id_tag == ""
    assert handler.all("status")[-1].state is ConnectorState.SUSPENDED_EVSE


async def test_a_card_that_comes_after_the_energy_is_decided_about(
    charger: Charger201, handler: KeepingHandler
) -> None:
    await charger.event("Started", info=CHARGING)
    handler.answer = AuthorizationStatus.BLOCKED
    answer = await charger.event("Updated", triggerReason="Authorized", idToken=CARD)
    assert answer == {"idTokenInfo": {"status": "Accepted"}}
    assert handler.all("authorize") == ["04A1B2C3"]


async def test_a_tag_before_the_cable_waits_for_the_evse(
    charger: Charger201, handler: KeepingHandler
) -> None:
    await charger.status("Available", evse=1)
    await charger.status("Available", evse=2)
    info = {"chargingState": "Idle"}
    await charger.event("Started", triggerReason="Authorized", idToken=CARD, evse=None, info=info)
    assert handler.all("start") == []
    await charger.event("Updated", triggerReason="CablePluggedIn", evse={"id": 2})
    (start,) = handler.all("start")
    assert (start.connector_id, start.id_tag) == (2, "04A1B2C3")
    assert handler.all("status")[-1].state is ConnectorState.PREPARING


async def test_the_only_evse_needs_no_name(charger: Charger201, handler: KeepingHandler) -> None:
    await charger.status("Occupied", evse=1)
    await begin(charger, evse=None)
    assert handler.all("start")[0].connector_id == 1


async def test_what_was_refused_is_answered_so(
    charger: Charger201, handler: KeepingHandler
) -> None:
    handler.answer = AuthorizationStatus.BLOCKED
    assert await begin(charger) == {"idTokenInfo": {"status": "Blocked"}}
    again = await charger.event("Updated", idToken=CARD)
    assert again == {"idTokenInfo": {"status": "Blocked"}}


async def test_another_card_in_a_session_is_decided_about(
    charger: Charger201, handler: KeepingHandler
) -> None:
    handler.answer = AuthorizationStatus.BLOCKED
    await begin(charger)
    other = {"idToken": "04FFFFFF", "type": "ISO14443"}
    answer = await charger.event("Updated", triggerReason="StopAuthorized", idToken=other)
    assert answer == {"idTokenInfo": {"status": "Accepted"}}
    assert handler.all("authorize") == ["04FFFFFF"]


async def test_statement_16_a_repeated_start_is_the_same_transaction(
    charger: Charger201, handler: KeepingHandler
) -> None:
    first = await begin(charger, seqNo=0)
    assert await begin(charger, seqNo=0) == first
    assert len(handler.all("start")) == 1


async def test_a_repeated_start_is_the_same_transaction_after_a_restart_of_ours(
    server: Server, charger: Charger201, handler: KeepingHandler
) -> None:
    await begin(charger, seqNo=0)
    again = await forget(server, charger)
    await begin(again, seqNo=0)
    assert len(handler.all("start")) == 1
    assert handler.all("meter")[-1].transaction_id == 4711


async def test_a_session_goes_on_after_a_restart_of_ours(
    server: Server, charger: Charger201, handler: KeepingHandler
) -> None:
    await begin(charger)
    again = await forget(server, charger)
    await again.event("Updated", meterValue=[register(1500)])
    await again.event("Ended", meterValue=[register(2000)])
    assert len(handler.all("start")) == 1
    assert handler.all("stop")[0].transaction_id == 4711
    assert handler.all("doubt") == []


async def test_a_session_goes_on_over_a_lost_connection(
    server: Server, charger: Charger201, handler: KeepingHandler
) -> None:
    await begin(charger)
    await charger.socket.close()
    again = await connect(server)
    again.seq = charger.seq + 2
    await again.event("Updated", meterValue=[register(1500)], offline=True)
    assert len(handler.all("start")) == 1
    assert handler.all("doubt")[0].reason == "seqNo: 2 missing before 3"


async def test_a_repeated_end_is_the_same_stop(
    server: Server, charger: Charger201, handler: KeepingHandler
) -> None:
    await begin(charger)
    for _ in range(2):
        await charger.event("Ended", seqNo=1, meterValue=[register(2000)])
    again = await forget(server, charger)
    await again.event("Ended", seqNo=1, meterValue=[register(2000)])
    one, two, three = handler.all("stop")
    assert one == two == three
    assert len(handler.all("start")) == 1


async def test_a_start_that_was_lost_is_made_up_for(
    charger: Charger201, handler: KeepingHandler
) -> None:
    await charger.event(
        "Updated", seqNo=4, triggerReason="MeterValuePeriodic", info=CHARGING,
        meterValue=[register(1500)],
    )  # fmt: skip
    (start,) = handler.all("start")
    assert (start.connector_id, start.meter_start) == (1, 1500)
    assert handler.all("doubt")[0].reason == "its Started never came"


async def test_an_end_of_which_nothing_else_came_is_a_session(
    charger: Charger201, handler: KeepingHandler
) -> None:
    begun = "2026-11-21T08:00:00Z"
    await charger.event(
        "Ended",
        seqNo=9,
        triggerReason="EVDeparted",
        idToken=CARD,
        meterValue=[
            register(2000, context="Transaction.End"),
            register(1000, at=begun, context="Transaction.Begin"),
        ],
    )
    (start,), (stop,) = handler.all("start"), handler.all("stop")
    assert start.timestamp == datetime(2026, 11, 21, 8, 0, tzinfo=UTC)
    assert (start.meter_start, stop.meter_stop) == (1000, 2000)
    assert stop.transaction_id == 4711


async def test_what_cannot_be_kept_is_not_acknowledged_and_comes_again(
    charger: Charger201, handler: KeepingHandler
) -> None:
    handler.keeps = False
    payload = {
        "eventType": "Started",
        "timestamp": AT,
        "triggerReason": "Authorized",
        "seqNo": 0,
        "transactionInfo": {"transactionId": "T1"},
        "evse": {"id": 1},
        "idToken": CARD,
    }
    assert (await charger.call("TransactionEvent", payload))[:3] == [4, "m2", "InternalError"]
    handler.keeps = True
    assert (await charger.call("TransactionEvent", payload))[0] == 3
    assert len(handler.all("start")) == 1


async def test_a_charger_that_uses_names_again_begins_another_transaction(
    server: Server, charger: Charger201, handler: KeepingHandler
) -> None:
    await begin(charger, seqNo=0)
    await charger.event("Ended")
    later = "2026-11-21T11:59:45Z"
    await begin(charger, seqNo=0, timestamp=later)
    assert [start.own_id for start in handler.all("start")] == ["T1", "T1"]
    again = await forget(server, charger)
    await again.event("Ended", timestamp=later)
    assert handler.all("stop")[-1].transaction_id == 4712


@pytest.mark.parametrize("token", [{}, {"idToken": ""}, {"idToken": "\n", "type": "Central"}])
async def test_a_token_that_nobody_can_read_is_invalid(
    charger: Charger201, handler: KeepingHandler, token: dict[str, Any]
) -> None:
    answer = await charger.event("Started", idToken=token, info={"chargingState": "EVConnected"})
    assert answer == {"idTokenInfo": {"status": "Invalid"}}
    assert handler.all("start") == []


async def test_two_evses_charge_at_once(charger: Charger201, handler: KeepingHandler) -> None:
    await begin(charger, seqNo=0)
    await begin(charger, own_id="T2", seqNo=0, evse={"id": 2, "connectorId": 1})
    await charger.event("Ended", own_id="T1", seqNo=1)
    assert [start.connector_id for start in handler.all("start")] == [1, 2]
    assert handler.all("stop")[0].transaction_id == 4711
    assert handler.all("status")[-1].connector_id == 1


@pytest.mark.parametrize(
    ("reason", "kept"),
    [
        (None, "Local"),
        ("Remote", "Remote"),
        ("ImmediateReset", "HardReset"),
        ("PowerLoss", "PowerLoss"),
        ("GroundFault", "Other"),
        ("Weird", "Other"),
    ],
)
async def test_reasons_are_those_that_the_ledger_knows(
    charger: Charger201, handler: KeepingHandler, reason: str | None, kept: str
) -> None:
    await begin(charger)
    await charger.event("Ended", info={"stoppedReason": reason})
    assert handler.all("stop")[0].reason == kept


@pytest.mark.parametrize(
    "changes",
    [
        {"eventType": "Began"},
        {"eventType": ["Started"]},
        {"timestamp": "1970-01-01T00:00:00Z"},
        {"timestamp": "not a date"},
        {"seqNo": -1},
        {"seqNo": "x"},
        {"seqNo": 10**30},
        {"evse": {"id": -1}},
        {"evse": "1"},
        {"idToken": {"idToken": "a\nb", "type": "ISO14443"}},
        {"idToken": {"idToken": "x" * 99}},
        {"idToken": {}},
        {"transactionInfo": "T1"},
        {"transactionInfo": {}},
        {"transactionInfo": {"transactionId": "T1", "chargingState": "Flying"}},
        {"meterValue": [register(10**30)]},
        {"meterValue": [register(-1)]},
        {"meterValue": "1000"},
        {"reservationId": 10**30},
    ],
)
async def test_statement_15_a_doubtful_event_is_quarantined_and_still_answered(
    charger: Charger201, handler: KeepingHandler, changes: dict[str, Any]
) -> None:
    payload = {
        "eventType": "Started",
        "timestamp": AT,
        "triggerReason": "Authorized",
        "seqNo": 0,
        "transactionInfo": {"transactionId": "T1", **CHARGING},
        "evse": {"id": 1, "connectorId": 1},
        "idToken": CARD,
        **changes,
    }
    assert (await charger.call("TransactionEvent", payload))[0] == 3
    assert next(iter(changes)) in handler.all("doubt")[0].reason
    for start in handler.all("start"):
        assert start.connector_id == 1
        assert start.timestamp in {HEARD_AT, NOW, datetime(1970, 1, 1, tzinfo=UTC)}


async def test_values_of_a_transaction_without_a_name_are_the_evses(
    charger: Charger201, handler: KeepingHandler
) -> None:
    await charger.event("Updated", own_id=None, meterValue=[register(1500)])
    (values,) = handler.all("meter")
    assert (values.connector_id, values.transaction_id) == (1, None)
    assert handler.all("start") == []


async def test_many_transactions_are_not_remembered_for_ever(
    server: Server, charger: Charger201
) -> None:
    for number in range(100):
        await charger.event("Started", own_id=f"T{number}", info={"chargingState": "EVConnected"})
    assert len(server.csms._memories["OPEN"][1]._transactions) <= 64


async def test_an_hour_passes_between_the_two_half_past_two_of_the_night_the_clocks_change(
    charger: Charger201, handler: KeepingHandler
) -> None:
    await begin(charger, timestamp="2026-10-25T02:30:00+02:00")
    await charger.event("Ended", timestamp="2026-10-25T02:30:00+01:00")
    (start,), (stop,) = handler.all("start"), handler.all("stop")
    assert (stop.timestamp - start.timestamp).total_seconds() == 3600
    assert handler.all("doubt") == []


async def test_energy_that_flows_after_the_clock_was_set_back_is_a_session(
    charger: Charger201, handler: KeepingHandler
) -> None:
    await charger.event(
        "Started",
        timestamp="2026-11-21T14:00:00Z",
        triggerReason="CablePluggedIn",
        info={"chargingState": "EVConnected"},
    )
    await charger.event("Updated", timestamp=AT, info=CHARGING, meterValue=[register(1000)])
    assert handler.all("start")


async def test_a_card_of_the_only_waiting_evse_needs_no_name_of_it(
    server: Server, charger: Charger201, handler: KeepingHandler
) -> None:
    await charger.status("Occupied", evse=2)
    await charger.status("Available", evse=1)
    await charger.event("Updated", triggerReason="Authorized", idToken=CARD, evse=None)
    await charger.event("Updated", info=CHARGING, evse=None, meterValue=[register(1000)])
    assert handler.all("start")
