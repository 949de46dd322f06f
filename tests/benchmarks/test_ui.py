"""What is measured of the card and the panel."""

import json
from pathlib import Path
import subprocess
from typing import Any

import pytest

from benchmarks import ui
from benchmarks.ui import peers
from benchmarks.ui.paint import Paint
from benchmarks.ui.sizes import bundle_sizes
from benchmarks.ui.updates import COUNTS, KINDS, Updates, updates


def test_sizes_tell_what_is_loaded_at_once_and_what_later() -> None:
    found = bundle_sizes()
    assert 0 < found.entry.gzip < found.home.gzip < found.whole.gzip
    assert found.entry.gzip <= 15_000
    assert found.whole.gzip <= 80_000
    assert found.whole.raw == sum(size.raw for size in found.files.values())


def test_what_a_file_needs_is_counted_once(tmp_path: Path) -> None:
    (tmp_path / "zmartcharge.js").write_text('import{a}from"./both.js";import("./home-card-1.js");')
    (tmp_path / "home-card-1.js").write_text('import{a}from"./both.js";import"./other.js";')
    for name in ("both.js", "other.js", "later.js"):
        (tmp_path / name).write_text("x" * 1000)
    found = bundle_sizes(tmp_path)
    assert found.home.raw == found.whole.raw - 1000


class _Npm:
    """A registry that has one card."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.error = "npm error code E404"
        monkeypatch.setattr(peers.shutil, "which", lambda _: "/usr/bin/npm")
        monkeypatch.setattr(peers.subprocess, "run", self.run)

    def run(self, command: list[str], **_: Any) -> subprocess.CompletedProcess[str]:
        return subprocess.CompletedProcess(command, 1, "", self.error)


@pytest.mark.parametrize(
    ("error", "told"), [("npm error code E404", "not on npm"), ("ECONNREFUSED", "cannot be asked")]
)
def test_card_that_npm_does_not_have_is_told_as_such(
    monkeypatch: pytest.MonkeyPatch, error: str, told: str
) -> None:
    npm = _Npm(monkeypatch)
    npm.error = error
    assert all(told in figure.unit for figure in peers.peer_sizes())


def test_most_of_the_updates_are_not_above_p95() -> None:
    times = Updates(tuple(float(number) for number in range(1, 101)))
    assert (times.median, times.p95) == (50.5, 96.0)


def test_figures_and_goals_are_given_as_json(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async def paints(_loads: int) -> Paint:
        return Paint(first=900, card=700, worst=800, tile=650, after_tile=50)

    async def updated(_rounds: int) -> dict[str, Updates]:
        return {"60 cards": Updates((10.0, 60.0), (90.0, 200.0), (8.0, 20.0))}

    _Npm(monkeypatch)
    monkeypatch.setattr(ui, "first_paints", paints)
    monkeypatch.setattr(ui, "updates", updated)
    ui.run(as_json=True)
    told = json.loads(capsys.readouterr().out)
    goals = {goal["name"]: goal["met"] for goal in told["goals"]}
    assert goals == {
        "entry, kB gzip": True,
        "all files, kB gzip": True,
        "60 cards, one update, p95, ms": False,
        "60 cards, page does not answer, p95, ms": True,
    }
    assert {"name": "charger-card: packages", "value": 0, "unit": "not on npm"} in told["figures"]


@pytest.mark.e2e
@pytest.mark.timeout(120)
async def test_updates_are_measured_in_a_real_browser(socket_enabled: None) -> None:
    found = await updates(3)
    assert len(found) == len(KINDS) * len(COUNTS)
    assert all(len(times.times) == 3 and times.median > 0 for times in found.values())
    # What is out of sight is drawn later, and drawn.
    both = [times for times in found.values() if times.whole]
    assert len(both) == len(COUNTS)
    assert all(
        whole >= shown > 0
        for times in both
        for shown, whole in zip(times.times, times.whole, strict=True)
    )
