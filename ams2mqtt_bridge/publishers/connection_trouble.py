"""Why a broker refuses a client or throws it out, in words for the person who set it up."""

from collections.abc import Callable

from paho.mqtt.reasoncodes import ReasonCode

# Reason codes of MQTT 5 (clause 2.4), into which paho translates those of 3.1.1 too.
_UNSUPPORTED_PROTOCOL = 0x84
_CLIENT_ID_NOT_VALID = 0x85
_BAD_LOGIN = frozenset({0x86, 0x87, 0x8C})
_SESSION_TAKEN_OVER = 0x8E
# A connection that ends this soon (s), this often in a row, was not ended by the network.
_SOON = 60.0
_OFTEN = 3


def describe_refusal(reason: ReasonCode) -> str:
    """Return what the broker says, and what to do about it."""
    if reason.value in _BAD_LOGIN:
        return f"{reason}; check mqtt.username and mqtt.password"
    if reason.value == _UNSUPPORTED_PROTOCOL:
        return f"{reason}; set mqtt.protocol to the other version of MQTT"
    if reason.value == _CLIENT_ID_NOT_VALID:
        return f"{reason}; set mqtt.client_id, in letters and digits only"
    return str(reason)


class TakeoverDetector:
    """Tells that another client uses the same client id.

    The broker ends the older connection then (MQTT 3.1.1, clause 3.1.4), so both are thrown out in
    turn. MQTT 5 says so; from 3.1.1 it shows when connections end soon, time after time. A client
    without a configured id gets one from the broker, which is nobody else's.
    """

    advice = (
        "another client uses the same client id, perhaps a second bridge; "
        "give each its own mqtt.client_id"
    )

    def __init__(self, has_own_id: bool, monotonic: Callable[[], float]) -> None:
        self._has_own_id = has_own_id
        self._monotonic = monotonic
        self._connected_at = 0.0
        self._ended_soon = 0
        self.suspected = False

    def connected(self) -> None:
        """Note that the broker has accepted us."""
        self._connected_at = self._monotonic()

    def disconnected(self, reason: ReasonCode) -> None:
        """Note that a connection which had been accepted has ended; ``suspected`` is then right."""
        soon = self._monotonic() - self._connected_at < _SOON
        self._ended_soon = self._ended_soon + 1 if soon else 0
        self.suspected = reason.value == _SESSION_TAKEN_OVER or (
            self._has_own_id and self._ended_soon >= _OFTEN
        )
