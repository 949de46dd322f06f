"""The data that is shipped with the integration."""

from dataclasses import dataclass
from functools import cache
import json
from pathlib import Path
from typing import Any

from .grid import GridCatalogue
from .places import Places
from .rates import NorwegianRates

_FOLDER = Path(__file__).parent / "data"


@dataclass(frozen=True, slots=True)
class PriceData:
    """Every rate and tariff that the integration knows, and what positions suggest."""

    grid: GridCatalogue
    norway: NorwegianRates
    places: Places


@cache
def load_price_data() -> PriceData:
    """Read the data files, once. It reads from disk: call it outside the event loop."""
    return PriceData(
        grid=GridCatalogue.from_dict(_read("grid_tariffs.json")),
        norway=NorwegianRates.from_dict(_read("norway.json")),
        places=Places.from_dict(_read("places.json")),
    )


def _read(name: str) -> Any:
    return json.loads((_FOLDER / name).read_text(encoding="utf-8"))
