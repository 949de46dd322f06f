"""Energy and cost in the long-term statistics, as the Energy dashboard shows them."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from unittest.mock import patch

from homeassistant.components.energy.data import async_get_manager
from homeassistant.components.energy.validate import async_validate
from homeassistant.components.recorder import get_instance
from homeassistant.components.recorder.statistics import (
    list_statistic_ids,
    statistics_during_period,
)
from homeassistant.helpers import device_registry as dr
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.components.recorder.common import (
    async_wait_recording_done,
)
from pytest_homeassistant_custom_component.typing import RecorderInstanceContextManager

from custom_components.zmartcharge.cost_statistics import CostStatistics
from custom_components.zmartcharge.ledger import Correction, Ledger, LedgerUnavailableError

from .cost_house import CostHouse
from .house import NOW, House, charger_subentry, site_subentry
from .ledger.builders import a_sample, a_stop
from .ledger.priced import a_price, charged, prices_from

ENERGY, COST = "zmartcharge:garage_energy", "zmartcharge:garage_cost"
SITE_ENERGY, SITE_COST = "zmartcharge:home_energy", "zmartcharge:home_cost"
DAY = timedelta(days=1)


@pytest.fixture
async def mock_recorder_before_hass(async_test_recorder: RecorderInstanceContextManager) -> None:
    """Prepare the recorder's database, which must be there before Home Assistant."""


class Dashboard(CostHouse):
    """What the recorder has of a house."""

    statistics: CostStatistics

    async def begin(self) -> None:
        """Start the statistics, as when the entry is set up."""
        self.statistics = self.house.hub.cost_statistics
        self.statistics.start()
        # Past the first of the hourly moments, which else would be due in the middle of a jump.
        await self.house.pass_time(11)
        await self.recorded()

    async def recorded(self) -> None:
        """Wait until what is to be published is in the recorder's database."""
        await self.house.hass.async_block_till_done(wait_background_tasks=True)
        await async_wait_recording_done(self.house.hass)

    async def until(self, hour: float, seconds: int = 11) -> None:
        """Live until so many seconds after an hour, which is then over."""
        to = self.hour(hour) + timedelta(seconds=seconds)
        await self.house.pass_time((to - dt_util.utcnow()).total_seconds())
        await self.recorded()

    async def rows(self, statistic_id: str) -> list[tuple[datetime, float, float]]:
        """Return the hours of a statistic: start, value, sum."""
        found = await get_instance(self.house.hass).async_add_executor_job(
            lambda: statistics_during_period(
                self.house.hass,
                NOW - 100 * DAY,
                None,
                {statistic_id},
                "hour",
                None,
                {"state", "sum"},
            )
        )
        return [
            (datetime.fromtimestamp(row["start"], NOW.tzinfo), row["state"] or 0, row["sum"] or 0)
            for row in found.get(statistic_id, [])
        ]

    async def told(self, statistic_id: str) -> dict[float, tuple[float, float]]:
        """Return the values and sums of a statistic, by hours from the first moment."""
        return {
            (start - NOW) / timedelta(hours=1): (round(value, 6), round(total, 6))
            for start, value, total in await self.rows(statistic_id)
        }

    async def names(self) -> dict[str, tuple[str | None, str | None]]:
        """Return the name and the unit of each of our statistics."""
        found = await get_instance(self.house.hass).async_add_executor_job(
            list_statistic_ids, self.house.hass
        )
        return {
            each["statistic_id"]: (each["name"], each["statistics_unit_of_measurement"])
            for each in found
            if each["source"] == "zmartcharge"
        }

    async def restart(self, hours: float) -> None:
        """Stop the integration and start it again after some hours."""
        await self.house.unload()
        self.house.time.tick(timedelta(hours=hours))
        assert await self.house.set_up()
        await self.begin()


@pytest.fixture
async def dashboard(
    async_test_recorder: RecorderInstanceContextManager, house: House
) -> AsyncIterator[Dashboard]:
    """Return a house with a recorder and a charger of two connectors."""
    async with async_test_recorder(house.hass):
        house.hass.config.currency = "NOK"
        await house.set_up(
            site_subentry(),
            charger_subentry(connectors=2),
            charger_subentry("carport", "Carport", charge_point_id="CP2"),
        )
        dashboard = Dashboard(house)
        await dashboard.begin()
        yield dashboard


