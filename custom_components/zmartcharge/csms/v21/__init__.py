"""OCPP 2.1 (edition 1): the messages of 2.0.1, those that it adds, and limits that are updated.

What it changes in the messages of 2.0.1 are optional fields, so its adapter is that of 2.0.1.
"""

from .station import Station21

__all__ = ["Station21"]
