"""How a charger's local list becomes what it should be."""

from datetime import timedelta

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.zmartcharge.access import (
    DEFAULT_CHUNK,
    AuthorizationStatus16 as Status,
    ListEntry,
    ListUpdate,
    LocalList,
    NextStep,
    UpdateAnswer,
    UpdateType,
    apply_update,
    list_updates,
    next_step,
    normalised,
)

from .builders import NOW, an_entry

NEWEST = 2**31 - 1
A, B, C, D = (an_entry(name) for name in "ABCD")


def known(version: int, *entries: ListEntry) -> LocalList:
    return LocalList(version=version, entries=entries)


def test_the_first_list_is_sent_whole() -> None:
    assert list_updates(None, 0, [A, B]) == (
        ListUpdate(type=UpdateType.FULL, version=1, entries=(A, B), whole=True),
    )


def test_a_list_that_is_as_it_should_be_is_left_alone() -> None:
    assert list_updates(known(3, A, B), 3, [B, an_entry("a")]) == ()


def test_of_a_known_list_only_what_differs_is_sent() -> None:
    blocked = an_entry("B", Status.BLOCKED)
    assert list_updates(known(3, A, B, C), 3, [blocked, C, D]) == (
        ListUpdate(type=UpdateType.DIFFERENTIAL, version=4, entries=(blocked, D), removed=("A",)),
    )


def test_what_differs_is_sent_in_chunks_with_what_is_removed_first() -> None:
    kept = [an_entry(f"K{number}") for number in range(9)]
    updates = list_updates(known(3, A, B, C, *kept), 3, [D, *kept], chunk=2)
    assert [(each.version, each.removed, each.entries) for each in updates] == [
        (4, ("A", "B"), ()),
        (5, ("C",), (D,)),
    ]


def test_a_long_list_is_begun_whole_and_gone_on_with() -> None:
    updates = list_updates(None, 7, [A, B, C], chunk=2)
    assert [(each.type, each.version, each.entries) for each in updates] == [
        (UpdateType.FULL, 8, (A, B)),
        (UpdateType.DIFFERENTIAL, 9, (C,)),
    ]


@pytest.mark.parametrize("reported", [None, -1, 0, 2, 4, 99])
def test_a_version_that_is_not_ours_gets_the_whole_list_with_a_higher_one(
    reported: int | None,
) -> None:
    (update,) = list_updates(known(3, A), reported, [A])
    assert update.type is UpdateType.FULL
    assert update.version > max(3, reported or 0)


@pytest.mark.parametrize("reported", [0, -1])
@pytest.mark.parametrize("before", [None, known(3, A), known(3)])
def test_an_empty_list_that_is_to_be_empty_is_left_alone(
    reported: int, before: LocalList | None
) -> None:
    assert list_updates(before, reported, []) == ()


@pytest.mark.parametrize("reported", [None, 3])
def test_a_list_is_emptied_with_one_message(reported: int | None) -> None:
    before = None if reported is None else known(3, *(an_entry(f"K{n}") for n in range(50)))
    (update,) = list_updates(before, reported, [])
    assert (update.type, update.entries, update.removed) == (UpdateType.FULL, (), ())


def test_a_short_list_that_is_all_new_is_sent_whole() -> None:
    (update,) = list_updates(known(3, A, B, C), 3, [D])
    assert update.type is UpdateType.FULL


def test_a_charger_that_does_not_tell_gets_chunks_it_should_manage() -> None:
    wanted = [an_entry(f"K{number}") for number in range(DEFAULT_CHUNK + 1)]
    assert [len(each.entries) for each in list_updates(None, 0, wanted)] == [DEFAULT_CHUNK, 1]


@pytest.mark.parametrize("chunk", [0, -5])
def test_a_charger_that_takes_less_than_one_entry_gets_one(chunk: int) -> None:
    assert [each.entries for each in list_updates(None, 0, [A, B], chunk=chunk)] == [(A,), (B,)]


def test_versions_begin_anew_with_the_whole_list() -> None:
    (update,) = list_updates(known(NEWEST, A), NEWEST, [A, B])
    assert (update.type, update.version) == (UpdateType.FULL, 1)
    updates = list_updates(known(NEWEST - 1, A, B, C), NEWEST - 1, [A, B, C, D], chunk=1)
    assert [each.version for each in updates] == [NEWEST]
    whole = list_updates(None, NEWEST - 1, [A, B], chunk=1)
    assert [each.version for each in whole] == [1, 2]


