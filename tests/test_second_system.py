"""A second central system: what it is told, what it may do, and that it never does harm."""

import asyncio
from datetime import timedelta
import json
import sqlite3
from typing import Any

from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.components.diagnostics import (
    get_diagnostics_for_config_entry,
)
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from simulator import SimulatedChargePoint

from .beside import central_fixture, second_system, told_all, told_charger  # noqa: F401
from .csms.forwarding.central import PASSWORD, FakeCentral, running
from .house import House, car, charger_subentry, site_subentry, wait_until

CONNECTED = "binary_sensor.garage_second_central_system"
WAITING = "sensor.garage_waiting_for_the_second_central_system"
VERSIONS = pytest.mark.parametrize("ocpp", ["1.6", "2.0.1"])
CARD = "04A1B2C3"


async def _set_up(
    house: House, central: FakeCentral, mode: str = "mirror", *, asks_cards: bool = False,
    ocpp: str = "1.6", **changes: Any,
) -> SimulatedChargePoint:  # fmt: skip
    charger = told_charger(central, mode, asks_cards=asks_cards, **changes)
    await house.set_up(site_subentry(), charger)
    charge_point = await house.connect(ocpp=ocpp)
    await wait_until(lambda: house.charger.second_system.connected)
    return charge_point


async def _session(house: House, charge_point: SimulatedChargePoint) -> None:
    await house.charge(charge_point, 60)
    await house.connector.stop()
    await wait_until(lambda: not house.connector.in_session)
    await house.settled(charge_point)


def _asked(charge_point: SimulatedChargePoint, action: str) -> list[str]:
    return [frame.text for frame in charge_point.frames if f'"{action}"' in frame.text]


async def test_session_is_told_with_the_other_s_number_and_the_original_times(
    house: House, central: FakeCentral
) -> None:
    charge_point = await _set_up(house, central)
    await _session(house, charge_point)
    await told_all(house)
    (started,), (stopped,) = central.all("StartTransaction"), central.all("StopTransaction")
    (session,) = await house.sessions()
    assert session.transaction_id != 9001
    assert dt_util.parse_datetime(started["timestamp"]) == session.started_at
    assert (stopped["transactionId"], stopped["meterStop"]) == (9001, session.meter_stop_wh)
    numbers = {each.get("transactionId") for each in central.all("MeterValues")}
    assert 9001 in numbers <= {9001, None}
    assert central.all("StatusNotification")
    assert central.all("BootNotification")[0]["chargePointVendor"]
    assert central.knows("CP-7")


async def test_events_of_a_newer_charger_are_told_as_they_are(
    house: House, central: FakeCentral
) -> None:
    charge_point = await _set_up(house, central, ocpp="2.0.1")
    await _session(house, charge_point)
    await told_all(house)
    events = central.all("TransactionEvent")
    assert [each["seqNo"] for each in events] == list(range(len(events)))
    assert (events[0]["eventType"], events[-1]["eventType"]) == ("Started", "Ended")
    (session,) = await house.sessions()
    assert {each["transactionInfo"]["transactionId"] for each in events} == {session.own_id}


@VERSIONS
async def test_while_the_other_is_down_charging_goes_on_and_is_told_later(
    house: House, central: FakeCentral, ocpp: str
) -> None:
    down = FakeCentral()
    async with running(down):
        pass
    await house.set_up(site_subentry(), told_charger(down))
    charge_point = await house.connect(ocpp=ocpp)
    await _session(house, charge_point)
    assert house.state(CONNECTED) == "off"
    await wait_until(lambda: (house.number(WAITING) or 0) > 0)
    await house.unload()
    async with running(down):
        await house.hass.config_entries.async_setup(house.entry.entry_id)
        await told_all(house)
        kinds = [action for action, _ in down.heard if action != "Heartbeat"]
        assert kinds[0] == "BootNotification"
        if ocpp == "1.6":
            assert kinds.index("StartTransaction") < kinds.index("StopTransaction")
            assert down.all("StopTransaction")[0]["transactionId"] == 9001
        else:
            assert down.all("TransactionEvent")[-1]["eventType"] == "Ended"
        await wait_until(lambda: house.state(CONNECTED) == "on")
        await house.unload()


