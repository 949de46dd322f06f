"""What a charger answers to the requests of a central system: OCPP 2.0.1, part 2."""

import asyncio
from typing import Any, Protocol

from ocpp.v201 import ChargePoint, call_result
from ocpp.v201.enums import Action

from ..charging_profile import ChargingProfile, ProfileError, Purpose, RateUnit, parse_time
from ..connector import Reservation
from ..link import Link
from ..meter_values import timestamp
from ..requests import ACCEPTED
from ..routing import after, on
from .device_model import NEW_KEY, DeviceModel
from .information_requests import InformationHost, InformationRequests
from .maintenance_requests import MaintenanceRequests201
from .network_profiles import NetworkProfiles

REJECTED = "Rejected"
_TRIGGERS = {
    "BootNotification",
    "FirmwareStatusNotification",
    "Heartbeat",
    "LogStatusNotification",
    "MeterValues",
    "StatusNotification",
    "SignChargingStationCertificate",
    "TransactionEvent",
}
_PURPOSES = {"ChargingStationMaxProfile": Purpose.CHARGE_POINT_MAX.value}


class Host201(InformationHost, Protocol):
    """What the requests need of the charge point that they are made to."""

    @property
    def device_model(self) -> DeviceModel:
        """Return its variables."""
        ...

    @property
    def networks(self) -> NetworkProfiles:
        """Return by which ways it may dial."""
        ...

    def begin_report(self, request_id: int, base: str) -> None:
        """Send the parts of a report, after the answer went out."""
        ...

    def begin_idle_reset(self) -> None:
        """Restart as soon as no transaction runs."""
        ...


