"""Firmware: ordered by an action, followed by an update entity, and its failures as repairs."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from unittest.mock import patch

from aiohttp import web
from aiohttp.test_utils import TestServer
from homeassistant.const import Platform
from homeassistant.core import Context
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError, Unauthorized
from homeassistant.helpers import entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockUser, snapshot_platform
from syrupy.assertion import SnapshotAssertion
import voluptuous as vol

from custom_components.zmartcharge.const import DOMAIN
from custom_components.zmartcharge.csms import FirmwareStatus
from custom_components.zmartcharge.update import STEPS

from .flows import ENGLISH
from .house import House, RawCharger, wait_until

UPDATE = "update.garage_firmware"
STATUS = "sensor.garage_status"
FAR = "http://127.0.0.1:9/firmware"


@pytest.fixture
async def maker(socket_enabled: None) -> AsyncIterator[TestServer]:
    """Return a server with a firmware: version 2.0 at ``/good``, none at ``/bad``."""
    app = web.Application()

    async def good(_request: web.Request) -> web.Response:
        return web.Response(body=b"2.0\nand so on")

    async def bad(_request: web.Request) -> web.Response:
        return web.Response(body=b"\x00" * 99)

    app.router.add_get("/good", good)
    app.router.add_get("/bad", bad)
    async with TestServer(app) as server:
        yield server


async def _update(
    house: House, url: object = FAR, context: Context | None = None, **data: Any
) -> None:
    device = house.device("garage")
    assert device is not None
    await house.hass.services.async_call(
        DOMAIN,
        "update_firmware",
        {"device_id": device.id, "url": str(url), **data},
        blocking=True,
        context=context,
    )


def _shown(house: House) -> dict[str, Any]:
    return dict(house.full_state(UPDATE).attributes)


async def _asked(charger: RawCharger, action: str = "UpdateFirmware") -> list[Any]:
    while (frame := await charger.hear())[2] != action:
        await charger.fail(frame[1], "NotSupported", "")
    return frame


async def test_entities(
    house: House, entity_registry: er.EntityRegistry, snapshot: SnapshotAssertion
) -> None:
    with patch("custom_components.zmartcharge.PLATFORMS", [Platform.UPDATE]):
        await house.set_up()
    await house.connect()
    await snapshot_platform(house.hass, entity_registry, snapshot, "hub")


@pytest.mark.parametrize("ocpp", ["1.6", "2.0.1"])
async def test_a_charger_gets_its_firmware(house: House, maker: TestServer, ocpp: str) -> None:
    await house.set_up()
    await house.connect(ocpp=ocpp)
    before = _shown(house)["installed_version"]
    assert before
    assert house.state(UPDATE) == "unknown"
    await _update(house, maker.make_url("/good"), version="2.0")
    assert _shown(house)["latest_version"] == "2.0"
    await wait_until(lambda: house.state(UPDATE) == "off", timeout=20)
    assert _shown(house)["installed_version"] == "2.0"
    await wait_until(lambda: not _shown(house)["in_progress"])
    assert house.issue("firmware_garage") is None


async def test_each_step_is_shown(house: House) -> None:
    await house.set_up()
    async with house.raw_charger() as charger:
        ordered = asyncio.create_task(_update(house, version="2"))
        frame = await _asked(charger)
        await charger.answer(frame[1], {})
        await ordered
        assert _shown(house)["latest_version"] == "2"
        assert not _shown(house)["in_progress"]
        for step in ("Downloading", "Downloaded", "Installing"):
            await charger.call("FirmwareStatusNotification", {"status": step})
            assert _shown(house)["in_progress"]
            assert _shown(house)["step"] == step.lower()
            assert house.state(STATUS) == "updating"
        # Without another word of it, nobody believes that it is still at it.
        await house.pass_time(3600)
        assert not _shown(house)["in_progress"]
        assert house.state(STATUS) != "updating"


@pytest.mark.parametrize(
    ("status", "key"),
    [
        ("DownloadFailed", "firmware_download_failed"),
        ("InvalidSignature", "firmware_signature_wrong"),
        ("InstallVerificationFailed", "firmware_installation_failed"),
        ("InstallationFailed", "firmware_installation_failed"),
    ],
)
async def test_what_went_wrong_is_a_repair_until_it_goes_well(
    house: House, status: str, key: str
) -> None:
    await house.set_up()
    async with house.raw_charger() as charger:
        action = "SignedFirmwareStatusNotification"
        await charger.call(action, {"status": "Downloading", "requestId": 7})
        await charger.call(action, {"status": status, "requestId": 7})
        issue = house.issue("firmware_garage")
        assert issue is not None
        assert issue.translation_key == key
        assert key in ENGLISH["issues"]
        assert not _shown(house)["in_progress"]
        await charger.call(action, {"status": "Installed", "requestId": 7})
        assert house.issue("firmware_garage") is None


async def test_one_that_failed_is_tried_again_by_the_update_entity(
    house: House, maker: TestServer
) -> None:
    await house.set_up()
    charge_point = await house.connect()
    with pytest.raises(HomeAssistantError):
        await house.act("update", "install", UPDATE)
    await _update(house, maker.make_url("/bad"), version="2.0")
    await wait_until(lambda: house.issue("firmware_garage"))
    assert house.state(UPDATE) == "on"
    failed = len(charge_point.frames)
    await house.act("update", "install", UPDATE)
    assert house.issue("firmware_garage") is None
    await wait_until(lambda: house.issue("firmware_garage"))
    assert any("UpdateFirmware" in frame.text for frame in charge_point.frames[failed:])


async def test_a_car_that_charges_is_not_disturbed(house: House) -> None:
    await house.set_up()
    charge_point = await house.connect()
    await house.charge(charge_point)
    with pytest.raises(ServiceValidationError) as caught:
        await _update(house)
    assert caught.value.translation_key == "firmware_while_charging"
    assert not any("UpdateFirmware" in frame.text for frame in charge_point.frames)
    await _update(house, force=True)
    await wait_until(lambda: house.issue("firmware_garage"))


async def test_a_signed_firmware_goes_as_such_with_its_times_in_utc(house: House) -> None:
    await house.set_up()
    await house.hass.config.async_set_time_zone("Europe/Oslo")
    async with house.raw_charger() as charger:
        ordered = asyncio.create_task(
            _update(
                house,
                certificate="PEM",
                signature="c2ln",
                retrieve_at="2026-10-25 02:30:00",
                install_at="2026-10-25 03:30:00",
                retries=2,
                retry_interval=60,
            )
        )
        frame = await _asked(charger, "SignedUpdateFirmware")
        assert (frame[3]["retries"], frame[3]["retryInterval"]) == (2, 60)
        assert frame[3]["firmware"]["retrieveDateTime"] == "2026-10-25T00:30:00Z"
        assert frame[3]["firmware"]["installDateTime"] == "2026-10-25T02:30:00Z"
        await charger.answer(frame[1], {"status": "InvalidCertificate"})
        with pytest.raises(HomeAssistantError) as caught:
            await ordered
        assert caught.value.translation_key == "firmware_certificate_invalid"
    assert house.hub.chargers["garage"].firmware.order is None


@pytest.mark.parametrize(
    ("status", "key"),
    [("RevokedCertificate", "firmware_certificate_revoked"), ("Rejected", "call_refused")],
)
async def test_a_refusal_is_told_in_words(house: House, status: str, key: str) -> None:
    await house.set_up()
    async with house.raw_charger() as charger:
        ordered = asyncio.create_task(_update(house, certificate="PEM", signature="c2ln"))
        frame = await _asked(charger, "SignedUpdateFirmware")
        await charger.answer(frame[1], {"status": status})
        with pytest.raises(HomeAssistantError) as caught:
            await ordered
    assert caught.value.translation_key == key


async def test_news_of_an_update_that_was_given_up_is_not_of_the_present_one(house: House) -> None:
    await house.set_up()
    async with house.raw_charger() as charger:
        ordered = asyncio.create_task(_update(house, certificate="PEM", signature="c2ln"))
        frame = await _asked(charger, "SignedUpdateFirmware")
        await charger.answer(frame[1], {"status": "AcceptedCanceled"})
        await ordered
        other = {"status": "InstallationFailed", "requestId": frame[3]["requestId"] - 1}
        await charger.call("SignedFirmwareStatusNotification", other)
    assert house.issue("firmware_garage") is None


@pytest.mark.parametrize(
    "url",
    [
        "",
        "example.com/x",
        "file:///etc/passwd",
        "http://",
        "http://a b/",
        "http://[",
        "ftp://x/" + "y" * 600,
    ],
)
async def test_an_address_that_no_charger_can_use_is_refused(house: House, url: str) -> None:
    await house.set_up()
    with pytest.raises(vol.Invalid):
        await _update(house, url)


async def test_half_a_signature_is_none(house: House) -> None:
    await house.set_up()
    with pytest.raises(ServiceValidationError) as caught:
        await _update(house, signature="c2ln")
    assert caught.value.translation_key == "firmware_half_signed"


async def test_firmware_is_for_administrators(house: House, hass_read_only_user: MockUser) -> None:
    await house.set_up()
    with pytest.raises(Unauthorized):
        await _update(house, context=Context(user_id=hass_read_only_user.id))


async def test_a_removed_charger_leaves_no_repair(house: House) -> None:
    await house.set_up()
    async with house.raw_charger() as charger:
        await charger.call("FirmwareStatusNotification", {"status": "DownloadFailed"})
    assert house.issue("firmware_garage")
    await house.remove("garage")
    assert house.issue("firmware_garage") is None


def test_each_step_has_words() -> None:
    words = ENGLISH["entity"]["update"]["firmware"]["state_attributes"]["step"]["state"]
    assert words.keys() == set(STEPS.values())
    assert set(STEPS) == set(FirmwareStatus) - {FirmwareStatus.IDLE, FirmwareStatus.INSTALLED}
