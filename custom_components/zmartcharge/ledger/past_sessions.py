"""All sessions page by page, and what each of them cost."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial

from . import costs, queries
from .clock import utc
from .price_records import SessionCost
from .records import Session
from .writer import Writer


class PastSessions:
    """The part of the ledger that lists are made from. All of it raises LedgerError."""

    def __init__(self, writer: Writer) -> None:
        """Take the ledger's writer."""
        self._writer = writer

    async def page(
        self,
        *,
        connectors: tuple[tuple[str, int], ...] | None = None,
        site_id: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        before: str | None = None,
        limit: int,
    ) -> tuple[Session, ...]:
        """Return sessions that began in [since, until), newest first, at most ``limit``.

        ``connectors`` are charge point ids, each with a connector id; None: all that ever were.
        ``before`` is the id of the session after which the page begins.
        """
        return await self._writer.run(
            partial(
                queries.page,
                connectors=connectors,
                site_id=site_id,
                since=None if since is None else utc(since),
                until=None if until is None else utc(until),
                before=before,
                limit=limit,
            )
        )

    async def costs(self, session_ids: Sequence[str]) -> dict[str, SessionCost]:
        """Return what sessions cost, by their ids; those that there are none of are left out."""
        return await self._writer.run(partial(costs.session_costs, session_ids=tuple(session_ids)))
