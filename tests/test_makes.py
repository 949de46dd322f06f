"""Makes of chargers, each played as it behaves, and what its owner notices."""

from dataclasses import dataclass, field
import json
from typing import Any

import pytest
from pytest_homeassistant_custom_component.components.diagnostics import (
    get_diagnostics_for_config_entry,
)
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator, MqttMockHAClient

from simulator import Kind, Nameplate, Purpose, RateUnit, SimulatedChargePoint, Station

from .balanced import Balanced
from .house import House, car, charger_subentry, metered_site, prompt_evse, wait_until

A, W = frozenset({RateUnit.AMPERE}), frozenset({RateUnit.WATT})


@dataclass(frozen=True)
class Played:
    """A charger as its make behaves."""

    vendor: str
    model: str
    firmware: str = "1.0"
    behaviour: dict[str, Any] = field(default_factory=dict)
    configuration: dict[str, str] = field(default_factory=dict)

    def settings(self, firmware: str | None = None) -> dict[str, Any]:
        station = Station(prompt_evse(behaviour=self.behaviour))
        for key, value in self.configuration.items():
            station.configuration.put(key, value)
        nameplate = Nameplate(
            vendor=self.vendor, model=self.model, firmware_version=firmware or self.firmware
        )
        return {"station": station, "nameplate": nameplate}


RELATIVE_ONLY = {"profile_kinds": frozenset({Kind.RELATIVE})}
ABB = Played(
    "ABB",
    "TAC-W22-T-0",
    behaviour={
        "max_stack_level": 0,
        "restarts_on": frozenset({"MeterValuesSampledData", "StopTxnSampledData"}),
    },
    configuration={
        "ChargeProfileMaxStackLevel": "3",
        "MeterValuesSampledData": "Current.Import,Energy.Active.Import.Register,Power.Active.Import,Voltage",
    },
)
AUTEL = Played("Autel", "MaxiCharger")
EASEE = Played("Easee AS", "Charge", behaviour={"shortest_meter_interval_s": 30})
EN_PLUS = Played(
    "EN+", "AC7000-AE-45", behaviour={"restarts_on": frozenset({"ChangeAvailability"})}
)
EVBOX = Played("EV-BOX", "Elvi", behaviour={"max_stack_level": 0})
FOXESS = Played("FoxESS", "A022KP1")
GO_E = Played("go-e", "go-eCharger V4", behaviour={"ignored_units": W})
HUAWEI = Played("", "ACChargePoint", behaviour={"rate_units": W, "told_units": A})
MENNEKES = Played("MENNEKES", "AMTRON 4You")
SCHNEIDER = Played("Schneider Electric", "EVlink", behaviour={"profile_answer": "Rejected"})
TIMXON = Played(
    "TIMXON",
    "EV",
    behaviour={"refused_purposes": frozenset({Purpose.CHARGE_POINT_MAX, Purpose.TX})},
)
WALLBOX = Played("Wall Box Chargers", "PLP1-0-2-4", "6.7.38", behaviour=RELATIVE_ONLY)
WALLBOX_5 = Played(
    "Wall Box Chargers", "PLP1-0-2-4", "5.17.87", behaviour={**RELATIVE_ONLY, "max_stack_level": 0}
)
PULSAR_PRO = Played(
    "Wallbox", "Pulsar Pro", "6.13.3", behaviour={**RELATIVE_ONLY, "whole_amperes": True}
)
ZAPTEC = Played("Zaptec", "ZAPTEC GO 2", behaviour={"shows_no_power": True})

TAKE_LIMITS = [
    ABB, AUTEL, EASEE, EN_PLUS, EVBOX, FOXESS, GO_E, HUAWEI, MENNEKES, TIMXON, WALLBOX, WALLBOX_5,
    PULSAR_PRO, ZAPTEC,
]  # fmt: skip


def name(played: Played) -> str:
    return f"{played.vendor or 'no vendor'} {played.model} {played.firmware}"


async def charger_of(home: Balanced, played: Played, **settings: Any) -> SimulatedChargePoint:
    charge_point = await home.house.connect(**played.settings(), **settings)
    home.charge_points = (charge_point,)
    return charge_point


async def charge(home: Balanced, charge_point: SimulatedChargePoint) -> None:
    """Plug a car in and wait until its session has begun, by itself or as somebody starts it."""
    await charge_point.plug_in(car())
    await home.house.settled(charge_point)
    if not home.house.charger.traits.make.needs_remote_start:
        await home.house.connector.start()
    await wait_until(lambda: home.house.connector.in_session)
    await home.house.settled(charge_point)
    await home.live(5)


