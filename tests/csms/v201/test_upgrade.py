"""From profile 1 to 2 with OCPP 2.0.1: step by step, and with a simulated charger on real sockets."""

from collections.abc import AsyncIterator, Iterable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from custom_components.zmartcharge.csms import (
    CallFailedError,
    CallTimeoutError,
    NotConnectedError,
    Registration,
    hash_key,
)
from custom_components.zmartcharge.csms.security_profile import SecurityProfile
from custom_components.zmartcharge.csms.upgrade import upgrade
from custom_components.zmartcharge.csms.upgrade_steps import (
    Ask,
    AwaitReturn,
    Interface,
    Outcome,
    UpgradeEnd,
    UpgradePlan,
    UpgradeResult,
)
from custom_components.zmartcharge.csms.v201 import upgrade_steps
from simulator import Backoff, SimulatedChargePoint201, Tls
from tests.csms.conftest import KEY, RecordingHandler, TestDirectory
from tests.csms.secure import SecureServer, secure_server, server_certificate

ROOTS = ("EC ROOT", "RSA ROOT")
PLAN = UpgradePlan(roots=ROOTS, url="wss://ha:9443", interface=Interface.WIRELESS)
OK: dict[str, Any] = {"status": "Accepted"}
NO: dict[str, Any] = {"status": "Rejected"}
UP, DOWN = SecurityProfile.TLS_BASIC, SecurityProfile.BASIC


def _told(**values: str) -> dict[str, Any]:
    """Return an answer to GetVariables."""
    components = {"NetworkConfigurationPriority": "OCPPCommCtrlr"}
    components |= {"ActiveNetworkProfile": "OCPPCommCtrlr"}
    return {
        "getVariableResult": [
            {
                "attributeStatus": "Accepted",
                "attributeValue": value,
                "component": {"name": components.get(name, "SecurityCtrlr")},
                "variable": {"name": name},
            }
            for name, value in values.items()
        ]
    }


def _set(status: str) -> dict[str, Any]:
    return {"setVariableResult": [{"attributeStatus": status}]}


ONE = _told(NetworkConfigurationPriority="1", ActiveNetworkProfile="1")
TWO = _told(NetworkConfigurationPriority="1,2,3,0", ActiveNetworkProfile="2")
SET = _set("RebootRequired")


def _walk(outcomes: Iterable[Outcome], plan: UpgradePlan = PLAN) -> tuple[list[str], UpgradeResult]:
    """Return the steps in words, and the end."""
    steps = upgrade_steps(plan)
    words = []
    step = next(steps)
    try:
        for outcome in outcomes:
            match step:
                case Ask(action="SetVariables", payload={"setVariableData": [item]}):
                    assert item["variable"] == {"name": "NetworkConfigurationPriority"}
                    words.append(f"dial {item['attributeValue']}")
                case Ask(action="SetNetworkProfile", payload=payload):
                    words.append(f"slot {payload['configurationSlot']}")
                case Ask(action="InstallCertificate", payload=payload):
                    assert payload["certificateType"] == "CSMSRootCertificate"
                    words.append(payload["certificate"])
                case Ask(action=action):
                    words.append(action)
                case AwaitReturn(hang_up=hang_up):
                    words.append("hang up" if hang_up else "wait")
            step = steps.send(outcome)
    except StopIteration as end:
        return words, end.value
    raise AssertionError(f"it goes on with {step}")


def test_a_charger_gets_our_way_beside_its_own_and_restarts() -> None:
    words, result = _walk([ONE, OK, OK, OK, SET, OK, UP])
    assert words == ["GetVariables", *ROOTS, "slot 2", "dial 2,1", "Reset", "wait"]
    assert result == UpgradeResult(end=UpgradeEnd.DONE)


def test_the_new_way_is_encrypted_with_its_password_and_says_how_it_is_connected() -> None:
    steps = upgrade_steps(PLAN)
    step = next(steps)
    for outcome in (ONE, OK, OK):
        step = steps.send(outcome)
    assert step == Ask(
        action="SetNetworkProfile",
        payload={
            "configurationSlot": 2,
            "connectionData": {
                "ocppVersion": "OCPP20",
                "ocppTransport": "JSON",
                "ocppCsmsUrl": "wss://ha:9443",
                "messageTimeout": 30,
                "securityProfile": 2,
                "ocppInterface": "Wireless0",
            },
        },
    )


@pytest.mark.parametrize(
    ("outcomes", "words"),
    [
        # The slots that it has nobody tells: the next one is tried.
        ([ONE, OK, OK, NO, OK, SET, OK, UP], ["slot 2", "slot 3", "dial 3,1", "Reset", "wait"]),
        # None is unused: what it would only fall back to gives way, never what it came by.
        ([TWO, OK, OK, OK, SET, OK, UP], ["slot 0", "dial 0,2,1,3", "Reset", "wait"]),
        # It does not tell by which it came: by the first one.
        (
            [_told(NetworkConfigurationPriority="2,1"), OK, OK, OK, SET, OK, UP],
            ["slot 3", "dial 3,2,1", "Reset", "wait"],
        ),
        # One that does not restart by being told is hung up on.
        ([ONE, OK, OK, OK, SET, NO, UP], ["slot 2", "dial 2,1", "Reset", "hang up"]),
        # One that goes to the new way at once.
        ([ONE, OK, OK, OK, NotConnectedError(), UP], ["slot 2", "dial 2,1", "hang up"]),
        ([ONE, OK, OK, OK, CallTimeoutError(), UP], ["slot 2", "dial 2,1", "hang up"]),
    ],
)
def test_chargers_differ_and_move_up_all_the_same(
    outcomes: list[Outcome], words: list[str]
) -> None:
    assert _walk(outcomes) == (
        ["GetVariables", *ROOTS, *words],
        UpgradeResult(end=UpgradeEnd.DONE),
    )


