"""What a 1.6 charger is told and asked beside it all: messages of vendors' own (clause 5.6).

Displays, costs and customers came with OCPP 2.0.1.
"""

import json
from typing import Never, override

from ..adapter import StationAdapter, read_status, without_none
from ..commands import (
    CustomerInformation,
    DisplayMessage,
    DisplayStatus,
    InstalledProfile,
    TransactionStatus,
    VendorAnswer,
    VendorMessage,
    VendorStatus,
)
from ..errors import InvalidRequestError


class Information16(StationAdapter):
    """Messages of vendors' own, and what this version does not have."""

    @override
    async def data_transfer(self, message: VendorMessage) -> VendorAnswer:
        payload = {
            "vendorId": message.vendor_id,
            "messageId": message.message_id,
            "data": data_text(message.data),
        }
        response = await self.call("DataTransfer", without_none(payload))
        return VendorAnswer(
            status=read_status("DataTransfer", response, VendorStatus), data=response.get("data")
        )

    @override
    async def set_display_message(self, message: DisplayMessage) -> DisplayStatus:
        _absent("SetDisplayMessage")

    @override
    async def display_messages(self) -> tuple[DisplayMessage, ...]:
        _absent("GetDisplayMessages")

    @override
    async def clear_display_message(self, message_id: int) -> bool:
        _absent("ClearDisplayMessage")

    @override
    async def cost_updated(self, transaction_id: int, total_cost: float) -> None:
        _absent("CostUpdated")

    @override
    async def transaction_status(self, transaction_id: int | None = None) -> TransactionStatus:
        _absent("GetTransactionStatus")

    @override
    async def customer_information(
        self, id_tag: str, *, report: bool, clear: bool
    ) -> CustomerInformation:
        _absent("CustomerInformation")

    @override
    async def charging_profiles(
        self, connector_id: int | None = None
    ) -> tuple[InstalledProfile, ...]:
        _absent("GetChargingProfiles")


def data_text(data: object) -> str | None:
    """Return data as this version has it: text (clause 6.15)."""
    return data if data is None or isinstance(data, str) else json.dumps(data)


def _absent(action: str) -> Never:
    raise InvalidRequestError(f"OCPP 1.6 has no {action}")
