"""A charger as its people see it."""

from .house import House, wait_until


async def test_session_runs_from_start_to_unplugging(house: House) -> None:
    await house.set_up()
    charge_point = await house.connect()
    print({e: house.state(e) for e in sorted(house.entity_ids())})
    await house.charge(charge_point, 600)
    print({e: house.state(e) for e in sorted(house.entity_ids())})
    await house.act("switch", "turn_off", "switch.garage_charging")
    await wait_until(lambda: not house.connector.in_session)
    await house.settled(charge_point)
    print({e: house.state(e) for e in sorted(house.entity_ids())})
    print(await house.sessions())
