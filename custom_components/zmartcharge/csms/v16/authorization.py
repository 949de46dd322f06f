"""Local list, cache and reservations of a 1.6 charger (clauses 5.1, 5.4, 5.10, 5.13, 5.15)."""

from collections.abc import Sequence
from datetime import datetime
from typing import override

from ..adapter import text_of, without_none
from ..authorization import AuthorizationAdapter
from ..commands import LocalListEntry, ReservationStatus
from ..messages import IdTagInfo
from ..rpc import JsonObject

#: Characters of an idTag (clause 7.28).
_MAX_ID_TAG = 20


class Authorization16(AuthorizationAdapter):
    """What a 1.6 charger knows of idTags by itself."""

    list_version_field = "listVersion"

    @override
    def _list_update(self, version: int, entries: Sequence[LocalListEntry]) -> JsonObject:
        # Many chargers know no full list without the field, which is how to empty one.
        return {
            "listVersion": version,
            "localAuthorizationList": [_entry(entry) for entry in entries],
        }

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
