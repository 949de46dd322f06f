"""Who asks, with what a test does not care about filled in."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from custom_components.zmartcharge.access import (
    AuthorizationStatus16,
    ListEntry,
    OpeningHours,
    OpeningInterval,
    OpenTransaction,
    Purpose,
    Request,
    StartMethod,
    Token,
)

#: A Tuesday, 14:00 in Oslo.
NOW = datetime(2026, 10, 6, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
OSLO = ZoneInfo("Europe/Oslo")
CHARGER = "garage"
CARD = "04A2B3C4D53F2A"


def a_request(
    token: Token | None = None,
    *,
    id_tag: str | None = None,
    how: StartMethod = StartMethod.RFID,
    purpose: Purpose = Purpose.START,
    at: datetime = NOW,
    charger: str = CHARGER,
    connector: int | None = 1,
    running: tuple[OpenTransaction, ...] = (),
) -> Request:
    """Return a request; of a token its idTag is presented."""
    return Request(
        charger=charger,
        connector=connector,
        at=at,
        how=how,
        purpose=purpose,
        id_tag=token.id_tag if token and id_tag is None else id_tag,
        token=token,
        open_transactions=running,
    )


def running(
    id_tag: str | None = CARD,
    *,
    group: str | None = None,
    charger: str = CHARGER,
    connector: int = 1,
) -> OpenTransaction:
    """Return a transaction that goes on."""
    return OpenTransaction(charger=charger, connector=connector, id_tag=id_tag, group=group)


def hours(*intervals: str, days: range = range(7), zone: ZoneInfo = OSLO) -> OpeningHours:
    """Return opening hours, each as in 22:00-02:30."""
    found = []
    for interval in intervals:
        start, _, end = interval.partition("-")
        found.append(OpeningInterval(time.fromisoformat(start), time.fromisoformat(end)))
    return OpeningHours(dict.fromkeys(days, tuple(found)), zone)


def an_entry(
    id_tag: str = CARD,
    status: AuthorizationStatus16 = AuthorizationStatus16.ACCEPTED,
    *,
    valid_until: datetime | None = None,
    group: str | None = None,
) -> ListEntry:
    """Return an entry of a local list."""
    return ListEntry(id_tag=id_tag, status=status, valid_until=valid_until, group=group)
