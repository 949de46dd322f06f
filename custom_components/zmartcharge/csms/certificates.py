"""The certificates of a small house's own authority: what is in them, and who gets one.

Two hierarchies stand beside each other, elliptic curves and RSA, because a central system must serve
chargers that know only one of them (OCPP 1.6 security whitepaper ed. 3, A00.FR.317). Nothing here
touches a file or a clock; making a key takes up to a second (RSA), so none of it is for the event loop.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
import ipaddress
import re

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from .errors import CsmsError

ROOT_VALIDITY = timedelta(days=3652)
#: Some TLS stacks refuse more (CA/Browser Forum Baseline Requirements 2.0.0, clause 6.3.2). That rule
#: is for public authorities, but chargers come with any stack.
SERVER_VALIDITY = timedelta(days=398)
#: Long, because a charger that misses its renewal is locked out; one that is not to come any more is
#: taken off the list of allowed certificates, which holds at once.
CLIENT_VALIDITY = timedelta(days=1826)
RENEW_BEFORE = timedelta(days=30)
#: Certificates begin a day early: chargers' clocks are wrong, and a few read UTC as local time.
_BACKDATED = timedelta(days=1)

_RSA_BITS = 2048
_MAX_RSA_BITS = 8192
_MAX_REQUEST = 10_000
#: The upper bound of a common name (RFC 5280, appendix A.1).
_MAX_COMMON_NAME = 64
_HOST = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)(\.(?!-)[a-z0-9_-]{1,63}(?<!-))*")

#: What cryptography raises for bytes that are no certificate or request, or of an unknown kind.
_UNREADABLE = (
    ValueError,
    TypeError,
    UnsupportedAlgorithm,
    x509.InvalidVersion,
    x509.DuplicateExtension,
    x509.UnsupportedGeneralNameType,
)

type PrivateKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


class Algorithm(StrEnum):
    """A hierarchy of certificates: the kind of its keys and signatures."""

    EC = "ec"
    RSA = "rsa"


class CertificateProblem(StrEnum):
    """What is wrong with a certificate or its key; each is the key of a translation."""

    MISSING = "certificate_missing"
    UNREADABLE = "certificate_unreadable"
    DAMAGED = "certificate_damaged"
    KEY_DAMAGED = "certificate_key_damaged"
    KEY_ENCRYPTED = "certificate_key_encrypted"
    KEY_MISMATCH = "certificate_key_mismatch"
    KEY_WEAK = "certificate_key_weak"
    CHAIN_BROKEN = "certificate_chain_broken"
    EXPIRED = "certificate_expired"
    NOT_YET_VALID = "certificate_not_yet_valid"
    NOT_FOR_SERVERS = "certificate_not_for_servers"
    NOT_AN_AUTHORITY = "certificate_not_an_authority"
    HOST_NAME = "certificate_host_name"
    ROOT_LOST = "certificate_root_lost"
    NOT_WRITABLE = "certificate_not_writable"


class CertificateError(CsmsError):
    """A certificate cannot be used; ``key`` says why and ``subject`` which file or name."""

    def __init__(self, problem: CertificateProblem, subject: str = "") -> None:
        """Keep what is wrong, and with which file or name."""
        super().__init__(f"{problem}: {subject}" if subject else problem.value)
        self.problem = problem
        self.key = problem.value
        self.subject = subject


class RequestProblem(StrEnum):
    """Why a charger's certificate signing request is refused; each is the key of a translation."""

    UNREADABLE = "request_unreadable"
    SIGNATURE = "request_signature"
    KEY_WEAK = "request_key_weak"
    NAME = "request_name"
    AUTHORITY = "request_authority"


class RequestRefusedError(CsmsError):
    """A certificate signing request is not signed; ``key`` says why."""

    def __init__(self, problem: RequestProblem, detail: str = "") -> None:
        """Keep what is wrong with the request."""
        super().__init__(f"{problem}: {detail}" if detail else problem.value)
        self.problem = problem
        self.key = problem.value


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """A certificate and the private key that belongs to it."""

    certificate: x509.Certificate
    key: PrivateKey

    @property
    def certificate_pem(self) -> str:
        """Return the certificate in PEM."""
        return pem_of(self.certificate)

    @property
    def key_pem(self) -> str:
        """Return the private key in PEM, not encrypted (PKCS #8)."""
        return self.key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        ).decode()


