"""Publishers send what the meter said to whoever listens."""

from .annotate import AnnotatingPublisher
from .base import Publisher, Reading, ReadingPublisher, Report
from .mqtt import MqttPublisher

__all__ = [
    "AnnotatingPublisher",
    "MqttPublisher",
    "Publisher",
    "Reading",
    "ReadingPublisher",
    "Report",
]
