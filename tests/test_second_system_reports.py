"""What a second central system reads of a newer charger's variables, over a real socket (B07, B08)."""

from typing import Any

import pytest

from .beside import central_fixture, told_all, told_charger  # noqa: F401
from .csms.forwarding.central import FakeCentral
from .house import House, site_subentry, wait_until

MODES = pytest.mark.parametrize("mode", ["mirror", "proxy"])


async def _set_up(house: House, central: FakeCentral, mode: str = "proxy") -> Any:
    await house.set_up(site_subentry(), told_charger(central, mode))
    charge_point = await house.connect(ocpp="2.0.1")
    await told_all(house)
    return charge_point


async def _told(central: FakeCentral, number: int) -> dict[str, str]:
    """Wait for the whole of a report and return the values in it, by component and variable."""

    def parts() -> list[dict[str, Any]]:
        return [each for each in central.all("NotifyReport") if each["requestId"] == number]

    await wait_until(lambda: parts() and not parts()[-1]["tbc"])
    assert [each["seqNo"] for each in parts()] == list(range(len(parts())))
    assert all(each["tbc"] for each in parts()[:-1])
    found = {}
    for item in (item for part in parts() for item in part["reportData"]):
        (attribute,) = item["variableAttribute"]
        assert attribute["mutability"] == "ReadOnly"
        found[f"{item['component']['name']}.{item['variable']['name']}"] = attribute["value"]
    return found


@MODES
@pytest.mark.parametrize("base", ["FullInventory", "ConfigurationInventory"])
async def test_it_is_told_what_the_charger_told_of_itself_under_its_own_number(
    house: House, central: FakeCentral, mode: str, base: str
) -> None:
    charge_point = await _set_up(house, central, mode)
    before = len(charge_point.frames)
    answer = await central.ask("GetBaseReport", {"requestId": 77, "reportBase": base})
    assert answer[2] == {"status": "Accepted"}
    found = await _told(central, 77)
    assert found["SampledDataCtrlr.TxUpdatedInterval"] == "10"
    assert len(central.all("NotifyReport")) > 1
    # The charger itself has not been asked.
    sent = [frame.text for frame in list(charge_point.frames)[before:]]
    assert not any("GetBaseReport" in text for text in sent)


async def test_keys_and_addresses_are_in_no_report(house: House, central: FakeCentral) -> None:
    await _set_up(house, central)
    house.charger.abilities.configuration.update(
        {
            "SecurityCtrlr.BasicAuthPassword": "hidden-1",
            "OCPPCommCtrlr.NetworkProfileUrl": "hidden-2",
            "ChargingStation.SerialNumber": "hidden-3",
        }
    )
    await central.ask("GetBaseReport", {"requestId": 1, "reportBase": "FullInventory"})
    assert not any("hidden" in value for value in (await _told(central, 1)).values())
    wanted = [{"component": {"name": "SecurityCtrlr"}}]
    answer = await central.ask("GetReport", {"requestId": 2, "componentVariable": wanted}, "two")
    assert "hidden-1" not in str(answer)


async def test_it_chooses_components_and_variables(house: House, central: FakeCentral) -> None:
    await _set_up(house, central)
    wanted = [
        {"component": {"name": "AuthCtrlr"}},
        {"component": {"name": "TxCtrlr"}, "variable": {"name": "TxStopPoint"}},
        {"component": {"name": "DeviceDataCtrlr"},
         "variable": {"name": "ItemsPerMessage", "instance": "GetReport"}},
    ]  # fmt: skip
    answer = await central.ask("GetReport", {"requestId": 5, "componentVariable": wanted})
    assert answer[2] == {"status": "Accepted"}
    found = await _told(central, 5)
    assert {name.partition(".")[0] for name in found} == {"AuthCtrlr", "TxCtrlr", "DeviceDataCtrlr"}
    assert [name for name in found if name.startswith("TxCtrlr")] == ["TxCtrlr.TxStopPoint"]
    assert len(central.all("NotifyReport")) == 1


async def test_it_chooses_by_what_is_available_or_has_a_problem(
    house: House, central: FakeCentral
) -> None:
    await _set_up(house, central)
    house.charger.abilities.configuration.update(
        {
            "Fan.Problem": "true",
            "Fan.Speed": "0",
            "Printer.Available": "false",
        }
    )
    criteria = {"requestId": 6, "componentCriteria": ["Problem"]}
    assert (await central.ask("GetReport", criteria))[2] == {"status": "Accepted"}
    assert await _told(central, 6) == {"Fan.Problem": "true", "Fan.Speed": "0"}
    criteria = {"requestId": 7, "componentCriteria": ["Available"]}
    assert (await central.ask("GetReport", criteria, "available"))[2] == {"status": "Accepted"}
    found = await _told(central, 7)
    assert "Fan.Speed" in found
    assert "Printer.Available" not in found


@pytest.mark.parametrize(
    ("action", "asked", "status"),
    [
        ("GetBaseReport", {"reportBase": "SummaryInventory"}, "NotSupported"),
        ("GetReport", {"componentVariable": [{"component": {"name": "No"}}]}, "EmptyResultSet"),
        ("GetReport", {"componentCriteria": ["Problem"]}, "EmptyResultSet"),
    ],
)
async def test_what_there_is_not_is_said_at_once(
    house: House, central: FakeCentral, action: str, asked: dict[str, Any], status: str
) -> None:
    await _set_up(house, central)
    answer = await central.ask(action, {"requestId": 8, **asked})
    assert answer[2] == {"status": status}
    assert central.all("NotifyReport") == []


async def test_one_report_at_a_time(house: House, central: FakeCentral) -> None:
    await _set_up(house, central)
    central.answers["NotifyReport"] = None
    ask = {"requestId": 9, "reportBase": "FullInventory"}
    assert (await central.ask("GetBaseReport", ask))[2] == {"status": "Accepted"}
    again = await central.ask("GetBaseReport", {**ask, "requestId": 10}, "again")
    assert again[2] == {"status": "Rejected"}


async def test_a_report_ends_with_its_connection(house: House, central: FakeCentral) -> None:
    await _set_up(house, central)
    central.answers["NotifyReport"] = None
    await central.ask("GetBaseReport", {"requestId": 9, "reportBase": "FullInventory"})
    await wait_until(lambda: central.all("NotifyReport"))
    del central.answers["NotifyReport"]
    await central.drop()
    await wait_until(lambda: len(central.sockets) > 1 and house.charger.second_system.connected)
    await told_all(house)
    assert len(central.all("NotifyReport")) == 1
    await central.ask("GetBaseReport", {"requestId": 11, "reportBase": "FullInventory"}, "new")
    assert await _told(central, 11)
