"""Line currents of loads in the three kinds of supply."""

from math import sqrt

import pytest

from simulator import GridType, Phase, charger_wiring, wire


@pytest.mark.parametrize(
    ("grid", "terminals", "lines", "watts"),
    [
        (GridType.TN_400, "L1-N", (1, 0, 0), 230),
        (GridType.TN_400, "L3-N", (0, 0, 1), 230),
        (GridType.TN_400, "L1-L2-L3", (1, 1, 1), 690),
        (GridType.TN_400, "L1-L2", (1, 1, 0), 230 * sqrt(3)),
        (GridType.TN_400, "L2-N+L3-N", (0, 1, 1), 460),
        (GridType.IT_230, "L1-L2", (1, 1, 0), 230),
        (GridType.IT_230, "L3-L1", (1, 0, 1), 230),
        (GridType.IT_230, "L1-L2-L3", (1, 1, 1), 230 * sqrt(3)),
        (GridType.IT_230, "L1-L3+L2-L3", (1, 1, sqrt(3)), 460),
        (GridType.IT_230, "L1-L2+L2-L3+L3-L1", (sqrt(3), sqrt(3), sqrt(3)), 690),
        (GridType.SINGLE_PHASE, "L1-N", (1, 0, 0), 230),
    ],
)
def test_one_ampere_through_a_load_gives_these_line_currents(
    grid: GridType, terminals: str, lines: tuple[float, ...], watts: float
) -> None:
    wiring = wire(grid, terminals)
    assert wiring.amperes_per_ampere == pytest.approx(lines)
    assert wiring.watts_per_ampere == pytest.approx(watts)


@pytest.mark.parametrize(
    ("grid", "terminals"),
    [
        (GridType.IT_230, "L1-N"),
        (GridType.SINGLE_PHASE, "L2-N"),
        (GridType.SINGLE_PHASE, "L1-L2-L3"),
        (GridType.TN_400, "L1"),
        (GridType.TN_400, "L1-L1"),
        (GridType.TN_400, "L1-L4"),
        (GridType.TN_400, ""),
        (GridType.TN_400, "N-L1"),
    ],
)
def test_wiring_that_the_grid_does_not_have_is_refused(grid: GridType, terminals: str) -> None:
    with pytest.raises(ValueError):
        wire(grid, terminals)


@pytest.mark.parametrize(
    ("grid", "phases", "first", "lines"),
    [
        (GridType.TN_400, 1, Phase.L1, (1, 0, 0)),
        (GridType.TN_400, 1, Phase.L2, (0, 1, 0)),
        (GridType.TN_400, 3, Phase.L3, (1, 1, 1)),
        (GridType.IT_230, 1, Phase.L1, (1, 1, 0)),
        (GridType.IT_230, 1, Phase.L3, (1, 0, 1)),
        (GridType.IT_230, 3, Phase.L1, (1, 1, sqrt(3))),
        (GridType.IT_230, 3, Phase.L2, (sqrt(3), 1, 1)),
        (GridType.SINGLE_PHASE, 1, Phase.L1, (1, 0, 0)),
    ],
)
def test_a_charger_loads_the_lines_it_is_connected_to(
    grid: GridType, phases: int, first: Phase, lines: tuple[float, ...]
) -> None:
    assert charger_wiring(grid, phases, first).amperes_per_ampere == pytest.approx(lines)


@pytest.mark.parametrize(
    ("grid", "phases"), [(GridType.SINGLE_PHASE, 3), (GridType.TN_400, 2), (GridType.IT_230, 0)]
)
def test_a_charger_has_one_or_three_phases_that_are_there(grid: GridType, phases: int) -> None:
    with pytest.raises(ValueError):
        charger_wiring(grid, phases)


def test_loads_between_different_lines_add_as_phasors() -> None:
    one = wire(GridType.IT_230, "L1-L2").phasors(10)
    two = wire(GridType.IT_230, "L2-L3").phasors(10)
    shared = [abs(a + b) for a, b in zip(one, two, strict=True)]
    assert shared == pytest.approx([10, 10 * sqrt(3), 10])
