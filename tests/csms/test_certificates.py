"""What is in the certificates of the house's own authority, and which requests it signs."""

from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from cryptography.x509.verification import PolicyBuilder, Store, VerificationError
from hypothesis import given, settings, strategies as st
import pytest

from custom_components.zmartcharge.csms.certificates import (
    Algorithm,
    CertificateError,
    CertificateProblem,
    Credentials,
    RequestProblem,
    RequestRefusedError,
    certified_hosts,
    common_name,
    create_root,
    fingerprint,
    host_name,
    issue_client,
    issue_server,
    read_request,
)

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)
#: 02:30 in the night in which Europe's clocks go back, once before and once after.
CLOCKS_CHANGE = (
    datetime(2026, 10, 25, 0, 30, tzinfo=UTC),
    datetime(2026, 10, 25, 1, 30, tzinfo=UTC),
)
HOSTS = ("homeassistant.local", "192.168.1.10", "fd00::10")


@pytest.fixture(scope="module")
def root() -> Credentials:
    return create_root(Algorithm.EC, "House", NOW)


@pytest.fixture(scope="module")
def rsa_root() -> Credentials:
    return create_root(Algorithm.RSA, "House", NOW)


def _request(
    *names: str,
    key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey | None = None,
    authority: bool = False,
) -> str:
    attributes = [x509.NameAttribute(NameOID.COMMON_NAME, name) for name in names]
    attributes.append(x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Somebody"))
    key = key or ec.generate_private_key(ec.SECP256R1())
    builder = x509.CertificateSigningRequestBuilder().subject_name(x509.Name(attributes))
    if authority:
        builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), True)
    builder = builder.add_extension(
        x509.SubjectAlternativeName([x509.DNSName("homeassistant.local")]), False
    )
    algorithm = None if isinstance(key, ed25519.Ed25519PrivateKey) else hashes.SHA256()
    return builder.sign(key, algorithm).public_bytes(serialization.Encoding.PEM).decode()


def test_a_root_may_sign_and_nothing_else_for_ten_years(root: Credentials) -> None:
    certificate = root.certificate
    basic = certificate.extensions.get_extension_for_class(x509.BasicConstraints)
    usage = certificate.extensions.get_extension_for_class(x509.KeyUsage)
    assert basic.critical and basic.value == x509.BasicConstraints(ca=True, path_length=0)
    assert usage.critical and usage.value.key_cert_sign and not usage.value.digital_signature
    assert isinstance(root.key.public_key(), ec.EllipticCurvePublicKey)
    assert certificate.not_valid_after_utc - NOW > timedelta(days=3650)
    # 5500 characters are all that InstallCertificate carries.
    assert len(root.certificate_pem) < 5500


@pytest.mark.parametrize("kind", list(Algorithm))
def test_a_server_certificate_is_what_strict_clients_want(
    kind: Algorithm, root: Credentials, rsa_root: Credentials
) -> None:
    authority = root if kind is Algorithm.EC else rsa_root
    server = issue_server(authority, "House", HOSTS, NOW)
    verifier = PolicyBuilder().store(Store([authority.certificate])).time(NOW + DAY)
    subject = x509.DNSName("homeassistant.local")
    chain = verifier.build_server_verifier(subject).verify(server.certificate, [])
    assert chain == [server.certificate, authority.certificate]
    assert certified_hosts(server.certificate) == set(HOSTS)
    # Whitepaper, A00.FR.510: older chargers look at the common name.
    name = server.certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    assert [item.value for item in name] == ["homeassistant.local"]
    usage = server.certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    assert usage.key_encipherment is (kind is Algorithm.RSA)


def test_a_server_certificate_is_short_and_begins_early(root: Credentials) -> None:
    certificate = issue_server(root, "House", HOSTS, NOW + 10 * DAY).certificate
    assert certificate.not_valid_after_utc == NOW + 10 * DAY + timedelta(days=398) - DAY
    assert certificate.not_valid_before_utc == NOW + 9 * DAY


@pytest.mark.parametrize("now", CLOCKS_CHANGE)
def test_the_night_in_which_clocks_change_is_a_night_like_others(now: datetime) -> None:
    root = create_root(Algorithm.EC, "House", now)
    certificate = issue_server(root, "House", HOSTS, now).certificate
    assert certificate.not_valid_after_utc - certificate.not_valid_before_utc == timedelta(days=398)
    assert certificate.not_valid_before_utc <= now


def test_nothing_outlives_the_root(root: Credentials) -> None:
    late = root.certificate.not_valid_after_utc - 5 * DAY
    assert (
        issue_server(root, "House", HOSTS, late).certificate.not_valid_after_utc
        == root.certificate.not_valid_after_utc
    )
    with pytest.raises(CertificateError) as caught:
        issue_server(root, "House", HOSTS, root.certificate.not_valid_after_utc)
    assert caught.value.problem is CertificateProblem.EXPIRED


