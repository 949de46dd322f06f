"""The pages of a unit in set-up mode, over HTTP."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from http.client import HTTPException
import json
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode
from urllib.request import ProxyHandler, Request, build_opener

from .settings import ProvisionError, Wifi

_MAX_ANSWER = 64 * 1024
# Scanning takes the unit's radio a few seconds.
_SCAN_TIMEOUT = 30.0
# What the ESP32 calls being connected (WL_CONNECTED).
_CONNECTED = 3
# Seconds between two looks at a test, and how many looks.
_TEST_PAUSE = 1.0
_TEST_LOOKS = 30
_NOT_THERE = {HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED}


@dataclass(frozen=True, slots=True)
class Network:
    """A WiFi network that the unit hears; ``signal`` in dBm, if it says so."""

    ssid: str
    signal: int | None


class _AbsentError(Exception):
    """The unit's firmware does not have the page."""


class Unit:
    """A unit at ``http://address``. Every method raises ``ProvisionError`` in plain words."""

    def __init__(self, address: str, timeout: float = 10.0) -> None:
        """``timeout`` is in seconds, for one page."""
        self._base = f"http://{address}"
        self._timeout = timeout
        # A proxy in the environment knows nothing of the unit's own network.
        self._opener = build_opener(ProxyHandler({}))

    def describe(self) -> str:
        """Return what the unit says about itself, such as its firmware and address."""
        info = self._page("/sysinfo.json")
        names = ("model", "board", "chip", "version", "mac")
        said = [f"{name} {info[name]}" for name in names if isinstance(info.get(name), str)]
        return ", ".join(said) or "a unit that does not tell its version"

    def networks(self) -> list[Network]:
        """Return the networks that the unit hears, the strongest first; none if it cannot tell."""
        try:
            answer = self._page("/wifiscan.json", timeout=max(self._timeout, _SCAN_TIMEOUT))
        except _AbsentError:
            return []
        best: dict[str, Network] = {}
        for network in _networks(answer):
            known = best.get(network.ssid)
            if known is None or _strength(known) < _strength(network):
                best[network.ssid] = network
        return sorted(best.values(), key=_strength, reverse=True)

    def try_wifi(self, wifi: Wifi, sleep: Callable[[float], None]) -> bool | None:
        """Have the unit try a network; return whether that worked, ``None`` if it cannot be told."""
        form = {"ssid": wifi.ssid, "psk": wifi.password}
        try:
            self._page("/wifitest.json", form)
            for _ in range(_TEST_LOOKS):
                sleep(_TEST_PAUSE)
                answer = self._page("/wifitest.json")
                if answer.get("time", 0) == 0:
                    return answer.get("status") == _CONNECTED
        except _AbsentError:
            return None
        return False

    def save(self, form: Mapping[str, str]) -> bool:
        """Save settings; return whether the unit restarts by itself to use them."""
        answer = self._page("/save", form)
        if answer.get("success") is False:
            raise ProvisionError("The unit did not save the settings; restart it and try again")
        return answer.get("reboot") is True

    def reboot(self) -> None:
        """Restart the unit, which may go away before it answers."""
        try:
            self._request("/reboot", {}, self._timeout)
        except _AbsentError as error:
            raise ProvisionError(
                "The settings are saved, but the unit cannot be restarted from here: unplug it and "
                "plug it in again"
            ) from error
        except ProvisionError as error:
            if isinstance(error.__cause__, HTTPError):
                raise

    def _page(
        self, path: str, form: Mapping[str, str] | None = None, *, timeout: float | None = None
    ) -> dict[str, Any]:
        body = self._request(path, form, self._timeout if timeout is None else timeout)
        try:
            answer = json.loads(body or b"{}")
        except ValueError as error:
            raise ProvisionError(_strange(path, "is not JSON")) from error
        if isinstance(answer, list):
            return {"": answer}
        if not isinstance(answer, dict):
            raise ProvisionError(_strange(path, "has no fields"))
        return answer

    def _request(self, path: str, form: Mapping[str, str] | None, timeout: float) -> bytes:
        data = None if form is None else urlencode(form).encode("ascii")
        request = Request(f"{self._base}{path}", data)  # noqa: S310 (always http)
        try:
            with self._opener.open(request, timeout=timeout) as response:
                body: bytes = response.read(_MAX_ANSWER)
        except HTTPError as error:
            error.close()
            if error.code in _NOT_THERE and path not in {"/sysinfo.json", "/save"}:
                raise _AbsentError from error
            raise ProvisionError(
                _strange(path, f"is the error {error.code} ({error.reason})")
            ) from error
        except TimeoutError as error:
            raise ProvisionError(
                f"{self._base} did not answer in time; move closer to it and try again"
            ) from error
        except (URLError, HTTPException, OSError) as error:
            reason = getattr(error, "reason", error)
            if isinstance(reason, TimeoutError):
                why = "it does not answer"
            else:
                why = getattr(reason, "strerror", None) or str(reason) or type(reason).__name__
            raise ProvisionError(
                f"There is no unit at {self._base} ({why}): join the WiFi AMS2MQTT first, with "
                "mobile data and other networks off"
            ) from error
        return body


def _strange(path: str, what: str) -> str:
    return (
        f"The answer to {path} {what}: is it a Pow-U in set-up mode? Restart it, press AP for 5 to 10 "
        "seconds and try again"
    )


def _strength(network: Network) -> int:
    return -999 if network.signal is None else network.signal


def _networks(answer: Mapping[str, Any]) -> Iterator[Network]:
    """Yield the networks of an answer, whose field names differ between versions of the firmware."""
    for value in answer.values():
        if not isinstance(value, list):
            continue
        for entry in value:
            if not isinstance(entry, dict):
                continue
            ssid = entry.get("ssid", entry.get("s"))
            signal = entry.get("rssi", entry.get("r"))
            if isinstance(ssid, str) and ssid:
                yield Network(ssid, signal if isinstance(signal, int) else None)
