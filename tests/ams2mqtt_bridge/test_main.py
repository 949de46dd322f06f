import asyncio
import os
from pathlib import Path
import signal
import subprocess
import sys
import time

import pytest

from ams2mqtt_bridge.__main__ import main

from .helpers import RECORDING, octets

REPOSITORY = Path(__file__).parent.parent.parent
EXAMPLE = REPOSITORY / "docs" / "examples" / "file.yaml"
SECRETS = {
    "AMS2MQTT_MQTT_USERNAME": "ams",
    "AMS2MQTT_MQTT_PASSWORD": "hunter2-mqtt",
    "AMS2MQTT_METER_ENCRYPTION_KEY": "00112233445566778899AABBCCDDEEFF",
    "AMS2MQTT_METER_AUTHENTICATION_KEY": "FFEEDDCCBBAA99887766554433221100",
}


# Sends what it is given to whoever connects, and stays until its own input ends.
METER = """
import socket, sys
server = socket.create_server(("127.0.0.1", 0))
print(server.getsockname()[1], flush=True)
peer, _ = server.accept()
peer.sendall(bytes.fromhex(sys.argv[1]))
sys.stdin.read()
"""


def test_once_prints_the_readings_of_the_example(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--config", str(EXAMPLE), "--once"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[1] == (
        "list 2  Aidon  6525  7359992892587665  import 280 W  export 0 W  "
        "L1 1.3 A 227.4 V  L2 unknown 230.1 V  L3 0.9 A 230.8 V"
    )
    assert lines[-1] == ("4 lists in 734 octets: 4 good frames, 0 damaged, 0 not understood")