def received(charge_point: SimulatedChargePoint, action: str) -> list[dict[str, Any]]:
    """Return the requests that a charger was sent."""
    frames = [json.loads(frame.text) for frame in charge_point.frames if not frame.sent]
    return [frame[3] for frame in frames if frame[0] == 2 and frame[2] == action]


def limits(charge_point: SimulatedChargePoint) -> list[tuple[dict[str, Any], str]]:
    """Return the limits of sessions that a charger was sent, each with its answer."""
    frames = [(frame.sent, json.loads(frame.text)) for frame in charge_point.frames]
    answers = {frame[1]: frame[2] for sent, frame in frames if sent and frame[0] == 3}
    return [
        (frame[3]["csChargingProfiles"], answers[frame[1]]["status"])
        for sent, frame in frames
        if not sent
        and frame[0] == 2
        and frame[2] == "SetChargingProfile"
        and frame[3]["csChargingProfiles"]["chargingProfileId"] > 10
    ]


def boots(charge_point: SimulatedChargePoint) -> int:
    frames = [json.loads(frame.text) for frame in charge_point.frames if frame.sent]
    return sum(frame[0] == 2 and frame[2] == "BootNotification" for frame in frames)


@pytest.fixture
async def home(house: House, mqtt_mock: MqttMockHAClient) -> Balanced:
    """Return a home behind 25 A with a charger of 16 A that is still switched off."""
    await house.set_up(metered_site(main_fuse=25), charger_subentry(circuit_fuse=16))
    balanced = Balanced(house)
    await balanced.read()
    balanced.answer()
    return balanced


# Limits -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("played", TAKE_LIMITS, ids=name)
async def test_car_charges_with_what_the_house_leaves_and_pauses_when_that_is_nothing(
    home: Balanced, played: Played
) -> None:
    charge_point = await charger_of(home, played)
    await charge(home, charge_point)
    await home.live(60)
    assert home.drawn(charge_point)[0] == pytest.approx(16, abs=0.1)
    home.load = [14.6, 14.6, 14.6]
    await home.live(25)
    assert 9 <= home.drawn(charge_point)[0] <= 10.5
    home.load = [22.0, 22.0, 22.0]
    await home.live(25)
    assert home.drawn(charge_point)[0] == 0
    assert home.house.connector.in_session


@pytest.mark.parametrize("played", TAKE_LIMITS, ids=name)
async def test_charger_of_a_known_make_refuses_nothing(home: Balanced, played: Played) -> None:
    charge_point = await charger_of(home, played)
    await charge(home, charge_point)
    home.load = [14.6, 14.6, 14.6]
    await home.live(30)
    assert [status for _, status in limits(charge_point) if status != "Accepted"] == []
    assert limits(charge_point)


async def test_huawei_is_told_watts_whatever_its_configuration_says(home: Balanced) -> None:
    charge_point = await charger_of(home, HUAWEI)
    await charge(home, charge_point)
    await home.live(30)
    assert {p["chargingSchedule"]["chargingRateUnit"] for p, _ in limits(charge_point)} == {"W"}


async def test_pulsar_pro_is_told_whole_amperes(home: Balanced) -> None:
    charge_point = await charger_of(home, PULSAR_PRO)
    await charge(home, charge_point)
    home.load = [14.6, 14.6, 14.6]
    await home.live(30)
    told = [
        p["chargingSchedule"]["chargingSchedulePeriod"][0]["limit"] for p, _ in limits(charge_point)
    ]
    assert all(limit == int(limit) for limit in told)


async def test_charger_that_refuses_every_limit_is_asked_now_and_then(home: Balanced) -> None:
    charge_point = await charger_of(home, SCHNEIDER)
    await charge(home, charge_point)
    await home.live(60)
    assert home.house.state("sensor.garage_if_home_assistant_stops") == "c"
    assert 1 <= len(limits(charge_point)) <= 20


async def test_car_at_a_charger_that_takes_no_limit_is_stopped_before_the_fuse_blows(
    home: Balanced,
) -> None:
    charge_point = await charger_of(home, SCHNEIDER)
    await charge(home, charge_point)
    home.load = [22.0, 22.0, 22.0]
    await home.live(90)
    assert home.drawn(charge_point)[0] == 0


async def test_circuit_fuse_holds_at_a_charger_that_takes_no_maximum(house: House) -> None:
    await house.set_up()
    charge_point = await house.connect(**TIMXON.settings())
    await house.charge(charge_point, 20)
    assert charge_point.station.evse.line_currents(1)[0] == 16
    await house.act("number", "set_value", "number.garage_circuit_fuse", value=10)
    await house.run(charge_point, 20)
    assert charge_point.station.evse.line_currents(1)[0] == 10


