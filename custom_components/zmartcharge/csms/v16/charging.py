"""Charging profiles as OCPP 1.6 writes them (clauses 3.13, 5.5, 5.7, 5.16)."""

from typing import Any, override

from ..charging import Profile, ProfileDialect


class Dialect16(ProfileDialect):
    """The field names of OCPP 1.6."""

    @override
    def write(self, profile: Profile) -> dict[str, Any]:
        return {
            "chargingProfileId": profile.profile_id,
            "chargingSchedule": profile.schedule(),
            **profile.frame(),
        }

    @override
    def install(self, connector_id: int, profile: Profile) -> dict[str, Any]:
        return {"connectorId": connector_id, "csChargingProfiles": self.write(profile)}

    @override
    def clear(self, profile_id: int) -> dict[str, Any]:
        return {"id": profile_id}

    @override
    def composite(self, connector_id: int, seconds: int, unit: str) -> dict[str, Any]:
        return {"connectorId": connector_id, "duration": seconds, "chargingRateUnit": unit}

    @override
    def schedule(self, answer: dict[str, Any]) -> Any:
        return answer.get("chargingSchedule")
