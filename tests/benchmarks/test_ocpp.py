"""What the bench of the bare OCPP server rests on."""

import pytest

from benchmarks.ocpp import bare


def test_both_servers_answer_every_message(
    monkeypatch: pytest.MonkeyPatch, socket_enabled: None
) -> None:
    """Not how fast: on a machine that others use, that says nothing."""
    monkeypatch.setattr(bare, "_MESSAGES", 40)

    figures, goals = bare.measure()

    assert [figure.name.split(":")[0] for figure in figures] == [
        *["bare server, ours"] * 3,
        *["bare server, ocpp library"] * 3,
    ]
    assert all(figure.value > 0 for figure in figures)
    assert [goal.name for goal in goals] == ["bare server, times the ocpp library's rate"]
