"""What a position suggests, for forms to pre-select; nobody is charged by a guess."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import cos, hypot, radians
from typing import Any, Self

#: Farther away nothing is suggested: borders of grids and counties lie between the towns.
_FARTHEST_KM = 20.0
_KM_PER_DEGREE = 111.2


@dataclass(frozen=True, slots=True)
class Place:
    """A Norwegian town: county (two digits), price area and grid company as far as known."""

    name: str
    latitude: float
    longitude: float
    county: str
    area: str | None
    company: str | None

    def distance(self, latitude: float, longitude: float) -> float:
        """Return the distance in km, good to a percent within a county."""
        north = latitude - self.latitude
        east = (longitude - self.longitude) * cos(radians(self.latitude))
        return hypot(north, east) * _KM_PER_DEGREE


@dataclass(frozen=True, slots=True)
class Places:
    """The towns that are known."""

    towns: tuple[Place, ...]

    def nearest(self, latitude: float, longitude: float) -> Place | None:
        """Return the town that a position (degrees, WGS 84) belongs to; ``None`` if none is near."""
        nearest = min(self.towns, key=lambda town: town.distance(latitude, longitude))
        return nearest if nearest.distance(latitude, longitude) <= _FARTHEST_KM else None

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> Self:
        """Return the data file's contents."""
        return cls(tuple(Place(*row) for row in stored["towns"]))