def test_a_host_name_that_is_too_long_for_a_common_name_is_still_certified(
    root: Credentials,
) -> None:
    long = ".".join(["x" * 60] * 3)
    certificate = issue_server(root, "House", [long], NOW).certificate
    assert certified_hosts(certificate) == {long}


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("HomeAssistant.local.", "homeassistant.local"),
        ("[fd00::0010]", "fd00::10"),
        ("fe80::1%eth0", "fe80::1"),
        ("bil.blåbær.no", "bil.xn--blbr-roah.no"),
        ("192.168.1.10", "192.168.1.10"),
    ],
)
def test_names_are_written_in_one_way(text: str, name: str) -> None:
    assert host_name(text) == name


@pytest.mark.parametrize(
    "text", ["", " ", "a b", "wss://x", "x/y", "-x", "*.example.org", "300.1.1.1", "x" * 64, "a..b"]
)
def test_what_is_no_host_name_is_refused(text: str) -> None:
    with pytest.raises(CertificateError) as caught:
        host_name(text)
    assert caught.value.key == "certificate_host_name"


def test_a_certificate_for_nothing_is_refused(root: Credentials) -> None:
    with pytest.raises(CertificateError):
        issue_server(root, "House", [], NOW)


@pytest.mark.parametrize("name", ["CP1", "SN-123"])
def test_a_charger_is_called_by_its_identity_or_its_serial_number(
    root: Credentials, name: str
) -> None:
    request = read_request(_request(name), "CP1", "SN-123")
    certificate = issue_client(root, "House", request, NOW)
    der = certificate.public_bytes(serialization.Encoding.DER)
    assert common_name(der) == name
    assert fingerprint(der) == fingerprint(certificate)
    usage = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    assert list(usage) == [ExtendedKeyUsageOID.CLIENT_AUTH]
    # It gets neither the organization nor the names that it asked for.
    owner = certificate.subject.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)
    assert [item.value for item in owner] == ["House"]
    assert certified_hosts(certificate) == set()


def test_a_chargers_certificate_is_not_one_of_a_server(root: Credentials) -> None:
    certificate = issue_client(root, "House", read_request(_request("CP1"), "CP1"), NOW)
    verifier = PolicyBuilder().store(Store([root.certificate])).time(NOW)
    with pytest.raises(VerificationError):
        verifier.build_server_verifier(x509.DNSName("CP1")).verify(certificate, [])


@pytest.mark.parametrize(
    ("pem", "problem"),
    [
        (_request("CP2"), RequestProblem.NAME),
        (_request(), RequestProblem.NAME),
        (_request("CP1", "CP2"), RequestProblem.NAME),
        (_request("CP1", authority=True), RequestProblem.AUTHORITY),
        (
            _request("CP1", key=rsa.generate_private_key(65537, 1024)),
            RequestProblem.KEY_WEAK,
        ),
        (
            _request("CP1", key=ec.generate_private_key(ec.SECP224R1())),
            RequestProblem.KEY_WEAK,
        ),
        (_request("CP1", key=ed25519.Ed25519PrivateKey.generate()), RequestProblem.KEY_WEAK),
        ("", RequestProblem.UNREADABLE),
        ("\ud800", RequestProblem.UNREADABLE),
        (_request("CP1") + "x" * 10_000, RequestProblem.UNREADABLE),
        ("-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END", RequestProblem.UNREADABLE),
    ],
    # The requests are new each time: each process that collects tests has to name them alike.
    ids=(
        "another name", "no name", "two names", "authority", "short RSA key", "short EC key",
        "Ed25519", "empty", "surrogate", "too long", "cut",
    ),
)  # fmt: skip
def test_a_request_that_must_not_be_signed_is_refused(pem: str, problem: RequestProblem) -> None:
    with pytest.raises(RequestRefusedError) as caught:
        read_request(pem, "CP1")
    assert caught.value.problem is problem
    assert caught.value.key == problem.value


def test_a_request_with_somebody_elses_key_is_refused() -> None:
    der = x509.load_pem_x509_csr(_request("CP1").encode()).public_bytes(serialization.Encoding.DER)
    forged = bytearray(der)
    forged[-3] ^= 1
    request = _pem(bytes(forged))
    with pytest.raises(RequestRefusedError) as caught:
        read_request(request, "CP1")
    assert caught.value.problem in {RequestProblem.SIGNATURE, RequestProblem.UNREADABLE}


_GOOD = x509.load_pem_x509_csr(_request("CP1").encode()).public_bytes(serialization.Encoding.DER)


@settings(max_examples=200, deadline=None)
@given(
    place=st.integers(0, len(_GOOD) - 1), byte=st.integers(0, 255), cut=st.integers(0, len(_GOOD))
)
def test_no_bytes_of_a_request_raise_anything_else(place: int, byte: int, cut: int) -> None:
    damaged = bytearray(_GOOD)
    damaged[place] = byte
    for der in (bytes(damaged), _GOOD[:cut]):
        try:
            request = read_request(_pem(der), "CP1")
        except RequestRefusedError:
            continue
        assert request.is_signature_valid


def _pem(der: bytes) -> str:
    from base64 import encodebytes

    body = encodebytes(der).decode()
    return f"-----BEGIN CERTIFICATE REQUEST-----\n{body}-----END CERTIFICATE REQUEST-----\n"


@pytest.mark.parametrize("der", [b"", b"\x30\x03\x02\x01\x00", b"CP1"])
def test_what_is_no_certificate_has_no_name(der: bytes) -> None:
    assert common_name(der) is None
