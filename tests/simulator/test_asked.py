"""Chargers asked by the central system: cards, reservations, displays, customers, profiles."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from custom_components.zmartcharge.csms import (
    AuthorizationStatus,
    CallRejectedError,
    CustomerInformationStatus,
    DisplayMessage,
    DisplayStatus,
    IdTagInfo,
    InvalidRequestError,
    Limit,
    LocalListEntry,
    LocalListStatus,
    ReservationEnd,
    ReservationStatus,
    ReservationUpdate,
    Tariff,
    TariffStatus,
    VendorMessage,
    VendorStatus,
)
from simulator import Car, ConnectorStatus

from .conftest import START, Clock, run_for
from .house import Home, home as make_home

CARD, OTHER = "04A1", "04B2"
ACCEPTED = IdTagInfo(status=AuthorizationStatus.ACCEPTED, group="FAMILY")
LATER = START + timedelta(hours=1)


@pytest.fixture(params=["1.6", "2.0.1", "2.1"])
async def home(
    request: pytest.FixtureRequest, clock: Clock, socket_enabled: None
) -> AsyncIterator[Home]:
    async with make_home(request.param, clock) as home:
        yield home


@pytest.fixture
async def newer(clock: Clock, socket_enabled: None) -> AsyncIterator[Home]:
    async with make_home("2.0.1", clock) as home:
        yield home


async def test_a_local_list_is_kept_and_changed(home: Home) -> None:
    peer, known = home.peer, home.charge_point.station.id_tags.known
    assert await peer.local_list_version() == 0
    entries = [LocalListEntry(id_tag=tag, info=ACCEPTED) for tag in (CARD, OTHER)]
    assert await peer.send_local_list(4, entries, full=True) is LocalListStatus.ACCEPTED
    assert await peer.local_list_version() == 4
    removal = [LocalListEntry(id_tag=OTHER, info=None)]
    late = await peer.send_local_list(4, removal, full=False)
    assert late is LocalListStatus.VERSION_MISMATCH
    assert await peer.send_local_list(5, removal, full=False) is LocalListStatus.ACCEPTED
    assert (known(CARD, START), known(OTHER, START)) == ("Accepted", None)
    assert await peer.send_local_list(6, (), full=True) is LocalListStatus.ACCEPTED
    assert known(CARD, START) is None


async def test_what_the_cache_remembers_can_be_cleared(home: Home) -> None:
    cp = home.charge_point
    assert await cp.tap(CARD) == "Accepted"
    assert cp.station.id_tags.known(CARD, START) == "Accepted"
    assert await home.peer.clear_cache()
    assert cp.station.id_tags.known(CARD, START) is None


async def test_a_reservation_refuses_others_and_is_used_by_its_holder(home: Home) -> None:
    cp = home.charge_point
    assert await home.peer.reserve(1, 7, CARD, LATER) is ReservationStatus.ACCEPTED
    assert cp.status() is ConnectorStatus.RESERVED
    assert await home.peer.reserve(1, 8, OTHER, LATER) is ReservationStatus.OCCUPIED
    await cp.tap(OTHER)
    await cp.plug_in(Car())
    assert cp.transaction() is None
    await cp.tap(CARD)
    await home.until(lambda: home.handler.all("start"))
    (start,) = home.handler.all("start")
    assert (start.id_tag, start.reservation_id) == (CARD, 7)


async def test_a_reservation_can_be_given_up(home: Home) -> None:
    await home.peer.reserve(1, 7, CARD, LATER)
    assert await home.peer.cancel_reservation(7)
    assert not await home.peer.cancel_reservation(7)
    assert home.charge_point.status() is ConnectorStatus.AVAILABLE


async def test_what_cannot_be_reserved_says_why(home: Home) -> None:
    cp = home.charge_point
    await cp.fault(1)
    assert await home.peer.reserve(1, 7, CARD, LATER) is ReservationStatus.FAULTED
    await cp.fault(1, None)
    await home.peer.set_available(1, available=False)
    assert await home.peer.reserve(1, 7, CARD, LATER) is ReservationStatus.UNAVAILABLE


async def test_a_vendor_that_is_unknown_is_told_so(home: Home) -> None:
    answer = await home.peer.data_transfer(VendorMessage(vendor_id="org.example"))
    assert answer.status is VendorStatus.UNKNOWN_VENDOR


async def test_a_session_can_be_started_with_a_limit(home: Home) -> None:
    cp = home.charge_point
    await cp.plug_in(Car())
    await home.peer.remote_start(1, CARD, Limit(amperes=8, watts=5520))
    await home.until(lambda: home.handler.all("start"))
    run_for(cp, home.clock, 30)
    assert cp.evse.connector(1).offered_a == 8


# OCPP 2.0.1 ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("end", ["Expired", "Removed"])
async def test_how_a_reservation_ended_is_told(newer: Home, end: str) -> None:
    await newer.peer.reserve(1, 7, CARD, LATER)
    if end == "Expired":
        run_for(newer.charge_point, newer.clock, 1)
        newer.clock.advance(3600)
        newer.charge_point.step(newer.clock.now, 1.0)
    else:
        await newer.charge_point.fault(1)
    await newer.until(lambda: newer.handler.all("reservation"))
    assert newer.handler.all("reservation") == [
        ReservationUpdate(reservation_id=7, end=ReservationEnd(end))
    ]


async def test_messages_are_shown_listed_and_cleared(newer: Home) -> None:
    peer = newer.peer
    message = DisplayMessage(message_id=3, text="Lading er billig nå", language="nb")
    assert await peer.display_messages() == ()
    assert await peer.set_display_message(message) is DisplayStatus.ACCEPTED
    assert await peer.display_messages() == (message,)
    assert await peer.clear_display_message(3)
    assert not await peer.clear_display_message(3)


async def test_what_is_kept_of_a_customer_is_told_and_removed(newer: Home) -> None:
    peer = newer.peer
    await newer.charge_point.tap(CARD)
    told = await peer.customer_information(CARD, report=True, clear=True)
    assert told.status is CustomerInformationStatus.ACCEPTED
    assert told.text is not None
    assert "cache" in told.text
    again = await peer.customer_information(CARD, report=True, clear=False)
    assert again.text == "nothing"


async def _charge(home: Home) -> Any:
    cp = home.charge_point
    await cp.plug_in(Car())
    await cp.tap(CARD)
    await home.until(lambda: home.handler.all("start"))
    await home.until(lambda: cp.station.outbox.head() is None)
    return cp


async def test_costs_and_transactions_are_known_by_the_chargers_names(newer: Home) -> None:
    cp = await _charge(newer)
    number = newer.handler.next_transaction
    await newer.peer.cost_updated(number, 12.5)
    assert list(cp.display.costs.values()) == [12.5]
    status = await newer.peer.transaction_status(number)
    assert (status.ongoing, status.messages_waiting) == (True, False)
    assert (await newer.peer.transaction_status()).ongoing is None


async def test_profiles_can_be_read_back(newer: Home) -> None:
    await _charge(newer)
    peer, number = newer.peer, newer.handler.next_transaction
    assert await peer.charging_profiles() == ()
    await peer.set_maximum(20, 13800)
    limit = Limit(amperes=8, watts=5520)
    await peer.set_limit(1, limit, expiry=timedelta(minutes=2), transaction_id=number)
    found = {profile.purpose: profile for profile in await peer.charging_profiles()}
    assert found["TxProfile"].steps == ((0, 8.0),)
    assert found["TxProfile"].connector_id == 1
    assert found["ChargingStationMaxProfile"].connector_id == 0
    (own,) = await peer.charging_profiles(1)
    assert own.purpose == "TxProfile"


# Tariffs ----------------------------------------------------------------------------------------

TARIFF = Tariff(
    tariff_id="T1",
    currency="NOK",
    price_kwh=Decimal("1.2345"),
    description="1.23 NOK/kWh",
    language="nb",
)


async def test_a_2_1_charger_takes_tariffs_and_gives_them_up(
    clock: Clock, socket_enabled: None
) -> None:
    async with make_home("2.1", clock) as home:
        peer = home.peer
        assert await peer.tariffs() == ()
        assert await peer.set_default_tariff(TARIFF) is TariffStatus.ACCEPTED
        other = replace(TARIFF, tariff_id="T2")
        assert await peer.set_default_tariff(other, 1) is TariffStatus.ACCEPTED
        assert await peer.tariffs() == ("T1", "T2")
        assert await peer.tariffs(1) == ("T2",)
        assert await peer.clear_tariffs(1)
        assert await peer.tariffs() == ("T1",)
        assert await peer.clear_tariffs()
        assert await peer.tariffs() == ()
        # There is nothing left, which is what was wanted.
        assert await peer.clear_tariffs()


async def test_a_tariff_of_a_transaction_that_nobody_knows_is_not_told(
    clock: Clock, socket_enabled: None
) -> None:
    async with make_home("2.1", clock) as home:
        with pytest.raises(CallRejectedError, match="UnknownTransaction"):
            await home.peer.change_tariff(4711, TARIFF)


@pytest.mark.parametrize("version", ["1.6", "2.0.1"])
async def test_older_versions_have_no_tariffs(
    version: str, clock: Clock, socket_enabled: None
) -> None:
    async with make_home(version, clock) as home:
        peer = home.peer
        for asked in (
            peer.set_default_tariff(TARIFF),
            peer.change_tariff(1, TARIFF),
            peer.tariffs(),
            peer.clear_tariffs(),
        ):
            with pytest.raises(InvalidRequestError, match=f"OCPP {version} has no"):
                await asked
