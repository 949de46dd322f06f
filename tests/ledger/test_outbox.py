"""What a second central system is to be told is kept, in order, once, and not without end."""

from dataclasses import replace
from pathlib import Path
import sqlite3
from typing import Any

from hypothesis import HealthCheck, given, settings, strategies as st
import pytest

from custom_components.zmartcharge.ledger import ForwardedMessage, Ledger, forwarding
from custom_components.zmartcharge.ledger.engine import open_engine
from custom_components.zmartcharge.ledger.migrations import MIGRATIONS, migrate

from .builders import CHARGER, T0, a_start, minutes
from .test_migration_prices import SCHEMA, shape


def message(key: str, **changes: Any) -> ForwardedMessage:
    fields: dict[str, Any] = {
        "charge_point_id": CHARGER,
        "key": key,
        "action": "MeterValues",
        "payload": f'{{"of": "{key}"}}',
        "droppable": True,
        "queued_at": T0,
        **changes,
    }
    return ForwardedMessage(**fields)


def start(key: str = "start", transaction_id: int | None = 7, **changes: Any) -> ForwardedMessage:
    kept = {"action": "StartTransaction", "opens": True, "droppable": False, **changes}
    return message(key, transaction_id=transaction_id, **kept)


async def keys(ledger: Ledger, charger: str = CHARGER) -> list[str]:
    return [each.message.key for each in await ledger.outbox.waiting(charger, 100)]


async def test_messages_wait_in_their_order_over_a_restart(ledger: Ledger, url: str) -> None:
    for key in ("a", "b", "c"):
        assert await ledger.outbox.queue(message(key))
    await ledger.close()
    again = await Ledger.open(url)
    assert await keys(again) == ["a", "b", "c"]
    (first, *_) = await again.outbox.waiting(CHARGER, 1)
    assert first.message == message("a")
    await again.close()


async def test_the_same_message_waits_once_and_is_known_after_delivery(ledger: Ledger) -> None:
    assert await ledger.outbox.queue(message("a"))
    assert not await ledger.outbox.queue(message("a"))
    (only,) = await ledger.outbox.waiting(CHARGER, 10)
    await ledger.outbox.done(only.number, T0)
    assert not await ledger.outbox.queue(message("a"))
    assert await keys(ledger) == []
    assert await ledger.outbox.count(CHARGER) == 0


async def test_chargers_do_not_see_each_other_s_messages(ledger: Ledger) -> None:
    await ledger.outbox.queue(message("a"))
    assert await ledger.outbox.queue(message("a", charge_point_id="CP2"))
    await ledger.outbox.forget(CHARGER)
    assert await keys(ledger) == []
    assert await keys(ledger, "CP2") == ["a"]


async def test_the_other_s_number_is_found_for_all_messages_of_a_transaction(
    ledger: Ledger, url: str
) -> None:
    await ledger.outbox.queue(start(transaction_id=None))
    await ledger.outbox.name_transaction(CHARGER, "start", 7)
    (begun,) = await ledger.outbox.waiting(CHARGER, 10)
    await ledger.outbox.done(begun.number, T0, 991)
    await ledger.close()
    again = await Ledger.open(url)
    assert await again.outbox.queue(message("values", transaction_id=7))
    (values,) = await again.outbox.waiting(CHARGER, 10)
    assert values.their_transaction_id == 991
    assert await again.outbox.our_transaction(CHARGER, 991) == 7
    assert await again.outbox.our_transaction(CHARGER, 7) is None
    assert await again.outbox.our_transaction("CP2", 991) is None
    await again.close()


async def test_what_belongs_to_a_transaction_that_was_never_told_is_left_out(
    ledger: Ledger,
) -> None:
    assert not await ledger.outbox.queue(message("values", transaction_id=7))
    await ledger.outbox.queue(start())
    assert await ledger.outbox.queue(message("values", transaction_id=7))


async def test_number_that_was_not_noted_in_time_is_found_in_the_sessions(ledger: Ledger) -> None:
    await ledger.outbox.queue(start(transaction_id=None, payload='{"connectorId": 1}'))
    started = await ledger.start_transaction(replace(a_start(), raw='{"connectorId": 1}'))
    await ledger.outbox.take_up(CHARGER)
    (begun,) = await ledger.outbox.waiting(CHARGER, 10)
    assert begun.message.transaction_id == started.session.transaction_id


async def test_too_many_values_push_the_oldest_out_and_never_a_start_or_a_stop(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forwarding, "MAX_WAITING", 3)
    await ledger.outbox.queue(start())
    for number in range(5):
        await ledger.outbox.queue(message(f"v{number}", transaction_id=7))
    for number in range(5):
        await ledger.outbox.queue(message(f"stop{number}", transaction_id=7, droppable=False))
    assert await keys(ledger) == ["start", "v2", "v3", "v4", *(f"stop{n}" for n in range(5))]


async def test_delivered_values_are_forgotten_and_transactions_are_not(ledger: Ledger) -> None:
    for each in (start(), message("values"), message("later")):
        await ledger.outbox.queue(each)
    begun, values, later = await ledger.outbox.waiting(CHARGER, 10)
    await ledger.outbox.done(begun.number, T0, 991)
    await ledger.outbox.done(values.number, T0)
    await ledger.outbox.done(later.number, minutes(60 * 24 * 2))
    assert await ledger.outbox.queue(message("values"))
    assert not await ledger.outbox.queue(start())
    assert await ledger.outbox.our_transaction(CHARGER, 991) == 7


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    steps=st.lists(
        st.one_of(
            st.tuples(st.just("say"), st.integers(0, 8)),
            st.tuples(st.just("deliver"), st.integers(1, 3)),
            st.tuples(st.just("restart"), st.just(0)),
        ),
        max_size=30,
    )
)
async def test_nothing_is_lost_repeated_or_out_of_order(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, int]]
) -> None:
    url = f"sqlite:///{tmp_path_factory.mktemp('outbox') / 'ledger.db'}"
    ledger = await Ledger.open(url)
    said: list[str] = []
    delivered: list[str] = []
    for step, number in steps:
        match step:
            case "say":
                assert await ledger.outbox.queue(message(str(number))) == (str(number) not in said)
                said.append(str(number))
            case "deliver":
                for each in await ledger.outbox.waiting(CHARGER, number):
                    delivered.append(each.message.key)
                    await ledger.outbox.done(each.number, T0)
            case "restart":
                await ledger.close()
                ledger = await Ledger.open(url)
    assert delivered + await keys(ledger) == list(dict.fromkeys(said))
    await ledger.close()


async def test_ledger_from_before_gets_the_shape_of_a_new_one(
    path: Path, url: str, tmp_path: Path
) -> None:
    connection = sqlite3.connect(path)
    connection.executescript(SCHEMA.read_text())
    connection.close()
    engine = open_engine(url)
    migrate(engine, MIGRATIONS[:3])
    engine.dispose()
    ledger = await Ledger.open(url)
    assert await ledger.outbox.queue(message("a"))
    await ledger.close()
    assert shape(url) == shape(f"sqlite:///{tmp_path / 'new.db'}")
