"""StartTransaction and StopTransaction as a charger may send them."""

from datetime import UTC, datetime, timedelta

import pytest

from custom_components.zmartcharge.ledger import (
    LOST_STOP,
    SUPERSEDED,
    Ledger,
    SessionFlag,
    TransactionStart,
    transactions,
)

from .builders import (
    CHARGER,
    T0,
    a_sample,
    a_start,
    a_stop,
    minutes,
    sampled,
    sliced,
    started,
    stopped,
    told,
)


async def test_a_session_begins_and_ends_with_what_the_charger_said(ledger: Ledger) -> None:
    session = await started(ledger, a_start(1000, site="home"))
    assert 0 < session.transaction_id < 2**31
    assert (session.charge_point_id, session.connector_id, session.id_tag) == (CHARGER, 1, "TAG")
    assert (session.site_id, session.started_at, session.energy_wh) == ("home", T0, 0)
    assert session.stopped_at is None

    session = await stopped(ledger, session, 8500, 60)
    assert (session.meter_start_wh, session.meter_stop_wh, session.energy_wh) == (1000, 8500, 7500)
    assert (session.stopped_at, session.stop_reason) == (minutes(60), "EVDisconnected")
    assert session.flags == ()
    assert await told(ledger, session) == session
    assert sum((await sliced(ledger, session)).values()) == 7500


async def test_the_same_start_gets_the_same_answer_also_after_a_restart(url: str) -> None:
    ledger = await Ledger.open(url)
    first = await ledger.start_transaction(a_start())
    again = await ledger.start_transaction(a_start())
    await ledger.close()
    ledger = await Ledger.open(url)
    later = await ledger.start_transaction(a_start(received=minutes(90)))
    assert (first.duplicate, again.duplicate, later.duplicate) == (False, True, True)
    assert first.session == again.session == later.session
    assert await ledger.sessions() == (first.session,)
    await ledger.close()


@pytest.mark.parametrize(
    "other",
    [
        a_start(charger="CP2"),
        a_start(connector=2),
        a_start(tag="OTHER"),
        a_start(meter=1001),
        a_start(minute=1),
        a_start(meter=None),
    ],
)
async def test_a_start_that_differs_in_anything_is_another_session(
    ledger: Ledger, other: TransactionStart
) -> None:
    first = await started(ledger)
    second = await ledger.start_transaction(other)
    assert not second.duplicate
    assert second.session.transaction_id != first.transaction_id


async def test_the_same_moment_in_another_zone_is_the_same_start(ledger: Ledger) -> None:
    first = await started(ledger)
    zoned = T0.astimezone(tz=datetime.fromisoformat("2026-10-01T00:00+02:00").tzinfo)
    again = await ledger.start_transaction(a_start(at=zoned))
    assert again.duplicate and again.session == first


async def test_a_start_without_meter_value_continues_from_the_last_and_is_told_again(
    ledger: Ledger,
) -> None:
    assert (await started(ledger, a_start(None, tag="NEW"))).meter_start_wh == 0
    await stopped(ledger, await started(ledger, a_start(0, 1)), 2000, 30)
    first = await ledger.start_transaction(a_start(None, 40))
    await sampled(ledger, (2600, 50))
    again = await ledger.start_transaction(a_start(None, 40))
    assert first.session.meter_start_wh == 2000
    assert again.duplicate and again.session.energy_wh == 600


