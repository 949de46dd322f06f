from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from ams2mqtt_bridge.config import (
    Config,
    ConfigError,
    FileConfig,
    FileFormat,
    Format,
    Grid,
    Parity,
    Protocol,
    SerialConfig,
    TcpConfig,
    TopicConfig,
    load_config,
)

from .helpers import RECORDING

REPOSITORY = Path(__file__).parent.parent.parent

GOOD = """\
source:
  type: tcp
  host: han.local
  port: 4001
mqtt:
  host: 127.0.0.1
"""


def load(tmp_path: Path, text: str, suffix: str = ".yaml", **environment: str) -> Config:
    path = tmp_path / f"bridge{suffix}"
    path.write_text(text)
    return load_config(path, environment)


def mistakes(tmp_path: Path, text: str, suffix: str = ".yaml", **environment: str) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        load(tmp_path, text, suffix, **environment)
    assert str(caught.value).splitlines() == [str(problem) for problem in caught.value.problems]
    return [str(problem).replace(f"{tmp_path}/", "") for problem in caught.value.problems]


def test_what_is_left_out_has_a_sensible_value(tmp_path: Path) -> None:
    config = load(tmp_path, GOOD)
    assert config.source == TcpConfig(host="han.local", port=4001, idle_timeout=60)
    assert config.mqtt is not None
    assert (config.mqtt.port, config.mqtt.topic, config.mqtt.tls) == (1883, "ams", False)
    assert (config.device.name, config.log_level) == ("ams", "info")
    assert config.device.id


def test_toml_says_the_same_as_yaml(tmp_path: Path) -> None:
    toml = '[source]\ntype = "tcp"\nhost = "han.local"\nport = 4001\n[mqtt]\nhost = "127.0.0.1"\n'
    assert load(tmp_path, toml, ".toml") == load(tmp_path, GOOD)


def test_the_environment_overrides_the_file(tmp_path: Path) -> None:
    config = load(
        tmp_path,
        GOOD,
        AMS2MQTT_CONFIG="read by the command line",
        AMS2MQTT_SOURCE_PORT="4002",
        AMS2MQTT_MQTT_TLS="yes",
        AMS2MQTT_MQTT_USERNAME="ams",
        AMS2MQTT_MQTT_PASSWORD="0123",
        AMS2MQTT_LOG_LEVEL="DEBUG",
        AMS2MQTT_SOURCE_IDLE_TIMEOUT="30.5",
        HOME="/root",
    )
    assert config.source == TcpConfig(host="han.local", port=4002, idle_timeout=30.5)
    assert config.mqtt is not None
    assert (config.mqtt.tls, config.mqtt.password) == (True, "0123")
    assert config.log_level == "debug"


def test_the_environment_alone_is_enough() -> None:
    config = load_config(
        None, {"AMS2MQTT_SOURCE_TYPE": "Serial", "AMS2MQTT_SOURCE_PORT": "/dev/ttyUSB0"}
    )
    assert config.source == SerialConfig(
        port="/dev/ttyUSB0", baudrate=None, parity=None, idle_timeout=60
    )
    assert config.mqtt is None


def test_without_anything_it_says_how_to_begin() -> None:
    with pytest.raises(ConfigError) as caught:
        load_config(None, {})
    assert str(caught.value) == (
        "no configuration file (name one with --config): "
        "source.type is missing; add one of: tcp, serial, mqtt, file"
    )


