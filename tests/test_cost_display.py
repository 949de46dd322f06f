"""Chargers with a display: what a kWh costs now, and what a session costs so far."""

import asyncio
from collections.abc import Iterable
import json
from typing import Any

from homeassistant.util import dt as dt_util
import pytest

from custom_components.zmartcharge import cost_display
from simulator import SimulatedChargePoint, SimulatedChargePoint21, SimulatedChargePoint201

from .house import House, car, charger_subentry, site_subentry, wait_until
from .priced import Priced, priced_site

MINUTE = 60


@pytest.fixture
async def priced(house: House) -> Priced:
    priced = Priced(house)
    priced.prices(h0="1.2345", h1="0.5")
    assert await house.set_up(priced_site(), charger_subentry())
    await wait_until(lambda: house.site.pricing.current is not None)
    await house.act("select", "select_option", "select.garage_charging_mode", option="full_now")
    return priced


async def _charge_point(house: House, ocpp: str, shows: Iterable[str]) -> Any:
    return await house.connect(ocpp=ocpp, shows=tuple(shows))


async def _charge(house: House, charge_point: SimulatedChargePoint, seconds: int = 0) -> None:
    """Plug a car in, which is charged at once, and let it charge for a while."""
    await charge_point.plug_in(car())
    await wait_until(lambda: house.connector.in_session)
    await house.settled(charge_point)
    if seconds:
        await house.run(charge_point, seconds)


def _told(charge_point: SimulatedChargePoint, action: str) -> list[dict[str, Any]]:
    """Return the payloads of the requests that a charger got."""
    frames = [json.loads(frame.text) for frame in charge_point.frames if not frame.sent]
    return [frame[3] for frame in frames if frame[0] == 2 and frame[2] == action]


@pytest.mark.parametrize("ocpp", ["2.0.1", "2.1"])
async def test_the_display_shows_what_the_session_costs_so_far(
    house: House, priced: Priced, ocpp: str
) -> None:
    charge_point: SimulatedChargePoint201 = await _charge_point(house, ocpp, ["Cost"])
    await _charge(house, charge_point, 5 * MINUTE)
    await house.pass_time(MINUTE + 1)
    await wait_until(lambda: any(charge_point.display.costs.values()))
    (cost,) = charge_point.display.costs.values()
    assert cost == pytest.approx(float(house.state("sensor.garage_session_cost")), abs=0.3)
    # Amounts in kroner are not to be read as euros.
    assert charge_point.station.configuration.text("Currency") == "NOK"


async def test_costs_are_told_once_a_minute_and_only_when_they_are_others(
    house: House, priced: Priced
) -> None:
    charge_point = await _charge_point(house, "2.0.1", ["Cost"])
    await _charge(house, charge_point)
    for _ in range(10):
        await house.run(charge_point, MINUTE)
    told = _told(charge_point, "CostUpdated")
    assert 1 < len(told) <= 10
    assert len({each["totalCost"] for each in told}) == len(told)
    await charge_point.unplug()
    await house.settled(charge_point)
    await house.run(charge_point, 5 * MINUTE)
    assert _told(charge_point, "CostUpdated") == told


async def _end(house: House, charge_point: SimulatedChargePoint) -> None:
    """Pull the cable out, which ends the session."""
    await charge_point.unplug()
    await wait_until(lambda: not house.connector.in_session)
    await house.settled(charge_point)


@pytest.mark.parametrize("ocpp", ["2.0.1", "2.1"])
async def test_the_display_shows_what_the_session_cost_when_it_ends(
    house: House, priced: Priced, ocpp: str
) -> None:
    charge_point: SimulatedChargePoint201 = await _charge_point(house, ocpp, ["Cost"])
    await _charge(house, charge_point, 10 * MINUTE)
    await _end(house, charge_point)
    (total,) = charge_point.display.totals.values()
    (session,) = await house.sessions()
    assert total == pytest.approx(session.energy_wh / 1000 * 1.2345, abs=0.005)
    assert total == round(total, 2) > 1
    assert charge_point.station.configuration.text("Currency") == "NOK"


