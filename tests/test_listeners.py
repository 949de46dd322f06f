"""Who looks at living objects."""

import pytest

from custom_components.zmartcharge.listeners import Observable


def test_listener_that_fails_keeps_the_others_informed(caplog: pytest.LogCaptureFixture) -> None:
    seen: list[str] = []

    def fail() -> None:
        raise ValueError("cannot be drawn")

    living = Observable()
    living.async_add_listener(fail)
    living.async_add_listener(lambda: seen.append("other"))
    living.async_notify()
    assert seen == ["other"]
    assert "cannot be drawn" in caplog.text