async def test_circuit_fuse_gives_way_to_the_fail_safe_where_there_is_one_place_for_both(
    home: Balanced,
) -> None:
    charge_point = await charger_of(home, TIMXON)
    await charge(home, charge_point)
    await home.live(60)
    await home.house.cut(charge_point)
    await home.live(150)
    assert home.drawn(charge_point)[0] == 6


# What is learned ----------------------------------------------------------------------------------

ODD = Played(
    "Nobody",
    "Odd 1",
    behaviour={"rate_units": W, "told_units": A | W, **RELATIVE_ONLY},
    configuration={"MeterValuesSampledData": "Energy.Active.Import.Register"},
)


async def _restart(home: Balanced, played: Played, firmware: str | None = None) -> Any:
    """Restart Home Assistant, and let the charger come to it."""
    (charge_point,) = home.charge_points
    await home.house.connector.stop()
    await home.house.settled(charge_point)
    await charge_point.stop()
    await home.house.unload()
    await home.house.set_up()
    await home.read()
    home.answer()
    charge_point = await home.house.connect(**played.settings(firmware))
    home.charge_points = (charge_point,)
    return charge_point


async def test_unknown_charger_is_found_out_once_and_remembered_over_a_restart(
    home: Balanced,
) -> None:
    charge_point = await charger_of(home, ODD)
    await charge(home, charge_point)
    await home.live(30)
    assert [status for _, status in limits(charge_point) if status == "Rejected"]
    charge_point = await _restart(home, ODD)
    await charge(home, charge_point)
    await home.live(30)
    assert limits(charge_point)
    assert [status for _, status in limits(charge_point) if status == "Rejected"] == []


async def test_another_firmware_is_found_out_anew(home: Balanced) -> None:
    charge_point = await charger_of(home, ODD)
    await charge(home, charge_point)
    await home.live(30)
    assert home.house.charger.traits.learned.strategy
    charge_point = await _restart(home, ODD, firmware="2.0")
    assert home.house.charger.traits.learned.strategy is None
    await charge(home, charge_point)
    assert home.house.charger.traits.learned.strategy


async def test_what_was_learned_is_gone_with_the_charger(home: Balanced) -> None:
    charge_point = await charger_of(home, ODD)
    await charge(home, charge_point)
    assert home.house.hub.traits.values
    await home.house.remove("garage")
    assert not home.house.hub.traits.values


async def test_diagnostics_tell_the_make_and_how_it_takes_limits(
    home: Balanced, hass_client: ClientSessionGenerator
) -> None:
    charge_point = await charger_of(home, WALLBOX)
    await charge(home, charge_point)
    await home.live(30)
    found = await get_diagnostics_for_config_entry(home.house.hass, hass_client, home.house.entry)
    (charger,) = found["chargers"]
    assert charger["make"] == "Wallbox"
    assert charger["learned"]["strategy"] == {
        "purpose": "TxProfile",
        "kind": "Relative",
        "stack_level": 1,
        "unit": "A",
        "whole": False,
    }


async def test_charger_that_accepts_amperes_without_an_effect_is_told_watts(
    home: Balanced,
) -> None:
    charge_point = await charger_of(home, Played("Nobody", "Deaf", behaviour={"ignored_units": A}))
    await charge(home, charge_point)
    await home.live(60)
    home.load = [14.0, 14.0, 14.0]
    await home.live(60)
    assert home.house.connector.in_session
    assert home.drawn(charge_point)[0] <= 11.1
    home.load = [5.0, 5.0, 5.0]
    await home.live(360)
    assert home.drawn(charge_point)[0] >= 6
    strategy = home.house.charger.traits.learned.strategy
    assert strategy is not None and strategy.unit == "W"


async def test_charger_with_one_level_for_everything_begins_the_next_session_at_its_fail_safe(
    home: Balanced,
) -> None:
    one_level = Played(
        "Nobody",
        "Flat",
        behaviour={
            "max_stack_level": 0,
            "refused_purposes": frozenset({Purpose.TX, Purpose.CHARGE_POINT_MAX}),
        },
    )
    charge_point = await charger_of(home, one_level)
    await charge(home, charge_point)
    await home.live(60)
    assert home.drawn(charge_point)[0] == 16
    await wait_until(lambda: home.house.state("sensor.garage_if_home_assistant_stops") == "b")
    await home.house.connector.stop()
    await home.house.settled(charge_point)
    installed = charge_point.station.evse.profiles
    # Of one level only: the new limit takes the place of the one before.
    await wait_until(lambda: [p.profile.periods[0].limit for p in installed.installed] == [6])


