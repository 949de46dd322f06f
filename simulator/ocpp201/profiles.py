"""Charging profiles in the words of OCPP 2.0.1 (K09)."""

from collections import defaultdict
from typing import Any

from ..charging_profile import Purpose
from ..profile_store import InstalledProfile, ProfileStore
from .outbox import Outbox201

_STATION = "ChargingStationMaxProfile"


def chosen_profiles(
    store: ProfileStore, outbox: Outbox201, request: dict[str, Any]
) -> dict[int, list[dict[str, Any]]]:
    """Return the profiles that a GetChargingProfiles chooses, by EVSE."""
    wanted, evse_id = request["charging_profile"], request.get("evse_id")
    numbers, sources = wanted.get("charging_profile_id"), wanted.get("charging_limit_source")
    found: defaultdict[int, list[dict[str, Any]]] = defaultdict(list)
    if sources is not None and "CSO" not in sources:
        return found
    for item in store.installed:
        told = _told(item, outbox)
        if (
            evse_id in (None, item.connector_id)
            and (numbers is None or told["id"] in numbers)
            and all(
                wanted.get(key) in (None, told[key])
                for key in ("charging_profile_purpose", "stack_level")
            )
        ):
            found[item.connector_id].append(told)
    return found


def _told(item: InstalledProfile, outbox: Outbox201) -> dict[str, Any]:
    words = item.profile.to_ocpp()
    number = words.pop("charging_profile_id")
    words["charging_schedule"] = [{"id": number, **words["charging_schedule"]}]
    if item.profile.purpose is Purpose.CHARGE_POINT_MAX:
        words["charging_profile_purpose"] = _STATION
    if (key := item.profile.transaction_id) is not None:
        words["transaction_id"] = outbox.own_id(key)
    return {"id": number, **words}