async def test_an_hour_is_added_when_it_is_over(dashboard: Dashboard) -> None:
    await dashboard.price(0, "2", "1")
    await dashboard.charge(0, 3000)
    await dashboard.until(1, seconds=5)
    assert await dashboard.told(ENERGY) == {}
    await dashboard.until(1)
    assert await dashboard.told(ENERGY) == {0: (3, 3)}
    assert await dashboard.told(COST) == {0: (6, 6)}
    await dashboard.charge(1, 1500, meter=3000)
    await dashboard.until(2)
    assert await dashboard.told(ENERGY) == {0: (3, 3), 1: (1.5, 4.5)}
    assert await dashboard.told(COST) == {0: (6, 6), 1: (1.5, 7.5)}


async def test_a_site_has_the_sum_of_its_chargers_and_their_connectors(
    dashboard: Dashboard,
) -> None:
    await dashboard.price(0, "2")
    await dashboard.charge(0, 3000)
    await dashboard.charge(0, 1000, connector=2)
    await dashboard.charge(0, 500, charger="CP2")
    await dashboard.until(1)
    assert await dashboard.told(ENERGY) == {0: (4, 4)}
    assert await dashboard.told("zmartcharge:carport_energy") == {0: (0.5, 0.5)}
    assert await dashboard.told(SITE_ENERGY) == {0: (4.5, 4.5)}
    assert await dashboard.told(SITE_COST) == {0: (9, 9)}


async def test_a_last_value_that_comes_a_moment_late_is_in_its_hour(dashboard: Dashboard) -> None:
    ledger = dashboard.house.hub.ledger
    session = await charged(ledger, [(0, 0), (50, 1000)], begin=NOW, stop=False)
    await dashboard.until(1, seconds=3)
    late = a_sample(2000, 0, at=dashboard.hour(1), transaction=session.transaction_id)
    await ledger.record_meters([late])
    await dashboard.until(1)
    assert await dashboard.told(ENERGY) == {0: (2, 2)}


async def test_what_is_charged_as_an_hour_begins_waits_for_its_end(dashboard: Dashboard) -> None:
    session = await dashboard.charge(0, 2000, stop=False)
    await dashboard.until(1)
    values = [
        a_sample(
            meter,
            0,
            at=dashboard.hour(1) + timedelta(seconds=at),
            transaction=session.transaction_id,
        )
        for meter, at in ((2000, 10), (2100, 14))
    ]
    await dashboard.house.hub.ledger.record_meters(values)
    await dashboard.until(1, seconds=15)
    dashboard.statistics.refresh()
    await dashboard.recorded()
    assert await dashboard.told(ENERGY) == {0: (2, 2)}
    await dashboard.until(2)
    assert await dashboard.told(ENERGY) == {0: (2, 2), 1: (0.1, 2.1)}


async def test_hours_without_charging_are_not_rows(dashboard: Dashboard) -> None:
    await dashboard.charge(0, 1000)
    await dashboard.charge(5, 1000, meter=1000)
    for hour in range(1, 8):
        await dashboard.until(hour)
    assert await dashboard.told(ENERGY) == {0: (1, 1), 5: (1, 2)}


async def test_a_session_told_late_moves_all_later_sums(dashboard: Dashboard) -> None:
    await dashboard.price(0, "1", "1", "1", "1", "1")
    await dashboard.charge(3, 2000, connector=2)
    await dashboard.until(4)
    assert await dashboard.told(ENERGY) == {3: (2, 2)}
    await dashboard.charge(0, 1000, 3000)
    await dashboard.until(5)
    assert await dashboard.told(ENERGY) == {0: (1, 1), 1: (3, 4), 3: (2, 6)}
    assert await dashboard.told(COST) == {0: (1, 1), 1: (3, 4), 3: (2, 6)}
    assert await dashboard.told(SITE_ENERGY) == {0: (1, 1), 1: (3, 4), 3: (2, 6)}


async def test_energy_that_is_taken_back_leaves_its_hour_at_nothing(dashboard: Dashboard) -> None:
    session = await dashboard.charge(0, 2000, 900, stop=False)
    await dashboard.charge(2, 4000, connector=2)
    await dashboard.until(3)
    assert await dashboard.told(ENERGY) == {0: (2, 2), 1: (0.9, 2.9), 2: (4, 6.9)}
    stop = a_stop(session, 2000, at=dashboard.hour(2))
    await dashboard.house.hub.ledger.stop_transaction(stop)
    await dashboard.until(4)
    assert await dashboard.told(ENERGY) == {0: (2, 2), 1: (0, 2), 2: (4, 6)}


