"""What we can ask of a connected 2.1 charger."""

from dataclasses import replace
from typing import override

from ..charging import Call, ChargingLimits, ProfileDialect
from ..station import Abilities
from ..v201 import Station201
from ..v201.preparation import DYNAMIC_PROFILES, has_prices
from .inbound import Inbound21
from .limits import UpdatedLimits
from .tariffs import Tariffs21


class Station21(Tariffs21, Station201):
    """A charger that speaks OCPP 2.1, for as long as its connection lasts."""

    version = "2.1"
    inbound_type = Inbound21
    takes_sends = True
    _limits: UpdatedLimits

    @override
    def _make_limits(self, call: Call, dialect: ProfileDialect) -> ChargingLimits:
        return UpdatedLimits(call, self._clock, dialect)

    @override
    async def prepare(self) -> Abilities:
        abilities = await super().prepare()
        told = abilities.configuration.get(DYNAMIC_PROFILES)
        self._limits.dynamic = (told or "").strip().lower() == "true"
        return replace(abilities, tariffs=has_prices(abilities.configuration, "Tariff"))

    @override
    def hang_up(self) -> None:
        self._limits.close()
        super().hang_up()