def pem_of(certificate: x509.Certificate) -> str:
    """Return a certificate in PEM."""
    return certificate.public_bytes(serialization.Encoding.PEM).decode()


def fingerprint(certificate: x509.Certificate | bytes) -> str:
    """Return the SHA-256 of a certificate (or of its DER), 64 hexadecimal digits, lower case."""
    if isinstance(certificate, bytes):
        digest = hashes.Hash(hashes.SHA256())
        digest.update(certificate)
        return digest.finalize().hex()
    return certificate.fingerprint(hashes.SHA256()).hex()


def common_name(der: bytes) -> str | None:
    """Return the one common name of a certificate in DER, None where it has none or several."""
    try:
        return _common_name(x509.load_der_x509_certificate(der).subject)
    except ValueError:
        return None


def host_name(text: str) -> str:
    """Return a host name or IP address as certificates have it: lower case, no brackets, no zone.

    Raises CertificateError (HOST_NAME).
    """
    name = text.strip().removeprefix("[").removesuffix("]").partition("%")[0]
    try:
        return str(ipaddress.ip_address(name))
    except ValueError:
        pass
    try:
        name = name.rstrip(".").lower().encode("idna").decode()
    except UnicodeError as err:
        raise CertificateError(CertificateProblem.HOST_NAME, text[:80]) from err
    # Four numbers that are no address are no name either, and a URL is neither.
    if not _HOST.fullmatch(name) or len(name) > 253 or re.fullmatch(r"[\d.]+", name):
        raise CertificateError(CertificateProblem.HOST_NAME, text[:80])
    return name


def create_root(algorithm: Algorithm, organization: str, now: datetime) -> Credentials:
    """Return a new root: 10 years, signs certificates of servers and chargers and nothing else.

    Sources: RFC 5280, clause 4.2.1; whitepaper, A00.FR.501-512.
    """
    key = _new_key(algorithm)
    name = _name(f"{organization} {algorithm.upper()} Root", organization)
    public = key.public_key()
    start = now - _BACKDATED
    builder = (
        _builder(name, name, public, start, start + ROOT_VALIDITY)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_key_usage(sign_certificates=True), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
    )
    return Credentials(certificate=builder.sign(key, hashes.SHA256()), key=key)


def issue_server(
    root: Credentials, organization: str, hosts: Sequence[str], now: datetime
) -> Credentials:
    """Return a new key and certificate for the central system at these names and addresses.

    The first one that fits is the common name as well, by which older chargers know a server
    (whitepaper, A00.FR.510). Raises CertificateError (HOST_NAME, EXPIRED).
    """
    names = hosts_of(hosts)
    is_rsa = isinstance(root.key, rsa.RSAPrivateKey)
    key = _new_key(Algorithm.RSA if is_rsa else Algorithm.EC)
    short = next((name for name in names if len(name) <= _MAX_COMMON_NAME), organization)
    builder = (
        _issued(root, _name(short, organization), key.public_key(), SERVER_VALIDITY, now)
        # The cipher suites without ECDHE encrypt to this key (RFC 5246, clause 7.4.2).
        .add_extension(_key_usage(encipher=is_rsa), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectAlternativeName(_alternatives(names)), critical=False)
    )
    return Credentials(certificate=builder.sign(root.key, hashes.SHA256()), key=key)


def hosts_of(hosts: Iterable[str]) -> tuple[str, ...]:
    """Return names and addresses as certificates have them, each once, in the given order.

    Raises CertificateError (HOST_NAME), also where there is none.
    """
    names = tuple(dict.fromkeys(host_name(host) for host in hosts))
    if not names:
        raise CertificateError(CertificateProblem.HOST_NAME)
    return names


def certified_hosts(certificate: x509.Certificate) -> frozenset[str]:
    """Return the names and addresses that a certificate is for."""
    try:
        found = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound, ValueError:
        return frozenset()
    addresses = (str(address) for address in found.get_values_for_type(x509.IPAddress))
    return frozenset((*found.get_values_for_type(x509.DNSName), *addresses))