def test_the_example_works_from_anywhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    config = load_config(REPOSITORY / "docs" / "examples" / "file.yaml", {})
    assert isinstance(config.source, FileConfig)
    assert config.source.path.resolve() == RECORDING.resolve()
    assert (config.source.format, config.source.repeat) == (FileFormat.AUTO, True)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "bridge.yaml:1: source.type is missing; add one of: tcp, serial, mqtt, file"),
        ("- a\n", "bridge.yaml:1: has no settings; begin with a line such as source:"),
        ("source: tcp\n", "bridge.yaml:1: source has no settings below it; indent them"),
        ("source:\n", "bridge.yaml:1: source.type is missing; add one of: tcp, serial, mqtt, file"),
        (
            "source:\n  type: usb\n",
            "bridge.yaml:2: source.type is not known; write one of: tcp, serial, mqtt, file",
        ),
        (
            GOOD.replace("4001", "70000"),
            "bridge.yaml:4: source.port is not a port; give a whole number from 1 to 65535",
        ),
        (
            GOOD.replace("4001", "true"),
            "bridge.yaml:4: source.port is not a port; give a whole number from 1 to 65535",
        ),
        (
            GOOD.replace("  host: han.local\n", ""),
            "bridge.yaml:1: source.host is missing; add the address of the TCP server",
        ),
        (
            GOOD.replace("  host: han", "  hsot: x\n  host: han"),
            "bridge.yaml:3: source.hsot is not known; did you mean host?",
        ),
        (
            GOOD + "mqqt: 1\n",
            "bridge.yaml:7: mqqt is not known; did you mean mqtt?",
        ),
        (
            GOOD + "1883: x\n",
            (
                "bridge.yaml:7: 1883 is not known; "
                "known are: accounting, device, log_level, meter, mqtt, report_interval, source"
            ),
        ),
        (
            GOOD + "  port: 1\n  port: 2\n",
            "bridge.yaml:8: mqtt.port is set twice; remove one of them",
        ),
        (GOOD + "  host 2\n", "bridge.yaml:8: is not valid YAML here: could not find expected ':'"),
        (
            GOOD + "  password: 0123\n",
            "bridge.yaml:7: mqtt.password is not text; put it in quotes",
        ),
        (
            GOOD + "  username: ' '\n",
            "bridge.yaml:7: mqtt.username is empty; fill it in or remove the line",
        ),
        (
            GOOD + "  password: secret\n",
            "bridge.yaml:7: mqtt.password has no effect without mqtt.username; add it",
        ),
        (
            GOOD + "  tls: maybe\n",
            "bridge.yaml:7: mqtt.tls is neither true nor false; write one of them",
        ),
        (
            GOOD + "report_interval: true\n",
            "bridge.yaml:7: report_interval is not a time; give seconds from 1 to 86400",
        ),
        (
            GOOD + "report_interval: .nan\n",
            "bridge.yaml:7: report_interval is not a time; give seconds from 1 to 86400",
        ),
        (
            GOOD + "report_interval: soon\n",
            "bridge.yaml:7: report_interval is not a time; give seconds from 1 to 86400",
        ),
    ],
)
def test_a_mistake_is_named_with_its_line_and_what_to_do(
    tmp_path: Path, text: str, problem: str
) -> None:
    assert mistakes(tmp_path, text) == [problem]


@pytest.mark.parametrize("topic", ["ams/#", "+/ams", "$SYS/ams", "/ams", "ams/", "a\tb", "x" * 201])
def test_a_topic_that_cannot_be_published_on_is_refused(tmp_path: Path, topic: str) -> None:
    (problem,) = mistakes(tmp_path, GOOD, AMS2MQTT_MQTT_TOPIC=topic)
    assert problem.startswith(
        "environment variable AMS2MQTT_MQTT_TOPIC: mqtt.topic is not a topic to publish on"
    )


@pytest.mark.parametrize("host", ["mqtt://broker", "a..b", "broker:1883", "x" * 254, "a b", "-a"])
def test_a_host_with_more_than_a_host_in_it_is_refused(tmp_path: Path, host: str) -> None:
    (problem,) = mistakes(tmp_path, GOOD, AMS2MQTT_MQTT_HOST=host)
    assert "mqtt.host is not a host" in problem


@pytest.mark.parametrize("host", ["192.168.4.1", "core-mosquitto", "fe80::1%eth0", "a.b.local."])
def test_names_and_addresses_are_hosts(tmp_path: Path, host: str) -> None:
    config = load(tmp_path, GOOD, AMS2MQTT_MQTT_HOST=host)
    assert config.mqtt is not None
    assert config.mqtt.host == host


def test_every_mistake_is_told_at_once_also_in_the_environment(tmp_path: Path) -> None:
    found = mistakes(
        tmp_path,
        GOOD.replace("4001", "0").replace("127.0.0.1", "a b"),
        AMS2MQTT_MQTT_PASWORD="x",
    )
    assert found[0] == (
        "environment variable AMS2MQTT_MQTT_PASWORD: is not known; "
        "did you mean AMS2MQTT_MQTT_PASSWORD?"
    )
    assert [problem.split(" ")[0] for problem in found[1:]] == ["bridge.yaml:4:", "bridge.yaml:6:"]


def test_the_environment_cannot_repair_a_section_that_is_none(tmp_path: Path) -> None:
    assert mistakes(tmp_path, "source: tcp\n", AMS2MQTT_SOURCE_HOST="a") == [
        "bridge.yaml:1: source has no settings below it; indent them"
    ]


