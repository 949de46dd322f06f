"""Displays, costs, transactions, customers, profiles and vendors of a 2.0.1 charger.

Part 2: block O, I02, E14, N09 and N10, K09, P01.
"""

from abc import abstractmethod
from collections.abc import Iterator
from typing import override

from ..adapter import StationAdapter, read_status, text_of, without_none
from ..charging import read_steps
from ..commands import (
    CustomerInformation,
    CustomerInformationStatus,
    DisplayMessage,
    DisplayPriority,
    DisplayStatus,
    InstalledProfile,
    TransactionStatus,
    VendorAnswer,
    VendorMessage,
    VendorStatus,
)
from ..errors import CallRejectedError
from ..fields import EARLIEST, INT32, Fields, to_time
from ..inbound import MAX_CONNECTOR
from ..rpc import JsonObject
from .authorization import CARD
from .reports import Reports
from .variables import objects_of

_ACCEPTED = "Accepted"
_UNKNOWN_TRANSACTION = "UnknownTransaction"
_MAX_TEXT = 512


class Information201(StationAdapter):
    """What is told and asked beside it all."""

    _reports: Reports

    @abstractmethod
    async def own_id(self, transaction_id: int) -> str | None:
        """Return what the charger calls a transaction of ours, None when nobody knows."""

    async def _required_own_id(self, action: str, transaction_id: int) -> str:
        if own_id := await self.own_id(transaction_id):
            return own_id
        raise CallRejectedError(action, _UNKNOWN_TRANSACTION)

    @override
    async def set_display_message(self, message: DisplayMessage) -> DisplayStatus:
        own_id = None
        if message.transaction_id is not None:
            own_id = await self.own_id(message.transaction_id)
            if own_id is None:
                return DisplayStatus.UNKNOWN_TRANSACTION
        content = {"format": "UTF8", "language": message.language, "content": message.text}
        payload = {
            "id": message.message_id,
            "priority": message.priority.value,
            "state": message.state,
            "startDateTime": text_of(message.start),
            "endDateTime": text_of(message.end),
            "transactionId": own_id,
            "message": without_none(content),
        }
        return await self._command(
            "SetDisplayMessage", {"message": without_none(payload)}, DisplayStatus
        )

    @override
    async def display_messages(self) -> tuple[DisplayMessage, ...]:
        _, parts = await self._reports.ask("GetDisplayMessages", {})
        items = [item for part in parts for item in objects_of(part.get("messageInfo"))]
        return tuple(message for item in items for message in _read_message(item))

    @override
    async def clear_display_message(self, message_id: int) -> bool:
        response = await self.call("ClearDisplayMessage", {"id": message_id})
        return response.get("status") == _ACCEPTED

    @override
    async def cost_updated(self, transaction_id: int, total_cost: float) -> None:
        own_id = await self._required_own_id("CostUpdated", transaction_id)
        await self.call("CostUpdated", {"transactionId": own_id, "totalCost": total_cost})

    @override
    async def transaction_status(self, transaction_id: int | None = None) -> TransactionStatus:
        payload: JsonObject = {}
        if transaction_id is not None:
            own_id = await self._required_own_id("GetTransactionStatus", transaction_id)
            payload = {"transactionId": own_id}
        response = await self.call("GetTransactionStatus", payload)
        ongoing = response.get("ongoingIndicator")
        return TransactionStatus(
            ongoing=ongoing if isinstance(ongoing, bool) else None,
            messages_waiting=response.get("messagesInQueue") is True,
        )

    @override
    async def customer_information(
        self, id_tag: str, *, report: bool, clear: bool
    ) -> CustomerInformation:
        payload = {
            "report": report,
            "clear": clear,
            "idToken": {"idToken": id_tag, "type": CARD},
        }
        response, parts = await self._reports.ask("CustomerInformation", payload, reported=report)
        status = read_status("CustomerInformation", response, CustomerInformationStatus)
        told = report and status is CustomerInformationStatus.ACCEPTED
        text = "".join(str(part.get("data") or "")[:_MAX_TEXT] for part in parts)
        return CustomerInformation(status=status, text=text if told else None)

    @override
    async def charging_profiles(
        self, connector_id: int | None = None
    ) -> tuple[InstalledProfile, ...]:
        # The criterion is mandatory; this one chooses all.
        sources = {"chargingLimitSource": ["CSO", "EMS", "SO", "Other"]}
        payload = {"chargingProfile": sources, "evseId": connector_id}
        _, parts = await self._reports.ask("GetChargingProfiles", without_none(payload))
        return tuple(profile for part in parts for profile in _read_profiles(part))

    @override
    async def data_transfer(self, message: VendorMessage) -> VendorAnswer:
        payload = {
            "vendorId": message.vendor_id,
            "messageId": message.message_id,
            "data": message.data,
        }
        response = await self.call("DataTransfer", without_none(payload))
        return VendorAnswer(
            status=read_status("DataTransfer", response, VendorStatus), data=response.get("data")
        )


def _read_message(item: JsonObject) -> Iterator[DisplayMessage]:
    """Yield the message that a charger shows, if it can be read."""
    fields = Fields(item, received=EARLIEST)
    content = Fields(fields.object("message"), received=EARLIEST)
    number, text = fields.integer("id", 0, INT32), content.text("content", _MAX_TEXT)
    priority = fields.text("priority", 20)
    if number is None or text is None:
        return
    known = set(DisplayPriority)
    yield DisplayMessage(
        message_id=number,
        text=text,
        priority=DisplayPriority(priority) if priority in known else DisplayPriority.NORMAL_CYCLE,
        language=content.text("language", 8),
        state=fields.text("state", 20),
        start=to_time(item.get("startDateTime")),
        end=to_time(item.get("endDateTime")),
    )


def _read_profiles(part: JsonObject) -> Iterator[InstalledProfile]:
    outer = Fields(part, received=EARLIEST)
    for item in objects_of(part.get("chargingProfile")):
        fields = Fields(item, received=EARLIEST)
        schedules = fields.objects("chargingSchedule")
        schedule = schedules[0] if schedules else {}
        number = fields.integer("id", -INT32, INT32)
        if number is None:
            continue
        yield InstalledProfile(
            connector_id=outer.integer("evseId", 0, MAX_CONNECTOR) or 0,
            profile_id=number,
            purpose=fields.text("chargingProfilePurpose", 50) or "",
            kind=fields.text("chargingProfileKind", 20) or "",
            stack_level=fields.integer("stackLevel", 0, INT32) or 0,
            source=outer.text("chargingLimitSource", 20) or "",
            unit=str(schedule.get("chargingRateUnit", ""))[:1],
            steps=tuple(read_steps(schedule.get("chargingSchedulePeriod"))),
        )
