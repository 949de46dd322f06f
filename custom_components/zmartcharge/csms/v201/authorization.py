"""Local list, cache and reservations of a 2.0.1 charger (part 2, C11, D01, D02, H01, H02)."""

from collections.abc import Sequence
from datetime import datetime
from typing import override

from ..adapter import StationAdapter, read_status, text_of, without_none
from ..commands import LocalListEntry, LocalListStatus, ReservationStatus
from ..errors import CallFailedError
from ..messages import IdTagInfo
from ..rpc import JsonObject

#: A charger that does not have a message says one of these (OCPP-J 2.0.1, clause 4.3).
MISSING = frozenset({"NotImplemented", "NotSupported"})
_ACCEPTED = "Accepted"
#: What the charger's reader calls a card, and what we call what is only ours (IdTokenEnumType).
CARD, CENTRAL = "ISO14443", "Central"


class Authorization201(StationAdapter):
    """What a 2.0.1 charger knows of idTokens by itself."""

    @override
    async def clear_cache(self) -> bool:
        return (await self.call("ClearCache", {})).get("status") == _ACCEPTED

    @override
    async def local_list_version(self) -> int | None:
        try:
            version = (await self.call("GetLocalListVersion", {})).get("versionNumber")
        except CallFailedError as err:
            if err.code in MISSING:
                return None
            raise
        # D02.FR.02: 0 is an empty list, or none: only sending one would tell.
        return version if isinstance(version, int) and version >= 0 else None

    @override
    async def send_local_list(
        self, version: int, entries: Sequence[LocalListEntry], *, full: bool
    ) -> LocalListStatus:
        payload: JsonObject = {"versionNumber": version, "updateType": "Differential"}
        if full:
            payload["updateType"] = "Full"
        if entries:
            # D01.FR.04: without the field a full list is an empty one; an empty field is no list.
            payload["localAuthorizationList"] = [_entry(entry) for entry in entries]
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
            "id": reservation_id,
            "expiryDateTime": text_of(expiry),
            "idToken": {"idToken": id_tag, "type": CARD},
            "evseId": connector_id or None,
            "groupIdToken": None if parent is None else group_token(parent),
        }
        return await self._command("ReserveNow", without_none(payload), ReservationStatus)

    @override
    async def cancel_reservation(self, reservation_id: int) -> bool:
        response = await self.call("CancelReservation", {"reservationId": reservation_id})
        return response.get("status") == _ACCEPTED


def id_token_info(info: IdTagInfo) -> JsonObject:
    """Return an IdTokenInfoType (part 2, clause 2.28)."""
    return without_none(
        {
            "status": info.status.value,
            "cacheExpiryDateTime": text_of(info.valid_until),
            "groupIdToken": None if info.group is None else group_token(info.group),
        }
    )


def group_token(group: str) -> JsonObject:
    """Return the groupIdToken of a group, which is always ours."""
    return {"idToken": group, "type": CENTRAL}


def _entry(entry: LocalListEntry) -> JsonObject:
    token: JsonObject = {"idToken": {"idToken": entry.id_tag, "type": entry.type}}
    return token if entry.info is None else token | {"idTokenInfo": id_token_info(entry.info)}
