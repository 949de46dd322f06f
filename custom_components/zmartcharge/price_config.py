"""What a site's power costs, as the user described it, read from the site's subentry."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any, Self

from .price import Contract, PriceError

CONF_CONTRACT = "contract"
CONF_FALL_BACK = "fall_back"
CONF_SENSOR = "sensor"
CONF_SENSOR_VAT = "sensor_vat"
CONF_SOURCE = "source"


class PriceSource(StrEnum):
    """Where spot prices come from."""

    NORD_POOL = "nord_pool"
    SENSOR = "sensor"
    WEB = "web"
    READER = "reader"


def readable_price(data: Mapping[str, Any] | None) -> PriceConfig | None:
    """Return what a site's subentry says of its price; None for nothing, and for what is damaged."""
    try:
        return PriceConfig.of(data)
    except PriceError, KeyError, ValueError, TypeError, AttributeError, ArithmeticError:
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceConfig:
    """The contract, and where its spot prices come from.

    ``sensor_vat`` is the VAT that is in the sensor's prices, as 0.25. ``fall_back``: other sources are
    asked when this one has nothing.
    """

    contract: Contract
    source: PriceSource | None = None
    sensor: str | None = None
    sensor_vat: Decimal = Decimal()
    fall_back: bool = True

    @classmethod
    def of(cls, data: Mapping[str, Any] | None) -> Self | None:
        """Read what a subentry says; None without a price. Raises PriceError, KeyError, ValueError."""
        if not data:
            return None
        source = data.get(CONF_SOURCE)
        return cls(
            contract=Contract.from_dict(data[CONF_CONTRACT]),
            source=PriceSource(source) if source else None,
            sensor=data.get(CONF_SENSOR),
            sensor_vat=Decimal(str(data.get(CONF_SENSOR_VAT, 0))),
            fall_back=data.get(CONF_FALL_BACK, True),
        )

    def to_dict(self) -> dict[str, Any]:
        """Return it for a subentry."""
        return {
            CONF_CONTRACT: self.contract.to_dict(),
            CONF_SOURCE: self.source,
            CONF_SENSOR: self.sensor,
            CONF_SENSOR_VAT: str(self.sensor_vat),
            CONF_FALL_BACK: self.fall_back,
        }
