"""What only the vendor understands, and what the limits add up to, between charger and second system."""

import asyncio
from typing import Any
from unittest.mock import patch

from ocpp.v16 import call as v16_call
from ocpp.v201 import call as v201_call
import pytest

from custom_components.zmartcharge import second_system_vendor
from custom_components.zmartcharge.csms import CallFailedError
from simulator import SimulatedChargePoint

from .beside import central_fixture, told_all, told_charger  # noqa: F401
from .csms.forwarding.central import FakeCentral
from .house import House, site_subentry, wait_until

VERSIONS = pytest.mark.parametrize("ocpp", ["1.6", "2.0.1"])


async def _set_up(
    house: House, central: FakeCentral, mode: str = "proxy", ocpp: str = "1.6"
) -> SimulatedChargePoint:
    await house.set_up(site_subentry(), told_charger(central, mode))
    charge_point = await house.connect(ocpp=ocpp)
    await wait_until(lambda: house.charger.second_system.connected)
    await told_all(house)
    return charge_point


async def _say(charge_point: SimulatedChargePoint, ocpp: str = "1.6", **about: Any) -> Any:
    kind = v16_call if ocpp == "1.6" else v201_call
    return await charge_point.call(kind.DataTransfer(**{"vendor_id": "com.example", **about}))


# Messages of a vendor's own -------------------------------------------------------------------


@VERSIONS
async def test_what_the_charger_says_is_answered_by_whoever_understands_it(
    house: House, central: FakeCentral, ocpp: str
) -> None:
    charge_point = await _set_up(house, central, ocpp=ocpp)
    central.answers["DataTransfer"] = {"status": "Accepted", "data": "warm"}
    answer = await _say(charge_point, ocpp, message_id="Heat", data="20")
    assert (answer.status, answer.data) == ("Accepted", "warm")
    assert central.all("DataTransfer") == [
        {"vendorId": "com.example", "messageId": "Heat", "data": "20"}
    ]


async def test_data_of_newer_chargers_is_handed_on_as_it_is(
    house: House, central: FakeCentral
) -> None:
    charge_point = await _set_up(house, central, ocpp="2.0.1")
    central.answers["DataTransfer"] = {"status": "Accepted", "data": {"a": [1]}}
    answer = await _say(charge_point, "2.0.1", data={"b": [True], "c": 1.5})
    assert answer.data == {"a": [1]}
    assert central.all("DataTransfer")[0]["data"] == {"b": [True], "c": 1.5}


@pytest.mark.parametrize(
    "answer", ["NotImplemented", {}, {"status": "Whatever"}, {"status": 5, "data": "x"}]
)
async def test_an_answer_that_is_none_is_not_the_chargers(
    house: House, central: FakeCentral, answer: Any
) -> None:
    charge_point = await _set_up(house, central)
    central.answers["DataTransfer"] = answer
    told = await _say(charge_point)
    assert (told.status, told.data) == ("UnknownVendorId", None)
    assert central.all("DataTransfer")


async def test_who_is_only_told_what_happens_hears_of_none(
    house: House, central: FakeCentral
) -> None:
    charge_point = await _set_up(house, central, "mirror")
    assert (await _say(charge_point)).status == "UnknownVendorId"
    assert central.all("DataTransfer") == []


async def test_a_system_that_is_gone_keeps_no_charger_waiting(
    house: House, central: FakeCentral
) -> None:
    charge_point = await _set_up(house, central)
    central.status = 503
    await central.drop()
    await wait_until(lambda: not house.charger.second_system.connected)
    assert (await _say(charge_point)).status == "UnknownVendorId"


