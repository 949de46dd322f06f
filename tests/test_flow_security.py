"""How TLS is switched on, how chargers are told to use it, and what can be wrong with it."""

from pathlib import Path
import socket
from typing import Any
from unittest.mock import patch

from homeassistant.data_entry_flow import FlowResultType
import pytest

from custom_components.zmartcharge import flow_charger
from custom_components.zmartcharge.csms import SecurityProfile
from script.lib.demo.processes import free_port
from simulator import Station, Tls

from .flows import SubentryFlows, defaults, flows_fixture, spoken_fixture, switch_on  # noqa: F401
from .house import House, charger_subentry, prompt_evse, site_subentry, wait_until
from .secured import OWN_AUTHORITY, SecuredHouse, secured_fixture  # noqa: F401

pytestmark = pytest.mark.usefixtures("spoken")


async def _options(house: House, *choices: str) -> Any:
    """Open the hub's options and choose from their menu."""
    options = house.hass.config_entries.options
    result = await options.async_init(house.entry.entry_id)
    for choice in choices:
        result = await _answer(house, result, next_step_id=choice)
    return result


async def _answer(house: House, result: Any, **values: Any) -> Any:
    options = house.hass.config_entries.options
    result = await options.async_configure(result["flow_id"], values)
    await house.hass.async_block_till_done()
    return result


# The hub --------------------------------------------------------------------------------------


async def test_tls_is_off_until_it_is_chosen(secured: SecuredHouse) -> None:
    house = await secured.set_up(options={})
    menu = await _options(house)
    assert menu["menu_options"] == ["own_authority", "own_files"]
    form = await _answer(house, menu, next_step_id="own_authority")
    assert defaults(form)["tls_port"] == 9443
    port = free_port()
    done = await _answer(house, form, tls_port=port, host_names=["charging.home.arpa", " "])
    assert done["type"] is FlowResultType.CREATE_ENTRY
    await wait_until(lambda: house.hub.tls.port == port)
    assert house.hub.config.tls.host_names == ("charging.home.arpa",)
    again = await _options(house, "own_authority")
    assert defaults(again) == {"tls_port": port, "host_names": ["charging.home.arpa"]}
    # Its own port is not one that another program uses.
    done = await _answer(house, again, tls_port=port)
    assert done["type"] is FlowResultType.CREATE_ENTRY


@pytest.mark.parametrize(
    "name", ["https://ha.local", "ha.local:9443", "a b", "300.1.1.1", "wss://ha", "é" * 70]
)
async def test_a_name_that_is_none_is_refused(secured: SecuredHouse, name: str) -> None:
    house = await secured.set_up(options={})
    form = await _options(house, "own_authority")
    form = await _answer(house, form, tls_port=free_port(), host_names=[name])
    assert form["errors"] == {"host_names": "host_name"}
    assert house.hub.tls.port is None


async def test_a_port_that_is_taken_is_refused(secured: SecuredHouse) -> None:
    house = await secured.set_up(options={})
    form = await _options(house, "own_authority")
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        form = await _answer(house, form, tls_port=other.getsockname()[1])
    assert form["errors"] == {"tls_port": "port_in_use"}


async def test_one_port_cannot_be_both(secured: SecuredHouse) -> None:
    secured.house.configure(port=free_port())
    house = secured.house
    await house.set_up()
    form = await _options(house, "own_authority")
    form = await _answer(house, form, tls_port=house.hub.port)
    assert form["errors"] == {"tls_port": "same_port"}


async def test_a_damaged_authority_is_told_and_what_to_do(secured: SecuredHouse) -> None:
    house = await secured.set_up(options={})
    (secured.folder / "root-rsa.pem").write_text("damaged")
    form = await _options(house, "own_authority")
    form = await _answer(house, form, tls_port=free_port())
    assert form["errors"] == {"base": "certificate_problem"}
    assert "backup" in form["description_placeholders"]["problem"]


