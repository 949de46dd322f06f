"""The flow by which a charger is told of to a second central system."""

from typing import Any

from homeassistant.data_entry_flow import FlowResultType
import pytest

from script.lib.demo.processes import free_port

from .beside import central_fixture, told_charger  # noqa: F401
from .csms.forwarding.central import PASSWORD, FakeCentral
from .flows import SubentryFlows, defaults, flows_fixture, spoken_fixture  # noqa: F401
from .house import House, site_subentry, wait_until


def _values(central: FakeCentral, **changes: Any) -> dict[str, Any]:
    return {
        "url": central.url,
        "username": "CP-7",
        "password": PASSWORD,
        "mode": "mirror",
        "asks_cards": False,
        **changes,
    }


async def _form(flows: SubentryFlows) -> Any:
    form = await flows.choose(await flows.charger_menu(), "second_system")
    if form["type"] is FlowResultType.MENU:
        form = await flows.choose(form, "second_system_form")
    return form


async def test_it_is_tried_and_then_told(
    house: House, flows: SubentryFlows, central: FakeCentral
) -> None:
    await house.set_up()
    await house.connect()
    station = house.charger.station
    form = await _form(flows)
    assert defaults(form)["username"] == "CP1"
    result = await flows.answer(form, **_values(central))
    assert result["reason"] == "reconfigure_successful"
    assert central.knows("CP-7")
    await wait_until(lambda: house.charger.second_system.connected)
    assert house.charger.station is station


@pytest.mark.parametrize(
    ("status", "error"),
    [(401, "login_refused"), (404, "unknown_charger"), (500, "unreachable"), (200, "not_ocpp")],
)
async def test_what_is_wrong_is_told_and_nothing_kept(
    house: House, flows: SubentryFlows, central: FakeCentral, status: int, error: str
) -> None:
    await house.set_up()
    central.status = status
    form = await flows.answer(await _form(flows), **_values(central))
    assert form["errors"] == {"base": f"second_system_{error}"}
    assert "password" not in defaults(form)
    assert house.charger.second_system.destination is None
    central.status = None
    result = await flows.answer(form, **_values(central))
    assert result["reason"] == "reconfigure_successful"


async def test_nobody_at_the_address(
    house: House, flows: SubentryFlows, central: FakeCentral
) -> None:
    await house.set_up()
    url = f"ws://127.0.0.1:{free_port()}"
    form = await flows.answer(await _form(flows), **_values(central, url=url))
    assert form["errors"] == {"base": "second_system_unreachable"}


async def test_address_without_encryption_is_told_as_such(
    house: House, flows: SubentryFlows, central: FakeCentral
) -> None:
    await house.set_up()
    url = central.url.replace("ws:", "wss:")
    form = await flows.answer(await _form(flows), **_values(central, url=url))
    assert form["errors"] == {"base": "second_system_not_encrypted"}


@pytest.mark.parametrize(
    "answer", [{"status": "Pending"}, {"status": "Rejected"}, {}, "SecurityError"]
)
async def test_who_does_not_accept_the_charger_is_kept_only_when_submitted_again(
    house: House, flows: SubentryFlows, central: FakeCentral, answer: Any
) -> None:
    await house.set_up()
    await house.connect()
    central.answers["BootNotification"] = answer
    form = await flows.answer(await _form(flows), **_values(central))
    assert form["errors"] == {"base": "second_system_boot_refused"}
    assert central.all("BootNotification")[0]["chargePointVendor"]
    form = await flows.answer(form, **_values(central, username="CP-8"))
    assert form["errors"] == {"base": "second_system_boot_refused"}
    assert house.charger.second_system.destination is None
    result = await flows.answer(form, **_values(central, username="CP-8"))
    assert result["reason"] == "reconfigure_successful"
    assert house.charger.second_system.destination is not None


@pytest.mark.parametrize(
    ("changes", "errors"),
    [
        ({"url": "https://central.example"}, {"url": "second_system_url_invalid"}),
        ({"url": "ws://a:b@central.example"}, {"url": "second_system_url_with_login"}),
        ({"username": "a:b"}, {"username": "second_system_identity_invalid"}),
        ({"password": "x" * 256}, {"password": "second_system_password_invalid"}),
    ],
)
async def test_nonsense_is_refused_without_a_try(
    house: House,
    flows: SubentryFlows,
    central: FakeCentral,
    changes: dict[str, Any],
    errors: dict[str, str],
) -> None:
    await house.set_up()
    form = await flows.answer(await _form(flows), **_values(central, **changes))
    assert form["errors"] == errors
    assert central.paths == []


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "127.1.2.3"])
async def test_our_own_address_is_refused(
    house: House, flows: SubentryFlows, central: FakeCentral, host: str
) -> None:
    await house.set_up()
    url = f"ws://{host}:{house.hub.port}"
    form = await flows.answer(await _form(flows), **_values(central, url=url))
    assert form["errors"] == {"url": "second_system_url_own"}


async def test_password_stays_at_its_address_and_goes_nowhere_else(
    house: House, flows: SubentryFlows, central: FakeCentral
) -> None:
    await house.set_up(site_subentry(), told_charger(central))
    await house.connect()
    await wait_until(lambda: house.charger.second_system.connected)
    form = await _form(flows)
    assert "password" not in defaults(form)
    changed = _values(central, mode="proxy")
    changed.pop("password")
    tried = len(central.logins)
    assert (await flows.answer(form, **changed))["reason"] == "reconfigure_successful"
    destination = house.charger.second_system.destination
    assert destination is not None
    assert (destination.mode, destination.password) == ("proxy", PASSWORD)
    await wait_until(lambda: house.charger.second_system.connected)
    assert len(central.logins) == tried + 1

    elsewhere = changed | {"url": central.url + "/elsewhere"}
    await flows.answer(await _form(flows), **elsewhere)
    destination = house.charger.second_system.destination
    assert destination is not None and destination.password is None


async def test_it_is_ended(house: House, flows: SubentryFlows, central: FakeCentral) -> None:
    await house.set_up(site_subentry(), told_charger(central))
    await house.connect()
    menu = await flows.choose(await flows.charger_menu(), "second_system")
    form = await flows.choose(menu, "second_system_end")
    assert (await flows.answer(form))["reason"] == "reconfigure_successful"
    assert house.charger.second_system.destination is None
    assert "second_system" not in house.entry.subentries["garage"].data


async def test_settings_of_the_charger_keep_it(
    house: House, flows: SubentryFlows, central: FakeCentral
) -> None:
    await house.set_up(site_subentry(), told_charger(central))
    await house.connect()
    await flows.change_charger(name="Driveway")
    destination = house.charger.second_system.destination
    assert destination is not None and destination.password == PASSWORD
