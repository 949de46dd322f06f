"""Messages of a charger, with what a test does not care about filled in."""

from datetime import UTC, datetime, timedelta

from custom_components.zmartcharge.ledger import (
    Ledger,
    MeterSample,
    Session,
    TransactionStart,
    TransactionStop,
)

CHARGER = "CP1"
T0 = datetime(2026, 10, 1, 12, 0, tzinfo=UTC)


def minutes(count: float) -> datetime:
    """Return the time so many minutes after T0."""
    return T0 + timedelta(minutes=count)


def a_start(
    meter: int | None = 1000,
    minute: float = 0,
    *,
    charger: str = CHARGER,
    connector: int = 1,
    tag: str = "TAG",
    at: datetime | None = None,
    received: datetime | None = None,
    site: str | None = None,
) -> TransactionStart:
    moment = at or minutes(minute)
    return TransactionStart(
        charge_point_id=charger,
        connector_id=connector,
        id_tag=tag,
        meter_start_wh=meter,
        started_at=moment,
        received_at=received or moment,
        site_id=site,
        raw="start",
    )


def a_stop(
    session: Session,
    meter: int | None,
    minute: float = 60,
    *,
    charger: str = CHARGER,
    at: datetime | None = None,
    received: datetime | None = None,
    reason: str = "EVDisconnected",
) -> TransactionStop:
    moment = at or minutes(minute)
    return TransactionStop(
        charge_point_id=charger,
        transaction_id=session.transaction_id,
        meter_stop_wh=meter,
        stopped_at=moment,
        received_at=received or moment,
        reason=reason,
        raw="stop",
    )


def a_sample(
    register: int | None,
    minute: float,
    *,
    transaction: int | None = None,
    connector: int = 1,
    charger: str = CHARGER,
    at: datetime | None = None,
    received: datetime | None = None,
    signed: str | None = None,
) -> MeterSample:
    moment = at or minutes(minute)
    return MeterSample(
        charge_point_id=charger,
        connector_id=connector,
        transaction_id=transaction,
        register_wh=register,
        sampled_at=moment,
        received_at=received or moment,
        signed=signed,
    )


async def started(ledger: Ledger, message: TransactionStart | None = None) -> Session:
    """Begin a session."""
    return (await ledger.start_transaction(message or a_start())).session


async def told(ledger: Ledger, session: Session) -> Session:
    """Return what the ledger says of a session now."""
    found = await ledger.session(session.id)
    assert found is not None
    return found


async def stopped(ledger: Ledger, session: Session, meter: int | None, minute: float) -> Session:
    """End a session."""
    found = await ledger.stop_transaction(a_stop(session, meter, minute))
    assert found is not None
    return found


async def sampled(ledger: Ledger, *readings: tuple[int, float]) -> None:
    """Report (register, minute) one message at a time."""
    for register, minute in readings:
        await ledger.record_meters([a_sample(register, minute)])


async def sliced(ledger: Ledger, session: Session) -> dict[str, int]:
    """Return a session's energy by the ISO start of the quarter-hour."""
    return {
        part.start.strftime("%Y-%m-%dT%H:%M"): part.wh for part in await ledger.slices(session.id)
    }
