"""Sampled values as chargers really send them."""

from typing import Any

import pytest

from custom_components.zmartcharge.csms.fields import Fields
from custom_components.zmartcharge.csms.v16.meter import read_snapshots
from custom_components.zmartcharge.units import Phase

from ..conftest import NOW


def _read(*values: dict[str, Any]) -> tuple[Any, list[str]]:
    payload = {"meterValue": [{"timestamp": "2026-11-21T11:00:00Z", "sampledValue": list(values)}]}
    fields = Fields(payload, received=NOW)
    (snapshot,) = read_snapshots(fields, "meterValue", NOW)
    return snapshot, fields.problems


def test_a_value_without_measurand_is_the_register_in_wh() -> None:
    snapshot, problems = _read({"value": "12345"})
    assert snapshot.register == 12345
    assert not problems


def test_units_are_converted() -> None:
    snapshot, _ = _read(
        {"value": "12.345", "unit": "kWh"},
        {"value": "7.2", "unit": "kW", "measurand": "Power.Active.Import"},
    )
    assert (snapshot.register, snapshot.power) == (12345, 7200.0)


@pytest.mark.parametrize("phase", ["L1", "L1-N", "L1-L2"])
def test_phases_are_known_by_all_their_names(phase: str) -> None:
    snapshot, _ = _read({"value": "15.9", "measurand": "Current.Import", "phase": phase})
    assert snapshot.currents == {Phase.L1: 15.9}


def test_a_missing_total_is_the_sum_of_its_phases() -> None:
    values = [
        {"value": "2300", "measurand": "Power.Active.Import", "phase": f"L{n}"} for n in (1, 2, 3)
    ]
    assert _read(*values)[0].power == 6900


def test_a_total_goes_before_its_phases() -> None:
    snapshot, _ = _read(
        {"value": "2300", "measurand": "Power.Active.Import", "phase": "L1"},
        {"value": "2310", "measurand": "Power.Active.Import"},
    )
    assert snapshot.power == 2310


def test_a_single_phase_charger_may_leave_the_phase_out() -> None:
    snapshot, _ = _read(
        {"value": "16", "measurand": "Current.Import"}, {"value": "231", "measurand": "Voltage"}
    )
    assert (snapshot.currents, snapshot.voltages) == ({Phase.L1: 16}, {Phase.L1: 231})


def test_the_offered_current_may_come_per_phase() -> None:
    values = [
        {"value": str(a), "measurand": "Current.Offered", "phase": f"L{n}"}
        for n, a in ((1, 16), (2, 0))
    ]
    assert _read(*values)[0].offered == 16


def test_values_that_open_a_transaction_are_not_live() -> None:
    snapshot, _ = _read({"value": "0", "context": "Transaction.Begin"})
    assert not snapshot.live


def test_signed_values_are_kept_as_they_came() -> None:
    snapshot, _ = _read({"value": "OCMF|{}|{}", "format": "SignedData"})
    assert snapshot.signed == ("OCMF|{}|{}",)
    assert snapshot.register is None


@pytest.mark.parametrize("value", ["", "NaN", "inf", "-5", "1e30", None, [], "x" * 50])
def test_an_unusable_register_is_unknown_and_noted(value: Any) -> None:
    snapshot, problems = _read({"value": value})
    assert snapshot.register is None
    assert problems


def test_other_measurands_and_places_are_left_out() -> None:
    snapshot, problems = _read(
        {"value": "50", "measurand": "Frequency"},
        {"value": "9", "measurand": "Current.Import", "location": "Body"},
        {"value": "9", "measurand": "Current.Import", "phase": "N"},
    )
    assert snapshot.currents == {}
    assert not problems


@pytest.mark.parametrize("payload", [{}, {"meterValue": 5}, {"meterValue": [7]}])
def test_nothing_measured(payload: dict[str, Any]) -> None:
    assert read_snapshots(Fields(payload, received=NOW), "meterValue", NOW) == ()


def test_the_oldest_comes_first() -> None:
    payload = {
        "meterValue": [
            {"timestamp": "2026-11-21T11:01:00Z", "sampledValue": [{"value": "2"}]},
            {"timestamp": "2026-11-21T11:00:00Z", "sampledValue": [{"value": "1"}]},
        ]
    }
    found = read_snapshots(Fields(payload, received=NOW), "meterValue", NOW)
    assert [snapshot.register for snapshot in found] == [1, 2]
