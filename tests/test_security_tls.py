"""The port for TLS: open beside the plain one, with a certificate that fits, or a repair."""

from collections.abc import Callable
from datetime import timedelta
from http import HTTPStatus
from pathlib import Path
import socket
import ssl
import stat
from typing import Any

from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.zmartcharge.csms import Algorithm, SecurityProfile
from custom_components.zmartcharge.csms.certificates import create_root, issue_server
from custom_components.zmartcharge.own_host import own_hosts
from simulator import Tls

from .csms.secure import REAL_NOW
from .flows import refused
from .house import House, charger_subentry, site_subentry, wait_until
from .secured import SecuredHouse, secured_fixture  # noqa: F401


async def test_a_charger_charges_by_tls(secured: SecuredHouse) -> None:
    house = await secured.with_profile(2)
    charge_point = await secured.connect()
    assert house.charger.came_by is SecurityProfile.TLS_BASIC
    await house.charge(charge_point, 600)
    assert house.connector.session is not None
    assert house.connector.session.energy_wh > 0


async def test_the_plain_port_is_beside_it(secured: SecuredHouse) -> None:
    second = charger_subentry("yard", "Yard", charge_point_id="CP2")
    house = await secured.set_up(site_subentry(), charger_subentry(security_profile=2), second)
    await secured.connect()
    await house.connect("CP2")
    assert house.charger.came_by is SecurityProfile.TLS_BASIC
    assert house.hub.chargers["yard"].came_by is SecurityProfile.BASIC


async def test_statement_4_who_has_to_come_by_tls_is_not_let_in_without(
    secured: SecuredHouse,
) -> None:
    house = await secured.with_profile(2)
    charge_point = house.charge_point()
    await charge_point.start()
    await refused(charge_point, "403")
    event = await secured.wait_for_event("refused")
    assert event["reason"] == "not_encrypted"
    assert not house.charger.connected


async def test_without_tls_there_is_no_second_port(house: House) -> None:
    await house.set_up()
    assert house.hub.tls.port is None
    assert not house.issue("tls")


async def test_the_authority_is_readable_by_nobody_else(secured: SecuredHouse) -> None:
    house = await secured.set_up(options={"tls_mode": "own_authority", "tls_port": 0})
    assert house.hub.tls.port
    for path in secured.folder.iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600, path


async def test_a_port_that_is_taken_is_a_repair_and_is_tried_again(secured: SecuredHouse) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        options = {"tls_mode": "own_authority", "tls_port": port}
        house = await secured.set_up(options=options)
        issue = house.issue("tls")
        assert issue is not None
        assert issue.translation_placeholders is not None
        assert str(port) in issue.translation_placeholders["problem"]
        await house.connect()
    await house.pass_time(301)
    await wait_until(lambda: house.hub.tls.port == port)
    await house.hass.async_block_till_done()
    assert not house.issue("tls")


@pytest.mark.parametrize("name", ["root-ec.pem", "root-rsa.pem"])
async def test_a_damaged_root_is_a_repair_and_is_never_replaced(
    secured: SecuredHouse, name: str
) -> None:
    path = secured.folder / name
    path.write_text("not a certificate")
    house = await secured.set_up()
    issue = house.issue("tls")
    assert issue is not None
    assert str(path) in str(issue.translation_placeholders)
    assert path.read_text() == "not a certificate"
    # Whoever does without encryption does not notice.
    await house.connect()


async def test_a_lost_root_is_a_repair_that_its_backup_ends(secured: SecuredHouse) -> None:
    path = secured.folder / "root-ec.pem"
    kept = path.read_text()
    path.unlink()
    house = await secured.set_up()
    assert house.issue("tls")
    path.write_text(kept)
    await house.pass_time(301)
    await wait_until(lambda: house.hub.tls.port is not None)
    await house.hass.async_block_till_done()
    assert not house.issue("tls")