class Conversation201(MaintenanceRequests201, InformationRequests, ChargePoint):  # type: ignore[misc]
    """The OCPP messages of one connection."""

    _host: Host201

    def __init__(self, identity: str, link: Link, host: Host201, **settings: Any) -> None:
        """Talk over ``link`` on behalf of ``host``."""
        super().__init__(identity, link, **settings)
        self._link = link
        self._host = host
        self._station = host.station
        self._evse_ids = range(len(host.station.evse.connectors) + 1)

    async def request(self, payload: Any) -> Any:
        """Send a request and return the answer's payload (see ``simulator.requests``)."""
        return await self._link.first_of(asyncio.ensure_future(self.call(payload, suppress=False)))

    # --- B: provisioning ------------------------------------------------------------------------

    @on(Action.set_network_profile)
    def on_set_network_profile(self, **request: Any) -> Any:
        """B09."""
        status = self._host.networks.take(request["configuration_slot"], request["connection_data"])
        return call_result.SetNetworkProfile(status=status)

    @on(Action.get_variables)
    def on_get_variables(self, **request: Any) -> Any:
        """B06."""
        found = self._host.device_model.get(request["get_variable_data"])
        return call_result.GetVariables(get_variable_result=found)

    @on(Action.set_variables)
    def on_set_variables(self, **request: Any) -> Any:
        """B05."""
        found = self._host.device_model.set(request["set_variable_data"])
        self._host.changed()
        return call_result.SetVariables(set_variable_result=found)

    @after(Action.set_variables)
    def after_set_variables(self, **request: Any) -> None:
        """Connect anew with a new password (A01)."""
        password = self._station.configuration.text(NEW_KEY)
        if any(
            item["variable"]["name"] == NEW_KEY and item["attribute_value"] == password
            for item in request["set_variable_data"]
        ):
            self._host.begin_rekey()

    @on(Action.get_base_report)
    def on_get_base_report(self, **request: Any) -> Any:
        """B07."""
        known = request["report_base"] in {"FullInventory", "ConfigurationInventory"}
        return call_result.GetBaseReport(status=ACCEPTED if known else "NotSupported")

    @after(Action.get_base_report)
    def after_get_base_report(self, **request: Any) -> None:
        """Send the report."""
        self._host.begin_report(request["request_id"], request["report_base"])

    @on(Action.reset)
    def on_reset(self, **request: Any) -> Any:
        """B11, B12."""
        waits = request["type"] == "OnIdle" and self._busy
        return call_result.Reset(status="Scheduled" if waits else ACCEPTED)

    @after(Action.reset)
    def after_reset(self, **request: Any) -> None:
        """Restart."""
        if request["type"] == "OnIdle" and self._busy:
            self._host.begin_idle_reset()
        else:
            # Both tell what they end: ImmediateReset.
            self._host.begin_reset("Hard" if request["type"] == "Immediate" else "Soft")

    @property
    def _busy(self) -> bool:
        return any(connector.transaction for connector in self._station.evse.connectors)

    # --- C, D: authorization --------------------------------------------------------------------

    @on(Action.clear_cache)
    def on_clear_cache(self) -> Any:
        """C11."""
        return call_result.ClearCache(status=self._station.id_tags.clear_cache())

    @on(Action.get_local_list_version)
    def on_get_local_list_version(self) -> Any:
        """D02."""
        enabled = self._station.configuration.flag("LocalAuthListEnabled")
        version = self._station.id_tags.list_version if enabled else 0
        return call_result.GetLocalListVersion(version_number=version)

    @on(Action.send_local_list)
    def on_send_local_list(self, **request: Any) -> Any:
        """D01."""
        entries = []
        for entry in request.get("local_authorization_list") or []:
            item = {"id_tag": entry["id_token"]["id_token"]}
            if (info := entry.get("id_token_info")) is not None:
                item["id_tag_info"] = id_tag_info(info)
            entries.append(item)
        status = self._station.id_tags.update_list(
            request["version_number"], request["update_type"], entries
        )
        self._host.changed()
        return call_result.SendLocalList(status="Failed" if status == "NotSupported" else status)

    # --- E, F: transactions and remote control --------------------------------------------------

    @on(Action.request_start_transaction)
    def on_request_start_transaction(self, **request: Any) -> Any:
        """F01, F02."""
        tag, evse_id = request["id_token"]["id_token"], request.get("evse_id")
        try:
            self._opening_profile(request)
        except ProfileError:
            return call_result.RequestStartTransaction(status=REJECTED)
        free = self._station.free_connector(tag, evse_id)
        return call_result.RequestStartTransaction(status=REJECTED if free is None else ACCEPTED)

    @after(Action.request_start_transaction)
    def after_request_start_transaction(self, **request: Any) -> None:
        """Start, if there still is a free connector."""
        tag = request["id_token"]["id_token"]
        try:
            profile = self._opening_profile(request)
        except ProfileError:
            return
        self._host.outbox.expect(tag, request["remote_start_id"])
        self._host.begin_remote_start(tag, request.get("evse_id"), profile)

    def _opening_profile(self, request: dict[str, Any]) -> ChargingProfile | None:
        """Return the profile of a transaction that is to begin, which has no name yet (F01)."""
        told = request.get("charging_profile")
        if told is None:
            return None
        if told["charging_profile_purpose"] != Purpose.TX or "transaction_id" in told:
            raise ProfileError("not of a transaction that is to begin")
        return ChargingProfile.from_ocpp(_words(told))

    @on(Action.request_stop_transaction)
    def on_request_stop_transaction(self, **request: Any) -> Any:
        """F03."""
        found = self._host.outbox.running(request["transaction_id"])
        return call_result.RequestStopTransaction(status=REJECTED if found is None else ACCEPTED)

    @after(Action.request_stop_transaction)
    def after_request_stop_transaction(self, **request: Any) -> None:
        """Stop, if it still runs."""
        if (found := self._host.outbox.running(request["transaction_id"])) is not None:
            self._station.stop(found.connector_id, self._host.now(), "Remote")
            self._host.changed()

    @on(Action.get_transaction_status)
    def on_get_transaction_status(self, **request: Any) -> Any:
        """E14."""
        own_id = request.get("transaction_id")
        if own_id is None:
            return call_result.GetTransactionStatus(messages_in_queue=bool(len(self._host.outbox)))
        return call_result.GetTransactionStatus(
            ongoing_indicator=self._host.outbox.running(own_id) is not None,
            messages_in_queue=self._host.outbox.has(own_id),
        )

    @on(Action.unlock_connector)
    def on_unlock_connector(self, **request: Any) -> Any:
        """F05."""
        number = request["evse_id"]
        if number not in self._evse_ids[1:] or request["connector_id"] != 1:
            return call_result.UnlockConnector(status="UnknownConnector")
        if self._station.evse.connector(number).transaction is not None:
            return call_result.UnlockConnector(status="OngoingAuthorizedTransaction")
        return call_result.UnlockConnector(status=self._host.unlock_answer)

    @on(Action.trigger_message)
    def on_trigger_message(self, **request: Any) -> Any:
        """F06."""
        message, evse = request["requested_message"], request.get("evse")
        if message not in _TRIGGERS:
            return call_result.TriggerMessage(status="NotImplemented")
        unknown = evse is not None and evse["id"] not in self._evse_ids[1:]
        # A connector's status needs its number; who was accepted does not boot again.
        unnamed = message == "StatusNotification" and (not evse or evse.get("connector_id") != 1)
        refused = unknown or unnamed or message == "BootNotification"
        return call_result.TriggerMessage(status=REJECTED if refused else ACCEPTED)

    @after(Action.trigger_message)
    def after_trigger_message(self, **request: Any) -> None:
        """Send what was asked for."""
        if self.on_trigger_message(**request).status == ACCEPTED:
            number = (request.get("evse") or {}).get("id")
            self._host.begin_trigger(request["requested_message"], number)

    # --- G, H: availability and reservation -----------------------------------------------------

    @on(Action.change_availability)
    def on_change_availability(self, **request: Any) -> Any:
        """G03, G04."""
        number = (request.get("evse") or {}).get("id", 0)
        operative = request["operational_status"] == "Operative"
        status = self._station.change_availability(number, operative, self._host.now())
        self._host.changed()
        return call_result.ChangeAvailability(status=status)

    @on(Action.reserve_now)
    def on_reserve_now(self, **request: Any) -> Any:
        """H01."""
        try:
            expires_at = parse_time(request["expiry_date_time"])
        except ProfileError:
            expires_at = None
        free = self._station.free_connector("", request.get("evse_id"))
        number = request.get("evse_id") or free
        if expires_at is None or number is None:
            return call_result.ReserveNow(status="Occupied" if expires_at else REJECTED)
        group = request.get("group_id_token") or {}
        reservation = Reservation(
            reservation_id=request["id"],
            id_tag=request["id_token"]["id_token"],
            expires_at=expires_at,
            parent_id_tag=group.get("id_token"),
        )
        status = self._station.reservations.reserve(number, reservation, self._host.now())
        self._host.changed()
        return call_result.ReserveNow(status=status)

    @on(Action.cancel_reservation)
    def on_cancel_reservation(self, **request: Any) -> Any:
        """H02."""
        status = self._station.reservations.cancel(request["reservation_id"], self._host.now())
        self._host.changed()
        return call_result.CancelReservation(status=status)

    # --- K: smart charging ----------------------------------------------------------------------

    @on(Action.set_charging_profile)
    def on_set_charging_profile(self, **request: Any) -> Any:
        """K01."""
        try:
            profile = self._profile(request["charging_profile"])
        except ProfileError:
            return call_result.SetChargingProfile(status=REJECTED)
        now = self._host.now()
        status = self._station.evse.set_profile(request["evse_id"], profile, now)
        self._host.changed()
        return call_result.SetChargingProfile(status=status)

    def _profile(self, told: dict[str, Any]) -> ChargingProfile:
        """Return a profile of 2.0.1, which has a list of schedules and the charger's names."""
        words = _words(told)
        if told["charging_profile_purpose"] == Purpose.TX:
            # K01.FR.03: a TxProfile names its transaction.
            running = self._host.outbox.running(str(told.get("transaction_id")))
            if running is None or running.transaction is None:
                raise ProfileError("no such transaction")
            words["transaction_id"] = running.transaction.key
        return ChargingProfile.from_ocpp(words)

    @on(Action.clear_charging_profile)
    def on_clear_charging_profile(self, **request: Any) -> Any:
        """K10."""
        criteria = request.get("charging_profile_criteria") or {}
        purpose = criteria.get("charging_profile_purpose")
        removed = self._station.evse.profiles.clear(
            profile_id=request.get("charging_profile_id"),
            connector_id=criteria.get("evse_id"),
            purpose=None if purpose is None else Purpose(_PURPOSES.get(purpose, purpose)),
            stack_level=criteria.get("stack_level"),
        )
        self._host.changed()
        return call_result.ClearChargingProfile(status=ACCEPTED if removed else "Unknown")

    @on(Action.get_composite_schedule)
    def on_get_composite_schedule(self, **request: Any) -> Any:
        """K08."""
        number, duration = request["evse_id"], request["duration"]
        if number not in self._evse_ids or duration <= 0:
            return call_result.GetCompositeSchedule(status=REJECTED)
        unit = RateUnit(request.get("charging_rate_unit") or RateUnit.AMPERE)
        now = self._host.now()
        periods = self._station.evse.composite_schedule(number, now, duration, unit)
        return call_result.GetCompositeSchedule(
            status=ACCEPTED,
            schedule={
                "evse_id": number,
                "duration": duration,
                "schedule_start": timestamp(now),
                "charging_rate_unit": unit.value,
                "charging_schedule_period": [
                    {"start_period": period.start_s, "limit": period.limit} for period in periods
                ],
            },
        )

    # --- P: vendors -----------------------------------------------------------------------------

    @on(Action.data_transfer)
    def on_data_transfer(self, **_request: Any) -> Any:
        """P01: there are no vendor extensions."""
        return call_result.DataTransfer(status="UnknownVendorId")


def _words(told: dict[str, Any]) -> dict[str, Any]:
    """Return a profile in the words of OCPP 1.6, which has one schedule."""
    purpose = told["charging_profile_purpose"]
    return told | {
        "charging_profile_id": told["id"],
        "charging_profile_purpose": _PURPOSES.get(purpose, purpose),
        "charging_schedule": told["charging_schedule"][0],
    }


def id_tag_info(told: dict[str, Any]) -> dict[str, Any]:
    """Return an IdTokenInfo in the words of OCPP 1.6."""
    info = {"status": told["status"]}
    if (expiry := told.get("cache_expiry_date_time")) is not None:
        info["expiry_date"] = expiry
    if (group := told.get("group_id_token")) is not None:
        info["parent_id_tag"] = group["id_token"]
    return info
