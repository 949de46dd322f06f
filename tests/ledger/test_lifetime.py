"""The energy sensor's value: it never falls and never leaps."""

import pytest

from custom_components.zmartcharge.ledger import Ledger

from .builders import CHARGER, a_start, sampled, started, stopped


async def test_it_is_unknown_until_the_register_was_seen_above_zero(ledger: Ledger) -> None:
    assert await ledger.lifetime(CHARGER, 1) is None
    await sampled(ledger, (0, 0))
    assert await ledger.lifetime(CHARGER, 1) is None
    await sampled(ledger, (250, 10))
    assert await ledger.lifetime(CHARGER, 1) == 250


@pytest.mark.parametrize(
    ("readings", "lifetime"),
    [
        pytest.param([(51_000, 10)], 51_000, id="rises"),
        pytest.param([(51_000, 10), (50_500, 5)], 51_000, id="wrong order"),
        pytest.param([(0, 10)], 50_000, id="zero"),
        pytest.param([(0, 10), (0, 20), (900, 30)], 50_900, id="reset"),
        pytest.param([(0, 10), (50_400, 20)], 50_400, id="one zero"),
        pytest.param([(16_000_000, 10)], 50_000, id="leap"),
        pytest.param([(16_000_000, 10), (50_300, 20)], 50_300, id="one leap"),
        pytest.param([(16_000_000, 10), (16_000_200, 20)], 50_200, id="leap that stays"),
        pytest.param([(450_000, 24 * 60 * 60)], 450_000, id="two months unseen"),
    ],
)
async def test_it_follows_the_register_through_its_faults(
    ledger: Ledger, readings: list[tuple[int, float]], lifetime: int
) -> None:
    await sampled(ledger, (50_000, 0))
    seen = [50_000]
    for reading in readings:
        await sampled(ledger, reading)
        now = await ledger.lifetime(CHARGER, 1)
        assert now is not None
        seen.append(now)
    assert seen == sorted(seen)
    assert seen[-1] == lifetime


async def test_it_adds_up_the_sessions_of_a_charger_without_lifetime_register(
    ledger: Ledger,
) -> None:
    for number, energy in enumerate((8000, 5000)):
        session = await started(ledger, a_start(0, number * 100))
        await sampled(ledger, (500, number * 100 + 10), (1500, number * 100 + 20))
        assert (await stopped(ledger, session, energy, number * 100 + 90)).energy_wh == energy
    assert await ledger.lifetime(CHARGER, 1) == 13_000


async def test_it_outlives_a_restart(url: str) -> None:
    ledger = await Ledger.open(url)
    await sampled(ledger, (50_000, 0), (0, 10))
    await ledger.close()
    ledger = await Ledger.open(url)
    await sampled(ledger, (600, 20))
    assert await ledger.lifetime(CHARGER, 1) == 50_600
    await ledger.close()
