"""What a charger answers to the requests of a central system: OCPP 1.6, chapter 5."""

import asyncio
from datetime import datetime
from typing import Any, Protocol

from ocpp.v16 import ChargePoint, call_result
from ocpp.v16.enums import Action

from .charging_profile import ChargingProfile, ProfileError, Purpose, RateUnit, parse_time
from .connector import Reservation
from .evse import REJECTED
from .link import Link
from .maintenance_requests import MaintenanceHost, MaintenanceRequests
from .meter_values import timestamp
from .routing import after, on
from .station import Station

ACCEPTED = "Accepted"
_TRIGGERS = {
    "BootNotification",
    "DiagnosticsStatusNotification",
    "FirmwareStatusNotification",
    "Heartbeat",
    "MeterValues",
    "StatusNotification",
}


class Host(MaintenanceHost, Protocol):
    """What the requests need of the charge point that they are made to."""

    @property
    def station(self) -> Station:
        """Return the firmware."""
        ...

    @property
    def unlock_answer(self) -> str:
        """Return the UnlockStatus this charger gives."""
        ...

    def now(self) -> datetime:
        """Return the charger's time."""
        ...

    def changed(self) -> None:
        """Take note that a request changed the state."""
        ...

    def noticed(self) -> None:
        """Take note that something was sent, received or connected."""
        ...

    def begin_remote_start(
        self, id_tag: str, connector_id: int | None, profile: ChargingProfile | None
    ) -> None:
        """Start charging, after the answer went out."""
        ...

    def begin_reset(self, kind: str) -> None:
        """Restart, after the answer went out."""
        ...

    def begin_trigger(self, message: str, connector_id: int | None) -> None:
        """Send a message, after the answer went out."""
        ...

    def begin_rekey(self) -> None:
        """Connect with the new AuthorizationKey or profile, after the answer went out."""
        ...

    def raise_security_profile(self, value: str) -> str:
        """Take a higher security profile and return the ConfigurationStatus."""
        ...


