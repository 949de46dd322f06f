"""How long plans let other threads have their turn."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from custom_components.zmartcharge.plan import breathing
from custom_components.zmartcharge.plan.breathing import breathe, unhurried


class _Time:
    """A clock that goes on when somebody sleeps, and when it is told to."""

    def __init__(self) -> None:
        self.now = 100.0
        self.slept: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> _Time:
    clock = _Time()
    monkeypatch.setattr(breathing, "perf_counter", lambda: clock.now)
    monkeypatch.setattr(breathing, "sleep", clock.sleep)
    monkeypatch.setattr(breathing, "_own", breathing._Own())
    return clock


def test_others_have_a_turn_once_in_a_millisecond_however_often_that_is_offered(
    clock: _Time,
) -> None:
    for _ in range(100):
        breathe()
        clock.now += 0.0001
    assert 8 <= len(clock.slept) <= 11


def test_who_offers_it_seldom_gives_it_each_time(clock: _Time) -> None:
    for _ in unhurried(range(5)):
        clock.now += 0.003
    assert len(clock.slept) == 5


def test_each_thread_gives_others_their_turn(clock: _Time) -> None:
    breathe()
    with ThreadPoolExecutor(1) as other:
        other.submit(breathe).result()
    assert len(clock.slept) == 2