@pytest.fixture(name="next_year")
def next_year_fixture(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Return what makes every certificate of a server due to be renewed, as it is in a year."""
    renew_before = "custom_components.zmartcharge.csms.certificate_files.RENEW_BEFORE"
    return lambda: monkeypatch.setattr(renew_before, timedelta(days=400))


async def test_a_renewed_certificate_leaves_connections_open(
    secured: SecuredHouse, next_year: Callable[[], None]
) -> None:
    house = await secured.with_profile(2)
    charge_point = await secured.connect()
    station, before = house.charger.station, _shown(house)
    next_year()
    await house.hub.tls.look()
    assert _shown(house) != before
    await house.charge(charge_point, 60)
    assert house.charger.station is station
    await charge_point.stop()
    await wait_until(lambda: not house.charger.connected)
    await secured.connect()


async def test_certificates_are_looked_at_every_day(
    secured: SecuredHouse, next_year: Callable[[], None]
) -> None:
    house = await secured.set_up()
    before = _shown(house)
    next_year()
    await house.pass_time(23 * 3600)
    assert _shown(house) == before
    await house.pass_time(3601)
    await wait_until(lambda: _shown(house) != before)


def _shown(house: House) -> str:
    """Return the certificate that new connections are shown."""
    return (house.folder / "tls" / "server-ec.pem").read_text()


def _own_files(folder: Path, *, host: str = "127.0.0.1") -> dict[str, Any]:
    """Write a certificate of the user's own, and return the options that name it."""
    root = create_root(Algorithm.EC, "Somebody", REAL_NOW)
    server = issue_server(root, "Somebody", (host,), REAL_NOW)
    chain, key = folder / "chain.pem", folder / "key.pem"
    chain.write_text(server.certificate_pem + root.certificate_pem)
    key.write_text(server.key_pem)
    return {
        "tls_mode": "own_files",
        "tls_port": 0,
        "certificate": str(chain),
        "private_key": str(key),
    }


async def test_the_users_own_files_serve_as_well(secured: SecuredHouse) -> None:
    charger = charger_subentry(security_profile=2)
    options = _own_files(secured.house.folder)
    house = await secured.set_up(site_subentry(), charger, options=options)
    await secured.connect(tls=Tls(trusted=house.hub.tls.roots))
    assert house.charger.came_by is SecurityProfile.TLS_BASIC
    assert not house.hub.tls.signs


async def test_own_files_that_end_soon_are_a_repair(secured: SecuredHouse) -> None:
    options = _own_files(secured.house.folder)
    secured.house.time.move_to(REAL_NOW + timedelta(days=390))
    house = await secured.set_up(options=options)
    issue = house.issue("tls")
    assert issue is not None
    assert issue.translation_key == "tls_ends"


@pytest.mark.parametrize("lost", ["chain.pem", "key.pem"])
async def test_own_files_that_are_gone_are_a_repair(secured: SecuredHouse, lost: str) -> None:
    options = _own_files(secured.house.folder)
    (secured.house.folder / lost).unlink()
    house = await secured.set_up(options=options)
    issue = house.issue("tls")
    assert issue is not None
    assert lost in str(issue.translation_placeholders)
    assert house.hub.port


async def test_another_port_is_taken_up_and_no_charger_notices(secured: SecuredHouse) -> None:
    house = await secured.set_up()
    charge_point = await house.connect()
    hub = house.hub
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    options = {"tls_mode": "own_authority", "tls_port": port}
    house.hass.config_entries.async_update_entry(house.entry, options=options)
    await house.hass.async_block_till_done()
    await wait_until(lambda: house.hub.tls.port == port)
    house.hass.config_entries.async_update_entry(house.entry, options={})
    await house.hass.async_block_till_done()
    await wait_until(lambda: house.hub.tls.port is None)
    assert house.hub is hub and house.charger.connected
    assert charge_point.registered


async def test_a_failed_handshake_is_told_by_the_charger_that_lived_there(
    secured: SecuredHouse,
) -> None:
    house = await secured.with_profile(2)
    charge_point = await secured.connect()
    await house.cut(charge_point)
    with (
        socket.create_connection(("127.0.0.1", house.hub.tls.port or 0), timeout=5) as plain,
        pytest.raises(ssl.SSLCertVerificationError),
    ):
        await house.hass.async_add_executor_job(
            lambda: ssl.create_default_context().wrap_socket(plain, server_hostname="localhost")
        )
    event = await secured.wait_for_event("tls_failed")
    assert event["reason"] == "tls_untrusted"


# Names and addresses --------------------------------------------------------------------------


async def test_the_certificate_is_for_every_address_and_name(hass: HomeAssistant) -> None:
    hass.config.internal_url = "http://house.local:8123"
    hosts = await own_hosts(hass, "0.0.0.0", ("charging.home.arpa", "https://no-name"))
    assert hosts[0] == "house.local"
    assert "charging.home.arpa" in hosts
    assert "https://no-name" not in hosts
    assert any(host[0].isdigit() for host in hosts)


async def test_one_interface_needs_no_other_address(hass: HomeAssistant) -> None:
    assert await own_hosts(hass, "192.168.7.2") == ("192.168.7.2",)


async def test_a_new_name_of_home_assistant_makes_a_new_certificate(
    secured: SecuredHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    house = await secured.set_up()
    before = _shown(house)

    async def renamed(*_: object) -> tuple[str, ...]:
        return ("127.0.0.1", "new-name.local")

    monkeypatch.setattr("custom_components.zmartcharge.security_tls.own_hosts", renamed)
    await house.hass.config.async_update(internal_url="http://new-name.local:8123")
    await wait_until(lambda: _shown(house) != before)
    await house.hass.async_block_till_done()
    assert not house.issue("tls")


# The root certificates ------------------------------------------------------------------------


async def test_root_certificates_are_given_to_those_who_are_logged_in(
    secured: SecuredHouse, hass_client: ClientSessionGenerator, hass_client_no_auth: Any
) -> None:
    house = await secured.set_up()
    client = await hass_client()
    for kind, root in zip(("ec", "rsa"), house.hub.tls.roots, strict=True):
        response = await client.get(f"/api/zmartcharge/root_certificate/{kind}")
        assert response.status == HTTPStatus.OK
        assert await response.text() == root
        assert "PRIVATE" not in root
    response = await client.get("/api/zmartcharge/root_certificate/dsa")
    assert response.status == HTTPStatus.NOT_FOUND
    stranger = await hass_client_no_auth()
    response = await stranger.get("/api/zmartcharge/root_certificate/ec")
    assert response.status == HTTPStatus.UNAUTHORIZED
