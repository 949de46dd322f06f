"""When charging ended and when the cable was taken out."""

from datetime import UTC, datetime

from custom_components.zmartcharge.ledger import Ledger

from .builders import CHARGER, a_start, minutes, sampled, started, stopped, told

_1970 = datetime(1970, 1, 1, tzinfo=UTC)


async def test_charging_ends_then_the_transaction_then_the_session(ledger: Ledger) -> None:
    session = await started(ledger)
    await ledger.charging_ended(CHARGER, 1, minutes(40))
    await stopped(ledger, session, 2000, 50)
    await ledger.unplugged(CHARGER, 1, minutes(60))
    now = await told(ledger, session)
    assert (now.charging_ended_at, now.stopped_at, now.ended_at) == (
        minutes(40),
        minutes(50),
        minutes(60),
    )


async def test_after_a_pause_the_last_end_of_charging_counts(ledger: Ledger) -> None:
    session = await started(ledger)
    await ledger.charging_ended(CHARGER, 1, minutes(20))
    await ledger.charging_ended(CHARGER, 1, minutes(40))
    await ledger.charging_ended(CHARGER, 1, minutes(30))
    await stopped(ledger, session, 2000, 50)
    await ledger.charging_ended(CHARGER, 1, minutes(55))
    assert (await told(ledger, session)).charging_ended_at == minutes(40)


async def test_unplugging_keeps_an_open_transaction_open(ledger: Ledger) -> None:
    session = await started(ledger)
    await ledger.unplugged(CHARGER, 1, minutes(60))
    await ledger.unplugged(CHARGER, 1, minutes(70))
    now = await told(ledger, session)
    assert (now.ended_at, now.stopped_at) == (minutes(60), None)
    assert await ledger.open_sessions(CHARGER) == (now,)
    assert (await stopped(ledger, session, 2000, 59)).ended_at == minutes(60)


async def test_a_status_from_before_a_session_is_not_its(ledger: Ledger) -> None:
    first = await started(ledger)
    await stopped(ledger, first, 2000, 30)
    second = await started(ledger, a_start(2000, 60))
    await ledger.charging_ended(CHARGER, 1, minutes(30))
    await ledger.unplugged(CHARGER, 1, minutes(45))
    assert (await told(ledger, first)).ended_at == minutes(45)
    assert (await told(ledger, first)).charging_ended_at == minutes(30)
    assert await told(ledger, second) == second


async def test_a_clock_that_was_never_set_gives_the_last_known_time(ledger: Ledger) -> None:
    session = await started(ledger)
    await sampled(ledger, (2000, 30))
    await ledger.charging_ended(CHARGER, 1, _1970)
    await stopped(ledger, session, 2000, 50)
    await ledger.unplugged(CHARGER, 1, _1970)
    now = await told(ledger, session)
    assert (now.charging_ended_at, now.ended_at) == (minutes(30), minutes(50))


async def test_a_status_without_any_session_is_no_trouble(ledger: Ledger) -> None:
    await ledger.charging_ended(CHARGER, 1, minutes(0))
    await ledger.unplugged(CHARGER, 1, minutes(0))
    session = await started(ledger)
    await ledger.unplugged(CHARGER, 2, minutes(10))
    await ledger.unplugged("CP2", 1, minutes(10))
    assert await told(ledger, session) == session
