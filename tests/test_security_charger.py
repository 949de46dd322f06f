"""A charger's key and its certificates: changed without ever locking it out."""

import json
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from homeassistant.core import Context
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError, Unauthorized
import pytest
from pytest_homeassistant_custom_component.common import MockUser

from custom_components.zmartcharge.const import DOMAIN
from custom_components.zmartcharge.csms import SecurityProfile, give_key, hash_key, verify_key
from simulator import Station, Tls

from .flows import refused
from .house import KEY, House, RawCharger, charger_subentry, prompt_evse, site_subentry, wait_until
from .secured import SecuredHouse, secured_fixture, signing_request  # noqa: F401

PEM = serialization.Encoding.PEM


def _device(house: House, identifier: str = "garage") -> str:
    device = house.device(identifier)
    assert device is not None
    return device.id


async def _act(house: House, action: str, **data: Any) -> Any:
    returns = action == "list_certificates"
    return await house.hass.services.async_call(
        DOMAIN,
        action,
        {"device_id": _device(house), **data},
        blocking=True,
        return_response=returns,
    )


def _kept(house: House) -> dict[str, Any]:
    return dict(house.entry.subentries["garage"].data)


async def _ask_for_certificate(
    house: House, charger: RawCharger, status: str = "Accepted"
) -> dict[str, Any]:
    """Have the owner ask for a certificate, and return what the charger hears of it."""
    asking = house.hass.async_create_task(_act(house, "request_certificate"))
    while (frame := await charger.hear())[2] != "ExtendedTriggerMessage":
        await charger.fail(frame[1], "NotSupported", "")
    await charger.answer(frame[1], {"status": status})
    if status == "Accepted":
        await asking
    else:
        with pytest.raises(HomeAssistantError):
            await asking
    asked: dict[str, Any] = frame[3]
    return asked


async def _sign(charger: RawCharger, request: str) -> str:
    """Ask for a certificate, refuse what is asked meanwhile, and return the answer's status."""
    await charger.socket.send_str(json.dumps([2, "sign", "SignCertificate", {"csr": request}]))
    while (frame := await charger.hear())[0] == 2:
        await charger.fail(frame[1], "NotSupported", "")
    return str(frame[2]["status"])


async def _certified(secured: SecuredHouse, charger: RawCharger, request: str) -> str:
    """Let a charger have a certificate that its owner asked for, and return its chain."""
    await _ask_for_certificate(secured.house, charger)
    assert await _sign(charger, request) == "Accepted"
    while (frame := await charger.hear())[2] != "CertificateSigned":
        await charger.fail(frame[1], "NotSupported", "")
    await charger.answer(frame[1], {"status": "Accepted"})
    await secured.wait_for_event("certificate_signed")
    return str(frame[3]["certificateChain"])


