"""The certificates in a charger: OCPP 1.6 security whitepaper (A02, M03-M05), 2.0.1 (A02, M03-M05)."""

from collections.abc import Callable
from dataclasses import dataclass
import hashlib

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

ACCEPTED, REJECTED, FAILED, NOT_FOUND = "Accepted", "Rejected", "Failed", "NotFound"
#: What vouches for the central system, in both versions' words.
CENTRAL_SYSTEM_ROOTS = frozenset({"CentralSystemRootCertificate", "CSMSRootCertificate"})


@dataclass(frozen=True, slots=True)
class _Installed:
    kind: str
    hash: dict[str, str]
    certificate: str


class CertificateStore:
    """The root certificates that were installed, and the one that is the charger's own."""

    def __init__(self, forget: Callable[[str], None] = lambda _: None) -> None:
        """Start with none. ``forget`` is told each certificate (PEM) that is deleted."""
        self._forget = forget
        self.own_chain: str | None = None
        self._installed: list[_Installed] = []
        self._key: ec.EllipticCurvePrivateKey | None = None

    def add(self, kind: str, certificate: str) -> None:
        """Take a certificate (PEM) that was accepted. Raises ``ValueError`` for one that is none."""
        told = hash_data(x509.load_pem_x509_certificate(certificate.encode()))
        if (kind, told) not in self.of({kind}):
            self._installed.append(_Installed(kind, told, certificate))

    def of(self, kinds: set[str]) -> list[tuple[str, dict[str, str]]]:
        """Return the kind and the CertificateHashData of each of some kinds."""
        return [(item.kind, item.hash) for item in self._installed if item.kind in kinds]

    def delete(self, told: dict[str, str]) -> str:
        """Delete a certificate and return the DeleteCertificateStatus."""
        wanted = {key: value.lower() for key, value in told.items()}
        for item in self._installed:
            if {key: value.lower() for key, value in item.hash.items()} != wanted:
                continue
            of_kind = [other for other in self._installed if other.kind == item.kind]
            if item.kind in CENTRAL_SYSTEM_ROOTS and len(of_kind) == 1:
                # M04: what it needs in order to come back it does not delete.
                return FAILED
            self._installed.remove(item)
            self._forget(item.certificate)
            return ACCEPTED
        return NOT_FOUND

    def request(self, common_name: str) -> str:
        """Return a signing request (PEM) for a new key pair."""
        self._key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])
        builder = x509.CertificateSigningRequestBuilder().subject_name(subject)
        request = builder.sign(self._key, hashes.SHA256())
        return request.public_bytes(serialization.Encoding.PEM).decode()

    def take(self, chain: str) -> str:
        """Take what was signed and return the CertificateSignedStatus."""
        try:
            leaf = x509.load_pem_x509_certificates(chain.encode())[0]
        except ValueError, IndexError:
            return REJECTED
        if self._key is None or leaf.public_key() != self._key.public_key():
            return REJECTED
        self.own_chain = chain
        return ACCEPTED


def hash_data(certificate: x509.Certificate) -> dict[str, str]:
    """Return the CertificateHashData of a root, whose issuer is itself; hashes in hexadecimal."""
    key = certificate.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return {
        "hash_algorithm": "SHA256",
        "issuer_name_hash": hashlib.sha256(certificate.issuer.public_bytes()).hexdigest(),
        "issuer_key_hash": hashlib.sha256(key).hexdigest(),
        "serial_number": f"{certificate.serial_number:x}",
    }
