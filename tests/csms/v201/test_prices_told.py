"""What a charger hears of prices in the answers to what it says, over a real socket (I01-I03)."""

from typing import Any

import pytest

from custom_components.zmartcharge.csms import AuthorizationStatus, IdTagInfo, PersonalMessage

from ..conftest import Server
from .conftest import CARD, CHARGING, Charger201, KeepingHandler, begin, connect, register


async def charger_of(server: Server, ocpp: str) -> Charger201:
    """Connect a charger of a version."""
    if ocpp == "2.0.1":
        return await connect(server)
    raw = await server.connect(protocols=(f"ocpp{ocpp}",))
    return Charger201(raw.socket)


@pytest.mark.parametrize("ocpp", ["2.0.1", "2.1"])
async def test_the_answer_to_an_end_says_what_the_transaction_cost(
    server: Server, handler: KeepingHandler, ocpp: str
) -> None:
    charger = await charger_of(server, ocpp)
    await begin(charger)
    handler.cost = 12.34
    answer = await charger.event("Ended", meterValue=[register(2000)])
    assert answer == {"totalCost": 12.34}
    assert handler.all("cost")[-1] == (4711, True)
    # Said again, because the answer was lost, it is answered alike.
    again = await charger.event("Ended", seqNo=charger.seq - 1, meterValue=[register(2000)])
    assert again == answer


async def test_the_cost_stands_beside_what_holds_for_the_card(
    server: Server, handler: KeepingHandler
) -> None:
    charger = await connect(server)
    await begin(charger)
    handler.cost = 0.0
    answer = await charger.event("Ended", idToken=CARD, meterValue=[register(1000)])
    # What was free is said to be (I03): 0 is told, and nothing is not 0.
    assert answer == {"idTokenInfo": {"status": "Accepted"}, "totalCost": 0.0}


async def test_a_cost_that_is_not_known_is_left_out(
    server: Server, handler: KeepingHandler
) -> None:
    charger = await connect(server)
    await begin(charger)
    assert await charger.event("Ended", meterValue=[register(2000)]) == {}
    assert handler.all("cost") == [(4711, True)]


@pytest.mark.parametrize("values", [{}, {"meterValue": []}])
async def test_without_a_register_at_the_end_nobody_knows_the_cost(
    server: Server, handler: KeepingHandler, values: dict[str, Any]
) -> None:
    charger = await connect(server)
    handler.cost = 0.0
    await begin(charger)
    assert await charger.event("Ended", **values) == {}


async def test_a_cable_without_a_session_costs_nothing_that_could_be_told(
    server: Server, handler: KeepingHandler
) -> None:
    charger = await connect(server)
    handler.cost = 0.0
    info = {"chargingState": "EVConnected"}
    await charger.event("Started", triggerReason="CablePluggedIn", info=info)
    assert await charger.event("Ended", info={"chargingState": "Idle"}) == {}
    assert handler.all("cost") == []


async def test_only_newer_chargers_hear_in_answers_what_it_costs_so_far(
    server: Server, handler: KeepingHandler
) -> None:
    # OCPP 2.0.1: totalCost "SHALL only be sent when charging has ended".
    handler.cost = 1.5
    for ocpp, told in (("2.0.1", {}), ("2.1", {"totalCost": 1.5})):
        charger = await charger_of(server, ocpp)
        handler.kept.clear()
        assert "totalCost" not in await begin(charger, own_id=f"T{ocpp}")
        answer = await charger.event(
            "Updated", own_id=f"T{ocpp}", info=CHARGING, meterValue=[register(1500)]
        )
        assert answer == told
        await charger.socket.close()


def greeted(text: str = "1,23 kr/kWh") -> IdTagInfo:
    """Return what holds for a card, with a text for who holds it."""
    message = PersonalMessage(text=text, language="nb")
    return IdTagInfo(status=AuthorizationStatus.ACCEPTED, message=message)


def shown(text: str = "1,23 kr/kWh", letters: str = "ASCII") -> dict[str, Any]:
    """Return the answer that has it."""
    message = {"format": letters, "language": "nb", "content": text}
    return {"idTokenInfo": {"status": "Accepted", "personalMessage": message}}


@pytest.mark.parametrize("ocpp", ["2.0.1", "2.1"])
async def test_who_holds_a_card_to_it_is_shown_a_text(
    server: Server, handler: KeepingHandler, ocpp: str
) -> None:
    charger = await charger_of(server, ocpp)
    handler.info = greeted()
    assert (await charger.call("Authorize", {"idToken": CARD}))[2] == shown()
    handler.info = greeted("1,23 zł/kWh")
    answer = (await charger.call("Authorize", {"idToken": CARD}))[2]
    assert answer == shown("1,23 zł/kWh", "UTF8")


async def test_the_text_is_shown_at_the_start_and_not_again_at_each_value(
    server: Server, handler: KeepingHandler
) -> None:
    charger = await connect(server)
    handler.message = greeted().message
    assert await begin(charger, seqNo=0) == shown()
    # Said again it is answered alike.
    assert await begin(charger, seqNo=0) == shown()
    charger.seq = 1
    answer = await charger.event("Updated", idToken=CARD, meterValue=[register(1500)])
    assert answer == {"idTokenInfo": {"status": "Accepted"}}
    answer = await charger.event("Ended", idToken=CARD, meterValue=[register(2000)])
    assert answer == {"idTokenInfo": {"status": "Accepted"}}


async def test_what_happened_offline_is_answered_without_a_text(
    server: Server, handler: KeepingHandler
) -> None:
    charger = await connect(server)
    handler.message = greeted().message
    assert await begin(charger, offline=True) == {"idTokenInfo": {"status": "Accepted"}}
