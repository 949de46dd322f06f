"""By which profile a charger may come: every way against every requirement."""

from itertools import product
from pathlib import Path

import pytest

from custom_components.zmartcharge.csms import Registration
from custom_components.zmartcharge.csms.certificates import fingerprint
from custom_components.zmartcharge.csms.security_profile import (
    ProfileRefusal,
    Requirement,
    SecurityProfile,
    Verdict,
    Way,
    judge,
)

from .conftest import RecordingHandler
from .secure import client_certificate

WS, WSS = Way(encrypted=False), Way(encrypted=True)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import Encoding

    path: Path = client_certificate(tmp_path_factory.mktemp("own"), "CP1").path
    return x509.load_pem_x509_certificates(path.read_bytes())[0].public_bytes(Encoding.DER)


def _requirement(profile: int, certificate: bytes, *names: str) -> Requirement:
    return Requirement(
        profile=SecurityProfile(profile),
        fingerprints=frozenset({fingerprint(certificate)}),
        names=frozenset(names or {"CP1"}),
    )


@pytest.mark.parametrize(
    ("required", "way", "expected"),
    [
        (0, WS, (0, False)),
        (0, WSS, (0, False)),
        (1, WS, (1, True)),
        (1, WSS, (2, True)),
        (2, WS, ProfileRefusal.NOT_ENCRYPTED),
        (2, WSS, (2, True)),
        (3, WS, ProfileRefusal.NOT_ENCRYPTED),
        (3, WSS, ProfileRefusal.NO_CERTIFICATE),
    ],
)
def test_a_charger_without_a_certificate(
    required: int, way: Way, expected: tuple[int, bool] | ProfileRefusal
) -> None:
    verdict = judge(way, Requirement(profile=SecurityProfile(required)))
    if isinstance(expected, tuple):
        profile, needs_key = expected
        assert verdict == Verdict(profile=SecurityProfile(profile), needs_key=needs_key)
    else:
        assert verdict is expected


@pytest.mark.parametrize("required", [0, 1, 2, 3])
def test_its_own_certificate_is_enough_for_every_profile(required: int, certificate: bytes) -> None:
    way = Way(encrypted=True, certificate=certificate)
    assert judge(way, _requirement(required, certificate)) == Verdict(
        profile=SecurityProfile.TLS_CERTIFICATE,
        needs_key=False,
        fingerprint=fingerprint(certificate),
    )


@pytest.mark.parametrize("required", [1, 2])
def test_a_certificate_that_is_not_its_own_counts_for_nothing(
    required: int, certificate: bytes
) -> None:
    way = Way(encrypted=True, certificate=certificate)
    for requirement in (
        Requirement(profile=SecurityProfile(required), names=frozenset({"CP1"})),
        _requirement(required, certificate, "CP2"),
    ):
        assert judge(way, requirement) == judge(WSS, requirement)
    strict = Requirement(profile=SecurityProfile.TLS_CERTIFICATE, names=frozenset({"CP1"}))
    assert judge(way, strict) is ProfileRefusal.WRONG_CERTIFICATE


def test_nobody_is_let_in_by_less_than_is_required(certificate: bytes) -> None:
    ways = [
        Way(encrypted=encrypted, certificate=brought)
        for encrypted, brought in product((False, True), (None, certificate))
    ]
    for profile, way in product(SecurityProfile, ways):
        for requirement in (
            Requirement(profile=profile),
            _requirement(profile, certificate),
            _requirement(profile, certificate, "CP2"),
        ):
            verdict = judge(way, requirement)
            if isinstance(verdict, Verdict):
                assert verdict.profile >= profile
                # What proves nothing by a certificate proves itself by a key.
                assert (
                    verdict.needs_key
                    or verdict.profile is SecurityProfile.TLS_CERTIFICATE
                    or profile is SecurityProfile.UNSECURED
                )


def test_a_registration_without_a_profile_asks_what_its_key_makes_possible() -> None:
    handler = RecordingHandler()
    with_key = Registration(key_hash="scrypt$", handler=handler).requirement("CP1")
    without = Registration(key_hash=None, handler=handler).requirement("CP1")
    assert with_key.profile is SecurityProfile.BASIC
    assert without.profile is SecurityProfile.UNSECURED
    named = Registration(key_hash=None, handler=handler, serial_number="SN1").requirement("CP1")
    assert named.names == {"CP1", "SN1"}
    assert without.names == {"CP1"}
