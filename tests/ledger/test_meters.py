"""Meter samples as a charger may send them."""

from datetime import timedelta

import pytest

from custom_components.zmartcharge.ledger import Ledger

from .builders import (
    CHARGER,
    T0,
    a_sample,
    a_start,
    minutes,
    sampled,
    sliced,
    started,
    stopped,
    told,
)


async def test_samples_move_the_session_and_fill_its_quarters(ledger: Ledger) -> None:
    session = await started(ledger)
    await sampled(ledger, (2000, 10), (3000, 20))
    now = await told(ledger, session)
    assert (now.last_register_wh, now.last_sample_at, now.energy_wh) == (3000, minutes(20), 2000)
    assert await sliced(ledger, session) == {"2026-10-01T12:00": 1500, "2026-10-01T12:15": 500}


async def test_samples_of_one_message_count_in_the_order_of_their_times(ledger: Ledger) -> None:
    session = await started(ledger)
    await ledger.record_meters([a_sample(3000, 20), a_sample(2000, 10), a_sample(2500, 15)])
    assert await sliced(ledger, session) == {"2026-10-01T12:00": 1500, "2026-10-01T12:15": 500}


@pytest.mark.parametrize("transaction", [None, -1, 0])
async def test_a_sample_without_a_transaction_is_the_open_sessions(
    ledger: Ledger, transaction: int | None
) -> None:
    session = await started(ledger)
    await ledger.record_meters([a_sample(1500, 10, transaction=transaction)])
    assert (await told(ledger, session)).energy_wh == 500


async def test_a_transaction_is_known_whatever_the_connector_says(ledger: Ledger) -> None:
    session = await started(ledger, a_start(connector=2))
    reading = a_sample(1500, 10, transaction=session.transaction_id, connector=0)
    await ledger.record_meters([reading])
    assert (await told(ledger, session)).energy_wh == 500
    assert await ledger.last_register(CHARGER, 2) == (1500, minutes(10))
    assert await ledger.last_register(CHARGER, 0) is None


async def test_the_main_meter_of_a_charger_is_no_connectors(ledger: Ledger) -> None:
    session = await started(ledger)
    await ledger.record_meters([a_sample(700_000, 10, connector=0)])
    await ledger.record_meters([a_sample(700_500, 20, connector=0)])
    assert (await told(ledger, session)).energy_wh == 0
    assert await ledger.lifetime(CHARGER, 0) == 700_500
    assert await ledger.lifetime(CHARGER, 1) == 1000
    assert await ledger.unattributed(CHARGER) == 0


async def test_samples_of_other_chargers_and_transactions_do_not_touch_a_session(
    ledger: Ledger,
) -> None:
    session = await started(ledger)
    await ledger.record_meters(
        [
            a_sample(2000, 10, charger="CP2", transaction=session.transaction_id),
            a_sample(2000, 10, connector=2),
            a_sample(1900, 10, transaction=session.transaction_id % (2**31 - 1) + 1),
        ]
    )
    assert (await told(ledger, session)).energy_wh == 0
    # A transaction that is unknown still takes energy through the same register.
    assert await ledger.unattributed(CHARGER) == 900
    await sampled(ledger, (2000, 20))
    assert (await told(ledger, session)).energy_wh == 1000
    assert await ledger.unattributed(CHARGER) == 0


async def test_a_sample_from_before_the_session_is_not_its(ledger: Ledger) -> None:
    session = await started(ledger)
    await ledger.record_meters([a_sample(1500, -1, transaction=session.transaction_id)])
    assert (await told(ledger, session)).energy_wh == 0


async def test_a_register_that_is_reset_in_a_session_loses_nothing_proven(ledger: Ledger) -> None:
    session = await started(ledger)
    await sampled(ledger, (3000, 10), (0, 20), (500, 30), (900, 40))
    now = await told(ledger, session)
    assert (now.energy_wh, now.last_register_wh, now.flags) == (2900, 900, ("register_reset",))
    ended = await stopped(ledger, session, 1200, 50)
    assert ended.energy_wh == 3200
    assert sum((await sliced(ledger, session)).values()) == 3200


async def test_a_register_that_rolls_over_in_a_session(ledger: Ledger) -> None:
    session = await started(ledger, a_start(2**32 - 1000))
    await sampled(ledger, (2**32 - 500, 10), (500, 20))
    assert (await told(ledger, session)).energy_wh == 1500
    ended = await stopped(ledger, session, 1500, 30)
    assert (ended.energy_wh, ended.flags) == (2500, ("register_rollover",))


async def test_a_register_that_falls_to_zero_once_makes_no_spike(ledger: Ledger) -> None:
    session = await started(ledger, a_start(16_000_000))
    await sampled(ledger, (16_001_000, 10), (0, 20), (16_002_000, 30))
    assert (await told(ledger, session)).energy_wh == 2000
    assert await ledger.lifetime(CHARGER, 1) == 16_002_000


async def test_a_lifetime_register_after_a_start_at_zero_is_no_energy(ledger: Ledger) -> None:
    """As evcc issue 29654: a session of 939 kWh."""
    session = await started(ledger, a_start(0))
    await sampled(ledger, (939_000, 480), (940_000, 500), (941_000, 520))
    now = await told(ledger, session)
    assert (now.energy_wh, now.flags) == (2000, ("register_jump",))


