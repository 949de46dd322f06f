from datetime import timedelta

from custom_components.zmartcharge.plan import CarAction, CarBehaviour, CarView, wake

from .builders import NOW

MINUTE = timedelta(minutes=1)


def view(*, wanted: bool = True, offered: bool = True, drawing: bool = False) -> CarView:
    return CarView(plugged=True, wanted=wanted, offered=offered, drawing=drawing)


def test_car_that_charges_as_it_is_plugged_in_is_paused() -> None:
    seen, action = wake(CarBehaviour(), view(wanted=False, drawing=True), NOW)
    assert action is CarAction.WITHDRAW
    assert wake(seen, view(wanted=False, offered=False), NOW)[1] is CarAction.NONE


def test_slot_that_begins_is_offered_and_the_car_charges() -> None:
    seen, action = wake(CarBehaviour(), view(offered=False), NOW)
    assert action is CarAction.OFFER
    seen, action = wake(seen, view(drawing=True), NOW + MINUTE)
    assert action is CarAction.NONE and seen.next_look() is None and seen.state.value == "charging"


def test_car_that_takes_nothing_is_woken() -> None:
    seen, _ = wake(CarBehaviour(), view(offered=False), NOW)
    seen, action = wake(seen, view(), NOW + MINUTE)
    assert action is CarAction.NONE and seen.next_look() == NOW + 3 * MINUTE
    seen, action = wake(seen, view(), NOW + 3 * MINUTE)
    assert action is CarAction.WITHDRAW
    seen, action = wake(seen, view(offered=False), NOW + 3.2 * MINUTE)
    assert action is CarAction.NONE
    seen, action = wake(seen, view(offered=False), NOW + 3.5 * MINUTE)
    assert action is CarAction.OFFER
    seen, _ = wake(seen, view(drawing=True), NOW + 4 * MINUTE)
    assert seen.tries == 0


def test_car_that_does_not_wake_is_tried_less_and_less_often_and_then_left() -> None:
    seen, now, withdrawn = CarBehaviour(), NOW, []
    offered = False
    for _ in range(400):
        seen, action = wake(seen, view(offered=offered), now)
        if action is CarAction.WITHDRAW:
            withdrawn.append(now)
        offered = {CarAction.OFFER: True, CarAction.WITHDRAW: False}.get(action, offered)
        now += timedelta(seconds=30)
    assert len(withdrawn) == 3
    assert withdrawn[1] - withdrawn[0] < withdrawn[2] - withdrawn[1]
    assert seen.state.value == "asleep" and offered and seen.next_look() is None


def test_asleep_car_that_begins_by_itself_charges() -> None:
    seen = CarBehaviour()
    now, offered = NOW, False
    for _ in range(400):
        seen, action = wake(seen, view(offered=offered), now)
        offered = {CarAction.OFFER: True, CarAction.WITHDRAW: False}.get(action, offered)
        now += timedelta(seconds=30)
    assert wake(seen, view(drawing=True), now)[0].state.value == "charging"


def test_car_that_ends_by_itself_is_full_and_not_woken() -> None:
    seen, _ = wake(CarBehaviour(), view(drawing=True), NOW)
    seen, action = wake(seen, view(), NOW + MINUTE)
    assert (seen.state.value, action) == ("full", CarAction.NONE)
    assert wake(seen, view(), NOW + 100 * MINUTE)[1] is CarAction.NONE


def test_next_slot_after_a_pause_is_offered_anew() -> None:
    seen, _ = wake(CarBehaviour(), view(drawing=True), NOW)
    seen, _ = wake(seen, view(), NOW + MINUTE)
    seen, _ = wake(seen, view(wanted=False), NOW + 2 * MINUTE)
    assert wake(seen, view(offered=False), NOW + 3 * MINUTE)[1] is CarAction.OFFER


def test_unplugging_forgets() -> None:
    seen, _ = wake(CarBehaviour(), view(), NOW)
    assert wake(seen, CarView(plugged=False, wanted=True, offered=True, drawing=False), NOW) == (
        CarBehaviour(),
        CarAction.NONE,
    )


def test_offer_that_is_lost_is_made_again() -> None:
    seen, _ = wake(CarBehaviour(), view(), NOW)
    assert wake(seen, view(offered=False), NOW + MINUTE)[1] is CarAction.OFFER
