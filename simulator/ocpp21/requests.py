"""What OCPP 2.1 adds to what a charger answers: tariffs (part 2, I07 to I11)."""

from typing import Any, ClassVar, Protocol

from ocpp.v21 import call, call_result
from ocpp.v21.enums import Action

from ..link import Link
from ..ocpp201.requests import Conversation201, Host201
from ..routing import on
from .tariffs import Tariffs


class Host21(Host201, Protocol):
    """What the requests need of the charge point that they are made to."""

    @property
    def tariffs(self) -> Tariffs:
        """Return its tariffs."""
        ...


class Conversation21(Conversation201):
    """The OCPP messages of one connection."""

    # By these the library reads and checks what goes over the socket.
    _call: ClassVar[Any] = call
    _call_result: ClassVar[Any] = call_result
    _ocpp_version: ClassVar[str] = "2.1"

    _host: Host21

    def __init__(self, identity: str, link: Link, host: Host21, **settings: Any) -> None:
        """Talk over ``link`` on behalf of ``host``."""
        super().__init__(identity, link, host, **settings)
        self._tariffs = host.tariffs

    @on(Action.set_default_tariff)
    def on_set_default_tariff(self, **request: Any) -> Any:
        """I07."""
        status = self._tariffs.set_default(request["evse_id"], request["tariff"])
        return call_result.SetDefaultTariff(status=status)

    @on(Action.get_tariffs)
    def on_get_tariffs(self, **request: Any) -> Any:
        """I09."""
        found = self._tariffs.assignments(request["evse_id"])
        return call_result.GetTariffs(
            status="Accepted" if found else "NoTariff", tariff_assignments=found or None
        )

    @on(Action.clear_tariffs)
    def on_clear_tariffs(self, **request: Any) -> Any:
        """I08."""
        return call_result.ClearTariffs(
            clear_tariffs_result=self._tariffs.clear(
                request.get("tariff_ids"), request.get("evse_id")
            )
        )

    @on(Action.change_transaction_tariff)
    def on_change_transaction_tariff(self, **request: Any) -> Any:
        """I11."""
        status = self._tariffs.change(request["transaction_id"], request["tariff"])
        return call_result.ChangeTransactionTariff(status=status)