async def test_a_newer_display_hears_at_each_value_what_it_costs_so_far(
    house: House, priced: Priced
) -> None:
    charge_point: SimulatedChargePoint21 = await _charge_point(house, "2.1", ["Cost"])
    # Less than a minute, after which costs are told by themselves.
    await _charge(house, charge_point, 40)
    await wait_until(lambda: any(charge_point.display.costs.values()))
    assert _told(charge_point, "CostUpdated") == []


async def test_a_session_that_ended_offline_is_told_its_cost_when_it_is_told(
    house: House, priced: Priced
) -> None:
    charge_point: SimulatedChargePoint201 = await _charge_point(house, "2.0.1", ["Cost"])
    await _charge(house, charge_point, 5 * MINUTE)
    await house.cut(charge_point)
    for _ in range(30):
        house.time.tick(10)
        charge_point.step(dt_util.utcnow(), 10.0)
    await charge_point.unplug()
    await house.mend(charge_point)
    (session,) = await house.sessions()
    assert session.stopped_at is not None
    total = pytest.approx(session.energy_wh / 1000 * 1.2345, abs=0.005)
    assert list(charge_point.display.totals.values()) == [total]


async def test_an_end_that_is_said_again_later_is_answered_from_the_ledger(
    house: House, priced: Priced, monkeypatch: pytest.MonkeyPatch
) -> None:
    charge_point: SimulatedChargePoint201 = await _charge_point(house, "2.0.1", ["Cost"])
    await _charge(house, charge_point, 5 * MINUTE)
    await _end(house, charge_point)
    (total,) = charge_point.display.totals.values()
    await _charge(house, charge_point, 10)
    first = (await house.sessions())[-1].transaction_id
    assert await house.charger.messages.transaction_cost(first, ended=True) == total
    # Its answer waits for no disk.
    monkeypatch.setattr(cost_display, "_COST_WITHIN", 0.01)
    monkeypatch.setattr(house.hub.ledger, "session_cost", lambda _: asyncio.Event().wait())
    assert await house.charger.messages.transaction_cost(first, ended=True) is None


async def test_a_total_is_not_told_in_another_currency_than_is_shown(
    house: House, priced: Priced, monkeypatch: pytest.MonkeyPatch
) -> None:
    charge_point: SimulatedChargePoint201 = house.charge_point(ocpp="2.0.1", shows=("Cost",))
    refused = {"attribute_status": "Rejected"}
    monkeypatch.setattr(
        charge_point.device_model, "set", lambda items: [{**item, **refused} for item in items]
    )
    await charge_point.start()
    await house.ready()
    await house.settled(charge_point)
    await _charge(house, charge_point, 5 * MINUTE)
    await _end(house, charge_point)
    assert charge_point.station.configuration.text("Currency") == "EUR"
    assert charge_point.display.totals == {}


async def test_a_session_whose_price_is_not_known_has_no_total(house: House) -> None:
    await house.set_up()
    charge_point: SimulatedChargePoint201 = await _charge_point(house, "2.0.1", ["Cost"])
    await house.charge(charge_point, 5 * MINUTE)
    await _end(house, charge_point)
    assert charge_point.display.totals == {}


async def test_a_session_whose_price_is_not_known_for_all_of_it_has_no_total(
    house: House, priced: Priced
) -> None:
    charge_point: SimulatedChargePoint201 = await _charge_point(house, "2.0.1", ["Cost"])
    await _charge(house, charge_point, 5 * MINUTE)
    await house.change("home", **{**site_subentry()["data"], "price": None})
    await house.run(charge_point, 30 * MINUTE, step=30)
    await _end(house, charge_point)
    assert float(house.state("sensor.garage_session_cost")) > 0
    assert charge_point.display.totals == {}


async def test_a_register_that_jumped_gives_no_total(house: House, priced: Priced) -> None:
    charge_point: SimulatedChargePoint201 = await _charge_point(house, "2.0.1", ["Cost"])
    await _charge(house, charge_point, 5 * MINUTE)
    charge_point.evse.connector(1)._energy_wh += 10_000_000
    await house.run(charge_point, MINUTE)
    await _end(house, charge_point)
    (session,) = await house.sessions()
    assert "register_jump" in session.flags
    assert charge_point.display.totals == {}


