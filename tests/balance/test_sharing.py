"""Properties of the shares, against an oracle that tries everything."""

from itertools import product
from math import sqrt

from hypothesis import example, given, settings, strategies as st

from custom_components.zmartcharge.balance.sharing import Consumer, Resource, Route, share

LINES: tuple[Resource, ...] = (("line", "l1"), ("line", "l2"), ("line", "l3"))
VECTORS = [
    (1.0, 1.0, 1.0),
    (1.0, 0.0, 0.0),
    (0.0, 1.0, 0.0),
    (0.0, 0.0, 1.0),
    (1.0, 1.0, 0.0),
    (1.0, 1.0, sqrt(3)),
    (sqrt(3), 1.0, 1.0),
]

#: How long an example takes depends on who else uses the machine.
QUICK = settings(deadline=None)
vectors = st.sampled_from(VECTORS)
slacks = st.tuples(*[st.floats(-5, 63, allow_nan=False)] * 3)


@st.composite
def consumers(
    draw: st.DrawFn, *, alike: bool = False, least: int = 1, most: int = 4
) -> list[Consumer]:
    count = draw(st.integers(least, most))
    common = draw(vectors)
    found = []
    for index in range(count):
        vector = common if alike else draw(vectors)
        maximum = float(draw(st.integers(6, 32)))
        group = 0 if alike else draw(st.integers(0, 1))
        found.append(consumer(f"c{index}", vector, maximum, group=group))
    return found


def consumer(
    name: str,
    vector: tuple[float, ...],
    maximum: float = 32.0,
    *,
    group: int = 0,
    step: float = 1.0,
) -> Consumer:
    weights = {line: weight for line, weight in zip(LINES, vector, strict=True) if weight}
    return Consumer(
        id=name,
        group=(group,),
        minimum=6.0,
        maximum=maximum,
        wish=maximum,
        step=step,
        routes=(Route(feed=0, phases=3, weights=weights),),
    )


def shared(wanting: list[Consumer], slack: tuple[float, ...]) -> dict[str, float]:
    result = share(wanting, dict(zip(LINES, slack, strict=True)))
    return {name: given.current for name, given in result.items()}


def fits(wanting: list[Consumer], amperes: dict[str, float], slack: tuple[float, ...]) -> bool:
    return all(
        sum(c.routes[0].weights.get(line, 0.0) * amperes[c.id] for c in wanting) <= left + 1e-5
        for line, left in zip(LINES, slack, strict=True)
        if any(amperes[c.id] and c.routes[0].weights.get(line) for c in wanting)
    )


@QUICK
@given(consumers(), slacks)
def test_no_line_gets_more_than_it_can_carry(
    wanting: list[Consumer], slack: tuple[float, ...]
) -> None:
    assert fits(wanting, shared(wanting, slack), slack)


@QUICK
@given(consumers(), slacks)
def test_nobody_gets_less_than_its_minimum_or_more_than_it_may(
    wanting: list[Consumer], slack: tuple[float, ...]
) -> None:
    given_to = shared(wanting, slack)
    assert all(given_to[c.id] == 0 or 6 <= given_to[c.id] <= c.maximum for c in wanting)


@QUICK
@given(consumers(), slacks)
@example(
    # Two that use l1 unequally: what rounding leaves is two steps of one and none of the other.
    [consumer("c0", (1.0, 1.0, 1.0), 9.0), consumer("c1", (sqrt(3), 1.0, 1.0), 8.0)],
    (21.5, 16.0, 16.0),
)
def test_no_ampere_is_wasted(wanting: list[Consumer], slack: tuple[float, ...]) -> None:
    given_to = shared(wanting, slack)
    for c in wanting:
        more = dict(given_to) | {c.id: given_to[c.id] + 1}
        if 0 < given_to[c.id] < c.maximum:
            assert not fits(wanting, more, slack)


@QUICK
@given(consumers(alike=True), slacks, st.floats(0, 20))
def test_less_to_share_raises_nobody_on_the_same_lines(
    wanting: list[Consumer], slack: tuple[float, ...], less: float
) -> None:
    before = shared(wanting, slack)
    after = shared(wanting, tuple(left - less for left in slack))
    if all(after.values()):
        assert all(after[name] <= before[name] for name in before)


@QUICK
@given(consumers(alike=True, most=3), slacks, st.integers(6, 32))
def test_one_more_charger_raises_nobody_on_the_same_lines(
    wanting: list[Consumer], slack: tuple[float, ...], maximum: int
) -> None:
    weights = wanting[0].routes[0].weights
    vector = tuple(weights.get(line, 0.0) for line in LINES)
    before = shared(wanting, slack)
    after = shared([*wanting, consumer("new", vector, float(maximum))], slack)
    assert all(after[name] <= before[name] for name in before)


@settings(max_examples=60, deadline=None)
@given(st.lists(vectors, min_size=2, max_size=3), st.tuples(*[st.integers(20, 60)] * 3))
def test_shares_are_max_min_fair(
    wanted: list[tuple[float, ...]], slack: tuple[int, int, int]
) -> None:
    wanting = [consumer(f"c{i}", vector, 16.0, step=0.1) for i, vector in enumerate(wanted)]
    ours = shared(wanting, slack)
    if not all(ours.values()):
        return
    grid = [6 + index * 0.5 for index in range(21)]
    best: list[float] = []
    for combination in product(grid, repeat=len(wanting)):
        amperes = {c.id: value for c, value in zip(wanting, combination, strict=True)}
        if fits(wanting, amperes, slack):
            best = max(best, sorted(combination))
    # The oracle's grid is coarser than the charger's step: ours must not be below it.
    for reached, possible in zip(sorted(ours.values()), best, strict=True):
        if reached > possible:
            break
        assert reached >= possible - 0.11


@QUICK
@given(consumers(), slacks)
def test_equal_questions_have_equal_answers(
    wanting: list[Consumer], slack: tuple[float, ...]
) -> None:
    assert shared(wanting, slack) == shared(wanting, slack)
