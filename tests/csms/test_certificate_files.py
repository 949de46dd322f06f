"""Certificates in a folder: made, kept, renewed, damaged, or the user's own."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
import os
from pathlib import Path
import shutil
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
import pytest

from custom_components.zmartcharge.csms.certificate_files import (
    OwnAuthority,
    ServerCertificate,
    own_files,
)
from custom_components.zmartcharge.csms.certificates import (
    Algorithm,
    CertificateError,
    Credentials,
    RequestRefusedError,
    certified_hosts,
    create_root,
    fingerprint,
    issue_server,
)

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)
HOSTS = ("homeassistant.local", "192.168.1.10")


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("authority") / "tls"
    OwnAuthority(folder, "House").prepare(HOSTS, NOW)
    return folder


@pytest.fixture
def folder(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "tls"))


@pytest.fixture
def authority(folder: Path) -> OwnAuthority:
    return OwnAuthority(folder, "House")


def _server(folder: Path, kind: str = "ec") -> x509.Certificate:
    return x509.load_pem_x509_certificates((folder / f"server-{kind}.pem").read_bytes())[0]


def _request(name: str = "CP1") -> str:
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    key = ec.generate_private_key(ec.SECP256R1())
    request = (
        x509.CertificateSigningRequestBuilder().subject_name(subject).sign(key, hashes.SHA256())
    )
    return request.public_bytes(serialization.Encoding.PEM).decode()


def test_files_are_for_their_owner_only(folder: Path) -> None:
    names = {"root-ec.pem", "root-rsa.pem", "server-ec.pem", "server-rsa.pem"}
    assert {path.name for path in folder.iterdir()} == names
    assert all(path.stat().st_mode & 0o777 == 0o600 for path in folder.iterdir())


def test_after_a_restart_everything_is_as_it_was(authority: OwnAuthority, folder: Path) -> None:
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    certificate = authority.prepare(HOSTS, NOW + 300 * DAY)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    assert len(certificate.roots) == 2
    assert certificate.client_roots == certificate.roots
    assert certificate.expires_at == _server(folder).not_valid_after_utc


def test_a_certificate_that_ends_within_thirty_days_is_renewed(
    authority: OwnAuthority, folder: Path
) -> None:
    old, root = _server(folder), (folder / "root-ec.pem").read_bytes()
    later = old.not_valid_after_utc - 30 * DAY
    authority.prepare(HOSTS, later - timedelta(seconds=1))
    assert _server(folder) == old
    assert authority.prepare(HOSTS, later).expires_at > later + 300 * DAY
    assert _server(folder) != old
    assert (folder / "root-ec.pem").read_bytes() == root


def test_another_address_gets_another_certificate(authority: OwnAuthority, folder: Path) -> None:
    authority.prepare(("10.0.0.2",), NOW)
    assert "10.0.0.2" in certified_hosts(_server(folder))
    # The same in another order and twice is the same.
    authority.prepare(("10.0.0.2", "10.0.0.2"), NOW)


def test_addresses_that_are_not_there_for_a_while_stay_in_the_certificate(
    authority: OwnAuthority, folder: Path
) -> None:
    # After a power cut Home Assistant is up before the router.
    authority.prepare(("127.0.0.1",), NOW)
    assert certified_hosts(_server(folder)) == {"127.0.0.1", *HOSTS}


def test_a_certificate_does_not_collect_addresses_without_end(
    authority: OwnAuthority, folder: Path
) -> None:
    for number in range(40):
        authority.prepare((f"10.0.0.{number}",), NOW)
    names = certified_hosts(_server(folder))
    assert "10.0.0.39" in names
    assert len(names) == 20


def test_a_clock_that_is_far_behind_is_told(authority: OwnAuthority, folder: Path) -> None:
    with pytest.raises(CertificateError) as caught:
        authority.prepare(HOSTS, NOW - 400 * DAY)
    assert caught.value.key == "certificate_not_yet_valid"


def test_near_the_roots_end_nothing_is_renewed_over_and_over(
    authority: OwnAuthority, folder: Path
) -> None:
    root = x509.load_pem_x509_certificate((folder / "root-ec.pem").read_bytes())
    late = root.not_valid_after_utc - 5 * DAY
    authority.prepare(HOSTS, late)
    renewed = _server(folder)
    authority.prepare(HOSTS, late + DAY)
    assert _server(folder) == renewed
    with pytest.raises(CertificateError) as caught:
        authority.prepare(HOSTS, root.not_valid_after_utc)
    assert caught.value.key == "certificate_expired"
    assert caught.value.subject == str(folder / "root-ec.pem")


@pytest.mark.parametrize("damage", [b"", b"nonsense", b"\xff" * 300_000])
def test_a_damaged_server_certificate_is_made_anew(
    authority: OwnAuthority, folder: Path, damage: bytes
) -> None:
    (folder / "server-ec.pem").write_bytes(damage)
    authority.prepare(HOSTS, NOW)
    assert certified_hosts(_server(folder)) == set(HOSTS)


@pytest.mark.parametrize(
    ("spoil", "key"),
    [
        (lambda path: path.write_bytes(b"nonsense"), "certificate_damaged"),
        (lambda path: path.write_bytes(b""), "certificate_damaged"),
        (lambda path: path.unlink(), "certificate_root_lost"),
        (lambda path: (path.unlink(), path.mkdir()), "certificate_unreadable"),
        (lambda path: path.write_text(_only_certificate(path)), "certificate_key_damaged"),
        (
            lambda path: shutil.copy(path.with_name("server-ec.pem"), path),
            "certificate_not_an_authority",
        ),
    ],
)
def test_a_root_that_is_damaged_or_lost_is_never_replaced(
    authority: OwnAuthority, folder: Path, spoil: Callable[[Path], object], key: str
) -> None:
    spoil(folder / "root-ec.pem")
    for _ in range(2):
        with pytest.raises(CertificateError) as caught:
            authority.prepare(HOSTS, NOW)
        assert caught.value.key == key
        assert caught.value.subject == str(folder / "root-ec.pem")


def _only_certificate(path: Path) -> str:
    return (
        path.read_text().partition("-----BEGIN CERTIFICATE")[1]
        + (path.read_text().partition("-----BEGIN CERTIFICATE")[2])
    )


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(CertificateError) as caught:
        OwnAuthority(tmp_path / "file" / "tls", "House").prepare(HOSTS, NOW)
    assert caught.value.key in {"certificate_not_writable", "certificate_unreadable"}


def test_a_full_disk_leaves_the_old_file(
    authority: OwnAuthority, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(CertificateError) as caught:
        authority.prepare(("10.0.0.2",), NOW)
    assert caught.value.key == "certificate_not_writable"
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_a_chargers_request_is_signed_by_the_root_of_its_kind(authority: OwnAuthority) -> None:
    signed = authority.sign(_request(), "CP1", NOW)
    own, root = x509.load_pem_x509_certificates(signed.chain.encode())
    own.verify_directly_issued_by(root)
    assert signed.fingerprint == fingerprint(own)
    assert signed.expires_at == own.not_valid_after_utc > NOW + 1800 * DAY
    with pytest.raises(RequestRefusedError):
        authority.sign(_request("CP2"), "CP1", NOW)


def _ec_key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


# The user's own files ---------------------------------------------------------------------------


@pytest.fixture(scope="module")
def root() -> Credentials:
    return create_root(Algorithm.EC, "Other", NOW)


@pytest.fixture(scope="module")
def server(root: Credentials) -> Credentials:
    return issue_server(root, "Other", ["home.example.org"], NOW)


def _use(folder: Path, chain: str, key: str, now: datetime = NOW) -> ServerCertificate:
    (folder / "fullchain.pem").write_text(chain)
    (folder / "privkey.pem").write_text(key)
    return own_files(folder / "fullchain.pem", folder / "privkey.pem", now)


def test_own_files_are_used_as_they_are(
    tmp_path: Path, root: Credentials, server: Credentials
) -> None:
    found = _use(tmp_path, server.certificate_pem + root.certificate_pem, server.key_pem)
    assert found.files == ((tmp_path / "fullchain.pem", tmp_path / "privkey.pem"),)
    assert found.roots == (root.certificate_pem,)
    assert found.client_roots == ()
    assert found.expires_at == server.certificate.not_valid_after_utc
    assert _use(tmp_path, server.certificate_pem, server.key_pem).roots == ()


def test_each_fault_of_own_files_has_its_own_words(
    tmp_path: Path, root: Credentials, server: Credentials
) -> None:
    chain, key = server.certificate_pem, server.key_pem
    other = issue_server(root, "Other", ["x.example.org"], NOW)
    secret = serialization.BestAvailableEncryption(b"secret")
    encrypted = server.key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, secret
    ).decode()
    stranger = create_root(Algorithm.EC, "Stranger", NOW).certificate_pem
    end = server.certificate.not_valid_after_utc
    faults = [
        (chain, encrypted, NOW, "certificate_key_encrypted"),
        (chain, other.key_pem, NOW, "certificate_key_mismatch"),
        (chain, "nonsense", NOW, "certificate_key_damaged"),
        ("", key, NOW, "certificate_damaged"),
        (key, key, NOW, "certificate_damaged"),
        # The wrong way round.
        (root.certificate_pem + chain, key, NOW, "certificate_key_mismatch"),
        (chain + stranger, key, NOW, "certificate_chain_broken"),
        (root.certificate_pem, root.key_pem, NOW, "certificate_not_for_servers"),
        (chain, key, end, "certificate_expired"),
        (chain, key, NOW - 10 * DAY, "certificate_not_yet_valid"),
    ]
    for chain_text, key_text, now, expected in faults:
        with pytest.raises(CertificateError) as caught:
            _use(tmp_path, chain_text, key_text, now)
        assert caught.value.key == expected
        assert caught.value.subject.endswith(".pem")


@pytest.mark.parametrize(
    ("make_key", "use", "fault"),
    [
        (lambda: rsa.generate_private_key(65537, 1024), "SERVER_AUTH", "certificate_key_weak"),
        (ed25519.Ed25519PrivateKey.generate, "SERVER_AUTH", "certificate_key_weak"),
        (_ec_key, "CLIENT_AUTH", "certificate_not_for_servers"),
        (_ec_key, "SERVER_AUTH", None),
        (_ec_key, "ANY_EXTENDED_KEY_USAGE", None),
        (_ec_key, None, None),
    ],
)
def test_a_key_must_be_strong_and_its_certificate_for_servers(
    tmp_path: Path, make_key: Callable[[], Any], use: str | None, fault: str | None
) -> None:
    key = make_key()
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "home.example.org")])
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(NOW)
        .not_valid_after(NOW + DAY)
    )
    if use:
        purposes = x509.ExtendedKeyUsage([getattr(ExtendedKeyUsageOID, use)])
        builder = builder.add_extension(purposes, critical=False)
    signed = builder.sign(key, None if "ed25519" in type(key).__module__ else hashes.SHA256())
    key_pem = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()
    chain = signed.public_bytes(serialization.Encoding.PEM).decode()
    if fault is None:
        assert _use(tmp_path, chain, key_pem).expires_at == NOW + DAY
        return
    with pytest.raises(CertificateError) as caught:
        _use(tmp_path, chain, key_pem)
    assert caught.value.key == fault


def test_files_that_are_not_there_are_named(tmp_path: Path) -> None:
    with pytest.raises(CertificateError) as caught:
        own_files(tmp_path / "a.pem", tmp_path / "b.pem", NOW)
    assert caught.value.key == "certificate_missing"
    assert caught.value.subject == str(tmp_path / "a.pem")
