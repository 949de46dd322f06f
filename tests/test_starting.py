"""A session that a restart of the charger cut short goes on, in the name of whoever began it."""

from typing import Any

import pytest

from custom_components.zmartcharge.connector import Connector
from custom_components.zmartcharge.const import ID_TAG_HOME_ASSISTANT
from simulator import SimulatedChargePoint

from .house import House, car, charger_subentry, site_subentry, wait_until

CARD = "04A1B2C3"


async def _charging(house: House, **changes: Any) -> SimulatedChargePoint:
    """Return a charger at which a registered card has begun a session."""
    await house.set_up(site_subentry(), charger_subentry(**{"access": "registered", **changes}))
    await _register(house)
    charge_point = await house.connect()
    await charge_point.plug_in(car())
    assert await charge_point.tap(CARD) == "Accepted"
    await wait_until(lambda: house.connector.in_session)
    await house.run(charge_point, 60)
    return charge_point


async def _register(house: House, **about: Any) -> None:
    data = {"id_tag": CARD, "label": "Blue fob", **about}
    await house.hass.services.async_call("zmartcharge", "register_token", data, blocking=True)


async def _restart(house: House, charge_point: SimulatedChargePoint) -> None:
    before = house.connector.session
    assert before is not None
    await house.charger.reset()
    await wait_until(lambda: house.connector.session and house.connector.session.stop_reason)
    assert house.connector.session is not None
    assert house.connector.session.stop_reason == "SoftReset"
    await wait_until(lambda: charge_point.registered)
    await house.settled(charge_point)


async def _goes_on(house: House) -> str:
    """Return in whose name the session goes on."""
    await house.pass_time(30)
    await wait_until(lambda: house.connector.in_session)
    assert house.connector.session is not None
    return house.connector.session.id_tag


async def test_session_of_a_card_goes_on_as_the_cards(house: House) -> None:
    charge_point = await _charging(house)
    await _restart(house, charge_point)
    assert await _goes_on(house) == CARD


async def test_session_that_home_assistant_began_goes_on_as_its_own(house: House) -> None:
    await house.set_up(site_subentry(), charger_subentry(access="registered"))
    charge_point = await house.connect()
    await house.charge(charge_point, 60)
    await _restart(house, charge_point)
    assert await _goes_on(house) == ID_TAG_HOME_ASSISTANT


async def test_session_goes_on_as_the_cards_after_a_restart_of_home_assistant_too(
    house: House,
) -> None:
    charge_point = await _charging(house)

    async def start(*_arguments: Any) -> None:
        """Home Assistant ends before the charger has been told."""

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Connector, "start", start)
        await _restart(house, charge_point)
        await house.unload()
    await charge_point.stop()
    await house.set_up()
    await house.connect(station=charge_point.station)
    assert await _goes_on(house) == CARD
    assert len(await house.sessions()) == 2


async def test_card_that_was_blocked_meanwhile_does_not_go_on_until_it_may_again(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    charge_point = await _charging(house, access="open")
    decided = house.charger.gatekeeper.decide_start
    asked: list[str] = []

    def decide_start(id_tag: str, connector_id: int | None) -> Any:
        asked.append(id_tag)
        return decided(id_tag, connector_id)

    monkeypatch.setattr(house.charger.gatekeeper, "decide_start", decide_start)
    await _register(house, blocked=True)
    await _restart(house, charge_point)
    await wait_until(lambda: asked)
    for _ in range(5):
        await house.pass_time(30)
        await house.settled(charge_point)
    assert set(asked) == {CARD}
    assert not house.connector.in_session
    assert len(await house.sessions()) == 1

    await _register(house, blocked=False)
    assert await _goes_on(house) == CARD


async def test_next_car_is_nobodys(house: House) -> None:
    charge_point = await _charging(house)
    await _restart(house, charge_point)
    assert await _goes_on(house) == CARD
    await house.settled(charge_point)
    await charge_point.unplug()
    await wait_until(lambda: not house.connector.in_session)
    await house.settled(charge_point)
    await house.charge(charge_point)
    assert house.connector.session is not None
    assert house.connector.session.id_tag == ID_TAG_HOME_ASSISTANT