def test_a_secret_is_in_no_message_and_no_representation(tmp_path: Path) -> None:
    broken = GOOD + "  username: ams\n  password: hunter2-secret\n  port: x\n"
    assert "hunter2" not in "".join(mistakes(tmp_path, broken))
    assert "hunter2" not in "".join(mistakes(tmp_path, GOOD + "  password: hunter2: [\n"))
    assert "hunter2" not in repr(load(tmp_path, broken.replace("port: x", "port: 1")))


def test_toml_mistakes_are_named_with_their_line_too(tmp_path: Path) -> None:
    text = '[source]\ntype = "tcp"\nhost = "a"\nport = 0\n[mqtt]\n'
    assert mistakes(tmp_path, text, ".toml") == [
        "bridge.toml:4: source.port is not a port; give a whole number from 1 to 65535",
        "bridge.toml:5: mqtt.host is missing; add the address of the MQTT broker",
    ]
    dotted = 'source.type = "tcp"\nsource.host = "a"\nsource.port = 0\n'
    assert mistakes(tmp_path, dotted, ".toml") == [
        "bridge.toml:3: source.port is not a port; give a whole number from 1 to 65535"
    ]
    (problem,) = mistakes(tmp_path, "[source]\ntype = tcp\n", ".toml")
    assert problem.startswith("bridge.toml:2: is not valid TOML here:")


def test_a_recording_that_is_to_repeat_needs_an_interval(tmp_path: Path) -> None:
    text = f"source:\n  type: file\n  path: {RECORDING}\n  repeat: true\n"
    assert mistakes(tmp_path, text) == [
        "bridge.yaml:4: source.repeat has no effect without source.interval; add it"
    ]


def test_a_file_that_is_not_there_is_named_with_where_it_was_looked_for(tmp_path: Path) -> None:
    assert mistakes(tmp_path, "source:\n  type: file\n  path: none.hex\n") == [
        f"bridge.yaml:3: source.path no file none.hex; a relative path begins in {tmp_path}"
    ]


def test_a_configuration_that_cannot_be_read_says_why(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"cannot be read \(No such file or directory\)"):
        load_config(tmp_path / "none.yaml", {})
    (tmp_path / "a.yaml").write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigError, match="is not UTF-8 text"):
        load_config(tmp_path / "a.yaml", {})
    with pytest.raises(ConfigError, match=r"is neither \.yaml, \.yml nor \.toml"):
        load(tmp_path, GOOD, ".json")
    (tmp_path / "b.yaml").write_bytes(b"a: \x00")
    with pytest.raises(ConfigError, match="is not valid YAML here"):
        load_config(tmp_path / "b.yaml", {})


KEY = "00112233445566778899aabbccddeeff"


def test_what_is_left_out_of_the_meter_the_accounts_and_the_broker_is_sensible(
    tmp_path: Path,
) -> None:
    config = load(tmp_path, GOOD)
    assert (config.meter.grid, config.meter.encryption_key) == (Grid.AUTO, None)
    assert (config.accounting.time_zone.key, config.accounting.state_file) == ("Europe/Oslo", None)
    assert config.mqtt is not None
    assert (config.mqtt.protocol, config.mqtt.format) == (Protocol.V3_1_1, Format.JSON)
    assert (config.mqtt.discovery, config.mqtt.discovery_prefix) == (False, "homeassistant")


def test_everything_about_the_meter_the_accounts_and_the_broker_can_be_set(tmp_path: Path) -> None:
    text = GOOD + (
        "  protocol: '5'\n  format: multi_topic\n  discovery: true\n  discovery_prefix: ha/x\n"
        f"meter:\n  grid: IT\n  encryption_key: '{KEY}'\n  authentication_key: 'D0-{KEY[2:]}'\n"
        "accounting:\n  time_zone: Europe/Stockholm\n  state_file: accounts.json\n"
    )
    config = load(tmp_path, text)
    assert config.mqtt is not None
    assert (config.mqtt.protocol, config.mqtt.format) == (Protocol.V5, Format.MULTI_TOPIC)
    assert (config.mqtt.discovery, config.mqtt.discovery_prefix) == (True, "ha/x")
    assert config.meter.grid is Grid.IT
    assert config.meter.encryption_key == bytes.fromhex(KEY)
    assert config.meter.authentication_key == bytes.fromhex("D0" + KEY[2:])
    assert config.accounting.time_zone == ZoneInfo("Europe/Stockholm")
    assert config.accounting.state_file == tmp_path / "accounts.json"


