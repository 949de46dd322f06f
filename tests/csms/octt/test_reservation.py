"""Reservations, and messages that are triggered."""

from datetime import timedelta

import pytest

from custom_components.zmartcharge.csms import (
    AuthorizationStatus,
    CallRejectedError,
    ConnectorState,
    IdTagInfo,
    ReservationStatus,
    Station,
)

from ..conftest import NOW, RecordingHandler
from .charge_point import CARD, OTHER, ChargePoint

LATER = NOW + timedelta(hours=1)
REQUEST = {
    "connectorId": 1,
    "expiryDate": "2026-11-21T13:00:00Z",
    "idTag": CARD,
    "reservationId": 7,
}


async def _reserve(
    charge_point: ChargePoint, station: Station, connector_id: int = 1, parent: str | None = None
) -> None:
    status = await station.reserve(connector_id, 7, CARD, LATER, parent)
    assert status is ReservationStatus.ACCEPTED
    extra = {} if parent is None else {"parentIdTag": parent}
    assert await charge_point.was_asked("ReserveNow") == {
        **REQUEST,
        "connectorId": connector_id,
        **extra,
    }


async def test_tc_046_reserved_connector_is_used(
    charge_point: ChargePoint, station: Station, handler: RecordingHandler
) -> None:
    await _reserve(charge_point, station)
    await charge_point.status("Reserved")
    assert handler.all("status")[-1].state is ConnectorState.RESERVED
    assert await charge_point.authorize() == "Accepted"
    await charge_point.start(reservationId=7)
    assert handler.all("start")[0].reservation_id == 7


async def test_tc_047_reservation_expires(
    charge_point: ChargePoint, station: Station, handler: RecordingHandler
) -> None:
    await _reserve(charge_point, station)
    for status in ("Reserved", "Available"):
        await charge_point.status(status)
    assert handler.all("status")[-1].state is ConnectorState.AVAILABLE


async def _refused(charge_point: ChargePoint, station: Station, status: ReservationStatus) -> None:
    charge_point.answers["ReserveNow"] = {"status": status.value}
    assert await station.reserve(1, 7, CARD, LATER) is status


async def test_tc_048_1_reservation_of_a_faulted_connector(
    charge_point: ChargePoint, station: Station
) -> None:
    await _refused(charge_point, station, ReservationStatus.FAULTED)


async def test_tc_048_2_reservation_of_an_occupied_connector(
    charge_point: ChargePoint, station: Station
) -> None:
    await _refused(charge_point, station, ReservationStatus.OCCUPIED)


async def test_tc_048_3_reservation_of_an_unavailable_connector(
    charge_point: ChargePoint, station: Station
) -> None:
    await _refused(charge_point, station, ReservationStatus.UNAVAILABLE)


async def test_tc_048_4_reservation_is_rejected(
    charge_point: ChargePoint, station: Station
) -> None:
    await _refused(charge_point, station, ReservationStatus.REJECTED)


async def test_tc_049_reservation_of_any_connector(
    charge_point: ChargePoint, station: Station, handler: RecordingHandler
) -> None:
    await _reserve(charge_point, station, connector_id=0)
    await charge_point.status("Reserved", 2)
    await charge_point.start(connector_id=2, reservationId=7)
    (start,) = handler.all("start")
    assert (start.connector_id, start.reservation_id) == (2, 7)


async def test_tc_051_reservation_is_given_up(charge_point: ChargePoint, station: Station) -> None:
    await _reserve(charge_point, station)
    assert await station.cancel_reservation(7)
    assert await charge_point.was_asked("CancelReservation") == {"reservationId": 7}


async def test_tc_052_giving_up_is_rejected(charge_point: ChargePoint, station: Station) -> None:
    charge_point.answers["CancelReservation"] = {"status": "Rejected"}
    assert not await station.cancel_reservation(7)


async def test_tc_053_reservation_is_used_by_another_of_the_group(
    charge_point: ChargePoint, station: Station, handler: RecordingHandler
) -> None:
    handler.info = IdTagInfo(status=AuthorizationStatus.ACCEPTED, group="FAMILY")
    await _reserve(charge_point, station, parent="FAMILY")
    # By the group in our answer the charger knows that the other card may use it.
    answer = await charge_point.say("Authorize", {"idTag": OTHER})
    assert answer["idTagInfo"] == {"status": "Accepted", "parentIdTag": "FAMILY"}
    await charge_point.start(OTHER, reservationId=7)
    assert handler.all("start")[0].id_tag == OTHER


# Remote trigger -----------------------------------------------------------------------------------


async def test_tc_054_message_is_triggered(
    charge_point: ChargePoint, station: Station, handler: RecordingHandler
) -> None:
    for message in (
        "MeterValues",
        "Heartbeat",
        "StatusNotification",
        "DiagnosticsStatusNotification",
        "FirmwareStatusNotification",
        "BootNotification",
    ):
        await station.trigger(
            message, 1 if message in {"MeterValues", "StatusNotification"} else None
        )
        request = await charge_point.was_asked("TriggerMessage")
        assert request["requestedMessage"] == message
    await charge_point.status("Available")
    assert handler.all("status")[-1].state is ConnectorState.AVAILABLE


async def test_tc_055_trigger_is_rejected(charge_point: ChargePoint, station: Station) -> None:
    charge_point.answers["TriggerMessage"] = {"status": "Rejected"}
    with pytest.raises(CallRejectedError, match="TriggerMessage: Rejected"):
        await station.trigger("MeterValues", 1)
