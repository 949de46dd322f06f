from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
import json
import socket
import threading
from typing import Any
from urllib.parse import parse_qs

import pytest

from ams2mqtt_bridge.__main__ import main as ams2mqtt_bridge
from ams2mqtt_bridge.provision import LoadBalancer, ProvisionError, Wifi, main

PASSWORD = "correct horse"
TOKEN = "0123456789abcdefABCD"
URL = "https://home.example.com/api/zmartcharge"

type Form = dict[str, str]
type Answer = tuple[int, bytes]


@dataclass
class StandIn:
    """The pages of a unit in set-up mode."""

    address: str = ""
    answers: dict[str, Any] = field(default_factory=dict)
    posted: list[tuple[str, Form, str | None]] = field(default_factory=list)
    test_looks: int = 2

    def __post_init__(self) -> None:
        self.answers = {
            "/sysinfo.json": {"version": "2.4.1", "mac": "AA:BB:CC:DD:EE:FF"},
            "/wifiscan.json": {
                "networks": [
                    {"ssid": "Neighbour", "rssi": -80},
                    {"ssid": "Huset Ærlig", "rssi": -55},
                    {"ssid": "Neighbour", "rssi": -70},
                    {"ssid": ""},
                    "nonsense",
                ]
            },
            "/wifitest.json": {"time": 0, "status": 3},
            "/save": {"success": True, "reboot": False},
            "/reboot": {"reboot": True},
        }

    def answer(self, path: str, form: Form | None) -> Answer:
        if path == "/wifitest.json" and form is None and self.test_looks:
            self.test_looks -= 1
            return 200, b'{"time": 5, "status": 0}'
        answer = self.answers.get(path)
        match answer:
            case None:
                return 404, b"Not found"
            case int():
                return answer, b"secret page"
            case bytes():
                return 200, answer
            case _:
                return 200, json.dumps(answer).encode()

    def saved(self) -> Form:
        return next(form for path, form, _ in self.posted if path == "/save")

    def paths(self) -> list[str]:
        return [path for path, _, _ in self.posted]


