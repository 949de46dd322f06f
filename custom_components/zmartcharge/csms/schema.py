"""Checks requests of ours against the schemas of the OCPP versions."""

import asyncio

from ocpp.exceptions import OCPPError
from ocpp.messages import Call, MessageType, get_validator, validate_payload

from .errors import InvalidRequestError
from .rpc import JsonObject


async def check_request(action: str, payload: JsonObject, version: str) -> None:
    """Raise InvalidRequestError when a version has no such request, or its schema refuses it."""
    loop = asyncio.get_running_loop()
    try:
        # Reads the schema from disk the first time.
        await loop.run_in_executor(None, get_validator, MessageType.Call, action, version)
        await validate_payload(Call("0", action, dict(payload)), version)
    except OSError as err:
        raise InvalidRequestError(f"OCPP {version} has no {action}") from err
    except OCPPError as err:
        cause = err.details.get("cause") if isinstance(err.details, dict) else None
        raise InvalidRequestError(str(cause or err.description)) from err
