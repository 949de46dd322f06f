from datetime import timedelta
from pathlib import Path

import pytest

from benchmarks.plan import bench, files, house, peers, prices, sessions
from benchmarks.plan.bench import compared
from benchmarks.plan.optimality import few_starts, one_car, several_cars
from benchmarks.plan.prices import AREAS, DAYS, QUARTER, Series
from benchmarks.plan.sessions import Visit
from benchmarks.plan.speed import longest_holds, plan_times
from benchmarks.plan.year import KNOWN, Outcome, Year, least_cost, run_year


@pytest.fixture(scope="module")
def series() -> Series:
    return prices.generated("NO1", 1)


def test_equal_seeds_give_equal_years(series: Series) -> None:
    assert prices.generated("NO1", 1) == series
    assert prices.generated("NO1", 2).spot != series.spot
    assert sessions.generated(series, 1) == sessions.generated(series, 1)


@pytest.mark.parametrize("area", AREAS)
def test_year_has_the_prices_of_its_area(area: str) -> None:
    found = prices.generated(area, 1)
    assert len(found.spot) == len(found.paid) == DAYS * 96
    mean = sum(found.spot) / len(found.spot)
    assert (0.05 < mean < 0.45) if area in {"NO3", "NO4"} else (0.45 < mean < 1.0)
    assert (min(found.spot) < 0) == (area in {"NO3", "NO4"})


def test_sessions_can_have_taken_what_they_say(series: Series) -> None:
    found = sessions.generated(series, 1)
    assert 600 < len(found) < 1_300
    for visit in found:
        assert visit.begin < visit.end
        assert visit.energy <= visit.power * (visit.end - visit.begin) / 4
    assert 8_000 < sum(visit.energy for visit in found) / len(found) < 18_000


def test_prices_and_sessions_are_read_from_files(tmp_path: Path) -> None:
    file = tmp_path / "prices.csv"
    hours = [f"2026-01-0{1 + h // 24}T{h % 24:02}:00:00+01:00,{h / 100}" for h in range(48)]
    file.write_text("start,NOK per kWh\n" + "\n".join(hours))
    found = files.read_prices(file)
    assert len(found.spot) == 192 and found.spot[4] == 0.01
    assert found.paid[4] == pytest.approx((0.01 + 0.03) * 1.25 + 0.2 + 0.0813 * 1.25)
    visits = tmp_path / "sessions.csv"
    visits.write_text(
        "plug-in,plug-out,kWh\n"
        "2026-01-01T16:05:00+01:00,2026-01-02T07:00:00+01:00,20\n"
        "2026-01-01T16:05:00+01:00,2026-01-01T17:00:00+01:00,90\n"
        "2027-01-01T16:05:00+01:00,2027-01-01T17:00:00+01:00,5\n"
    )
    assert files.read_sessions(visits, found) == [Visit("sessions", 65, 124, 20_000, 3_680)]
    figures, goals = compared([(found, files.read_sessions(visits, found))])
    assert not goals  # one session is too little to learn of
    assert next(each.value for each in figures if each.name == "sessions") == 1


def test_columns_are_found_by_their_names(tmp_path: Path) -> None:
    file = tmp_path / "prices.csv"
    file.write_text(
        "\ufeffArea;NOK per kWh;Start\nNO1;0,5;2026-01-01T00:00Z\nNO1;-0,1;2026-01-01T01:00Z\n",
        encoding="utf-8",
    )
    found = files.read_prices(file)
    assert found.spot == [0.5] * 4 + [-0.1] * 4
    visits = tmp_path / "sessions.csv"
    visits.write_text(
        "kWh,kW,plug-out,plug-in\n5,11,2026-01-01T01:00Z,2026-01-01T00:00Z\n"
        "3.6,,2026-01-01T02:00Z,2026-01-01T01:00Z\n"
    )
    assert files.read_sessions(visits, found) == [
        Visit("sessions", 0, 4, 5_000, 11_000),
        Visit("sessions", 4, 8, 3_600, 3_680, full=energy_fits(3_600, 3_680)),
    ]


