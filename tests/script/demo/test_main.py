"""The demo's command line."""

from pathlib import Path
import sys

import pytest

from script.lib.demo import __main__ as demo


def test_folder_that_is_in_use_is_refused_with_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "configuration.yaml").touch()
    monkeypatch.setattr(sys, "argv", ["demo", "--folder", str(tmp_path)])
    assert demo.main() == 2
    assert "is not empty" in capsys.readouterr().err
