"""A charger's security profile and what it needs: OCPP 1.6 security whitepaper, M05 and A05."""

from dataclasses import dataclass
from pathlib import Path
import ssl
from urllib.parse import quote

from .configuration import Configuration

_PROFILE = "SecurityProfile"
_ACCEPTED, _REJECTED, _FAILED = "Accepted", "Rejected", "Failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tls:
    """What a charger knows of TLS.

    ``trusted`` are root certificates (PEM); ``certificate`` and ``key`` the files of its own, for
    profile 3. ``url`` is where it dials once its profile asks for TLS; without, its usual one with
    ``wss``. After ``attempts`` failures by a new profile it goes back to the one before.
    """

    trusted: tuple[str, ...] = ()
    certificate: Path | None = None
    key: Path | None = None
    url: str | None = None
    attempts: int = 3


class Security:
    """By which profile a charger connects, and how it gets to a higher one."""

    def __init__(self, url: str, identity: str, tls: Tls | None) -> None:
        """Dial ``{url}/{identity}``, by TLS where the URL says so or a new profile asks for it."""
        self._identity = identity
        self._tls = Tls() if tls is None else tls
        self._is_own = tls is not None
        self._usual_url = url
        self._roots = list(self._tls.trusted)
        self._profile: int | None = None
        self._profile_url: str | None = None
        self._failures = 0

    @property
    def url(self) -> str:
        """Return where to dial."""
        url = self._usual_url
        if self._profile is not None and self._profile >= 2:
            url = self._profile_url or self._tls.url or url.replace("ws://", "wss://", 1)
        return f"{url.rstrip('/')}/{quote(self._identity, safe='')}"

    @property
    def sends_password(self) -> bool:
        """Return whether it authenticates by a password."""
        return self._profile != 3

    def context(self) -> ssl.SSLContext | bool:
        """Return how to verify the central system; true is as the system does."""
        if not self._is_own and not self._roots:
            return True
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.verify_flags |= ssl.VERIFY_X509_STRICT
        if self._roots:
            context.load_verify_locations(cadata="".join(self._roots))
        if self._tls.certificate is not None:
            context.load_cert_chain(self._tls.certificate, self._tls.key)
        return context

    def install(self, certificate_type: str, certificate: str) -> str:
        """Install a root certificate and return the CertificateStatus (M05)."""
        if certificate_type != "CentralSystemRootCertificate":
            return _REJECTED
        try:
            ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(cadata=certificate)
        except ssl.SSLError, ValueError:
            return _FAILED
        self._roots.append(certificate)
        return _ACCEPTED

    def forget(self, certificate: str) -> None:
        """Trust a root certificate no more that was deleted (M04)."""
        self._roots = [root for root in self._roots if root.strip() != certificate.strip()]

    def can_raise(self, configuration: Configuration, value: str, *, has_key: bool) -> bool:
        """Return whether there is all that a higher profile needs (A05)."""
        present = configuration.number(_PROFILE)
        if value not in {"1", "2", "3"} or int(value) <= present:
            return False
        profile = int(value)
        missing_key = profile < 3 and not has_key
        missing_root = profile >= 2 and not self._roots
        missing_certificate = profile == 3 and self._tls.certificate is None
        return not (missing_key or missing_root or missing_certificate)

    def raise_profile(
        self, configuration: Configuration, value: str, *, has_key: bool, url: str | None = None
    ) -> str:
        """Take a higher profile from the next connection on; return the ConfigurationStatus (A05).

        ``url`` is where to dial by it, None where it always did, or as ``Tls`` says.
        """
        if not self.can_raise(configuration, value, has_key=has_key):
            return _REJECTED
        self._profile, self._profile_url, self._failures = int(value), url, 0
        return _ACCEPTED

    def succeeded(self, configuration: Configuration) -> None:
        """Keep a new profile for good: a connection was made by it."""
        if self._profile is not None:
            configuration.put(_PROFILE, str(self._profile))
            self._failures = 0

    def failed(self, configuration: Configuration) -> None:
        """Go back to the profile before, where the new one did not connect often enough (A05.FR.08)."""
        if self._profile is None or configuration.number(_PROFILE) == self._profile:
            return
        self._failures += 1
        if self._failures >= self._tls.attempts:
            self._profile = None
