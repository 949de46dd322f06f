"""What earlier sessions tell of the cars that charge at a connector."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from .ledger import Ledger, Session
from .plan import PastSession
from .units import Watt

_PAST = timedelta(days=365)
_MOST_SESSIONS = 300
#: How many of the newest sessions tell how quickly a car charges.
_NEWEST = 10
#: A session whose charging ended so long before it was ended was full.
_FULL_BEFORE = timedelta(minutes=5)
_SLICES_AN_HOUR = 4


@dataclass(frozen=True, slots=True)
class History:
    """Sessions that are over, and the highest power that was seen in a quarter-hour, in W."""

    sessions: Sequence[PastSession] = ()
    fastest: Watt | None = None


async def read_history(
    ledger: Ledger, charge_point_id: str, connector_id: int, now: datetime
) -> History:
    """Return what the ledger knows. Raises LedgerError."""
    found = await ledger.sessions(
        charge_point_id=charge_point_id, since=now - _PAST, limit=_MOST_SESSIONS
    )
    over = [s for s in found if s.connector_id == connector_id and s.stopped_at is not None]
    return History(
        sessions=tuple(_past(session) for session in over),
        fastest=await _fastest(ledger, over[:_NEWEST]),
    )


async def _fastest(ledger: Ledger, sessions: Iterable[Session]) -> Watt | None:
    highest = 0
    for session in sessions:
        # Only of the quarter-hours between the first and the last it is known that they were whole.
        slices = (await ledger.slices(session.id))[1:-1]
        highest = max([highest, *(each.wh for each in slices)])
    return float(highest * _SLICES_AN_HOUR) if highest else None


def _past(session: Session) -> PastSession:
    stopped, ended = session.stopped_at, session.charging_ended_at
    full = stopped is not None and ended is not None and stopped - ended > _FULL_BEFORE
    return PastSession(session.started_at, session.energy_wh, full=full)
