"""What the ledger answers, keeps aside and has corrected."""

import asyncio

import pytest

from custom_components.zmartcharge.ledger import Correction, Ledger, QuarantineEntry

from .builders import CHARGER, T0, a_start, minutes, started, stopped, told


def an_entry(number: int, charger: str = CHARGER, payload: str = "{}") -> QuarantineEntry:
    return QuarantineEntry(
        charge_point_id=charger,
        received_at=minutes(number),
        action="MeterValues",
        reason=f"reason {number}",
        payload=payload,
    )


async def test_sessions_are_found_by_charger_site_and_time(ledger: Ledger) -> None:
    first, second, third = [
        await started(ledger, a_start(minute=minute, charger=charger, site=site))
        for minute, charger, site in ((0, "A", "home"), (10, "B", "home"), (20, "B", "cabin"))
    ]
    second = await told(ledger, second)
    assert await ledger.sessions() == (third, second, first)
    assert await ledger.sessions(limit=2) == (third, second)
    assert await ledger.sessions(charge_point_id="B") == (third, second)
    assert await ledger.sessions(site_id="home") == (second, first)
    assert await ledger.sessions(since=minutes(10)) == (third, second)
    assert await ledger.sessions(until=minutes(10)) == (first,)
    assert await ledger.sessions(charge_point_id="C") == ()


async def test_a_session_is_found_by_its_own_chargers_transaction(ledger: Ledger) -> None:
    session = await started(ledger)
    number = session.transaction_id
    assert await ledger.session_by_transaction(CHARGER, number) == session
    assert await ledger.session_by_transaction("CP2", number) is None
    assert await ledger.session_by_transaction(CHARGER, -1) is None
    assert await ledger.session("nonsense") is None
    assert await ledger.slices("nonsense") == ()


async def test_the_newest_of_the_quarantine_stay(ledger: Ledger) -> None:
    await ledger.quarantine(an_entry(0, "CP2"))
    await asyncio.gather(*(ledger.quarantine(an_entry(number)) for number in range(205)))
    kept = await ledger.quarantined(CHARGER)
    assert [entry.reason for entry in kept] == [f"reason {number}" for number in range(5, 205)]
    assert kept[0] == an_entry(5)
    assert await ledger.quarantined("CP2") == (an_entry(0, "CP2"),)


async def test_a_large_payload_is_cut(ledger: Ledger) -> None:
    await ledger.quarantine(an_entry(1, payload="x" * 70_000))
    (entry,) = await ledger.quarantined(CHARGER)
    assert entry.payload == "x" * 4096


async def test_a_correction_is_appended_and_the_session_stays(ledger: Ledger) -> None:
    session = await stopped(ledger, await started(ledger), 2000, 60)
    corrections = [
        Correction(session_id=session.id, corrected_at=T0, energy_wh=energy, reason="meter")
        for energy in (900, 950)
    ]
    for correction in corrections:
        assert await ledger.correct(correction)
    assert await ledger.corrections(session.id) == tuple(corrections)
    assert await told(ledger, session) == session


async def test_what_is_not_stopped_or_not_there_cannot_be_corrected(ledger: Ledger) -> None:
    session = await started(ledger)
    for session_id in (session.id, "nonsense"):
        correction = Correction(session_id=session_id, corrected_at=T0, energy_wh=1, reason="")
        assert not await ledger.correct(correction)
    with pytest.raises(ValueError, match="register"):
        Correction(session_id=session.id, corrected_at=T0, energy_wh=-1, reason="")
