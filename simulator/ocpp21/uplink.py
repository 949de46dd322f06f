"""The connection of a 2.1 charger."""

from typing import Any, ClassVar, cast, override

from ocpp.v21 import call

from ..link import Link
from ..ocpp201.uplink import Uplink201
from ..uplink import Talk
from .requests import Conversation21, Host21


class Uplink21(Uplink201):
    """The connection of one charger."""

    subprotocol: ClassVar[str] = "ocpp2.1"
    calls: ClassVar[Any] = call

    @override
    def _talk(self, link: Link) -> Talk:
        host = cast("Host21", self._host)
        talk: Talk = Conversation21(self.identity, link, host, **self._settings)
        return talk
