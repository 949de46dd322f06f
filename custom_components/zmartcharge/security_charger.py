"""A charger's key, its certificates, and what may threaten it."""

import asyncio
from datetime import datetime, timedelta
import logging
from typing import TYPE_CHECKING, Any

from homeassistant.core import callback
from homeassistant.exceptions import ServiceValidationError
from homeassistant.util import dt as dt_util

from .const import CONF_CERTIFICATES, CONF_KEY_HASH, CONF_NEW_KEY_HASH, DOMAIN
from .csms import (
    NOT_DONE,
    CertificateError,
    CertificateRequest,
    CsmsError,
    Doubt,
    Notice,
    ProfileRefusal,
    RequestRefusedError,
    SecurityProfile,
    SignedCertificate,
    generate_key,
    give_key,
    hash_key,
)
from .security_events import SecurityEvent, SecurityNote, SecurityNotes, read_security_event

if TYPE_CHECKING:
    from .charger import Charger
    from .security_tls import TlsKeeper

_LOGGER = logging.getLogger(__name__)

#: The last of those that a charger was sent: any of them may be the one that it took.
_NEWEST_CERTIFICATES = 2
#: Given one after the other, while the charger comes with none of them.
_PENDING_KEYS = 3
_SIGN_CERTIFICATE = "SignCertificate"
_ASK_TO_SIGN = "SignChargePointCertificate"
#: A charger makes its key within minutes; what comes later was not asked for.
_ASKED_FOR = timedelta(hours=1)
#: Why a request is refused that nobody asked for, or that came less securely than by profile 2.
_UNASKED = "request_unasked"


def _pending(*key_hashes: str) -> dict[str, Any]:
    """Return what is kept of the keys that a charger was given and has not come with yet."""
    return {CONF_NEW_KEY_HASH: " ".join(key_hashes) or None}


def _still_possible(
    present: tuple[str, ...], new: str, came_with: str | None, *, taken: bool | None
) -> tuple[str, ...]:
    """Return with which of the certificates in ``present`` a charger may still come.

    ``new`` is the last that it was sent, ``taken`` None: nobody knows whether it has it.
    ``came_with`` is the one by which it was connected then, if by one. First in ``present`` is the
    one that it last said to have taken; the others are in the order in which it was sent them.
    """
    if taken:
        return tuple(each for each in (new, came_with) if each is not None and each in present)
    if taken is False:
        return tuple(each for each in present if each != new)
    wanted = {came_with, *present[:1], *present[-_NEWEST_CERTIFICATES:]}
    return tuple(each for each in present if each in wanted)