# Reports ------------------------------------------------------------------------------------------


async def test_abb_is_not_asked_for_measurands_so_that_it_does_not_restart(
    home: Balanced,
) -> None:
    charge_point = await charger_of(home, ABB)
    await charge(home, charge_point)
    await home.live(30)
    assert boots(charge_point) == 1
    assert home.house.number("sensor.garage_power") == pytest.approx(3 * 230 * 16, rel=0.02)


async def test_unknown_charger_that_restarts_when_asked_is_left_alone_after_twice(
    house: House,
) -> None:
    await house.set_up()
    fragile = Played(
        "Nobody",
        "Fragile",
        behaviour={"restarts_on": frozenset({"MeterValuesSampledData"})},
        configuration={"MeterValuesSampledData": "Energy.Active.Import.Register"},
    )
    charge_point = await house.connect(**fragile.settings())
    await wait_until(lambda: boots(charge_point) == 3)
    await wait_until(lambda: house.charger.setup.done)
    await house.settled(charge_point)
    for _ in range(3):
        await charge_point.drop_connection()
        await wait_until(lambda: house.charger.connected and house.charger.setup.done)
    assert boots(charge_point) == 3


async def test_measurands_that_were_found_out_are_not_asked_for_again(house: House) -> None:
    await house.set_up()
    charge_point = await house.connect(**ODD.settings())
    asked = len(received(charge_point, "ChangeConfiguration"))
    await charge_point.reboot()
    await wait_until(lambda: boots(charge_point) == 2)
    await wait_until(lambda: house.charger.connected and house.charger.setup.done)
    await house.settled(charge_point)
    assert len(received(charge_point, "ChangeConfiguration")) == asked


async def test_easee_is_asked_for_values_every_half_minute_at_once(house: House) -> None:
    await house.set_up()
    charge_point = await house.connect(**EASEE.settings())
    asked = received(charge_point, "ChangeConfiguration")
    intervals = [each["value"] for each in asked if each["key"] == "MeterValueSampleInterval"]
    assert intervals == ["30"]
    assert house.charger.abilities.meter_interval == 30


async def test_zaptec_that_measures_no_power_shows_what_its_currents_come_to(
    home: Balanced,
) -> None:
    charge_point = await charger_of(home, ZAPTEC)
    await charge(home, charge_point)
    await home.live(60)
    assert home.house.number("sensor.garage_power") == pytest.approx(3 * 230 * 16, rel=0.02)
    await home.house.connector.stop()
    await home.live(15)
    assert home.house.number("sensor.garage_power") == 0


# Starting, and being there ------------------------------------------------------------------------


@pytest.mark.parametrize("played", [AUTEL, EASEE, WALLBOX_5], ids=name)
async def test_car_at_a_charger_that_never_begins_by_itself_is_started_when_plugged_in(
    home: Balanced, played: Played
) -> None:
    charge_point = await charger_of(home, played)
    await charge_point.plug_in(car())
    await home.live(35)
    assert home.house.connector.in_session
    await home.live(30)
    assert home.drawn(charge_point)[0] > 6


async def test_car_at_another_charger_is_left_to_it(home: Balanced) -> None:
    charge_point = await charger_of(home, GO_E)
    await charge_point.plug_in(car())
    await home.live(35)
    assert received(charge_point, "RemoteStartTransaction") == []


async def test_en_plus_is_closed_and_opened_without_telling_it(house: House) -> None:
    await house.set_up()
    charge_point = await house.connect(**EN_PLUS.settings())
    await house.act("switch", "turn_off", "switch.garage_in_use")
    await charge_point.plug_in(car())
    await house.settled(charge_point)
    assert await charge_point.authorize("04A1B2C3") != "Accepted"
    await house.act("switch", "turn_on", "switch.garage_in_use")
    assert await charge_point.authorize("04A1B2C3") == "Accepted"
    assert received(charge_point, "ChangeAvailability") == []
    assert boots(charge_point) == 1


@pytest.mark.parametrize(
    ("played", "minutes"), [(FOXESS, 24), (MENNEKES, 19), (GO_E, 14)], ids=["FoxESS", "", "others"]
)
async def test_nobody_is_sent_to_a_charger_that_is_gone_no_longer_than_its_make_may_be(
    house: House, played: Played, minutes: int
) -> None:
    await house.set_up()
    charge_point = await house.connect(**played.settings())
    await house.cut(charge_point)
    await house.pass_time(minutes * 60)
    assert house.issue("charger_offline_garage") is None
    await house.pass_time(120)
    assert house.issue("charger_offline_garage")
