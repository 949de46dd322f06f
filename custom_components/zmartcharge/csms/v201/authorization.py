"""Local list, cache and reservations of a 2.0.1 charger (part 2, C11, D01, D02, H01, H02)."""

from collections.abc import Sequence
from datetime import datetime
from typing import override

from ..adapter import text_of, without_none
from ..authorization import AuthorizationAdapter
from ..commands import LocalListEntry, ReservationStatus
from ..messages import IdTagInfo, PersonalMessage
from ..rpc import JsonObject

#: What the charger's reader calls a card, and what we call what is only ours (IdTokenEnumType).
CARD, CENTRAL = "ISO14443", "Central"


class Authorization201(AuthorizationAdapter):
    """What a 2.0.1 charger knows of idTokens by itself."""

    list_version_field = "versionNumber"

    @override
    def _list_update(self, version: int, entries: Sequence[LocalListEntry]) -> JsonObject:
        update: JsonObject = {"versionNumber": version}
        if entries:
            # D01.FR.04: without the field a full list is an empty one; an empty field is no list.
            update["localAuthorizationList"] = [_entry(entry) for entry in entries]
        return update

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


def id_token_info(info: IdTagInfo) -> JsonObject:
    """Return an IdTokenInfoType (part 2, clause 2.28)."""
    return without_none(
        {
            "status": info.status.value,
            "cacheExpiryDateTime": text_of(info.valid_until),
            "groupIdToken": None if info.group is None else group_token(info.group),
            "personalMessage": None if info.message is None else _content(info.message),
        }
    )


def _content(message: PersonalMessage) -> JsonObject:
    """Return a MessageContentType (part 2, clause 2.34); every display has the letters of ASCII."""
    return without_none(
        {
            "format": "ASCII" if message.text.isascii() else "UTF8",
            "language": message.language,
            "content": message.text,
        }
    )


def group_token(group: str) -> JsonObject:
    """Return the groupIdToken of a group, which is always ours."""
    return {"idToken": group, "type": CENTRAL}


def _entry(entry: LocalListEntry) -> JsonObject:
    token: JsonObject = {"idToken": {"idToken": entry.id_tag, "type": entry.type}}
    return token if entry.info is None else token | {"idTokenInfo": id_token_info(entry.info)}
