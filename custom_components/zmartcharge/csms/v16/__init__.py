"""OCPP 1.6 (edition 2, with the security whitepaper's messages)."""

from .station import Station16
from .upgrade import upgrade_steps

__all__ = ["Station16", "upgrade_steps"]
