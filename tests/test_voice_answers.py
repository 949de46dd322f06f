"""What Assist answers to questions about charging, and when something is not as it should be."""

from datetime import timedelta

from homeassistant.exceptions import HomeAssistantError
from homeassistant.util import dt as dt_util
import pytest

from custom_components.zmartcharge.balance import Reason as BalanceReason, ReasonKey
from custom_components.zmartcharge.connector import Connector
from custom_components.zmartcharge.csms import ConnectorState
from custom_components.zmartcharge.pricing import Pricing
from custom_components.zmartcharge.status import Status
from custom_components.zmartcharge.voice_text import Words

from .automated import hass_config_dir_fixture  # noqa: F401
from .house import car, charger_subentry, site_subentry, wait_until
from .priced import Priced, patient_fixture, price_data, priced_site  # noqa: F401
from .voiced import (  # noqa: F401
    LANGUAGES,
    SPOKEN,
    Voiced,
    carport,
    charging_fixture,
    set_up,
    two,
    voiced_fixture,
)

_READY_BY = "time.garasje_charging_must_be_done"


async def test_charger_that_is_away_is_told_in_words(voiced: Voiced) -> None:
    await set_up(voiced)
    await voiced.house.pass_time(60)
    assert await voiced.fails("Start lading") == (
        "Garasje er ikke tilkoblet. Sjekk strømmen og nettverket til laderen, og prøv igjen."
    )
    assert await voiced.say("Hvorfor lader ikke bilen?") == (
        "Garasje: Laderen må tilkoples Internett."
    )
    assert await voiced.say("Når er bilen ferdig?") == "Garasje: Laderen må tilkoples Internett."
    assert (await voiced.say("Er laderen ledig?")).startswith("Nei. ")


async def test_car_that_charges_is_not_started_again(charging: Voiced) -> None:
    await charging.house.run(charging.house.charge_points[0], 60)
    assert await charging.say("Start lading") == "Garasje lader allerede."
    assert (await charging.say("Hvorfor lader ikke bilen?")).startswith("Garasje lader med 11")
    assert await charging.say("Når er bilen ferdig?") == (
        "Garasje lader. Bare bilen vet når den er full."
    )


async def test_nothing_runs_that_could_be_stopped(voiced: Voiced) -> None:
    await set_up(voiced)
    await voiced.house.connect()
    assert await voiced.say("Stopp ladingen") == "Det er ingen lading å stoppe på Garasje."
    assert (await voiced.say("Ja")).startswith("Det er ikke noe")
    assert await voiced.say("Når er bilen ferdig?") == "Ingen bil er plugget i på Garasje."
    assert await voiced.say("Hva har ladingen kostet?") == ("Det lades ikke noe på Garasje nå.")
    assert await voiced.say("Hva koster strømmen?") == "Det er ikke lagt inn noen strømpris."


async def test_fault_is_told_with_its_code(voiced: Voiced) -> None:
    await set_up(voiced)
    async with voiced.house.raw_charger() as raw:
        await raw.call(
            "StatusNotification",
            {"connectorId": 1, "status": "Faulted", "errorCode": "GroundFailure"},
        )
        assert await voiced.say("Hvorfor lader ikke bilen?") == (
            "Garasje: Det er en feil på laderen. Feilkode GroundFailure."
        )


async def test_smart_charging_without_a_price_is_refused_in_words(voiced: Voiced) -> None:
    await set_up(voiced)
    assert (await voiced.fails("Slå på smartlading")).startswith(
        "Stedet til Garasje har ingen strømpris"
    )


async def test_charging_that_is_switched_off_is_switched_on_by_charge_now(voiced: Voiced) -> None:
    await set_up(voiced)
    charge_point = await voiced.house.connect()
    await voiced.house.connector.set_own_limit(0.0)
    assert (await voiced.say("Start lading")).startswith("Lading er slått av på Garasje.")
    await charge_point.plug_in(car())
    await voiced.house.settled(charge_point)
    await voiced.say("Lad nå")
    assert voiced.house.connector.user_limit is None
    await wait_until(lambda: voiced.house.connector.in_session)


# Prices and times -------------------------------------------------------------------------------


