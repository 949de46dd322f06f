"""OCPP 2.0.1 (edition 2), in the model of ``csms``: a connector of ours is an EVSE of the charger.

An EVSE can charge one car at a time, through whichever of its connectors (OCPP 2.0.1, part 1,
clause 3.1), so it is what has a state, a limit and a session.
"""

from .memory import ChargerMemory
from .preparation import CURRENCY
from .station import Station201
from .upgrade import upgrade_steps

__all__ = ["CURRENCY", "ChargerMemory", "Station201", "upgrade_steps"]
