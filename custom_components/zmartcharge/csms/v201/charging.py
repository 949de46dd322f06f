"""Charging profiles as OCPP 2.0.1 writes them (part 2, chapter K)."""

from typing import Any, override

from ..charging import Profile, ProfileDialect


class Dialect201(ProfileDialect):
    """The field names of OCPP 2.0.1."""

    @override
    def write(self, profile: Profile) -> dict[str, Any]:
        return {
            "id": profile.profile_id,
            "chargingSchedule": [{"id": profile.profile_id, **profile.schedule()}],
            **profile.frame(),
        }

    @override
    def install(self, connector_id: int, profile: Profile) -> dict[str, Any]:
        return {"evseId": connector_id, "chargingProfile": self.write(profile)}

    @override
    def clear(self, profile_id: int) -> dict[str, Any]:
        return {"chargingProfileId": profile_id}

    @override
    def composite(self, connector_id: int, seconds: int, unit: str) -> dict[str, Any]:
        return {"evseId": connector_id, "duration": seconds, "chargingRateUnit": unit}

    @override
    def schedule(self, answer: dict[str, Any]) -> Any:
        return answer.get("schedule")
