"""How to bring a charger's local authorization list to what it should hold.

See OCPP 1.6, clauses 5.10 and 5.15. Of the list only its version can be read back,
so a difference is sent when that is the one that was sent last, and else the whole list.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import batched

from .id_tag import normalised
from .local_list import ListEntry

#: Entries per message when the charger did not tell SendLocalListMaxLength.
DEFAULT_CHUNK = 20
#: Chargers keep the version in 32 bits.
_MAX_VERSION = 2**31 - 1


class UpdateType(StrEnum):
    """How a charger is to take an update (OCPP 1.6, UpdateType)."""

    DIFFERENTIAL = "Differential"
    FULL = "Full"


class UpdateAnswer(StrEnum):
    """What a charger answered to an update (OCPP 1.6, UpdateStatus)."""

    ACCEPTED = "Accepted"
    FAILED = "Failed"
    NOT_SUPPORTED = "NotSupported"
    VERSION_MISMATCH = "VersionMismatch"


class NextStep(StrEnum):
    """What to do after a charger's answer."""

    #: Keep what the list holds now, and send the next update.
    GO_ON = "go_on"
    #: What the list holds is not known any more: send all of it.
    SEND_FULL = "send_full"
    #: The charger does not take its list.
    GIVE_UP = "give_up"


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalList:
    """What a charger's list holds, by idTag, and its version (1 to 2**31 - 1)."""

    version: int
    entries: tuple[ListEntry, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ListUpdate:
    """One SendLocalList: the version after it, entries to put, and idTags to remove.

    Those to remove are sent without idTagInfo. ``whole``: it is of a series that sends the whole
    list, the first of which is a Full one.
    """

    type: UpdateType
    version: int
    entries: tuple[ListEntry, ...] = ()
    removed: tuple[str, ...] = field(default=(), repr=False)
    whole: bool = False


def list_updates(
    known: LocalList | None,
    reported: int | None,
    wanted: Sequence[ListEntry],
    *,
    chunk: int | None = None,
) -> tuple[ListUpdate, ...]:
    """Return the updates to send, one after the other; none when the list is as it should be.

    ``known``: what was accepted last, ``None`` when that is not known. ``reported``: the answer to
    GetLocalListVersion; 0 is an empty list, -1 none at all, ``None`` no answer. ``chunk``:
    SendLocalListMaxLength (2.0.1: LocalAuthListCtrlr.ItemsPerMessage).
    """
    wanted = _ordered({entry.key: entry for entry in wanted}.values())
    size = DEFAULT_CHUNK if chunk is None else max(1, chunk)
    last = max(reported or 0, 0 if known is None else known.version, 0)
    if known is None or reported is None or reported <= 0 or reported != known.version:
        if not wanted and reported is not None and reported <= 0:
            return ()
        return _whole(wanted, last, size)
    removed, put = _difference(known.entries, wanted)
    changes = len(removed) + len(put)
    if not changes:
        return ()
    if len(wanted) <= size and changes > len(wanted):
        return _whole(wanted, last, size)
    if last + -(-changes // size) > _MAX_VERSION:
        return _whole(wanted, last, size)
    return _differential(removed, put, last, size, whole=False)


def apply_update(known: LocalList | None, update: ListUpdate) -> LocalList:
    """Return what a charger's list holds after it accepted an update.

    Raises ``ValueError`` for a difference to what is not known.
    """
    entries: dict[str, ListEntry] = {}
    if update.type is UpdateType.DIFFERENTIAL:
        if known is None:
            raise ValueError("a difference to a list that is not known")
        entries = {entry.key: entry for entry in known.entries}
        for id_tag in update.removed:
            entries.pop(normalised(id_tag), None)
    entries |= {entry.key: entry for entry in update.entries}
    return LocalList(version=update.version, entries=_ordered(entries.values()))


def next_step(update: ListUpdate, answer: UpdateAnswer) -> NextStep:
    """Return what to do after an answer; a failed difference is tried as a whole once (5.15)."""
    match answer:
        case UpdateAnswer.ACCEPTED:
            return NextStep.GO_ON
        case UpdateAnswer.NOT_SUPPORTED:
            return NextStep.GIVE_UP
        case _:
            return NextStep.GIVE_UP if update.whole else NextStep.SEND_FULL


def _whole(wanted: Sequence[ListEntry], last: int, size: int) -> tuple[ListUpdate, ...]:
    """Return a Full update, and what it had no room for as differences to it."""
    messages = max(1, -(-len(wanted) // size))
    # The version of a whole list may be any, so it begins anew before there is none left.
    version = last + 1 if last + messages <= _MAX_VERSION else 1
    first = ListUpdate(
        type=UpdateType.FULL, version=version, entries=tuple(wanted[:size]), whole=True
    )
    return first, *_differential((), wanted[size:], version, size, whole=True)


def _differential(
    removed: Sequence[str], put: Sequence[ListEntry], last: int, size: int, *, whole: bool
) -> tuple[ListUpdate, ...]:
    # What is removed goes first, so that the list never holds more than it has room for.
    changes: tuple[str | ListEntry, ...] = (*removed, *put)
    return tuple(
        ListUpdate(
            type=UpdateType.DIFFERENTIAL,
            version=last + number,
            entries=tuple(each for each in part if isinstance(each, ListEntry)),
            removed=tuple(each for each in part if isinstance(each, str)),
            whole=whole,
        )
        for number, part in enumerate(batched(changes, size, strict=False), start=1)
    )


def _difference(
    known: Iterable[ListEntry], wanted: Iterable[ListEntry]
) -> tuple[tuple[str, ...], tuple[ListEntry, ...]]:
    """Return the idTags to remove and the entries to put; first what is changed, then what is new."""
    before = {entry.key: entry for entry in known}
    after = {entry.key: entry for entry in wanted}
    removed = tuple(entry.id_tag for key, entry in before.items() if key not in after)
    changed = [
        entry
        for key, entry in after.items()
        if key in before and not entry.says_the_same(before[key])
    ]
    added = [entry for key, entry in after.items() if key not in before]
    return removed, (*changed, *added)


def _ordered(entries: Iterable[ListEntry]) -> tuple[ListEntry, ...]:
    return tuple(sorted(entries, key=lambda entry: entry.key))