async def test_two_sites_have_their_own_prices(voiced: Voiced, patient: None) -> None:
    priced = Priced(voiced.house)
    priced.prices()
    await set_up(
        voiced,
        priced_site(title="Hjem"),
        site_subentry("cabin", "Hytte", price=price_data()),
        charger_subentry(title="Garasje"),
        carport(site="cabin"),
    )
    assert await voiced.say("Hva koster strømmen nå?") == (
        "Strømmen koster 1,00 kr per kWh på Hjem nå. Strømmen koster 1,00 kr per kWh på Hytte nå."
    )
    assert await voiced.say("Hva koster strømmen nå på hytta?") == (
        "Strømmen koster 1,00 kr per kWh nå."
    )


async def test_session_is_told_with_its_cost_so_far_and_in_all(
    voiced: Voiced, patient: None
) -> None:
    priced = Priced(voiced.house)
    priced.prices()
    await set_up(voiced, priced_site(), charger_subentry(title="Garasje", circuit_fuse=16))
    priced.answer()
    charge_point = await priced.connect()
    await priced.ready_by(3, "time.garasje_charging_must_be_done")
    await priced.plug_in(charge_point)
    await wait_until(lambda: voiced.house.connector.in_session)
    await priced.live(30)
    told = await voiced.say("Hva har ladingen kostet?")
    assert told.startswith("Så langt har Garasje ladet 5,")
    assert " kWh for 5," in told
    assert "Til sammen blir det omtrent" in told
    assert (await voiced.say("Når er bilen ferdig?")).startswith(
        "Bilen på Garasje er ferdig klokken"
    )
    await voiced.house.connector.stop()
    await priced.settle()
    assert (await voiced.say("Hva har ladingen kostet?")).startswith("Sist ladet Garasje 5,")


async def test_time_is_of_this_house_and_tells_its_day(voiced: Voiced) -> None:
    await voiced.house.hass.config.async_set_time_zone("Europe/Oslo")
    await set_up(voiced)
    words = await Words.load(voiced.house.hass, "nb")
    # The night in which the clocks are put back, in which 02:30 comes twice.
    now = dt_util.parse_datetime("2026-10-24T20:00:00+00:00")
    assert now is not None
    assert words.moment(now + timedelta(hours=1), now) == "klokken 23:00"
    assert words.moment(now + timedelta(hours=4, minutes=30), now) == "i morgen klokken 02:30"
    assert words.moment(now + timedelta(hours=5, minutes=30), now) == "i morgen klokken 02:30"
    assert words.moment(now + timedelta(days=2), now) == "mandag klokken 21:00"
    assert words.moment(now + timedelta(days=20), now) == "13.11. klokken 21:00"


@pytest.fixture
async def home(voiced: Voiced, patient: None) -> Priced:
    """Return a home with prices, where somebody plans."""
    priced = Priced(voiced.house)
    priced.prices(cheap=(6, 7))
    await set_up(voiced, priced_site(), charger_subentry(title="Garasje", circuit_fuse=16))
    priced.answer()
    await priced.connect()
    await priced.ready_by(9, _READY_BY)
    return priced


async def _planned(home: Priced) -> None:
    await wait_until(lambda: home.house.connector.smart.plan)
    await home.settle()


async def test_start_of_a_car_that_waits_tells_what_it_waits_for(
    home: Priced, voiced: Voiced
) -> None:
    home.house.connector.smart.choose_start(alone=False)
    await home.plug_in(home.charge_points[0])
    assert await voiced.say("Hvorfor lader ikke bilen?") == (
        "Garasje: Laderen gjør seg klar. Hold et kort mot laderen, eller trykk Start."
    )
    assert await voiced.say("Start lading") == "Ladingen starter på Garasje."
    await wait_until(lambda: home.house.connector.in_session)
    await home.live(2)
    told = await voiced.say("Start lading")
    assert told.startswith("Garasje: Venter på start eller rimelig strøm. Starter ")
    assert told.endswith("Si «lad nå» hvis den ikke skal vente.")


