"""The tariffs that a 2.1 charger knows (part 2, I07 to I11)."""

from typing import Any

from ..ocpp201.outbox import Outbox201


class Tariffs:
    """Default tariffs by EVSE (0: all), and those of running transactions."""

    def __init__(self, outbox: Outbox201) -> None:
        """Know none."""
        self._outbox = outbox
        self.defaults: dict[int, dict[str, Any]] = {}
        #: By the charger's names for transactions.
        self.of_transactions: dict[str, dict[str, Any]] = {}

    def set_default(self, evse_id: int, tariff: dict[str, Any]) -> str:
        """Take a tariff in the place of the one before; return the TariffSetStatus."""
        self.defaults[evse_id] = tariff
        return "Accepted"

    def assignments(self, evse_id: int) -> list[dict[str, Any]]:
        """Return the ``tariffAssignments`` of an EVSE, 0: of all."""
        return [
            {"tariff_id": tariff["tariff_id"], "tariff_kind": "DefaultTariff", "evse_ids": [number]}
            for number, tariff in self.defaults.items()
            if evse_id in {0, number}
        ]

    def clear(self, names: list[str] | None, evse_id: int | None) -> list[dict[str, Any]]:
        """Remove tariffs and return the ``clearTariffsResult``."""
        chosen = {
            number: tariff
            for number, tariff in self.defaults.items()
            if evse_id in {None, number} and (names is None or tariff["tariff_id"] in names)
        }
        for number in chosen:
            del self.defaults[number]
        gone = [tariff["tariff_id"] for tariff in chosen.values()]
        missing = [name for name in names or () if name not in gone]
        results = [{"tariff_id": name, "status": "Accepted"} for name in gone]
        results += [{"tariff_id": name, "status": "NoTariff"} for name in missing]
        return results or [{"status": "NoTariff"}]

    def change(self, own_id: str, tariff: dict[str, Any]) -> str:
        """Take the tariff of a running transaction; return the TariffChangeStatus."""
        if self._outbox.running(own_id) is None:
            return "TxNotFound"
        self.of_transactions[own_id] = tariff
        return "Accepted"
