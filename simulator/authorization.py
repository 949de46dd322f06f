"""What a charger knows of idTags by itself: the local list and the cache (OCPP 1.6, section 3.5)."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from .charging_profile import parse_time
from .configuration import Configuration

ACCEPTED = "Accepted"
INVALID = "Invalid"
EXPIRED = "Expired"


class KnownIdTags:
    """The local authorization list and the authorization cache of one charger."""

    def __init__(self, configuration: Configuration) -> None:
        """Start with an empty list and an empty cache."""
        self._configuration = configuration
        self._list: dict[str, dict[str, Any]] = {}
        self._cache: dict[str, dict[str, Any]] = {}
        self.list_version = 0

    def remember(self, id_tag: str, info: Mapping[str, Any]) -> None:
        """Keep an ``idTagInfo`` of the central system in the cache."""
        if self._configuration.flag("AuthorizationCacheEnabled"):
            self._cache[id_tag] = dict(info)

    def clear_cache(self) -> str:
        """Empty the cache and return the ClearCacheStatus."""
        if not self._configuration.flag("AuthorizationCacheEnabled"):
            return "Rejected"
        self._cache.clear()
        return ACCEPTED

    def update_list(
        self, version: int, update_type: str, entries: Sequence[Mapping[str, Any]]
    ) -> str:
        """Take a SendLocalList (5.15) and return the UpdateStatus."""
        if not self._configuration.flag("LocalAuthListEnabled"):
            return "NotSupported"
        if len(entries) > self._configuration.number("SendLocalListMaxLength"):
            return "Failed"
        full = update_type == "Full"
        if not full and version <= self.list_version:
            return "VersionMismatch"
        tags = [entry["id_tag"] for entry in entries]
        incomplete = full and any("id_tag_info" not in entry for entry in entries)
        if incomplete or len(set(tags)) != len(tags):
            return "Failed"
        updated = {} if full else dict(self._list)
        for entry in entries:
            if (info := entry.get("id_tag_info")) is None:
                updated.pop(entry["id_tag"], None)
            else:
                updated[entry["id_tag"]] = dict(info)
        self._list = updated
        self.list_version = version
        return ACCEPTED

    def known(self, id_tag: str, now: datetime) -> str | None:
        """Return the AuthorizationStatus that the list or the cache has for a tag."""
        info = None
        if self._configuration.flag("LocalAuthListEnabled"):
            info = self._list.get(id_tag)
        if info is None and self._configuration.flag("AuthorizationCacheEnabled"):
            info = self._cache.get(id_tag)
        if info is None:
            return None
        expiry = parse_time(info.get("expiry_date"))
        if info["status"] == ACCEPTED and expiry is not None and expiry <= now:
            return EXPIRED
        return str(info["status"])

    def parent(self, id_tag: str) -> str | None:
        """Return the group of a tag, where one is known."""
        info = self._list.get(id_tag) or self._cache.get(id_tag) or {}
        return info.get("parent_id_tag")

    def kept_of(self, id_tag: str) -> str:
        """Return what is kept of a tag, as text; empty where nothing is."""
        places = {"list": self._list, "cache": self._cache}
        return "\n".join(
            f"{name}: {kept[id_tag]}" for name, kept in places.items() if id_tag in kept
        )

    def forget(self, id_tag: str) -> None:
        """Remove what is kept of a tag but in the list, which is the central system's (N10.FR.08)."""
        self._cache.pop(id_tag, None)

    def before_asking(self, id_tag: str, now: datetime) -> bool:
        """Return whether a tag may charge without asking the central system."""
        return self._configuration.flag("LocalPreAuthorize") and self.known(id_tag, now) == ACCEPTED

    def while_offline(self, id_tag: str, now: datetime) -> str:
        """Return the AuthorizationStatus of a tag when the central system cannot be asked."""
        known = self.known(id_tag, now)
        if known is not None and self._configuration.flag("LocalAuthorizeOffline"):
            return known
        if known is None and self._configuration.flag("AllowOfflineTxForUnknownId"):
            return ACCEPTED
        return INVALID

    def save(self) -> dict[str, Any]:
        """Return the list and the cache as JSON values."""
        return {"version": self.list_version, "list": self._list, "cache": self._cache}

    def load(self, saved: Mapping[str, Any]) -> None:
        """Take over what ``save`` returned."""
        self.list_version = int(saved["version"])
        self._list = dict(saved["list"])
        self._cache = dict(saved["cache"])
