"""OCPP 1.6 (edition 2, with the security whitepaper's messages)."""

from .station import Station16

__all__ = ["Station16"]
