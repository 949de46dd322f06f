"""The latency benchmark's way through a real Home Assistant, Mosquitto and sockets, in short."""

import shutil

import psutil
import pytest

from benchmarks.latency import Scenario, measure
from benchmarks.latency.home import Size


@pytest.mark.e2e
@pytest.mark.timeout(300)
@pytest.mark.skipif(
    shutil.which("mosquitto", path="/usr/sbin:/usr/bin:/usr/local/sbin") is None,
    reason="Mosquitto is not installed",
)
async def test_overloads_are_answered_and_nothing_is_left_running(socket_enabled: None) -> None:
    scenario = Scenario(homes=1, size=Size(sites=1, chargers=2), measures_load=True)
    outcome = await measure(scenario, events=5, load_seconds=15)

    assert len(outcome.answers.seconds) == 5
    assert outcome.answers.unanswered == outcome.answers.late == 0
    assert outcome.load
    assert outcome.load.rows["states"] > 0
    assert 0 < outcome.load.share < 100
    assert psutil.Process().children(recursive=True) == []
