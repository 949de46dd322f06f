"""What may threaten a charger: in a few words of ours, whoever noticed it and however it is called."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from homeassistant.core import CALLBACK_TYPE, callback
from homeassistant.util import dt as dt_util

from .csms import Notice


class SecurityEvent(StrEnum):
    """What happened; each is an event type with a translation."""

    # What chargers notice
    FIRMWARE_UPDATED = "firmware_updated"
    LOGIN_FAILED = "login_failed"
    SERVER_NOT_TRUSTED = "server_not_trusted"
    CLOCK_SET = "clock_set"
    RESTARTED = "restarted"
    LOG_CLEARED = "log_cleared"
    SETTINGS_CHANGED = "settings_changed"
    MEMORY_EXHAUSTED = "memory_exhausted"
    SUSPICIOUS_MESSAGES = "suspicious_messages"
    TAMPERED = "tampered"
    INVALID_FIRMWARE = "invalid_firmware"
    INVALID_CERTIFICATE = "invalid_certificate"
    OUTDATED_TLS = "outdated_tls"
    MAINTENANCE_LOGIN = "maintenance_login"
    MAINTENANCE_LOGIN_FAILED = "maintenance_login_failed"
    OTHER = "other"
    # What we notice
    WRONG_KEY = "wrong_key"
    REFUSED = "refused"
    TLS_FAILED = "tls_failed"
    REQUEST_REFUSED = "request_refused"
    CERTIFICATE_SIGNED = "certificate_signed"
    KEY_CHANGED = "key_changed"
    PROFILE_RAISED = "profile_raised"


#: What chargers call it: OCPP 1.6 security whitepaper, chapter 4, and OCPP 2.0.1, part 2, appendix 1.
_NAMES = {
    "FirmwareUpdated": SecurityEvent.FIRMWARE_UPDATED,
    "FailedToAuthenticateAtCentralSystem": SecurityEvent.LOGIN_FAILED,
    "FailedToAuthenticateAtCsms": SecurityEvent.LOGIN_FAILED,
    "CentralSystemFailedToAuthenticate": SecurityEvent.SERVER_NOT_TRUSTED,
    "CsmsFailedToAuthenticate": SecurityEvent.SERVER_NOT_TRUSTED,
    "InvalidCentralSystemCertificate": SecurityEvent.SERVER_NOT_TRUSTED,
    "InvalidCsmsCertificate": SecurityEvent.SERVER_NOT_TRUSTED,
    "SettingSystemTime": SecurityEvent.CLOCK_SET,
    "StartupOfTheDevice": SecurityEvent.RESTARTED,
    "ResetOrReboot": SecurityEvent.RESTARTED,
    "SecurityLogWasCleared": SecurityEvent.LOG_CLEARED,
    "ReconfigurationOfSecurityParameters": SecurityEvent.SETTINGS_CHANGED,
    "MemoryExhaustion": SecurityEvent.MEMORY_EXHAUSTED,
    "InvalidMessages": SecurityEvent.SUSPICIOUS_MESSAGES,
    "AttemptedReplayAttacks": SecurityEvent.SUSPICIOUS_MESSAGES,
    "TamperDetectionActivated": SecurityEvent.TAMPERED,
    "InvalidFirmwareSignature": SecurityEvent.INVALID_FIRMWARE,
    "InvalidFirmwareSigningCertificate": SecurityEvent.INVALID_FIRMWARE,
    "InvalidChargePointCertificate": SecurityEvent.INVALID_CERTIFICATE,
    "InvalidChargingStationCertificate": SecurityEvent.INVALID_CERTIFICATE,
    "InvalidTLSVersion": SecurityEvent.OUTDATED_TLS,
    "InvalidTLSCipherSuite": SecurityEvent.OUTDATED_TLS,
    "MaintenanceLoginAccepted": SecurityEvent.MAINTENANCE_LOGIN,
    "MaintenanceLoginFailed": SecurityEvent.MAINTENANCE_LOGIN_FAILED,
}
#: Somebody who tries over and over shall not fill the database.
_SAME_AGAIN = timedelta(seconds=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class SecurityNote:
    """Something that happened. Never holds what a charger wrote freely: that may be a secret.

    ``reason`` is one of our own keys; ``occurred_at`` is when by the charger's clock, None for now.
    """

    event: SecurityEvent
    reason: str | None = None
    occurred_at: datetime | None = None


def read_security_event(notice: Notice) -> SecurityNote:
    """Return what a SecurityEventNotification tells; a type that is not the standard's is OTHER."""
    name, moment = notice.payload.get("type"), notice.payload.get("timestamp")
    occurred_at = _moment(moment) if isinstance(moment, str) else None
    event = _NAMES.get(name, SecurityEvent.OTHER) if isinstance(name, str) else SecurityEvent.OTHER
    return SecurityNote(event=event, occurred_at=occurred_at)


def _moment(text: str) -> datetime | None:
    try:
        moment = dt_util.parse_datetime(text)
    except ValueError:
        return None
    # Chargers have to tell UTC (OCPP 1.6, clause 3.9).
    return moment.replace(tzinfo=dt_util.UTC) if moment and moment.tzinfo is None else moment


class SecurityNotes:
    """Tells entities of notes; of the same one at most every ten seconds."""

    def __init__(self) -> None:
        """Start without notes."""
        self._listeners: list[Callable[[SecurityNote], None]] = []
        self._told: dict[tuple[SecurityEvent, str | None], datetime] = {}

    @callback
    def async_listen(self, listener: Callable[[SecurityNote], None]) -> CALLBACK_TYPE:
        """Call ``listener`` with each note until the returned function is called."""
        self._listeners.append(listener)

        @callback
        def remove() -> None:
            self._listeners.remove(listener)

        return remove

    @callback
    def take(self, note: SecurityNote) -> None:
        """Tell of a note."""
        now, what = dt_util.utcnow(), (note.event, note.reason)
        told = self._told.get(what)
        if told is not None and timedelta() <= now - told < _SAME_AGAIN:
            return
        self._told[what] = now
        for listener in list(self._listeners):
            listener(note)
