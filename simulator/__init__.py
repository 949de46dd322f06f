"""A home with a meter, cars and chargers to run everything against, in real or virtual time.

In virtual time, with nothing but physics::

    world = World(now=start, house=House(), evses={"CP1": Evse()})
    world.evses["CP1"].plug_in(Car())
    world.evses["CP1"].start_transaction(world.now)
    for _ in range(3600):
        for push in world.step(1.0):
            print(push.meter_list, push.reading.currents)

A charger on a socket::

    async with SimulatedChargePoint("ws://127.0.0.1:9000", "CP1", password="…") as cp:
        await cp.plug_in(Car())
        await cp.tap("04A1B2C3")
        await cp.wait_for(lambda cp: cp.status() is ConnectorStatus.CHARGING)

``python -m simulator`` runs a whole home.
"""

from .aidon import MeterList, MeterReading
from .car import Car
from .charge_point import SimulatedChargePoint
from .charging_profile import (
    ChargingProfile,
    Kind,
    ProfileError,
    Purpose,
    RateUnit,
    Recurrency,
    SchedulePeriod,
)
from .config import ConfigError, parse_config, read_config
from .connector import ConnectorError, ConnectorStatus, Pilot, Reservation, Transaction
from .evse import Behaviour, Evse
from .grid import GridType, Phase, Wiring, charger_wiring, wire
from .house import Appliance, House
from .link import ConnectionLostError, NotConnectedError
from .meter import Meter, MeterPush, MeterServer
from .ocpp21 import SimulatedChargePoint21
from .ocpp201 import SimulatedChargePoint201
from .security import Tls
from .simulation import Simulation
from .state_file import StateFileError
from .station import Station
from .uplink import Backoff, Frame, Nameplate
from .world import World

__all__ = [
    "Appliance",
    "Backoff",
    "Behaviour",
    "Car",
    "ChargingProfile",
    "ConfigError",
    "ConnectionLostError",
    "ConnectorError",
    "ConnectorStatus",
    "Evse",
    "Frame",
    "GridType",
    "House",
    "Kind",
    "Meter",
    "MeterList",
    "MeterPush",
    "MeterReading",
    "MeterServer",
    "Nameplate",
    "NotConnectedError",
    "Phase",
    "Pilot",
    "ProfileError",
    "Purpose",
    "RateUnit",
    "Recurrency",
    "Reservation",
    "SchedulePeriod",
    "SimulatedChargePoint",
    "SimulatedChargePoint21",
    "SimulatedChargePoint201",
    "Simulation",
    "StateFileError",
    "Station",
    "Tls",
    "Transaction",
    "Wiring",
    "World",
    "charger_wiring",
    "parse_config",
    "read_config",
    "wire",
]
