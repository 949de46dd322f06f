"""Local list, cache and reservations: what all OCPP versions ask alike."""

from abc import abstractmethod
from collections.abc import Sequence
from typing import ClassVar, override

from .adapter import ACCEPTED, MISSING, StationAdapter, read_status
from .commands import LocalListEntry, LocalListStatus
from .errors import CallFailedError
from .rpc import JsonObject


class AuthorizationAdapter(StationAdapter):
    """What a charger knows of idTags by itself; the versions differ in what fields are called."""

    #: What an answer calls the version of the local list.
    list_version_field: ClassVar[str]

    @abstractmethod
    def _list_update(self, version: int, entries: Sequence[LocalListEntry]) -> JsonObject:
        """Return a SendLocalList without its updateType."""

    @override
    async def clear_cache(self) -> bool:
        return (await self.call("ClearCache", {})).get("status") in ACCEPTED

    @override
    async def local_list_version(self) -> int | None:
        try:
            version = (await self.call("GetLocalListVersion", {})).get(self.list_version_field)
        except CallFailedError as err:
            if err.code in MISSING:
                return None
            raise
        # 1.6, clause 5.10: -1 is no local list, or none for us. 2.0.1, D02.FR.02: 0 is an empty
        # list, or none; only sending one would tell.
        return version if isinstance(version, int) and version >= 0 else None

    @override
    async def send_local_list(
        self, version: int, entries: Sequence[LocalListEntry], *, full: bool
    ) -> LocalListStatus:
        update = {"updateType": "Full" if full else "Differential"}
        try:
            response = await self.call(
                "SendLocalList", self._list_update(version, entries) | update
            )
        except CallFailedError as err:
            if err.code in MISSING:
                return LocalListStatus.NOT_SUPPORTED
            raise
        return read_status("SendLocalList", response, LocalListStatus)

    @override
    async def cancel_reservation(self, reservation_id: int) -> bool:
        response = await self.call("CancelReservation", {"reservationId": reservation_id})
        return response.get("status") in ACCEPTED