async def test_transaction_goes_on_under_its_number_after_a_restart(
    house: House, central: FakeCentral
) -> None:
    charge_point = await _set_up(house, central)
    await house.charge(charge_point, 30)
    await told_all(house)
    await house.unload()
    await house.hass.config_entries.async_setup(house.entry.entry_id)
    await charge_point.stop()
    again = await house.connect(station=charge_point.station)
    await house.connector.stop()
    await wait_until(lambda: not house.connector.in_session)
    await house.settled(again)
    await told_all(house)
    assert len(central.all("StartTransaction")) == 1
    assert central.all("StopTransaction")[0]["transactionId"] == 9001


HARMFUL = [
    ("Reset", {"type": "Hard"}),
    ("UpdateFirmware", {"location": "http://x/", "retrieveDate": "2026-11-21T12:00:00Z"}),
    ("ChangeConfiguration", {"key": "CentralSystemURL", "value": "ws://evil"}),
    ("SendLocalList", {"listVersion": 1, "updateType": "Full"}),
    ("InstallCertificate", {"certificateType": "CentralSystemRootCertificate", "certificate": "x"}),
    ("GetDiagnostics", {"location": "ftp://x/"}),
    ("SignedUpdateFirmware", {}),
    ("ClearCache", {}),
    ("NoSuchThing", {}),
    ("Reset", {"type": 5, "x": ["y"]}),
]


@pytest.mark.parametrize("mode", ["mirror", "proxy"])
async def test_what_it_may_never_do_does_not_reach_the_charger(
    house: House, central: FakeCentral, mode: str
) -> None:
    charge_point = await _set_up(house, central, mode)
    for number, (action, payload) in enumerate(HARMFUL):
        before = len(charge_point.frames)
        answer = await central.ask(action, payload, f"h{number}")
        assert answer[0] == 4 or answer[2].get("status") != "Accepted", answer
        assert not any(f'"{action}"' in f.text for f in list(charge_point.frames)[before:]), action
    assert house.charger.second_system.requests is not None
    assert house.charger.second_system.requests.refusals["Reset: restart"] == 2


async def test_mirror_asks_the_charger_for_nothing(house: House, central: FakeCentral) -> None:
    charge_point = await _set_up(house, central)
    await charge_point.plug_in(car())
    await house.settled(charge_point)
    before = len(charge_point.frames)
    for number, (action, payload, status) in enumerate([
        ("RemoteStartTransaction", {"idTag": CARD}, "Rejected"),
        ("UnlockConnector", {"connectorId": 1}, "NotSupported"),
        ("ChangeAvailability", {"connectorId": 0, "type": "Inoperative"}, "Rejected"),
        ("TriggerMessage", {"requestedMessage": "MeterValues"}, "NotImplemented"),
        ("ReserveNow", {"connectorId": 1, "idTag": CARD, "reservationId": 1,
                        "expiryDate": "2026-11-22T12:00:00Z"}, "Rejected"),
        ("DataTransfer", {"vendorId": "x"}, "Rejected"),
    ]):  # fmt: skip
        assert (await central.ask(action, payload, f"m{number}"))[2] == {"status": status}
    told = len(central.all("StatusNotification"))
    asked = await central.ask("TriggerMessage", {"requestedMessage": "StatusNotification"})
    assert asked[2] == {"status": "Accepted"}
    await wait_until(lambda: len(central.all("StatusNotification")) > told)
    found = (await central.ask("GetConfiguration", {"key": ["HeartbeatInterval", "None"]}))[2]
    assert [each["key"] for each in found["configurationKey"]] == ["HeartbeatInterval"]
    assert found["unknownKey"] == ["None"]
    frames = [frame.text for frame in list(charge_point.frames)[before:]]
    assert not [text for text in frames if text.startswith("[2") and "RemoteStart" in text]
    assert not any("Unlock" in text or "Reserve" in text for text in frames)


