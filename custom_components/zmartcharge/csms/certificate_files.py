"""Certificates in a folder: those of the house's own authority, or the user's own files.

Everything here reads and writes files and makes keys: not for the event loop.
"""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
import os
from pathlib import Path
import tempfile

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID

from .certificates import (
    RENEW_BEFORE,
    Algorithm,
    CertificateError,
    CertificateProblem,
    Credentials,
    PrivateKey,
    algorithm_of,
    certified_hosts,
    create_root,
    fingerprint,
    hosts_of,
    is_strong,
    issue_client,
    issue_server,
    pem_of,
    read_request,
)

_MAX_FILE = 256 * 1024
_MAX_NAMES = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerCertificate:
    """What a TLS server shows.

    ``files`` are pairs of a certificate chain and its key, one for each kind of key. ``roots`` (PEM)
    are what chargers need to trust it, empty where the user's chain does not hold its root.
    ``client_roots`` (PEM) sign the certificates that chargers may bring; empty: nobody does.
    """

    files: tuple[tuple[Path, Path], ...]
    expires_at: datetime
    roots: tuple[str, ...] = ()
    client_roots: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedCertificate:
    """A charger's new certificate: the chain (PEM, its own first) for CertificateSigned.

    ``fingerprint`` is what goes on the list of certificates that the charger may bring.
    """

    chain: str
    fingerprint: str
    expires_at: datetime


class OwnAuthority:
    """The house's own authority, kept in a folder that only its owner can read.

    ``root-<kind>.pem`` must never be lost: chargers trust nobody else. ``server-<kind>.pem`` is made
    anew whenever it does not fit. Each file holds certificate and key together, so that no crash
    can leave one without the other.
    """

    def __init__(self, folder: Path, organization: str) -> None:
        """Take the folder, and the name of the operator that stands in all certificates."""
        self._folder = folder
        self._organization = organization

    def prepare(self, hosts: Sequence[str], now: datetime) -> ServerCertificate:
        """Make what is missing, renew what ends within 30 days, and return what the server shows.

        ``hosts`` are the names and addresses by which chargers reach us. Raises CertificateError:
        HOST_NAME; NOT_WRITABLE (make room, or let Home Assistant write); EXPIRED, DAMAGED and
        UNREADABLE for a root, which is never replaced by itself (restore it from a backup, or remove
        the folder and set every charger up anew); ROOT_LOST when only the root's file is gone.
        """
        names = hosts_of(hosts)
        roots = [self._root(algorithm, now) for algorithm in Algorithm]
        servers = [self._server(root, names, now) for root in roots]
        pems = tuple(root.certificate_pem for root in roots)
        return ServerCertificate(
            files=tuple((self._path("server", root), self._path("server", root)) for root in roots),
            expires_at=min(server.not_valid_after_utc for server in servers),
            roots=pems,
            client_roots=pems,
        )

    def sign(
        self, request_pem: str, identity: str, now: datetime, serial_number: str | None = None
    ) -> SignedCertificate:
        """Sign a charger's request (SignCertificate; whitepaper, A02).

        Raises RequestRefusedError, and CertificateError as ``prepare`` does.
        """
        request = read_request(request_pem, identity, serial_number)
        root = self._root(algorithm_of(request.public_key()), now)
        certificate = issue_client(root, self._organization, request, now)
        return SignedCertificate(
            chain=pem_of(certificate) + root.certificate_pem,
            fingerprint=fingerprint(certificate),
            expires_at=certificate.not_valid_after_utc,
        )

    def _path(self, kind: str, root: Credentials | Algorithm) -> Path:
        if isinstance(root, Credentials):
            root = algorithm_of(root.key.public_key())
        return self._folder / f"{kind}-{root}.pem"

    def _root(self, algorithm: Algorithm, now: datetime) -> Credentials:
        path = self._path("root", algorithm)
        if not path.exists():
            if self._path("server", algorithm).exists():
                raise CertificateError(CertificateProblem.ROOT_LOST, str(path))
            root = create_root(algorithm, self._organization, now)
            _write(path, root.key_pem + root.certificate_pem)
            return root
        chain, key = _read_pair(path, path)
        root = Credentials(certificate=chain[0], key=key)
        if not _is_authority(root.certificate):
            raise CertificateError(CertificateProblem.NOT_AN_AUTHORITY, str(path))
        _check_period(root.certificate, now, path)
        return root

    def _server(self, root: Credentials, names: tuple[str, ...], now: datetime) -> x509.Certificate:
        path = self._path("server", root)
        before: frozenset[str] = frozenset()
        with suppress(CertificateError):
            chain, _ = _read_pair(path, path)
            before = certified_hosts(chain[0])
            if _still_fits(chain, root, names, now):
                return chain[0]
        server = issue_server(
            # A machine whose network is not up yet is not to lose the address that chargers dial.
            root,
            self._organization,
            (*names, *sorted(before - {*names}))[:_MAX_NAMES],
            now,
        )
        _write(path, server.key_pem + server.certificate_pem + root.certificate_pem)
        return server.certificate


