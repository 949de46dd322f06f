"""Sessions of the past, told after the charger was offline."""

from custom_components.zmartcharge.ledger import Ledger

from .builders import CHARGER, a_sample, a_start, a_stop, minutes, sampled, started, stopped, told


async def test_a_session_of_the_past_does_not_end_the_newer_one(ledger: Ledger) -> None:
    newer = await started(ledger, a_start(5000, 120))
    older = await started(ledger, a_start(1000, 0, received=minutes(121)))
    assert (await told(ledger, newer)).stopped_at is None
    ended = await ledger.stop_transaction(a_stop(older, 4000, 60, received=minutes(121)))
    assert ended is not None and ended.energy_wh == 3000
    assert await ledger.open_sessions(CHARGER) == (newer,)
    await sampled(ledger, (5600, 130))
    assert (await told(ledger, newer)).energy_wh == 600


async def test_energy_moves_from_unattributed_to_the_session_that_is_told_late(
    ledger: Ledger,
) -> None:
    await stopped(ledger, await started(ledger, a_start(0, 0)), 1000, 30)
    await started(ledger, a_start(8000, 600))
    assert await ledger.unattributed(CHARGER) == 7000

    late = await started(ledger, a_start(1200, 100, received=minutes(601)))
    reading = a_sample(3000, 150, transaction=late.transaction_id)
    await ledger.record_meters([reading])
    assert await ledger.unattributed(CHARGER) == 5200
    await stopped(ledger, late, 5000, 200)
    assert await ledger.unattributed(CHARGER) == 3200
    await stopped(ledger, late, 5000, 200)
    assert await ledger.unattributed(CHARGER) == 3200


async def test_two_late_sessions_are_told_in_the_wrong_order(ledger: Ledger) -> None:
    await stopped(ledger, await started(ledger, a_start(0, 0)), 1000, 30)
    await started(ledger, a_start(8000, 600))
    third = await started(ledger, a_start(5000, 300))
    await stopped(ledger, third, 7000, 400)
    second = await started(ledger, a_start(1000, 100))
    await stopped(ledger, second, 4000, 200)
    # 4000 to 5000 and 7000 to 8000 were delivered outside of any session.
    assert await ledger.unattributed(CHARGER) == 2000


async def test_a_late_session_explains_what_idle_readings_showed(ledger: Ledger) -> None:
    await stopped(ledger, await started(ledger, a_start(0, 0)), 1000, 30)
    await sampled(ledger, (4000, 600))
    assert await ledger.unattributed(CHARGER) == 3000
    late = await started(ledger, a_start(1500, 100, received=minutes(601)))
    await stopped(ledger, late, 3500, 200)
    assert await ledger.unattributed(CHARGER) == 1000
    await started(ledger, a_start(4000, 700))
    assert await ledger.unattributed(CHARGER) == 1000
    assert await ledger.lifetime(CHARGER, 1) == 4000


async def test_samples_that_were_the_new_sessions_leave_the_one_it_replaces(
    ledger: Ledger,
) -> None:
    """The charger sends samples at once, but StartTransaction only when its queue is empty."""
    lost_stop = await started(ledger, a_start(1000, 0))
    await sampled(ledger, (2000, 30), (7000, 90))
    assert (await told(ledger, lost_stop)).energy_wh == 6000
    late = await started(ledger, a_start(3000, 60, received=minutes(91)))
    closed = await told(ledger, lost_stop)
    assert (closed.energy_wh, closed.stopped_at) == (2000, minutes(60))
    assert sum(part.wh for part in await ledger.slices(closed.id)) == 2000
    ended = await stopped(ledger, late, 7500, 120)
    assert ended.energy_wh == 4500
    assert await ledger.unattributed(CHARGER) == 0


async def test_samples_from_after_a_late_stop_are_not_the_sessions(ledger: Ledger) -> None:
    session = await started(ledger, a_start(1000, 0))
    await sampled(ledger, (9000, 90))
    ended = await stopped(ledger, session, 4000, 60)
    assert (ended.energy_wh, ended.flags) == (3000, ("stop_below_sample",))
    assert await ledger.unattributed(CHARGER) == 5000


async def test_three_replays_of_a_whole_session_change_nothing(ledger: Ledger) -> None:
    for _ in range(3):
        session = await started(ledger)
        for register, minute in ((2000, 15), (3000, 30)):
            reading = a_sample(register, minute, transaction=session.transaction_id)
            await ledger.record_meters([reading, reading])
        await stopped(ledger, session, 3500, 45)
    (kept,) = await ledger.sessions()
    assert kept.energy_wh == 2500
    assert await ledger.unattributed(CHARGER) == 0
    assert await ledger.lifetime(CHARGER, 1) == 3500
