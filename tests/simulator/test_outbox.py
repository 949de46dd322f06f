"""The order and the memory of what a charger still has to tell."""

import json

from simulator.outbox import Outbox, Outgoing


def message(action: str, key: int | None = None) -> Outgoing:
    return Outgoing(action=action, payload={"connector_id": 1}, transaction_key=key)


def actions(outbox: Outbox) -> list[str]:
    return [item.action for item in outbox]


def test_messages_leave_in_order_and_statuses_can_go_first() -> None:
    outbox = Outbox()
    outbox.add(message("StartTransaction", 1))
    outbox.add(message("StopTransaction", 1))
    outbox.add_first(message("StatusNotification"))
    assert actions(outbox) == ["StatusNotification", "StartTransaction", "StopTransaction"]
    head = outbox.head()
    assert head is not None
    outbox.remove(head)
    assert actions(outbox) == ["StartTransaction", "StopTransaction"]


def test_only_messages_about_transactions_survive_a_lost_connection() -> None:
    outbox = Outbox()
    outbox.add(message("StatusNotification"))
    outbox.add(message("MeterValues"))
    outbox.add(message("MeterValues", 1))
    outbox.forget_passing()
    assert [item.transaction_key for item in outbox] == [1]


def test_the_id_of_the_replayed_start_goes_into_what_follows_also_after_a_restart() -> None:
    outbox = Outbox()
    start, stop = message("StartTransaction", 1), message("StopTransaction", 1)
    outbox.add(start)
    outbox.add(stop)
    outbox.learn(1, 77)
    outbox.remove(start)
    again = Outbox()
    again.load(json.loads(json.dumps(outbox.save())))
    head = again.head()
    assert head is not None
    assert again.payload(head, {})["transaction_id"] == 77
    assert "transaction_id" not in again.payload(start, {})


def test_a_transaction_without_an_id_is_minus_one() -> None:
    outbox = Outbox()
    assert outbox.payload(message("StopTransaction", 1), {})["transaction_id"] == -1


def test_ids_of_told_transactions_are_forgotten() -> None:
    outbox = Outbox()
    stop = message("StopTransaction", 1)
    outbox.add(stop)
    outbox.learn(1, 77)
    outbox.remove(stop)
    assert outbox.save() == {"messages": [], "transaction_ids": {}}


def test_a_long_time_offline_costs_samples_and_never_starts_or_stops() -> None:
    outbox = Outbox()
    outbox.add(message("StartTransaction", 1))
    for _ in range(5001):
        outbox.add(message("MeterValues", 1))
    outbox.add(message("StopTransaction", 1))
    assert actions(outbox)[0] == "StartTransaction"
    assert actions(outbox)[-1] == "StopTransaction"
    assert len(outbox) == 5002
