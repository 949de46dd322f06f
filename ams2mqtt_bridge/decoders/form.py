"""What a list means, apart from its values: which ones it has, and how they count."""

from dataclasses import dataclass

from ..dlms import CosemDateTime
from ..meter_list import Manufacturer, MeterList
from .registers import Entry
from .values import Scalers, build_list

# Made for IT nets, with two current coils: it sends a place for L2 and never anything but 0 there.
_WITHOUT_CURRENT_L2 = "MA304T3"


@dataclass(frozen=True, slots=True)
class Form:
    """Who made the meter, the values in their order, and what they count without a scaler."""

    maker: Manufacturer
    entries: list[Entry]
    scalers: Scalers

    def read(self, clock: CosemDateTime | None) -> MeterList:
        """Return the list; the clock is the notification's. Raises ``DecodeError``."""
        return build_list(self.maker, self.entries, clock, self.scalers, _correct)


def _correct(values: dict[str, object]) -> None:
    if values.get("meter_type") == _WITHOUT_CURRENT_L2 and not values.get("current_l2"):
        values.pop("current_l2", None)
