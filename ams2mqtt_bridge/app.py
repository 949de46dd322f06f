"""Runs the bridge: source, framer, decoder, publisher."""

from collections.abc import Callable
from contextlib import aclosing
import logging
import time

from .clock import Clock, utc_now
from .config import Config, ConfigError, MqttConfig, Problem
from .pipeline import Pipeline
from .publishers import AnnotatingPublisher, MqttPublisher, Publisher
from .reporting import Reporter
from .sources import Source

_LOGGER = logging.getLogger(__name__)


def create_publisher(config: Config, clock: Clock = utc_now) -> Publisher:
    """Return the publisher; raise ``ConfigError`` when there is none or its TLS files are bad."""
    mqtt: MqttConfig | None = config.mqtt
    if mqtt is None:
        raise ConfigError(Problem("mqtt", "is missing; add the section mqtt with the host"))
    try:
        publisher = MqttPublisher(mqtt, config.device, clock)
    except (OSError, ValueError) as error:
        raise ConfigError(Problem("mqtt", f"the TLS files cannot be used: {error}")) from error
    return AnnotatingPublisher(publisher, config.meter.grid, config.accounting)


async def run_bridge(
    source: Source,
    publisher: Publisher,
    report_interval: float,
    pipeline: Pipeline,
    *,
    clock: Clock = utc_now,
    monotonic: Callable[[], float] = time.monotonic,
) -> None:
    """Publish everything from the source until it ends; cancel to stop. Says goodbye in any case."""
    reporter = Reporter(report_interval, monotonic())
    try:
        await publisher.start()
        async with aclosing(source.chunks()) as chunks:
            async for chunk in chunks:
                received = clock()
                for meter_list in pipeline.feed(chunk):
                    publisher.publish(meter_list, received)
                trouble = reporter.check(pipeline.counts, monotonic(), pipeline.recent)
                if trouble is not None:
                    _LOGGER.warning("%s: %s", source.description, trouble)
    finally:
        await publisher.stop()