async def test_a_transaction_id_that_was_given_is_not_given_again(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    numbers = iter([7, 7, 7, 8])
    monkeypatch.setattr(transactions.secrets, "randbelow", lambda _: next(numbers))
    first = await started(ledger, a_start(tag="A"))
    second = await started(ledger, a_start(tag="B"))
    assert (first.transaction_id, second.transaction_id) == (8, 9)


async def test_text_that_a_database_cannot_hold_is_kept_escaped(ledger: Ledger) -> None:
    message = a_start(tag="a\ud800\0b")
    first = await ledger.start_transaction(message)
    assert first.session.id_tag == "a\\ud800\\x00b"
    assert (await ledger.start_transaction(message)).duplicate


async def test_a_repeated_stop_changes_nothing(ledger: Ledger) -> None:
    session = await started(ledger)
    first = await stopped(ledger, session, 3000, 60)
    assert await stopped(ledger, session, 3000, 60) == first
    assert await ledger.quarantined(CHARGER) == ()


@pytest.mark.parametrize(
    ("meter", "minute", "reason"),
    [
        (3001, 60, "EVDisconnected"),
        (3000, 61, "EVDisconnected"),
        (3000, 60, "Local"),
    ],
)
async def test_the_first_stop_counts_and_another_is_quarantined(
    ledger: Ledger, meter: int, minute: float, reason: str
) -> None:
    session = await started(ledger)
    first = await stopped(ledger, session, 3000, 60)
    again = await ledger.stop_transaction(a_stop(session, meter, minute, reason=reason))
    assert again == first
    (entry,) = await ledger.quarantined(CHARGER)
    assert (entry.action, entry.payload) == ("StopTransaction", "stop")


async def test_a_stop_without_meter_value_ends_at_the_last_register(ledger: Ledger) -> None:
    session = await started(ledger)
    await sampled(ledger, (1800, 30))
    ended = await stopped(ledger, session, None, 60)
    assert (ended.meter_stop_wh, ended.energy_wh) == (1800, 800)
    assert await stopped(ledger, session, None, 60) == ended


async def test_no_charger_ends_the_session_of_another(ledger: Ledger) -> None:
    session = await started(ledger)
    assert await ledger.stop_transaction(a_stop(session, 9000, charger="CP2")) is None
    assert (await told(ledger, session)).stopped_at is None
    (entry,) = await ledger.quarantined("CP2")
    assert entry.reason == "unknown transaction"


@pytest.mark.parametrize("transaction", [-1, 0, 12345, 2**31, 10**30])
async def test_an_unknown_stop_is_quarantined(ledger: Ledger, transaction: int) -> None:
    session = await started(ledger)
    stop = a_stop(session, 9000)
    unknown = type(stop)(
        charge_point_id=CHARGER,
        transaction_id=transaction,
        meter_stop_wh=9000,
        stopped_at=T0,
        received_at=T0,
        reason="Local",
    )
    assert await ledger.stop_transaction(unknown) is None
    (entry,) = await ledger.quarantined(CHARGER)
    assert str(transaction) in entry.payload
    assert await ledger.open_sessions(CHARGER) == (session,)


@pytest.mark.parametrize(
    ("samples", "meter_stop", "energy", "flags"),
    [
        pytest.param([], 990, 0, ["stop_below_start"], id="a little below start"),
        pytest.param([], 0, 0, ["stop_below_start"], id="at zero, near start"),
        pytest.param([(1040, 10)], 990, 0, ["stop_below_start", "stop_below_sample"], id="rounded"),
        pytest.param([(3456, 10)], 3000, 2000, ["stop_below_sample"], id="rounded to kWh"),
        pytest.param(
            [(9000, 10)], 0, 8000, ["stop_below_start", "register_reset"], id="zero at the end"
        ),
        pytest.param([(9000, 10)], 5000, 8000, ["register_reset"], id="fallen at the end"),
        pytest.param(
            [(9000, 10), (0, 20)], 500, 8500, ["register_reset"], id="reset before the end"
        ),
        pytest.param(
            [(9000, 10), (0, 60)], 0, 8000, ["stop_below_start", "register_reset"], id="same zero"
        ),
        pytest.param([(9000, 10), (0, 20)], 9500, 8500, [], id="one zero in between"),
        pytest.param([], 939_000, 0, ["register_jump"], id="lifetime register at the end"),
        pytest.param([(939_000, 1)], 940_000, 1000, ["register_jump"], id="lifetime register"),
    ],
)
async def test_what_samples_prove_stands_whatever_meter_stop_says(
    ledger: Ledger,
    samples: list[tuple[int, float]],
    meter_stop: int,
    energy: int,
    flags: list[str],
) -> None:
    session = await started(ledger)
    await sampled(ledger, *samples)
    ended = await stopped(ledger, session, meter_stop, 60)
    assert (ended.energy_wh, list(ended.flags)) == (energy, flags)
    assert ended.meter_stop_wh == meter_stop
    assert sum((await sliced(ledger, session)).values()) == energy


async def test_a_register_that_rolls_over_between_start_and_stop(ledger: Ledger) -> None:
    session = await started(ledger, a_start(2**32 - 400))
    ended = await stopped(ledger, session, 600, 60)
    assert (ended.energy_wh, ended.flags) == (1000, (SessionFlag.REGISTER_ROLLOVER,))


async def test_a_session_that_another_replaces_ends_with_what_is_known(ledger: Ledger) -> None:
    first = await started(ledger)
    await sampled(ledger, (2000, 30))
    second = await started(ledger, a_start(2500, 60))
    closed = await told(ledger, first)
    assert (closed.stop_reason, closed.flags) == (SUPERSEDED, ("interrupted",))
    assert (closed.stopped_at, closed.energy_wh) == (minutes(30), 1000)
    assert await ledger.open_sessions(CHARGER) == (second,)
    assert await ledger.unattributed(CHARGER) == 500


async def test_the_stop_of_a_replaced_session_still_completes_it(ledger: Ledger) -> None:
    first = await started(ledger)
    await sampled(ledger, (2000, 30))
    await started(ledger, a_start(2500, 60))
    ended = await stopped(ledger, first, 2400, 50)
    assert (ended.energy_wh, ended.stop_reason) == (1400, "EVDisconnected")
    assert ended.stopped_at == minutes(50)
    assert await ledger.unattributed(CHARGER) == 100
    assert await stopped(ledger, first, 2400, 50) == ended


async def test_connectors_and_chargers_do_not_replace_each_others_sessions(ledger: Ledger) -> None:
    sessions = [
        await started(ledger, a_start(connector=connector, charger=charger, minute=minute))
        for minute, (charger, connector) in enumerate([(CHARGER, 1), (CHARGER, 2), ("CP2", 1)])
    ]
    for session in sessions:
        assert (await told(ledger, session)).stopped_at is None


@pytest.mark.parametrize(
    "claimed",
    [datetime(1970, 1, 1, tzinfo=UTC), datetime(2019, 12, 31, tzinfo=UTC), minutes(24 * 60 + 1)],
)
async def test_an_impossible_clock_is_replaced_and_its_energy_kept(
    ledger: Ledger, claimed: datetime
) -> None:
    """A whole session told after a night offline, by a charger that never knew the time."""
    session = await started(ledger, a_start(1000, at=claimed, received=T0))
    assert (session.started_at, session.flags) == (T0, ("clock",))
    reading = a_sample(30_000, 0, at=claimed, received=T0, transaction=session.transaction_id)
    await ledger.record_meters([reading])
    ended = await ledger.stop_transaction(a_stop(session, 41_000, at=claimed, received=T0))
    assert ended is not None
    assert (ended.energy_wh, ended.stopped_at, ended.flags) == (40_000, T0, ("clock",))
    again = await ledger.start_transaction(a_start(1000, at=claimed, received=minutes(5)))
    assert again.duplicate
    assert await ledger.lifetime(CHARGER, 1) == 41_000


async def test_a_day_ahead_is_still_believed(ledger: Ledger) -> None:
    session = await started(ledger, a_start(at=minutes(24 * 60), received=T0))
    assert (session.started_at, session.flags) == (minutes(24 * 60), ())


async def test_a_clock_that_is_set_back_during_a_session(ledger: Ledger) -> None:
    session = await started(ledger)
    ended = await stopped(ledger, session, 13_000, -60)
    assert (ended.energy_wh, ended.stopped_at, ended.flags) == (12_000, T0, ("clock",))


@pytest.mark.parametrize("register", [-1, 2**53])
def test_a_register_that_no_meter_has_is_refused(register: int) -> None:
    with pytest.raises(ValueError, match="register"):
        a_start(register)


async def test_naive_times_are_refused(ledger: Ledger) -> None:
    naive = T0.replace(tzinfo=None)
    session = await started(ledger)
    for build in (
        lambda: a_start(at=naive, received=T0),
        lambda: a_start(at=T0, received=naive),
        lambda: a_stop(session, 1, at=naive),
        lambda: a_sample(1, 0, at=naive),
    ):
        with pytest.raises(ValueError, match="time zone"):
            build()
    for call in (ledger.unplugged, ledger.charging_ended):
        with pytest.raises(ValueError, match="time zone"):
            await call(CHARGER, 1, naive)
    with pytest.raises(ValueError, match="time zone"):
        await ledger.sessions(since=naive)


async def test_times_keep_their_microseconds(ledger: Ledger) -> None:
    moment = T0 + timedelta(microseconds=123_457)
    assert (await started(ledger, a_start(at=moment))).started_at == moment


async def test_open_sessions_of_chargers_that_are_gone_end_with_what_is_known(
    ledger: Ledger,
) -> None:
    gone = await started(ledger)
    await sampled(ledger, (2000, 30))
    here = await started(ledger, a_start(charger="CP2"))
    (closed,) = await ledger.interrupt_others(["CP2", "CP3"])
    assert closed == await told(ledger, gone)
    assert (closed.stop_reason, closed.flags) == (LOST_STOP, ("interrupted",))
    assert (closed.stopped_at, closed.energy_wh) == (minutes(30), 1000)
    assert await ledger.open_sessions("CP2") == (here,)
    assert await ledger.interrupt_others(["CP2", "CP3"]) == ()


async def test_stop_of_a_session_whose_charger_was_gone_completes_it_once(ledger: Ledger) -> None:
    session = await started(ledger)
    await sampled(ledger, (2000, 30))
    await ledger.interrupt_others([])
    # It has come back, and charges on.
    late = a_sample(3000, 60, transaction=session.transaction_id)
    await ledger.record_meters([late])
    assert (await told(ledger, session)).energy_wh == 1000
    for _ in range(2):
        ended = await stopped(ledger, session, 4000, 90)
        assert (ended.energy_wh, ended.stop_reason) == (3000, "EVDisconnected")
        assert (ended.stopped_at, ended.flags) == (minutes(90), ("interrupted",))
    assert sum((await sliced(ledger, session)).values()) == 3000
    assert await ledger.unattributed(CHARGER) == 0
    assert await ledger.lifetime(CHARGER, 1) == 4000
