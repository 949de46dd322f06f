"""How a simulated charger gets to a higher security profile (whitepaper, A05 and M05)."""

from datetime import UTC, datetime
from pathlib import Path
import ssl

from cryptography import x509
import pytest

from custom_components.zmartcharge.csms.certificates import Algorithm, create_root
from simulator import ConfigError, Tls, parse_config
from simulator.certificate_store import CertificateStore, hash_data
from simulator.configuration import Configuration
from simulator.security import Security

ROOT = create_root(Algorithm.EC, "House", datetime(2026, 1, 15, tzinfo=UTC)).certificate_pem
OTHER_ROOT = create_root(Algorithm.EC, "Other", datetime(2026, 1, 15, tzinfo=UTC)).certificate_pem
TYPE = "CentralSystemRootCertificate"


def _security(**tls: object) -> Security:
    return Security("ws://ha:9000/ocpp/", "CP 1", Tls(**tls))  # type: ignore[arg-type]


def test_a_charger_dials_as_before_until_its_profile_is_raised() -> None:
    security, configuration = _security(attempts=2), Configuration()
    assert security.url == "ws://ha:9000/ocpp/CP%201"
    assert security.install(TYPE, ROOT) == "Accepted"
    assert security.raise_profile(configuration, "2", has_key=True) == "Accepted"
    assert security.url == "wss://ha:9000/ocpp/CP%201"
    assert configuration.text("SecurityProfile") == "1"
    security.succeeded(configuration)
    assert configuration.text("SecurityProfile") == "2"
    # What worked once is not given up any more.
    for _ in range(5):
        security.failed(configuration)
    assert security.url.startswith("wss://")


def test_a_charger_that_cannot_connect_by_a_new_profile_falls_back() -> None:
    security, configuration = _security(attempts=2, url="wss://other:1"), Configuration()
    security.install(TYPE, ROOT)
    security.raise_profile(configuration, "2", has_key=True)
    security.failed(configuration)
    assert security.url == "wss://other:1/CP%201"
    security.failed(configuration)
    assert security.url == "ws://ha:9000/ocpp/CP%201"


@pytest.mark.parametrize("value", ["0", "1", "4", "two", ""])
def test_a05_a_profile_that_is_not_higher_is_rejected(value: str) -> None:
    security = _security(trusted=(ROOT,))
    assert security.raise_profile(Configuration(), value, has_key=True) == "Rejected"


def test_a05_a_profile_without_what_it_needs_is_rejected() -> None:
    configuration = Configuration()
    assert _security().raise_profile(configuration, "2", has_key=True) == "Rejected"
    trusting = _security(trusted=(ROOT,))
    assert trusting.raise_profile(configuration, "2", has_key=False) == "Rejected"
    assert trusting.raise_profile(configuration, "3", has_key=True) == "Rejected"
    own = _security(trusted=(ROOT,), certificate=Path("own.pem"), key=Path("own.pem"))
    assert own.raise_profile(configuration, "3", has_key=False) == "Accepted"
    assert not own.sends_password


def test_m05_only_roots_of_the_central_system_are_installed() -> None:
    security = _security()
    assert security.install("ManufacturerRootCertificate", ROOT) == "Rejected"
    assert security.install(TYPE, "nonsense") == "Failed"


def test_m04_a_root_that_was_deleted_is_trusted_no_more() -> None:
    security, configuration = _security(), Configuration()
    store = CertificateStore(security.forget)
    for root in (ROOT, OTHER_ROOT):
        assert security.install(TYPE, root) == "Accepted"
        store.add(TYPE, root)
    told = {
        root: hash_data(x509.load_pem_x509_certificate(root.encode()))
        for root in (ROOT, OTHER_ROOT)
    }
    assert store.delete(told[ROOT]) == "Accepted"
    context = security.context()
    assert isinstance(context, ssl.SSLContext)
    assert len(context.get_ca_certs()) == 1
    # What it needs in order to come back stays.
    assert store.delete(told[OTHER_ROOT]) == "Failed"
    assert security.can_raise(configuration, "2", has_key=True)


def test_a_charger_that_was_told_nothing_verifies_as_the_system_does() -> None:
    assert Security("wss://ha", "CP1", None).context() is True
    context = _security(trusted=(ROOT,)).context()
    assert isinstance(context, ssl.SSLContext)
    assert context.check_hostname
    assert len(context.get_ca_certs()) == 1


def test_a_file_describes_what_a_charger_knows_of_tls(tmp_path: Path) -> None:
    (tmp_path / "root.pem").write_text(ROOT)
    tls = {"trusted": [str(tmp_path / "root.pem")], "url": "wss://ha:9443"}
    charger = {"id": "CP1", "url": "ws://ha:9000", "tls": tls}
    (parsed,) = parse_config({"chargers": [charger]}).chargers
    assert parsed.tls == Tls(trusted=(ROOT,), url="wss://ha:9443")
    charger["tls"] = {"trusted": [str(tmp_path / "nowhere.pem")]}
    with pytest.raises(ConfigError, match=r"nowhere\.pem"):
        parse_config({"chargers": [charger]})