def own_files(chain_path: Path, key_path: Path, now: datetime) -> ServerCertificate:
    """Return the user's own certificate, if a server can use it.

    ``chain_path`` holds the server's certificate first and then those that vouch for it. Raises
    CertificateError, whose ``key`` says what to do about it and ``subject`` which file it is.
    """
    chain, _ = _read_pair(chain_path, key_path)
    server = chain[0]
    _check_period(server, now, chain_path)
    if not is_strong(server.public_key()):
        raise CertificateError(CertificateProblem.KEY_WEAK, str(chain_path))
    if _is_authority(server) or not _serves(server):
        raise CertificateError(CertificateProblem.NOT_FOR_SERVERS, str(chain_path))
    for certificate, issuer in pairwise(chain):
        if not _issued_by(certificate, issuer):
            raise CertificateError(CertificateProblem.CHAIN_BROKEN, str(chain_path))
        _check_period(issuer, now, chain_path)
    return ServerCertificate(
        files=((chain_path, key_path),),
        # With the first of them that ends, chargers trust none.
        expires_at=min(certificate.not_valid_after_utc for certificate in chain),
        roots=tuple(pem_of(c) for c in chain if _is_authority(c) and _issued_by(c, c)),
    )


def kind_of(pem: str) -> Algorithm:
    """Return the kind of a certificate's key, for those who must choose among several."""
    return algorithm_of(x509.load_pem_x509_certificate(pem.encode()).public_key())


def _still_fits(
    chain: Sequence[x509.Certificate],
    root: Credentials,
    names: Iterable[str],
    now: datetime,
) -> bool:
    server = chain[0]
    return (
        server.not_valid_before_utc <= now
        and (
            server.not_valid_after_utc - now > RENEW_BEFORE
            # A root that ends first leaves nothing to renew for longer.
            or server.not_valid_after_utc == root.certificate.not_valid_after_utc > now
        )
        and frozenset(names) <= certified_hosts(server)
        and _issued_by(server, root.certificate)
    )


def _read_pair(chain_path: Path, key_path: Path) -> tuple[list[x509.Certificate], PrivateKey]:
    """Return a chain and the key of its first certificate."""
    chain_bytes, key_bytes = _read(chain_path), _read(key_path)
    try:
        chain = x509.load_pem_x509_certificates(chain_bytes)
        public = chain[0].public_key()
    except (ValueError, TypeError, UnsupportedAlgorithm) as err:
        raise CertificateError(CertificateProblem.DAMAGED, str(chain_path)) from err
    try:
        key = serialization.load_pem_private_key(key_bytes, None)
    except TypeError as err:
        raise CertificateError(CertificateProblem.KEY_ENCRYPTED, str(key_path)) from err
    except (ValueError, UnsupportedAlgorithm) as err:
        raise CertificateError(CertificateProblem.KEY_DAMAGED, str(key_path)) from err
    if not isinstance(key, ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey):
        raise CertificateError(CertificateProblem.KEY_WEAK, str(key_path))
    if key.public_key() != public:
        raise CertificateError(CertificateProblem.KEY_MISMATCH, str(key_path))
    return chain, key


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            content = file.read(_MAX_FILE + 1)
    except FileNotFoundError as err:
        raise CertificateError(CertificateProblem.MISSING, str(path)) from err
    except (OSError, ValueError) as err:
        raise CertificateError(CertificateProblem.UNREADABLE, str(path)) from err
    if len(content) > _MAX_FILE:
        raise CertificateError(CertificateProblem.DAMAGED, str(path))
    return content


def _write(path: Path, content: str) -> None:
    """Write a file that only its owner can read: wholly, or not at all."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    except OSError as err:
        raise CertificateError(CertificateProblem.NOT_WRITABLE, str(path)) from err
    try:
        # mkstemp makes it 0600.
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
        _sync_folder(path.parent)
    except OSError as err:
        with suppress(OSError):
            Path(name).unlink(missing_ok=True)
        raise CertificateError(CertificateProblem.NOT_WRITABLE, str(path)) from err


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _check_period(certificate: x509.Certificate, now: datetime, path: Path) -> None:
    if now >= certificate.not_valid_after_utc:
        raise CertificateError(CertificateProblem.EXPIRED, str(path))
    if now < certificate.not_valid_before_utc:
        raise CertificateError(CertificateProblem.NOT_YET_VALID, str(path))


def _issued_by(certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(issuer)
    except ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm:
        return False
    return True


def _is_authority(certificate: x509.Certificate) -> bool:
    try:
        found = certificate.extensions.get_extension_for_class(x509.BasicConstraints)
    except x509.ExtensionNotFound, ValueError:
        return False
    return found.value.ca


def _serves(certificate: x509.Certificate) -> bool:
    """Tell whether a certificate may be used by a server; one that names no use may be used for any."""
    try:
        uses = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    except x509.ExtensionNotFound:
        return True
    except ValueError:
        return False
    return (
        ExtendedKeyUsageOID.SERVER_AUTH in uses
        or ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE in uses
    )
