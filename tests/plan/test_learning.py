from dataclasses import replace
from datetime import timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest

from custom_components.zmartcharge.plan import Confidence, PastSession, learn_need, plan_one

from .builders import NOW, QUARTER, hours_of, need, periods

OSLO = ZoneInfo("Europe/Oslo")
DAY = timedelta(days=1)


def sessions(*energies: int, days: int = 1, full: bool = True) -> list[PastSession]:
    return [PastSession(NOW - (i + 1) * days * DAY, each, full) for i, each in enumerate(energies)]


def test_nothing_known_is_a_default_without_confidence() -> None:
    found = learn_need([], NOW, OSLO, default=9_000)
    assert found.confidence is Confidence.NONE and found.count == 0
    assert 9_000 <= found.energy <= 11_000


def test_one_session_is_believed_a_little() -> None:
    found = learn_need(sessions(8_000), NOW, OSLO)
    assert found.confidence is Confidence.LOW
    assert 8_000 <= found.energy <= 10_000


def test_regular_car_is_known_well() -> None:
    random = Random(1)
    found = learn_need(sessions(*(random.randrange(9_000, 11_000) for _ in range(40))), NOW, OSLO)
    assert found.confidence is Confidence.HIGH
    assert found.count == 40 and found.weekday == 5
    assert 10_000 < found.energy < 11_500 and found.spread < 2_000


def test_same_weekday_counts_most() -> None:
    past = [PastSession(NOW - i * DAY, 30_000 if i % 7 == 0 else 6_000) for i in range(1, 57)]
    there = learn_need(past, NOW, OSLO)
    elsewhere = learn_need(past, NOW + 2 * DAY, OSLO)
    assert there.energy > 20_000 and elsewhere.energy < 10_000


def test_recent_sessions_count_most() -> None:
    past = [PastSession(NOW - i * DAY, 5_000 if i < 90 else 25_000) for i in range(1, 250)]
    assert learn_need(past, NOW, OSLO, quantile=0.5).energy < 7_000


def test_longer_away_needs_more() -> None:
    past, when = [], NOW - 100 * DAY
    for each in range(60):
        days = 3 if each % 4 == 0 else 1
        when += days * DAY
        past.append(PastSession(when, 8_000 * days))
    one = learn_need(past, when + DAY, OSLO, quantile=0.5)
    three = learn_need(past, when + 3 * DAY, OSLO, quantile=0.5)
    assert one.energy < 9_000 and three.energy > 15_000


def test_order_of_sessions_is_of_no_account() -> None:
    past = sessions(*range(5_000, 15_000, 500))
    assert learn_need(past, NOW, OSLO) == learn_need(past[::-1], NOW, OSLO)


def test_session_that_was_ended_early_tells_of_more() -> None:
    past = [(6_000, 12_000)[i % 2] for i in range(20)]
    whole = learn_need(sessions(*past), NOW, OSLO, quantile=0.3)
    early = [replace(each, full=each.energy > 6_000) for each in sessions(*past)]
    assert whole.energy < 7_000
    assert learn_need(early, NOW, OSLO, quantile=0.3).energy == 12_000
    assert learn_need(sessions(6_000, full=False), NOW, OSLO).count == 1


def test_sessions_without_energy_and_of_the_future_tell_nothing() -> None:
    past = [PastSession(NOW - DAY, 0), PastSession(NOW + DAY, 50_000)]
    assert learn_need(past, NOW, OSLO).confidence is Confidence.NONE


def test_car_that_has_taken_more_than_most_is_expected_to_take_as_those_that_did() -> None:
    past = sessions(*[5_000] * 15, *[20_000] * 5)
    start = learn_need(past, NOW, OSLO, quantile=0.5)
    assert start.energy < 6_000
    later = learn_need(past, NOW, OSLO, taken=6_000, quantile=0.5)
    assert 13_000 < later.energy < 15_500


@pytest.mark.parametrize("taken", [20_000, 60_000])
def test_car_that_has_taken_more_than_ever_is_expected_to_take_some_more(taken: int) -> None:
    assert 1_000 <= learn_need(sessions(*[10_000] * 10), NOW, OSLO, taken=taken).energy <= 3_000


def test_likely_needs_ascend_and_lie_around_the_energy() -> None:
    past = sessions(*range(5_000, 15_000, 250))
    found = learn_need(past, NOW, OSLO)
    assert list(found.likely) == sorted(found.likely)
    assert found.likely[0] < found.energy < found.likely[-1]


def test_wrong_quantile_is_refused() -> None:
    with pytest.raises(ValueError):
        learn_need([], NOW, OSLO, quantile=80)


def test_likely_need_has_slots_beyond_what_is_planned_for() -> None:
    prices = periods(*([1.0] * 8 + [3.0] * 8 + [1.5] * 8 + [3.0] * 16), step=QUARTER)
    car = need(11_040, likely=(8_000, 10_000, 11_040, 14_000, 25_000), start_penalty=0)
    plan = plan_one(car, prices, NOW)
    room = sum((slot.end - slot.start).total_seconds() * slot.current for slot in plan.slots)
    assert room * 690 / 3600 >= 24_000
    assert plan.energy < 14_000 and not plan.missing


def test_sure_need_is_planned_alike_whether_likely_or_known() -> None:
    prices = periods(3, 1, 3, 2)
    assert hours_of(plan_one(need(likely=(11_040,)), prices, NOW)) == [(1, 2)]


def test_likely_need_below_the_limit_only() -> None:
    car = need(11_040, likely=(11_040, 44_000), price_limit=2, ready_by=NOW + 5 * QUARTER * 4)
    plan = plan_one(car, periods(3, 1, 3, 1.5, 3), NOW)
    assert hours_of(plan) == [(1, 2), (3, 4)]


def test_largest_session_is_kept_whatever_the_weights_round_to() -> None:
    for seed in range(200):
        sizes = [Random(seed + day).randint(2_000, 40_000) for day in range(15)]
        learned = learn_need(sessions(*sizes, full=False), NOW, OSLO, quantile=1.0)
        assert learned.energy >= max(sizes)
