"""From profile 1 to 2: step by step, and with a simulated charger on real sockets."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from custom_components.zmartcharge.csms import (
    CallFailedError,
    CallTimeoutError,
    InvalidRequestError,
    NotConnectedError,
    Registration,
    hash_key,
)
from custom_components.zmartcharge.csms.security_profile import SecurityProfile
from custom_components.zmartcharge.csms.upgrade import upgrade
from custom_components.zmartcharge.csms.upgrade_steps import (
    Ask,
    AwaitReturn,
    Outcome,
    UpgradeEnd,
    UpgradePlan,
    UpgradeResult,
)
from custom_components.zmartcharge.csms.v16 import upgrade_steps
from simulator import Backoff, SimulatedChargePoint, Tls
from tests.house import wait_until

from .conftest import KEY, RawCharger, RecordingHandler, TestDirectory
from .secure import SecureServer, answers, secure_server, server_certificate

ROOTS = ("EC ROOT", "RSA ROOT")
CONFIGURATION = {"configurationKey": [{"key": "SecurityProfile", "readonly": False, "value": "1"}]}
ONE_ROOT = {
    "configurationKey": [
        *CONFIGURATION["configurationKey"],
        {"key": "AdditionalRootCertificateCheck", "readonly": True, "value": "true"},
    ]
}
OK: dict[str, Any] = {"status": "Accepted"}
NO: dict[str, Any] = {"status": "Rejected"}
REBOOT: dict[str, Any] = {"status": "RebootRequired"}
UP, DOWN = SecurityProfile.TLS_BASIC, SecurityProfile.BASIC


def _walk(outcomes: Iterable[Outcome], plan: UpgradePlan) -> tuple[list[str], UpgradeResult]:
    """Return the steps in words, and the end."""
    steps = upgrade_steps(plan)
    words = []
    step = next(steps)
    try:
        for outcome in outcomes:
            match step:
                case Ask(action="ChangeConfiguration", payload=payload):
                    words.append(f"{payload['key']}={payload['value']}")
                case Ask(action="InstallCertificate", payload=payload):
                    assert payload["certificateType"] == "CentralSystemRootCertificate"
                    words.append(payload["certificate"])
                case Ask(action=action):
                    words.append(action)
                case AwaitReturn():
                    words.append("wait")
            step = steps.send(outcome)
    except StopIteration as end:
        return words, end.value
    raise AssertionError(f"it goes on with {step}")


def test_083_a_charger_moves_up() -> None:
    words, result = _walk([CONFIGURATION, OK, OK, OK, UP], UpgradePlan(roots=ROOTS))
    assert words == ["GetConfiguration", *ROOTS, "SecurityProfile=2", "wait"]
    assert result == UpgradeResult(end=UpgradeEnd.DONE)


@pytest.mark.parametrize(
    ("outcomes", "words"),
    [
        # One root that it can read is enough.
        ([CONFIGURATION, NO, OK, OK, UP], [*ROOTS, "SecurityProfile=2", "wait"]),
        ([CONFIGURATION, OK, {"status": "Failed"}, OK, UP], [*ROOTS, "SecurityProfile=2", "wait"]),
        # One that keeps a single root gets no second one.
        ([ONE_ROOT, OK, OK, UP], ["EC ROOT", "SecurityProfile=2", "wait"]),
        # One that hangs up before it answers, or forgets to.
        ([CONFIGURATION, OK, OK, NotConnectedError(), UP], [*ROOTS, "SecurityProfile=2", "wait"]),
        ([CONFIGURATION, OK, OK, CallTimeoutError(), UP], [*ROOTS, "SecurityProfile=2", "wait"]),
        # One that wants to be restarted is, once.
        ([CONFIGURATION, OK, OK, REBOOT, NO, UP], [*ROOTS, "SecurityProfile=2", "Reset", "wait"]),
    ],
)
def test_chargers_differ_and_move_up_all_the_same(
    outcomes: list[Outcome], words: list[str]
) -> None:
    assert _walk(outcomes, UpgradePlan(roots=ROOTS)) == (
        ["GetConfiguration", *words],
        UpgradeResult(end=UpgradeEnd.DONE),
    )


PLAN = UpgradePlan(roots=ROOTS)
BY_URL = UpgradePlan(roots=ROOTS, url_key="CentralSystemURL", url="wss://ha:9443")


@pytest.mark.parametrize(
    ("plan", "outcomes", "end"),
    [
        (PLAN, [{"configurationKey": []}], UpgradeEnd.NOT_SUPPORTED),
        (PLAN, [{"unknownKey": ["SecurityProfile"]}], UpgradeEnd.NOT_SUPPORTED),
        (PLAN, [{"configurationKey": [None, {"key": 7}, {}]}], UpgradeEnd.NOT_SUPPORTED),
        (PLAN, [CallFailedError("NotSupported")], UpgradeEnd.NOT_SUPPORTED),
        (PLAN, [NotConnectedError()], UpgradeEnd.NOT_CONNECTED),
        (PLAN, [CONFIGURATION, CallFailedError("NotImplemented")], UpgradeEnd.NOT_SUPPORTED),
        (PLAN, [CONFIGURATION, NotConnectedError()], UpgradeEnd.NOT_CONNECTED),
        (PLAN, [CONFIGURATION, NO, NO], UpgradeEnd.ROOT_REFUSED),
        (PLAN, [CONFIGURATION, {}, CallFailedError("GenericError")], UpgradeEnd.ROOT_REFUSED),
        (UpgradePlan(roots=()), [CONFIGURATION], UpgradeEnd.ROOT_REFUSED),
        (PLAN, [CONFIGURATION, OK, OK, NO], UpgradeEnd.PROFILE_REFUSED),
        (PLAN, [CONFIGURATION, OK, OK, CallFailedError("X")], UpgradeEnd.PROFILE_REFUSED),
        (PLAN, [CONFIGURATION, OK, OK, OK, DOWN], UpgradeEnd.ADDRESS_UNTOLD),
        (PLAN, [CONFIGURATION, OK, OK, OK, None], UpgradeEnd.NOT_RETURNED),
        (BY_URL, [CONFIGURATION, OK, OK, NO], UpgradeEnd.URL_REFUSED),
        (BY_URL, [CONFIGURATION, OK, OK, OK, OK, UP], UpgradeEnd.DONE),
        (BY_URL, [CONFIGURATION, OK, OK, REBOOT, REBOOT, OK, UP], UpgradeEnd.DONE),
        # It went to the new address before it was told of the profile.
        (BY_URL, [CONFIGURATION, OK, OK, NotConnectedError(), UP, NO], UpgradeEnd.DONE),
        (BY_URL, [CONFIGURATION, OK, OK, NotConnectedError(), None], UpgradeEnd.NOT_RETURNED),
        (
            BY_URL,
            [CONFIGURATION, OK, OK, NotConnectedError(), DOWN, OK, DOWN],
            UpgradeEnd.FELL_BACK,
        ),
    ],
)
def test_each_end_has_its_own_name(
    plan: UpgradePlan, outcomes: list[Outcome], end: UpgradeEnd
) -> None:
    assert _walk(outcomes, plan)[1].end is end


@pytest.mark.parametrize(
    ("outcomes", "end"),
    [([OK, NO, OK], UpgradeEnd.PROFILE_REFUSED), ([OK, OK, DOWN, OK], UpgradeEnd.FELL_BACK)],
)
def test_charger_that_stays_as_it_was_gets_its_address_back(
    outcomes: list[Outcome], end: UpgradeEnd
) -> None:
    url = {"key": "CentralSystemURL", "readonly": False, "value": "ws://ha:9000"}
    known = {"configurationKey": [*CONFIGURATION["configurationKey"], url]}
    words, result = _walk([known, OK, OK, *outcomes], BY_URL)
    assert result.end is end
    assert words[-1] == "CentralSystemURL=ws://ha:9000"


# On real sockets --------------------------------------------------------------------------------


@pytest.fixture
def directory(handler: RecordingHandler) -> TestDirectory:
    return TestDirectory({"CP1": Registration(key_hash=hash_key(KEY), handler=handler)})


@pytest.fixture
async def server(directory: TestDirectory, socket_enabled: None) -> AsyncIterator[SecureServer]:
    async with secure_server(directory, client_certificates=False) as running:
        yield running


def _charger(server: SecureServer, **tls: Any) -> SimulatedChargePoint:
    url = f"wss://127.0.0.1:{server.tls_port}"
    return SimulatedChargePoint(
        f"ws://127.0.0.1:{server.port}",
        "CP1",
        password=KEY,
        backoff=Backoff(first_s=0.0, longest_s=0.01),
        tls=Tls(**{"url": url, **tls}),
    )


def _plan(**changes: Any) -> UpgradePlan:
    return replace(UpgradePlan(roots=server_certificate().roots), **changes)


async def test_083_a_simulated_charger_moves_up_and_may_not_go_back(
    server: SecureServer, directory: TestDirectory
) -> None:
    async with _charger(server) as charger:
        await charger.wait_for(lambda cp: cp.registered)
        assert server.csms.profile("CP1") is SecurityProfile.BASIC
        result = await upgrade(server.csms, "CP1", _plan())
        assert result == UpgradeResult(end=UpgradeEnd.DONE)
        assert server.csms.profile("CP1") is SecurityProfile.TLS_BASIC
        await charger.wait_for(lambda cp: cp.registered)
        assert charger.station.configuration.text("SecurityProfile") == "2"
        assert server.watcher.better == [("CP1", SecurityProfile.TLS_BASIC)]
        assert await upgrade(server.csms, "CP1", _plan()) == UpgradeResult(end=UpgradeEnd.ALREADY)
        directory.registrations["CP1"] = replace(
            directory.registrations["CP1"], profile=SecurityProfile.TLS_BASIC
        )
        await charger.drop_connection()
        await wait_until(lambda: server.csms.profile("CP1") is None)
        await charger.wait_for(lambda cp: cp.registered)
        assert server.csms.profile("CP1") is SecurityProfile.TLS_BASIC
    async with _charger(server) as old:
        await old.wait_for(lambda cp: cp.refusal)
        assert "403" in str(old.refusal)


async def test_a_charger_that_does_not_find_us_falls_back_and_is_let_in(
    server: SecureServer,
) -> None:
    async with _charger(server, url="wss://127.0.0.1:1", attempts=2) as charger:
        await charger.wait_for(lambda cp: cp.registered)
        result = await upgrade(server.csms, "CP1", _plan())
        assert result.end is UpgradeEnd.ADDRESS_UNTOLD
        await charger.wait_for(lambda cp: cp.registered)
        assert charger.station.configuration.text("SecurityProfile") == "1"


async def test_a_charger_that_stays_away_is_given_up_and_let_in_later(
    server: SecureServer,
) -> None:
    charger = _charger(server, url="wss://127.0.0.1:1", attempts=1_000_000)
    async with charger:
        await charger.wait_for(lambda cp: cp.registered)
        result = await upgrade(server.csms, "CP1", _plan(patience=timedelta(seconds=0.3)))
        assert result.end is UpgradeEnd.NOT_RETURNED
    async with _charger(server) as restarted:
        await restarted.wait_for(lambda cp: cp.registered)


async def test_a_charger_without_a_password_cannot_move_up(
    server: SecureServer, directory: TestDirectory, handler: RecordingHandler
) -> None:
    directory.registrations["CP1"] = Registration(key_hash=None, handler=handler)
    charger = SimulatedChargePoint(f"ws://127.0.0.1:{server.port}", "CP1", tls=Tls())
    async with charger:
        await charger.wait_for(lambda cp: cp.registered)
        result = await upgrade(server.csms, "CP1", _plan())
        assert result == UpgradeResult(end=UpgradeEnd.PROFILE_REFUSED, detail="Rejected")


async def test_076_a_root_that_is_none_is_not_installed(server: SecureServer) -> None:
    async with _charger(server) as charger:
        await charger.wait_for(lambda cp: cp.registered)
        result = await upgrade(server.csms, "CP1", _plan(roots=("nonsense",)))
        assert result == UpgradeResult(end=UpgradeEnd.ROOT_REFUSED, detail="Failed")


async def test_a_root_that_no_request_can_hold_is_told(server: SecureServer) -> None:
    async with _charger(server) as charger:
        await charger.wait_for(lambda cp: cp.registered)
        with pytest.raises(InvalidRequestError):
            await upgrade(server.csms, "CP1", _plan(roots=("x" * 5501,)))


async def test_who_is_not_there_cannot_move_up(server: SecureServer) -> None:
    assert (await upgrade(server.csms, "CP1", _plan())).end is UpgradeEnd.NOT_CONNECTED


async def test_an_upgrade_that_is_cancelled_leaves_the_charger_as_it_is(
    server: SecureServer,
) -> None:
    async with _charger(server, url="wss://127.0.0.1:1", attempts=2) as charger:
        await charger.wait_for(lambda cp: cp.registered)
        upgrading = asyncio.ensure_future(upgrade(server.csms, "CP1", _plan()))
        await charger.wait_for(lambda cp: not cp.connected)
        upgrading.cancel()
        await asyncio.gather(upgrading, return_exceptions=True)
        await charger.wait_for(lambda cp: cp.registered)
        assert server.csms.profile("CP1") is SecurityProfile.BASIC


async def _first_call(
    server: SecureServer,
) -> tuple[RawCharger, asyncio.Future[UpgradeResult], str]:
    """Return a charger that was asked for its configuration, the upgrade, and the call's id."""
    charger = await server.dial("CP1", key=KEY, plain=True)
    await charger.call("BootNotification", {"chargePointVendor": "V", "chargePointModel": "M"})
    upgrading = asyncio.ensure_future(upgrade(server.csms, "CP1", _plan()))
    while (frame := await charger.hear())[2] != "GetConfiguration":
        pass
    return charger, upgrading, str(frame[1])


async def test_a_charger_that_goes_away_before_anything_was_changed(server: SecureServer) -> None:
    charger, upgrading, _ = await _first_call(server)
    await charger.socket.close()
    assert (await upgrading).end is UpgradeEnd.NOT_CONNECTED


async def test_a_charger_that_answers_with_an_error_is_not_upgraded(server: SecureServer) -> None:
    charger, upgrading, call_id = await _first_call(server)
    await charger.say(f'[4,"{call_id}","NotSupported","",{{}}]')
    assert (await upgrading).end is UpgradeEnd.NOT_SUPPORTED
    # The connection is as good as before.
    assert await answers(charger)


async def test_a_charger_that_goes_away_between_two_steps_is_waited_for(
    server: SecureServer,
) -> None:
    charger, upgrading, call_id = await _first_call(server)
    await charger.say(
        f'[3,"{call_id}",{{"configurationKey":[{{"key":"SecurityProfile","readonly":false}}]}}]'
    )
    for _ in server_certificate().roots:
        await charger.answer({"status": "Accepted"})
    await charger.hear()
    await charger.socket.close()
    again = await server.dial("CP1", key=KEY)
    assert (await upgrading).end is UpgradeEnd.DONE
    assert await answers(again)
