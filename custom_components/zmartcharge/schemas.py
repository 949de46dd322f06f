"""Validators that triggers, conditions and actions share."""

from collections.abc import Callable
import math
from typing import Any

import voluptuous as vol


def quantity(most: float) -> Callable[[Any], float]:
    """Return a validator of a finite number from 0 to ``most``, written as a number or as text."""

    def validate(value: Any) -> float:
        try:
            number = float(value)
        except (TypeError, ValueError) as err:
            raise vol.Invalid("expected a number") from err
        if isinstance(value, bool) or not math.isfinite(number):
            raise vol.Invalid("expected a number")
        if not 0 <= number <= most:
            raise vol.Invalid(f"expected a number from 0 to {most:g}")
        return number

    return validate
