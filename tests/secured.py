"""A house that chargers can come to by TLS, on random ports and with an authority of its own."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path
import shutil
import ssl
from tempfile import TemporaryDirectory
from typing import Any

from aiohttp import ClientSession, encode_basic_auth
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from homeassistant.config_entries import ConfigSubentryDataWithId
import pytest

from custom_components.zmartcharge.csms import Algorithm, OwnAuthority
from custom_components.zmartcharge.csms.certificates import create_root
from simulator import Backoff, SimulatedChargePoint, Station, Tls

from .csms.secure import REAL_NOW
from .house import KEY, House, RawCharger, charger_subentry, prompt_evse, site_subentry, wait_until

OWN_AUTHORITY = {"tls_mode": "own_authority", "tls_port": 0}
#: Removed when Python ends.
_FOLDER = TemporaryDirectory(prefix="zmartcharge-house-")
# cryptography keeps the class of datetimes that it sees first, which must not be that of frozen ones.
create_root(Algorithm.EC, "Nobody", REAL_NOW)
SECURITY_EVENT = "event.garage_security_event"


@cache
def _authority() -> Path:
    """Return the folder of an authority that all tests begin with: making its keys takes longest."""
    folder = Path(_FOLDER.name) / "tls"
    OwnAuthority(folder, "ZmartCharge").prepare(("127.0.0.1",), REAL_NOW)
    return folder


class SecuredHouse:
    """What people do in a house with TLS."""

    def __init__(self, house: House, folder: Path) -> None:
        """Take the house, and where its authority is kept."""
        self.house = house
        self.folder = folder

    async def set_up(
        self, *subentries: ConfigSubentryDataWithId, options: dict[str, Any] | None = None
    ) -> House:
        """Set the house up with TLS; without subentries a home with one charger."""
        house = self.house.configure(*subentries)
        house.hass.config_entries.async_update_entry(
            house.entry, options=OWN_AUTHORITY if options is None else options
        )
        assert await house.set_up()
        return house

    async def with_profile(self, profile: int, **changes: Any) -> House:
        """Set the house up with one charger that has to come by a security profile."""
        charger = charger_subentry(security_profile=profile, **changes)
        return await self.set_up(site_subentry(), charger)

    @property
    def tls_url(self) -> str:
        """Return where chargers come by TLS."""
        return f"wss://127.0.0.1:{self.house.hub.tls.port}"

    def charge_point(self, identity: str = "CP1", **settings: Any) -> SimulatedChargePoint:
        """Return a charger that trusts us and comes by TLS; it is still switched off."""
        house = self.house
        configuration = settings.pop("configuration", {"SecurityProfile": "2"})
        plain = house.charge_point(identity)
        house.charge_points.remove(plain)
        charge_point = SimulatedChargePoint(
            self.tls_url,
            identity,
            **{
                "station": Station(prompt_evse(), configuration),
                "password": KEY,
                "backoff": Backoff(first_s=0.01, longest_s=0.02),
                "clock": plain.now,
                "tick_s": None,
                "tls": Tls(trusted=house.hub.tls.roots),
                **settings,
            },
        )
        house.charge_points.append(charge_point)
        return charge_point

    async def connect(self, identity: str = "CP1", **settings: Any) -> SimulatedChargePoint:
        """Switch a charger on that comes by TLS, and wait until it is set up."""
        charge_point = self.charge_point(identity, **settings)
        await charge_point.start()
        await self.house.ready(identity)
        await self.house.settled(charge_point)
        return charge_point

    @asynccontextmanager
    async def raw_charger(
        self, identity: str = "CP1", certificate: Path | None = None
    ) -> AsyncIterator[RawCharger]:
        """Connect a charger by TLS that answers nothing by itself; by its certificate or its key."""
        headers = {} if certificate else {"Authorization": encode_basic_auth(identity, KEY)}
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        if certificate:
            context.load_cert_chain(certificate)
        context.load_verify_locations(cadata="".join(self.house.hub.tls.roots))
        async with (
            ClientSession() as session,
            session.ws_connect(
                f"{self.tls_url}/{identity}",
                protocols=("ocpp1.6",),
                headers=headers,
                ssl=context,
            ) as socket,
        ):
            charger = self.house.hub.charger_by_id(identity)
            assert charger is not None
            await wait_until(lambda: charger.connected)
            yield RawCharger(socket)

    def events(self) -> dict[str, Any]:
        """Return the last security event of the garage's charger."""
        state = self.house.full_state(SECURITY_EVENT)
        return dict(state.attributes)

    async def wait_for_event(self, event: str) -> dict[str, Any]:
        """Wait for a security event of the garage's charger, and return its attributes."""
        await wait_until(lambda: self.events().get("event_type") == event)
        return self.events()


@pytest.fixture(name="secured")
def secured_fixture(house: House, monkeypatch: pytest.MonkeyPatch) -> SecuredHouse:
    """Return a house with TLS that is still to be set up."""
    # OpenSSL looks at the real clock, whatever ours says.
    house.time.move_to(REAL_NOW)
    folder = house.folder / "tls"
    shutil.copytree(_authority(), folder)
    monkeypatch.setattr(
        "custom_components.zmartcharge.security_tls.TLS_FOLDER", str(folder.absolute())
    )
    return SecuredHouse(house, folder)


def signing_request(name: str) -> tuple[ec.EllipticCurvePrivateKey, str]:
    """Return a charger's key, and its certificate signing request in PEM."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    request = (
        x509.CertificateSigningRequestBuilder().subject_name(subject).sign(key, hashes.SHA256())
    )
    return key, request.public_bytes(serialization.Encoding.PEM).decode()