def energy_fits(energy: int, power: int) -> bool:
    return energy < 0.98 * power


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "less than two"),
        ("start,NOK per kWh\n2026-01-01T00:00Z,1\n", "less than two"),
        ("start,x\n2026-01-01T00:00Z,1\n", "no column NOK per kWh"),
        ("2026-01-01T00:00Z,1\n2026-01-01T00:30Z,1\n", "periods of 0:30:00"),
        ("2026-01-01T00:00Z,1\n2026-01-01T01:00Z,1\n2026-01-01T03:00Z,1\n", "line 3.*2:00:00"),
        ("2026-01-01T00:00Z,1\n2026-01-01T01:00Z,1\n2026-01-01T00:00Z,1\n", "line 3.*in order"),
        ("2026-01-01T00:15Z,1\n2026-01-01T00:30Z,1\n", "on the hour"),
        ("2026-01-01T00:00Z\n", "line 1: needs start, NOK per kWh"),
        ("2026-01-01T00:00,1\n", "line 1.*offset"),
        ("2026-13-01T00:00Z,1\n", "line 1.*no time"),
        ("2026-01-01T00:00Z,dear\n", "line 1: dear is no number"),
        ("2026-01-01T00:00Z,nan\n", "line 1: nan is no number"),
    ],
)
def test_prices_that_are_no_series_are_refused(tmp_path: Path, text: str, told: str) -> None:
    file = tmp_path / "prices.csv"
    file.write_text(text)
    with pytest.raises(ValueError, match=told):
        files.read_prices(file)


def local_hours(day: str, *hours: str) -> str:
    return "".join(f"{day}T{hour},1\n" for hour in hours)


def test_nights_when_the_clocks_change_are_read_by_their_offsets(tmp_path: Path) -> None:
    file = tmp_path / "prices.csv"
    file.write_text(
        local_hours("2026-10-25", "01:00+02:00", "02:00+02:00", "02:00+01:00", "03:00+01:00")
    )
    assert len(files.read_prices(file).spot) == 16
    file.write_text(local_hours("2026-10-25", "01:00+02:00", "02:00+02:00", "02:00+02:00"))
    with pytest.raises(ValueError, match=r"line 3.*there twice.*clocks"):
        files.read_prices(file)
    file.write_text(local_hours("2026-03-29", "01:00+01:00", "03:00+02:00", "04:00+02:00"))
    assert len(files.read_prices(file).spot) == 12


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "no session between"),
        ("plug-in,kWh\n2026-01-01T00:00Z,1\n", "no column plug-out"),
        ("2026-01-01T05:00Z,2026-01-01T05:00Z,1\n", "line 1: plugged out"),
        ("2026-01-01T05:00Z,yesterday,1\n", "line 1: yesterday is no time"),
        ("2026-01-01T05:00Z,2026-01-01T09:00Z,-1\n", "line 1: -1 kWh"),
        ("2036-01-01T05:00Z,2036-01-01T09:00Z,1\n", "no session between"),
    ],
)
def test_sessions_that_are_none_are_refused(
    tmp_path: Path, series: Series, text: str, told: str
) -> None:
    file = tmp_path / "sessions.csv"
    file.write_text(text)
    with pytest.raises(ValueError, match=told):
        files.read_sessions(file, series)


def test_wrong_file_ends_the_benchmark_with_a_word_on_it(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match=r"nothing\.csv"):
        bench.run(as_json=False, seed=1, prices_file=tmp_path / "nothing.csv", sessions_file=None)


