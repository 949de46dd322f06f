"""A small HTTP API on 127.0.0.1 that plays the people of the home.

``GET /state`` returns everything that can be seen. The rest are ``POST`` with a JSON object, and
return the state of what they changed:

==================================  ================================================
``/plug``                           ``charger``, ``connector`` (1), ``car`` (see config)
``/unplug``                         ``charger``, ``connector``
``/tap``                            ``charger``, ``id_tag``, ``connector`` (any)
``/car``                            ``charger``, ``connector``, ``paused``
``/appliance``                      ``name``, ``on``
``/meter``                          ``silent``
``/charger/{id}/offline``           cuts the network of a charger
``/charger/{id}/online``            gives it back
``/charger/{id}/reboot``            restarts its firmware
``/charger/{id}/fault``             ``connector``, ``error_code`` (``null`` repairs)
``/charger/{id}/raw``               ``text`` to send as it is
==================================  ================================================

Answers: 400 for a body that is not what is asked for, 404 for something that is not there, 409
for something that cannot be done now; each with a JSON object ``{"error": …}``.
"""

from collections.abc import Awaitable, Callable
import json
from typing import Any

from aiohttp import web
import voluptuous as vol

from .car import Car
from .charge_point import SimulatedChargePoint
from .config import CAR
from .connector import Connector, ConnectorError
from .link import NotConnectedError
from .simulation import Simulation

type _Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

_NUMBER = vol.All(int, vol.Range(min=1))
_CONNECTOR: dict[Any, Any] = {
    vol.Required("charger"): str,
    vol.Optional("connector", default=1): _NUMBER,
}
_PLUG = vol.Schema({**_CONNECTOR, "car": CAR})
_UNPLUG = vol.Schema(_CONNECTOR)
_CAR = vol.Schema({**_CONNECTOR, vol.Required("paused"): bool})
_TAP = vol.Schema(
    {vol.Required("charger"): str, vol.Required("id_tag"): vol.Length(1, 20), "connector": _NUMBER}
)
_SWITCH = vol.Schema({vol.Required("name"): str, vol.Required("on"): bool})
_METER = vol.Schema({vol.Required("silent"): bool})
_FAULT = vol.Schema(
    {
        vol.Optional("connector", default=1): _NUMBER,
        vol.Optional("error_code", default="OtherError"): vol.Any(None, str),
    }
)
_RAW = vol.Schema({vol.Required("text"): str})


def create_app(simulation: Simulation) -> web.Application:
    """Return the API of a running simulation."""
    app = web.Application(middlewares=[_explain])
    control = _Control(simulation)
    app.add_routes(
        [
            web.get("/state", control.state),
            web.post("/plug", control.plug),
            web.post("/unplug", control.unplug),
            web.post("/tap", control.tap),
            web.post("/car", control.car),
            web.post("/appliance", control.appliance),
            web.post("/meter", control.meter),
            web.post("/charger/{id}/offline", control.offline),
            web.post("/charger/{id}/online", control.online),
            web.post("/charger/{id}/reboot", control.reboot),
            web.post("/charger/{id}/fault", control.fault),
            web.post("/charger/{id}/raw", control.raw),
        ]
    )
    return app


@web.middleware
async def _explain(request: web.Request, handler: _Handler) -> web.StreamResponse:
    try:
        return await handler(request)
    except (vol.Invalid, ValueError) as error:
        return web.json_response({"error": str(error)}, status=400)
    except LookupError as error:
        return web.json_response({"error": f"there is no {error.args[0]}"}, status=404)
    except (ConnectorError, NotConnectedError) as error:
        return web.json_response({"error": str(error)}, status=409)


async def _body(request: web.Request, schema: vol.Schema) -> dict[str, Any]:
    text = await request.text()
    values: dict[str, Any] = schema(json.loads(text) if text else {})
    return values


