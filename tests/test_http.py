"""OCPP on Home Assistant's own HTTP server."""

from base64 import b64encode
from http import HTTPStatus

from aiohttp import WSServerHandshakeError
from aiohttp.test_utils import TestClient
import pytest
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from .house import KEY, House, RawCharger, wait_until

PATH = "/api/zmartcharge/ocpp"


def _headers(key: str, identity: str = "CP1") -> dict[str, str]:
    return {"Authorization": f"Basic {b64encode(f'{identity}:{key}'.encode()).decode()}"}


@pytest.fixture
async def client(house: House, hass_client_no_auth: ClientSessionGenerator) -> TestClient:
    await house.set_up()
    return await hass_client_no_auth()


async def _refused(client: TestClient, path: str, headers: dict[str, str]) -> int:
    with pytest.raises(WSServerHandshakeError) as err:
        await client.ws_connect(path, protocols=("ocpp1.6",), headers=headers)
    return err.value.status


async def test_charger_is_served(house: House, client: TestClient) -> None:
    async with client.ws_connect(
        f"{PATH}/CP1", protocols=("ocpp1.6",), headers=_headers(KEY)
    ) as socket:
        assert socket.protocol == "ocpp1.6"
        charger = RawCharger(socket)
        boot = {"chargePointVendor": "Zaptec", "chargePointModel": "Go"}
        answer = await charger.call("BootNotification", boot)
        assert answer[2]["status"] == "Accepted"
        assert house.charger.connected
    await wait_until(lambda: not house.charger.connected)


async def test_unknown_charger_gets_404(client: TestClient) -> None:
    assert await _refused(client, f"{PATH}/STRANGER", {}) == HTTPStatus.NOT_FOUND


@pytest.mark.parametrize("path", ["CP1%2F..%2Fx", "CP1%00", "%2e%2e", "CP1%252F"])
async def test_disguised_path_is_refused(client: TestClient, path: str) -> None:
    # Home Assistant refuses some of them as bad requests before they come to us.
    status = await _refused(client, f"{PATH}/{path}", _headers(KEY))
    assert status in (HTTPStatus.NOT_FOUND, HTTPStatus.BAD_REQUEST)


async def test_wrong_key_gets_401(client: TestClient) -> None:
    status = await _refused(client, f"{PATH}/CP1", _headers("not the right key!!"))
    assert status == HTTPStatus.UNAUTHORIZED


async def test_browser_is_asked_to_upgrade(client: TestClient) -> None:
    response = await client.get(f"{PATH}/CP1", headers=_headers(KEY))
    assert response.status == HTTPStatus.UPGRADE_REQUIRED


async def test_without_a_hub_the_view_stays_and_says_503(house: House, client: TestClient) -> None:
    await house.unload()
    status = await _refused(client, f"{PATH}/CP1", _headers(KEY))
    assert status == HTTPStatus.SERVICE_UNAVAILABLE
    await house.set_up()
    response = await client.get(f"{PATH}/CP1", headers=_headers(KEY))
    assert response.status == HTTPStatus.UPGRADE_REQUIRED


async def test_stopping_ends_connections_and_raises_nothing(
    house: House, client: TestClient
) -> None:
    async with client.ws_connect(
        f"{PATH}/CP1", protocols=("ocpp1.6",), headers=_headers(KEY)
    ) as socket:
        await wait_until(lambda: house.charger.connected)
        charger = house.charger
        await house.unload()
        await socket.receive(timeout=5)
        assert socket.closed
        await wait_until(lambda: not charger.connected)
        await house.pass_time(901)
    assert house.issue("charger_offline_garage") is None
    assert house.issue("ledger") is None