@pytest.fixture
def unit(socket_enabled: None) -> Generator[StandIn]:
    stand_in = StandIn()

    class Pages(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._send(*stand_in.answer(self.path, None))

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            form = {name: values[0] for name, values in parse_qs(body, True).items()}
            stand_in.posted.append((self.path, form, self.headers["Content-Type"]))
            self._send(*stand_in.answer(self.path, form))

        def _send(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Pages)
    stand_in.address = f"127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield stand_in
    server.shutdown()
    server.server_close()
    thread.join()


def run(unit: StandIn, *arguments: str, answers: tuple[str, ...] = (), **environment: str) -> int:
    secrets = {"POW_U_WIFI_PASSWORD": PASSWORD, "POW_U_TOKEN": TOKEN} | environment
    return main(
        ["--address", unit.address, *arguments],
        secrets,
        ask=asking(answers),
        ask_secret=asking(()),
        sleep=lambda _: None,
    )


def asking(answers: tuple[str, ...]) -> Callable[[str], str]:
    remaining = iter(answers)

    def ask(question: str) -> str:
        print(question)
        if (answer := next(remaining, None)) is None:
            raise EOFError
        return answer

    return ask


def test_wifi_is_chosen_tested_saved_and_used(
    unit: StandIn, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(unit, answers=("1", "y")) == 0
    printed = capsys.readouterr().out
    assert unit.paths() == ["/wifitest.json", "/save", "/reboot"]
    assert unit.saved() == {"s": "true", "ss": "Huset Ærlig", "sp": PASSWORD}
    assert {kind for _, _, kind in unit.posted} == {"application/x-www-form-urlencoded"}
    assert printed.index("USB-C power") < printed.index("Found version 2.4.1")
    assert "AP button for 5 to 10 seconds" in printed
    assert "only knows WiFi of 2.4 GHz" in printed
    assert " 1  Huset Ærlig  -55 dBm\n   2  Neighbour  -70 dBm" in printed
    assert "It works." in printed
    assert "Done." in printed


def test_the_load_balancer_is_set_too(unit: StandIn) -> None:
    assert run(unit, "--ssid", "Home", "--load-balancer", URL, "--yes") == 0
    assert unit.saved() == {
        "s": "true",
        "ss": "Home",
        "sp": PASSWORD,
        "c": "true",
        "cze": "true",
        "czt": TOKEN,
        "czu": URL,
    }


def test_secrets_are_asked_for_without_being_shown(
    unit: StandIn, capsys: pytest.CaptureFixture[str]
) -> None:
    questions: list[str] = []

    def ask_secret(question: str) -> str:
        questions.append(question)
        return PASSWORD if "WiFi" in question else TOKEN

    arguments = ["--address", unit.address, "--ssid", "Home", "--load-balancer", URL, "--yes"]
    assert main(arguments, {}, ask_secret=ask_secret, sleep=lambda _: None) == 0
    assert questions == ["Token (not shown): ", "WiFi password (not shown): "]
    output = "".join(capsys.readouterr())
    assert PASSWORD not in output
    assert TOKEN not in output


@pytest.mark.parametrize(
    ("arguments", "answers", "code"),
    [(("--dry-run",), (), 0), ((), ("n",), 1), ((), ("",), 1), ((), (), 1)],
    ids=["dry run", "no", "nothing", "end of input"],
)
def test_nothing_is_sent_before_it_was_confirmed(
    arguments: tuple[str, ...], answers: tuple[str, ...], code: int, unit: StandIn
) -> None:
    assert run(unit, "--ssid", "Home", *arguments, answers=answers) == code
    assert unit.posted == []


def test_a_network_that_does_not_work_is_not_saved(
    unit: StandIn, capsys: pytest.CaptureFixture[str]
) -> None:
    unit.answers["/wifitest.json"] = {"time": 0, "status": 4}
    assert run(unit, "--ssid", "Home", "--yes") == 1
    assert unit.paths() == ["/wifitest.json"]
    assert "cannot join Home: check the password" in capsys.readouterr().err
    assert run(unit, "--ssid", "Home", "--yes", "--skip-test") == 0
    assert unit.saved()["ss"] == "Home"


def test_a_test_that_never_ends_is_given_up(unit: StandIn) -> None:
    unit.test_looks = 1000
    assert run(unit, "--ssid", "Home", "--yes") == 1
    assert unit.test_looks > 900


def test_older_firmware_without_scan_and_test_is_set_up_too(unit: StandIn) -> None:
    del unit.answers["/wifiscan.json"], unit.answers["/wifitest.json"]
    assert run(unit, answers=("Home", "yes")) == 0
    assert unit.saved()["ss"] == "Home"


def test_a_unit_that_restarts_by_itself_is_not_restarted_twice(unit: StandIn) -> None:
    unit.answers["/save"] = {"success": True, "reboot": True}
    assert run(unit, "--ssid", "Home", "--yes", "--skip-test") == 0
    assert unit.paths() == ["/save"]


@pytest.mark.parametrize(
    ("page", "answer", "said"),
    [
        ("/sysinfo.json", None, "the error 404"),
        ("/sysinfo.json", 500, "the error 500"),
        ("/sysinfo.json", b"<html>a captive portal</html>", "is not JSON"),
        ("/sysinfo.json", b"\xff", "is not JSON"),
        ("/sysinfo.json", b"7", "has no fields"),
        ("/wifitest.json", 500, "the error 500"),
        ("/save", {"success": False}, "did not save"),
        ("/save", None, "the error 404"),
        ("/reboot", None, "unplug it and plug it in again"),
        ("/reboot", 500, "the error 500"),
    ],
)
def test_an_unexpected_answer_is_told(
    page: str, answer: Any, said: str, unit: StandIn, capsys: pytest.CaptureFixture[str]
) -> None:
    unit.answers[page] = answer
    assert run(unit, "--ssid", "Home", "--yes") == 1
    errors = capsys.readouterr().err
    assert said in errors
    assert PASSWORD not in errors
    assert "secret page" not in errors


def test_a_unit_that_is_not_there_is_told_with_what_to_do(
    free_port: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--address", f"127.0.0.1:{free_port}", "--ssid", "Home", "--yes"], {}) == 1
    errors = capsys.readouterr().err
    assert "Connection refused" in errors
    assert "join the WiFi AMS2MQTT first" in errors


def test_a_unit_that_does_not_answer_is_given_up(
    free_port: int, capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.create_server(("127.0.0.1", free_port)):
        arguments = ["--address", f"127.0.0.1:{free_port}", "--timeout", "0.05"]
        assert main(arguments, {}) == 1
    assert "did not answer in time" in capsys.readouterr().err


@pytest.mark.parametrize("ssid", ["", "x" * 33, "æ" * 17])
def test_a_name_that_no_network_can_have_is_refused(ssid: str) -> None:
    with pytest.raises(ProvisionError, match="1 to 32 octets"):
        Wifi(ssid=ssid, password="")


@pytest.mark.parametrize("password", ["short12", "x" * 64, "blåbærsyltetøy", "line\nbreak"])
def test_a_password_that_no_network_can_have_is_refused_and_not_shown(password: str) -> None:
    with pytest.raises(ProvisionError, match="8 to 63 characters") as caught:
        Wifi(ssid="Home", password=password)
    assert password not in str(caught.value)


def test_the_longest_and_the_shortest_are_accepted_and_never_shown() -> None:
    for password in ("", "x" * 8, "x" * 63):
        assert "xxx" not in repr(Wifi(ssid="æ" * 16, password=password))
    longest = LoadBalancer(url="https://" + "x" * 55, token=TOKEN)
    assert TOKEN not in repr(longest)


@pytest.mark.parametrize(
    ("url", "token", "said"),
    [
        (URL, TOKEN[:-1], "exactly 20 characters"),
        (URL, TOKEN + "x", "exactly 20 characters"),
        (URL, "x" * 19 + " ", "exactly 20 characters"),
        ("http://home.example.com", TOKEN, "must begin with https"),
        ("https://" + "x" * 56, TOKEN, "at most 63 characters"),
        ("https://home example.com", TOKEN, "without spaces"),
        ("https://", TOKEN, "has no host"),
        ("https://[", TOKEN, "has no host"),
    ],
)
def test_what_the_unit_cannot_keep_is_refused(url: str, token: str, said: str) -> None:
    with pytest.raises(ProvisionError, match=said) as caught:
        LoadBalancer(url=url, token=token)
    assert token not in str(caught.value)


def test_a_number_that_is_not_in_the_list_is_told(
    unit: StandIn, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(unit, answers=("3",)) == 1
    assert "There is no number 3 in the list" in capsys.readouterr().err
    assert unit.posted == []


def test_it_is_a_part_of_the_main_command(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        ams2mqtt_bridge(["provision", "--help"])
    assert ended.value.code == 0
    assert "ams2mqtt-bridge provision" in capsys.readouterr().out