class _Control:
    """The handlers."""

    def __init__(self, simulation: Simulation) -> None:
        self._simulation = simulation

    def _charge_point(self, identity: str) -> SimulatedChargePoint:
        return self._simulation.charge_points[identity]

    def _answer(self, identity: str, **more: object) -> web.Response:
        return web.json_response(charger_state(self._charge_point(identity)) | more)

    async def state(self, _request: web.Request) -> web.Response:
        return web.json_response(simulation_state(self._simulation))

    async def plug(self, request: web.Request) -> web.Response:
        body = await _body(request, _PLUG)
        car = Car(**body["car"]) if "car" in body else None
        await self._simulation.plug_in(body["charger"], body["connector"], car)
        return self._answer(body["charger"])

    async def unplug(self, request: web.Request) -> web.Response:
        body = await _body(request, _UNPLUG)
        await self._simulation.unplug(body["charger"], body["connector"])
        return self._answer(body["charger"])

    async def tap(self, request: web.Request) -> web.Response:
        body = await _body(request, _TAP)
        charge_point = self._charge_point(body["charger"])
        status = await charge_point.tap(body["id_tag"], body.get("connector"))
        return self._answer(body["charger"], authorization=status)

    async def car(self, request: web.Request) -> web.Response:
        body = await _body(request, _CAR)
        connector = self._charge_point(body["charger"]).evse.connector(body["connector"])
        if connector.car is None:
            raise ConnectorError(f"connector {body['connector']} has no car")
        connector.car.paused = body["paused"]
        return self._answer(body["charger"])

    async def appliance(self, request: web.Request) -> web.Response:
        body = await _body(request, _SWITCH)
        self._simulation.world.house.switch(body["name"], body["on"])
        return web.json_response(house_state(self._simulation))

    async def meter(self, request: web.Request) -> web.Response:
        body = await _body(request, _METER)
        self._simulation.world.meter.silence(body["silent"])
        return web.json_response(body)

    async def offline(self, request: web.Request) -> web.Response:
        identity = request.match_info["id"]
        await self._charge_point(identity).go_offline()
        return self._answer(identity)

    async def online(self, request: web.Request) -> web.Response:
        identity = request.match_info["id"]
        self._charge_point(identity).go_online()
        return self._answer(identity)

    async def reboot(self, request: web.Request) -> web.Response:
        identity = request.match_info["id"]
        await self._charge_point(identity).reboot()
        return self._answer(identity)

    async def fault(self, request: web.Request) -> web.Response:
        identity = request.match_info["id"]
        charge_point = self._charge_point(identity)
        body = await _body(request, _FAULT)
        await charge_point.fault(body["connector"], body["error_code"])
        return self._answer(identity)

    async def raw(self, request: web.Request) -> web.Response:
        identity = request.match_info["id"]
        charge_point = self._charge_point(identity)
        body = await _body(request, _RAW)
        await charge_point.send_raw(body["text"])
        return self._answer(identity)


def simulation_state(simulation: Simulation) -> dict[str, Any]:
    """Return everything that can be seen, as JSON values in A, V, W, Wh and percent."""
    world = simulation.world
    chargers = simulation.charge_points.items()
    return {
        "now": world.now.isoformat(),
        "speed": world.speed,
        "house": house_state(simulation),
        "meter": {
            "port": simulation.meter_server.port,
            "clients": simulation.meter_server.clients,
        },
        "chargers": {identity: charger_state(charger) for identity, charger in chargers},
    }


def house_state(simulation: Simulation) -> dict[str, Any]:
    """Return what the fuse box and the meter see."""
    house = simulation.world.house
    return {
        "grid": house.grid.value,
        "currents_a": [round(value, 2) for value in house.currents],
        "voltages_v": [round(value, 1) for value in house.voltages],
        "power_w": round(house.power_w, 1),
        "import_wh": int(house.import_wh),
        "export_wh": int(house.export_wh),
        "appliances": {item.name: item.on for item in house.appliances.values()},
    }


def charger_state(charge_point: SimulatedChargePoint) -> dict[str, Any]:
    """Return a charger, its connectors and its cars."""
    return {
        "id": charge_point.identity,
        "connected": charge_point.connected,
        "registered": charge_point.registered,
        "refusal": charge_point.refusal,
        "unsent": len(charge_point.unsent),
        "power_w": round(charge_point.evse.power_w, 1),
        "connectors": [_connector_state(item) for item in charge_point.evse.connectors],
    }


def _connector_state(connector: Connector) -> dict[str, Any]:
    car, transaction = connector.car, connector.transaction
    return {
        "id": connector.connector_id,
        "status": connector.status.value,
        "offered_a": round(connector.offered_a, 2),
        "current_a": round(connector.current_a, 2),
        "energy_wh": connector.energy_wh,
        "transaction": None
        if transaction is None
        else {
            "id": transaction.transaction_id,
            "id_tag": transaction.id_tag,
            "started_at": transaction.started_at.isoformat(),
            "meter_start_wh": transaction.meter_start_wh,
        },
        "car": None
        if car is None
        else {
            "name": car.name,
            "soc": round(car.soc, 2),
            "phases": car.phases,
            "paused": car.paused,
        },
    }