async def test_who_says_that_it_shows_no_costs_hears_of_none(
    house: House, priced: Priced, monkeypatch: pytest.MonkeyPatch
) -> None:
    charge_point: SimulatedChargePoint201 = house.charge_point(ocpp="2.0.1", shows=("Cost",))
    for variable in charge_point.device_model._prices:
        charge_point.device_model._prices[variable] = "false"
    await charge_point.start()
    await house.ready()
    await house.settled(charge_point)
    await _charge(house, charge_point, 5 * MINUTE)
    await _end(house, charge_point)
    assert charge_point.display.totals == {}


async def test_a_charger_that_does_not_say_what_it_shows_hears_its_total(
    house: House, priced: Priced
) -> None:
    charge_point: SimulatedChargePoint201 = await _charge_point(house, "2.0.1", ())
    await _charge(house, charge_point, 5 * MINUTE)
    await _end(house, charge_point)
    assert charge_point.display.totals


async def test_a_charger_that_knows_tariffs_gets_the_price_of_now(
    house: House, priced: Priced
) -> None:
    charge_point: SimulatedChargePoint21 = await _charge_point(house, "2.1", ["Tariff"])
    await wait_until(lambda: charge_point.tariffs.defaults)
    (tariff,) = charge_point.tariffs.defaults.values()
    assert tariff["currency"] == "NOK"
    assert tariff["energy"] == {"prices": [{"price_kwh": 1.2345}]}
    assert tariff["description"][0]["content"] == "1.23 kr/kWh"
    # Nothing is told again that is known.
    await house.run(charge_point, 5 * MINUTE)
    assert len(_told(charge_point, "SetDefaultTariff")) == 1


async def test_a_session_that_runs_gets_the_next_price_too(house: House, priced: Priced) -> None:
    charge_point: SimulatedChargePoint21 = await _charge_point(house, "2.1", ["Tariff"])
    await _charge(house, charge_point)
    await house.run(charge_point, 62 * MINUTE, step=30)
    await wait_until(
        lambda: charge_point.tariffs.defaults[0]["energy"]["prices"][0]["price_kwh"] == 0.5
    )
    await wait_until(lambda: charge_point.tariffs.of_transactions)
    (tariff,) = charge_point.tariffs.of_transactions.values()
    assert tariff["energy"]["prices"][0]["price_kwh"] == 0.5


async def test_a_price_that_is_not_known_any_more_is_taken_away(
    house: House, priced: Priced
) -> None:
    charge_point: SimulatedChargePoint21 = await _charge_point(house, "2.1", ["Tariff"])
    await wait_until(lambda: charge_point.tariffs.defaults)
    await house.change("home", **{**site_subentry()["data"], "price": None})
    await house.pass_time(MINUTE + 1)
    await wait_until(lambda: not charge_point.tariffs.defaults)


@pytest.mark.parametrize(
    ("ocpp", "shows"),
    [("2.0.1", ("Tariff",)), ("2.0.1", ("Messages",)), ("2.1", ("Messages",))],
)
async def test_a_display_greets_who_comes_with_the_price_of_now_in_the_language_of_the_house(
    house: House, priced: Priced, ocpp: str, shows: tuple[str, ...]
) -> None:
    house.hass.config.language = "nb"
    charge_point: SimulatedChargePoint201 = await _charge_point(house, ocpp, shows)
    assert await charge_point.authorize("04A1B2C3") == "Accepted"
    now = {"format": "ASCII", "language": "nb", "content": "1,23 kr/kWh"}
    assert charge_point.display.greetings == [now]
    await _charge(house, charge_point, 5 * MINUTE)
    assert charge_point.display.greetings == [now, now]
    await _end(house, charge_point)
    await house.run(charge_point, 60 * MINUTE, step=30)
    await wait_until(
        lambda: str(house.site.pricing.current and house.site.pricing.current.total) == "0.5"
    )
    await charge_point.authorize("04A1B2C3")
    assert charge_point.display.greetings[-1]["content"] == "0,50 kr/kWh"