def from_file(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AMS2MQTT_SOURCE_TYPE", "file")
    monkeypatch.setenv("AMS2MQTT_SOURCE_PATH", str(path))


def from_tcp(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AMS2MQTT_SOURCE_TYPE", "tcp")
    monkeypatch.setenv("AMS2MQTT_SOURCE_HOST", "127.0.0.1")
    monkeypatch.setenv("AMS2MQTT_SOURCE_PORT", str(port))


def test_once_fails_when_nothing_could_be_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "noise.bin"
    path.write_bytes(bytes(100))
    from_file(path, monkeypatch)
    assert main(["--once"]) == 1
    assert capsys.readouterr().out.startswith("0 lists in 100 octets")


def test_once_says_why_a_live_source_gave_nothing(
    free_port: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from_tcp(free_port, monkeypatch)
    assert main(["--once", "--timeout", "0.2"]) == 1
    captured = capsys.readouterr()
    assert captured.out.startswith("0 lists in 0 octets")
    assert f"127.0.0.1:{free_port}: " in captured.err
    assert "Connect" in captured.err


def test_once_reads_a_live_source_until_a_list_is_complete(
    socket_enabled: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    frames = [octets("mit-aidon-hdlc-amshan-no_list_1")]
    frames += [octets("mit-aidon-IT-hdlc-amshan-no_list_2")]
    meter = subprocess.Popen(
        [sys.executable, "-c", METER, b"".join(frames).hex()],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with meter:
        assert meter.stdout is not None
        from_tcp(int(meter.stdout.readline()), monkeypatch)
        assert main(["--once"]) == 0
        assert meter.stdin is not None
        meter.stdin.close()
    lines = capsys.readouterr().out.splitlines()
    assert [line[:6] for line in lines] == ["list 1", "list 2", "2 list"]


def test_publishing_needs_a_broker(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from_tcp(1, monkeypatch)
    assert main([]) == 2
    assert "add the section mqtt" in capsys.readouterr().err


def test_a_recording_is_made_beside_anything_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from_file(RECORDING, monkeypatch)
    copy = tmp_path / "copy.rec"
    assert main(["--once", "--record", str(copy)]) == 0
    captured = capsys.readouterr()
    assert "will hold the meter's id" in captured.err
    from_file(copy, monkeypatch)
    assert main(["--once"]) == 0
    assert capsys.readouterr().out == captured.out


def test_a_recording_that_cannot_be_made_is_told_before_it_begins(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from_file(RECORDING, monkeypatch)
    assert main(["--once", "--record", str(tmp_path / "none" / "file")]) == 2
    assert "cannot be written: No such file or directory" in capsys.readouterr().err


def test_check_config_says_that_all_is_right(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--config", str(EXAMPLE), "--check-config"]) == 0
    assert "right" in capsys.readouterr().out


@pytest.mark.parametrize("section", ["MQTT", "SOURCE"])
def test_check_config_tries_the_tls_files(
    section: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    junk = tmp_path / "ca.pem"
    junk.write_text("junk")
    monkeypatch.setenv("AMS2MQTT_SOURCE_TYPE", "mqtt")
    monkeypatch.setenv("AMS2MQTT_SOURCE_HOST", "127.0.0.1")
    monkeypatch.setenv("AMS2MQTT_SOURCE_TOPIC", "ams/hex")
    monkeypatch.setenv("AMS2MQTT_MQTT_HOST", "127.0.0.1")
    monkeypatch.setenv(f"AMS2MQTT_{section}_TLS", "true")
    monkeypatch.setenv(f"AMS2MQTT_{section}_TLS_CA_FILE", str(junk))
    assert main(["--check-config"]) == 2
    assert "cannot be used" in capsys.readouterr().err


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_in_good_order(
    number: signal.Signals, free_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def publish_and_be_stopped(*_: object, **__: object) -> None:
        os.kill(os.getpid(), number)
        await asyncio.Event().wait()

    monkeypatch.setattr("ams2mqtt_bridge.__main__.run_bridge", publish_and_be_stopped)
    assert main(["--config", str(EXAMPLE)]) == 0


@pytest.mark.parametrize("timeout", ["0", "-1", "nan", "x", "1e9"])
def test_a_timeout_that_is_none_is_refused(
    timeout: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        main(["--once", f"--timeout={timeout}"])
    assert "invalid" in capsys.readouterr().err


def run(*arguments: str, **environment: str) -> str:
    """Run the command as a process of its own, and return everything that it said."""
    result = subprocess.run(
        [sys.executable, "-m", "ams2mqtt_bridge", *arguments],
        cwd=REPOSITORY,
        env={**os.environ, "AMS2MQTT_LOG_LEVEL": "debug", **SECRETS, **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    return result.stdout + result.stderr


def assert_no_secret(said: str) -> None:
    assert said
    for name in ("MQTT_PASSWORD", "METER_ENCRYPTION_KEY", "METER_AUTHENTICATION_KEY"):
        secret = SECRETS[f"AMS2MQTT_{name}"]
        assert secret.lower() not in said.lower()
        assert "traceback" not in said.lower()


@pytest.mark.parametrize(
    "arguments",
    [("--check-config",), ("--once",), ("--config", "docs/examples/file.yaml", "--check-config")],
)
def test_no_secret_is_ever_said(arguments: tuple[str, ...]) -> None:
    said = run(
        *arguments,
        AMS2MQTT_SOURCE_TYPE="file",
        AMS2MQTT_SOURCE_PATH=str(RECORDING),
        AMS2MQTT_MQTT_HOST="127.0.0.1",
    )
    assert_no_secret(said)


def test_no_secret_is_said_in_a_complaint() -> None:
    said = run(
        "--check-config",
        AMS2MQTT_SOURCE_TYPE=SECRETS["AMS2MQTT_MQTT_PASSWORD"],
        AMS2MQTT_MQTT_PORT=SECRETS["AMS2MQTT_MQTT_PASSWORD"],
        AMS2MQTT_METER_GRID=SECRETS["AMS2MQTT_METER_ENCRYPTION_KEY"],
    )
    assert "AMS2MQTT_MQTT_PORT" in said
    assert_no_secret(said)


def test_no_secret_is_said_about_a_broker_of_dumps(free_port: int) -> None:
    said = run(
        *("--once", "--timeout", "1"),
        AMS2MQTT_SOURCE_TYPE="mqtt",
        AMS2MQTT_SOURCE_HOST="127.0.0.1",
        AMS2MQTT_SOURCE_PORT=str(free_port),
        AMS2MQTT_SOURCE_TOPIC="ams/hex",
        AMS2MQTT_SOURCE_USERNAME="ams",
        AMS2MQTT_SOURCE_PASSWORD=SECRETS["AMS2MQTT_MQTT_PASSWORD"],
        AMS2MQTT_MQTT_HOST="127.0.0.1",
    )
    assert "Connection refused" in said
    assert_no_secret(said)


def test_no_secret_is_said_while_it_runs(free_port: int) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "ams2mqtt_bridge", "--config", str(EXAMPLE)],
        cwd=REPOSITORY,
        env={
            **os.environ,
            **SECRETS,
            "AMS2MQTT_LOG_LEVEL": "debug",
            "AMS2MQTT_MQTT_PORT": str(free_port),
        },
        stderr=subprocess.PIPE,
        text=True,
    )
    with process:
        assert process.stderr is not None
        said = [process.stderr.readline()]
        deadline = time.monotonic() + 20
        while "No connection" not in said[-1] and time.monotonic() < deadline:
            said.append(process.stderr.readline())
        process.send_signal(signal.SIGTERM)
        said.append(process.stderr.read())
    assert "No connection" in "".join(said)
    assert_no_secret("".join(said))
