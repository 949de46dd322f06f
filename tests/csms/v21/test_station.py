"""A charger that speaks OCPP 2.1, over a real socket."""

import asyncio
from datetime import timedelta
import json
from typing import Any

import pytest

from custom_components.zmartcharge.csms import ConnectorState, Limit, Station

from ..conftest import Server
from ..v201.conftest import CARD, CHARGING, Charger201, KeepingHandler, begin, register

EXPIRY = timedelta(seconds=120)
EIGHT, TEN = Limit(amperes=8, watts=5520), Limit(amperes=10, watts=6900)


@pytest.fixture
def handler() -> KeepingHandler:
    return KeepingHandler()


@pytest.fixture
async def charger(server: Server) -> Charger201:
    raw = await server.connect(protocols=("ocpp2.1", "ocpp2.0.1"))
    assert raw.socket.protocol == "ocpp2.1"
    charger = Charger201(raw.socket)
    await charger.call("Heartbeat", {})
    return charger


@pytest.fixture
def station(charger: Charger201, handler: KeepingHandler) -> Station:
    found: Station = handler.station
    assert found.version == "2.1"
    return found


async def test_a_session_is_kept_from_its_card_to_its_end(
    charger: Charger201, station: Station, handler: KeepingHandler
) -> None:
    await charger.status("Occupied")
    assert (await charger.call("Authorize", {"idToken": CARD}))[2] == {
        "idTokenInfo": {"status": "Accepted"}
    }
    assert await begin(charger) == {"idTokenInfo": {"status": "Accepted"}}
    assert handler.all("status")[-1].state is ConnectorState.CHARGING
    await charger.event("Updated", info=CHARGING, meterValue=[register(1500)])
    stopping = asyncio.ensure_future(station.remote_stop(4711))
    assert (await charger.answer({"status": "Accepted"}))[3] == {"transactionId": "T1"}
    await stopping
    await charger.event("Ended", info={"stoppedReason": "Remote"}, meterValue=[register(2000)])
    assert handler.stopped[4711].meter_stop == 2000
    assert handler.stopped[4711].reason == "Remote"


async def test_what_is_sent_without_wanting_an_answer_gets_none(charger: Charger201) -> None:
    stream = {"id": 1, "pending": 0, "basetime": "2026-11-21T12:00:00Z", "data": []}
    await charger.say(json.dumps([6, "s1", "NotifyPeriodicEventStream", stream]))
    assert (await charger.call("Heartbeat", {}))[:2] == [3, "m2"]


class Answering:
    """A charger that takes profiles, or some of what concerns them."""

    def __init__(self, charger: Charger201) -> None:
        self.charger = charger
        self.heard: list[tuple[str, dict[str, Any]]] = []
        self.refuse: set[str] = set()
        self.variables = {"SmartChargingCtrlr.SupportsDynamicProfiles": "true"}

    def __call__(self, action: str, payload: dict[str, Any]) -> dict[str, Any]:
        self.heard.append((action, payload))
        if action == "GetBaseReport":
            return {"status": "NotSupported"}
        if action == "GetVariables":
            return {"getVariableResult": [self._variable(it) for it in payload["getVariableData"]]}
        kind = payload.get("chargingProfile", {}).get("chargingProfileKind")
        refused = action in self.refuse or kind in self.refuse
        return {"status": "Rejected" if refused else "Accepted"}

    def _variable(self, item: dict[str, Any]) -> dict[str, Any]:
        value = self.variables.get(f"{item['component']['name']}.{item['variable']['name']}")
        status = "UnknownVariable" if value is None else "Accepted"
        return {**item, "attributeStatus": status, "attributeValue": value}

    @property
    def actions(self) -> list[str]:
        return [action for action, _ in self.heard]


@pytest.fixture
async def answering(charger: Charger201, station: Station) -> Any:
    await begin(charger)
    answering = Answering(charger)
    serving = asyncio.ensure_future(charger.serve(answering))
    await station.prepare()
    answering.heard.clear()
    yield answering
    serving.cancel()


async def _limit(station: Station, limit: Limit, expiry: timedelta = EXPIRY) -> None:
    await station.set_limit(1, limit, expiry=expiry, transaction_id=4711)


async def test_a_limit_is_installed_once_and_updated_from_then_on(
    station: Station, answering: Answering
) -> None:
    await _limit(station, EIGHT)
    await _limit(station, TEN)
    (_, installed), (action, update) = answering.heard
    profile = installed["chargingProfile"]
    assert profile["chargingProfileKind"] == "Dynamic"
    # It falls back by itself as soon after the connection is lost as a limit runs out.
    assert profile["maxOfflineDuration"] == 120
    assert profile["validTo"] == "2026-11-21T12:20:00Z"
    assert profile["transactionId"] == "T1"
    (schedule,) = profile["chargingSchedule"]
    assert schedule["chargingSchedulePeriod"] == [{"startPeriod": 0, "limit": 8.0}]
    assert not {"startSchedule", "duration"} & set(schedule)
    assert action == "UpdateDynamicSchedule"
    assert update == {"chargingProfileId": profile["id"], "scheduleUpdate": {"limit": 10.0}}


async def test_a_limit_that_nobody_renews_is_cleared(
    station: Station, answering: Answering
) -> None:
    await _limit(station, EIGHT, timedelta(seconds=0.05))
    async with asyncio.timeout(5):
        while "ClearChargingProfile" not in answering.actions:
            await asyncio.sleep(0.005)


async def test_a_lifted_limit_is_not_cleared_again(station: Station, answering: Answering) -> None:
    await _limit(station, EIGHT, timedelta(seconds=0.05))
    await station.set_limit(1, None, expiry=EXPIRY, transaction_id=4711)
    await asyncio.sleep(0.1)
    assert answering.actions.count("ClearChargingProfile") == 1


async def test_a_charger_that_lost_the_profile_gets_it_again(
    station: Station, answering: Answering
) -> None:
    await _limit(station, EIGHT)
    answering.refuse = {"UpdateDynamicSchedule"}
    await _limit(station, TEN)
    assert answering.actions == [
        "SetChargingProfile",
        "UpdateDynamicSchedule",
        "SetChargingProfile",
    ]
    kind = answering.heard[-1][1]["chargingProfile"]["chargingProfileKind"]
    assert kind == "Dynamic"


async def test_a_charger_that_refuses_dynamic_limits_gets_usual_ones(
    station: Station, answering: Answering
) -> None:
    answering.refuse = {"Dynamic"}
    await _limit(station, EIGHT)
    await _limit(station, TEN)
    kinds = [payload["chargingProfile"]["chargingProfileKind"] for _, payload in answering.heard]
    assert set(kinds[:-2]) == {"Dynamic"}
    assert kinds[-2:] == ["Absolute", "Absolute"]


@pytest.mark.parametrize("told", ["false", None])
async def test_a_charger_that_does_not_take_them_is_never_sent_one(
    station: Station, answering: Answering, told: str | None
) -> None:
    answering.variables = {"SmartChargingCtrlr.SupportsDynamicProfiles": told} if told else {}
    await station.prepare()
    answering.heard.clear()
    await _limit(station, EIGHT)
    assert answering.heard[0][1]["chargingProfile"]["chargingProfileKind"] == "Absolute"
