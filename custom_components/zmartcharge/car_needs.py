"""What the car at a connector still needs, and whether it got it in time."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from homeassistant.util import dt as dt_util

from .car_watch import CarWatch
from .history import History
from .plan import CarNeed, LearnedNeed, Plan, learn_need, next_ready_by
from .plan_options import PlanOptions
from .units import Ampere, WattHour
from .wishes import Owed, Wishes

if TYPE_CHECKING:
    from .connector import Connector

#: What is still owed at the time to be ready at, that counts as not being ready.
_OWED: WattHour = 300
#: By how much what is needed may differ from what was planned for.
_TOLERANCE: WattHour = 500
_TOLERANCE_SHARE = 0.15
_SAME_CURRENT = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """What a plan was made for.

    ``total`` is what the session was to come to in Wh, ``short`` by how much the plan's slots, at
    their full current, fell short of what was needed, and ``current`` what the car was to draw in A.
    """

    total: WattHour
    short: float
    current: Ampere


class CarNeeds:
    """Of one connector."""

    def __init__(self, connector: Connector, watch: CarWatch) -> None:
        """Know nothing of any car."""
        self.options: PlanOptions | None = None
        self.history = History()
        self._connector = connector
        self._watch = watch
        self._learned: tuple[tuple[object, ...], LearnedNeed] | None = None

    @property
    def _wishes(self) -> Wishes:
        return self._connector.charger.wishes.get(self._connector.key)

    @property
    def _session_id(self) -> str | None:
        session = self._connector.session
        return session.id if session and self._connector.in_session else None

    def learned(self, now: datetime) -> LearnedNeed:
        """Return what the car is expected to still need, by what it took before."""
        session, taken = self._connector.session, self._watch.taken
        # A session keeps the day that it began on.
        day = None if self._session_id else dt_util.as_local(now).date()
        known_by = (self.history, self._session_id, taken, day)
        if self._learned is None or self._learned[0] != known_by:
            plugged_at = session.started_at if session and self._session_id else now
            zone = dt_util.get_default_time_zone()
            learned = learn_need(self.history.sessions, plugged_at, zone, taken=taken)
            self._learned = known_by, learned
        return self._learned[1]

    def ready_by(self, now: datetime) -> datetime | None:
        """Return when the car must be ready; a time that was missed holds until it is."""
        wishes = self._wishes
        if wishes.owed and self.overdue(now):
            return wishes.owed.ready_by
        zone = dt_util.get_default_time_zone()
        return next_ready_by(wishes.schedule, now, zone, wishes.overrides)

    def overdue(self, now: datetime) -> bool:
        """Tell whether the time to be ready at passed without the car having got what it needed."""
        owed = self._wishes.owed
        if owed is None or now < owed.ready_by or self._watch.full:
            return False
        if owed.session_id not in (None, self._session_id):
            return False
        left = owed.energy - self._watch.taken
        if (told := self._told(self.options or PlanOptions())) is not None:
            left = min(left, told)
        return left > _OWED

    def still_needed(self, now: datetime) -> tuple[WattHour, tuple[WattHour, ...]]:
        """Return what the car still needs in Wh, and how likely what is, where it was learned."""
        if self._watch.full:
            return 0, ()
        if (told := self._told(self.options or PlanOptions())) is not None:
            return told, ()
        learned = self.learned(now)
        return learned.energy, learned.likely

    @property
    def _until_full(self) -> bool:
        """Tell whether the car may take what it can, as nobody says how much that is."""
        options = self.options or PlanOptions()
        return options.until_full and not self._watch.full and self._told(options) is None

    def _told(self, options: PlanOptions) -> WattHour | None:
        """Return what the car, or the user, says that it still needs in Wh."""
        taken = self._watch.taken
        if options.still_needed is not None:
            return max(0, options.still_needed - (taken - options.taken))
        wished = self._wishes.energy
        return None if wished is None else max(0, wished - taken)

    def counted(self, options: PlanOptions) -> PlanOptions:
        """Return options that tell from when on what the car says is counted.

        A car tells its state of charge now and then: what it says again unchanged, while it charges,
        is as old as when it was first heard.
        """
        before = self.options
        if before and before.still_needed is not None and options.told == before.told is not None:
            return replace(options, still_needed=before.still_needed, taken=before.taken)
        return replace(options, taken=self._watch.taken)

    def need(self, now: datetime) -> CarNeed:
        """Return what is needed from now on, as whoever planned last wants it."""
        options = self.options or PlanOptions()
        energy, likely = self.still_needed(now)
        connector = self._connector
        return CarNeed(
            car=connector.key,
            energy=None if self._until_full else energy,
            likely=likely,
            watts_per_ampere=connector.charger.watts(1.0),
            max_current=self.current,
            ready_by=self.ready_by(now),
            min_energy_first=max(0, options.minimum_energy - self._watch.taken),
            price_limit=options.price_limit,
            continuous=options.continuous,
            preheat=options.preheat,
            prefer_late=options.prefer_late,
            start_penalty=options.start_penalty,
            charging=self._watch.charges,
        )

    @property
    def current(self) -> Ampere:
        """Return what the car is expected to draw at most, in A."""
        charger = self._connector.charger
        fuse, own = float(charger.config.circuit_fuse), self._connector.own_limit
        # A pause is over some time; what the car will draw then is not told by it.
        highest = min(fuse, own) if own else fuse
        if self.history.fastest is None:
            return highest
        return min(highest, max(6.0, self.history.fastest / charger.watts(1.0)))

    def basis(self, plan: Plan, now: datetime) -> Basis:
        """Return what a plan that was just made was made for."""
        needed = self.still_needed(now)[0]
        return Basis(
            total=self._watch.taken + needed,
            short=needed - self._capacity(plan, now),
            current=self.current,
        )

    def differs(self, basis: Basis, plan: Plan, now: datetime) -> bool:
        """Tell whether another energy is needed than a plan was made for, or it has fallen behind."""
        if self._until_full:
            return False
        needed = self.still_needed(now)[0]
        allowed = _TOLERANCE + _TOLERANCE_SHARE * needed
        if abs(self._watch.taken + needed - basis.total) > allowed:
            return True
        return needed - self._capacity(plan, now) - basis.short > allowed

    def has_other_current(self, basis: Basis) -> bool:
        """Tell whether the car may now draw another current than was planned with."""
        return abs(self.current - basis.current) > _SAME_CURRENT

    def owe(self, plan: Plan, now: datetime) -> None:
        """Keep what a plan promises, over a restart too."""
        if plan.ready_by is not None and plan.ready_by <= now:
            return  # what is late is still what was promised before
        wishes, key = self._wishes, self._connector.key
        owed = None
        if plan.ready_by is not None:
            energy = self._watch.taken + plan.energy + plan.missing
            owed = Owed(ready_by=plan.ready_by, energy=energy, session_id=self._session_id)
        if owed != wishes.owed:
            self._connector.charger.wishes.set(key, wishes.owing(owed))

    def forgive(self) -> None:
        """Forget what was promised, as when the car has left."""
        wishes = self._wishes
        if wishes.owed is not None:
            self._connector.charger.wishes.set(self._connector.key, wishes.owing(None))

    def _capacity(self, plan: Plan, now: datetime) -> float:
        """Return what the car can take in the rest of a plan's slots, in Wh."""
        watts = self._connector.charger.watts(1.0)
        return sum(
            slot.current
            * watts
            * max(0.0, (slot.end - max(now, slot.start)).total_seconds())
            / 3600
            for slot in plan.slots
        )
