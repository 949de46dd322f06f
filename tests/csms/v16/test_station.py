"""What we ask of a 1.6 charger, over a real socket."""

import asyncio
from collections.abc import Awaitable, Callable
import json
from typing import Any

import pytest

from custom_components.zmartcharge.csms import (
    CallRejectedError,
    InvalidRequestError,
    NotConnectedError,
    Station,
)
from custom_components.zmartcharge.csms.resync import resynchronise

from ..conftest import RawCharger, RecordingHandler, Server


@pytest.fixture
async def charger(server: Server, handler: RecordingHandler) -> RawCharger:
    charger = await server.connect()
    await charger.call("Heartbeat", {})
    return charger


@pytest.fixture
def station(charger: RawCharger, handler: RecordingHandler) -> Station:
    assert handler.station
    found: Station = handler.station
    return found


@pytest.mark.parametrize(
    ("ask", "action", "payload"),
    [
        (
            lambda s: s.remote_start(1, "HomeAssistant"),
            "RemoteStartTransaction",
            {"idTag": "HomeAssistant", "connectorId": 1},
        ),
        (lambda s: s.remote_stop(7), "RemoteStopTransaction", {"transactionId": 7}),
        (lambda s: s.reset(hard=False), "Reset", {"type": "Soft"}),
        (lambda s: s.reset(hard=True), "Reset", {"type": "Hard"}),
        (
            lambda s: s.set_available(0, available=False),
            "ChangeAvailability",
            {"connectorId": 0, "type": "Inoperative"},
        ),
        (
            lambda s: s.configure("MeterValueSampleInterval", "10"),
            "ChangeConfiguration",
            {"key": "MeterValueSampleInterval", "value": "10"},
        ),
        (
            lambda s: s.trigger("StatusNotification", 1),
            "TriggerMessage",
            {"requestedMessage": "StatusNotification", "connectorId": 1},
        ),
    ],
)
async def test_requests_go_out_as_the_standard_names_them(
    charger: RawCharger,
    station: Station,
    ask: Callable[[Station], Awaitable[Any]],
    action: str,
    payload: dict[str, Any],
) -> None:
    asking = asyncio.ensure_future(ask(station))
    frame = await charger.answer({"status": "Accepted"})
    await asking
    assert frame[2:] == [action, payload]


async def test_a_refusal_is_raised(charger: RawCharger, station: Station) -> None:
    asking = asyncio.ensure_future(station.unlock(1))
    await charger.answer({"status": "UnlockFailed"})
    with pytest.raises(CallRejectedError, match="UnlockConnector: UnlockFailed"):
        await asking


async def test_a_scheduled_change_is_told(charger: RawCharger, station: Station) -> None:
    asking = asyncio.ensure_future(station.set_available(1, available=True))
    await charger.answer({"status": "Scheduled"})
    assert await asking == "Scheduled"


async def test_a_lost_connection_fails_the_request(charger: RawCharger, station: Station) -> None:
    asking = asyncio.ensure_future(station.unlock(1))
    await charger.hear()
    await charger.socket.close()
    with pytest.raises(NotConnectedError):
        await asking


async def test_any_request_can_be_sent(charger: RawCharger, station: Station) -> None:
    asking = asyncio.ensure_future(station.call("GetConfiguration", {"key": ["A"]}))
    frame = await charger.answer({"configurationKey": [], "unknownKey": ["A"]})
    assert frame[2:] == ["GetConfiguration", {"key": ["A"]}]
    assert await asking == {"configurationKey": [], "unknownKey": ["A"]}


@pytest.mark.parametrize(
    ("action", "payload"),
    [("Fly", {}), ("../Reset", {}), ("Reset", {}), ("Reset", {"type": "Soft", "extra": 1})],
)
async def test_a_request_that_the_standard_does_not_know_is_refused(
    station: Station, action: str, payload: dict[str, Any]
) -> None:
    with pytest.raises(InvalidRequestError):
        await station.call(action, payload)