def test_a_difference_needs_a_list() -> None:
    update = ListUpdate(type=UpdateType.DIFFERENTIAL, version=2, entries=(A,))
    with pytest.raises(ValueError, match="not known"):
        apply_update(None, update)


@pytest.mark.parametrize(
    ("answer", "of_difference", "of_whole"),
    [
        (UpdateAnswer.ACCEPTED, NextStep.GO_ON, NextStep.GO_ON),
        (UpdateAnswer.FAILED, NextStep.SEND_FULL, NextStep.GIVE_UP),
        (UpdateAnswer.VERSION_MISMATCH, NextStep.SEND_FULL, NextStep.GIVE_UP),
        (UpdateAnswer.NOT_SUPPORTED, NextStep.GIVE_UP, NextStep.GIVE_UP),
    ],
)
def test_a_difference_that_failed_is_tried_whole_once(
    answer: UpdateAnswer, of_difference: NextStep, of_whole: NextStep
) -> None:
    (difference,) = list_updates(known(3, A, B), 3, [A, B, C])
    whole = list_updates(None, 3, [A, B], chunk=1)
    assert next_step(difference, answer) is of_difference
    assert {next_step(each, answer) for each in whole} == {of_whole}


ENTRIES = st.lists(
    st.builds(
        an_entry,
        st.text(alphabet="abAB", min_size=1, max_size=3),
        st.sampled_from([Status.ACCEPTED, Status.BLOCKED, Status.EXPIRED]),
        valid_until=st.none() | st.integers(0, 2).map(lambda days: NOW + timedelta(days=days)),
        group=st.sampled_from([None, "F", "f", "G"]),
    ),
    max_size=12,
    unique_by=lambda entry: entry.key,
)


class Charger:
    """A charger that does with its list what OCPP 1.6, clause 5.15, says."""

    def __init__(self, version: int, entries: list[ListEntry], room: int) -> None:
        self.version = version
        self.entries = {entry.id_tag.casefold(): entry for entry in entries}
        self.room = room

    def send(self, update: ListUpdate, size: int) -> UpdateAnswer:
        listed = [normalised(entry.id_tag) for entry in update.entries]
        listed += [normalised(id_tag) for id_tag in update.removed]
        assert len(listed) == len(set(listed)) <= size
        if update.type is UpdateType.FULL:
            assert not update.removed
            self.entries = {}
        elif update.version <= self.version:
            return UpdateAnswer.VERSION_MISMATCH
        for id_tag in update.removed:
            del self.entries[id_tag.casefold()]
        self.entries |= {entry.id_tag.casefold(): entry for entry in update.entries}
        assert len(self.entries) <= self.room
        self.version = update.version
        return UpdateAnswer.ACCEPTED

    def holds(self, wanted: list[ListEntry]) -> bool:
        return len(self.entries) == len(wanted) and all(
            entry.says_the_same(self.entries[entry.id_tag.casefold()]) for entry in wanted
        )


@settings(max_examples=300, deadline=None, derandomize=True, database=None)
@given(
    ENTRIES,
    ENTRIES,
    st.none() | st.integers(1, 13),
    st.sampled_from([1, 7, NEWEST - 3, NEWEST - 1, NEWEST]),
    st.sampled_from(["known", "unknown", "another version", "forgot"]),
)
def test_any_list_becomes_any_other_in_chunks_of_any_size(
    before: list[ListEntry], wanted: list[ListEntry], chunk: int | None, version: int, case: str
) -> None:
    charger = Charger(version, before, room=max(len(before), len(wanted)))
    ours: LocalList | None = LocalList(version=version, entries=tuple(before))
    reported: int | None = version
    match case:
        case "unknown":
            ours = None
        case "another version":
            ours = LocalList(version=max(1, version - 1) + (version == 1), entries=(A,))
        case "forgot":
            charger = Charger(0, [], charger.room)
            reported = 0
    for update in list_updates(ours, reported, wanted, chunk=chunk):
        assert charger.send(update, chunk or DEFAULT_CHUNK) is UpdateAnswer.ACCEPTED
        assert 0 < update.version <= NEWEST
        ours = apply_update(ours, update)
        assert ours.version == charger.version
        assert list(ours.entries) == sorted(charger.entries.values(), key=lambda each: each.key)
    assert charger.holds(wanted)
    if charger.version:
        assert ours is None or list_updates(ours, charger.version, wanted, chunk=chunk) == ()
