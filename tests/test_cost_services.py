"""The action that works out anew what charging has cost."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from unittest.mock import patch

from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
import pytest
import voluptuous as vol

from custom_components.zmartcharge.const import DOMAIN
from custom_components.zmartcharge.cost_services import async_setup_cost_services
from custom_components.zmartcharge.hub import Hub
from custom_components.zmartcharge.ledger import HeldPrice, Ledger, LedgerUnavailableError
from custom_components.zmartcharge.site import Site

from .cost_house import CostHouse
from .house import NOW, House, charger_subentry, site_subentry
from .ledger.priced import prices_from


class Bill(CostHouse):
    """A house that can work its costs out anew."""

    #: What the site's hours cost as it is set up now, by hours from the first moment.
    now: dict[int, str]
    asked: list[tuple[str, datetime, datetime]]
    recalculated: list[Hub]

    def install(self) -> None:
        """Register the action."""
        self.now, self.asked, self.recalculated = {}, [], []
        async_setup_cost_services(self.house.hass, self.prices_of, self.recalculated.append)

    async def prices_of(self, site: Site, start: datetime, end: datetime) -> Sequence[HeldPrice]:
        """Return the prices that the site has now."""
        self.asked.append((site.config.name, start, end))
        prices = [
            price
            for hour, amount in self.now.items()
            for price in prices_from(self.hour(hour), amount)
        ]
        return [price for price in prices if price.start < end and price.end > start]

    async def recalculate(
        self, start: Any, end: Any, *, device: str = "home", respond: bool = True, **data: Any
    ) -> Any:
        """Perform the action."""
        found = self.house.device(device)
        assert found is not None
        return await self.house.hass.services.async_call(
            DOMAIN,
            "recalculate_costs",
            {"device_id": found.id, "start": start, "end": end, **data},
            blocking=True,
            return_response=respond,
        )


@pytest.fixture
async def bill(house: House) -> Bill:
    """Return a house where two sessions cost 1 kr for each of 4 kWh; 30 days have passed."""
    await house.set_up(site_subentry(), charger_subentry())
    bill = Bill(house)
    bill.install()
    await bill.price(0, "1", "1", "1", "1")
    await bill.charge(0, 1000, 1000)
    await bill.charge(2, 1000, 1000, meter=2000)
    house.time.tick(timedelta(days=30))
    return bill


async def test_it_tells_how_many_sessions_changed_and_by_how_much(bill: Bill) -> None:
    bill.now = {0: "1", 1: "1.255", 2: "1", 3: "1"}
    assert await bill.recalculate(bill.hour(0), bill.hour(4)) == {
        "site": "Home",
        "sessions": 1,
        "difference": 0.26,
        "currency": "NOK",
    }
    (session,) = [
        each for each in await bill.house.sessions() if await bill.cost(each) == Decimal("2.255")
    ]
    assert session.started_at == NOW
    assert bill.recalculated == [bill.house.hub]


async def test_only_the_wanted_time_changes(bill: Bill) -> None:
    bill.now = dict.fromkeys(range(4), "3")
    told = await bill.recalculate(bill.hour(1), bill.hour(3))
    assert (told["sessions"], told["difference"]) == (2, 4)
    held = await bill.house.hub.ledger.held_prices("home", bill.hour(0), bill.hour(4))
    assert [str(price.price) for price in held] == ["1"] * 4 + ["3"] * 8 + ["1"] * 4


async def test_the_old_prices_are_kept_with_the_reason(bill: Bill) -> None:
    bill.now = {0: "2"}
    assert await bill.recalculate(bill.hour(0), bill.hour(4), respond=False, reason="typo") is None
    kept = await bill.house.hub.ledger.superseded_prices("home", bill.hour(0), bill.hour(4))
    assert {(str(each.price.price), each.reason, each.superseded_at) for each in kept} == {
        ("1", "typo", NOW + timedelta(days=30))
    }


async def test_the_same_prices_change_nothing(bill: Bill) -> None:
    bill.now = dict.fromkeys(range(4), "1")
    told = await bill.recalculate(bill.hour(0), bill.hour(4))
    assert told == {"site": "Home", "sessions": 0, "difference": None, "currency": None}


async def test_a_session_over_two_weeks_counts_once(bill: Bill) -> None:
    hours = 15 * 24
    await bill.charge(4, *[1000] * hours, meter=4000)
    bill.now = dict.fromkeys(range(4, 4 + hours), "1")
    told = await bill.recalculate(bill.hour(4), bill.hour(20 * 24))
    assert (told["sessions"], told["difference"]) == (1, hours)


async def test_a_long_time_is_asked_for_in_parts_and_not_from_before_there_was_anything(
    bill: Bill,
) -> None:
    bill.now = {0: "1"}
    await bill.recalculate(NOW - timedelta(days=20_000), NOW + timedelta(days=20_000))
    (first, *_), (*_, last) = bill.asked, bill.asked
    assert (first[1], last[2]) == (NOW, NOW + timedelta(days=30))
    assert all(end - start <= timedelta(days=7) for _, start, end in bill.asked)
    assert all(a[2] == b[1] for a, b in zip(bill.asked, bill.asked[1:], strict=False))


async def test_times_without_a_zone_are_those_on_the_wall(bill: Bill) -> None:
    await bill.house.hass.config.async_set_time_zone("Europe/Oslo")
    bill.now = dict.fromkeys(range(4), "2")
    # 12:00Z is 13:00 in Oslo.
    told = await bill.recalculate("2026-11-21 13:00:00", "2026-11-21 14:00:00")
    assert told["difference"] == 1


async def test_half_past_two_in_the_night_the_clocks_go_back_is_the_first_one(bill: Bill) -> None:
    await bill.house.hass.config.async_set_time_zone("Europe/Oslo")
    night = datetime(2027, 10, 31, 0, tzinfo=UTC)
    first = (night - NOW) / timedelta(hours=1)
    await bill.price(first, "1", "1", "1")
    await bill.charge(first, 1000, 1000, 1000, meter=4000)
    bill.now = {int(first) + number: "2" for number in range(3)}
    bill.house.time.tick(timedelta(days=400))
    told = await bill.recalculate("2027-10-31 02:30:00", "2027-10-31 03:00:00")
    # From 00:30Z, in summer time, to 02:00Z, in winter time.
    assert told["difference"] == 1.5


async def test_a_site_without_sessions_has_nothing_to_recalculate(house: House) -> None:
    await house.set_up(site_subentry(), charger_subentry())
    bill = Bill(house)
    bill.install()
    house.time.tick(timedelta(days=1))
    told = await bill.recalculate(bill.hour(0), bill.hour(4))
    assert (told["sessions"], told["difference"]) == (0, None)


async def test_different_currencies_have_no_difference(bill: Bill) -> None:
    async def euros(_site: Site, start: datetime, _end: datetime) -> Sequence[HeldPrice]:
        price = prices_from(bill.hour(0), "0.1")[0]
        return (
            [HeldPrice(start=price.start, end=price.end, price=price.price, currency="EUR")]
            if start <= price.start
            else []
        )

    async_setup_cost_services(bill.house.hass, euros, bill.recalculated.append)
    told = await bill.recalculate(bill.hour(0), bill.hour(1))
    assert (told["sessions"], told["difference"], told["currency"]) == (1, None, None)


# What is refused ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "end", "key"),
    [
        (4, 4, "recalculate_end_before_start"),
        (4, 1, "recalculate_end_before_start"),
        (24 * 30, 24 * 31, "recalculate_future"),
    ],
)
async def test_an_impossible_time_is_refused(
    bill: Bill, start: float, end: float, key: str
) -> None:
    with pytest.raises(ServiceValidationError) as refused:
        await bill.recalculate(bill.hour(start), bill.hour(end))
    assert refused.value.translation_key == key
    assert bill.asked == []


async def test_only_a_site_has_costs_to_recalculate(bill: Bill) -> None:
    with pytest.raises(ServiceValidationError) as refused:
        await bill.recalculate(bill.hour(0), bill.hour(1), device="garage")
    assert refused.value.translation_key == "not_a_site"


@pytest.mark.parametrize("data", [{"start": "yesterday"}, {"reason": "x" * 201}])
async def test_what_is_no_time_or_no_reason_is_refused(bill: Bill, data: dict[str, Any]) -> None:
    with pytest.raises(vol.Invalid):
        await bill.recalculate(**{"start": bill.hour(0), "end": bill.hour(1), **data})


async def test_without_any_price_nothing_changes_and_that_is_told(bill: Bill) -> None:
    with pytest.raises(HomeAssistantError) as failed:
        await bill.recalculate(bill.hour(0), bill.hour(4))
    assert failed.value.translation_key == "recalculate_no_prices"
    assert failed.value.translation_placeholders == {"site": "Home"}


async def test_a_ledger_that_cannot_be_written_is_told(bill: Bill) -> None:
    bill.now = {0: "2"}
    with (
        patch.object(Ledger, "recalculate", side_effect=LedgerUnavailableError("locked")),
        pytest.raises(HomeAssistantError) as failed,
    ):
        await bill.recalculate(bill.hour(0), bill.hour(4))
    assert failed.value.translation_key == "ledger_unavailable"


async def test_it_needs_the_integration_to_run(bill: Bill) -> None:
    device = bill.house.device("home")
    assert device is not None
    await bill.house.unload()
    with pytest.raises(ServiceValidationError) as refused:
        await bill.recalculate(bill.hour(0), bill.hour(1))
    assert refused.value.translation_key == "not_loaded"
