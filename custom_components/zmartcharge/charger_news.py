"""What is worth telling people of one charger: each thing once, also over a restart."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from homeassistant.core import CALLBACK_TYPE, callback
from homeassistant.util import dt as dt_util

from .csms import ConnectorState, StatusNotification
from .happening import Happened, Happening, announce
from .happening_trigger import LONGEST_FORGOTTEN
from .ledger import LOST_STOP, LedgerError, Session, SessionFlag
from .people import method_of, person_of
from .status import Status

if TYPE_CHECKING:
    from .charger import Charger
    from .connector import Connector
    from .hub import Hub
    from .told_news import ToldOf, ToldOfConnector

#: So many of a charger's newest sessions are looked at: more than one keeps in a day without us.
_NEWEST = 50
#: What is told so long after it happened is marked as late.
_LATE = timedelta(minutes=5)
#: A charger that is not heard so long in the middle of a session is told of.
_SILENT = timedelta(minutes=5)
#: A charger that comes again tells within this what its connectors do now, if it does at all.
_SETTLES = timedelta(minutes=1)
#: A plan that misses by less than this is no reason to worry anybody.
_AT_RISK = timedelta(minutes=1)

#: Why a session ended that nobody ended (OCPP 1.6, clause 7.36; ours).
_INTERRUPTED = {
    "PowerLoss": "power",
    "Reboot": "restart",
    "HardReset": "restart",
    "SoftReset": "restart",
    "EmergencyStop": "emergency_stop",
    LOST_STOP: "unknown",
}


class ChargerNews:
    """Of one charger; ``look`` is cheap and is called at every change and every minute."""

    def __init__(self, hub: Hub, charger: Charger) -> None:
        """Tell nothing yet."""
        self._hub = hub
        self._charger = charger
        self._listening: dict[Connector, CALLBACK_TYPE] = {}
        #: What was seen of the sessions when the ledger was last asked.
        self._seen: dict[int, tuple[str, bool]] = {}
        #: The last session of each connector, which may be over.
        self._last: dict[int, Session] = {}
        self._silent_since: datetime | None = None
        #: When the charger came, and the last status of each connector from before that.
        self._came: datetime | None = None
        self._stale: dict[int, StatusNotification | None] = {}
        self._wanted = self._asking = False

    @callback
    def begin(self) -> None:
        """Tell what was missed, then what happens."""
        self.follow()
        self._ask()

    @callback
    def follow(self) -> None:
        """Hear of the connectors that there are."""
        for connector in self._charger.connectors.values():
            if connector not in self._listening:
                self._listening[connector] = connector.async_add_listener(
                    partial(self._changed, connector)
                )

    @callback
    def close(self) -> None:
        """Hear of nothing any more."""
        for stop in self._listening.values():
            stop()
        self._listening = {}

    @callback
    def look(self) -> None:
        """Look at what comes by itself with time, and ask again for what could not be asked."""
        if self._wanted:
            self._ask()
        self._look_at_all()

    @property
    def _told(self) -> ToldOf:
        config = self._charger.config
        return self._hub.told.of(config.subentry_id, config.charge_point_id)

    @callback
    def _changed(self, connector: Connector) -> None:
        session = connector.session
        seen = (session.id, session.stopped_at is None) if session else None
        if seen is not None and self._seen.get(connector.connector_id) != seen:
            self._seen[connector.connector_id] = seen
            # A moment later, when it is known whether the session may be.
            self._hub.hass.loop.call_soon(self._ask)
        self._look(connector)

    # Sessions ---------------------------------------------------------------------------------

    @callback
    def _ask(self) -> None:
        self._wanted = True
        if not self._asking and self._hub.running:
            self._asking = True
            self._hub.create_task(self._catch_up(), "news of sessions")

    async def _catch_up(self) -> None:
        """Tell of the sessions that began or ended since this was last called."""
        try:
            while self._wanted:
                self._wanted = False
                await self._tell_of(await self._sessions())
        except LedgerError as err:
            self._wanted = True
            self._hub.issues.ledger_failed(err)
        finally:
            self._asking = False
        self._look_at_all()

    async def _sessions(self) -> Sequence[Session]:
        """Return the newest sessions, and older ones whose end is to be told; oldest first."""
        ledger = self._hub.ledger
        newest = await ledger.sessions(
            charge_point_id=self._charger.config.charge_point_id, limit=_NEWEST
        )
        older = [
            await ledger.session(session_id)
            for session_id in self._told.unfinished - {each.id for each in newest}
        ]
        found = [*filter(None, older), *newest[::-1]]
        return sorted(found, key=lambda each: each.started_at)

    async def _tell_of(self, sessions: Sequence[Session]) -> None:
        told, present = self._told, {session.id for session in sessions}
        if told.sessions is None:
            # What was there before us is old news, but for what goes on.
            told.sessions = set(present)
            told.unfinished = {each.id for each in sessions if each.stopped_at is None}
        for session in sessions:
            self._last[session.connector_id] = session
            is_open = session.stopped_at is None
            if session.id in told.sessions and (is_open or session.id not in told.unfinished):
                continue
            may_be = self._may_be(session)
            if is_open and not may_be:
                # Somebody who may have it can still come to it.
                continue
            ended = await self._ended(session) if may_be and not is_open else None
            # Nothing is awaited from here on, so that it is told once whatever becomes of the others.
            if is_open:
                told.unfinished.add(session.id)
                self._announce(Happening.SESSION_STARTED, self._started(session))
            else:
                told.unfinished.discard(session.id)
            if ended:
                self._tell_end(session, ended)
            told.sessions.add(session.id)
            self._hub.told.changed()
        told.sessions &= present
        told.unfinished &= present
        self._hub.told.changed()

    def _may_be(self, session: Session) -> bool:
        refused = SessionFlag.REFUSED in session.flags
        return not refused and not self._charger.gatekeeper.refuses(session)

    @callback
    def _tell_end(self, session: Session, ended: dict[str, Any]) -> None:
        self._announce(Happening.SESSION_ENDED, ended)
        if why := _INTERRUPTED.get(session.stop_reason or ""):
            self._announce(Happening.CHARGING_INTERRUPTED, {**ended, "why": why})

    def _started(self, session: Session) -> dict[str, Any]:
        return {
            **self._of(session.connector_id, session.started_at),
            "session": session.id,
            "who": person_of(self._hub.tokens, session.id_tag),
            "method": method_of(session.id_tag).value,
            "started": _local(session.started_at),
        }

    async def _ended(self, session: Session) -> dict[str, Any]:
        """Return what a session came to: kWh, minutes, money, and money per kWh."""
        cost = await self._hub.ledger.session_cost(session.id)
        amount = cost.amount if cost else None
        priced = session.energy_wh - (cost.energy_without_price if cost else 0)
        ended = session.stopped_at or session.started_at
        return {
            **self._started(session),
            "late": _is_late(ended),
            "ended": _local(ended),
            "minutes": max(0, int((ended - session.started_at).total_seconds() // 60)),
            "energy": round(session.energy_wh / 1000, 3),
            "cost": None if amount is None else round(float(amount), 2),
            "currency": cost.currency if cost and amount is not None else None,
            "average_price": (
                round(float(amount) / (priced / 1000), 4)
                if amount is not None and priced > 0
                else None
            ),
            "reason": session.stop_reason,
        }

    # What is seen without the ledger ----------------------------------------------------------

    @callback
    def _look_at_all(self) -> None:
        for connector in self._charger.connectors.values():
            self._look(connector)

    @callback
    def _look(self, connector: Connector) -> None:
        told = self._told.connector(connector.connector_id)
        before = replace(told)
        self._look_for_silence(connector, told)
        self._look_at_plan(connector, told)
        if self._is_fresh(connector):
            self._look_for_fault(connector, told)
            self._look_whether_free(connector, told)
            self._look_at_cable(connector, told)
        if told != before:
            self._hub.told.changed()

    def _is_fresh(self, connector: Connector) -> bool:
        """Tell whether the connector's state is of now: a car may have left while nobody was told."""
        if not self._charger.connected:
            self._came = None
            self._stale[connector.connector_id] = connector.error
            return False
        now = dt_util.utcnow()
        self._came = self._came or now
        if connector.state is None:
            return False
        told_anew = connector.error is not self._stale.get(connector.connector_id)
        return told_anew or now - self._came >= _SETTLES

    def _look_for_silence(self, connector: Connector, told: ToldOfConnector) -> None:
        now = dt_util.utcnow()
        if self._charger.connected:
            self._silent_since = told.silent = None
            return
        self._silent_since = self._silent_since or now
        session = connector.session if connector.in_session else None
        if session is None or now - self._silent_since < _SILENT or told.silent == session.id:
            return
        told.silent = session.id
        self._announce(
            Happening.CHARGING_INTERRUPTED,
            {
                **self._started(session),
                "late": False,
                "why": "connection",
                "energy": round(session.energy_wh / 1000, 3),
            },
        )

    def _look_at_plan(self, connector: Connector, told: ToldOfConnector) -> None:
        plan = connector.smart.plan
        if plan is None or plan.ready_by is None or plan.late_by < _AT_RISK:
            return
        if plan.ready_by != told.at_risk:
            told.at_risk = plan.ready_by
            self._announce(
                Happening.READY_BY_AT_RISK,
                {
                    **self._of(connector.connector_id),
                    "ready_by": _local(plan.ready_by),
                    "ready_at": plan.ready_at and _local(plan.ready_at),
                    "late_by": round(plan.late_by.total_seconds() / 60),
                    "missing": round(plan.missing / 1000, 1),
                },
            )

    def _look_for_fault(self, connector: Connector, told: ToldOfConnector) -> None:
        whole = self._charger.fault
        if whole is None and connector.state is not ConnectorState.FAULTED:
            told.fault = None
            return
        # A fault of the whole charger is one, however many connectors it has.
        first = next(iter(self._charger.connectors.values()))
        error = connector.error
        if error is None or (whole is not None and connector is not first):
            return
        if error.error_code != told.fault:
            told.fault = error.error_code
            self._announce(
                Happening.FAULT,
                {
                    **self._of(connector.connector_id, error.timestamp),
                    "error": error.error_code,
                    "vendor_error": error.vendor_error_code,
                    "info": error.info,
                    "charging": connector.in_session,
                },
            )

    def _look_whether_free(self, connector: Connector, told: ToldOfConnector) -> None:
        was, told.free = told.free, connector.status is Status.READY
        if was is False and told.free:
            self._announce(Happening.CHARGER_FREE, self._of(connector.connector_id))

    def _look_at_cable(self, connector: Connector, told: ToldOfConnector) -> None:
        session = connector.session or self._last.get(connector.connector_id)
        since = _idle_since(connector, session) if session else None
        if session is None or since is None:
            return
        if told.cable != session.id:
            told.cable, told.minutes = session.id, 0
        minutes = int((dt_util.utcnow() - since).total_seconds() // 60)
        minutes = min(minutes, LONGEST_FORGOTTEN)
        if minutes > told.minutes:
            before, told.minutes = told.minutes, minutes
            self._announce(
                Happening.CABLE_FORGOTTEN,
                {
                    **self._started(session),
                    "late": False,
                    "since": _local(since),
                    "minutes": minutes,
                    "minutes_before": before,
                },
            )

    # ------------------------------------------------------------------------------------------

    def _of(self, connector_id: int, at: datetime | None = None) -> dict[str, Any]:
        site = self._charger.site
        return {
            "connector": connector_id,
            "site": site.config.name if site else None,
            "late": at is not None and _is_late(at),
        }

    @callback
    def _announce(self, what: Happening, told: dict[str, Any]) -> None:
        config = self._charger.config
        announce(self._hub.hass, Happened(what, config.subentry_id, config.name, told))


def _idle_since(connector: Connector, session: Session) -> datetime | None:
    """Return since when a cable has been in that charges nothing any more, None when it may."""
    if connector.plugged is not True or session.ended_at is not None:
        return None
    if session.stopped_at is not None:
        return session.charging_ended_at or session.stopped_at
    by_itself = connector.state is ConnectorState.SUSPENDED_EV and not connector.held
    return session.charging_ended_at if by_itself and session.energy_wh > 0 else None


def _is_late(at: datetime) -> bool:
    return dt_util.utcnow() - at >= _LATE


def _local(at: datetime) -> str:
    return dt_util.as_local(at).isoformat()
