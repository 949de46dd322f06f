"""What the total power tells of a reduction."""

import pytest

from custom_components.zmartcharge.units import Phase

from .builders import L2, Car, Loop, charger


@pytest.mark.parametrize("power", [True, False])
def test_second_load_that_comes_while_the_car_gives_way_is_seen_soon(*, power: bool) -> None:
    """The car gives way to a first load, and a second one comes in the seconds that takes."""

    def house(second: float) -> dict[Phase, float]:
        taken = 9.0 + (4.0 if second >= 301 else 0.0) + (5.0 if second >= 316 else 0.0)
        return dict.fromkeys(Phase, 9.0) | {L2: taken}

    loop = Loop(house, [Car(charger("a"))], power=power)
    loop.run(400)
    over = [second for second, total in enumerate(loop.totals, 1) if total > 25.0 + 1e-6]
    assert over[-1] <= (325 if power else 335)
