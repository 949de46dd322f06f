"""The ``ocpp`` library's decorators, typed."""

from collections.abc import Callable
from typing import Any, cast

from ocpp import routing


def on[F: Callable[..., Any]](action: str) -> Callable[[F], F]:
    """Answer an action."""
    return cast("Callable[[F], F]", routing.on(action))


def after[F: Callable[..., Any]](action: str) -> Callable[[F], F]:
    """Do something when the answer to an action went out."""
    return cast("Callable[[F], F]", routing.after(action))
