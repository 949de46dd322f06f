"""The load-balancer protocol of the Pow-U: it posts its readings, the answer sets its pace.

Facts of the protocol, as the unit speaks it: a JSON object whose values are text, without a
Content-Type; ``LBToken`` has exactly twenty characters, ``L1A`` to ``L3A`` are in A with one decimal,
``CurrentPower`` in W. The unit computes ``HighConsumption`` without L2, so it is not read here.
"""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
import re
import secrets
import string
from typing import Any

from ..units import Phase
from .conversion import to_watts
from .errors import PayloadError, PayloadProblem
from .numbers import MAX_CURRENT, MAX_POWER, load_object, parse_decimal
from .reading import PartialReading

TOKEN_LENGTH = 20
LARGEST_LOAD_BALANCER_BODY = 1024
#: The longest URL that the unit keeps; it adds ``/loadbalancer`` itself.
LONGEST_BASE_URL = 63

_ALPHABET = string.ascii_letters + string.digits
_TOKEN = re.compile(rf"[A-Za-z0-9]{{{TOKEN_LENGTH}}}")
_CURRENTS = {Phase.L1: "L1A", Phase.L2: "L2A", Phase.L3: "L3A"}
# The meter gives currents every 10 s; more often brings nothing new. The faster pace is meant for
# times of high load, of which the unit tells without looking at L2: with a threshold of 1 A it is
# fast whenever anything is on.
_SECONDS, _SECONDS_FAST, _FAST_ABOVE = 10, 5, 1


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadBalancerMessage:
    """What a unit posted, and the token by which it says whose it is."""

    token: str = field(repr=False)
    reading: PartialReading


def generate_token() -> str:
    """Return a new token: twenty letters and digits, 119 bits of chance."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(TOKEN_LENGTH))


def parse_load_balancer(body: bytes, *, received: datetime) -> LoadBalancerMessage:
    """Read a posted body; raise ``PayloadError``, and nothing else, whatever the body."""
    if len(body) > LARGEST_LOAD_BALANCER_BODY:
        raise PayloadError(
            PayloadProblem.TOO_LARGE, size=len(body), limit=LARGEST_LOAD_BALANCER_BODY
        )
    try:
        top = load_object(body.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise PayloadError(PayloadProblem.NOT_JSON, start=body[:20].hex()) from error
    token = top.get("LBToken")
    if not isinstance(token, str) or _TOKEN.fullmatch(token) is None:
        raise PayloadError(PayloadProblem.NO_TOKEN)
    currents = {
        phase: float(value)
        for phase, name in _CURRENTS.items()
        if (value := _number(top, name, MAX_CURRENT)) is not None
    }
    power = _number(top, "CurrentPower", MAX_POWER)
    reading = PartialReading(
        received=received,
        retained=False,
        currents=currents,
        power_import=None if power is None else to_watts(power, "W"),
    )
    if reading.is_empty:
        raise PayloadError(PayloadProblem.NO_KNOWN_VALUES)
    return LoadBalancerMessage(token=token, reading=reading)


def load_balancer_answer() -> dict[str, Any]:
    """Return the answer that sets the unit's pace (``HearBeat`` is the unit's own spelling)."""
    return {
        "Settings": {
            "HeartBeatTime": _SECONDS,
            "HearBeatTimeFast": _SECONDS_FAST,
            "HeartBeatTimeFastThreshold": _FAST_ABOVE,
        }
    }


def _number(top: dict[str, Any], name: str, limit: Decimal) -> Decimal | None:
    value = top.get(name)
    if value is None or value == "":
        return None
    if isinstance(value, str | Decimal):
        return parse_decimal(name, str(value), limit)
    raise PayloadError(PayloadProblem.NOT_A_NUMBER, name=name, value=type(value).__name__)