@pytest.mark.parametrize("version", ["5", "'5'", "3.1.1"])
def test_the_version_of_mqtt_may_look_like_a_number(tmp_path: Path, version: str) -> None:
    config = load(tmp_path, GOOD + f"  protocol: {version}\n")
    assert config.mqtt is not None
    assert config.mqtt.protocol == version.strip("'")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (
            "meter:\n  grid: TT\n",
            "8: meter.grid is not known; write one of: auto, tn, it",
        ),
        (
            "meter:\n  encryption_key: '0011'\n",
            (
                "8: meter.encryption_key is not a key; copy the 32 hexadecimal digits from the grid "
                "company, in quotes"
            ),
        ),
        (
            "meter:\n  encryption_key: 10112233445566778899001122334455\n",
            (
                "8: meter.encryption_key is not a key; copy the 32 hexadecimal digits from the grid "
                "company, in quotes"
            ),
        ),
        (
            f"meter:\n  authentication_key: '{KEY}'\n",
            "8: meter.authentication_key has no effect without meter.encryption_key; add it",
        ),
        (
            "accounting:\n  time_zone: Europe/Olso\n",
            "8: accounting.time_zone is not a time zone; give a name such as Europe/Oslo",
        ),
        (
            "accounting:\n  time_zone: ../../etc/passwd\n",
            "8: accounting.time_zone is not a time zone; give a name such as Europe/Oslo",
        ),
        (
            "  format: xml\n",
            "7: mqtt.format is not known; write one of: json, multi_topic, flat, raw",
        ),
        ("  protocol: 4\n", "7: mqtt.protocol is not known; write one of: 3.1.1, 5"),
    ],
)
def test_a_mistake_in_a_new_setting_is_named_with_its_line_and_what_to_do(
    tmp_path: Path, text: str, problem: str
) -> None:
    assert mistakes(tmp_path, GOOD + text) == [f"bridge.yaml:{problem}"]


@pytest.mark.parametrize("name", ["none/accounts.json", "."])
def test_a_file_that_cannot_be_made_is_refused(tmp_path: Path, name: str) -> None:
    (problem,) = mistakes(tmp_path, GOOD, AMS2MQTT_ACCOUNTING_STATE_FILE=name)
    assert "accounting.state_file no file can be made at" in problem


def test_a_key_is_in_no_message_and_no_representation(tmp_path: Path) -> None:
    text = GOOD + f"meter:\n  encryption_key: '{KEY}'\n  authentication_key: '{KEY}ff'\n"
    assert KEY not in "".join(mistakes(tmp_path, text))
    good = text.replace(f"{KEY}ff", KEY)
    config = repr(load(tmp_path, good))
    assert KEY not in config
    assert repr(bytes.fromhex(KEY)) not in config


def test_frames_can_come_from_a_topic(tmp_path: Path) -> None:
    text = "source:\n  type: mqtt\n  host: h\n  topic: ams/+/hex\n  username: u\n  password: p\n"
    source = load(tmp_path, text).source
    assert source == TopicConfig(
        host="h", port=1883, topic="ams/+/hex", idle_timeout=60, username="u", password="p"
    )
    assert "password" not in repr(source)
    for topic in ("a#", "a/#/b", "x" * 201):
        (problem,) = mistakes(tmp_path, text, AMS2MQTT_SOURCE_TOPIC=topic)
        assert "source.topic is not a topic to subscribe to" in problem


@pytest.mark.parametrize(
    ("text", "baudrate", "parity"),
    [
        ("", None, None),
        ("  baudrate: AUTO\n  parity: auto\n", None, None),
        ("  baudrate: 115200\n  parity: none\n", 115200, Parity.NONE),
        ("  baudrate: 2400\n  parity: Even\n", 2400, Parity.EVEN),
    ],
)
def test_a_serial_port_is_as_configured_or_to_be_found_out(
    tmp_path: Path, text: str, baudrate: int | None, parity: Parity | None
) -> None:
    source = load(tmp_path, f"source:\n  type: serial\n  port: /dev/ttyUSB0\n{text}").source
    assert source == SerialConfig(
        port="/dev/ttyUSB0", baudrate=baudrate, parity=parity, idle_timeout=60
    )


def test_a_recording_can_play_with_its_original_timing(tmp_path: Path) -> None:
    text = f"source:\n  type: file\n  path: {RECORDING}\n  interval: original\n"
    source = load(tmp_path, text).source
    assert isinstance(source, FileConfig)
    assert source.interval is None
    repeated = load(tmp_path, f"{text}  repeat: true\n").source
    assert isinstance(repeated, FileConfig)
    assert repeated.repeat
