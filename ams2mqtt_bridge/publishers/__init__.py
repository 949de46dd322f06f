"""Publishers send what the meter said to whoever listens."""

from .base import Publisher, Report
from .mqtt import MqttPublisher

__all__ = ["MqttPublisher", "Publisher", "Report"]
