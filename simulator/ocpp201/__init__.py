"""The same charger with a firmware that speaks OCPP 2.0.1.

    async with SimulatedChargePoint201(url, "CP1", password="…") as cp:
        await cp.plug_in(Car())
        await cp.tap("04A1B2C3")
        await cp.wait_for(lambda cp: cp.status() is ConnectorStatus.CHARGING)

Physics, sessions and configuration are those of ``Station``. What that tells is translated as it
happens: an EVSE with one connector each, transactions that the charger names, TransactionEvents
with their sequence numbers, and the device model in place of configuration keys.
"""

from .charge_point import SimulatedChargePoint201

__all__ = ["SimulatedChargePoint201"]
