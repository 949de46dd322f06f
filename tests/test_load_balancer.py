"""A Pow-U that posts its readings to Home Assistant."""

from http import HTTPStatus
import json
from typing import Any

from aiohttp import ClientResponse
from aiohttp.test_utils import TestClient
import pytest
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.zmartcharge.meter import load_balancer_answer

from .house import House, pow_u_meter, site_subentry

PATH = "/api/zc/loadbalancer"
TOKEN = "abcdefghij0123456789"
CABIN = "klmnopqrst0123456789"
WRONG = "0123456789abcdefghij"
POST = {"L1A": "6.5", "L2A": "5.0", "L3A": "3.1", "HighConsumption": "0", "CurrentPower": "1520"}


@pytest.fixture
async def client(house: House, hass_client_no_auth: ClientSessionGenerator) -> TestClient:
    await house.set_up(
        site_subentry(meter=pow_u_meter(TOKEN)),
        site_subentry("cabin", "Cabin", grid_type="it_230", meter=pow_u_meter(CABIN)),
    )
    return await hass_client_no_auth()


async def post(client: TestClient, token: str, **changes: Any) -> ClientResponse:
    """Post as the unit does: text values, no Content-Type."""
    body = json.dumps({"LBToken": token, **POST, **changes})
    return await client.post(PATH, data=body.encode(), skip_auto_headers=["Content-Type"])


async def test_reading_is_shown_and_the_answer_sets_the_pace(
    house: House, client: TestClient
) -> None:
    assert house.state("binary_sensor.home_meter_online") == "off"
    response = await post(client, TOKEN)
    assert response.status == HTTPStatus.OK
    assert await response.json() == load_balancer_answer()
    assert [house.number(f"sensor.home_current_l{n}") for n in (1, 2, 3)] == [6.5, 5, 3.1]
    assert house.number("sensor.home_power") == 1520
    assert house.state("binary_sensor.home_meter_online") == "on"
    assert house.state("binary_sensor.cabin_meter_online") == "off"


async def test_two_units_each_have_their_site(house: House, client: TestClient) -> None:
    await post(client, TOKEN)
    await post(client, CABIN, L1A="1.0", L2A="0.0", L3A="2.0", CurrentPower="500")
    assert house.number("sensor.home_current_l1") == 6.5
    assert house.number("sensor.cabin_current_l1") == 1
    # The unit sends 0 for a line that the meter of an IT net does not measure.
    l2 = house.full_state("sensor.cabin_current_l2")
    assert float(l2.state) > 0
    assert l2.attributes["estimated"] is True


async def test_content_type_does_not_matter(house: House, client: TestClient) -> None:
    body = json.dumps({"LBToken": TOKEN, **POST})
    for content_type in ("application/json", "text/plain; charset=x-none", "nonsense"):
        response = await client.post(PATH, data=body, headers={"Content-Type": content_type})
        assert response.status == HTTPStatus.OK


async def test_unit_that_falls_silent_is_stale_then_a_repair(
    house: House, client: TestClient
) -> None:
    await post(client, TOKEN)
    await house.pass_time(32)
    assert house.state("sensor.home_power") == "unavailable"
    assert house.state("sensor.home_reading_quality") == "stale"
    await house.pass_time(600)
    issue = house.issue("meter_silent_home")
    assert issue is not None
    assert issue.translation_key == "meter_silent_pow_u"
    await post(client, TOKEN)
    assert house.issue("meter_silent_home") is None


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", HTTPStatus.BAD_REQUEST),
        (b"\xff\xfe garbage", HTTPStatus.BAD_REQUEST),
        (b"[]", HTTPStatus.BAD_REQUEST),
        (b"{}", HTTPStatus.UNAUTHORIZED),
        (json.dumps({"LBToken": WRONG, **POST}).encode(), HTTPStatus.UNAUTHORIZED),
        (json.dumps({"LBToken": TOKEN[:-1], **POST}).encode(), HTTPStatus.UNAUTHORIZED),
        (json.dumps({"LBToken": TOKEN.upper(), **POST}).encode(), HTTPStatus.UNAUTHORIZED),
        (json.dumps({"LBToken": TOKEN, "L1A": "NaN"}).encode(), HTTPStatus.BAD_REQUEST),
        (json.dumps({"LBToken": TOKEN}).encode(), HTTPStatus.BAD_REQUEST),
        (b'{"LBToken":"' + TOKEN.encode() + b'","L1A":"6.5', HTTPStatus.BAD_REQUEST),
        (b"x" * 100_000, HTTPStatus.BAD_REQUEST),
    ],
)
async def test_bad_request_is_refused_and_no_token_is_logged(
    house: House,
    client: TestClient,
    caplog: pytest.LogCaptureFixture,
    body: bytes,
    status: HTTPStatus,
) -> None:
    response = await client.post(PATH, data=body)
    assert response.status == status
    assert not house.site.heard
    assert "A meter reading from 127.0.0.1 was refused" in caplog.text
    for token in (TOKEN, WRONG):
        assert token[:8] not in caplog.text


async def test_statement_20_reading_that_is_not_believed_changes_nothing(
    house: House, client: TestClient
) -> None:
    await post(client, TOKEN)
    assert (await post(client, TOKEN, L1A="4000")).status == HTTPStatus.OK
    assert house.number("sensor.home_current_l1") == 6.5
    assert house.site.last_rejection == "reading_current_absurd"


async def test_other_methods_are_not_served(client: TestClient) -> None:
    assert (await client.get(PATH)).status == HTTPStatus.METHOD_NOT_ALLOWED


async def test_guessing_is_slowed_down_and_a_right_token_still_works(
    house: House, client: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    statuses = [(await post(client, WRONG)).status for _ in range(12)]
    assert statuses == [401] * 10 + [429] * 2
    response = await post(client, WRONG)
    assert response.headers["Retry-After"] == "300"
    assert caplog.text.count("was refused") == 1
    assert (await post(client, TOKEN)).status == HTTPStatus.OK
    assert house.number("sensor.home_power") == 1520

    await house.pass_time(301)
    assert (await post(client, WRONG)).status == HTTPStatus.UNAUTHORIZED


async def test_without_a_hub_the_view_stays_and_says_503(house: House, client: TestClient) -> None:
    await house.unload()
    assert (await post(client, TOKEN)).status == HTTPStatus.SERVICE_UNAVAILABLE
    await house.set_up()
    assert (await post(client, TOKEN)).status == HTTPStatus.OK


async def test_token_of_a_meter_that_was_removed_is_wrong(house: House, client: TestClient) -> None:
    await house.change("home", meter=None)
    assert (await post(client, TOKEN)).status == HTTPStatus.UNAUTHORIZED
    assert (await post(client, CABIN)).status == HTTPStatus.OK


async def test_many_addresses_are_forgotten_one_by_one(house: House, client: TestClient) -> None:
    from custom_components.zmartcharge.http import LoadBalancerView

    view = LoadBalancerView()
    for number in range(300):
        assert view._refuse(f"10.0.{number // 256}.{number % 256}", 401, "x").status == 401
    assert len(view._wrong) == 256