async def test_a_correction_is_shown_from_the_sessions_first_hour_on(dashboard: Dashboard) -> None:
    await dashboard.price(0, "1", "2", "1")
    session = await dashboard.charge(0, 1000, 1000)
    await dashboard.charge(2, 1000, connector=2)
    await dashboard.until(3)
    correction = Correction(
        session_id=session.id, corrected_at=dashboard.hour(3), energy_wh=1000, reason="meter"
    )
    await dashboard.house.hub.ledger.correct(correction)
    await dashboard.until(4)
    assert await dashboard.told(ENERGY) == {0: (0.5, 0.5), 1: (0.5, 1), 2: (1, 2)}
    assert await dashboard.told(COST) == {0: (0.5, 0.5), 1: (1, 1.5), 2: (1, 2.5)}


async def test_what_has_no_price_is_not_shown_as_free(dashboard: Dashboard) -> None:
    await dashboard.price(0, "1")
    await dashboard.charge(0, 1000, 2000, 3000)
    await dashboard.price(3, "1")
    await dashboard.charge(3, 4000, connector=2)
    await dashboard.until(4)
    assert await dashboard.told(ENERGY) == {0: (1, 1), 1: (2, 3), 2: (3, 6), 3: (4, 10)}
    assert await dashboard.told(COST) == {0: (1, 1), 3: (4, 5)}
    # The prices of the two hours arrive.
    await dashboard.price(1, "2", "-1")
    await dashboard.until(5)
    assert await dashboard.told(COST) == {0: (1, 1), 1: (4, 5), 2: (-3, 2), 3: (4, 6)}
    assert await dashboard.told(ENERGY) == {0: (1, 1), 1: (2, 3), 2: (3, 6), 3: (4, 10)}


async def test_hours_missed_while_home_assistant_was_down_are_added_at_its_start(
    dashboard: Dashboard,
) -> None:
    await dashboard.price(0, *["1"] * 50)
    session = await dashboard.charge(0, 1000, 500, stop=False)
    await dashboard.until(1.5, seconds=0)
    assert await dashboard.told(ENERGY) == {0: (1, 1)}
    # It stops in mid-hour; the charger tells when it is back what it charged meanwhile.
    await dashboard.restart(hours=3)
    assert await dashboard.told(ENERGY) == {0: (1, 1), 1: (0.5, 1.5)}
    stop = a_stop(session, 4500, at=dashboard.hour(3))
    await dashboard.house.hub.ledger.stop_transaction(stop)
    await dashboard.until(5)
    assert await dashboard.told(ENERGY) == {0: (1, 1), 1: (0.5, 1.5), 2: (3, 4.5)}
    assert await dashboard.told(COST) == {0: (1, 1), 1: (0.5, 1.5), 2: (3, 4.5)}


async def test_a_restart_in_mid_hour_neither_loses_nor_repeats_anything(
    dashboard: Dashboard,
) -> None:
    session = await dashboard.charge(0, 1000, stop=False)
    await dashboard.until(1.4, seconds=0)
    await dashboard.restart(hours=0.1)
    await dashboard.house.hub.ledger.stop_transaction(a_stop(session, 1800, at=dashboard.hour(1.5)))
    await dashboard.until(2)
    assert await dashboard.told(ENERGY) == {0: (1, 1), 1: (0.8, 1.8)}


async def test_a_recorder_that_begins_anew_gets_the_whole_history(dashboard: Dashboard) -> None:
    await dashboard.price(0, "1", "1", "1")
    await dashboard.charge(0, 1000, 2000, 3000)
    await dashboard.until(3)
    whole = {0: (1, 1), 1: (2, 3), 2: (3, 6)}
    assert await dashboard.told(ENERGY) == whole
    get_instance(dashboard.house.hass).async_clear_statistics([ENERGY, SITE_COST])
    await dashboard.recorded()
    assert await dashboard.told(ENERGY) == {}
    await dashboard.restart(hours=40 * 24)
    for statistic_id in (ENERGY, COST, SITE_ENERGY, SITE_COST):
        assert await dashboard.told(statistic_id) == whole


async def test_statistics_deleted_while_it_runs_are_made_anew_with_the_next_hour(
    dashboard: Dashboard,
) -> None:
    await dashboard.charge(0, 1000, 2000)
    await dashboard.until(2)
    get_instance(dashboard.house.hass).async_clear_statistics([ENERGY])
    await dashboard.recorded()
    await dashboard.charge(10, 4000, meter=3000)
    await dashboard.until(11)
    assert await dashboard.told(ENERGY) == {0: (1, 1), 1: (2, 3), 10: (4, 7)}