@VERSIONS
async def test_proxy_starts_and_stops_what_may_be_started(
    house: House, central: FakeCentral, ocpp: str
) -> None:
    charge_point = await _set_up(house, central, "proxy", ocpp=ocpp)
    await charge_point.plug_in(car())
    await house.settled(charge_point)
    if ocpp == "1.6":
        start = await central.ask("RemoteStartTransaction", {"idTag": CARD})
    else:
        token = {"idToken": CARD, "type": "ISO14443"}
        start = await central.ask(
            "RequestStartTransaction", {"idToken": token, "remoteStartId": 1, "evseId": 1}
        )
    assert start[2]["status"] == "Accepted"
    await wait_until(lambda: house.connector.in_session)
    await house.settled(charge_point)
    await told_all(house)
    assert house.connector.session is not None and house.connector.session.id_tag == CARD
    if ocpp == "1.6":
        wrong = await central.ask("RemoteStopTransaction", {"transactionId": 12345})
        stop = await central.ask("RemoteStopTransaction", {"transactionId": 9001}, "s")
    else:
        wrong = await central.ask("RequestStopTransaction", {"transactionId": "none"})
        own_id = house.connector.session.own_id
        stop = await central.ask("RequestStopTransaction", {"transactionId": own_id}, "s")
    assert wrong[2]["status"] == "Rejected"
    assert stop[2]["status"] == "Accepted"
    await wait_until(lambda: not house.connector.in_session)


async def test_who_may_charge_stays_decided_here(house: House, central: FakeCentral) -> None:
    charge_point = await _set_up(house, central, "proxy", access="registered")
    await charge_point.plug_in(car())
    await house.settled(charge_point)
    start = await central.ask("RemoteStartTransaction", {"idTag": CARD})
    assert start[2]["status"] == "Rejected"
    home = await central.ask("RemoteStartTransaction", {"idTag": "HomeAssistant"}, "h")
    assert home[2]["status"] == "Rejected"
    data = {"id_tag": CARD, "label": "Blue fob"}
    await house.hass.services.async_call("zmartcharge", "register_token", data, blocking=True)
    start = await central.ask("RemoteStartTransaction", {"idTag": CARD}, "again")
    assert start[2]["status"] == "Accepted"


def _profile(limit: float, unit: str = "A", **changes: Any) -> dict[str, Any]:
    return {
        "chargingProfileId": 5,
        "stackLevel": 0,
        "chargingProfilePurpose": "TxDefaultProfile",
        "chargingProfileKind": "Absolute",
        "chargingSchedule": {
            "chargingRateUnit": unit,
            "chargingSchedulePeriod": [{"startPeriod": 0, "limit": limit}],
        },
        **changes,
    }


async def _limit(central: FakeCentral, profile: dict[str, Any], connector_id: int = 1) -> str:
    request = {"connectorId": connector_id, "csChargingProfiles": profile}
    answer = await central.ask("SetChargingProfile", request)
    return str(answer[2].get("status"))


async def test_its_limit_is_one_of_the_house_s_and_ends_when_it_clears_it(
    house: House, central: FakeCentral
) -> None:
    charge_point = await _set_up(house, central, "proxy")
    await house.charge(charge_point, 30)
    assert await _limit(central, _profile(10)) == "Accepted"
    await wait_until(lambda: house.connector.own_limit == 10)
    assert await _limit(central, _profile(63)) == "Accepted"
    await wait_until(lambda: house.connector.own_limit == 20)  # its circuit fuse
    await house.connector.set_own_limit(8)
    assert house.connector.own_limit == 8
    assert await _limit(central, _profile(3)) == "Accepted"
    await wait_until(lambda: house.connector.own_limit == 0)
    cleared = await central.ask("ClearChargingProfile", {"id": 5})
    assert cleared[2]["status"] == "Accepted"
    await wait_until(lambda: house.connector.own_limit == 8)
    again = await central.ask("ClearChargingProfile", {"id": 5}, "2")
    assert again[2]["status"] == "Unknown"


@pytest.mark.parametrize("limit", [8.0, 7.5, 16.0])
async def test_its_limit_may_be_written_with_a_decimal(
    house: House, central: FakeCentral, limit: float
) -> None:
    charge_point = await _set_up(house, central, "proxy")
    await house.charge(charge_point, 30)
    assert await _limit(central, _profile(limit)) == "Accepted"
    await wait_until(lambda: house.connector.own_limit == limit)


async def test_limit_that_is_no_number_is_an_error_of_its_own(
    house: House, central: FakeCentral
) -> None:
    await _set_up(house, central, "proxy")
    for number, limit in enumerate((float("nan"), float("inf"), 1e300, 4.11)):
        request = {"connectorId": 1, "csChargingProfiles": _profile(limit)}
        answer = await central.ask("SetChargingProfile", request, str(number))
        assert answer[2] == "PropertyConstraintViolation"
    assert house.charger.second_system.limits.count == 0