def read_request(
    pem: str, identity: str, serial_number: str | None = None
) -> x509.CertificateSigningRequest:
    """Return a charger's certificate signing request (PKCS #10 in PEM) if it may be signed.

    Its common name must be the charger's identity, or the serial number that it told (A00.FR.511);
    its key RSA of 2048 bits or P-256 at the least. Raises RequestRefusedError.
    """
    if len(pem) > _MAX_REQUEST:
        raise RequestRefusedError(RequestProblem.UNREADABLE, "too long")
    try:
        request = x509.load_pem_x509_csr(pem.encode())
        asks_for = request.extensions
        name = _common_name(request.subject)
        valid = request.is_signature_valid
        public = request.public_key()
    except _UNREADABLE as err:
        raise RequestRefusedError(RequestProblem.UNREADABLE, str(err)[:200]) from err
    if not valid:
        raise RequestRefusedError(RequestProblem.SIGNATURE)
    if not is_strong(public):
        raise RequestRefusedError(RequestProblem.KEY_WEAK)
    if any(isinstance(e.value, x509.BasicConstraints) and e.value.ca for e in asks_for):
        raise RequestRefusedError(RequestProblem.AUTHORITY)
    if name is None or name not in {identity, serial_number}:
        raise RequestRefusedError(RequestProblem.NAME, repr(name)[:80])
    return request


def issue_client(
    root: Credentials, organization: str, request: x509.CertificateSigningRequest, now: datetime
) -> x509.Certificate:
    """Return the certificate for a request that ``read_request`` let pass.

    Only the key and the common name are the charger's; what else it asks for is not taken over.
    Raises CertificateError (EXPIRED) when the root has ended.
    """
    name = _name(_common_name(request.subject) or "", organization)
    builder = (
        _issued(root, name, request.public_key(), CLIENT_VALIDITY, now)
        .add_extension(_key_usage(), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH]), critical=False)
    )
    return builder.sign(root.key, hashes.SHA256())


def algorithm_of(public: object) -> Algorithm:
    """Return the hierarchy that a public key belongs to."""
    return Algorithm.RSA if isinstance(public, rsa.RSAPublicKey) else Algorithm.EC


def is_strong(public: object) -> bool:
    """Tell whether a public key is RSA of 2048-8192 bits or one of NIST's curves from P-256 on.

    Source: whitepaper, A00.FR.501-503; longer RSA keys only cost time.
    """
    match public:
        case rsa.RSAPublicKey(key_size=bits):
            return _RSA_BITS <= bits <= _MAX_RSA_BITS
        case ec.EllipticCurvePublicKey(curve=curve):
            return isinstance(curve, ec.SECP256R1 | ec.SECP384R1 | ec.SECP521R1)
        case _:
            return False


def _common_name(name: x509.Name) -> str | None:
    found = name.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(found[0].value) if len(found) == 1 else None


def _new_key(algorithm: Algorithm) -> PrivateKey:
    if algorithm is Algorithm.RSA:
        return rsa.generate_private_key(public_exponent=65537, key_size=_RSA_BITS)
    return ec.generate_private_key(ec.SECP256R1())


def _name(common: str, organization: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, organization),
            x509.NameAttribute(NameOID.COMMON_NAME, common),
        ]
    )


def _alternatives(names: Iterable[str]) -> list[x509.GeneralName]:
    found: list[x509.GeneralName] = []
    for name in names:
        try:
            found.append(x509.IPAddress(ipaddress.ip_address(name)))
        except ValueError:
            found.append(x509.DNSName(name))
    return found


def _key_usage(*, sign_certificates: bool = False, encipher: bool = False) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not sign_certificates,
        content_commitment=False,
        key_encipherment=encipher,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=sign_certificates,
        crl_sign=sign_certificates,
        encipher_only=False,
        decipher_only=False,
    )


def _builder(
    subject: x509.Name, issuer: x509.Name, public: object, start: datetime, end: datetime
) -> x509.CertificateBuilder:
    assert isinstance(public, ec.EllipticCurvePublicKey | rsa.RSAPublicKey)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(end)
    )


def _issued(
    root: Credentials, subject: x509.Name, public: object, validity: timedelta, now: datetime
) -> x509.CertificateBuilder:
    issuer = root.certificate
    if now >= issuer.not_valid_after_utc:
        raise CertificateError(CertificateProblem.EXPIRED, issuer.subject.rfc4514_string())
    # Nothing outlives, or is older than, what vouches for it.
    start = max(now - _BACKDATED, issuer.not_valid_before_utc)
    end = min(start + validity, issuer.not_valid_after_utc)
    authority = x509.AuthorityKeyIdentifier.from_issuer_public_key(root.key.public_key())
    assert isinstance(public, ec.EllipticCurvePublicKey | rsa.RSAPublicKey)
    return (
        _builder(subject, issuer.subject, public, start, end)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        .add_extension(authority, critical=False)
    )
