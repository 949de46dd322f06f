"""The command line: ``ams2mqtt-bridge provision``."""

import argparse
from collections.abc import Callable, Mapping, Sequence
from getpass import getpass
import os
import sys
import time

from .settings import LoadBalancer, ProvisionError, Wifi
from .unit import Unit

WIFI_PASSWORD_VARIABLE = "POW_U_WIFI_PASSWORD"  # noqa: S105 (the name of a variable)
TOKEN_VARIABLE = "POW_U_TOKEN"  # noqa: S105 (the name of a variable)

_ADDRESS = "192.168.4.1"
_OK, _FAILED = 0, 1

_STEPS = """\
Setting up a Pow-U (AMS2MQTT)

  1. Connect it to USB-C power. The meter's port alone does not feed it during the set-up.
  2. Hold its AP button for 5 to 10 seconds until it is in set-up mode.
  3. Join the WiFi AMS2MQTT with this computer, with other networks off.

The unit only knows WiFi of 2.4 GHz, and the signal must reach the fuse box.
"""


def main(
    arguments: Sequence[str],
    environment: Mapping[str, str] = os.environ,
    *,
    ask: Callable[[str], str] = input,
    ask_secret: Callable[[str], str] = getpass,
    sleep: Callable[[float], None] = time.sleep,
) -> int:
    """Set up a unit; return 0, or 1 when that failed or was not wanted."""
    options = _parse(arguments)
    print(_STEPS)
    try:
        return _provision(options, _Questions(options, environment, ask, ask_secret), sleep)
    except ProvisionError as error:
        print(error, file=sys.stderr)
    except EOFError, KeyboardInterrupt:
        print("\nEnded before it was done.", file=sys.stderr)
    return _FAILED


def _parse(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="ams2mqtt-bridge provision",
        description="Sets WiFi, and if wanted the load balancer, on a Pow-U in set-up mode.",
        epilog=f"Secrets are asked for, or read from the environment: {WIFI_PASSWORD_VARIABLE} "
        f"(empty for an open network) and {TOKEN_VARIABLE}.",
    )
    parser.add_argument("--address", default=_ADDRESS, help=f"of the unit (default: {_ADDRESS})")
    parser.add_argument("--ssid", help="the WiFi to join (default: choose from those it hears)")
    parser.add_argument(
        "--load-balancer",
        metavar="URL",
        help="also report to this address (https), with the token that Home Assistant shows",
    )
    parser.add_argument("--timeout", type=float, default=10.0, help="seconds for one page")
    parser.add_argument(
        "--skip-test", action="store_true", help="do not have the unit try the WiFi"
    )
    parser.add_argument("--dry-run", action="store_true", help="change nothing on the unit")
    parser.add_argument("--yes", action="store_true", help="do not ask before sending")
    return parser.parse_args(arguments)


class _Questions:
    """Asks a person for what the command line and the environment do not say."""

    def __init__(
        self,
        options: argparse.Namespace,
        environment: Mapping[str, str],
        ask: Callable[[str], str],
        ask_secret: Callable[[str], str],
    ) -> None:
        self._options = options
        self._environment = environment
        self._ask = ask
        self._ask_secret = ask_secret

    def load_balancer(self) -> LoadBalancer | None:
        url: str | None = self._options.load_balancer
        if url is None:
            return None
        return LoadBalancer(url=url, token=self._secret(TOKEN_VARIABLE, "Token"))

    def wifi(self, unit: Unit) -> Wifi:
        ssid: str = self._options.ssid or self._choose(unit)
        return Wifi(ssid=ssid, password=self._secret(WIFI_PASSWORD_VARIABLE, "WiFi password"))

    def may_send(self) -> bool:
        if self._options.yes:
            return True
        return self._ask("Send this to the unit? [y/N] ").strip().lower() in {"y", "yes"}

    def _secret(self, variable: str, name: str) -> str:
        if (secret := self._environment.get(variable)) is not None:
            return secret
        return self._ask_secret(f"{name} (not shown): ")

    def _choose(self, unit: Unit) -> str:
        print("Looking for WiFi networks …")
        networks = unit.networks()
        for number, network in enumerate(networks, 1):
            signal = "" if network.signal is None else f"  {network.signal} dBm"
            print(f"  {number:>2}  {network.ssid}{signal}")
        if not networks:
            return self._ask("The unit does not list any. Name of the WiFi: ").strip()
        answer = self._ask("Number or name of the WiFi: ").strip()
        if answer not in {network.ssid for network in networks} and answer.isdecimal():
            number = int(answer)
            if not 1 <= number <= len(networks):
                raise ProvisionError(f"There is no number {number} in the list")
            return networks[number - 1].ssid
        return answer


def _provision(
    options: argparse.Namespace, questions: _Questions, sleep: Callable[[float], None]
) -> int:
    # What was typed is judged before anything is asked of the unit.
    load_balancer = questions.load_balancer()
    unit = Unit(options.address, options.timeout)
    print(f"Found {unit.describe()}.")
    wifi = questions.wifi(unit)
    print(f"\nTo be set on the unit at {options.address}:\n  WiFi           {wifi.ssid}")
    print(f"  WiFi password  {'set' if wifi.password else 'none: an open network'}")
    if load_balancer is not None:
        print(f"  Load balancer  {load_balancer.url}\n  Token          set")
    if options.dry_run:
        print("\nNothing was sent.")
        return _OK
    if not questions.may_send():
        print("\nNothing was sent.")
        return _FAILED
    if not options.skip_test:
        _test(unit, wifi, sleep)
    form = wifi.form() | (load_balancer.form() if load_balancer is not None else {})
    if not unit.save(form):
        unit.reboot()
    print(
        f"\nDone. The unit restarts and joins {wifi.ssid}, which takes up to a minute. Then move it to "
        "the meter."
    )
    return _OK


def _test(unit: Unit, wifi: Wifi, sleep: Callable[[float], None]) -> None:
    """Have the unit try the WiFi; raise ``ProvisionError`` when that does not work."""
    print(f"The unit tries {wifi.ssid} …")
    match unit.try_wifi(wifi, sleep):
        case True:
            print("It works.")
        case None:
            print("This unit cannot try it.")
        case False:
            raise ProvisionError(
                f"The unit cannot join {wifi.ssid}: check the password, that the network has 2.4 GHz and "
                "that it reaches the fuse box. Nothing was saved (--skip-test saves anyway)"
            )
