"""The ledger's tables, in portable SQLAlchemy Core. Energy is Wh, times are microseconds."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
import json
from typing import override

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
)

from .clock import from_microseconds, to_microseconds

metadata = MetaData()


class Moment(TypeDecorator[datetime]):
    """An aware time, kept as integer microseconds since the epoch, UTC."""

    impl = BigInteger
    cache_ok = True

    @override
    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        return None if value is None else to_microseconds(value)

    @override
    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        return None if value is None else from_microseconds(value)


class ForeignText(TypeDecorator[str]):
    """Text that a charger chose: what a database cannot hold is kept escaped.

    SQLite takes no lone surrogates, PostgreSQL also no NUL.
    """

    impl = Text
    cache_ok = True

    @override
    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        if value is None:
            return None
        return value.encode("utf-8", "backslashreplace").decode("utf-8").replace("\0", "\\x00")


class Exact(TypeDecorator[Decimal]):
    """A decimal number, kept as text: SQLite has no exact one."""

    impl = Text
    cache_ok = True

    @override
    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> str | None:
        return None if value is None else str(value)

    @override
    def process_result_value(self, value: str | None, dialect: Dialect) -> Decimal | None:
        return None if value is None else Decimal(value)


class Components(TypeDecorator[Mapping[str, Decimal]]):
    """Named decimal numbers, kept as a JSON object of texts."""

    impl = Text
    cache_ok = True

    @override
    def process_bind_param(
        self, value: Mapping[str, Decimal] | None, dialect: Dialect
    ) -> str | None:
        if value is None:
            return None
        return json.dumps({name: str(amount) for name, amount in value.items()})

    @override
    def process_result_value(
        self, value: str | None, dialect: Dialect
    ) -> Mapping[str, Decimal] | None:
        if value is None:
            return None
        return {name: Decimal(amount) for name, amount in json.loads(value).items()}


class Names(TypeDecorator[frozenset[str]]):
    """Names without an order, kept as a JSON array of texts."""

    impl = Text
    cache_ok = True

    @override
    def process_bind_param(self, value: frozenset[str] | None, dialect: Dialect) -> str | None:
        return None if value is None else json.dumps(sorted(value))

    @override
    def process_result_value(self, value: str | None, dialect: Dialect) -> frozenset[str] | None:
        return None if value is None else frozenset(json.loads(value))


schema_version = Table("schema_version", metadata, Column("version", Integer, nullable=False))

sessions = Table(
    "sessions",
    metadata,
    Column("id", Text, primary_key=True),
    Column("transaction_id", Integer, nullable=False, unique=True),
    Column("charge_point_id", ForeignText, nullable=False),
    Column("connector_id", Integer, nullable=False),
    Column("site_id", Text),
    Column("id_tag", ForeignText, nullable=False),
    Column("reservation_id", Integer),
    Column("started_at", Moment, nullable=False),
    Column("charging_ended_at", Moment),
    Column("stopped_at", Moment),
    Column("ended_at", Moment),
    Column("meter_start_wh", BigInteger, nullable=False),
    Column("meter_stop_wh", BigInteger),
    Column("last_register_wh", BigInteger),
    Column("last_sample_at", Moment),
    Column("stop_reason", ForeignText),
    Column("stop_id_tag", ForeignText),
    Column("flags", Text, nullable=False),
    Column("register_offset_wh", BigInteger, nullable=False),
    # What the charger claimed, kept for telling repeated messages from new ones.
    # -1: no usable meterStart, because NULLs are distinct in a unique constraint.
    Column("claimed_meter_start_wh", BigInteger, nullable=False),
    Column("claimed_started_at", Moment, nullable=False),
    Column("claimed_stopped_at", Moment),
    Column("received_at", Moment, nullable=False),
    # How the session's register is followed, see register.py.
    Column("epoch_at", Moment, nullable=False),
    Column("pending_wh", BigInteger),
    Column("pending_at", Moment),
    # Energy between the reading before the session and meterStart.
    Column("gap_wh", BigInteger, nullable=False),
    Column("raw_start", ForeignText),
    Column("raw_stop", ForeignText),
    # The first quarter-hour whose energy or price nobody counted yet, and the number of changes.
    Column("changed_from", Moment),
    Column("changes", Integer, nullable=False, server_default="0"),
    # What the charger itself calls the transaction, where it does.
    Column("own_id", ForeignText),
    UniqueConstraint(
        "charge_point_id",
        "connector_id",
        "id_tag",
        "claimed_meter_start_wh",
        "claimed_started_at",
        name="uq_sessions_start",
    ),
    Index("ix_sessions_connector", "charge_point_id", "connector_id", "started_at"),
    Index("ix_sessions_site", "site_id", "started_at"),
    Index("ix_sessions_started", "started_at"),
    Index("ix_sessions_changed", "changed_from"),
    Index("ix_sessions_own_id", "charge_point_id", "own_id"),
)

connectors = Table(
    "connectors",
    metadata,
    Column("charge_point_id", ForeignText, primary_key=True),
    Column("connector_id", Integer, primary_key=True, autoincrement=False),
    Column("register_wh", BigInteger, nullable=False),
    Column("register_at", Moment, nullable=False),
    Column("epoch_at", Moment, nullable=False),
    Column("pending_wh", BigInteger),
    Column("pending_at", Moment),
    # NULL until the register was seen above 0.
    Column("lifetime_wh", BigInteger),
    # Energy since the last session that no session accounts for.
    Column("idle_wh", BigInteger, nullable=False),
)

slices = Table(
    "slices",
    metadata,
    Column("session_id", Text, ForeignKey("sessions.id"), primary_key=True),
    Column("start", Moment, primary_key=True),
    Column("wh", BigInteger, nullable=False),
    Index("ix_slices_start", "start"),
)

# The price that holds, one row for each quarter-hour: a longer period is held for each of its own.
prices = Table(
    "prices",
    metadata,
    Column("site_id", Text, primary_key=True),
    Column("start_at", Moment, primary_key=True),
    Column("price", Exact, nullable=False),
    Column("currency", Text, nullable=False),
    Column("components", Components, nullable=False),
    Column("preliminary", Boolean, nullable=False),
)

superseded_prices = Table(
    "superseded_prices",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("site_id", Text, nullable=False),
    Column("start_at", Moment, nullable=False),
    Column("price", Exact, nullable=False),
    Column("currency", Text, nullable=False),
    Column("components", Components, nullable=False),
    Column("preliminary", Boolean, nullable=False),
    Column("superseded_at", Moment, nullable=False),
    Column("reason", ForeignText, nullable=False),
    Index("ix_superseded_prices_site", "site_id", "start_at"),
)

signed_values = Table(
    "signed_values",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("session_id", Text, ForeignKey("sessions.id"), nullable=False),
    Column("sampled_at", Moment, nullable=False),
    Column("value", ForeignText, nullable=False),
    Index("ix_signed_values_session", "session_id", "sampled_at"),
)

corrections = Table(
    "corrections",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("session_id", Text, ForeignKey("sessions.id"), nullable=False, index=True),
    Column("corrected_at", Moment, nullable=False),
    Column("energy_wh", BigInteger, nullable=False),
    Column("reason", ForeignText, nullable=False),
)

quarantine = Table(
    "quarantine",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("charge_point_id", ForeignText, nullable=False, index=True),
    Column("received_at", Moment, nullable=False),
    Column("action", ForeignText, nullable=False),
    Column("reason", ForeignText, nullable=False),
    Column("payload", ForeignText, nullable=False),
)

# ``uid`` is what all spellings of an idTag have in common; sessions refer to no token, but keep
# the text of their idTag.
tokens = Table(
    "tokens",
    metadata,
    Column("uid", ForeignText, primary_key=True),
    Column("id_tag", Text, nullable=False),
    Column("label", ForeignText, nullable=False),
    Column("holder", ForeignText, nullable=False),
    Column("group_id", Text),
    Column("type", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("valid_from", Moment),
    Column("valid_until", Moment),
    # NULL: all of them.
    Column("charge_point_ids", Names),
    Column("note", ForeignText, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("changed_at", Moment, nullable=False),
    Column("last_used_at", Moment),
    Column("last_used_charge_point_id", ForeignText),
    # Of who starts by SMS, in E.164.
    Column("phone", Text),
    Column("language", Text),
    Index("ix_tokens_phone", "phone", unique=True),
)

# The local authorization list that each charger accepted last.
local_lists = Table(
    "local_lists",
    metadata,
    Column("charge_point_id", ForeignText, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("sent_at", Moment, nullable=False),
)

local_list_entries = Table(
    "local_list_entries",
    metadata,
    Column("charge_point_id", ForeignText, primary_key=True),
    Column("uid", ForeignText, primary_key=True),
    Column("id_tag", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("valid_until", Moment),
    Column("group_id", Text),
    Column("type", Text, nullable=False),
)

# What a second central system is to be told of each charger, and what it was told lately.
forwarded_messages = Table(
    "forwarded_messages",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("charge_point_id", ForeignText, nullable=False),
    Column("key", Text, nullable=False),
    Column("action", Text, nullable=False),
    # Empty once it is delivered.
    Column("payload", ForeignText, nullable=False),
    # Ours, and the other system's.
    Column("transaction_id", Integer),
    Column("their_transaction_id", Integer),
    Column("droppable", Boolean, nullable=False),
    Column("queued_at", Moment, nullable=False),
    # NULL: it waits.
    Column("done_at", Moment),
    UniqueConstraint("charge_point_id", "key", name="uq_forwarded_messages_key"),
    Index("ix_forwarded_messages_waiting", "charge_point_id", "done_at", "id"),
    Index(
        "ix_forwarded_messages_transaction",
        "charge_point_id",
        "transaction_id",
        "their_transaction_id",
    ),
)