@pytest.mark.parametrize(
    ("certificate", "key", "field", "words"),
    [
        ("server-ec.pem", "server-ec.pem", None, None),
        ("nowhere.pem", "server-ec.pem", "certificate", "no file"),
        ("server-ec.pem", "nowhere.pem", "private_key", "no file"),
        ("server-ec.pem", "server-rsa.pem", "private_key", "belong"),
        ("root-ec.pem", "root-ec.pem", "certificate", "server"),
        (".", "server-ec.pem", "certificate", "read"),
    ],
)
async def test_own_files_are_read_before_they_are_kept(
    secured: SecuredHouse, certificate: str, key: str, field: str | None, words: str | None
) -> None:
    house = await secured.set_up(options={})
    form = await _options(house, "own_files")
    answer = await _answer(
        house,
        form,
        tls_port=free_port(),
        certificate=str(secured.folder / certificate),
        private_key=f" {secured.folder / key} ",
    )
    if field is None:
        assert answer["type"] is FlowResultType.CREATE_ENTRY
        assert house.hub.tls.port
        return
    assert answer["errors"] == {field: "certificate_problem"}
    assert words is not None
    assert words in answer["description_placeholders"]["problem"]


async def test_root_certificates_are_shown_with_links(secured: SecuredHouse) -> None:
    house = await secured.set_up()
    form = await _options(house, "root_certificates")
    shown = form["description_placeholders"]
    assert house.hub.tls.roots[0].strip() in shown["certificates"]
    assert "PRIVATE" not in shown["certificates"]
    assert "/api/zmartcharge/root_certificate/ec?authSig=" in shown["links"]
    menu = await _answer(house, form)
    assert menu["step_id"] == "init"


async def test_tls_is_not_taken_from_chargers_that_need_it(secured: SecuredHouse) -> None:
    house = await secured.with_profile(2)
    form = await _options(house, "tls_off")
    form = await _answer(house, form)
    assert form["errors"] == {"base": "chargers_need_tls"}
    assert "Garage" in form["description_placeholders"]["chargers"]
    await house.change("garage", security_profile=None)
    done = await _answer(house, form)
    assert done["type"] is FlowResultType.CREATE_ENTRY
    await house.hass.async_block_till_done()
    assert house.hub.tls.port is None


async def test_certificates_of_chargers_need_the_authority_that_made_them(
    secured: SecuredHouse,
) -> None:
    house = await secured.with_profile(3, certificates=["ab" * 32])
    form = await _options(house, "own_files")
    path = str(secured.folder / "server-ec.pem")
    form = await _answer(house, form, tls_port=free_port(), certificate=path, private_key=path)
    assert form["errors"] == {"base": "chargers_need_authority"}
    assert form["description_placeholders"]["chargers"] == "Garage"


# A charger ------------------------------------------------------------------------------------


async def test_a_new_charger_is_added_by_tls(secured: SecuredHouse, flows: SubentryFlows) -> None:
    house = await secured.set_up(site_subentry())
    form = await flows.add_charger(security_profile="2")
    assert form["step_id"] == "connect_secure"
    shown = form["description_placeholders"]
    assert shown["url"] == f"{secured.tls_url}/CP1"
    assert "root_certificate/rsa" in shown["roots"]
    waiting = await flows.answer(form)
    charge_point = secured.charge_point(password=shown["key"])
    await charge_point.start()
    done = await flows.arrived(waiting)
    assert done["type"] is FlowResultType.CREATE_ENTRY
    (charger,) = house.hub.chargers.values()
    assert charger.config.profile is SecurityProfile.TLS_BASIC
    assert charger.came_by is SecurityProfile.TLS_BASIC


async def test_a_new_charger_that_comes_without_tls_is_told_of(
    secured: SecuredHouse, flows: SubentryFlows
) -> None:
    house = await secured.set_up(site_subentry())
    form = await flows.add_charger(security_profile="2")
    key = form["description_placeholders"]["key"]
    with patch.object(flow_charger, "WAIT_FOR_BOOT", 30.0):
        waiting = await flows.answer(form)
        await switch_on(house, key)
        menu = await flows.arrived(waiting)
    assert menu["step_id"] == "insecure"
    again = await flows.choose(menu, "connect")
    assert again["step_id"] == "connect_secure"
    flows.close(again)


async def test_a_charger_without_tls_is_added_as_before(
    secured: SecuredHouse, flows: SubentryFlows
) -> None:
    await secured.set_up(site_subentry())
    form = await flows.add_charger(security_profile="1")
    assert form["step_id"] == "connect"
    assert form["description_placeholders"]["url"].startswith("ws://")
    flows.close(form)


@pytest.mark.parametrize(
    ("values", "error"),
    [
        ({"security": "no_key", "security_profile": "2"}, "profile_needs_key"),
        ({"security_profile": "3"}, "profile_needs_certificate"),
    ],
)
async def test_what_the_profile_needs_has_to_be_there(
    secured: SecuredHouse, flows: SubentryFlows, values: dict[str, str], error: str
) -> None:
    await secured.set_up(site_subentry())
    form = await flows.add_charger(**values)
    assert form["errors"] == {"security_profile": error}
    flows.close(form)


