"""A charger's firmware in virtual time, with nobody listening."""

from datetime import UTC, datetime, timedelta

from simulator import Car, ConnectorStatus, GridType, Station

from .conftest import prompt_evse

START = datetime(2026, 1, 15, 12, tzinfo=UTC)


def actions(station: Station) -> list[str]:
    return [item.action for item in station.outbox if item.is_kept]


def test_a_free_charger_starts_when_a_car_comes() -> None:
    station = Station(prompt_evse(), free_vend_id_tag="FREE")
    station.plug_in(Car(), 1, START)
    assert actions(station) == ["StartTransaction"]
    assert station.outbox.head() is not None
    for second in range(1, 121):
        station.step(START + timedelta(seconds=second), 1.0)
    station.unplug(1, START + timedelta(seconds=121))
    assert actions(station) == [
        "StartTransaction",
        "MeterValues",
        "MeterValues",
        "StopTransaction",
    ]


def test_an_inoperative_charger_does_not_start() -> None:
    station = Station(prompt_evse(), free_vend_id_tag="FREE")
    station.change_availability(0, operative=False, now=START)
    station.plug_in(Car(), 1, START)
    assert actions(station) == []
    assert station.evse.connector(1).status is ConnectorStatus.UNAVAILABLE


def test_a_session_may_outlive_the_cable() -> None:
    station = Station(prompt_evse(), {"StopTransactionOnEVSideDisconnect": "false"})
    station.plug_in(Car(ramp_s=0), 1, START)
    station.present("ANNA", 1, START)
    car = station.unplug(1, START + timedelta(seconds=10))
    assert station.evse.connector(1).status is ConnectorStatus.SUSPENDED_EV
    station.plug_in(car, 1, START + timedelta(seconds=20))
    station.step(START + timedelta(seconds=21), 1.0)
    assert station.evse.connector(1).status is ConnectorStatus.CHARGING
    assert actions(station) == ["StartTransaction"]


def test_a_second_car_needs_a_new_tag() -> None:
    station = Station(prompt_evse())
    station.plug_in(Car(), 1, START)
    station.present("ANNA", 1, START)
    station.unplug(1, START)
    station.plug_in(Car(), 1, START)
    assert station.evse.connector(1).status is ConnectorStatus.PREPARING
    assert station.evse.connector(1).transaction is None


def test_closing_values_come_with_the_stop_when_they_are_asked_for() -> None:
    station = Station(prompt_evse(), {"StopTxnSampledData": "Energy.Active.Import.Register"})
    station.plug_in(Car(), 1, START)
    station.present("ANNA", 1, START)
    station.stop(1, START + timedelta(seconds=60), "Local")
    stop = next(item for item in station.outbox if item.action == "StopTransaction")
    value = stop.payload["transaction_data"][0]["sampled_value"][0]
    assert value["context"] == "Transaction.End"
    assert value["unit"] == "Wh"


def test_an_it_charger_names_its_voltages_between_lines() -> None:
    station = Station(
        prompt_evse(grid=GridType.IT_230), {"MeterValuesSampledData": "Voltage,Power.Offered"}
    )
    station.plug_in(Car(), 1, START)
    station.present("ANNA", 1, START)
    station.sampler.sample(1, START)
    samples = [item for item in station.outbox if item.action == "MeterValues"]
    sampled = samples[0].payload["meter_value"][0]["sampled_value"]
    assert [item.get("phase") for item in sampled] == ["L1-L2", "L2-L3", "L3-L1", None]
    assert float(sampled[-1]["value"]) == 32 * 460


def test_a_restart_keeps_keys_lists_and_reservations_of_settings() -> None:
    station = Station(prompt_evse(connectors=2), {"MeterValueSampleInterval": "10"})
    station.configuration.change("HeartbeatInterval", "42")
    station.id_tags.remember("ANNA", {"status": "Accepted"})
    station.change_availability(2, operative=False, now=START)
    again = Station(prompt_evse(connectors=1))
    again.load(station.save(), START)
    assert again.configuration.number("HeartbeatInterval") == 42
    assert again.configuration.number("MeterValueSampleInterval") == 10
    assert again.configuration.text("NumberOfConnectors") == "1"
    assert again.id_tags.while_offline("ANNA", START) == "Accepted"
