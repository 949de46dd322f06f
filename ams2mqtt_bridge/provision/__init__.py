"""Sets up a Pow-U (AMS2MQTT) through the pages that it serves in set-up mode."""

from .command import main
from .settings import LoadBalancer, ProvisionError, Wifi
from .unit import Network, Unit

__all__ = ["LoadBalancer", "Network", "ProvisionError", "Unit", "Wifi", "main"]