class ChargerSecurity:
    """What a charger proves who it is by, and how that is changed."""

    def __init__(self, charger: Charger, tls: TlsKeeper) -> None:
        """Know nothing yet."""
        self.notes = SecurityNotes()
        #: The address that it last came from.
        self.remote: str | None = None
        #: Why it was last not let in, whatever its key; None since it was.
        self.refusal: ProfileRefusal | None = None
        self._charger = charger
        self._tls = tls
        self._handing_over: asyncio.Task[None] | None = None
        #: When its owner last had it ask for a certificate, until it has one.
        self._asked_at: datetime | None = None

    @callback
    def note(self, event: SecurityEvent, reason: str | None = None) -> None:
        """Tell entities of something that we noticed ourselves."""
        self.notes.take(SecurityNote(event=event, reason=reason))

    @callback
    def hear(self, notice: Notice) -> None:
        """Tell entities of a SecurityEventNotification."""
        note = read_security_event(notice)
        _LOGGER.info("%s tells of security: %s", self._charger.config.name, note.event)
        self.notes.take(note)

    @callback
    def forget(self) -> None:
        """Forget what was asked of another charger."""
        self._asked_at = None

    @callback
    def came(self, remote: str) -> None:
        """Take note of a connection."""
        self.remote = remote
        self.refusal = None

    @callback
    def refused(self, refusal: ProfileRefusal) -> None:
        """Take note that it came less securely than it has to."""
        self.refusal = refusal
        self._charger.refused.set()
        self.note(SecurityEvent.REFUSED, refusal.value)

    # Its key ----------------------------------------------------------------------------------

    async def change_key(self) -> None:
        """Give the charger a new key. Raises the errors of the station.

        The key before and the newest that it was given are right until it comes with one of these: an
        answer may get lost, so may what was to be kept when it came, and some take a key only with
        their next restart.
        """
        charger = self._charger
        if charger.config.key_hash is None:
            raise ServiceValidationError(
                translation_domain=DOMAIN,
                translation_key="no_key_to_change",
                translation_placeholders={"charger": charger.config.name},
            )
        station = charger.station
        key = generate_key()
        key_hash = await charger.hass.async_add_executor_job(hash_key, key)
        charger.store(_pending(*charger.stored.new_key_hashes, key_hash))
        try:
            await give_key(station, key)
        except NOT_DONE:
            charger.store(_pending(*(h for h in charger.stored.new_key_hashes if h != key_hash)))
            raise
        finally:
            # Not before: one that is refused pushes none out.
            charger.store(_pending(*charger.stored.new_key_hashes[-_PENDING_KEYS:]))

    @callback
    def came_with_new_key(self, key_hash: str) -> None:
        """Forget the keys before, and what somebody may have got by knowing them.

        One that it was given after this one may still be what it comes with next.
        """
        config = self._charger.stored
        given = config.new_key_hashes
        if key_hash in given:
            changes = {CONF_KEY_HASH: key_hash, **_pending(*given[given.index(key_hash) + 1 :])}
            if config.profile < SecurityProfile.TLS_CERTIFICATE:
                changes[CONF_CERTIFICATES] = []
            self._charger.store(changes)
            self.note(SecurityEvent.KEY_CHANGED)

    # Its certificate --------------------------------------------------------------------------

    async def request_certificate(self) -> None:
        """Have the charger ask for a certificate. Raises the errors of the station.

        What it asks for within an hour is signed, if it comes by TLS.
        """
        charger, station = self._charger, self._charger.station
        if (charger.came_by or SecurityProfile.UNSECURED) < SecurityProfile.TLS_BASIC:
            raise ServiceValidationError(
                translation_domain=DOMAIN,
                translation_key="certificate_needs_tls",
                translation_placeholders={"charger": charger.config.name},
            )
        before, self._asked_at = self._asked_at, dt_util.utcnow()
        try:
            await station.trigger(_ASK_TO_SIGN)
        except NOT_DONE:
            self._asked_at = before
            raise

    async def sign(self, request: CertificateRequest) -> bool:
        """Tell whether a charger's request is signed; if so, it is sent its certificate."""
        charger = self._charger
        busy = self._handing_over is not None and not self._handing_over.done()
        if not self._tls.signs or request.for_vehicle or busy:
            return False
        came_with = charger.came_with
        if not self._may_ask:
            self.note(SecurityEvent.REQUEST_REFUSED, _UNASKED)
            return False
        serial = charger.boot_info.serial if charger.boot_info else None
        identity = charger.config.charge_point_id
        try:
            signed = await self._tls.sign(request.csr, identity, serial)
        except RequestRefusedError as err:
            self.note(SecurityEvent.REQUEST_REFUSED, err.key)
            await charger.messages.doubt(
                Doubt(action=_SIGN_CERTIFICATE, reason=str(err), payload=request.csr[:4000])
            )
            return False
        except CertificateError as err:
            _LOGGER.warning("%s gets no certificate: %s", charger.config.name, err)
            return False
        # Only after the answer to its request.
        self._handing_over = charger.create_task(self._hand_over(signed, came_with), "certificate")
        return True

    @property
    def _may_ask(self) -> bool:
        """Tell whether a request can only be the charger's, and is wanted.

        A certificate lets its bearer in for years. So one is only for who has one already, which is
        how it is renewed, or for who knows the key, which nobody else on the way could read, while
        the owner expects it.
        """
        match self._charger.came_by:
            case SecurityProfile.TLS_CERTIFICATE:
                return True
            case SecurityProfile.TLS_BASIC:
                asked, now = self._asked_at, dt_util.utcnow()
                return asked is not None and timedelta() <= now - asked <= _ASKED_FOR
        return False

    async def _hand_over(self, signed: SignedCertificate, came_with: str | None) -> None:
        charger, new = self._charger, signed.fingerprint
        # It may come with it at once.
        charger.store({CONF_CERTIFICATES: [*charger.stored.certificates, new]})
        await self._tls.look()
        taken: bool | None = None
        try:
            taken = await charger.station.certificate_signed(signed.chain)
        except NOT_DONE as err:
            _LOGGER.warning("%s did not take its certificate: %s", charger.config.name, err)
            taken = False
        except CsmsError as err:
            _LOGGER.warning("%s may not have its certificate: %s", charger.config.name, err)
        present = charger.stored.certificates
        # It may have been revoked meanwhile.
        if taken and new in present:
            self._asked_at = None
            self.note(SecurityEvent.CERTIFICATE_SIGNED)
        kept = _still_possible(present, new, came_with, taken=taken)
        charger.store({CONF_CERTIFICATES: list(kept)})
