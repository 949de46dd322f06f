"""What is remembered between two decisions."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise

from ..units import Ampere, Phase, Watt


@dataclass(frozen=True, slots=True)
class Command:
    """A current in A that holds from ``at`` on."""

    at: datetime
    current: Ampere


@dataclass(frozen=True, slots=True)
class Draw:
    """What a charger measured at ``at``, in A per terminal."""

    at: datetime
    current: Ampere


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """A command whose effect on the lines is still to be seen; ``draw`` (A) is from before it."""

    at: datetime
    lines: Mapping[Phase, Ampere]
    draw: Ampere


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargerMemory:
    """What is remembered of one charger.

    ``commands``: those of the last minutes, ``draws``: the last measurements, oldest first.
    ``turn_since``: since when it charges, or waits. ``paused_at``: when an overload paused it.
    ``followed_at``: when the total power last told that it had followed what it was told by then.
    ``unused_since``: since when the car leaves a part of its allowance. ``used``: the share of its
    draw in each line, of the newest samples in this session. ``seen``: line amperes per ampere of draw, as the newest commands showed them; ``learned`` is
    what follows from both for the present feed.
    """

    commands: tuple[Command, ...] = ()
    draws: tuple[Draw, ...] = ()
    wanted: bool = False
    turn_since: datetime | None = None
    lowered_at: datetime | None = None
    raised_at: datetime | None = None
    paused_at: datetime | None = None
    followed_at: datetime | None = None
    unused_since: datetime | None = None
    ceiling: Ampere | None = None
    feed: int = 0
    feed_since: datetime | None = None
    used: tuple[Mapping[Phase, float], ...] = ()
    used_at: datetime | None = None
    trial: Trial | None = None
    learned: Mapping[Phase, float] | None = None
    seen: tuple[Mapping[Phase, float], ...] = ()
    #: What the last decision said, to know why a command came.
    early: bool = False
    overloaded: bool = False

    def following(self, since: datetime) -> bool:
        """Return whether the last command was a lower one and came after ``since``."""
        return (
            len(self.commands) > 1
            and self.commands[-1].at > since
            and self.commands[-1].current < self.commands[-2].current
        )

    def is_following(self, at: datetime, reaction: timedelta) -> bool:
        """Return whether at ``at`` a reduction may not have been followed."""
        if not self.following(at - reaction):
            return False
        return self.followed_at is None or not self.commands[-1].at < self.followed_at <= at

    def falls(self, since: datetime, until: datetime) -> bool:
        """Return whether no command in a period was higher than the one before."""
        held = [command.current for command in self.commands if since < command.at <= until]
        before = [command.current for command in self.commands if command.at <= since][-1:]
        held = [*before, *held]
        return all(later <= earlier for earlier, later in pairwise(held))

    def in_force(self, since: datetime, until: datetime) -> tuple[Ampere, Ampere]:
        """Return the lowest and the highest current commanded at any time in a period."""
        ends = (*(command.at for command in self.commands[1:]), None)
        held = [
            command.current
            for command, end in zip(self.commands, ends, strict=False)
            if command.at <= until and (end is None or end > since)
        ] or [command.current for command in self.commands[:1]]
        return (min(held, default=0.0), max(held, default=0.0))


@dataclass(frozen=True, slots=True)
class LinesAt:
    """What was read of each line at ``at``, in A."""

    at: datetime
    currents: Mapping[Phase, Ampere]


@dataclass(frozen=True, slots=True)
class HouseSample:
    """What the house took at ``at`` without the chargers: A per line, and W."""

    at: datetime
    lines: Mapping[Phase, Ampere]
    power: Watt | None


@dataclass(frozen=True, slots=True)
class Picture:
    """Readings (W, then A per line) that have been the same from ``since`` to ``at``."""

    values: tuple[float, ...]
    since: datetime
    at: datetime


@dataclass(frozen=True, slots=True)
class PowerSample:
    """The total power in W at ``at``."""

    at: datetime
    power: Watt


@dataclass(frozen=True, slots=True)
class Rise:
    """A rise of the house in a line from ``low`` to ``high`` A between two samples."""

    at: datetime
    line: Phase
    low: Ampere
    high: Ampere


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """The total power in W at the newest currents, and the least of it that chargers drew."""

    at: datetime
    power: Watt
    chargers: Watt


@dataclass(frozen=True, slots=True, kw_only=True)
class BalanceState:
    """What is remembered of a site; the empty one is how to begin.

    ``house`` are the samples of the last minutes, oldest first; ``rises`` how the house rose between
    them and long before, ``expected`` what it is likely to take of each line soon. ``powers`` are those
    of the last seconds. ``picture`` is what is being read, ``steady`` for how long it ever was the same
    while a car charged. ``fresh_since`` is the first
    reading after which all could be decided on, ``fresh_count`` how many there were, ``last_fresh``
    the newest, ``first_look`` when a decision was first made.
    ``lines`` are the newest currents.
    """

    chargers: Mapping[str, ChargerMemory] = field(default_factory=dict)
    house: tuple[HouseSample, ...] = ()
    rises: tuple[Rise, ...] = ()
    powers: tuple[PowerSample, ...] = ()
    picture: Picture | None = None
    steady: timedelta = timedelta(0)
    expected: Mapping[Phase, Ampere] = field(default_factory=dict)
    fresh_since: datetime | None = None
    fresh_count: int = 0
    last_fresh: datetime | None = None
    first_look: datetime | None = None
    reference: Reference | None = None
    lines: LinesAt | None = None

    def stable_for(self, now: datetime) -> timedelta:
        """Return how long the house has been watched without a gap."""
        return timedelta(0) if self.fresh_since is None else now - self.fresh_since
