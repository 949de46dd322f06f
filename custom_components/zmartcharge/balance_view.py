"""What load balancing sees of a site and its chargers, in the words of the balance room."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from homeassistant.util import dt as dt_util

from .balance import (
    MINIMUM_CURRENT,
    ChargerSituation,
    Circuit,
    Feed,
    GuardedCharger,
    GuardView,
    HourBudget,
    LineReading,
    Readings,
    SafeCharger,
    SiteLimits,
    Situation,
    Timing,
    feed_of,
    safe_currents,
)
from .csms import ConnectorState
from .meter import hour_start
from .units import Ampere, GridType, Phase, Watt, WattHour

if TYPE_CHECKING:
    from .charger import Charger
    from .connector import Connector
    from .site import Site

_HOUR = timedelta(hours=1)
#: How much longer than a reading may be old a site is charged at the safe current.
_SAFE_FOR = timedelta(seconds=60)


class WithoutMeter(StrEnum):
    """What to do when the meter is not heard of."""

    SAFE_THEN_PAUSE = "safe_then_pause"
    PAUSE = "pause"


@dataclass(frozen=True, slots=True, kw_only=True)
class BalanceOptions:
    """How the user wants a site to be balanced.

    ``margin`` in A is kept free of the main fuse, ``power_cap`` in W holds for the whole site,
    ``hour_limit`` is what one clock hour may come to in Wh. ``priorities`` are chargers' subentry
    ids, the first comes first; those that are not named come last.
    """

    margin: Ampere = 0.0
    power_cap: Watt | None = None
    hour_limit: WattHour | None = None
    priorities: tuple[str, ...] = ()
    without_meter: WithoutMeter = WithoutMeter.SAFE_THEN_PAUSE


def situation_of(
    site: Site, connectors: Iterable[Connector], options: BalanceOptions, now: datetime
) -> Situation:
    """Return what a decision is made from."""
    connectors = tuple(connectors)
    fuse = float(site.config.main_fuse)
    stale_after, pause_after = _patience(site, options)
    return Situation(
        limits=SiteLimits(
            grid=site.config.grid,
            fuse=fuse,
            # The fuse may have been changed since the margin was chosen.
            margin=min(options.margin, fuse / 2),
            circuits=_circuits(connectors),
            power_cap=options.power_cap,
            budget=_budget(site, options, now),
        ),
        readings=Readings(
            lines=_lines(site),
            power=site.power,
            power_at=site.power_at,
            online=site.reader_online,
            frozen=site.frozen,
        ),
        chargers=tuple(_charger(each, site.config.grid, options, now) for each in connectors),
        timing=Timing(stale_after=stale_after, pause_after=pause_after),
    )


def guard_view_of(
    site: Site,
    connectors: Iterable[Connector],
    options: BalanceOptions,
    heartbeat: datetime | None,
    now: datetime,
) -> GuardView:
    """Return what the fuse guard looks at."""
    lines = _lines(site)
    stale_after, pause_after = _patience(site, options)
    return GuardView(
        fuse=float(site.config.main_fuse),
        lines={line: lines.get(line) for line in site.config.grid.phases},
        chargers=tuple(
            GuardedCharger(
                id=each.key,
                allowed=each.limiter.allowed(now),
                safe=MINIMUM_CURRENT if each.charger.connected else each.charger.fail_safe.reserved,
                coefficients=feed_of(each.charger.config.wiring, site.config.grid).coefficients,
                fixed=not each.charger.connected,
                lowered_at=each.limiter.lowered_at,
            )
            for each in connectors
            if each.in_session
        ),
        heartbeat=heartbeat,
        online=site.reader_online,
        frozen=site.frozen,
        stale_after=stale_after,
        pause_after=pause_after,
    )


def budget_left(site: Site, options: BalanceOptions, now: datetime) -> WattHour | None:
    """Return what the site may still take in this hour in Wh, None without a limit."""
    budget = _budget(site, options, now)
    return budget.energy if budget else None


def _patience(site: Site, options: BalanceOptions) -> tuple[timedelta, timedelta]:
    stale_after = site.config.stale_after
    if options.without_meter is WithoutMeter.PAUSE:
        return stale_after, stale_after
    return stale_after, stale_after + _SAFE_FOR


def _lines(site: Site) -> Mapping[Phase, LineReading]:
    """Return the currents that were measured, or estimated, in this run."""
    return {
        phase: LineReading(current=measured.value, at=measured.at, margin=measured.margin or 0.0)
        for phase, measured in site.readings.items()
        if not measured.stale and phase in site.config.grid.phases
    }


def _budget(site: Site, options: BalanceOptions, now: datetime) -> HourBudget | None:
    limits = [options.hour_limit, site.planning.hour_limit(now)]
    limit = min((each for each in limits if each is not None), default=None)
    if limit is None:
        return None
    begins = hour_start(now, dt_util.get_default_time_zone())
    used = site.hour_used
    if used is None:
        # Nothing is known of this hour so far: it is taken for one that keeps to the limit.
        used = limit * ((now - begins) / _HOUR)
    return HourBudget(energy=max(0, round(limit - used)), ends=begins + _HOUR)


def _charger(
    connector: Connector, grid: GridType, options: BalanceOptions, now: datetime
) -> ChargerSituation:
    charger, limiter, session = connector.charger, connector.limiter, connector.session
    fuse, own = float(charger.config.circuit_fuse), connector.own_limit
    until = limiter.until(now)
    if not connector.in_session:
        # A car that comes while nobody can be asked begins with the fail-safe.
        until = now
    return ChargerSituation(
        id=connector.key,
        feeds=(_feed(charger, grid),),
        maximum=fuse if own is None else min(own, fuse),
        circuit_fuse=fuse,
        plugged=connector.in_session or bool(connector.plugged),
        wants=connector.wants,
        suspended_by_car=connector.state is ConnectorState.SUSPENDED_EV,
        draw=connector.measured.draw,
        draw_at=connector.measured.heard_at,
        allowed=limiter.allowed(now),
        commanded_at=limiter.told.at if limiter.told else None,
        accepted=limiter.accepted,
        online=charger.connected,
        allowed_until=until,
        fail_safe=charger.fail_safe.reserved,
        priority=_priority(charger, options),
        arrived=session.started_at if session and connector.in_session else None,
    )


def _feed(charger: Charger, grid: GridType) -> Feed:
    return feed_of(charger.config.wiring, grid)


def _priority(charger: Charger, options: BalanceOptions) -> int:
    ids = options.priorities
    subentry_id = charger.config.subentry_id
    return ids.index(subentry_id) if subentry_id in ids else len(ids)


def _circuits(connectors: tuple[Connector, ...]) -> tuple[Circuit, ...]:
    """Return the fuses between the main fuse and the chargers that more than one hangs on."""
    shared: dict[str, list[Charger]] = {}
    for charger in dict.fromkeys(connector.charger for connector in connectors):
        name = " ".join((charger.config.circuit or "").split()).casefold()
        shared.setdefault(name or charger.config.subentry_id, []).append(charger)
    found: list[Circuit] = []
    for chargers in shared.values():
        own = tuple(_own(charger) for charger in chargers if len(charger.connectors) > 1)
        found += own if len(chargers) == 1 else [_shared(chargers, own)]
    return tuple(found)


def _shared(chargers: list[Charger], own: tuple[Circuit, ...]) -> Circuit:
    """Return the fuse that several chargers share; those with a circuit of their own are within it."""
    single = (charger for charger in chargers if len(charger.connectors) == 1)
    return Circuit(
        name=" ".join((chargers[0].config.circuit or "").split()),
        limit=float(min(charger.config.circuit_fuse for charger in chargers)),
        members=frozenset(c.key for charger in single for c in charger.connectors.values()),
        circuits=own,
    )


def _own(charger: Charger) -> Circuit:
    """Return a charger's own fuse, which its connectors share; its name is nobody else's."""
    return Circuit(
        name=f"{charger.config.name} ({charger.config.charge_point_id})",
        limit=float(charger.config.circuit_fuse),
        members=frozenset(connector.key for connector in charger.connectors.values()),
    )


def safe_current_of(
    site: Site, known: Sequence[Charger], ids: Sequence[str], charger: Charger
) -> Ampere:
    """Return what a charger falls back to when Home Assistant is gone, in A.

    ``known``: the chargers of the site; ``ids``: the first of their subentries goes first.
    """
    # One that a flow is about to add is not among them yet, and is set up like all others.
    order = sorted(
        known if charger in known else [*known, charger],
        key=lambda c: ids.index(c.config.subentry_id) if c.config.subentry_id in ids else len(ids),
    )
    safe = safe_currents(
        float(site.config.main_fuse),
        (
            SafeCharger(
                id=connector.key,
                allowed=MINIMUM_CURRENT,
                safe=MINIMUM_CURRENT,
                coefficients=feed_of(each.config.wiring, site.config.grid).coefficients,
            )
            for each in order
            for connector in each.connectors.values()
        ),
    )
    return min(safe[connector.key] for connector in charger.connectors.values())
