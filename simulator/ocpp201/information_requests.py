"""Messages, costs, customers and profiles: what a 2.0.1 charger answers (O, I02, N09, N10, K09)."""

from typing import Any, Protocol

from ocpp.v201 import call, call_result
from ocpp.v201.enums import Action

from ..meter_values import timestamp
from ..requests import ACCEPTED, Host
from ..routing import after, on
from .display import Display
from .outbox import Outbox201
from .profiles import chosen_profiles

_PART = 512


class InformationHost(Host, Protocol):
    """What the requests need of the charge point that they are made to."""

    @property
    def display(self) -> Display:
        """Return its display."""
        ...

    @property
    def outbox(self) -> Outbox201:
        """Return what the charger has to tell."""
        ...

    def begin_telling(self, messages: list[Any]) -> None:
        """Send messages one after the other, after the answer went out."""
        ...


class InformationRequests:
    """Answers about what is shown, kept and set."""

    _host: InformationHost

    @on(Action.set_display_message)
    def on_set_display_message(self, **request: Any) -> Any:
        """O01, O02."""
        message = request["message"]
        own_id = message.get("transaction_id")
        if own_id is not None and self._host.outbox.running(own_id) is None:
            return call_result.SetDisplayMessage(status="UnknownTransaction")
        return call_result.SetDisplayMessage(status=self._host.display.show(message))

    @on(Action.get_display_messages)
    def on_get_display_messages(self, **request: Any) -> Any:
        """O03, O04."""
        found = self._host.display.chosen(request)
        return call_result.GetDisplayMessages(status=ACCEPTED if found else "Unknown")

    @after(Action.get_display_messages)
    def after_get_display_messages(self, **request: Any) -> None:
        """Send them."""
        if found := self._host.display.chosen(request):
            number = request["request_id"]
            self._host.begin_telling(
                [call.NotifyDisplayMessages(request_id=number, message_info=found)]
            )

    @on(Action.clear_display_message)
    def on_clear_display_message(self, **request: Any) -> Any:
        """O05."""
        return call_result.ClearDisplayMessage(status=self._host.display.clear(request["id"]))

    @on(Action.cost_updated)
    def on_cost_updated(self, **request: Any) -> Any:
        """I02."""
        self._host.display.costs[request["transaction_id"]] = request["total_cost"]
        return call_result.CostUpdated()

    @on(Action.customer_information)
    def on_customer_information(self, **request: Any) -> Any:
        """N09, N10."""
        known = "id_token" in request
        return call_result.CustomerInformation(status=ACCEPTED if known else "Invalid")

    @after(Action.customer_information)
    def after_customer_information(self, **request: Any) -> None:
        """Report what is kept of a customer, then remove it."""
        if "id_token" not in request:
            return
        tag = request["id_token"]["id_token"]
        id_tags = self._host.station.id_tags
        text = id_tags.kept_of(tag)
        if request["clear"]:
            id_tags.forget(tag)
            self._host.changed()
        if request["report"]:
            parts = [text[at : at + _PART] for at in range(0, len(text), _PART)] or ["nothing"]
            self._host.begin_telling(
                [
                    call.NotifyCustomerInformation(
                        data=part,
                        seq_no=number,
                        tbc=number < len(parts) - 1,
                        generated_at=timestamp(self._host.now()),
                        request_id=request["request_id"],
                    )
                    for number, part in enumerate(parts)
                ]
            )

    @on(Action.get_charging_profiles)
    def on_get_charging_profiles(self, **request: Any) -> Any:
        """K09."""
        found = chosen_profiles(self._host.station.evse.profiles, self._host.outbox, request)
        return call_result.GetChargingProfiles(status=ACCEPTED if found else "NoProfiles")

    @after(Action.get_charging_profiles)
    def after_get_charging_profiles(self, **request: Any) -> None:
        """Send them, those of each EVSE together."""
        found = chosen_profiles(self._host.station.evse.profiles, self._host.outbox, request)
        self._host.begin_telling(
            [
                call.ReportChargingProfiles(
                    request_id=request["request_id"],
                    charging_limit_source="CSO",
                    charging_profile=profiles,
                    evse_id=evse_id,
                    tbc=number < len(found) - 1,
                )
                for number, (evse_id, profiles) in enumerate(found.items())
            ]
        )