def test_car_takes_what_was_driven_since_it_was_full(series: Series) -> None:
    found = [v for v in sessions.generated(series, 1) if v.driver.endswith("always")]
    short = [visit for visit in found if not visit.full]
    assert short and all(v.energy == (v.end - v.begin) * v.power // 4 for v in short)
    assert sum(visit.full for visit in found) / len(found) > 0.7


def test_others_rules_pick_what_their_words_say() -> None:
    spot = [3.0, 1.0, 2.0, 2.0, 1.0, 5.0]
    assert peers.evcc(spot, 1.5) == [4, 1]
    assert peers.delivered(peers.evcc, spot, 1_500, 4_000) == [0, 500, 0, 0, 1_000, 0]
    assert peers.cheapest_quarters(spot, 2.5) == [1, 4, 2]
    assert peers.smart_charging(spot, 1.5) == [1, 4]
    assert peers.smart_charging_continuous(spot, 2) == [1, 2]
    assert peers.openwb(spot, 1.5) == [1, 3, 4]
    assert peers.delivered(peers.openwb, spot, 1_500, 4_000) == [0, 1_000, 0, 500, 0, 0]
    assert peers.cheapest_hours([2.0] * 4 + [1.0] * 4, 3) == [4, 5, 6, 7]
    assert peers.delivered(peers.immediate, spot, 2_500, 4_000)[:3] == [1_000, 1_000, 500]


def test_nothing_costs_less_than_the_optimum(series: Series) -> None:
    visits = [visit for visit in sessions.generated(series, 1) if visit.begin < 96 * 12]
    year = Year()
    run_year(series, visits, year)
    for outcome in year.by_rule.values():
        assert outcome.above > -0.01
    ours = year.of(KNOWN)
    assert ours.above < 0.6 and ours.missed < 0.1 and ours.starts / ours.sessions < 1.5
    for name in ("immediate", "cheapest hours by spot"):
        assert year.of(name).above > 1


def test_least_cost_takes_the_cheapest_quarters_and_a_part() -> None:
    assert least_cost([3.0, 1.0, 2.0], 1_500, 4_000) == pytest.approx(2.0)


def test_outcome_counts_starts_and_what_is_missed() -> None:
    outcome = Outcome()
    outcome.add(Visit("a", 0, 4, 3_000, 4_000), [1.0] * 4, [1_000, 0, 1_000, 0])
    assert (outcome.starts, outcome.short, round(outcome.missed, 1)) == (2, 1, 33.3)
    assert outcome.above == pytest.approx(0)


def test_plans_are_the_optimum_in_a_few_instances() -> None:
    assert one_car(1, 30).largest <= 1e-6
    assert several_cars(1, 15).largest <= 1e-6
    assert few_starts(1, 8).mean < 0.01


def test_speed_is_measured() -> None:
    times = plan_times(2, 2, 1, limited=True)
    assert 0 < times.median <= times.p99
    assert plan_times(1, 1, 1, limited=False, learned=True).median > 0


def test_long_plans_let_other_threads_have_their_turn() -> None:
    whole = plan_times(8, 3, 1, limited=True)
    holds = longest_holds(8, 3, 1)
    assert 0 < holds.median < whole.median / 4


def test_fee_counts_the_three_highest_hours_on_different_days(series: Series) -> None:
    hours = [1_000] * (24 * 31)
    hours[40] = hours[41] = hours[42] = 9_000
    assert house.fee(hours, series.start) == 206.0
    hours[70] = hours[100] = 9_000
    assert house.fee(hours, series.start) == 356.0


def test_rules_of_others_are_billed_by_the_hour(series: Series) -> None:
    load = house.house_load(1, series)
    visit = Visit("a", 97, 110, 6_000, 3_680)
    for rule in peers.RULES.values():
        bill = house.charge(series, [visit], load, house.Ruled(series, rule))
        assert bill.missed == 0 and bill.energy > 0
    late = house.charge(series, [visit], load, house.Ruled(series, peers.immediate))
    spot = delivered_cost(series, visit)
    assert late.energy == pytest.approx(spot)


def delivered_cost(series: Series, visit: Visit) -> float:
    paid = series.paid[visit.begin : visit.end]
    placed = peers.delivered(peers.immediate, paid, visit.energy, visit.power)
    return sum(energy * price for energy, price in zip(placed, paid, strict=True)) / 1000


def test_budget_saves_capacity_fees(series: Series) -> None:
    load = house.house_load(1, series)
    budgets = house.budgets_of(load, series.start)
    assert len(load) == len(budgets) == DAYS * 24 and min(budgets) == 5_000
    month = 24 * 31
    visits = [
        visit
        for visit in sessions.generated(series, 1)
        if visit.driver.endswith("commuter") and visit.end < 4 * month
    ]
    shorter = load[:month]
    free = house.charge(series, visits, shorter, house.Ruled(series, peers.immediate))
    kept = house.charge(series, visits, shorter, house.Planned(series, load, budgets, perfect=True))
    assert kept.capacity <= free.capacity and kept.energy < free.energy
    assert kept.missed < 1
    assert series.time(4) - series.time(0) == 4 * QUARTER == timedelta(hours=1)
