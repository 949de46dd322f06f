"""What a charger does while it cannot ask, as its owner chose it."""

from datetime import timedelta
import json
from typing import Any

from homeassistant.util import dt as dt_util
import pytest

from simulator import SimulatedChargePoint

from .house import House, car, charger_subentry, site_subentry, wait_until

CARD, OTHER = "04A1B2C3", "04D4E5F6"
SETTING = "select.garage_when_offline"
LISTS = {"GetLocalListVersion", "SendLocalList"}
BOTH = pytest.mark.parametrize("ocpp", ["1.6", "2.0.1"])


async def _set_up(house: House, **settings: Any) -> SimulatedChargePoint:
    """Set up a charger that is for registered cards."""
    await house.set_up(site_subentry(), charger_subentry(access="registered"))
    return await house.connect(**settings)


async def _do(house: House, action: str, **data: Any) -> None:
    await house.hass.services.async_call("zmartcharge", action, data, blocking=True)
    await _in_step(house)


async def _choose(house: House, option: str) -> None:
    await house.act("select", "select_option", SETTING, option=option)
    await _in_step(house)


async def _in_step(house: House) -> None:
    """Wait until the charger has been told."""
    await house.hass.async_block_till_done()
    await wait_until(lambda: not house.charger.local_list._running)


def _asked(charge_point: SimulatedChargePoint) -> set[str]:
    """Return what the charger was asked for."""
    frames = [json.loads(frame.text) for frame in charge_point.frames if not frame.sent]
    return {frame[2] for frame in frames if frame[0] == 2}


def _sent(charge_point: SimulatedChargePoint) -> list[dict[str, Any]]:
    """Return the updates of the local list that the charger got."""
    frames = [json.loads(frame.text) for frame in charge_point.frames if not frame.sent]
    return [frame[3] for frame in frames if frame[0] == 2 and frame[2] == "SendLocalList"]


def _known(charge_point: SimulatedChargePoint, id_tag: str = CARD) -> str | None:
    return charge_point.station.id_tags.known(id_tag, dt_util.utcnow())


async def test_a_charger_is_left_as_it_is_until_its_owner_chooses(house: House) -> None:
    charge_point = await _set_up(house)
    await _do(house, "register_token", id_tag=CARD)
    assert house.state(SETTING) == "as_it_is"
    assert not _asked(charge_point) & LISTS
    assert charge_point.station.configuration.flag("AuthorizationCacheEnabled")


@BOTH
async def test_a_registered_card_charges_while_the_network_is_cut(house: House, ocpp: str) -> None:
    charge_point = await _set_up(house, ocpp=ocpp)
    await _do(house, "register_token", id_tag=CARD, group="FAMILY")
    await _choose(house, "local_list")
    assert _known(charge_point) == "Accepted"
    assert charge_point.station.id_tags.parent(CARD) == "FAMILY"
    await house.cut(charge_point)
    await charge_point.plug_in(car())
    assert await charge_point.tap(OTHER) == "Invalid"
    assert await charge_point.tap(CARD) == "Accepted"
    await house.mend(charge_point)
    await wait_until(lambda: house.connector.in_session)
    assert not house.charger.gatekeeper.refuses(house.connector.session)  # type: ignore[arg-type]


@BOTH
async def test_nobody_new_charges_while_the_network_is_cut_where_that_is_chosen(
    house: House, ocpp: str
) -> None:
    charge_point = await _set_up(house, ocpp=ocpp)
    await _do(house, "register_token", id_tag=CARD)
    await _choose(house, "local_list")
    await _choose(house, "block")
    await house.cut(charge_point)
    assert await charge_point.tap(CARD) == "Invalid"


@BOTH
async def test_everybody_charges_while_the_network_is_cut_where_that_is_chosen(
    house: House, ocpp: str
) -> None:
    charge_point = await _set_up(house, ocpp=ocpp)
    await _do(house, "register_token", id_tag=OTHER, blocked=True)
    await _choose(house, "free")
    await house.cut(charge_point)
    await charge_point.plug_in(car())
    assert await charge_point.tap(OTHER) == "Blocked"
    assert await charge_point.tap(CARD) == "Accepted"
    house.time.tick(timedelta(minutes=5))
    charge_point.step(dt_util.utcnow(), 300.0)
    await house.mend(charge_point)
    await wait_until(lambda: house.connector.in_session)
    # It is not refused for that afterwards.
    await house.pass_time(60)
    assert house.connector.in_session


async def test_a_changed_card_is_told_as_a_difference(house: House) -> None:
    charge_point = await _set_up(house)
    await _choose(house, "local_list")
    await _do(house, "register_token", id_tag=CARD)
    await _do(house, "register_token", id_tag=OTHER)
    await _do(house, "remove_token", id_tag=CARD)
    assert [update["updateType"] for update in _sent(charge_point)] == [
        "Full",
        "Differential",
        "Differential",
    ]
    assert _sent(charge_point)[-1]["localAuthorizationList"] == [{"idTag": CARD}]
    assert (_known(charge_point), _known(charge_point, OTHER)) == (None, "Accepted")


