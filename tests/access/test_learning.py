"""Learning a card by holding it to the charger."""

from datetime import timedelta

import pytest

from custom_components.zmartcharge.access import (
    LEARNING_TIME,
    Learned,
    Refusal,
    RefusalReason,
    learn,
    present,
    status_16,
    status_201,
)

from .builders import CARD, NOW

SECOND = timedelta(seconds=1)
REFUSED = Refusal(RefusalReason.LEARNED, {"token": "…3F2A"})


def test_the_next_unknown_card_is_learnt_and_may_not_charge_by_that() -> None:
    found = present(learn(NOW), f" {CARD} ", {"KNOWN"}, NOW + SECOND)
    assert found.id_tag == CARD
    assert found.refusal == REFUSED
    assert status_16(REFUSED) == "Invalid"
    assert status_201(REFUSED) == "Unknown"


def test_the_tap_may_charge_when_asked_so() -> None:
    learning = learn(NOW, may_charge=True)
    found = present(learning, CARD, (), NOW)
    assert found.id_tag == CARD
    assert found.refusal is None
    assert present(found.learning, CARD, {CARD}, NOW + SECOND).refusal is None


def test_nobody_waits_for_a_card() -> None:
    assert present(None, CARD, (), NOW) == Learned(learning=None)


def test_a_known_card_is_not_learnt_and_may_charge_meanwhile() -> None:
    learning = learn(NOW)
    assert present(learning, CARD.lower(), {CARD}, NOW) == Learned(learning=learning)
    assert present(learning, "NEW", {CARD}, NOW + SECOND).id_tag == "NEW"


@pytest.mark.parametrize("id_tag", ["", " ", "\x00", "é", "A" * 37])
def test_what_is_no_id_tag_is_not_learnt(id_tag: str) -> None:
    learning = learn(NOW)
    assert present(learning, id_tag, (), NOW) == Learned(learning=learning)


def test_it_waits_until_its_time_is_over() -> None:
    learning = learn(NOW)
    until = NOW + LEARNING_TIME
    assert present(learning, CARD, (), until - SECOND).id_tag == CARD
    assert present(learning, CARD, (), until) == Learned(learning=None)


def test_only_one_card_is_learnt() -> None:
    first = present(learn(NOW), CARD, (), NOW)
    for at in (NOW + SECOND, NOW + 60 * SECOND):
        second = present(first.learning, "SECOND", {CARD}, at)
        assert second.id_tag is None
        assert second.refusal is None


def test_a_card_that_is_held_to_the_reader_is_the_same_tap() -> None:
    found = present(learn(NOW), CARD, (), NOW)
    for seconds in (2, 5, 9):
        # Registered meanwhile, and read again and again.
        found = present(found.learning, CARD.lower(), {CARD}, NOW + seconds * SECOND)
        assert found.id_tag is None
        assert found.refusal == Refusal(RefusalReason.LEARNED, {"token": "…3f2a"})


@pytest.mark.parametrize("every", [1, 3, 5])
def test_who_keeps_tapping_a_learnt_card_charges_ten_seconds_after_it_was_learnt(
    every: int,
) -> None:
    found = present(learn(NOW), CARD, (), NOW)
    for seconds in range(every, 10, every):
        found = present(found.learning, CARD, {CARD}, NOW + seconds * SECOND)
    assert present(found.learning, CARD, {CARD}, NOW + 10 * SECOND) == Learned(learning=None)


def test_a_learnt_card_is_the_same_tap_after_its_time_is_over() -> None:
    late = NOW + LEARNING_TIME - SECOND
    found = present(learn(NOW), CARD, (), late)
    assert present(found.learning, CARD, {CARD}, late + 2 * SECOND).refusal == REFUSED


def test_two_chargers_learn_each_for_itself() -> None:
    garage, cabin = learn(NOW), learn(NOW, duration=SECOND)
    assert present(garage, "A", (), NOW).id_tag == "A"
    assert present(cabin, "B", (), NOW).id_tag == "B"


def test_no_time_to_learn_is_refused() -> None:
    with pytest.raises(ValueError, match="for some time"):
        learn(NOW, duration=timedelta())
    with pytest.raises(ValueError, match="no time zone"):
        learn(NOW.replace(tzinfo=None))
