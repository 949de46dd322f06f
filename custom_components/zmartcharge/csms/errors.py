"""What can go wrong between us and a charger, as types that callers can translate."""

from typing import Any


class CsmsError(Exception):
    """Base of every error that this room raises; ``key`` names it for translations."""

    key = "csms_error"


class PortInUseError(CsmsError):
    """Another program listens on the port already."""

    key = "port_in_use"


class InterfaceError(CsmsError):
    """The address to listen on does not belong to this machine, or the port is not permitted."""

    key = "interface_unavailable"


class InvalidIdentityError(CsmsError):
    """The charge point id cannot be used in a URL (OCPP-J 1.6, clause 3.1.1)."""

    key = "invalid_identity"


class NotConnectedError(CsmsError):
    """The charger has no connection, or lost it before it answered."""

    key = "not_connected"


class CallTimeoutError(CsmsError):
    """The charger did not answer a request in time."""

    key = "call_timeout"


class CallFailedError(CsmsError):
    """The charger answered a request with a CALLERROR (OCPP-J 1.6, clause 4.2.3)."""

    key = "call_failed"

    def __init__(self, code: str, description: str = "", details: Any = None) -> None:
        """Keep what the charger said."""
        super().__init__(f"{code}: {description}" if description else code)
        self.code = code
        self.description = description
        self.details = details


class InvalidRequestError(CsmsError):
    """A request to a charger does not follow the schema of its OCPP version."""

    key = "invalid_request"


class CallRejectedError(CsmsError):
    """The charger understood a request and refused it."""

    key = "call_rejected"

    def __init__(self, action: str, status: str) -> None:
        """Keep the refused action and the status that the charger gave."""
        super().__init__(f"{action}: {status}")
        self.action = action
        self.status = status


class NotAcknowledgedError(CsmsError):
    """A handler could not keep a message, so it must not be acknowledged."""

    key = "not_acknowledged"


#: What a charger understood and did not do; after any other error nobody knows.
NOT_DONE = (CallRejectedError, CallFailedError, InvalidRequestError)
