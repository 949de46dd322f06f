"""Validators that triggers, conditions and actions share."""

from collections.abc import Callable
from datetime import datetime
import math
from typing import Any
from urllib.parse import urlsplit

from homeassistant.helpers import config_validation as cv
from homeassistant.util import dt as dt_util
import voluptuous as vol

#: Of an address that a charger is told (OCPP 2.0.1, FirmwareType and LogParametersType).
_LONGEST_ADDRESS = 512


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


def moment(value: Any) -> datetime:
    """Validate a time, by the clock of the house where it names no zone, and return it in UTC."""
    return dt_util.as_utc(cv.datetime(value))


def address(*schemes: str) -> Callable[[Any], str]:
    """Return a validator of an address that a charger is told, by one of the schemes."""

    def validate(value: Any) -> str:
        text = cv.string(value).strip()
        try:
            parts = urlsplit(text)
            host = parts.hostname
        except ValueError as err:
            raise vol.Invalid("expected an address") from err
        printable = text.isprintable() and not any(each.isspace() for each in text)
        if not host or not printable or len(text) > _LONGEST_ADDRESS:
            raise vol.Invalid("expected an address")
        if parts.scheme not in schemes:
            raise vol.Invalid(f"expected an address that begins with {', '.join(schemes)}")
        return text

    return validate