def _file(house: House, key: ec.EllipticCurvePrivateKey, chain: str) -> Path:
    """Write a key and its certificate as a charger keeps them."""
    private = key.private_bytes(
        PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path = house.folder / "charger.pem"
    path.write_bytes(private + chain.encode())
    return path


# Its key --------------------------------------------------------------------------------------


async def test_a_charger_comes_with_its_new_key_and_the_old_one_ends(house: House) -> None:
    await house.set_up()
    charge_point = await house.connect()
    old = _kept(house)["key_hash"]
    await _act(house, "change_key")
    await wait_until(lambda: _kept(house)["key_hash"] != old)
    await house.hass.async_block_till_done()
    await wait_until(lambda: house.charger.connected)
    assert _kept(house)["new_key_hash"] is None
    assert house.full_state("event.garage_security_event").attributes["event_type"] == "key_changed"

    await charge_point.stop()
    stranger = house.charge_point()
    await stranger.start()
    await refused(stranger, "401")


async def test_until_it_has_come_with_the_new_one_the_old_one_holds(house: House) -> None:
    await house.set_up()
    async with house.raw_charger() as charger:
        change = house.hass.async_create_task(_act(house, "change_key"))
        # It says yes, and forgets: as after a power cut in that moment.
        while (frame := await charger.hear())[2] != "ChangeConfiguration":
            await charger.fail(frame[1], "NotSupported", "")
        assert frame[3]["key"] == "AuthorizationKey"
        assert len(bytes.fromhex(frame[3]["value"])) == 20
        await charger.socket.send_str(f'[3, "{frame[1]}", {{"status": "Accepted"}}]')
        await change
    assert _kept(house)["new_key_hash"]
    # And Home Assistant is restarted before it comes back.
    await house.unload()
    await house.hass.config_entries.async_setup(house.entry.entry_id)
    await house.connect()
    assert _kept(house)["new_key_hash"]


async def test_an_answer_that_was_lost_locks_nobody_out(house: House) -> None:
    await house.set_up()
    async with house.raw_charger() as charger:
        change = house.hass.async_create_task(_act(house, "change_key"))
        while (frame := await charger.hear())[2] != "ChangeConfiguration":
            await charger.fail(frame[1], "NotSupported", "")
        new_key = bytes.fromhex(frame[3]["value"]).decode()
    with pytest.raises(HomeAssistantError) as caught:
        await change
    assert caught.value.translation_key == "not_connected"
    await house.connect(password=new_key)
    assert _kept(house)["new_key_hash"] is None


async def test_a_key_that_is_refused_changes_nothing(house: House) -> None:
    await house.set_up()
    async with house.raw_charger() as charger:
        change = house.hass.async_create_task(_act(house, "change_key"))
        while (frame := await charger.hear())[2] != "ChangeConfiguration":
            await charger.fail(frame[1], "NotSupported", "")
        await charger.socket.send_str(f'[3, "{frame[1]}", {{"status": "Rejected"}}]')
        with pytest.raises(HomeAssistantError) as caught:
            await change
    assert "set a new key in the charger's own menu or app" in str(caught.value)
    assert _kept(house)["new_key_hash"] is None


@pytest.mark.parametrize("version", ["2.0.1", "2.1"])
async def test_a_newer_charger_comes_with_its_new_key(house: House, version: str) -> None:
    await house.set_up()
    await house.connect(ocpp=version)
    old = _kept(house)["key_hash"]
    await _act(house, "change_key")
    await wait_until(lambda: _kept(house)["key_hash"] != old)
    await house.hass.async_block_till_done()
    await wait_until(lambda: house.charger.connected)
    assert _kept(house)["new_key_hash"] is None


async def _change_key(house: House, charger: RawCharger, status: str | None) -> str:
    """Have the owner change the key, and return it; None: the charger does not answer."""
    change = house.hass.async_create_task(_act(house, "change_key"))
    while (frame := await charger.hear())[2] != "ChangeConfiguration":
        await charger.fail(frame[1], "NotSupported", "")
    if status:
        await charger.answer(frame[1], {"status": status})
    else:
        await charger.socket.close()
    if status == "Accepted":
        await change
    else:
        with pytest.raises(HomeAssistantError):
            await change
    return bytes.fromhex(frame[3]["value"]).decode()


async def test_a_second_change_of_the_key_locks_out_none_who_takes_it_later(house: House) -> None:
    await house.set_up()
    async with house.raw_charger() as charger:
        first = await _change_key(house, charger, "Accepted")
        second = await _change_key(house, charger, "Accepted")
        await _change_key(house, charger, "Rejected")
        await _change_key(house, charger, None)
    assert len(_kept(house)["new_key_hash"].split()) == 3
    # It had not restarted since the first one, and has by now.
    charge_point = await house.connect(password=first)
    assert verify_key(_kept(house)["key_hash"], first)
    await charge_point.stop()
    charge_point = await house.connect(password=second)
    assert verify_key(_kept(house)["key_hash"], second)
    await charge_point.stop()
    # Those before are no keys any more.
    for old in (KEY, first):
        stranger = house.charge_point(password=old)
        await stranger.start()
        await refused(stranger, "401")
        await stranger.stop()


async def test_no_more_than_three_new_keys_are_kept(house: House) -> None:
    await house.set_up()
    async with house.raw_charger() as charger:
        given = [await _change_key(house, charger, "Accepted") for _ in range(4)]
        await _change_key(house, charger, "Rejected")
    kept = _kept(house)["new_key_hash"].split()
    assert [verify_key(each, key) for each, key in zip(kept, given[1:], strict=True)] == [True] * 3


async def test_a_charger_without_a_key_has_none_to_change(house: House) -> None:
    await house.set_up(site_subentry(), charger_subentry(key_hash=None))
    with pytest.raises(ServiceValidationError) as caught:
        await _act(house, "change_key")
    assert caught.value.translation_key == "no_key_to_change"


async def test_a_key_of_2_0_1_is_told_as_it_is() -> None:
    told: list[tuple[str, str]] = []

    class Told:
        version = "2.0.1"

        async def configure(self, key: str, value: str) -> str:
            told.append((key, value))
            return "Accepted"

    await give_key(Told(), KEY)  # type: ignore[arg-type]
    assert told == [("SecurityCtrlr.BasicAuthPassword", KEY)]


# Its certificate ------------------------------------------------------------------------------


async def test_a_charger_gets_a_certificate_and_comes_with_it(secured: SecuredHouse) -> None:
    house = await secured.with_profile(2)
    key, request = signing_request("CP1")
    async with secured.raw_charger() as charger:
        chain = await _certified(secured, charger, request)
    path = _file(house, key, chain)

    await house.change("garage", security_profile=3)
    tls = Tls(trusted=house.hub.tls.roots, certificate=path)
    charge_point = await secured.connect(tls=tls, password=None)
    assert house.charger.came_by is SecurityProfile.TLS_CERTIFICATE
    await charge_point.stop()

    # A key is not enough any more, and a certificate that is revoked is none.
    with_key = secured.charge_point()
    await with_key.start()
    await refused(with_key, "403")
    await with_key.stop()
    await house.change("garage", certificates=[])
    revoked = secured.charge_point(tls=tls, password=None)
    await revoked.start()
    await revoked.wait_for(lambda cp: not cp.connected and cp.refusal is not None)


@pytest.mark.parametrize(
    ("request_of", "reason"),
    [
        (lambda: signing_request("CP2")[1], "request_name"),
        (lambda: "not a request", "request_unreadable"),
        (lambda: "x" * 20_000, "request_unreadable"),
    ],
)
async def test_a_request_that_is_not_the_chargers_is_refused_and_told(
    secured: SecuredHouse, request_of: Any, reason: str
) -> None:
    house = await secured.with_profile(2)
    async with secured.raw_charger() as charger:
        await _ask_for_certificate(house, charger)
        answer = await charger.call("SignCertificate", {"csr": request_of()})
        assert answer[2] == {"status": "Rejected"}
    event = await secured.wait_for_event("request_refused")
    assert event["reason"] == reason
    doubts = await house.hub.ledger.quarantined("CP1")
    assert [doubt.action for doubt in doubts] == ["SignCertificate"]
    assert not _kept(house).get("certificates")


async def test_a_certificate_that_is_not_taken_is_not_accepted_later(
    secured: SecuredHouse,
) -> None:
    house = await secured.with_profile(2)
    async with secured.raw_charger() as charger:
        await _ask_for_certificate(house, charger)
        await charger.call("SignCertificate", {"csr": signing_request("CP1")[1]})
        while (frame := await charger.hear())[2] != "CertificateSigned":
            await charger.fail(frame[1], "NotSupported", "")
        assert _kept(house)["certificates"]
        await charger.socket.send_str(f'[3, "{frame[1]}", {{"status": "Rejected"}}]')
        await wait_until(lambda: not _kept(house)["certificates"])


async def test_one_certificate_is_handed_over_at_a_time(secured: SecuredHouse) -> None:
    house = await secured.with_profile(2)
    request = {"csr": signing_request("CP1")[1]}
    async with secured.raw_charger() as charger:
        await _ask_for_certificate(house, charger)
        answers = [await charger.call("SignCertificate", request) for _ in range(3)]
    assert [answer[2]["status"] for answer in answers] == ["Accepted", "Rejected", "Rejected"]
    assert len(_kept(house)["certificates"]) == 1


async def test_a_certificate_for_talking_with_cars_is_none_of_ours(secured: SecuredHouse) -> None:
    house = await secured.with_profile(2)
    request = {"csr": signing_request("CP1")[1], "certificateType": "V2GCertificate"}
    async with secured.raw_charger() as charger:
        await _ask_for_certificate(house, charger)
        answer = await charger.call("SignCertificate", request)
    assert answer[2] == {"status": "Rejected"}


async def test_without_an_authority_of_ours_nothing_is_signed(house: House) -> None:
    await house.set_up()
    async with house.raw_charger() as charger:
        answer = await charger.call("SignCertificate", {"csr": signing_request("CP1")[1]})
    assert answer[2] == {"status": "Rejected"}
    assert await house.hub.ledger.quarantined("CP1") == ()


async def test_a_charger_is_asked_to_get_a_certificate(secured: SecuredHouse) -> None:
    house = await secured.with_profile(2)
    async with secured.raw_charger() as charger:
        asked = await _ask_for_certificate(house, charger)
    assert asked == {"requestedMessage": "SignChargePointCertificate"}


async def test_a_charger_without_encryption_is_not_asked(secured: SecuredHouse) -> None:
    house = await secured.set_up()
    async with house.raw_charger():
        with pytest.raises(ServiceValidationError) as caught:
            await _act(house, "request_certificate")
    assert caught.value.translation_key == "certificate_needs_tls"


async def test_what_nobody_asked_for_is_not_signed(secured: SecuredHouse) -> None:
    house = await secured.with_profile(2)
    request = signing_request("CP1")[1]
    async with secured.raw_charger() as charger:
        assert await _sign(charger, request) == "Rejected"
        assert (await secured.wait_for_event("request_refused"))["reason"] == "request_unasked"
        # A trigger that the charger refused is none, and one is over after an hour.
        await _ask_for_certificate(house, charger, "Rejected")
        assert await _sign(charger, request) == "Rejected"
        await _ask_for_certificate(house, charger)
        house.time.tick(3601)
        assert await _sign(charger, request) == "Rejected"
        await _certified(secured, charger, request)
        # Once it has one, the next is asked for anew.
        assert await _sign(charger, request) == "Rejected"
    assert len(_kept(house)["certificates"]) == 1


@pytest.mark.parametrize("keyless", [False, True])
async def test_who_listened_to_the_key_gets_no_certificate(
    secured: SecuredHouse, *, keyless: bool
) -> None:
    garage = charger_subentry(**({"key_hash": None} if keyless else {}))
    house = await secured.set_up(site_subentry(), garage)
    request = {"csr": signing_request("CP1")[1]}
    async with house.raw_charger() as thief:
        assert (await thief.call("SignCertificate", request))[2] == {"status": "Rejected"}
    # Nor while the owner expects the charger to ask.
    async with secured.raw_charger() as charger:
        if not keyless:
            await _ask_for_certificate(house, charger)
    await wait_until(lambda: not house.charger.connected)
    async with house.raw_charger() as thief:
        assert (await thief.call("SignCertificate", request))[2] == {"status": "Rejected"}
    assert not _kept(house).get("certificates")


async def test_a_charger_renews_its_certificate_unasked(secured: SecuredHouse) -> None:
    house = await secured.with_profile(2)
    key, request = signing_request("CP1")
    async with secured.raw_charger() as charger:
        path = _file(house, key, await _certified(secured, charger, request))
    await wait_until(lambda: not house.charger.connected)
    await house.change("garage", security_profile=3)
    async with secured.raw_charger(certificate=path) as charger:
        assert await _sign(charger, request) == "Accepted"
        await wait_until(lambda: len(_kept(house)["certificates"]) == 2)


async def _lost(secured: SecuredHouse, certificate: Path | None = None) -> None:
    """Let a charger ask for a certificate and lose its connection before it says that it has it."""
    house, request = secured.house, signing_request("CP1")[1]
    async with secured.raw_charger(certificate=certificate) as charger:
        await _ask_for_certificate(house, charger)
        assert await _sign(charger, request) == "Accepted"
        while (frame := await charger.hear())[2] != "CertificateSigned":
            await charger.fail(frame[1], "NotSupported", "")
    await wait_until(lambda: not house.charger.connected)
    await house.hass.async_block_till_done()


async def test_lost_answers_never_end_the_certificate_that_the_charger_has(
    secured: SecuredHouse,
) -> None:
    house = await secured.with_profile(2)
    key, request = signing_request("CP1")
    async with secured.raw_charger() as charger:
        path = _file(house, key, await _certified(secured, charger, request))
    await wait_until(lambda: not house.charger.connected)
    (used,) = _kept(house)["certificates"]
    for _ in range(3):
        await _lost(secured)
    assert used in _kept(house)["certificates"]
    for _ in range(3):
        await _lost(secured, path)
    assert used in _kept(house)["certificates"]
    assert len(_kept(house)["certificates"]) == 3
    # The next that it says to have taken is what counts, beside the one that it came with.
    async with secured.raw_charger(certificate=path) as charger:
        await _certified(secured, charger, signing_request("CP1")[1])
        await wait_until(lambda: len(_kept(house)["certificates"]) == 2)
        new, before = _kept(house)["certificates"]
        assert before == used
        # Only without the one by which it came may it not stay.
        await house.change("garage", certificates=[used])
        assert house.charger.connected
        await house.change("garage", certificates=[new])
        await wait_until(lambda: not house.charger.connected)


async def test_a_certificate_that_was_taken_unheard_counts_while_the_charger_comes_with_it(
    secured: SecuredHouse,
) -> None:
    house = await secured.with_profile(2)
    key, request = signing_request("CP1")
    async with secured.raw_charger() as charger:
        await _certified(secured, charger, signing_request("CP1")[1])
    await wait_until(lambda: not house.charger.connected)
    async with secured.raw_charger() as charger:
        await _ask_for_certificate(house, charger)
        assert await _sign(charger, request) == "Accepted"
        while (frame := await charger.hear())[2] != "CertificateSigned":
            await charger.fail(frame[1], "NotSupported", "")
        path = _file(house, key, frame[3]["certificateChain"])
    await wait_until(lambda: not house.charger.connected)
    for _ in range(3):
        await _lost(secured, path)
    assert len(_kept(house)["certificates"]) == 4
    async with secured.raw_charger(certificate=path):
        assert house.charger.came_by is SecurityProfile.TLS_CERTIFICATE


async def test_a_certificate_ends_with_the_key_by_which_it_was_got(
    secured: SecuredHouse,
) -> None:
    house = await secured.with_profile(2)
    key, request = signing_request("CP1")
    async with secured.raw_charger() as thief:
        path = _file(house, key, await _certified(secured, thief, request))
    await wait_until(lambda: not house.charger.connected)
    await house.change("garage", new_key_hash=hash_key("another-key-of-20-ch"))
    charge_point = await secured.connect(password="another-key-of-20-ch")
    assert _kept(house)["certificates"] == []
    await charge_point.stop()
    tls = Tls(trusted=house.hub.tls.roots, certificate=path)
    with_certificate = secured.charge_point(tls=tls, password=None)
    await with_certificate.start()
    await refused(with_certificate, "401")


# Whom it trusts -------------------------------------------------------------------------------


async def test_our_roots_are_put_into_a_charger(secured: SecuredHouse) -> None:
    house = await secured.set_up()
    station = Station(prompt_evse(), {"SecurityProfile": "1"})
    charge_point = await house.connect(station=station, tls=Tls())
    await _act(house, "install_certificate")
    installed = [f for f in charge_point.frames if "InstallCertificate" in f.text]
    assert len(installed) == 2


async def test_certificates_are_listed_and_deleted(house: House) -> None:
    await house.set_up()
    known = {
        "hashAlgorithm": "SHA256",
        "issuerNameHash": "ab" * 32,
        "issuerKeyHash": "cd" * 32,
        "serialNumber": "01ff",
    }
    async with house.raw_charger() as charger:

        async def reply(action: str, payload: str) -> Any:
            while (frame := await charger.hear())[2] != action:
                await charger.fail(frame[1], "NotSupported", "")
            await charger.socket.send_str(f'[3, "{frame[1]}", {payload}]')
            return frame[3]

        listing = house.hass.async_create_task(_act(house, "list_certificates"))
        found = f'{{"status": "Accepted", "certificateHashData": [{json.dumps(known)}]}}'
        await reply("GetInstalledCertificateIds", found)
        await reply("GetInstalledCertificateIds", '{"status": "NotFound"}')
        (certificate,) = (await listing)["certificates"]
        assert certificate.pop("use") == "central_system"
        deleting = house.hass.async_create_task(_act(house, "delete_certificate", **certificate))
        assert await reply("DeleteCertificate", '{"status": "Accepted"}') == {
            "certificateHashData": known
        }
        await deleting
        deleting = house.hass.async_create_task(_act(house, "delete_certificate", **certificate))
        await reply("DeleteCertificate", '{"status": "NotFound"}')
        with pytest.raises(HomeAssistantError) as caught:
            await deleting
        assert caught.value.translation_key == "call_rejected"


async def test_without_roots_there_is_nothing_to_install_and_nobody_to_ask(house: House) -> None:
    await house.set_up()
    for action in ("install_certificate", "request_certificate"):
        with pytest.raises(ServiceValidationError) as caught:
            await _act(house, action)
        assert caught.value.translation_key == "no_own_authority"


@pytest.mark.parametrize("action", ["change_key", "request_certificate", "install_certificate"])
async def test_only_administrators_decide_whom_a_charger_trusts(
    house: House, hass_read_only_user: MockUser, action: str
) -> None:
    await house.set_up()
    with pytest.raises(Unauthorized):
        await house.hass.services.async_call(
            DOMAIN,
            action,
            {"device_id": _device(house)},
            blocking=True,
            context=Context(user_id=hass_read_only_user.id),
        )
