"""The versions before OCPP 2.1 have no messages for tariffs."""

from typing import Never, override

from .adapter import StationAdapter
from .commands import Tariff, TariffStatus
from .errors import InvalidRequestError


class WithoutTariffs(StationAdapter):
    """A charger of a version without them."""

    @override
    async def set_default_tariff(self, tariff: Tariff, connector_id: int = 0) -> TariffStatus:
        self._has_no("SetDefaultTariff")

    @override
    async def change_tariff(self, transaction_id: int, tariff: Tariff) -> TariffStatus:
        self._has_no("ChangeTransactionTariff")

    @override
    async def tariffs(self, connector_id: int = 0) -> tuple[str, ...]:
        self._has_no("GetTariffs")

    @override
    async def clear_tariffs(self, connector_id: int = 0) -> bool:
        self._has_no("ClearTariffs")

    def _has_no(self, action: str) -> Never:
        raise InvalidRequestError(f"OCPP {self.version} has no {action}")
