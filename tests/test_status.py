"""What a charger tells people."""

from itertools import product

from homeassistant.core import HomeAssistant
from homeassistant.helpers.translation import async_get_translations
import pytest

from custom_components.zmartcharge.const import DOMAIN
from custom_components.zmartcharge.csms import ConnectorState
from custom_components.zmartcharge.status import Circumstances, Reason, Status, status_of


def test_without_a_connection_nothing_else_counts() -> None:
    for state, updating in product((None, *ConnectorState), (True, False)):
        now = Circumstances(online=False, state=state, updating=updating)
        assert status_of(now) == (Status.OFFLINE, Reason.CONNECTION)


def test_nothing_is_claimed_before_the_charger_has_told() -> None:
    assert status_of(Circumstances(online=True, state=None)) == (None, None)


def test_update_goes_before_the_state() -> None:
    now = Circumstances(online=True, state=ConnectorState.FAULTED, updating=True)
    assert status_of(now) == (Status.UPDATING, None)


@pytest.mark.parametrize(
    ("state", "by_car", "full", "expected"),
    [
        (ConnectorState.FINISHING, False, False, (Status.WAITING, Reason.STOPPED)),
        (ConnectorState.FINISHING, True, False, (Status.FINISHED, Reason.CAR)),
        (ConnectorState.FINISHING, False, True, (Status.FINISHED, Reason.CAR)),
        (ConnectorState.SUSPENDED_EV, True, False, (Status.CAR_PAUSED, Reason.CAR)),
        (ConnectorState.SUSPENDED_EV, True, True, (Status.FINISHED, Reason.CAR)),
        (ConnectorState.CHARGING, False, True, (Status.CHARGING, None)),
        (ConnectorState.AVAILABLE, False, True, (Status.READY, None)),
    ],
)
def test_only_a_car_that_has_enough_has_finished(
    state: ConnectorState,
    by_car: bool,
    full: bool,
    expected: tuple[Status, Reason | None],
) -> None:
    now = Circumstances(online=True, state=state, suspended_by_car=by_car, battery_full=full)
    assert status_of(now) == expected


@pytest.mark.parametrize("state", list(ConnectorState))
def test_every_state_has_a_status(state: ConnectorState) -> None:
    status, _ = status_of(Circumstances(online=True, state=state))
    assert status is not None


@pytest.mark.parametrize("language", ["en", "nb", "sv", "da"])
async def test_every_status_and_reason_has_a_text(hass: HomeAssistant, language: str) -> None:
    texts = await async_get_translations(hass, language, "entity", {DOMAIN})
    prefix = f"component.{DOMAIN}.entity.sensor.status"
    shown = [texts[f"{prefix}.state.{status}"] for status in Status]
    assert len(set(shown)) == len(Status)
    for reason in Reason:
        assert texts[f"{prefix}.state_attributes.reason.state.{reason}"]


async def test_messages_in_english(hass: HomeAssistant) -> None:
    texts = await async_get_translations(hass, "en", "entity", {DOMAIN})
    messages = [
        texts[f"component.{DOMAIN}.entity.sensor.status.state.{status}"] for status in Status
    ][:8]
    assert messages == [
        "The charger is ready",
        "The charger is getting ready",
        "Waiting for start or cheap power",
        "The car has paused or ended charging",
        "Charging is finished",
        "The charger must be connected to the Internet",
        "Charging in progress",
        "There is a fault on the charger.",
    ]


def test_reserved_connector_stays_reserved_when_a_cable_is_in() -> None:
    now = Circumstances(online=True, state=ConnectorState.PREPARING, reserved=True, held=True)
    assert status_of(now) == (Status.RESERVED, None)


def test_car_that_nobody_has_started_does_not_wait_for_its_price() -> None:
    now = Circumstances(online=True, state=ConnectorState.PREPARING, unauthorized=True, held=True)
    assert status_of(now) == (Status.PREPARING, Reason.AUTHORIZATION)


def test_what_somebody_stopped_waits_for_cheap_power_only_where_that_is_planned() -> None:
    state = ConnectorState.FINISHING
    planned = Circumstances(online=True, state=state)
    over = Circumstances(online=True, state=state, over=True)
    assert status_of(planned) == (Status.WAITING, Reason.STOPPED)
    assert status_of(over) == (Status.FINISHED, Reason.STOPPED)


@pytest.mark.parametrize("state", ["Finishing", "SuspendedEVSE", "Preparing"])
def test_start_that_is_under_way_waits_for_nothing(state: str) -> None:
    now = Circumstances(
        online=True, state=ConnectorState(state), beginning=True, unauthorized=True, over=True
    )
    assert status_of(now) == (Status.PREPARING, None)


def test_start_does_not_hide_what_the_car_waits_for_by_plan_nor_what_it_does() -> None:
    held = Circumstances(
        online=True, state=ConnectorState.SUSPENDED_EVSE, beginning=True, held=True
    )
    assert status_of(held) == (Status.WAITING, Reason.PRICE)
    for state in (ConnectorState.AVAILABLE, ConnectorState.CHARGING, ConnectorState.FAULTED):
        plain = Circumstances(online=True, state=state)
        begun = Circumstances(online=True, state=state, beginning=True)
        assert status_of(begun) == status_of(plain)
