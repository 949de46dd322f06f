"""A house to test in: real chargers on real sockets, a real ledger, and time that waits for us."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
import json
from pathlib import Path
from typing import Any, Self

from aiohttp import ClientSession, ClientWebSocketResponse, encode_basic_auth
from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import ConfigSubentryDataWithId
from homeassistant.const import CONF_HOST, CONF_PORT, STATE_UNAVAILABLE
from homeassistant.core import HomeAssistant, State
from homeassistant.helpers import device_registry as dr, entity_registry as er, issue_registry as ir
from homeassistant.util import dt as dt_util
from ocpp.v16 import call
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_fire_mqtt_message

from custom_components.zmartcharge.charger import Charger
from custom_components.zmartcharge.connector import Connector
from custom_components.zmartcharge.const import (
    CONF_ACCESS,
    CONF_CHARGE_POINT_ID,
    CONF_CIRCUIT_FUSE,
    CONF_DATABASE_URL,
    CONF_GRID_TYPE,
    CONF_KEY_HASH,
    CONF_MAIN_FUSE,
    CONF_METER,
    CONF_SITE,
    CONF_WIRING,
    DOMAIN,
    SUBENTRY_CHARGER,
    SUBENTRY_SITE,
)
from custom_components.zmartcharge.csms import hash_key
from custom_components.zmartcharge.hub import Hub
from custom_components.zmartcharge.ledger import Session
from custom_components.zmartcharge.site import Site
from simulator import (
    Backoff,
    Behaviour,
    Car,
    Evse,
    Pilot,
    SimulatedChargePoint,
    SimulatedChargePoint21,
    SimulatedChargePoint201,
    Station,
)

from .ledger_file import put_empty_ledger

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
KEY = "abcdefghij0123456789"
KEY_HASH = hash_key(KEY)
TOPIC = "ams2mqtt"
_VERSIONS = {
    "1.6": SimulatedChargePoint,
    "2.0.1": SimulatedChargePoint201,
    "2.1": SimulatedChargePoint21,
}


def site_subentry(
    subentry_id: str = "home", title: str = "Home", **changes: Any
) -> ConfigSubentryDataWithId:
    """Return a site: 400 V TN behind 63 A, without a meter."""
    data = {CONF_GRID_TYPE: "tn_400", CONF_MAIN_FUSE: 63, **changes}
    return ConfigSubentryDataWithId(
        subentry_id=subentry_id,
        subentry_type=SUBENTRY_SITE,
        title=title,
        unique_id=None,
        data=data,
    )


def charger_subentry(
    subentry_id: str = "garage", title: str = "Garage", **changes: Any
) -> ConfigSubentryDataWithId:
    """Return charger CP1 at the home: three phases, 20 A, with a key, open for all."""
    data = {
        CONF_CHARGE_POINT_ID: "CP1",
        CONF_SITE: "home",
        CONF_CIRCUIT_FUSE: 20,
        CONF_WIRING: "l1_l2_l3",
        CONF_KEY_HASH: KEY_HASH,
        CONF_ACCESS: "open",
        **changes,
    }
    return ConfigSubentryDataWithId(
        subentry_id=subentry_id,
        subentry_type=SUBENTRY_CHARGER,
        title=title,
        unique_id=data[CONF_CHARGE_POINT_ID],
        data=data,
    )


def car(**changes: Any) -> Car:
    """Return a three-phase car that follows an offer at once."""
    return Car(**{"ramp_s": 0.0, "max_current_a": 16.0, **changes})


def prompt_evse(**changes: Any) -> Evse:
    """Return the hardware of a charger whose pilot follows a limit at once."""
    behaviour = Behaviour(pilot=Pilot(interval_s=0.0), **changes.pop("behaviour", {}))
    return Evse(behaviour=behaviour, **changes)


async def wait_until(holds: Callable[[], object], timeout: float = 10.0) -> None:
    """Return as soon as something holds; raises TimeoutError when it does not come to."""
    async with asyncio.timeout(timeout):
        while not holds():
            await asyncio.sleep(0.002)


def status_call(state: str, connector_id: int = 1, error: str = "NoError", **more: Any) -> Any:
    """Return a StatusNotification of this moment."""
    return call.StatusNotification(
        connector_id=connector_id,
        error_code=error,
        status=state,
        timestamp=dt_util.utcnow().isoformat(),
        **more,
    )


class RawCharger:
    """A charger that says exactly what it is told to."""

    def __init__(self, socket: ClientWebSocketResponse) -> None:
        self.socket = socket

    async def hear(self) -> list[Any]:
        """Return the next frame."""
        frame: list[Any] = json.loads((await self.socket.receive(timeout=5)).data)
        return frame

    async def call(self, action: str, payload: dict[str, Any]) -> list[Any]:
        """Send a CALL and return the frame that answers it."""
        await self.socket.send_str(json.dumps([2, "1", action, payload]))
        while (frame := await self.hear())[0] == 2:
            pass
        return frame

    async def answer(self, message_id: str, payload: dict[str, Any]) -> None:
        """Answer a CALL."""
        await self.socket.send_str(json.dumps([3, message_id, payload]))

    async def fail(self, message_id: str, code: str, description: str) -> None:
        """Answer a CALL with an error."""
        await self.socket.send_str(json.dumps([4, message_id, code, description, {}]))


@dataclass
class House:
    """Home Assistant with one entry, and what people do in the house."""

    hass: HomeAssistant
    time: FrozenDateTimeFactory
    folder: Path
    entry: MockConfigEntry = field(init=False)
    charge_points: list[SimulatedChargePoint] = field(default_factory=list)

    # Home Assistant ---------------------------------------------------------------------------

    def configure(self, *subentries: ConfigSubentryDataWithId, **data: Any) -> Self:
        """Add the entry; without subentries a home with one charger."""
        ledger = self.folder / "ledger.db"
        if CONF_DATABASE_URL not in data:
            put_empty_ledger(ledger)
        self.entry = MockConfigEntry(
            domain=DOMAIN,
            title="ZmartCharge",
            entry_id="hub",
            unique_id=DOMAIN,
            minor_version=2,
            data={
                CONF_HOST: "127.0.0.1",
                CONF_PORT: 0,
                CONF_DATABASE_URL: f"sqlite:///{ledger}",
                **data,
            },
            subentries_data=subentries or (site_subentry(), charger_subentry()),
        )
        self.entry.add_to_hass(self.hass)
        return self

    async def set_up(self, *subentries: ConfigSubentryDataWithId, **data: Any) -> bool:
        """Add the entry if that is still to do, and set it up."""
        if not hasattr(self, "entry"):
            self.configure(*subentries, **data)
        done = await self.hass.config_entries.async_setup(self.entry.entry_id)
        await self.hass.async_block_till_done()
        return done

    async def unload(self) -> None:
        """Unload the entry."""
        assert await self.hass.config_entries.async_unload(self.entry.entry_id)
        await self.hass.async_block_till_done()

    async def change(self, subentry_id: str, *, title: str | None = None, **changes: Any) -> None:
        """Change a subentry as its flow does."""
        subentry = self.entry.subentries[subentry_id]
        self.hass.config_entries.async_update_subentry(
            self.entry,
            subentry,
            data={**subentry.data, **changes},
            title=title or subentry.title,
        )
        await self.hass.async_block_till_done()

    async def remove(self, subentry_id: str) -> None:
        """Remove a subentry."""
        self.hass.config_entries.async_remove_subentry(self.entry, subentry_id)
        await self.hass.async_block_till_done()

    async def act(self, domain: str, service: str, entity_id: str, **data: Any) -> None:
        """Perform an action on an entity."""
        await self.hass.services.async_call(
            domain, service, {"entity_id": entity_id, **data}, blocking=True
        )

    @property
    def hub(self) -> Hub:
        """Return the running hub."""
        hub: Hub = self.entry.runtime_data
        return hub

    @property
    def charger(self) -> Charger:
        """Return the charger of the garage."""
        return self.hub.chargers["garage"]

    @property
    def connector(self) -> Connector:
        """Return the first connector of the charger of the garage."""
        return self.charger.connectors[1]

    @property
    def site(self) -> Site:
        """Return the home."""
        return self.hub.sites["home"]

    def state(self, entity_id: str) -> str:
        """Return an entity's state, ``missing`` when there is no such entity."""
        state = self.hass.states.get(entity_id)
        return state.state if state else "missing"

    def full_state(self, entity_id: str) -> State:
        """Return an entity's state with its attributes."""
        state = self.hass.states.get(entity_id)
        assert state is not None
        return state

    def number(self, entity_id: str) -> float | None:
        """Return an entity's state as a number, None when it is none."""
        try:
            return float(self.state(entity_id))
        except ValueError:
            return None

    def available(self, entity_id: str) -> bool:
        """Tell whether an entity is available."""
        return self.state(entity_id) not in (STATE_UNAVAILABLE, "missing")

    def issue(self, issue_id: str) -> ir.IssueEntry | None:
        """Return a repair that is raised now."""
        issue = ir.async_get(self.hass).async_get_issue(DOMAIN, issue_id)
        return issue if issue and issue.active else None

    def device(self, identifier: str) -> dr.DeviceEntry | None:
        """Return the device of a site or a charger."""
        registry = dr.async_get(self.hass)
        return registry.async_get_device_by_identifier((DOMAIN, identifier), self.entry.entry_id)

    def child_device(self, identifier: str) -> dr.ChildDeviceEntry | None:
        """Return the device of a connector."""
        registry = dr.async_get(self.hass)
        return registry.async_get_child_device_by_identifier(
            (DOMAIN, identifier), self.entry.entry_id
        )

    def entity_ids(self) -> set[str]:
        """Return the ids of the entry's entities."""
        registry = er.async_get(self.hass)
        entries = er.async_entries_for_config_entry(registry, self.entry.entry_id)
        return {entry.entity_id for entry in entries}

    # Chargers and cars ------------------------------------------------------------------------

    def charge_point(self, identity: str = "CP1", **settings: Any) -> SimulatedChargePoint:
        """Return a charger that is still switched off, whose time is ours."""
        configuration = settings.pop("configuration", None)
        evse = settings.pop("evse", None) or prompt_evse()
        charge_point = _VERSIONS[settings.pop("ocpp", "1.6")](
            f"ws://127.0.0.1:{self.hub.port}",
            identity,
            **{
                "station": Station(evse, configuration),
                "password": KEY,
                "backoff": Backoff(first_s=0.01, longest_s=0.02),
                "clock": dt_util.utcnow,
                "tick_s": None,
                **settings,
            },
        )
        self.charge_points.append(charge_point)
        return charge_point

    async def connect(self, identity: str = "CP1", **settings: Any) -> SimulatedChargePoint:
        """Switch a charger on and wait until it is set up."""
        charge_point = self.charge_point(identity, **settings)
        await charge_point.start()
        await self.ready(identity)
        await self.settled(charge_point)
        return charge_point

    @asynccontextmanager
    async def raw_charger(self, identity: str = "CP1") -> AsyncIterator[RawCharger]:
        """Connect a charger that answers nothing by itself."""
        headers = {"Authorization": encode_basic_auth(identity, KEY)}
        url = f"ws://127.0.0.1:{self.hub.port}/{identity}"
        async with (
            ClientSession() as session,
            session.ws_connect(url, protocols=("ocpp1.6",), headers=headers) as socket,
        ):
            charger = self.hub.charger_by_id(identity)
            assert charger is not None
            await wait_until(lambda: charger.connected)
            yield RawCharger(socket)

    async def ready(self, identity: str = "CP1") -> None:
        """Wait until a charger has booted and is set up."""
        charger = self.hub.charger_by_id(identity)
        assert charger is not None
        async with asyncio.timeout(10):
            await charger.setup.ready.wait()
        await self.hass.async_block_till_done()

    async def settled(self, charge_point: SimulatedChargePoint) -> None:
        """Wait until a charger has told all that it has to tell."""
        # An hour of meter values is hundreds of commits, which take their time on a busy machine.
        await charge_point.wait_for(
            lambda cp: cp.registered and cp.station.outbox.head() is None, timeout=60
        )
        await self.hass.async_block_till_done()

    async def run(self, charge_point: SimulatedChargePoint, seconds: int, step: int = 10) -> None:
        """Let a charger and the clocks live through some seconds."""
        for _ in range(0, seconds, step):
            self.time.tick(timedelta(seconds=step))
            charge_point.step(dt_util.utcnow(), float(step))
        await self.settled(charge_point)

    async def charge(self, charge_point: SimulatedChargePoint, seconds: int = 0) -> None:
        """Plug a car in, start its session, and charge for a while."""
        await charge_point.plug_in(car())
        await self.settled(charge_point)
        await self.connector.start()
        await wait_until(lambda: self.connector.in_session)
        await self.settled(charge_point)
        if seconds:
            await self.run(charge_point, seconds)

    async def cut(self, charge_point: SimulatedChargePoint) -> None:
        """Cut a charger's network and wait until that is noticed."""
        await charge_point.go_offline()
        charger = self.hub.charger_by_id(charge_point.identity)
        assert charger is not None
        await wait_until(lambda: not charger.connected)
        await self.hass.async_block_till_done()

    async def mend(self, charge_point: SimulatedChargePoint) -> None:
        """Give a charger its network back and wait until it has told everything."""
        charge_point.go_online()
        charger = self.hub.charger_by_id(charge_point.identity)
        assert charger is not None
        await wait_until(lambda: charger.connected)
        await self.settled(charge_point)

    async def sessions(self) -> tuple[Session, ...]:
        """Return the sessions of the ledger, newest first."""
        return await self.hub.ledger.sessions()

    # Time and the meter -----------------------------------------------------------------------

    async def pass_time(self, seconds: float) -> None:
        """Let time pass for Home Assistant: what is due within it happens."""
        self.time.tick(timedelta(seconds=seconds))
        # One round of the event loop to see what is due, one to run it.
        for _ in range(2):
            await asyncio.sleep(0)
        await self.hass.async_block_till_done()

    async def meter(
        self, payload: dict[str, Any] | str, *, topic: str = TOPIC, retain: bool = False
    ) -> None:
        """Let the meter's reader publish; a dictionary is the data of a JSON classic object."""
        if isinstance(payload, dict):
            payload = json.dumps({"t": int(dt_util.utcnow().timestamp()), "data": payload})
        async_fire_mqtt_message(self.hass, topic, payload, retain=retain)
        await self.hass.async_block_till_done()


def metered_site(**changes: Any) -> ConfigSubentryDataWithId:
    """Return the home with a meter on MQTT."""
    return site_subentry(**{CONF_METER: mqtt_meter(), **changes})


def mqtt_meter(topic: str = TOPIC) -> dict[str, str]:
    """Return what a site's subentry says of a reader on MQTT."""
    return {"type": "mqtt", "topic": topic}


def pow_u_meter(token: str) -> dict[str, str]:
    """Return what a site's subentry says of a Pow-U that posts."""
    return {"type": "pow_u", "token": token}


def sensor_meter(stale_after: int = 60, **sensors: str) -> dict[str, Any]:
    """Return what a site's subentry says of sensors, by role."""
    return {"type": "sensors", "stale_after": stale_after, **sensors}