def test_a_charger_that_came_back_as_before_is_to_dial_as_before() -> None:
    words, result = _walk([TWO, OK, OK, OK, SET, OK, DOWN, SET])
    assert words[-3:] == ["Reset", "wait", "dial 1,2,3,0"]
    assert result.end is UpgradeEnd.FELL_BACK


@pytest.mark.parametrize(
    ("outcomes", "end"),
    [
        ([{}], UpgradeEnd.NOT_SUPPORTED),
        ([{"getVariableResult": [None, 7]}], UpgradeEnd.NOT_SUPPORTED),
        ([_told(NetworkConfigurationPriority="first")], UpgradeEnd.NOT_SUPPORTED),
        ([CallFailedError("NotSupported")], UpgradeEnd.NOT_SUPPORTED),
        ([NotConnectedError()], UpgradeEnd.NOT_CONNECTED),
        ([ONE, NO, NO], UpgradeEnd.ROOT_REFUSED),
        ([ONE, OK, OK, CallFailedError("NotImplemented")], UpgradeEnd.NOT_SUPPORTED),
        ([ONE, OK, OK, NotConnectedError()], UpgradeEnd.NOT_CONNECTED),
        ([ONE, OK, OK, NO, NO, NO], UpgradeEnd.URL_REFUSED),
        ([ONE, OK, OK, OK, _set("Rejected")], UpgradeEnd.PROFILE_REFUSED),
        ([ONE, OK, OK, OK, {}], UpgradeEnd.PROFILE_REFUSED),
        ([ONE, OK, OK, OK, SET, OK, None], UpgradeEnd.NOT_RETURNED),
    ],
)
def test_each_end_has_its_own_name(outcomes: list[Outcome], end: UpgradeEnd) -> None:
    assert _walk(outcomes)[1].end is end


# On real sockets --------------------------------------------------------------------------------


@pytest.fixture
def directory(handler: RecordingHandler) -> TestDirectory:
    return TestDirectory({"CP1": Registration(key_hash=hash_key(KEY), handler=handler)})


@pytest.fixture
async def server(directory: TestDirectory, socket_enabled: None) -> AsyncIterator[SecureServer]:
    async with secure_server(directory, client_certificates=False) as running:
        yield running


def _charger(server: SecureServer, **tls: Any) -> SimulatedChargePoint201:
    return SimulatedChargePoint201(
        f"ws://127.0.0.1:{server.port}",
        "CP1",
        password=KEY,
        backoff=Backoff(first_s=0.0, longest_s=0.01),
        tls=Tls(**tls),
    )


def _plan(port: int) -> UpgradePlan:
    return UpgradePlan(roots=server_certificate().roots, url=f"wss://127.0.0.1:{port}")


async def test_a_simulated_charger_moves_up_and_may_not_go_back(
    server: SecureServer, directory: TestDirectory
) -> None:
    async with _charger(server) as charger:
        await charger.wait_for(lambda cp: cp.registered)
        result = await upgrade(server.csms, "CP1", _plan(server.tls_port))
        assert result == UpgradeResult(end=UpgradeEnd.DONE)
        await charger.wait_for(lambda cp: cp.registered)
        assert server.csms.profile("CP1") is SecurityProfile.TLS_BASIC
        assert charger.station.configuration.text("SecurityProfile") == "2"
        again = await upgrade(server.csms, "CP1", _plan(server.tls_port))
        assert again.end is UpgradeEnd.ALREADY
    directory.registrations["CP1"] = replace(
        directory.registrations["CP1"], profile=SecurityProfile.TLS_BASIC
    )
    async with _charger(server) as old:
        await old.wait_for(lambda cp: cp.refusal)
        assert "403" in str(old.refusal)


async def test_a_charger_that_does_not_find_us_falls_back_and_is_told_its_old_way(
    server: SecureServer,
) -> None:
    async with _charger(server, attempts=2) as charger:
        await charger.wait_for(lambda cp: cp.registered)
        result = await upgrade(server.csms, "CP1", _plan(1))
        assert result.end is UpgradeEnd.FELL_BACK
        await charger.wait_for(lambda cp: cp.registered)
        assert charger.station.configuration.text("SecurityProfile") == "1"
        assert charger.networks.priority == "1"


async def test_a_charger_that_stays_away_is_given_up_and_let_in_later(
    server: SecureServer,
) -> None:
    async with _charger(server, attempts=1_000_000) as charger:
        await charger.wait_for(lambda cp: cp.registered)
        plan = replace(_plan(1), patience=timedelta(seconds=0.5))
        assert (await upgrade(server.csms, "CP1", plan)).end is UpgradeEnd.NOT_RETURNED
    async with _charger(server) as restarted:
        await restarted.wait_for(lambda cp: cp.registered)


async def test_a_charger_without_a_password_cannot_move_up(
    server: SecureServer, directory: TestDirectory, handler: RecordingHandler
) -> None:
    directory.registrations["CP1"] = Registration(key_hash=None, handler=handler)
    charger = SimulatedChargePoint201(f"ws://127.0.0.1:{server.port}", "CP1", tls=Tls())
    async with charger:
        await charger.wait_for(lambda cp: cp.registered)
        result = await upgrade(server.csms, "CP1", _plan(server.tls_port))
        assert result == UpgradeResult(end=UpgradeEnd.PROFILE_REFUSED, detail="Rejected")
