"""The local authorization list."""

from datetime import timedelta

import pytest

from custom_components.zmartcharge.csms import (
    AuthorizationStatus,
    IdTagInfo,
    LocalListEntry,
    LocalListStatus,
    Station,
)

from ..conftest import NOW
from .charge_point import CARD, OTHER, ChargePoint

ACCEPTED = IdTagInfo(
    status=AuthorizationStatus.ACCEPTED, group="FAMILY", valid_until=NOW + timedelta(days=1)
)
ENTRIES = (LocalListEntry(id_tag=CARD, info=ACCEPTED),)
TOLD = {
    "idTag": CARD,
    "idTagInfo": {
        "status": "Accepted",
        "expiryDate": "2026-11-22T12:00:00Z",
        "parentIdTag": "FAMILY",
    },
}


@pytest.mark.parametrize("answer", [{"listVersion": -1}, "NotSupported", "NotImplemented"])
async def test_tc_042_1_version_of_a_list_that_is_not_supported(
    charge_point: ChargePoint, station: Station, answer: object
) -> None:
    charge_point.answers["GetLocalListVersion"] = answer
    assert await station.local_list_version() is None


async def test_tc_042_2_version_of_an_empty_list(
    charge_point: ChargePoint, station: Station
) -> None:
    charge_point.answers["GetLocalListVersion"] = {"listVersion": 0}
    assert await station.local_list_version() == 0


@pytest.mark.parametrize("answer", [{"status": "NotSupported"}, "NotSupported"])
async def test_tc_043_1_list_that_is_not_supported(
    charge_point: ChargePoint, station: Station, answer: object
) -> None:
    charge_point.answers["SendLocalList"] = answer
    status = await station.send_local_list(1, ENTRIES, full=True)
    assert status is LocalListStatus.NOT_SUPPORTED


async def test_tc_043_3_list_that_fails(charge_point: ChargePoint, station: Station) -> None:
    charge_point.answers["SendLocalList"] = {"status": "Failed"}
    assert await station.send_local_list(1, ENTRIES, full=True) is LocalListStatus.FAILED


async def test_tc_043_4_whole_list(charge_point: ChargePoint, station: Station) -> None:
    assert await station.send_local_list(1, ENTRIES, full=True) is LocalListStatus.ACCEPTED
    assert await charge_point.was_asked("SendLocalList") == {
        "listVersion": 1,
        "updateType": "Full",
        "localAuthorizationList": [TOLD],
    }


async def test_tc_043_5_difference_to_the_list(charge_point: ChargePoint, station: Station) -> None:
    changes = (*ENTRIES, LocalListEntry(id_tag=OTHER, info=None))
    assert await station.send_local_list(2, changes, full=False) is LocalListStatus.ACCEPTED
    assert await charge_point.was_asked("SendLocalList") == {
        "listVersion": 2,
        "updateType": "Differential",
        "localAuthorizationList": [TOLD, {"idTag": OTHER}],
    }
