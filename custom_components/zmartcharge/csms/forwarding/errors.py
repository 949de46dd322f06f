"""What can go wrong with the other central system, and why what it asks for is not done."""

from enum import StrEnum

from ..errors import CsmsError


class ForwardingError(CsmsError):
    """The other central system cannot be told now; ``key`` names why, for translations."""

    key = "unreachable"


class UnreachableError(ForwardingError):
    """Nobody answers at the address, or not in time."""


class UntrustedError(ForwardingError):
    """The other's certificate is not one that this machine trusts."""

    key = "untrusted"


class NotEncryptedError(ForwardingError):
    """Whoever answers at the address does not encrypt, or not by a TLS that this machine knows."""

    key = "not_encrypted"


class LoginRefusedError(ForwardingError):
    """The other does not accept id and password (HTTP 401 or 403)."""

    key = "login_refused"


class UnknownChargerError(ForwardingError):
    """The other does not know the charger (HTTP 404; OCPP-J 1.6, clause 3.2)."""

    key = "unknown_charger"


class NotOcppError(ForwardingError):
    """Whoever answers does not speak the charger's version of OCPP."""

    key = "not_ocpp"


class BootRefusedError(ForwardingError):
    """The other answers the BootNotification with Pending or Rejected."""

    key = "boot_refused"


#: What trying again does not mend: somebody has to do something.
REFUSALS = (LoginRefusedError, UnknownChargerError, NotOcppError, BootRefusedError)


class OutboxError(Exception):
    """What waits cannot be read or written at this moment."""


class Reason(StrEnum):
    """Why the other does not get what it asks for."""

    READ_ONLY = "read_only"
    RESTART = "restart"
    FIRMWARE = "firmware"
    SECURITY = "security"
    SETTINGS = "settings"
    CARDS = "cards"
    LOGS = "logs"
    NOT_FORWARDED = "not_forwarded"
    TOO_OFTEN = "too_often"
    #: The user's rules, or those of the charger's state, do not allow it.
    NOT_ALLOWED = "not_allowed"
    UNKNOWN_TRANSACTION = "unknown_transaction"
    CHARGER_REFUSED = "charger_refused"
    CHARGER_AWAY = "charger_away"
    INVALID = "invalid"


class RequestRefusedError(Exception):
    """What the other asks for is not done."""

    def __init__(self, reason: Reason) -> None:
        """Keep why."""
        super().__init__(reason.value)
        self.reason = reason
