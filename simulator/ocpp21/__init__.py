"""The simulated charger in OCPP 2.1: the one of 2.0.1, which knows tariffs as well."""

from .charge_point import SimulatedChargePoint21

__all__ = ["SimulatedChargePoint21"]
