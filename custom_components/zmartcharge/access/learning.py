"""Learning a new card: the next one that nobody knows, held to a charger, is told of once."""

from collections.abc import Container
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from .decision import Refusal, RefusalReason
from .id_tag import is_id_tag, masked, normalised

#: Long enough to walk to the charger.
LEARNING_TIME = timedelta(minutes=3)
#: Chargers read a card again and again while it is held to them, and ask twice of the same tap.
_SAME_TAP = timedelta(seconds=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Learning:
    """A charger that waits for a card until ``until``, or learnt one a moment ago.

    ``may_charge``: the tap by which a card is learnt may start a session, too. ``learnt``: the card;
    it is still the same tap when it is read again before ``released``, however often that is.
    """

    until: datetime
    may_charge: bool = False
    learnt: str | None = field(default=None, repr=False)
    released: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Learned:
    """What a card that was presented means.

    ``learning``: what to keep, ``None`` when nothing is waited for any more. ``id_tag``: the card to
    register, as the charger sent it. ``refusal``: the tap is not one to charge with.
    """

    learning: Learning | None
    id_tag: str | None = field(default=None, repr=False)
    refusal: Refusal | None = None


def learn(
    at: datetime, *, duration: timedelta = LEARNING_TIME, may_charge: bool = False
) -> Learning:
    """Return a charger that waits for a card from now on.

    Raises ``ValueError`` for a naive time and a duration that is not above 0.
    """
    if at.utcoffset() is None:
        raise ValueError(f"{at} has no time zone")
    if duration <= timedelta():
        raise ValueError("a charger learns for some time")
    return Learning(until=at + duration, may_charge=may_charge)


def present(learning: Learning | None, id_tag: str, known: Container[str], at: datetime) -> Learned:
    """Return what a card means that was held to the charger at ``at``.

    ``known``: the registered idTags and those that we use ourselves, ``normalised``. To be asked of
    cards that are held to the charger now, not of what it tells of the past.
    """
    if learning is None:
        return Learned(learning=None)
    key = normalised(id_tag)
    if learning.released is not None:
        if at >= learning.released:
            return Learned(learning=None)
        return _presented_again(learning, id_tag)
    if at >= learning.until:
        return Learned(learning=None)
    if key in known or not is_id_tag(id_tag.strip()):
        return Learned(learning=learning)
    after = replace(learning, learnt=key, released=at + _SAME_TAP)
    return Learned(learning=after, id_tag=id_tag.strip(), refusal=_refusal(after, id_tag))


def _presented_again(learning: Learning, id_tag: str) -> Learned:
    if normalised(id_tag) != learning.learnt:
        return Learned(learning=learning)
    return Learned(learning=learning, refusal=_refusal(learning, id_tag))


def _refusal(learning: Learning, id_tag: str) -> Refusal | None:
    if learning.may_charge:
        return None
    return Refusal(RefusalReason.LEARNED, {"token": masked(id_tag)})
