"""The requests of a central system that speaks OCPP 1.6 (chapter 5)."""

from typing import override

from ..rpc import JsonObject
from .refusals import REFUSED_16
from .requests import ACCEPTED, Requests, Route

_MAX_KEYS = 200


class Requests16(Requests):
    """Answers them."""

    version = "1.6"
    refused = REFUSED_16

    @override
    def _make_reads(self) -> dict[str, Route]:
        return {
            "GetConfiguration": self._get_configuration,
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
            "RemoteStartTransaction": self._remote_start,
            "RemoteStopTransaction": self._remote_stop,
            "ReserveNow": self._reserve_now,
            "SetChargingProfile": self._set_charging_profile,
            "UnlockConnector": self._unlock_connector,
        }

    async def _get_configuration(self, payload: JsonObject) -> JsonObject:
        known = self._charger.configuration
        asked = payload.get("key") or list(known)
        found = [key for key in asked if self._readable(key)][:_MAX_KEYS]
        return {
            "configurationKey": [
                # Nobody but us changes them.
                {"key": key, "readonly": True}
                | ({} if (value := known[key]) is None else {"value": value[:500]})
                for key in found
            ],
            "unknownKey": [key for key in payload.get("key", ()) if key not in found],
        }

    async def _trigger_message(self, payload: JsonObject) -> JsonObject:
        return await self._trigger(payload["requestedMessage"], payload.get("connectorId"))

    async def _remote_start(self, payload: JsonObject) -> JsonObject:
        connector_id = payload.get("connectorId")
        asked = payload.get("chargingProfile")
        profile = asked and await self._profile(connector_id or 0, asked, starting=True)
        await self._charger.remote_start(connector_id, payload["idTag"], profile or None)
        return ACCEPTED

    async def _remote_stop(self, payload: JsonObject) -> JsonObject:
        return await self._stop(payload["transactionId"])

    async def _set_charging_profile(self, payload: JsonObject) -> JsonObject:
        return await self._set_profile(payload["connectorId"], payload["csChargingProfiles"])

    async def _clear_charging_profile(self, payload: JsonObject) -> JsonObject:
        cleared = await self._charger.clear_profiles(
            profile_id=payload.get("id"),
            connector_id=payload.get("connectorId"),
            purpose=payload.get("chargingProfilePurpose"),
            stack_level=payload.get("stackLevel"),
        )
        return {"status": "Accepted" if cleared else "Unknown"}

    async def _get_composite_schedule(self, payload: JsonObject) -> JsonObject:
        told = ("connectorId", "scheduleStart", "chargingSchedule")
        return await self._composite(payload["connectorId"], payload, *told)

    async def _change_availability(self, payload: JsonObject) -> JsonObject:
        operative = payload["type"] == "Operative"
        return await self._set_available(payload["connectorId"], available=operative)

    async def _reserve_now(self, payload: JsonObject) -> JsonObject:
        return await self._reserve(
            payload["connectorId"],
            payload["reservationId"],
            payload["idTag"],
            payload["expiryDate"],
        )

    async def _unlock_connector(self, payload: JsonObject) -> JsonObject:
        return await self._unlock(payload["connectorId"])
