"""Lists of sessions: their pages, and what each of them cost."""

from datetime import timedelta
from decimal import Decimal

from custom_components.zmartcharge.ledger import Correction, Ledger

from .builders import T0
from .priced import SITE, charged, prices_from

LATER = T0 + timedelta(days=1)


async def test_pages_follow_each_other_though_all_began_at_the_same_moment(ledger: Ledger) -> None:
    made = {
        (await charged(ledger, [(0, 0), (15, 1000)], charger=f"CP{number}")).id
        for number in range(7)
    }
    seen: list[str] = []
    while page := await ledger.past.page(before=seen[-1] if seen else None, limit=3):
        seen += [session.id for session in page]
    assert len(seen) == 7
    assert set(seen) == made


async def test_nobody_is_shown_what_is_on_no_connector_of_theirs(ledger: Ledger) -> None:
    mine = await charged(ledger, [(0, 0), (15, 1000)], connector=2)
    await charged(ledger, [(0, 0), (15, 1000)], connector=1)
    await charged(ledger, [(0, 0), (15, 1000)], charger="CP2", connector=2)
    (found,) = await ledger.past.page(connectors=(("CP1", 2),), limit=9)
    assert found.id == mine.id
    assert await ledger.past.page(connectors=(), limit=9) == ()


async def test_costs_are_those_of_each_session_alone(ledger: Ledger) -> None:
    await ledger.hold_prices(SITE, prices_from(T0, "1", "2"), T0)
    plain = await charged(ledger, [(0, 0), (60, 1000), (120, 3000)])
    corrected = await charged(ledger, [(0, 0), (60, 1000)], charger="CP2")
    empty = await charged(ledger, [(0, 0), (60, 0)], charger="CP3")
    unpriced = await charged(ledger, [(0, 0), (60, 1000)], charger="CP4", site="elsewhere")
    await ledger.correct(
        Correction(session_id=corrected.id, corrected_at=LATER, energy_wh=500, reason="meter")
    )
    ids = [plain.id, corrected.id, empty.id, unpriced.id]
    found = await ledger.past.costs([*ids, "gone"])
    assert found == {each: await ledger.session_cost(each) for each in ids}
    assert [found[each].amount for each in ids] == [Decimal(5), Decimal("0.5"), Decimal(0), None]
    assert found[unpriced.id].energy_without_price == 1000


async def test_no_sessions_cost_nothing(ledger: Ledger) -> None:
    assert await ledger.past.costs([]) == {}