async def test_a_known_charger_shows_its_new_address_and_has_to_use_it(
    secured: SecuredHouse, flows: SubentryFlows
) -> None:
    house = await secured.set_up()
    charge_point = await house.connect()
    menu = await flows.change_charger()
    assert menu["menu_options"] == ["charger", "upgrade", "second_system"]
    form = await flows.choose(menu, "charger")
    assert defaults(form)["security_profile"] == "1"
    form = await flows.answer(form, **{**defaults(form), "security_profile": "2"})
    assert form["step_id"] == "connect_secure"
    assert form["description_placeholders"]["key"] == "–"
    done = await flows.answer(form)
    assert done["reason"] == "reconfigure_successful"
    await wait_until(lambda: not house.charger.connected)
    await charge_point.stop()
    await secured.connect()
    # Nothing else of it is asked for again.
    form = await flows.change_charger(name="Garage 2")
    assert form["type"] is FlowResultType.ABORT
    assert house.charger.config.profile is SecurityProfile.TLS_BASIC


async def test_who_leaves_profile_3_loses_its_certificates(
    secured: SecuredHouse, flows: SubentryFlows
) -> None:
    house = await secured.with_profile(3, certificates=["ab" * 32])
    form = await flows.change_charger(name="Garage 2")
    assert form["type"] is FlowResultType.ABORT
    assert house.charger.config.certificates == ("ab" * 32,)
    form = await flows.change_charger(security_profile="2")
    await flows.answer(form)
    assert house.charger.config.certificates == ()


async def test_a_new_key_ends_the_change_of_the_one_before(
    secured: SecuredHouse, flows: SubentryFlows
) -> None:
    house = await secured.with_profile(2, new_key_hash="scrypt$a$b")
    form = await flows.change_charger(name="Garage 2")
    assert form["type"] is FlowResultType.ABORT
    assert house.charger.config.new_key_hashes == ("scrypt$a$b",)
    await flows.answer(await flows.change_charger(security="generated_key"))
    assert house.charger.config.new_key_hashes == ()


@pytest.mark.parametrize(("profile", "kept"), [(2, ()), (3, ("ab" * 32,))])
async def test_a_new_key_ends_certificates_that_need_not_be_brought(
    secured: SecuredHouse, flows: SubentryFlows, profile: int, kept: tuple[str, ...]
) -> None:
    house = await secured.with_profile(profile, certificates=["ab" * 32])
    await flows.answer(await flows.change_charger(security="generated_key"))
    assert house.charger.config.certificates == kept


# From 1 to 2 ----------------------------------------------------------------------------------


async def _upgrade(flows: SubentryFlows, **values: Any) -> Any:
    menu = await flows.change_charger()
    form = await flows.choose(menu, "upgrade")
    return await flows.answer(form, **values)


async def _ended(house: House, flows: SubentryFlows, result: Any) -> Any:
    if result["type"] is FlowResultType.ABORT:
        return result
    flow_id = result["flow_id"]
    assert result["type"] is FlowResultType.SHOW_PROGRESS
    await wait_until(lambda: flows.manager.async_get(flow_id)["step_id"] != "upgrading")
    return await flows.manager.async_configure(flow_id)


async def test_a_charger_moves_up_and_has_to_stay_there(
    secured: SecuredHouse, flows: SubentryFlows
) -> None:
    house = await secured.set_up()
    charge_point = await house.connect(
        station=Station(prompt_evse(), {"SecurityProfile": "1"}), tls=Tls(url=secured.tls_url)
    )
    done = await _ended(house, flows, await _upgrade(flows))
    assert done["reason"] == "upgrade_done"
    assert house.charger.config.profile is SecurityProfile.TLS_BASIC
    assert house.charger.came_by is SecurityProfile.TLS_BASIC
    assert secured.events()["event_type"] == "profile_raised"
    await house.settled(charge_point)
    # There is nothing more to do.
    form = await flows.change_charger()
    assert form["type"] is FlowResultType.FORM
    flows.close(form)