async def test_a_card_that_expires_is_told_when_it_does(house: House) -> None:
    charge_point = await _set_up(house)
    await _choose(house, "free")
    until = dt_util.utcnow() + timedelta(hours=1)
    await _do(house, "register_token", id_tag=CARD, valid_until=until.isoformat())
    assert _sent(charge_point)[-1]["localAuthorizationList"][0]["idTagInfo"] == {
        "status": "Accepted",
        "expiryDate": "2026-11-21T13:00:00Z",
    }
    await house.pass_time(3601)
    await _in_step(house)
    info = _sent(charge_point)[-1]["localAuthorizationList"][0]["idTagInfo"]
    assert info["status"] == "Expired"


async def test_a_charger_in_step_is_told_nothing_after_a_restart(house: House) -> None:
    charge_point = await _set_up(house)
    await _do(house, "register_token", id_tag=CARD)
    await _choose(house, "local_list")
    before = len(_sent(charge_point))
    await charge_point.reboot()
    await house.settled(charge_point)
    await wait_until(lambda: house.charger.setup.done)
    await house.hass.async_block_till_done()
    assert len(_sent(charge_point)) == before == 1


async def test_a_card_that_changed_while_the_charger_was_away_is_told_when_it_comes(
    house: House,
) -> None:
    charge_point = await _set_up(house)
    await _choose(house, "local_list")
    await house.cut(charge_point)
    await _do(house, "register_token", id_tag=CARD)
    assert _known(charge_point) is None
    await charge_point.reboot()
    await house.mend(charge_point)
    await wait_until(lambda: _known(charge_point) == "Accepted")


@pytest.mark.parametrize("answer", ["VersionMismatch", "Failed"])
async def test_a_refused_difference_is_followed_by_the_whole_list_once(
    house: House, monkeypatch: pytest.MonkeyPatch, answer: str
) -> None:
    charge_point = await _set_up(house)
    await _choose(house, "local_list")
    await _do(house, "register_token", id_tag=CARD)
    id_tags = charge_point.station.id_tags
    with monkeypatch.context() as patch:
        patch.setattr(id_tags, "update_list", lambda *_: answer)
        await _do(house, "register_token", id_tag=OTHER)
        kinds = [update["updateType"] for update in _sent(charge_point)]
        assert kinds == ["Full", "Differential", "Full"]
        # It is not asked again, whatever is registered.
        await _do(house, "remove_token", id_tag=OTHER)
        assert len(_sent(charge_point)) == 3
    await charge_point.reboot()
    await wait_until(lambda: len(_sent(charge_point)) == 4)
    await house.hass.async_block_till_done()
    assert _sent(charge_point)[-1]["updateType"] == "Full"
    assert (_known(charge_point), _known(charge_point, OTHER)) == ("Accepted", None)


async def test_a_charger_without_a_local_list_is_not_asked(house: House) -> None:
    keys = {"SupportedFeatureProfiles": "Core,SmartCharging", "AuthorizationCacheEnabled": "false"}
    charge_point = await _set_up(house, configuration=keys)
    await _choose(house, "local_list")
    await _do(house, "register_token", id_tag=CARD)
    assert not _asked(charge_point) & LISTS
    # Its cache of our answers does instead.
    assert charge_point.station.configuration.flag("AuthorizationCacheEnabled")


async def test_a_long_list_is_told_in_parts_and_what_has_no_room_is_left_out(house: House) -> None:
    keys = {"SendLocalListMaxLength": "2", "LocalAuthListMaxLength": "5"}
    charge_point = await _set_up(house, configuration=keys)
    for number in range(6):
        await _do(house, "register_token", id_tag=f"CARD{number}")
        house.time.tick(1)
    await _choose(house, "local_list")
    sizes = [len(update["localAuthorizationList"]) for update in _sent(charge_point)]
    assert sizes == [2, 2, 1]
    assert _known(charge_point, "CARD0") is None  # the oldest
    assert _known(charge_point, "CARD5") == "Accepted"


async def test_nothing_of_ours_is_left_where_the_choice_is_taken_back(house: House) -> None:
    charge_point = await _set_up(house)
    await _do(house, "register_token", id_tag=CARD)
    await _choose(house, "local_list")
    await _choose(house, "as_it_is")
    assert _known(charge_point) is None
    sent = len(_sent(charge_point))
    await _do(house, "register_token", id_tag=OTHER)
    assert len(_sent(charge_point)) == sent


async def test_a_charger_that_is_removed_forgets_the_cards(house: House) -> None:
    charge_point = await _set_up(house)
    await _do(house, "register_token", id_tag=CARD)
    await _choose(house, "local_list")
    await house.remove("garage")
    await wait_until(lambda: not charge_point.connected)
    assert _known(charge_point) is None
    assert await house.hub.ledger.local_list("CP1") is None


async def test_a_charger_that_goes_while_it_is_told_is_told_all_when_it_comes(
    house: House,
) -> None:
    await house.set_up(site_subentry(), charger_subentry(access="registered", offline="local_list"))
    charge_point = await house.connect()
    await house.cut(charge_point)
    await _do(house, "register_token", id_tag=CARD)
    await charge_point.reboot()
    await house.mend(charge_point)
    await wait_until(lambda: _known(charge_point) == "Accepted")
    assert house.state(SETTING) == "local_list"
