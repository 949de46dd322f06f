"""The load-balancer protocol of the Pow-U."""

from datetime import UTC, datetime
import json
import string

from hypothesis import given, strategies as st
import pytest

from custom_components.zmartcharge.meter import (
    LARGEST_LOAD_BALANCER_BODY,
    MeterState,
    PayloadError,
    PayloadProblem,
    generate_token,
    load_balancer_answer,
    parse_load_balancer,
)
from custom_components.zmartcharge.units import GridType, Phase

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
TOKEN = "abcdefghij0123456789"
#: As the unit posts it.
POST = {
    "LBToken": TOKEN,
    "L1A": "6.5",
    "L2A": "0.0",
    "L3A": "3.1",
    "HighConsumption": "0",
    "CurrentPower": "1520",
}


def body(**changes: object) -> bytes:
    """Return what the unit posts; None leaves a key out."""
    return json.dumps({k: v for k, v in {**POST, **changes}.items() if v is not None}).encode()


def refused(posted: bytes) -> PayloadProblem:
    with pytest.raises(PayloadError) as err:
        parse_load_balancer(posted, received=NOW)
    return err.value.key


def test_reads_what_the_unit_posts() -> None:
    message = parse_load_balancer(body(), received=NOW)
    assert message.token == TOKEN
    assert message.reading.currents == {Phase.L1: 6.5, Phase.L2: 0.0, Phase.L3: 3.1}
    assert message.reading.power_import == 1520
    assert message.reading.received == NOW
    assert not message.reading.retained


def test_l2_of_an_it_net_is_estimated_and_never_zero() -> None:
    reading = parse_load_balancer(body(), received=NOW).reading
    state = MeterState(grid=GridType.IT_230, fuse=63).merge(reading)
    assert state.reading is not None
    l2 = state.reading.currents[Phase.L2]
    assert l2.value > 0
    assert l2.margin is not None
    tn = MeterState(grid=GridType.TN_400, fuse=63).merge(reading)
    assert tn.reading is not None
    assert tn.reading.currents[Phase.L2].value == 0


@pytest.mark.parametrize("value", [6.5, "6.5", " 6.5 ", "6.50"])
def test_numbers_may_be_numbers(value: object) -> None:
    reading = parse_load_balancer(body(L1A=value), received=NOW).reading
    assert reading.currents[Phase.L1] == 6.5


@pytest.mark.parametrize("missing", ["", None])
def test_a_line_that_is_missing_is_unknown(missing: object) -> None:
    reading = parse_load_balancer(body(L2A=missing, L3A=missing), received=NOW).reading
    assert reading.currents == {Phase.L1: 6.5}
    reading = parse_load_balancer(body(CurrentPower=missing), received=NOW).reading
    assert reading.power_import is None


def test_the_units_own_judgement_is_not_read() -> None:
    high = parse_load_balancer(body(HighConsumption="1"), received=NOW)
    assert high == parse_load_balancer(body(HighConsumption=None), received=NOW)


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"L1A": "many"}, PayloadProblem.NOT_A_NUMBER),
        ({"L1A": True}, PayloadProblem.NOT_A_NUMBER),
        ({"L1A": ["1"]}, PayloadProblem.NOT_A_NUMBER),
        ({"L1A": "NaN"}, PayloadProblem.NOT_FINITE),
        ({"L1A": "-Infinity"}, PayloadProblem.NOT_FINITE),
        ({"L1A": "1e9"}, PayloadProblem.ABSURD),
        ({"CurrentPower": "1e99999999999999999999"}, PayloadProblem.NOT_A_NUMBER),
        (dict.fromkeys(("L1A", "L2A", "L3A", "CurrentPower")), PayloadProblem.NO_KNOWN_VALUES),
        ({"LBToken": None}, PayloadProblem.NO_TOKEN),
        ({"LBToken": TOKEN[:-1]}, PayloadProblem.NO_TOKEN),
        ({"LBToken": TOKEN + "0"}, PayloadProblem.NO_TOKEN),
        ({"LBToken": TOKEN[:-1] + "\n"}, PayloadProblem.NO_TOKEN),
        ({"LBToken": "æbcdefghij0123456789"}, PayloadProblem.NO_TOKEN),
        ({"LBToken": 12345678901234567890}, PayloadProblem.NO_TOKEN),
        ({"more": "x" * LARGEST_LOAD_BALANCER_BODY}, PayloadProblem.TOO_LARGE),
    ],
)
def test_what_cannot_be_is_refused(changes: dict[str, object], problem: PayloadProblem) -> None:
    assert refused(body(**changes)) is problem


@pytest.mark.parametrize(
    ("posted", "problem"),
    [
        (b"", PayloadProblem.NOT_JSON),
        (b"\xff\xfe\x00", PayloadProblem.NOT_JSON),
        (body()[:-1], PayloadProblem.NOT_JSON),
        (b"[" * 1000, PayloadProblem.NOT_JSON),
        (b"[1]", PayloadProblem.NOT_AN_OBJECT),
        (b"null", PayloadProblem.NOT_AN_OBJECT),
    ],
)
def test_garbage_is_refused(posted: bytes, problem: PayloadProblem) -> None:
    assert refused(posted) is problem


@given(st.binary(max_size=2000) | st.text(max_size=600).map(str.encode))
def test_no_body_makes_it_raise_anything_else(posted: bytes) -> None:
    try:
        parse_load_balancer(posted, received=NOW)
    except PayloadError:
        pass


@given(
    st.dictionaries(
        st.sampled_from(list(POST)),
        st.none()
        | st.booleans()
        | st.integers()
        | st.floats()
        | st.text(max_size=20)
        | st.lists(st.integers(), max_size=2),
    )
)
def test_no_values_make_it_raise_anything_else(changes: dict[str, object]) -> None:
    try:
        message = parse_load_balancer(json.dumps({**POST, **changes}).encode(), received=NOW)
    except PayloadError:
        return
    assert all(abs(current) <= 10_000 for current in message.reading.currents.values())


def test_the_answer_sets_the_pace_in_the_units_own_spelling() -> None:
    answer = load_balancer_answer()
    assert answer.keys() == {"Settings"}
    assert answer["Settings"].keys() == {
        "HeartBeatTime",
        "HearBeatTimeFast",
        "HeartBeatTimeFastThreshold",
    }
    assert all(isinstance(value, int) and value > 0 for value in answer["Settings"].values())
    # Currents are stale after 30 s: one post may be lost.
    assert answer["Settings"]["HeartBeatTime"] <= 15


def test_tokens_are_twenty_letters_and_digits_and_never_the_same() -> None:
    tokens = {generate_token() for _ in range(1000)}
    assert len(tokens) == 1000
    for token in tokens:
        assert len(token) == 20
        assert set(token) <= set(string.ascii_letters + string.digits)


def test_a_message_does_not_show_its_token() -> None:
    assert TOKEN not in repr(parse_load_balancer(body(), received=NOW))
