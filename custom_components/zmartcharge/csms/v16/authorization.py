"""Local list, cache and reservations of a 1.6 charger (clauses 5.1, 5.4, 5.10, 5.13, 5.15)."""

from collections.abc import Sequence
from datetime import datetime
from typing import override

from ..adapter import StationAdapter, read_status, text_of, without_none
from ..commands import LocalListEntry, LocalListStatus, ReservationStatus
from ..errors import CallFailedError
from ..messages import IdTagInfo
from ..rpc import JsonObject

#: A charger that does not have a message says one of these (OCPP-J 1.6, clause 4.2.3).
MISSING = frozenset({"NotImplemented", "NotSupported"})
_ACCEPTED = "Accepted"
#: Characters of an idTag (clause 7.28).
_MAX_ID_TAG = 20


class Authorization16(StationAdapter):
    """What a 1.6 charger knows of idTags by itself."""

    @override
    async def clear_cache(self) -> bool:
        return (await self.call("ClearCache", {})).get("status") == _ACCEPTED

    @override
    async def local_list_version(self) -> int | None:
        try:
            version = (await self.call("GetLocalListVersion", {})).get("listVersion")
        except CallFailedError as err:
            if err.code in MISSING:
                return None
            raise
        # -1: it has no local list, or not for us.
        return version if isinstance(version, int) and version >= 0 else None

    @override
    async def send_local_list(
        self, version: int, entries: Sequence[LocalListEntry], *, full: bool
    ) -> LocalListStatus:
        payload: JsonObject = {
            "listVersion": version,
            "updateType": "Full" if full else "Differential",
            # Many chargers know no full list without the field, which is how to empty one.
            "localAuthorizationList": [_entry(entry) for entry in entries],
        }
        try:
            response = await self.call("SendLocalList", payload)
        except CallFailedError as err:
            if err.code in MISSING:
                return LocalListStatus.NOT_SUPPORTED
            raise
        return read_status("SendLocalList", response, LocalListStatus)

    @override
    async def reserve(
        self,
        connector_id: int,
        reservation_id: int,
        id_tag: str,
        expiry: datetime,
        parent: str | None = None,
    ) -> ReservationStatus:
        payload = {
            "connectorId": connector_id,
            "expiryDate": text_of(expiry),
            "idTag": id_tag,
            "parentIdTag": parent,
            "reservationId": reservation_id,
        }
        return await self._command("ReserveNow", without_none(payload), ReservationStatus)

    @override
    async def cancel_reservation(self, reservation_id: int) -> bool:
        response = await self.call("CancelReservation", {"reservationId": reservation_id})
        return response.get("status") == _ACCEPTED


def id_tag_info(info: IdTagInfo) -> JsonObject:
    """Return an IdTagInfo (clause 7.27); a group that is too long for this version is left out."""
    fits = info.group is not None and len(info.group) <= _MAX_ID_TAG
    return without_none(
        {
            "status": info.status.value,
            "expiryDate": text_of(info.valid_until),
            "parentIdTag": info.group if fits else None,
        }
    )


def _entry(entry: LocalListEntry) -> JsonObject:
    if entry.info is None:
        return {"idTag": entry.id_tag}
    return {"idTag": entry.id_tag, "idTagInfo": id_tag_info(entry.info)}