async def test_nobody_waits_twice_for_a_system_that_does_not_answer(
    house: House, central: FakeCentral, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(second_system_vendor, "ANSWER_WITHIN", 0.05)
    monkeypatch.setattr(second_system_vendor, "_TOLD_WITHIN", 0.1)
    charge_point = await _set_up(house, central)
    central.answers["DataTransfer"] = None
    assert (await _say(charge_point)).status == "UnknownVendorId"
    assert len(central.all("DataTransfer")) == 1
    # While that may still be answered it is told no other; afterwards it is, and nobody waits.
    assert (await _say(charge_point)).status == "UnknownVendorId"
    vendor = house.charger.second_system.vendor
    await wait_until(lambda: vendor._telling is None or vendor._telling.done())
    assert len(central.all("DataTransfer")) == 1
    monkeypatch.setattr(second_system_vendor, "ANSWER_WITHIN", 3600)
    assert (await _say(charge_point)).status == "UnknownVendorId"
    await wait_until(lambda: len(central.all("DataTransfer")) == 2)


async def test_its_silence_to_a_vendors_message_delays_no_session(
    house: House, central: FakeCentral, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(second_system_vendor, "_TOLD_WITHIN", 0.2)
    charge_point = await _set_up(house, central)
    central.answers["DataTransfer"] = None
    saying = asyncio.ensure_future(_say(charge_point))
    await wait_until(lambda: central.all("DataTransfer"))
    await house.charge(charge_point, 30)
    await told_all(house)
    assert central.all("StartTransaction")
    assert (await saying).status == "UnknownVendorId"


# What the limits add up to --------------------------------------------------------------------


def _ask_for(ocpp: str, connector_id: int = 1) -> dict[str, Any]:
    where = "connectorId" if ocpp == "1.6" else "evseId"
    return {where: connector_id, "duration": 600, "chargingRateUnit": "A"}


@VERSIONS
async def test_the_charger_itself_tells_what_all_limits_add_up_to(
    house: House, central: FakeCentral, ocpp: str
) -> None:
    charge_point = await _set_up(house, central, ocpp=ocpp)
    await house.charge(charge_point, 30)
    await house.connector.set_own_limit(9)
    await house.settled(charge_point)
    answer = (await central.ask("GetCompositeSchedule", _ask_for(ocpp)))[2]
    assert answer["status"] == "Accepted"
    schedule = answer["chargingSchedule"] if ocpp == "1.6" else answer["schedule"]
    assert schedule["chargingRateUnit"] == "A"
    # The limit is the house's own: what counts, whoever set it.
    assert schedule["chargingSchedulePeriod"][0]["limit"] == 9
    whole = (await central.ask("GetCompositeSchedule", _ask_for(ocpp, 0), "whole"))[2]
    assert whole["status"] == "Accepted"


@VERSIONS
async def test_it_is_told_of_no_connector_that_there_is_not(
    house: House, central: FakeCentral, ocpp: str
) -> None:
    charge_point = await _set_up(house, central, ocpp=ocpp)
    before = len(charge_point.frames)
    answer = await central.ask("GetCompositeSchedule", _ask_for(ocpp, 7))
    assert answer[2] == {"status": "Rejected"}
    asked = [frame.text for frame in list(charge_point.frames)[before:]]
    assert not any("GetCompositeSchedule" in text for text in asked)


@VERSIONS
async def test_who_is_only_told_what_happens_may_not_ask_the_charger(
    house: House, central: FakeCentral, ocpp: str
) -> None:
    await _set_up(house, central, "mirror", ocpp=ocpp)
    answer = await central.ask("GetCompositeSchedule", _ask_for(ocpp))
    assert answer[2] == {"status": "Rejected"}


async def test_a_charger_that_does_not_tell_is_a_refusal(
    house: House, central: FakeCentral
) -> None:
    await _set_up(house, central)
    told = {"status": "Accepted", "connectorId": 1, "evil": 1}
    with patch.object(house.charger.station, "call", return_value=told):
        answer = await central.ask("GetCompositeSchedule", _ask_for("1.6"))
    # What is no field of the answer is not handed on.
    assert answer[2] == {"status": "Accepted", "connectorId": 1}
    refused = CallFailedError("NotSupported", "")
    with patch.object(house.charger.station, "call", side_effect=refused):
        answer = await central.ask("GetCompositeSchedule", _ask_for("1.6"), "again")
    assert answer[2] == {"status": "Rejected"}
