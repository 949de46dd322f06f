"""The charging profiles a charger holds and the limit they add up to.

Pure: time is an argument. The rules are those of OCPP 1.6 edition 2: section 3.13.2 (stack levels),
3.13.1 (purposes) and 5.16 (replacing, and what the connector of a profile means).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from .charging_profile import (
    FOREVER,
    ChargingProfile,
    Kind,
    Purpose,
    RateUnit,
    SchedulePeriod,
    parse_time,
    slot_at,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class InstalledProfile:
    """A profile, the connector it was set on, and when."""

    connector_id: int
    profile: ChargingProfile
    installed_at: datetime


@dataclass(frozen=True, slots=True)
class Limit:
    """The limit in force (``None``: no profile says anything), its unit, and until when at least."""

    period: SchedulePeriod | None
    unit: RateUnit
    until: datetime


class ProfileStore:
    """The installed profiles. ``version`` grows with every change."""

    def __init__(self, *, relative_from_installation: bool = False) -> None:
        """Start without profiles.

        ``relative_from_installation`` is what some chargers do: they count a relative schedule
        from the moment it was set instead of from the start of the transaction.
        """
        self._relative_from_installation = relative_from_installation
        self._installed: tuple[InstalledProfile, ...] = ()
        self.version = 0

    @property
    def installed(self) -> tuple[InstalledProfile, ...]:
        """Return the profiles, the latest last."""
        return self._installed

    def install(self, connector_id: int, profile: ChargingProfile, now: datetime) -> None:
        """Add a profile; it replaces one of its id, and one of its purpose, stack and connector."""
        kept = (
            item
            for item in self._installed
            if item.profile.profile_id != profile.profile_id
            and not (
                item.connector_id == connector_id
                and item.profile.purpose is profile.purpose
                and item.profile.stack_level == profile.stack_level
            )
        )
        new = InstalledProfile(connector_id=connector_id, profile=profile, installed_at=now)
        self._replace((*kept, new))

    def clear(
        self,
        *,
        profile_id: int | None = None,
        connector_id: int | None = None,
        purpose: Purpose | None = None,
        stack_level: int | None = None,
    ) -> int:
        """Remove the profiles that match all that is given, and return how many they were."""
        kept = [
            item
            for item in self._installed
            if (profile_id is not None and item.profile.profile_id != profile_id)
            or (connector_id is not None and item.connector_id != connector_id)
            or (purpose is not None and item.profile.purpose is not purpose)
            or (stack_level is not None and item.profile.stack_level != stack_level)
        ]
        removed = len(self._installed) - len(kept)
        if removed:
            self._replace(kept)
        return removed

    def station_limit(self, now: datetime) -> Limit:
        """Return the limit of the ChargePointMaxProfiles for the whole charger."""
        return self._prevailing(self._of(Purpose.CHARGE_POINT_MAX, 0), now, None)

    def connector_limit(
        self, connector_id: int, now: datetime, transaction_start: datetime | None
    ) -> Limit:
        """Return the limit of the TxProfile, or where none is in force, of the TxDefaultProfile."""
        until = FOREVER
        if transaction_start is not None:
            limit = self._prevailing(self._of(Purpose.TX, connector_id), now, transaction_start)
            if limit.period is not None:
                return limit
            until = limit.until
        own = self._of(Purpose.TX_DEFAULT, connector_id)
        levels = {item.profile.stack_level for item in own}
        common = self._of(Purpose.TX_DEFAULT, 0) if connector_id else []
        shared = [item for item in common if item.profile.stack_level not in levels]
        limit = self._prevailing([*own, *shared], now, transaction_start)
        return Limit(limit.period, limit.unit, min(limit.until, until))

    def _of(self, purpose: Purpose, connector_id: int) -> list[InstalledProfile]:
        return [
            item
            for item in self._installed
            if item.profile.purpose is purpose and item.connector_id == connector_id
        ]

    def _prevailing(
        self, items: Iterable[InstalledProfile], now: datetime, started: datetime | None
    ) -> Limit:
        until = FOREVER
        for item in sorted(items, key=lambda item: -item.profile.stack_level):
            slot = slot_at(item.profile, now, self._start_of(item, now, started))
            until = min(until, slot.until)
            if slot.period is not None:
                return Limit(slot.period, item.profile.unit, until)
        return Limit(None, RateUnit.AMPERE, until)

    def _start_of(
        self, item: InstalledProfile, now: datetime, started: datetime | None
    ) -> datetime:
        if item.profile.purpose is Purpose.CHARGE_POINT_MAX or self._relative_from_installation:
            return item.installed_at
        if started is None:
            # Nothing is charging: say what would hold if a transaction began now.
            return item.installed_at if item.profile.kind is Kind.ABSOLUTE else now
        return started

    def save(self) -> list[dict[str, Any]]:
        """Return the profiles as JSON values."""
        return [
            {
                "connector_id": item.connector_id,
                "installed_at": item.installed_at.isoformat(),
                "profile": item.profile.to_ocpp(),
            }
            for item in self._installed
        ]

    def load(self, saved: Iterable[dict[str, Any]]) -> None:
        """Take over what ``save`` returned."""
        items = []
        for entry in saved:
            installed_at = parse_time(entry["installed_at"])
            assert installed_at is not None
            items.append(
                InstalledProfile(
                    connector_id=entry["connector_id"],
                    profile=ChargingProfile.from_ocpp(entry["profile"]),
                    installed_at=installed_at,
                )
            )
        self._replace(items)

    def _replace(self, items: Iterable[InstalledProfile]) -> None:
        self._installed = tuple(items)
        self.version += 1
