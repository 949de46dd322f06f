"""Checks requests against the schemas of the OCPP versions, by exact decimals.

OCPP 1.6 gives limits with one decimal (``multipleOf`` 0.1), which binary fractions cannot tell:
numbers are compared as decimals, on both sides.
"""

import asyncio
from decimal import Decimal, DecimalException
from functools import cache
import math
from typing import Any

from jsonschema import Draft4Validator
from jsonschema.exceptions import ValidationError, best_match
from ocpp.messages import MessageType, get_validator

from .errors import InvalidRequestError
from .rpc import JsonObject

#: Characters of a fault that are told: it may quote what was sent.
_LONGEST_FAULT = 200


async def check_request(action: str, payload: JsonObject, version: str) -> None:
    """Raise InvalidRequestError when a version has no such request, or its schema refuses it.

    The error is one sentence about the fault that matters most. ``version``: "1.6", "2.0.1", "2.1".
    """
    loop = asyncio.get_running_loop()
    try:
        # Reads the schema from disk the first time.
        validator = await loop.run_in_executor(None, _validator, action, version)
    except OSError as err:
        raise InvalidRequestError(f"OCPP {version} has no {action[:50]}") from err
    try:
        fault = best_match(validator.iter_errors(_exact(payload)))
    except (DecimalException, RecursionError) as err:
        raise InvalidRequestError("a number is out of range, or all is nested too deeply") from err
    if fault is not None:
        raise InvalidRequestError(_told(fault))


@cache
def _validator(action: str, version: str) -> Draft4Validator:
    if not action.isalnum():
        raise FileNotFoundError(action)
    found = get_validator(MessageType.Call, action, version, parse_float=Decimal)
    return Draft4Validator(_exact(found.schema))


def _exact(value: Any) -> Any:
    """Return JSON with decimals for its fractions; raises InvalidRequestError for what is none."""
    match value:
        case float() if not math.isfinite(value):
            raise InvalidRequestError(f"{value} is not a number in JSON")
        case float():
            return Decimal(str(value))
        case dict():
            return {key: _exact(each) for key, each in value.items()}
        case list():
            return [_exact(each) for each in value]
        case None | str() | int() | Decimal():
            return value
        case _:
            raise InvalidRequestError(f"{value} is neither text nor a number, list or object")


def _told(fault: ValidationError) -> str:
    where = ".".join(str(step) for step in fault.absolute_path)
    match fault.validator:
        case "multipleOf":
            said = f"{fault.instance} is not a multiple of {fault.validator_value}"
        case "enum":
            said = f"{fault.instance!r} is none of {', '.join(map(str, fault.validator_value))}"
        case "maxLength":
            said = f"longer than {fault.validator_value} characters"
        case _:
            said = fault.message
    told = f"{where}: {said}" if where else said
    return told if len(told) <= _LONGEST_FAULT else f"{told[:_LONGEST_FAULT]}…"