class FakeCharger:
    """Answers configuration requests from a table."""

    def __init__(self, charger: RawCharger, keys: dict[str, str], refuse: set[str]) -> None:
        self.charger = charger
        self.keys = keys
        self.refuse = refuse
        self.set: list[tuple[str, str]] = []
        self.profiles: list[dict[str, Any]] = []

    async def serve(self) -> None:
        while True:
            frame = await self.charger.hear()
            await self.charger.say(json.dumps([3, frame[1], self._reply(frame)]))

    def _reply(self, frame: list[Any]) -> dict[str, Any]:
        action, payload = frame[2], frame[3]
        if action == "GetConfiguration":
            asked = payload.get("key", self.keys)
            known = [
                {"key": k, "readonly": False, "value": self.keys[k]}
                for k in asked
                if k in self.keys
            ]
            return {"configurationKey": known}
        if action == "SetChargingProfile":
            self.profiles.append(payload)
            unit = payload["csChargingProfiles"]["chargingSchedule"]["chargingRateUnit"]
            return {"status": "Rejected" if unit in self.refuse else "Accepted"}
        if action == "ChangeConfiguration":
            self.set.append((payload["key"], payload["value"]))
            if payload["key"] in self.refuse or payload["value"] in self.refuse:
                return {"status": "Rejected"}
            self.keys[payload["key"]] = payload["value"]
        return {"status": "Accepted"}


async def _prepared(
    charger: RawCharger, station: Station, keys: dict[str, str], refuse: set[str]
) -> tuple[Any, FakeCharger]:
    fake = FakeCharger(charger, keys, refuse)
    serving = asyncio.ensure_future(fake.serve())
    abilities = await station.prepare()
    serving.cancel()
    return abilities, fake


_ALL = (
    "Energy.Active.Import.Register,Power.Active.Import,Current.Import,Voltage,Current.Offered,SoC"
)


async def test_a_charger_is_set_up_to_report(charger: RawCharger, station: Station) -> None:
    keys = {
        "NumberOfConnectors": "2",
        "SupportedFeatureProfiles": "Core,SmartCharging",
        "MeterValueSampleInterval": "60",
        "MeterValuesSampledData": "Energy.Active.Import.Register",
    }
    abilities, fake = await _prepared(charger, station, keys, set())
    assert abilities.connectors == 2
    assert abilities.smart_charging is True
    assert abilities.meter_interval == 10
    assert fake.keys["MeterValuesSampledData"] == _ALL
    assert fake.keys["StopTransactionOnEVSideDisconnect"] == "true"


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        ({"SupportedFeatureProfiles": "Core", "LocalAuthListEnabled": "true"}, None),
        ({"SupportedFeatureProfiles": "Core,LocalAuthListManagement"}, (None, None)),
        ({}, None),
        (
            {"LocalAuthListMaxLength": "50", "SendLocalListMaxLength": "20"},
            (50, 20),
        ),
        ({"LocalAuthListMaxLength": "0", "LocalAuthListEnabled": "true"}, None),
    ],
)
async def test_what_the_local_list_has_room_for_is_learned(
    charger: RawCharger,
    station: Station,
    keys: dict[str, str],
    expected: tuple[int | None, int | None] | None,
) -> None:
    abilities, _ = await _prepared(charger, station, keys, set())
    ability = abilities.local_list
    assert (ability and (ability.max_entries, ability.per_message)) == expected


async def test_what_is_right_already_is_left_alone(charger: RawCharger, station: Station) -> None:
    keys = {
        "MeterValueSampleInterval": "10",
        "MeterValuesSampledData": _ALL,
        "StopTransactionOnEVSideDisconnect": "True",
        "ClockAlignedDataInterval": "900",
    }
    _, fake = await _prepared(charger, station, keys, set())
    assert fake.set == []


