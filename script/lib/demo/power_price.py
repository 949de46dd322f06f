"""What power costs at the demo's house: the contract, and a sensor with a winter day's prices."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
import json
from typing import Any

from .things import TIME_ZONE

SENSOR = "sensor.spot_price"
_TOPIC = "spot_price"
_QUARTER = timedelta(minutes=15)
#: NOK/kWh without VAT by the local hour: a cold day in the east of Norway.
_WINTER_DAY = (
    0.72, 0.68, 0.65, 0.64, 0.66, 0.78, 1.05, 1.48, 1.83, 1.62, 1.41, 1.30,
    1.24, 1.21, 1.26, 1.39, 1.71, 2.08, 1.96, 1.67, 1.38, 1.12, 0.95, 0.81,
)  # fmt: skip
#: Within each hour prices rise to the morning's and the evening's peak and fall after it.
_STEPS = (-0.03, -0.01, 0.01, 0.03)
_CHEAP = 0.05


#: What is answered in the site's flow, from its menu on: a spot contract in Oslo, by the quarter.
ANSWERS: tuple[dict[str, Any], ...] = (
    {"next_step_id": "price"},
    {"next_step_id": "spot"},
    {"dwelling": "home", "county": "03", "area": "NO1"},
    {"company": "elvia"},
    {"monthly_fee": "39", "settlement": "quarter", "support": True},
    {"source": "sensor", "fall_back": False},
    {"sensor": SENSOR},
    {"next_step_id": "save_price"},
)


def discovery() -> dict[str, Any]:
    """Return the MQTT message by which Home Assistant finds the sensor, for ``mqtt.publish``."""
    sensor = {
        "name": "Spot price",
        "unique_id": "demo_spot_price",
        "default_entity_id": SENSOR,
        "state_topic": _TOPIC,
        "value_template": "{{ value_json.now }}",
        "json_attributes_topic": _TOPIC,
        "json_attributes_template": "{{ {'prices': value_json.prices} | to_json }}",
        "unit_of_measurement": "NOK/kWh",
    }
    topic = "homeassistant/sensor/demo_spot_price/config"
    return {"topic": topic, "payload": json.dumps(sensor), "retain": True}


def message(now: datetime, cheap_from: datetime | None = None) -> dict[str, Any]:
    """Return the MQTT message with today's and tomorrow's prices, for ``mqtt.publish``.

    ``cheap_from``: the hour from this quarter on costs next to nothing.
    """
    prices = [
        {"start": start.isoformat(), "end": (start + _QUARTER).isoformat(), "value": value}
        for start, value in spot_prices(now.astimezone(TIME_ZONE).date(), cheap_from)
    ]
    current = next(
        each["value"]
        for each in reversed(prices)
        if datetime.fromisoformat(str(each["start"])) <= now
    )
    payload = json.dumps({"now": current, "prices": prices})
    return {"topic": _TOPIC, "payload": payload, "retain": True}


def spot_prices(
    today: date, cheap_from: datetime | None = None
) -> Iterator[tuple[datetime, float]]:
    """Yield the quarters of two local days with their prices in NOK/kWh without VAT."""
    start, end = (_midnight(today + timedelta(days=days)) for days in (0, 2))
    while start < end:
        local = start.astimezone(TIME_ZONE)
        value = _WINTER_DAY[local.hour] + _STEPS[local.minute // 15]
        if cheap_from and cheap_from <= start < cheap_from + timedelta(hours=1):
            value = _CHEAP
        yield start, round(value, 4)
        start += _QUARTER


def next_quarter(now: datetime) -> datetime:
    """Return when the next quarter of an hour begins."""
    return now - (now - datetime.min.replace(tzinfo=UTC)) % _QUARTER + _QUARTER


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), TIME_ZONE).astimezone(UTC)