@pytest.mark.parametrize(
    ("midnight", "hours"),
    [
        # The clock in Oslo shows 00:00 at 23:00Z in winter, and at 22:00Z in summer.
        pytest.param(datetime(2027, 3, 27, 23, tzinfo=UTC), 23, id="spring"),
        pytest.param(datetime(2027, 10, 30, 22, tzinfo=UTC), 25, id="autumn"),
    ],
)
async def test_days_on_which_the_clocks_change_keep_every_hour(
    dashboard: Dashboard, midnight: datetime, hours: int
) -> None:
    await dashboard.house.hass.config.async_set_time_zone("Europe/Oslo")
    first = (midnight - NOW) / timedelta(hours=1)
    await dashboard.house.hub.ledger.hold_prices(
        "home", prices_from(midnight, *map(str, range(hours))), midnight
    )
    await dashboard.charge(first, *[1000] * hours)
    await dashboard.until(first + hours)
    told = await dashboard.told(COST)
    assert list(told) == [first + number for number in range(hours)]
    assert [value for value, _ in told.values()] == list(range(hours))
    found = await get_instance(dashboard.house.hass).async_add_executor_job(
        lambda: statistics_during_period(
            dashboard.house.hass, midnight - DAY, None, {ENERGY}, "day", None, {"change"}
        )
    )
    assert [row["change"] for row in found[ENERGY]] == [hours]


async def test_a_recalculation_is_shown_at_once(dashboard: Dashboard) -> None:
    await dashboard.price(0, "1", "1")
    await dashboard.charge(0, 1000, 1000)
    await dashboard.until(2)
    await dashboard.house.hub.ledger.recalculate(
        "home",
        dashboard.hour(1),
        dashboard.hour(2),
        prices_from(dashboard.hour(1), "3"),
        "",
        dashboard.hour(2),
    )
    dashboard.statistics.refresh()
    await dashboard.recorded()
    assert await dashboard.told(COST) == {0: (1, 1), 1: (3, 4)}


async def test_costs_in_another_currency_begin_anew(dashboard: Dashboard) -> None:
    await dashboard.price(0, "10")
    await dashboard.charge(0, 1000)
    await dashboard.until(1)
    assert (await dashboard.names())[COST][1] == "NOK"
    euro = a_price("1", 60, at=dashboard.hour(1), duration=60, currency="EUR")
    await dashboard.house.hub.ledger.hold_prices("home", [euro], dashboard.hour(1))
    await dashboard.charge(1, 2000, meter=1000)
    await dashboard.until(2)
    assert (await dashboard.names())[COST][1] == "EUR"
    # Kroner are no euros.
    assert await dashboard.told(COST) == {0: (0, 0), 1: (2, 2)}
    assert await dashboard.told(ENERGY) == {0: (1, 1), 1: (2, 3)}


async def test_many_small_changes_do_not_add_up_to_an_error(dashboard: Dashboard) -> None:
    ledger = dashboard.house.hub.ledger
    amounts = ["0.123455", "1.000005", "2.345675", "-0.000015"]
    await dashboard.price(0, *amounts)
    sessions = [await dashboard.charge(n, 1337, meter=1337 * n) for n in range(4)]
    await dashboard.until(4)
    for hour in range(5, 15):
        correction = Correction(
            session_id=sessions[hour % 4].id,
            corrected_at=dashboard.hour(hour),
            energy_wh=1300 + hour,
            reason="",
        )
        assert await ledger.correct(correction)
        await dashboard.until(hour)
    exact = [await dashboard.cost(session) or Decimal(0) for session in sessions]
    rows = await dashboard.rows(COST)
    assert rows[-1][2] == pytest.approx(float(sum(exact)), abs=1e-5)
    # What the recorder has is what the ledger says, so that nothing is left to be counted.
    await dashboard.until(16)
    assert await ledger.changed_hours() == ()


async def test_what_is_counted_is_not_written_again(dashboard: Dashboard) -> None:
    await dashboard.price(0, "0.123455")
    await dashboard.charge(0, 1337)
    await dashboard.until(1)
    with patch(
        "custom_components.zmartcharge.cost_statistics.async_add_external_statistics"
    ) as added:
        await dashboard.until(2)
        await dashboard.until(3)
    added.assert_not_called()


# Names, and who shows them ------------------------------------------------------------------------


