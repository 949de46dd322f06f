"""What a connector is doing: its status and the charging state of its transaction, together."""

from datetime import UTC, datetime

import pytest

from custom_components.zmartcharge.csms import ConnectorState

from .conftest import BOOT, CHARGING, Charger201, KeepingHandler, begin, register

HEARD_AT = datetime(2026, 11, 21, 11, 59, tzinfo=UTC)


@pytest.mark.parametrize(
    ("charging_state", "state"),
    [
        ("Charging", ConnectorState.CHARGING),
        ("SuspendedEV", ConnectorState.SUSPENDED_EV),
        ("SuspendedEVSE", ConnectorState.SUSPENDED_EVSE),
        ("EVConnected", ConnectorState.PREPARING),
        (None, ConnectorState.CHARGING),
    ],
)
async def test_the_charging_state_is_the_connectors_state(
    charger: Charger201, handler: KeepingHandler, charging_state: str | None, state: ConnectorState
) -> None:
    await charger.status("Occupied")
    await begin(charger, info={"chargingState": charging_state})
    assert handler.all("status")[-1].state is state


async def test_a_charged_car_without_energy_is_finishing(
    charger: Charger201, handler: KeepingHandler
) -> None:
    await begin(charger)
    info = {"chargingState": "EVConnected"}
    await charger.event("Updated", triggerReason="RemoteStop", info=info)
    assert handler.all("status")[-1].state is ConnectorState.FINISHING


async def test_a_state_is_told_once(charger: Charger201, handler: KeepingHandler) -> None:
    await begin(charger)
    for _ in range(3):
        await charger.event("Updated", info=CHARGING)
    assert len(handler.all("status")) == 1


async def test_a_car_that_left_is_not_charging(
    charger: Charger201, handler: KeepingHandler
) -> None:
    await charger.status("Occupied")
    await begin(charger)
    await charger.status("Available", at="2026-11-21T11:59:30Z")
    assert handler.all("status")[-1].state is ConnectorState.AVAILABLE
    await charger.event("Ended", timestamp="2026-11-21T11:59:30Z")
    assert handler.all("status")[-1].state is ConnectorState.AVAILABLE


async def test_the_next_car_is_preparing_again(
    charger: Charger201, handler: KeepingHandler
) -> None:
    await charger.status("Occupied")
    await begin(charger)
    await charger.event("Ended")
    await charger.status("Available")
    await charger.status("Occupied")
    assert [status.state for status in handler.all("status")[-3:]] == [
        ConnectorState.FINISHING,
        ConnectorState.AVAILABLE,
        ConnectorState.PREPARING,
    ]


async def test_what_happened_offline_is_not_shown_as_happening(
    charger: Charger201, handler: KeepingHandler
) -> None:
    await charger.status("Available")
    await begin(charger, offline=True)
    await charger.event("Updated", offline=True, meterValue=[register(1500)])
    await charger.event("Ended", offline=True, meterValue=[register(2000)])
    assert [status.state for status in handler.all("status")] == [ConnectorState.AVAILABLE]
    assert handler.all("start")[0].timestamp == HEARD_AT
    assert handler.all("stop")[0].meter_stop == 2000


@pytest.mark.parametrize(
    ("reason", "state"),
    [("PowerUp", ConnectorState.PREPARING), ("Triggered", ConnectorState.CHARGING)],
)
async def test_a_charger_that_restarted_tells_itself_what_goes_on(
    charger: Charger201, handler: KeepingHandler, reason: str, state: ConnectorState
) -> None:
    await charger.status("Occupied")
    await begin(charger)
    await charger.call("BootNotification", BOOT | {"reason": reason})
    await charger.status("Occupied")
    assert handler.all("status")[-1].state is state
    await charger.event("Updated", info=CHARGING)
    assert handler.all("status")[-1].state is ConnectorState.CHARGING


async def test_messages_out_of_order_do_not_turn_back_the_state(
    charger: Charger201, handler: KeepingHandler
) -> None:
    await begin(charger, seqNo=0)
    late, early = "2026-11-21T11:59:50Z", "2026-11-21T11:59:40Z"
    await charger.event("Updated", seqNo=2, timestamp=late, info={"chargingState": "SuspendedEV"})
    await charger.event("Updated", seqNo=1, timestamp=early, info=CHARGING)
    assert handler.all("status")[-1].state is ConnectorState.SUSPENDED_EV


async def test_a_session_that_ended_offline_is_over_when_that_is_told_late(
    charger: Charger201, handler: KeepingHandler
) -> None:
    await charger.status("Occupied")
    await begin(charger)
    await charger.status("Occupied", at="2026-11-21T11:59:30Z")
    await charger.event("Updated", offline=True, info={"chargingState": "SuspendedEV"})
    assert handler.all("status")[-1].state is ConnectorState.CHARGING
    await charger.event("Ended", offline=True)
    assert handler.all("status")[-1].state is ConnectorState.FINISHING