async def test_its_limit_ends_with_its_time_and_an_hour_after_the_other_is_gone(
    house: House, central: FakeCentral
) -> None:
    charge_point = await _set_up(house, central, "proxy")
    await house.charge(charge_point, 30)
    until = (dt_util.utcnow() + timedelta(minutes=5)).isoformat()
    await _limit(central, _profile(10, validTo=until))
    await wait_until(lambda: house.connector.own_limit == 10)
    await told_all(house)
    await house.pass_time(6 * 60)
    await wait_until(lambda: house.connector.own_limit is None)

    await wait_until(lambda: house.charger.second_system.connected)
    await _limit(central, _profile(10))
    await wait_until(lambda: house.connector.own_limit == 10)
    central.status = 503
    await central.drop()
    await wait_until(lambda: not house.charger.second_system.connected)
    await house.pass_time(50 * 60)
    assert house.connector.own_limit == 10
    await house.pass_time(12 * 60)
    await wait_until(lambda: house.connector.own_limit is None)
    central.status = None
    await wait_until(lambda: house.connector.own_limit == 10)


async def test_what_the_user_lifts_stays_lifted_until_the_other_changes_it(
    house: House, central: FakeCentral
) -> None:
    charge_point = await _set_up(house, central, "proxy")
    await house.charge(charge_point, 30)
    await _limit(central, _profile(10))
    await wait_until(lambda: house.connector.own_limit == 10)
    await house.connector.lift_own_limits()
    await house.pass_time(120)
    assert house.connector.own_limit is None
    await _limit(central, _profile(12))
    await wait_until(lambda: house.connector.own_limit == 12)


async def test_senseless_limits_are_refused(house: House, central: FakeCentral) -> None:
    await _set_up(house, central, "proxy")
    request = {"connectorId": 7, "csChargingProfiles": _profile(10)}
    assert (await central.ask("SetChargingProfile", request))[2] == {"status": "Rejected"}
    tx = _profile(10, chargingProfilePurpose="TxProfile", transactionId=12345)
    assert await _limit(central, tx) == "Rejected"
    bad = {"connectorId": 1, "csChargingProfiles": {"chargingProfileId": "x"}}
    assert (await central.ask("SetChargingProfile", bad, "b"))[0] == 4
    assert house.charger.second_system.limits.count == 0


async def test_too_many_requests_do_not_reach_the_charger(
    house: House, central: FakeCentral
) -> None:
    charge_point = await _set_up(house, central, "proxy")
    for number in range(30):
        frame = [2, f"u{number}", "UnlockConnector", {"connectorId": 1}]
        await central.socket.send_str(json.dumps(frame))
    await wait_until(lambda: "u29" in central.results)
    assert len(_asked(charge_point, "UnlockConnector")) <= 10
    assert central.results["u29"][2] == {"status": "NotSupported"}


@VERSIONS
async def test_card_that_nobody_knows_is_asked_about_where_that_is_wanted(
    house: House, central: FakeCentral, ocpp: str
) -> None:
    charge_point = await _set_up(house, central, asks_cards=True, ocpp=ocpp, access="registered")
    await charge_point.plug_in(car())
    await charge_point.tap(CARD)
    await wait_until(lambda: house.connector.in_session)
    await house.settled(charge_point)
    assert house.connector.session is not None
    assert not house.charger.gatekeeper.refuses(house.connector.session)
    assert len(central.all("Authorize")) == 1


