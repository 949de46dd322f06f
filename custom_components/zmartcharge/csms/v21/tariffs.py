"""Tariffs of a 2.1 charger (part 2, I07 to I11)."""

from typing import override

from ..adapter import without_none
from ..commands import Tariff, TariffStatus
from ..fields import EARLIEST, Fields
from ..rpc import JsonObject
from ..v201.information import Information201
from ..v201.variables import objects_of

_MAX_TARIFF_ID = 60
_CLEARED = {"Accepted", "NoTariff"}


class Tariffs21(Information201):
    """What a charger knows of prices."""

    @override
    async def set_default_tariff(self, tariff: Tariff, connector_id: int = 0) -> TariffStatus:
        payload = {"evseId": connector_id, "tariff": _payload(tariff)}
        return await self._command("SetDefaultTariff", payload, TariffStatus)

    @override
    async def change_tariff(self, transaction_id: int, tariff: Tariff) -> TariffStatus:
        own_id = await self._required_own_id("ChangeTransactionTariff", transaction_id)
        payload = {"transactionId": own_id, "tariff": _payload(tariff)}
        return await self._command("ChangeTransactionTariff", payload, TariffStatus)

    @override
    async def tariffs(self, connector_id: int = 0) -> tuple[str, ...]:
        response = await self.call("GetTariffs", {"evseId": connector_id})
        assignments = objects_of(response.get("tariffAssignments"))
        names = [
            Fields(each, received=EARLIEST).text("tariffId", _MAX_TARIFF_ID) for each in assignments
        ]
        return tuple(name for name in names if name)

    @override
    async def clear_tariffs(self, connector_id: int = 0) -> bool:
        # I08: without an EVSE those of the whole charger are meant.
        payload = {"evseId": connector_id} if connector_id else {}
        response = await self.call("ClearTariffs", payload)
        results = objects_of(response.get("clearTariffsResult"))
        return all(each.get("status") in _CLEARED for each in results)


def _payload(tariff: Tariff) -> JsonObject:
    """Return a TariffType: one price at all hours. Without tax rates the price is the whole."""
    text = {"format": "UTF8", "language": tariff.language, "content": tariff.description}
    return {
        "tariffId": tariff.tariff_id,
        "currency": tariff.currency,
        "description": [without_none(text)],
        "energy": {"prices": [{"priceKwh": float(tariff.price_kwh)}]},
    }