async def test_a_charger_that_does_not_find_the_port_goes_on_as_before(
    secured: SecuredHouse, flows: SubentryFlows
) -> None:
    house = await secured.set_up()
    await house.connect(
        station=Station(prompt_evse(), {"SecurityProfile": "1"}),
        tls=Tls(url=f"wss://127.0.0.1:{free_port()}"),
    )
    done = await _ended(house, flows, await _upgrade(flows))
    assert done["reason"] == "upgrade_address_untold"
    assert house.charger.config.profile is SecurityProfile.BASIC
    await wait_until(lambda: house.charger.connected)


async def test_the_setting_of_the_address_is_found_and_changed(
    secured: SecuredHouse, flows: SubentryFlows
) -> None:
    house = await secured.set_up()
    address = f"ws://127.0.0.1:{house.hub.port}/CP1"
    configuration = {"SecurityProfile": "1", "BackendUrl": address, "OtherUrl": "http://x"}
    charge_point = await house.connect(
        station=Station(prompt_evse(), configuration), tls=Tls(url=secured.tls_url)
    )
    menu = await flows.change_charger()
    form = await flows.choose(menu, "upgrade")
    assert defaults(form) == {"url_key": "BackendUrl"}
    done = await _ended(house, flows, await flows.answer(form, url_key="BackendUrl"))
    assert done["reason"] == "upgrade_done"
    told = charge_point.station.configuration.text("BackendUrl")
    assert told == f"{secured.tls_url}/CP1"


async def test_a_charger_of_2_0_1_is_asked_how_it_is_connected_and_moves_up(
    secured: SecuredHouse, flows: SubentryFlows
) -> None:
    house = await secured.set_up()
    charge_point = await house.connect(ocpp="2.0.1", station=Station(prompt_evse()), tls=Tls())
    form = await flows.choose(await flows.change_charger(), "upgrade")
    assert [str(key) for key in form["data_schema"].schema] == ["interface"]
    done = await _ended(house, flows, await flows.answer(form, interface="wifi"))
    assert done["reason"] == "upgrade_done"
    assert house.charger.config.profile is SecurityProfile.TLS_BASIC
    told = [frame.text for frame in charge_point.frames if "SetNetworkProfile" in frame.text]
    assert len(told) == 1
    assert "Wireless0" in told[0]
    assert secured.tls_url in told[0]


async def test_an_impossible_setting_changes_nothing(
    secured: SecuredHouse, flows: SubentryFlows
) -> None:
    house = await secured.set_up()
    await house.connect(station=Station(prompt_evse(), {"SecurityProfile": "1"}), tls=Tls())
    done = await _ended(house, flows, await _upgrade(flows, url_key="x" * 60))
    assert done["reason"] == "upgrade_url_refused"


@pytest.mark.parametrize("state", ["away", "charging", "no_key", "no_root"])
async def test_it_is_not_begun_when_it_cannot_succeed(
    secured: SecuredHouse, flows: SubentryFlows, state: str
) -> None:
    charger = charger_subentry(**({"key_hash": None} if state == "no_key" else {}))
    options: dict[str, Any] = dict(OWN_AUTHORITY)
    if state == "no_root":
        path = secured.folder / "alone.pem"
        path.write_text(_first_certificate(secured.folder / "server-ec.pem"))
        options = {"tls_mode": "own_files", "tls_port": 0, "certificate": str(path)}
        options["private_key"] = str(secured.folder / "server-ec.pem")
    house = await secured.set_up(site_subentry(), charger, options=options)
    if state == "charging":
        await house.charge(await house.connect())
    form = await _upgrade(flows)
    assert form["errors"] == {"base": f"upgrade_{state}"}
    flows.close(form)


def _first_certificate(path: Path) -> str:
    begin = "-----BEGIN CERTIFICATE-----"
    return begin + path.read_text().split(begin)[1]


async def test_a_charger_that_waits_for_us_to_hang_up_is_hung_up_on(
    secured: SecuredHouse, flows: SubentryFlows, monkeypatch: pytest.MonkeyPatch
) -> None:
    house = await secured.set_up()
    charge_point = await house.connect(
        station=Station(prompt_evse(), {"SecurityProfile": "1"}),
        tls=Tls(url=secured.tls_url),
    )
    monkeypatch.setattr(charge_point, "begin_rekey", lambda: None)
    progress = await _upgrade(flows)

    def is_over() -> bool:
        house.time.tick(1)
        return bool(flows.manager.async_get(progress["flow_id"])["step_id"] != "upgrading")

    # It is the clocks that run here, and with them this limit.
    await wait_until(is_over, timeout=600)
    done = await flows.manager.async_configure(progress["flow_id"])
    assert done["reason"] == "upgrade_done"
