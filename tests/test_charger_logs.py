"""Logs of chargers: asked for, sent to a one-time address, kept, and downloaded."""

import asyncio
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from aiohttp import FormData, MultipartWriter
from aiohttp.test_utils import TestClient
from homeassistant.core import Context
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError, Unauthorized
import pytest
from pytest_homeassistant_custom_component.common import MockUser
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator
from yarl import URL

from custom_components.zmartcharge.const import DOMAIN
from custom_components.zmartcharge.csms import LogKind
from custom_components.zmartcharge.log_files import LOG_FOLDER, LogFiles, new_name
from custom_components.zmartcharge.uploads import LARGEST_LOG, UPLOAD_PATH

from .house import NOW, House, RawCharger, charger_subentry, site_subentry, wait_until

EVENT = "event.garage_log"
pytestmark = pytest.mark.usefixtures("config_in_folder")


@pytest.fixture
def config_in_folder(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let this test have a configuration folder of its own."""
    monkeypatch.setattr(house.hass.config, "config_dir", str(house.folder))


@pytest.fixture
async def client(
    house: House, config_in_folder: None, hass_client: ClientSessionGenerator
) -> TestClient:
    """Return an administrator's browser, on the server that chargers are told of."""
    await house.set_up()
    browser = await hass_client()
    house.hass.config.internal_url = f"http://127.0.0.1:{browser.port}"
    return browser


async def _act(house: House, action: str, *, returns: bool = True, **data: Any) -> Any:
    device = house.device("garage")
    assert device is not None
    return await house.hass.services.async_call(
        DOMAIN, action, {"device_id": device.id, **data}, blocking=True, return_response=returns
    )


def _event(house: House) -> dict[str, Any]:
    return dict(house.full_state(EVENT).attributes)


async def _told(house: House, event_type: str) -> dict[str, Any]:
    await wait_until(lambda: _event(house).get("event_type") == event_type)
    return _event(house)


async def _asked(house: House, charger: RawCharger, **data: Any) -> tuple[str, Any, str]:
    """Ask a charger for its log; returns its address, the request and the file's name here."""
    asking = asyncio.create_task(_act(house, "get_log", **data))
    while (frame := await charger.hear())[2] not in ("GetDiagnostics", "GetLog"):
        await charger.fail(frame[1], "NotSupported", "")
    name = {"fileName": "../../evil"} if frame[2] == "GetDiagnostics" else {"filename": "x"}
    status = {} if frame[2] == "GetDiagnostics" else {"status": "Accepted"}
    await charger.answer(frame[1], name | status)
    location = frame[3].get("location") or frame[3]["log"]["remoteLocation"]
    told = await asking
    return urlsplit(location).path, frame, told["file_name"]


@pytest.mark.parametrize("ocpp", ["1.6", "2.0.1"])
@pytest.mark.parametrize("kind", ["diagnostics", "security"])
async def test_a_log_comes_and_is_downloaded(
    house: House, client: TestClient, ocpp: str, kind: str
) -> None:
    await house.connect(ocpp=ocpp)
    told = await _act(house, "get_log", kind=kind)
    event = await _told(house, "received")
    assert (event["file_name"], event["kind"]) == (told["file_name"], kind)

    assert told["url"].startswith("http")
    answer = await client.get(URL(told["url"]).relative(), headers={"Authorization": ""})
    assert answer.status == HTTPStatus.OK
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert ("BootNotification" in await answer.text()) is (kind == "diagnostics")
    (listed,) = (await _act(house, "list_logs"))["logs"]
    assert listed["file_name"] == told["file_name"]
    assert (await client.get(URL(listed["url"]).relative())).status == HTTPStatus.OK


async def test_the_time_of_a_log_is_told_in_utc(house: House, client: TestClient) -> None:
    await house.hass.config.async_set_time_zone("Europe/Oslo")
    async with house.raw_charger() as charger:
        # The clocks go back at 03:00 this night; 02:30 is meant as the first one.
        _, frame, _ = await _asked(
            house, charger, start="2026-10-25 02:30:00", end="2026-10-25 03:30:00"
        )
    assert frame[3]["startTime"] == "2026-10-25T00:30:00Z"
    assert frame[3]["stopTime"] == "2026-10-25T02:30:00Z"


async def test_an_address_serves_once_and_only_for_ten_minutes(
    house: House, client: TestClient
) -> None:
    async with house.raw_charger() as charger:
        first, _, name = await _asked(house, charger)
        assert (await client.put(f"{first}/a.log", data=b"one")).status == HTTPStatus.CREATED
        assert (await client.put(f"{first}/a.log", data=b"two")).status == HTTPStatus.NOT_FOUND
        second, _, _ = await _asked(house, charger)
        await house.pass_time(10 * 60)
        assert (await client.put(second, data=b"late")).status == HTTPStatus.NOT_FOUND
    assert (await _told(house, "failed"))["reason"] == "nothing_came"
    folder = house.folder / LOG_FOLDER / "garage"
    assert [path.name for path in folder.iterdir()] == [name]
    assert (folder / name).read_bytes() == b"one"


@pytest.mark.parametrize("tail", ["", "/x", "/" + "A" * 43, "/%2e%2e/%2e%2e"])
async def test_a_wrong_address_is_none(house: House, client: TestClient, tail: str) -> None:
    async with house.raw_charger() as charger:
        await _asked(house, charger)
        answer = await client.put(UPLOAD_PATH + tail, data=b"x")
    assert answer.status in (HTTPStatus.NOT_FOUND, HTTPStatus.BAD_REQUEST)


@pytest.mark.parametrize("append", ["/dir/name.tar.gz", "name.log", "/", ""])
async def test_what_a_charger_appends_to_its_address_does_not_count(
    house: House, client: TestClient, append: str
) -> None:
    async with house.raw_charger() as charger:
        location, _, _ = await _asked(house, charger)
        answer = await client.put(location + append, data=b"x")
    assert answer.status == HTTPStatus.CREATED


async def test_a_form_is_taken_too(house: House, client: TestClient) -> None:
    form = FormData()
    form.add_field("note", "not the file")
    form.add_field("file", b"the log", filename="../../x.log")
    async with house.raw_charger() as charger:
        location, _, name = await _asked(house, charger)
        assert (await client.post(location, data=form)).status == HTTPStatus.CREATED
    assert (house.folder / LOG_FOLDER / "garage" / name).read_bytes() == b"the log"


def _form_without_file() -> MultipartWriter:
    form = MultipartWriter("form-data")
    form.append("no file")
    return form


async def test_a_form_without_a_file_is_none_and_may_be_tried_again(
    house: House, client: TestClient
) -> None:
    async with house.raw_charger() as charger:
        location, _, _ = await _asked(house, charger)
        answer = await client.post(location, data=_form_without_file())
        assert answer.status == HTTPStatus.BAD_REQUEST
        assert (await client.post(location, data=b"raw")).status == HTTPStatus.CREATED
    await _told(house, "received")


async def test_who_breaks_off_again_and_again_is_not_served(
    house: House, client: TestClient
) -> None:
    async with house.raw_charger() as charger:
        location, _, _ = await _asked(house, charger)
        statuses = [
            (await client.post(location, data=_form_without_file())).status for _ in range(6)
        ]
    assert statuses == [HTTPStatus.BAD_REQUEST] * 5 + [HTTPStatus.NOT_FOUND]


async def test_a_file_that_never_ends_is_cut_off(house: House, client: TestClient) -> None:
    sent = 0

    async def endless() -> Any:
        nonlocal sent
        while sent < 3 * LARGEST_LOG:
            sent += 2**20
            yield bytes(2**20)

    async with house.raw_charger() as charger:
        location, _, _ = await _asked(house, charger)
        try:
            answer = await client.put(location, data=endless())
        except OSError:
            pass  # the server has closed it
        else:
            assert answer.status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE
        assert (await _told(house, "failed"))["reason"] == "too_large"
    assert sent < 3 * LARGEST_LOG
    assert list((house.folder / LOG_FOLDER / "garage").iterdir()) == []


async def test_two_at_once_do_not_mix(house: House, client: TestClient) -> None:
    go_on = asyncio.Event()

    async def slow() -> Any:
        yield b"first "
        await go_on.wait()
        yield b"whole"

    async with house.raw_charger() as charger:
        location, _, name = await _asked(house, charger)
        first = asyncio.create_task(client.put(location, data=slow()))
        await wait_until((house.folder / LOG_FOLDER / "garage").exists)
        assert (await client.put(location, data=b"second")).status == HTTPStatus.CONFLICT
        go_on.set()
        assert (await first).status == HTTPStatus.CREATED
    assert (house.folder / LOG_FOLDER / "garage" / name).read_bytes() == b"first whole"


async def test_a_charger_tells_why_no_log_comes(house: House, client: TestClient) -> None:
    async with house.raw_charger() as charger:
        await _asked(house, charger)
        await charger.call("DiagnosticsStatusNotification", {"status": "Uploading"})
        await charger.call("DiagnosticsStatusNotification", {"status": "UploadFailed"})
    assert (await _told(house, "failed"))["reason"] == "upload_failed"


async def test_news_of_another_upload_is_not_of_this_one(house: House, client: TestClient) -> None:
    async with house.raw_charger() as charger:
        location, frame, _ = await _asked(house, charger, kind="security")
        other = {"status": "UploadFailure", "requestId": frame[3]["requestId"] + 1}
        await charger.call("LogStatusNotification", other)
        assert (await client.put(location, data=b"x")).status == HTTPStatus.CREATED
    await _told(house, "received")


async def test_the_failure_of_a_log_that_was_asked_for_before_is_not_the_new_ones(
    house: House, client: TestClient
) -> None:
    async with house.raw_charger() as charger:
        await _asked(house, charger)
        location, _, _ = await _asked(house, charger)
        # Without a number, nothing else tells which of both it is.
        await charger.call("DiagnosticsStatusNotification", {"status": "UploadFailed"})
        assert _event(house)["reason"] == "replaced"
        assert (await client.put(location, data=b"x")).status == HTTPStatus.CREATED
        await _told(house, "received")
        await _asked(house, charger)
        await charger.call("DiagnosticsStatusNotification", {"status": "UploadFailed"})
    assert (await _told(house, "failed"))["reason"] == "upload_failed"


async def test_a_log_that_is_replaced_by_another_is_told(house: House, client: TestClient) -> None:
    async with house.raw_charger() as charger:
        await _asked(house, charger)
        await _asked(house, charger)
        told = await _told(house, "failed")
    assert told["reason"] == "replaced"


async def test_a_charger_without_such_a_log_is_told_in_words(
    house: House, client: TestClient
) -> None:
    async with house.raw_charger() as charger:
        asking = asyncio.create_task(_act(house, "get_log"))
        while (frame := await charger.hear())[2] != "GetDiagnostics":
            await charger.fail(frame[1], "NotSupported", "")
        await charger.answer(frame[1], {})
        with pytest.raises(HomeAssistantError) as caught:
            await asking
        assert caught.value.translation_key == "no_such_log"
        location = urlsplit(frame[3]["location"]).path
        assert (await client.put(location, data=b"x")).status == HTTPStatus.NOT_FOUND


async def test_a_charger_that_knows_only_ftp_sends_elsewhere(
    house: House, client: TestClient
) -> None:
    async with house.raw_charger() as charger:
        asking = asyncio.create_task(_act(house, "get_log", url="ftp://192.168.1.10/logs"))
        while (frame := await charger.hear())[2] != "GetDiagnostics":
            await charger.fail(frame[1], "NotSupported", "")
        assert frame[3]["location"] == "ftp://192.168.1.10/logs"
        await charger.answer(frame[1], {"fileName": "x"})
        assert await asking == {}


async def test_what_makes_no_sense_is_said_before_anybody_is_asked(house: House) -> None:
    await house.set_up()
    with pytest.raises(ServiceValidationError) as caught:
        await _act(house, "get_log", start="2026-11-21 12:00", end="2026-11-21 12:00")
    assert caught.value.translation_key == "log_ends_before_it_begins"
    with pytest.raises(HomeAssistantError) as away:
        await _act(house, "get_log")
    assert away.value.translation_key == "not_connected"


async def test_without_an_address_of_ours_that_is_said(house: House) -> None:
    await house.set_up()
    await house.connect()
    house.hass.config.api = None
    with pytest.raises(HomeAssistantError) as caught:
        await _act(house, "get_log")
    assert caught.value.translation_key == "no_upload_address"


async def test_logs_are_for_administrators(
    house: House,
    client: TestClient,
    hass_client: ClientSessionGenerator,
    hass_read_only_access_token: str,
    hass_read_only_user: MockUser,
) -> None:
    async with house.raw_charger() as charger:
        location, _, name = await _asked(house, charger)
        await client.put(location, data=b"x")
    path = f"/api/zmartcharge/log/garage/{name}"
    assert (await client.get(path)).status == HTTPStatus.OK
    guest = await hass_client(hass_read_only_access_token)
    assert (await guest.get(path)).status == HTTPStatus.FORBIDDEN
    device = house.device("garage")
    assert device is not None
    with pytest.raises(Unauthorized):
        await house.hass.services.async_call(
            DOMAIN,
            "get_log",
            {"device_id": device.id},
            blocking=True,
            context=Context(user_id=hass_read_only_user.id),
        )


@pytest.mark.parametrize(
    "path", ["garage/..%2f..%2fledger.db", "garage/x.log", "..%2fgarage/x", "attic/x.log"]
)
async def test_nothing_else_is_downloaded(house: House, client: TestClient, path: str) -> None:
    answer = await client.get(f"/api/zmartcharge/log/{path}")
    assert answer.status in (HTTPStatus.NOT_FOUND, HTTPStatus.BAD_REQUEST)


@pytest.mark.parametrize(
    ("content", "suffix"),
    [(b"text", ".log"), (b"\x1f\x8b\x08", ".log.gz"), (b"PK\x03\x04", ".zip")],
)
async def test_a_packed_log_is_downloaded_as_what_it_is(
    house: House, client: TestClient, content: bytes, suffix: str
) -> None:
    async with house.raw_charger() as charger:
        location, _, name = await _asked(house, charger)
        await client.put(location, data=content)
    answer = await client.get(f"/api/zmartcharge/log/garage/{name}")
    assert answer.headers["Content-Disposition"].endswith(f'{suffix}"')
    assert await answer.read() == content


async def test_the_newest_ten_of_each_charger_are_kept_and_half_ones_are_not(house: House) -> None:
    files = LogFiles(house.folder / LOG_FOLDER)
    for second in range(12):
        part = files.begin("garage", new_name(LogKind.SECURITY, NOW.replace(second=second)))
        part.write_bytes(b"x")
        files.finish(part)
    files.begin("attic", new_name(LogKind.SECURITY, NOW)).write_bytes(b"half")
    await house.set_up()
    await house.connect()
    listed = (await _act(house, "list_logs"))["logs"]
    assert [log["asked_at"][-8:-6] for log in listed] == [f"{s:02}" for s in range(11, 1, -1)]
    assert list((house.folder / LOG_FOLDER / "attic").iterdir()) == []


async def test_the_logs_go_with_their_charger(house: House) -> None:
    files = LogFiles(house.folder / LOG_FOLDER)
    for charger in ("garage", "yard"):
        part = files.begin(charger, new_name(LogKind.SECURITY, NOW))
        part.write_bytes(b"x")
        files.finish(part)
    yard = charger_subentry("yard", "Yard", charge_point_id="CP2")
    await house.set_up(site_subentry(), charger_subentry(), yard)
    await house.remove("garage")
    assert [path.name for path in (house.folder / LOG_FOLDER).iterdir()] == ["yard"]
    await house.hass.config_entries.async_remove(house.entry.entry_id)
    assert not (house.folder / LOG_FOLDER).exists()