async def test_statistics_are_named_like_the_devices_and_follow_new_names(
    dashboard: Dashboard,
) -> None:
    assert await dashboard.names() == {
        ENERGY: ("Garage energy", "kWh"),
        COST: ("Garage cost", "NOK"),
        "zmartcharge:carport_energy": ("Carport energy", "kWh"),
        "zmartcharge:carport_cost": ("Carport cost", "NOK"),
        SITE_ENERGY: ("Home charging energy", "kWh"),
        SITE_COST: ("Home charging cost", "NOK"),
    }
    await dashboard.charge(0, 1000)
    await dashboard.until(1)
    await dashboard.house.change("home", title="Fjellveien 4")
    device = dashboard.house.device("garage")
    assert device is not None
    dr.async_get(dashboard.house.hass).async_update_device(device.id, name_by_user="Driveway")
    await dashboard.until(2)
    names = await dashboard.names()
    assert names[ENERGY][0] == "Driveway energy"
    assert names[SITE_COST][0] == "Fjellveien 4 charging cost"
    assert await dashboard.told(ENERGY) == {0: (1, 1)}


async def test_ids_are_lower_case(
    async_test_recorder: RecorderInstanceContextManager, house: House
) -> None:
    async with async_test_recorder(house.hass):
        await house.set_up(site_subentry("01JD5ZSITE"), charger_subentry("01JD5ZBOX"))
        dashboard = Dashboard(house)
        await dashboard.begin()
        assert "zmartcharge:01jd5zbox_energy" in await dashboard.names()


async def test_the_energy_dashboard_takes_energy_and_cost(dashboard: Dashboard) -> None:
    hass = dashboard.house.hass
    assert await async_setup_component(hass, "energy", {})
    manager = await async_get_manager(hass)
    await manager.async_update(
        {
            "energy_sources": [
                {
                    "type": "grid",
                    "stat_energy_from": SITE_ENERGY,
                    "stat_cost": SITE_COST,
                    "stat_energy_to": None,
                    "stat_compensation": None,
                    "entity_energy_price": None,
                    "number_energy_price": None,
                    "entity_energy_price_export": None,
                    "number_energy_price_export": None,
                    "cost_adjustment_day": 0,
                }
            ],
            "device_consumption": [{"stat_consumption": ENERGY, "name": "Garage"}],
        }
    )
    # A new charger can be chosen before anything was charged.
    problems = (await async_validate(hass)).as_dict()
    assert problems == {
        "energy_sources": [[]],
        "device_consumption": [[]],
        "device_consumption_water": [],
    }


async def test_a_removed_charger_keeps_its_history(dashboard: Dashboard) -> None:
    await dashboard.charge(0, 1000)
    await dashboard.until(1)
    await dashboard.house.remove("garage")
    for hour in range(2, 5):
        await dashboard.until(hour)
    await dashboard.restart(hours=1)
    assert await dashboard.told(ENERGY) == {0: (1, 1)}
    assert await dashboard.told(SITE_ENERGY) == {0: (1, 1)}


# Trouble ------------------------------------------------------------------------------------------


async def test_what_the_recorder_missed_is_added_the_next_hour(
    dashboard: Dashboard, caplog: pytest.LogCaptureFixture
) -> None:
    await dashboard.charge(0, 1000)
    with patch.object(Ledger, "hourly", side_effect=LedgerUnavailableError("locked")):
        await dashboard.until(1)
    assert "statistics of energy and cost were not updated" in caplog.text
    assert await dashboard.told(ENERGY) == {}
    await dashboard.until(2)
    assert await dashboard.told(ENERGY) == {0: (1, 1)}


async def test_what_the_recorder_lost_before_it_was_written_is_added_again(
    dashboard: Dashboard,
) -> None:
    await dashboard.charge(0, 1000)
    with patch("custom_components.zmartcharge.cost_statistics.async_add_external_statistics"):
        await dashboard.until(1)
    await dashboard.restart(hours=0.1)
    assert await dashboard.told(ENERGY) == {0: (1, 1)}


@pytest.mark.parametrize("mock_recorder_before_hass", [None])
async def test_without_the_recorder_nothing_happens(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    await house.set_up()
    statistics = house.hub.cost_statistics
    statistics.start()
    await CostHouse(house).charge(0, 1000)
    await house.pass_time(3610)
    await house.hass.async_block_till_done(wait_background_tasks=True)
    assert "energy and cost" not in caplog.text
    assert "ERROR" not in {record.levelname for record in caplog.records}