async def test_a_display_that_shows_the_tariff_by_itself_is_told_no_text_beside_it(
    house: House, priced: Priced, monkeypatch: pytest.MonkeyPatch
) -> None:
    charge_point: SimulatedChargePoint21 = await _charge_point(house, "2.1", ["Tariff"])
    await wait_until(lambda: charge_point.tariffs.defaults)
    await charge_point.authorize("04A1B2C3")
    assert charge_point.display.greetings == []
    # One that does not take the next tariff greets with a text instead.
    monkeypatch.setattr(charge_point.tariffs, "set_default", lambda *_: "Rejected")
    await house.run(charge_point, 62 * MINUTE, step=30)
    await wait_until(lambda: _told(charge_point, "SetDefaultTariff")[1:])
    await house.settled(charge_point)
    await charge_point.authorize("04A1B2C3")
    assert [each["content"] for each in charge_point.display.greetings] == ["0.50 kr/kWh"]


async def test_nobody_is_greeted_with_a_price_that_is_not_known(house: House) -> None:
    await house.set_up()
    charge_point: SimulatedChargePoint201 = await _charge_point(house, "2.0.1", ["Tariff"])
    await charge_point.authorize("04A1B2C3")
    await house.charge(charge_point, MINUTE)
    assert charge_point.display.greetings == []


async def test_who_may_not_charge_is_told_no_price(house: House) -> None:
    priced = Priced(house)
    priced.prices(h0="1.2345")
    await house.set_up(priced_site(), charger_subentry(access="registered"))
    await wait_until(lambda: house.site.pricing.current is not None)
    charge_point: SimulatedChargePoint201 = await _charge_point(house, "2.0.1", ["Tariff"])
    assert await charge_point.authorize("04A1B2C3") == "Invalid"
    assert charge_point.display.greetings == []


@pytest.mark.parametrize("shows", [(), ("Cost",)])
async def test_a_charger_without_such_a_display_greets_nobody(
    house: House, priced: Priced, shows: tuple[str, ...]
) -> None:
    charge_point: SimulatedChargePoint201 = await _charge_point(house, "2.0.1", shows)
    await charge_point.authorize("04A1B2C3")
    await _charge(house, charge_point, MINUTE)
    assert charge_point.display.greetings == []


async def test_a_charger_that_says_it_shows_no_tariff_greets_nobody(
    house: House, priced: Priced
) -> None:
    charge_point: SimulatedChargePoint201 = house.charge_point(
        ocpp="2.0.1", shows=("Messages", "Tariff")
    )
    values = charge_point.device_model._prices
    values |= {name: "false" for name in values if name.component == "TariffCostCtrlr"}
    await charge_point.start()
    await house.ready()
    await house.settled(charge_point)
    await charge_point.authorize("04A1B2C3")
    assert charge_point.display.greetings == []


@pytest.mark.parametrize(("ocpp", "shows"), [("2.0.1", ()), ("2.1", ()), ("2.0.1", ("Tariff",))])
async def test_chargers_that_show_no_prices_are_told_none(
    house: House, priced: Priced, ocpp: str, shows: tuple[str, ...]
) -> None:
    charge_point = await _charge_point(house, ocpp, shows)
    await _charge(house, charge_point, 5 * MINUTE)
    told = [frame.text for frame in charge_point.frames if not frame.sent]
    assert not [text for text in told if "Tariff" in text.split(",")[2] or "Cost" in text]


async def test_a_charger_that_refuses_goes_on_charging_and_is_left_in_peace(
    house: House, priced: Priced, monkeypatch: pytest.MonkeyPatch
) -> None:
    charge_point: SimulatedChargePoint21 = house.charge_point(ocpp="2.1", shows=("Cost", "Tariff"))
    monkeypatch.setattr(charge_point.tariffs, "set_default", lambda *_: "Rejected")
    monkeypatch.setattr(charge_point.tariffs, "change", lambda *_: "Rejected")
    await charge_point.start()
    await house.ready()
    await house.settled(charge_point)
    await _charge(house, charge_point, 5 * MINUTE)
    await house.pass_time(MINUTE + 1)
    assert len(_told(charge_point, "SetDefaultTariff")) == 1
    assert house.state("sensor.garage_status") == "charging"
    # What it does take it is told all the same.
    assert charge_point.display.costs