async def test_an_impossible_clock_of_a_sample_is_flagged(ledger: Ledger) -> None:
    session = await started(ledger)
    await ledger.record_meters([a_sample(1500, 0, at=T0.replace(year=1970), received=minutes(5))])
    now = await told(ledger, session)
    assert (now.energy_wh, now.last_sample_at, now.flags) == (500, minutes(5), ("clock",))


async def test_right_samples_after_a_start_with_a_wrong_clock_are_believed(ledger: Ledger) -> None:
    """The session began hours before it could be told, so its first step is large."""
    session = await started(ledger, a_start(at=T0.replace(year=1970), received=T0))
    await sampled(ledger, (26_000, 1))
    assert (await told(ledger, session)).energy_wh == 25_000
    assert await ledger.lifetime(CHARGER, 1) == 26_000


async def test_closing_values_after_the_stop_do_not_pass_it(ledger: Ledger) -> None:
    session = await started(ledger)
    ended = await stopped(ledger, session, 3000, 60)
    await ledger.record_meters([a_sample(3010, 61, transaction=session.transaction_id)])
    await sampled(ledger, (3010, 61))
    assert await told(ledger, session) == ended
    # Rounded, not delivered: the next session begins where this one ended.
    assert await ledger.unattributed(CHARGER) == 10
    await started(ledger, a_start(3000, 70))
    assert await ledger.unattributed(CHARGER) == 0


@pytest.mark.parametrize(
    ("meter_stop", "next_start", "unattributed"),
    [(3000, 3000, 0), (3000, 3456, 456), (3456, 3456, 0), (3456, 3455, 0), (3456, 4000, 544)],
)
async def test_the_gap_before_a_session_is_unattributed(
    ledger: Ledger, meter_stop: int, next_start: int, unattributed: int
) -> None:
    session = await started(ledger)
    await sampled(ledger, (3456, 30))
    await stopped(ledger, session, meter_stop, 60)
    await started(ledger, a_start(next_start, 90))
    assert await ledger.unattributed(CHARGER) == unattributed


async def test_a_lower_register_at_the_next_start_is_a_reset_and_no_gap(ledger: Ledger) -> None:
    await stopped(ledger, await started(ledger), 9000, 60)
    session = await started(ledger, a_start(0, 90))
    assert session.flags == ("register_reset",)
    assert await ledger.unattributed(CHARGER) == 0
    await sampled(ledger, (400, 100))
    assert (await told(ledger, session)).energy_wh == 400
    assert await ledger.lifetime(CHARGER, 1) == 9400


async def test_a_roll_over_between_sessions_is_a_gap_of_what_was_delivered(ledger: Ledger) -> None:
    await stopped(ledger, await started(ledger, a_start(2**32 - 900)), 2**32 - 300, 60)
    session = await started(ledger, a_start(200, 90))
    assert session.flags == ("register_rollover",)
    assert await ledger.unattributed(CHARGER) == 500


async def test_another_charger_in_its_place_is_no_gap(ledger: Ledger) -> None:
    await stopped(ledger, await started(ledger), 9000, 60)
    session = await started(ledger, a_start(7_000_000, 61))
    assert session.flags == ("register_jump",)
    await sampled(ledger, (7_001_000, 70), (7_002_000, 80))
    assert (await told(ledger, session)).energy_wh == 2000
    assert await ledger.unattributed(CHARGER) == 0
    assert await ledger.lifetime(CHARGER, 1) == 9000 + 2000


async def test_idle_readings_before_the_first_session(ledger: Ledger) -> None:
    await sampled(ledger, (100, 0), (300, 10))
    assert await ledger.unattributed(CHARGER) == 200
    await started(ledger, a_start(350, 20))
    assert await ledger.unattributed(CHARGER) == 250
    assert await ledger.unattributed("CP2") == 0


@pytest.mark.parametrize("register", [None, 1500])
async def test_signed_values_are_kept_once_and_as_they_came(
    ledger: Ledger, register: int | None
) -> None:
    session = await started(ledger)
    first = a_sample(register, 10, signed="OCMF|1|x\0")
    second = a_sample(register, 10, signed="OCMF|2", transaction=session.transaction_id)
    await ledger.record_meters([first, second])
    await ledger.record_meters([first])
    values = await ledger.signed_values(session.id)
    assert [(one.sampled_at, one.value) for one in values] == [
        (minutes(10), "OCMF|1|x\\x00"),
        (minutes(10), "OCMF|2"),
    ]


@pytest.mark.parametrize(("late", "kept"), [(60, 1), (301, 0)])
async def test_signed_closing_values_belong_to_the_session_that_just_ended(
    ledger: Ledger, late: int, kept: int
) -> None:
    session = await started(ledger)
    await stopped(ledger, session, 2000, 60)
    at = minutes(60) + timedelta(seconds=late)
    await ledger.record_meters([a_sample(None, 0, at=at, signed="end")])
    assert len(await ledger.signed_values(session.id)) == kept


async def test_no_samples_at_all_are_no_trouble(ledger: Ledger) -> None:
    await ledger.record_meters([])
    await ledger.record_meters([a_sample(None, 0)])
    assert await ledger.last_register(CHARGER, 1) is None