@pytest.mark.parametrize(
    "answer",
    [None, "InternalError", {"idTagInfo": {"status": "Blocked"}}, {"idTagInfo": 5}, {}],
)
async def test_card_that_the_other_does_not_vouch_for_may_not_charge(
    house: House, central: FakeCentral, answer: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("custom_components.zmartcharge.second_system_cards.ANSWER_WITHIN", 0.2)
    charge_point = await _set_up(house, central, asks_cards=True, access="registered")
    central.answers["Authorize"] = answer
    await charge_point.plug_in(car())
    await charge_point.tap(CARD)
    await wait_until(lambda: central.all("Authorize"))
    await house.settled(charge_point)
    info = await house.charger.gatekeeper.authorize(CARD)
    assert info.status == "Invalid"
    assert not house.connector.in_session


async def test_blocked_card_is_not_asked_about(house: House, central: FakeCentral) -> None:
    await _set_up(house, central, asks_cards=True, access="registered")
    data = {"id_tag": CARD, "label": "Lost fob", "blocked": True}
    await house.hass.services.async_call("zmartcharge", "register_token", data, blocking=True)
    assert (await house.charger.gatekeeper.authorize(CARD)).status == "Blocked"
    assert central.all("Authorize") == []


async def test_charger_is_answered_at_once_by_whomever_the_other_is(
    house: House, central: FakeCentral
) -> None:
    await house.set_up(site_subentry(), told_charger(central, "proxy"))
    for action in ("StartTransaction", "MeterValues", "StatusNotification", "StopTransaction"):
        central.answers[action] = None
    loop = asyncio.get_running_loop()
    async with house.raw_charger() as charger:
        boot = {"chargePointVendor": "Zm", "chargePointModel": "One"}
        await charger.call("BootNotification", boot)
        before = loop.time()
        start = {"connectorId": 1, "idTag": CARD, "meterStart": 0,
                 "timestamp": "2026-11-21T12:00:00Z"}  # fmt: skip
        (_, _, answer) = await charger.call("StartTransaction", start)
        repeated = await charger.call("StartTransaction", start)
        assert repeated[2] == answer
        for number in range(20):
            values = {"connectorId": 1, "transactionId": answer["transactionId"],
                      "meterValue": [{"timestamp": "2026-11-21T12:00:00Z",
                                      "sampledValue": [{"value": str(number)}]}]}  # fmt: skip
            await charger.call("MeterValues", values)
        assert loop.time() - before < 5
    # Said again, it is not told again.
    assert await house.hub.ledger.outbox.count("CP1") == 21


async def test_what_a_charger_had_acknowledged_is_on_the_disk(
    house: House, central: FakeCentral
) -> None:
    central.answers["StartTransaction"] = None
    await house.set_up(site_subentry(), told_charger(central))
    async with house.raw_charger() as charger:
        start = {"connectorId": 1, "idTag": CARD, "meterStart": 0,
                 "timestamp": "2026-11-21T12:00:00Z"}  # fmt: skip
        (_, _, answer) = await charger.call("StartTransaction", start)
        connection = sqlite3.connect(house.folder / "ledger.db")
        (kept,) = connection.execute("SELECT action, payload FROM forwarded_messages").fetchall()
        connection.close()
    assert kept == ("StartTransaction", json.dumps(start))
    (waiting,) = await house.hub.ledger.outbox.waiting("CP1", 10)
    assert waiting.message.transaction_id == answer["transactionId"]


async def test_limit_that_comes_with_a_start_is_for_that_session(
    house: House, central: FakeCentral
) -> None:
    charge_point = await _set_up(house, central, "proxy")
    await charge_point.plug_in(car())
    await house.settled(charge_point)
    profile = _profile(10, chargingProfilePurpose="TxProfile")
    request = {"connectorId": 1, "idTag": CARD, "chargingProfile": profile}
    answer = await central.ask("RemoteStartTransaction", request)
    assert answer[2] == {"status": "Accepted"}
    await wait_until(lambda: house.connector.own_limit == 10)
    await wait_until(lambda: house.connector.in_session)
    await house.settled(charge_point)
    await house.connector.stop()
    await wait_until(lambda: not house.connector.in_session)
    await house.settled(charge_point)
    await house.pass_time(61)
    await wait_until(lambda: house.charger.second_system.limits.count == 0)
    await wait_until(lambda: house.connector.own_limit is None)


async def test_limit_is_kept_over_a_restart(house: House, central: FakeCentral) -> None:
    charge_point = await _set_up(house, central, "proxy")
    await house.charge(charge_point, 30)
    await _limit(central, _profile(10))
    await wait_until(lambda: house.connector.own_limit == 10)
    await house.unload()
    await house.hass.config_entries.async_setup(house.entry.entry_id)
    await charge_point.stop()
    await house.connect(station=charge_point.station)
    await wait_until(lambda: house.charger.second_system.connected)
    assert house.connector.own_limit == 10
    cleared = await central.ask("ClearChargingProfile", {})
    assert cleared[2] == {"status": "Accepted"}
    await wait_until(lambda: house.connector.own_limit is None)


async def test_charger_that_is_away_is_told_to_be_unavailable(
    house: House, central: FakeCentral
) -> None:
    charge_point = await _set_up(house, central)
    await house.cut(charge_point)
    await house.pass_time(40)
    await wait_until(
        lambda: (central.all("StatusNotification") or [{}])[-1].get("status") == "Unavailable"
    )
    assert (await central.ask("UnlockConnector", {"connectorId": 1}))[2]["status"] != "Unlocked"


async def test_reservation_of_the_other_is_one_of_the_house_s(
    house: House, central: FakeCentral
) -> None:
    await _set_up(house, central, "proxy")
    until = (dt_util.utcnow() + timedelta(hours=1)).isoformat()
    request = {"connectorId": 1, "idTag": CARD, "reservationId": 77, "expiryDate": until}
    assert (await central.ask("ReserveNow", request))[2]["status"] == "Rejected"
    data = {"id_tag": CARD, "label": "Blue fob"}
    await house.hass.services.async_call("zmartcharge", "register_token", data, blocking=True)
    assert (await central.ask("ReserveNow", request, "2"))[2]["status"] == "Accepted"
    assert house.connector.reservation is not None
    another = {**request, "reservationId": 78}
    assert (await central.ask("ReserveNow", another, "3"))[2]["status"] == "Occupied"
    cancel = {"reservationId": 77}
    assert (await central.ask("CancelReservation", cancel, "4"))[2]["status"] == "Accepted"
    assert house.connector.reservation is None
    assert (await central.ask("CancelReservation", cancel, "5"))[2]["status"] == "Rejected"


async def test_other_neither_cancels_nor_replaces_what_the_owner_reserved_since(
    house: House, central: FakeCentral
) -> None:
    await _set_up(house, central, "proxy")
    data = {"id_tag": CARD, "label": "Blue fob"}
    await house.hass.services.async_call("zmartcharge", "register_token", data, blocking=True)
    reservations, now = house.charger.reservations, dt_util.utcnow()
    request = {"connectorId": 1, "idTag": CARD, "reservationId": 77}
    request["expiryDate"] = (now + timedelta(hours=5)).isoformat()
    cancel = {"reservationId": 77}

    async def owners_own_stands(number: int) -> None:
        owners = house.connector.reservation
        assert owners is not None
        answer = await central.ask("CancelReservation", cancel, f"c{number}")
        assert answer[2]["status"] == "Rejected"
        answer = await central.ask("ReserveNow", request, f"r{number}")
        assert answer[2]["status"] == "Occupied"
        assert house.connector.reservation == owners

    # Made after the other's was cancelled here, and in its place.
    assert (await central.ask("ReserveNow", request, "1"))[2]["status"] == "Accepted"
    await reservations.cancel(house.connector)
    await reservations.reserve(house.connector, CARD, now + timedelta(hours=1))
    await owners_own_stands(1)
    await reservations.cancel(house.connector)
    assert (await central.ask("ReserveNow", request, "2"))[2]["status"] == "Accepted"
    await reservations.reserve(house.connector, CARD, now + timedelta(hours=2))
    await owners_own_stands(2)


async def test_other_still_knows_its_reservation_after_a_restart(
    house: House, central: FakeCentral
) -> None:
    charge_point = await _set_up(house, central, "proxy")
    data = {"id_tag": CARD, "label": "Blue fob"}
    await house.hass.services.async_call("zmartcharge", "register_token", data, blocking=True)
    until = (dt_util.utcnow() + timedelta(hours=1)).isoformat()
    request = {"connectorId": 1, "idTag": CARD, "reservationId": 77, "expiryDate": until}
    assert (await central.ask("ReserveNow", request))[2]["status"] == "Accepted"
    await house.unload()
    await charge_point.stop()
    await house.hass.config_entries.async_setup(house.entry.entry_id)
    await house.connect(station=charge_point.station)
    await wait_until(lambda: house.charger.second_system.connected)
    answer = await central.ask("CancelReservation", {"reservationId": 77}, "2")
    assert answer[2]["status"] == "Accepted"
    assert house.connector.reservation is None


async def test_charger_put_out_of_operation_here_is_not_put_back_by_the_other(
    house: House, central: FakeCentral
) -> None:
    await _set_up(house, central, "proxy")
    await house.charger.set_enabled(enabled=False)
    request = {"connectorId": 0, "type": "Operative"}
    assert (await central.ask("ChangeAvailability", request))[2]["status"] == "Rejected"


async def test_user_is_told_after_a_day_and_when_it_is_refused(
    house: House, central: FakeCentral
) -> None:
    charge_point = await _set_up(house, central)
    central.status = 503
    await central.drop()
    await wait_until(lambda: not house.charger.second_system.connected)
    await house.pass_time(23 * 3600)
    assert house.issue("second_system_garage") is None
    await house.pass_time(2 * 3600)
    await wait_until(lambda: house.issue("second_system_garage"))
    issue = house.issue("second_system_garage")
    assert issue is not None and issue.translation_key == "second_system_gone"
    central.status = None
    await wait_until(lambda: house.issue("second_system_garage") is None)
    central.status = 401
    await central.drop()
    await wait_until(lambda: house.issue("second_system_garage"))
    issue = house.issue("second_system_garage")
    assert issue is not None and issue.translation_key == "second_system_login_refused"
    assert charge_point.connected
    central.status = 503
    paths = len(central.paths)
    await wait_until(lambda: len(central.paths) > paths + 3)
    issue = house.issue("second_system_garage")
    assert issue is not None and issue.translation_key == "second_system_login_refused"
    await house.change("garage", second_system=None)
    assert house.issue("second_system_garage") is None


async def test_another_system_gets_nothing_of_what_was_for_the_one_before(
    house: House, central: FakeCentral
) -> None:
    central.answers["StartTransaction"] = None
    charge_point = await _set_up(house, central)
    await house.charge(charge_point, 30)
    async with running(FakeCentral()) as other:
        await house.change("garage", second_system=second_system(other))
        await wait_until(lambda: house.charger.second_system.connected)
        await house.connector.stop()
        await wait_until(lambda: not house.connector.in_session)
        await house.settled(charge_point)
        await told_all(house)
        assert not other.all("StopTransaction") and not other.all("MeterValues")
        assert other.all("BootNotification")
        await house.unload()


async def test_nothing_waits_for_a_charger_that_was_removed_while_it_did_not_answer(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    down = FakeCentral()
    async with running(down):
        pass
    await house.set_up(site_subentry(), told_charger(down))
    await house.charge(await house.connect(), 30)
    outbox = house.hub.ledger.outbox
    assert await outbox.count("CP1")
    silent = asyncio.Event()
    monkeypatch.setattr(house.charger.fail_safe, "remove", silent.wait)
    monkeypatch.setattr("custom_components.zmartcharge.hub._STAND_DOWN_WITHIN", 0.05)
    await house.remove("garage")
    await house.hass.async_block_till_done()
    assert await outbox.count("CP1") == 0


async def test_nothing_waits_under_an_id_that_a_charger_had_before(house: House) -> None:
    down = FakeCentral()
    async with running(down):
        pass
    await house.set_up(site_subentry(), told_charger(down))
    await house.charge(await house.connect(), 30)
    outbox = house.hub.ledger.outbox
    assert await outbox.count("CP1")
    await house.change("garage", charge_point_id="CP2")
    assert await outbox.count("CP1") == 0


async def test_without_one_there_is_nothing_of_it(house: House) -> None:
    await house.set_up(site_subentry(), charger_subentry())
    charge_point = await house.connect()
    await house.charge(charge_point, 30)
    assert house.state(CONNECTED) == "missing"
    assert house.state(WAITING) == "missing"
    assert await house.hub.ledger.outbox.count("CP1") == 0


async def test_entities_come_and_go_with_it(house: House, central: FakeCentral) -> None:
    await house.set_up(site_subentry(), charger_subentry())
    await house.connect()
    await house.change("garage", second_system=second_system(central))
    await wait_until(lambda: house.state(CONNECTED) == "on")
    assert house.state(WAITING) == "0"
    assert central.all("BootNotification")
    await house.change("garage", second_system=None)
    assert house.state(CONNECTED) == "missing"


async def test_diagnostics_and_log_hide_where_and_as_whom(
    house: House,
    central: FakeCentral,
    hass_client: ClientSessionGenerator,
    caplog: pytest.LogCaptureFixture,
) -> None:
    await _set_up(house, central)
    await central.ask("Reset", {"type": "Soft"})
    found = await get_diagnostics_for_config_entry(house.hass, hass_client, house.entry)
    text = json.dumps(found)
    for secret in (PASSWORD, "CP-7", central.url):
        assert secret not in text
    assert PASSWORD not in caplog.text
    (charger,) = found["chargers"]
    assert charger["second_system"]["connected"] is True
    assert charger["second_system"]["refused"] == {"Reset: restart": 1}
