"""The configuration file of the command line."""

from pathlib import Path
from typing import Any

import pytest

from simulator import ConfigError, GridType, Phase, parse_config, read_config

FULL = """
grid: it_230
seed: 4
speed: 20
house:
  base_w: [100, 100, 100]
  appliances:
    - {name: sauna, watts: 6000, wiring: L1-L2-L3, switched_on: true}
meter: {port: 0, speed: 2, id: "6970631401234567"}
chargers:
  - id: Garasje
    url: ws://127.0.0.1:9000
    key: hemmelig
    connectors: 2
    max_current_a: 16
    first_phase: L2
    state_file: /tmp/garasje.json
    configuration: {MeterValueSampleInterval: 10, LocalPreAuthorize: true}
    behaviour: {pilot_interval_s: 1, rate_units: [A], ignore_limits: true}
    reconnect: {first_s: 0.1, longest_s: 5}
    nameplate: {vendor: Zaptec, model: Go}
    car: {battery_kwh: 77, soc: 30, phases: 1}
    plugged_in: true
  - {id: Carport, url: "wss://example.org/ocpp", phases: 1}
"""


def test_a_file_describes_a_home_with_chargers(tmp_path: Path) -> None:
    path = tmp_path / "home.yaml"
    path.write_text(FULL)
    config = parse_config(read_config(path))
    assert config.house.grid is GridType.IT_230
    assert config.house.appliances["sauna"].on
    assert (config.speed, config.meter_speed, config.meter_id) == (20, 2, "6970631401234567")
    garage, carport = config.chargers
    assert garage.configuration == {
        "MeterValueSampleInterval": "10",
        "LocalPreAuthorize": "true",
    }
    assert garage.evse.behaviour.pilot.interval_s == 1
    assert garage.evse.behaviour.ignore_limits
    assert len(garage.evse.connectors) == 2
    assert garage.car.battery_kwh == 77
    assert garage.nameplate.vendor == "Zaptec"
    assert garage.backoff.longest_s == 5
    assert garage.state_file == Path("/tmp/garasje.json")
    assert (carport.key, carport.evse.phases, carport.plugged_in) == (None, 1, False)
    assert Phase.L2 == "L2"


def test_a_single_phase_home_has_single_phase_chargers() -> None:
    config = parse_config(
        {"grid": "single_phase", "chargers": [{"id": "CP1", "url": "ws://localhost"}]}
    )
    assert config.chargers[0].evse.phases == 1


def test_json_is_read_too(tmp_path: Path) -> None:
    path = tmp_path / "home.json"
    path.write_text('{"grid": "tn_400"}')
    assert parse_config(read_config(path)).chargers == ()


def test_an_empty_file_is_a_home_without_chargers(tmp_path: Path) -> None:
    path = tmp_path / "home.yaml"
    path.write_text("")
    assert parse_config(read_config(path)).chargers == ()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ({"grid": "dc"}, "grid"),
        ({"surprise": 1}, "surprise"),
        ({"speed": 0}, "speed"),
        ({"meter": {"port": 70000}}, "meter.port"),
        ({"chargers": [{"id": "CP1"}]}, "url"),
        ({"chargers": [{"id": "CP1", "url": "http://x"}]}, "url"),
        ({"chargers": [{"id": "CP1", "url": "ws://x", "car": {"soc": 101}}]}, "soc"),
        ({"chargers": [{"id": "CP1", "url": "ws://x"}] * 2}, "same id"),
        (
            {"grid": "single_phase", "chargers": [{"id": "A", "url": "ws://x", "phases": 3}]},
            "3 phases",
        ),
        (
            {"house": {"appliances": [{"name": "x", "watts": 1, "wiring": "L9-N"}]}},
            "L9-N",
        ),
        (
            {
                "chargers": [
                    {"id": "A", "url": "ws://x", "car": {"max_current_a": 6, "min_current_a": 7}}
                ]
            },
            "min_current_a",
        ),
    ],
)
def test_a_mistake_is_named(content: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        parse_config(content)


@pytest.mark.parametrize("text", ["[1, 2]", "a: [", "\x00"])
def test_a_file_that_is_no_mapping_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "home.yaml"
    path.write_text(text)
    with pytest.raises(ConfigError, match=r"home\.yaml"):
        read_config(path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"nowhere\.yaml"):
        read_config(tmp_path / "nowhere.yaml")


def test_a_charger_can_behave_as_its_make_does() -> None:
    config = parse_config(
        {
            "chargers": [
                {
                    "id": "CP1",
                    "url": "ws://localhost",
                    "behaviour": {
                        "refused_purposes": ["TxProfile"],
                        "profile_kinds": ["Relative"],
                        "told_units": ["A"],
                        "restarts_on": ["ChangeAvailability"],
                        "whole_amperes": True,
                    },
                }
            ]
        }
    )
    behaviour = config.chargers[0].evse.behaviour
    assert behaviour.refused_purposes == {"TxProfile"}
    assert behaviour.profile_kinds == {"Relative"}
    assert behaviour.told_units == {"A"}
    assert behaviour.restarts_on == {"ChangeAvailability"}
    assert behaviour.whole_amperes
