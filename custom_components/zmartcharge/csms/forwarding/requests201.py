"""The requests of a central system that speaks OCPP 2.0.1 or 2.1 (part 2)."""

from typing import override

from ..rpc import JsonObject
from ..v201.variables import VariableName
from .errors import Reason, RequestRefusedError
from .inventory import Inventory, chosen, inventory, report
from .refusals import REFUSED_201
from .requests import ACCEPTED, Requests, Route

_MAX_VARIABLES = 200
_NOT_SUPPORTED: JsonObject = {"status": "NotSupported"}


class Requests201(Requests):
    """Answers them; what 2.1 adds is not forwarded."""

    version = "2.0.1"
    refused = REFUSED_201

    @override
    def _make_reads(self) -> dict[str, Route]:
        return {
            "GetBaseReport": self._get_base_report,
            "GetReport": self._get_report,
            "GetVariables": self._get_variables,
            "SetVariables": self._set_variables,
            "TriggerMessage": self._trigger_message,
        }

    @override
    def _make_commands(self) -> dict[str, Route]:
        return {
            "CancelReservation": self._cancel_reservation,
            "ChangeAvailability": self._change_availability,
            "ClearChargingProfile": self._clear_charging_profile,
            "DataTransfer": self._data_transfer,
            "GetCompositeSchedule": self._get_composite_schedule,
            "RequestStartTransaction": self._remote_start,
            "RequestStopTransaction": self._remote_stop,
            "ReserveNow": self._reserve_now,
            "SetChargingProfile": self._set_charging_profile,
            "UnlockConnector": self._unlock_connector,
        }

    async def _get_variables(self, payload: JsonObject) -> JsonObject:
        known = self._charger.configuration
        results = []
        for item in payload["getVariableData"][:_MAX_VARIABLES]:
            name = VariableName.read(item)
            actual = item.get("attributeType", "Actual") == "Actual"
            place = {"component": item["component"], "variable": item["variable"]}
            value = known[str(name)] if actual and self._readable(str(name)) else None
            if value is None:
                results.append({"attributeStatus": "UnknownVariable", **place})
            else:
                told = {"attributeStatus": "Accepted", "attributeValue": value}
                results.append({**told, **place})
        return {"getVariableResult": results}

    async def _get_base_report(self, payload: JsonObject) -> JsonObject:
        if payload["reportBase"] == "SummaryInventory":
            return _NOT_SUPPORTED
        return self._tell(payload["requestId"], self._inventory)

    async def _get_report(self, payload: JsonObject) -> JsonObject:
        return self._tell(payload["requestId"], chosen(self._inventory, payload))

    @property
    def _inventory(self) -> Inventory:
        known = self._charger.configuration.items()
        return inventory((name, value) for name, value in known if self._readable(name))

    def _tell(self, request_id: int, values: Inventory) -> JsonObject:
        """Begin to tell values, in messages that follow the answer (B07, B08)."""
        if not values:
            return {"status": "EmptyResultSet"}
        told = self._report("NotifyReport", report(request_id, values, self._clock()))
        return ACCEPTED if told else {"status": "Rejected"}

    async def _set_variables(self, payload: JsonObject) -> JsonObject:
        """Refuse each: settings are the house's, whoever asks."""
        self.refusals[f"SetVariables: {Reason.SETTINGS}"] += 1
        return {
            "setVariableResult": [
                {
                    "attributeStatus": "Rejected",
                    "component": item["component"],
                    "variable": item["variable"],
                }
                for item in payload["setVariableData"][:_MAX_VARIABLES]
            ]
        }

    async def _trigger_message(self, payload: JsonObject) -> JsonObject:
        place = payload.get("evse")
        return await self._trigger(payload["requestedMessage"], place and place["id"])

    async def _remote_start(self, payload: JsonObject) -> JsonObject:
        connector_id = payload.get("evseId")
        asked = payload.get("chargingProfile")
        profile = asked and await self._profile(connector_id or 0, asked, starting=True)
        token = payload["idToken"]["idToken"]
        await self._charger.remote_start(connector_id, token, profile or None)
        return ACCEPTED

    async def _remote_stop(self, payload: JsonObject) -> JsonObject:
        return await self._stop(payload["transactionId"])

    async def _set_charging_profile(self, payload: JsonObject) -> JsonObject:
        return await self._set_profile(payload["evseId"], payload["chargingProfile"])

    async def _clear_charging_profile(self, payload: JsonObject) -> JsonObject:
        criteria = payload.get("chargingProfileCriteria", {})
        cleared = await self._charger.clear_profiles(
            profile_id=payload.get("chargingProfileId"),
            connector_id=criteria.get("evseId"),
            purpose=criteria.get("chargingProfilePurpose"),
            stack_level=criteria.get("stackLevel"),
        )
        return {"status": "Accepted" if cleared else "Unknown"}

    async def _get_composite_schedule(self, payload: JsonObject) -> JsonObject:
        return await self._composite(payload["evseId"], payload, "schedule")

    async def _change_availability(self, payload: JsonObject) -> JsonObject:
        operative = payload["operationalStatus"] == "Operative"
        connector_id = payload.get("evse", {}).get("id", 0)
        return await self._set_available(connector_id, available=operative)

    async def _reserve_now(self, payload: JsonObject) -> JsonObject:
        return await self._reserve(
            payload.get("evseId", 0),
            payload["id"],
            payload["idToken"]["idToken"],
            payload["expiryDateTime"],
        )

    async def _unlock_connector(self, payload: JsonObject) -> JsonObject:
        if payload["connectorId"] < 1:
            raise RequestRefusedError(Reason.NOT_ALLOWED)
        return await self._unlock(payload["evseId"])
