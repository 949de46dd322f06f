"""What OCPP 2.1 adds to what a charger says (part 2)."""

from typing import ClassVar, override

from ocpp.v21.enums import Action

from ..fields import Fields
from ..inbound import Route
from ..messages import Notice
from ..rpc import JsonObject
from ..v201.inbound import Inbound201

_REJECTED: JsonObject = {"status": "Rejected"}
_MAX_VAT_NUMBER = 20


class Inbound21(Inbound201):
    """Answers the calls of one charger."""

    actions = frozenset(Action)
    hears_running_cost = True
    acknowledged: ClassVar[dict[str, JsonObject]] = {
        **Inbound201.acknowledged,
        Action.battery_swap: {},
        Action.close_periodic_event_stream: {},
        Action.notify_der_alarm: {},
        Action.notify_der_start_stop: {},
        Action.notify_priority_charging: {},
        Action.notify_settlement: {},
        # We ask for no streams: what we want to know is in the meter values.
        Action.open_periodic_event_stream: _REJECTED,
        # K28: our limits come unasked, whenever they change.
        Action.pull_dynamic_schedule_update: _REJECTED,
        Action.report_der_control: {},
    }

    @override
    def _make_routes(self) -> dict[str, Route]:
        return super()._make_routes() | {
            Action.get_certificate_chain_status: self._certificate_chain_status,
            Action.vat_number_validation: self._vat_number,
        }

    async def _certificate_chain_status(self, fields: Fields, payload: JsonObject) -> JsonObject:
        """Say that we could not find out (M06): a house has no OCSP responder to ask."""
        await self._handler.notice(
            Notice(action=Action.get_certificate_chain_status, payload=payload)
        )
        asked = fields.objects("certificateStatusRequests")[:4]
        return {
            "certificateStatus": [
                {
                    "certificateHashData": item.get("certificateHashData"),
                    "source": item.get("source", "OCSP"),
                    "status": "Failed",
                    "nextUpdate": self._time()["currentTime"],
                }
                for item in asked
            ]
        }

    async def _vat_number(self, fields: Fields, payload: JsonObject) -> JsonObject:
        number = fields.text("vatNumber", _MAX_VAT_NUMBER) or ""
        return {**_REJECTED, "vatNumber": number}