async def test_a_refused_list_is_asked_for_one_by_one(
    charger: RawCharger, station: Station
) -> None:
    class Picky(FakeCharger):
        def _reply(self, frame: list[Any]) -> dict[str, Any]:
            if frame[2] == "ChangeConfiguration" and "SoC" in frame[3]["value"]:
                self.set.append((frame[3]["key"], frame[3]["value"]))
                return {"status": "Rejected"}
            return super()._reply(frame)

    fake = Picky(charger, {"MeterValuesSampledData": ""}, set())
    serving = asyncio.ensure_future(fake.serve())
    await station.prepare()
    serving.cancel()
    assert fake.keys["MeterValuesSampledData"] == _ALL.removesuffix(",SoC")
    assert len(fake.set) < 15


async def test_a_charger_that_wants_longer_intervals_gets_them(
    charger: RawCharger, station: Station
) -> None:
    abilities, _ = await _prepared(
        charger, station, {"MeterValueSampleInterval": "300"}, {"10", "30"}
    )
    assert abilities.meter_interval == 60


async def test_a_charger_that_refuses_everything_is_left_in_peace(
    charger: RawCharger, station: Station
) -> None:
    refuse = {"10", "30", "60", "StopTransactionOnEVSideDisconnect", "ClockAlignedDataInterval"}
    abilities, fake = await _prepared(charger, station, {}, refuse)
    assert abilities.connectors is None
    assert abilities.smart_charging is None
    assert len(fake.set) < 10


@pytest.mark.parametrize(
    ("allowed", "refuse", "unit", "limit"),
    [
        ("Current", set(), "A", 16),
        ("Power", set(), "W", 11040),
        ("W,A", set(), "A", 16),
        ("", {"A"}, "W", 11040),
    ],
)
async def test_the_maximum_is_sent_in_a_unit_that_the_charger_takes(
    charger: RawCharger,
    station: Station,
    allowed: str,
    refuse: set[str],
    unit: str,
    limit: float,
) -> None:
    fake = FakeCharger(charger, {"ChargingScheduleAllowedChargingRateUnit": allowed}, refuse)
    serving = asyncio.ensure_future(fake.serve())
    await station.set_maximum(16.0, 11040.0)
    serving.cancel()
    profile = fake.profiles[-1]["csChargingProfiles"]
    assert fake.profiles[-1]["connectorId"] == 0
    assert profile["chargingProfilePurpose"] == "ChargePointMaxProfile"
    assert profile["chargingSchedule"]["chargingRateUnit"] == unit
    assert profile["chargingSchedule"]["chargingSchedulePeriod"] == [
        {"startPeriod": 0, "limit": limit}
    ]


async def test_a_charger_that_takes_no_maximum_says_so(
    charger: RawCharger, station: Station
) -> None:
    fake = FakeCharger(charger, {}, {"A", "W"})
    serving = asyncio.ensure_future(fake.serve())
    with pytest.raises(CallRejectedError, match="SetChargingProfile"):
        await station.set_maximum(16.0, 11040.0)
    serving.cancel()


async def test_a_charger_that_reconnects_without_booting_is_asked_for_its_state(
    charger: RawCharger, station: Any, handler: RecordingHandler
) -> None:
    asking = asyncio.ensure_future(resynchronise("CP1", station, handler, grace=0))
    asked = [(await charger.answer({"status": s}))[3] for s in ("Rejected", "Accepted", "Accepted")]
    await asking
    assert handler.resumptions == 1
    assert [payload["requestedMessage"] for payload in asked] == [
        "BootNotification",
        "StatusNotification",
        "MeterValues",
    ]


async def test_a_charger_that_boots_is_not_asked(
    charger: RawCharger, station: Any, handler: RecordingHandler
) -> None:
    await charger.call("BootNotification", {"chargePointVendor": "Z", "chargePointModel": "1"})
    await resynchronise("CP1", station, handler, grace=0)
    assert handler.resumptions == 0
    assert (await charger.call("Heartbeat", {}))[0] == 3
