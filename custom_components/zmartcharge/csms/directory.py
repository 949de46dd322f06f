"""Who may connect and how, and who hears of it: what the central system asks of its owner."""

from dataclasses import dataclass
from typing import Protocol

from .security_profile import ProfileRefusal, Requirement, SecurityProfile
from .station import ChargePointHandler
from .tls import HandshakeFailure


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """A charger that may connect. ``key_hash`` None means: without a password, by choice.

    ``new_key_hashes`` are those of keys which the charger was given and has not come with yet: until
    then each is right. ``barred``: it may not at this moment, and is asked to come again. ``profile`` is the least that
    it has to come by; None: what its key makes possible without TLS. ``certificates`` are the
    fingerprints of the certificates that it may bring, in which it is called by its id or by its
    ``serial_number``.
    """

    key_hash: str | None
    new_key_hashes: tuple[str, ...] = ()
    handler: ChargePointHandler
    barred: bool = False
    profile: SecurityProfile | None = None
    certificates: frozenset[str] = frozenset()
    serial_number: str | None = None

    def requirement(self, charge_point_id: str) -> Requirement:
        """Return what is asked of the charger."""
        without = SecurityProfile.UNSECURED if self.key_hash is None else SecurityProfile.BASIC
        return Requirement(
            profile=without if self.profile is None else self.profile,
            fingerprints=self.certificates,
            names=frozenset({charge_point_id, self.serial_number or charge_point_id}),
        )


class Directory(Protocol):
    """Knows which chargers there are."""

    def find(self, charge_point_id: str) -> Registration | None:
        """Return the charger's registration, None when it is unknown."""

    def unknown(self, charge_point_id: str, remote: str) -> None:
        """Hear that an unknown charger wanted to connect."""

    def refused(self, charge_point_id: str, remote: str) -> None:
        """Hear that a known charger came with wrong credentials."""


class SecurityListener(Protocol):
    """Hears how securely chargers come, or try to."""

    def insecure(self, charge_point_id: str, remote: str, refusal: ProfileRefusal) -> None:
        """Hear that a known charger came by a lower profile than it has to; its key was not read."""

    def more_secure(self, charge_point_id: str, remote: str, profile: SecurityProfile) -> None:
        """Hear that a charger came by a higher profile than it has to, which could be demanded now."""

    def new_key_used(self, charge_point_id: str, key_hash: str) -> None:
        """Hear that a charger came with a new key, so that those before it can be forgotten."""

    def handshake_failed(self, remote: str, failure: HandshakeFailure) -> None:
        """Hear that somebody, not known yet, did not come to a secure connection."""