async def test_start_does_not_promise_what_the_plan_does_not_keep(
    home: Priced, voiced: Voiced
) -> None:
    await home.plug_in(home.charge_points[0])
    await _planned(home)
    await wait_until(lambda: home.house.connector.held)
    told = await voiced.say("Start lading")
    assert told.startswith("Garasje har en ladeøkt nå, og venter. Starter ")
    assert " er billigst. Si «lad nå»" in told


async def test_car_that_will_be_late_is_told_by_how_much(home: Priced, voiced: Voiced) -> None:
    await home.ready_by(0.5, _READY_BY)
    await home.plug_in(home.charge_points[0])
    await _planned(home)
    told = await voiced.say("Når er bilen ferdig?")
    assert told.startswith("Bilen på Garasje er ferdig klokken ")
    assert told.endswith(" timer senere enn ønsket.")


async def test_full_car_is_ready(home: Priced, voiced: Voiced) -> None:
    home.prices(cheap=tuple(range(9)))
    await home.settle()
    await home.plug_in(home.charge_points[0], battery_kwh=10.0, soc=80.0)
    await home.live(45, step=60)
    assert home.house.connector.smart.watch.full
    assert await voiced.say("Er bilen full?") == "Bilen på Garasje er ferdig ladet."


async def test_car_that_somebody_stopped_is_not_called_ready(voiced: Voiced) -> None:
    await set_up(voiced)
    charge_point = await voiced.house.connect()
    await voiced.house.charge(charge_point, 60)
    await voiced.house.connector.stop()
    await wait_until(lambda: voiced.house.connector.status is Status.FINISHED)
    told = await voiced.say("Er bilen full?")
    assert told == "Garasje: Ladingen er ferdig. Stoppet."


async def test_price_that_is_not_known_is_told(
    home: Priced, voiced: Voiced, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Pricing, "current", None)
    assert await voiced.say("Hva koster strømmen?") == (
        "Prisen for denne timen er ikke kjent for Home."
    )


async def test_of_several_chargers_those_that_are_free_are_told(voiced: Voiced) -> None:
    await two(voiced)
    assert await voiced.say("Er en lader ledig?") == "Nei, ingen lader er ledig."
    first = await voiced.house.connect()
    assert await voiced.say("Er en lader ledig?") == "Ja, Garasje er ledig."
    await voiced.house.connect("CP2")
    assert await voiced.say("Er en lader ledig?") == "Ja: Garasje og Carport."
    await first.plug_in(car())
    await voiced.house.settled(first)
    assert await voiced.say("Hvilken lader er ledig?") == "Ja, Carport er ledig."


async def test_charger_that_has_told_nothing_is_not_guessed_about(voiced: Voiced) -> None:
    await set_up(voiced)
    async with voiced.house.raw_charger():
        assert await voiced.say("Hvorfor lader ikke bilen?") == (
            "Garasje har ikke fortalt ennå hva den gjør."
        )


async def test_current_that_load_balancing_leaves_is_told_with_its_reason(
    charging: Voiced, monkeypatch: pytest.MonkeyPatch
) -> None:
    connector = charging.house.connector
    reason = BalanceReason(ReasonKey.LINE_FULL, {"line": "l2", "current": 24.1, "limit": 25.0})
    monkeypatch.setattr(Connector, "allocated", 6.0)
    connector.allocation_reason = reason
    await charging.house.run(charging.house.charge_points[0], 30)
    assert (await charging.say("Hvorfor lader bilen så sakte?")).endswith(
        " Får ikke mer: L2 var på 24,1 av 25 A."
    )
    await charging.house.charge_points[0].unplug()
    await charging.house.settled(charging.house.charge_points[0])
    connector.state = ConnectorState.SUSPENDED_EVSE
    assert await charging.say("Hvorfor lader ikke bilen?") == (
        "Garasje: Venter på start eller rimelig strøm. Får ikke mer: L2 var på 24,1 av 25 A."
    )


async def test_error_that_has_no_words_of_ours_is_not_told_in_english(
    charging: Voiced, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def stop(_connector: Connector) -> None:
        raise HomeAssistantError("The flux capacitor is empty")

    monkeypatch.setattr(Connector, "stop", stop)
    await charging.say("Stopp ladingen")
    assert await charging.fails("Ja") == "Det gikk ikke på Garasje."