class Conversation(MaintenanceRequests, ChargePoint):  # type: ignore[misc]
    """The OCPP messages of one connection."""

    _host: Host

    def __init__(self, identity: str, link: Link, host: Host, **settings: Any) -> None:
        """Talk over ``link`` on behalf of ``host``."""
        super().__init__(identity, link, **settings)
        self._link = link
        self._host = host
        self._station = host.station
        self._profile_raised = False

    async def request(self, payload: Any) -> Any:
        """Send a request and return the answer's payload.

        Raises ``ConnectionLostError``, ``TimeoutError`` without an answer in time, and the
        library's ``OCPPError`` for a CALLERROR or an answer that breaks the schema.
        """
        return await self._link.first_of(asyncio.ensure_future(self.call(payload, suppress=False)))

    # --- Core -----------------------------------------------------------------------------------

    @on(Action.change_availability)
    def on_change_availability(self, **request: Any) -> Any:
        """5.2."""
        operative = request["type"] == "Operative"
        status = self._station.change_availability(
            request["connector_id"], operative, self._host.now()
        )
        self._host.changed()
        return call_result.ChangeAvailability(status=status)

    @on(Action.change_configuration)
    def on_change_configuration(self, **request: Any) -> Any:
        """5.3."""
        if request["key"] == "SecurityProfile":
            status = self._host.raise_security_profile(request["value"])
            self._profile_raised = status == ACCEPTED
        else:
            status = self._station.configuration.change(request["key"], request["value"])
        self._host.changed()
        return call_result.ChangeConfiguration(status=status)

    @after(Action.change_configuration)
    def after_change_configuration(self, **request: Any) -> None:
        """Connect anew with a new key or by a higher profile."""
        if request["key"] == "SecurityProfile" and self._profile_raised:
            self._profile_raised = False
            self._host.begin_rekey()
        key = self._station.configuration.text("AuthorizationKey")
        if request["key"] == "AuthorizationKey" and key == request["value"]:
            self._host.begin_rekey()

    @on(Action.clear_cache)
    def on_clear_cache(self) -> Any:
        """5.4."""
        return call_result.ClearCache(status=self._station.id_tags.clear_cache())

    @on(Action.data_transfer)
    def on_data_transfer(self, **_request: Any) -> Any:
        """5.6: there are no vendor extensions."""
        return call_result.DataTransfer(status="UnknownVendorId")

    @on(Action.get_configuration)
    def on_get_configuration(self, **request: Any) -> Any:
        """5.8."""
        known, unknown = self._station.configuration.report(request.get("key"))
        return call_result.GetConfiguration(configuration_key=known, unknown_key=unknown)

    @on(Action.remote_start_transaction)
    def on_remote_start_transaction(self, **request: Any) -> Any:
        """5.11."""
        try:
            profile = _profile(request)
        except ProfileError:
            return call_result.RemoteStartTransaction(status=REJECTED)
        free = self._station.free_connector(request["id_tag"], request.get("connector_id"))
        wrong = profile is not None and profile.purpose is not Purpose.TX
        status = REJECTED if free is None or wrong else ACCEPTED
        return call_result.RemoteStartTransaction(status=status)

    @after(Action.remote_start_transaction)
    def after_remote_start_transaction(self, **request: Any) -> None:
        """Start, if there still is a free connector."""
        try:
            profile = _profile(request)
        except ProfileError:
            return
        if profile is None or profile.purpose is Purpose.TX:
            self._host.begin_remote_start(request["id_tag"], request.get("connector_id"), profile)

    @on(Action.remote_stop_transaction)
    def on_remote_stop_transaction(self, **request: Any) -> Any:
        """5.12."""
        found = self._station.connector_of(request["transaction_id"])
        return call_result.RemoteStopTransaction(status=REJECTED if found is None else ACCEPTED)

    @after(Action.remote_stop_transaction)
    def after_remote_stop_transaction(self, **request: Any) -> None:
        """Stop, if it still runs."""
        found = self._station.connector_of(request["transaction_id"])
        if found is not None:
            self._station.stop(found.connector_id, self._host.now(), "Remote")
            self._host.changed()

    @on(Action.reset)
    def on_reset(self, **_request: Any) -> Any:
        """5.14."""
        return call_result.Reset(status=ACCEPTED)

    @after(Action.reset)
    def after_reset(self, **request: Any) -> None:
        """Restart."""
        self._host.begin_reset(request["type"])

    @on(Action.unlock_connector)
    def on_unlock_connector(self, **request: Any) -> Any:
        """5.18: an unlocked connector ends its transaction."""
        number = request["connector_id"]
        if not 1 <= number <= len(self._station.evse.connectors):
            return call_result.UnlockConnector(status="NotSupported")
        status = self._host.unlock_answer
        if status == "Unlocked" and self._station.evse.connector(number).transaction is not None:
            self._station.stop(number, self._host.now(), "UnlockCommand")
            self._host.changed()
        return call_result.UnlockConnector(status=status)

    # --- Remote trigger -------------------------------------------------------------------------

    @on(Action.trigger_message)
    def on_trigger_message(self, **request: Any) -> Any:
        """5.17."""
        number = request.get("connector_id")
        if number is not None and not 0 <= number <= len(self._station.evse.connectors):
            return call_result.TriggerMessage(status=REJECTED)
        known = request["requested_message"] in _TRIGGERS
        return call_result.TriggerMessage(status=ACCEPTED if known else "NotImplemented")

    @after(Action.trigger_message)
    def after_trigger_message(self, **request: Any) -> None:
        """Send what was asked for."""
        number = request.get("connector_id")
        if number is None or 0 <= number <= len(self._station.evse.connectors):
            self._host.begin_trigger(request["requested_message"], number)

    @on(Action.extended_trigger_message)
    def on_extended_trigger_message(self, **request: Any) -> Any:
        """Security whitepaper, F06: whatever the version of TriggerMessage, and more."""
        number = request.get("connector_id")
        known = number is None or 0 <= number <= len(self._station.evse.connectors)
        return call_result.ExtendedTriggerMessage(status=ACCEPTED if known else REJECTED)

    @after(Action.extended_trigger_message)
    def after_extended_trigger_message(self, **request: Any) -> None:
        """Send what was asked for."""
        self.after_trigger_message(**request)

    # --- Smart charging -------------------------------------------------------------------------

    @on(Action.set_charging_profile)
    def on_set_charging_profile(self, **request: Any) -> Any:
        """5.16."""
        try:
            profile = ChargingProfile.from_ocpp(request["cs_charging_profiles"])
        except ProfileError:
            return call_result.SetChargingProfile(status=REJECTED)
        now = self._host.now()
        status = self._station.evse.set_profile(request["connector_id"], profile, now)
        self._host.changed()
        return call_result.SetChargingProfile(status=status)

    @on(Action.clear_charging_profile)
    def on_clear_charging_profile(self, **request: Any) -> Any:
        """5.5."""
        purpose = request.get("charging_profile_purpose")
        removed = self._station.evse.profiles.clear(
            profile_id=request.get("id"),
            connector_id=request.get("connector_id"),
            purpose=None if purpose is None else Purpose(purpose),
            stack_level=request.get("stack_level"),
        )
        self._host.changed()
        return call_result.ClearChargingProfile(status=ACCEPTED if removed else "Unknown")

    @on(Action.get_composite_schedule)
    def on_get_composite_schedule(self, **request: Any) -> Any:
        """5.7."""
        number, duration = request["connector_id"], request["duration"]
        if not 0 <= number <= len(self._station.evse.connectors) or duration <= 0:
            return call_result.GetCompositeSchedule(status=REJECTED)
        unit = RateUnit(request.get("charging_rate_unit") or RateUnit.AMPERE)
        now = self._host.now()
        periods = self._station.evse.composite_schedule(number, now, duration, unit)
        return call_result.GetCompositeSchedule(
            status=ACCEPTED,
            connector_id=number,
            schedule_start=timestamp(now),
            charging_schedule={
                "duration": duration,
                "charging_rate_unit": unit.value,
                "charging_schedule_period": [
                    {"start_period": period.start_s, "limit": period.limit} for period in periods
                ],
            },
        )

    # --- Local authorization list and reservation -----------------------------------------------

    @on(Action.get_local_list_version)
    def on_get_local_list_version(self) -> Any:
        """5.10: -1 where the list is switched off."""
        enabled = self._station.configuration.flag("LocalAuthListEnabled")
        version = self._station.id_tags.list_version if enabled else -1
        return call_result.GetLocalListVersion(list_version=version)

    @on(Action.send_local_list)
    def on_send_local_list(self, **request: Any) -> Any:
        """5.15."""
        entries = request.get("local_authorization_list") or []
        status = self._station.id_tags.update_list(
            request["list_version"], request["update_type"], entries
        )
        self._host.changed()
        return call_result.SendLocalList(status=status)

    @on(Action.reserve_now)
    def on_reserve_now(self, **request: Any) -> Any:
        """5.13."""
        try:
            expires_at = parse_time(request["expiry_date"])
        except ProfileError:
            expires_at = None
        if expires_at is None:
            return call_result.ReserveNow(status=REJECTED)
        reservation = Reservation(
            reservation_id=request["reservation_id"],
            id_tag=request["id_tag"],
            expires_at=expires_at,
            parent_id_tag=request.get("parent_id_tag"),
        )
        status = self._station.reservations.reserve(
            request["connector_id"], reservation, self._host.now()
        )
        self._host.changed()
        return call_result.ReserveNow(status=status)

    @on(Action.cancel_reservation)
    def on_cancel_reservation(self, **request: Any) -> Any:
        """5.1."""
        status = self._station.reservations.cancel(request["reservation_id"], self._host.now())
        self._host.changed()
        return call_result.CancelReservation(status=status)


def _profile(request: dict[str, Any]) -> ChargingProfile | None:
    payload = request.get("charging_profile")
    return None if payload is None else ChargingProfile.from_ocpp(payload)
