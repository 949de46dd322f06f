"""What is known of makes of chargers: what to try first with them, and what harms them.

A charger's own answers decide; this only says in which order it is asked, so that it is asked less.
The facts and where they are from are in ``data/makes.json``; more than one entry may fit a charger,
and the first one counts, so that what is known of a model stands before what is known of its make.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
import json
from pathlib import Path
import re
from typing import Any

from .messages import Boot

_FILE = Path(__file__).parent / "data" / "makes.json"
_UNITS = {"A", "W"}
_KINDS = {"Absolute", "Relative"}
_PURPOSES = {"ChargePointMaxProfile", "TxDefaultProfile", "TxProfile"}
# Letters and digits say who it is; the plus is all that tells EN+ from other makes.
_NOISE = re.compile(r"[^a-z0-9+]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Make:
    """What is known of a charger by its make; the defaults are those of an unknown one."""

    #: None: an unknown make.
    name: str | None = None
    #: The units of limits that it takes whatever its configuration says, best first: A, W.
    units: tuple[str, ...] = ()
    #: The ChargingProfileKind that it wants.
    kind: str | None = None
    #: The stack level that it wants for a limit.
    stack_level: int | None = None
    #: It refuses 10.5 A.
    whole_amperes: bool = False
    #: The ChargingProfilePurposes that it was seen to refuse: these are tried last.
    refuses: frozenset[str] = frozenset()
    #: False: ChangeAvailability does harm, so it is never sent.
    takes_availability: bool = True
    #: Its MeterValuesSampledData is left as it is: trying values makes it restart.
    keeps_measurands: bool = False
    #: The shortest interval between meter values that it takes, in seconds.
    meter_interval: int = 0
    #: It never begins a transaction by itself, even where everybody may charge.
    needs_remote_start: bool = False
    #: How long it may take to connect again; None: no longer than others.
    returns_within: timedelta | None = None
    #: It measures a power of 0 W while current flows.
    shows_no_power: bool = False
    #: Where this is from.
    sources: tuple[str, ...] = ()

    def units_first(self, told: tuple[str, ...]) -> tuple[str, ...]:
        """Return the units of limits in the order to try them: its own, then what it ``told``."""
        return first(told, *self.units)

    @property
    def refuses_limits(self) -> bool:
        """Tell whether it was seen to refuse every limit of a session."""
        return {"TxDefaultProfile", "TxProfile"} <= self.refuses


@dataclass(frozen=True, slots=True)
class _Pattern:
    """Whom an entry is about: the vendor begins so, the model contains this, the firmware begins so.

    An empty vendor is exactly that: some chargers leave it out.
    """

    vendor: str
    model: str
    firmware: str

    def fits(self, boot: Boot) -> bool:
        vendor = _plain(boot.vendor)
        return (
            (vendor.startswith(self.vendor) if self.vendor else not vendor)
            and self.model in _plain(boot.model)
            and (boot.firmware or "").strip().lower().removeprefix("v").startswith(self.firmware)
        )


UNKNOWN = Make()


def make_of(boot: Boot | None) -> Make:
    """Return what is known of the make of a charger by what it told of itself."""
    if boot is None:
        return UNKNOWN
    found = (make for patterns, make in _MAKES if any(each.fits(boot) for each in patterns))
    return next(found, UNKNOWN)


def first[T](others: Iterable[T], *preferred: T | None) -> tuple[T, ...]:
    """Return the preferred ones and then the others, each once; None is no preference."""
    return tuple(dict.fromkeys([*(each for each in preferred if each is not None), *others]))


def known_makes() -> tuple[Make, ...]:
    """Return every entry, in the order in which they are tried."""
    return tuple(make for _, make in _MAKES)


def _plain(text: str) -> str:
    return _NOISE.sub("", text.lower())


def _read(entries: Iterable[Mapping[str, Any]]) -> list[tuple[tuple[_Pattern, ...], Make]]:
    """Return the entries of the file; raises KeyError, TypeError or ValueError for a wrong one."""
    return [
        (tuple(_pattern(**pattern) for pattern in entry["match"]), _make(entry))
        for entry in entries
    ]


def _pattern(vendor: str, model: str = "", firmware: str = "") -> _Pattern:
    if (_plain(vendor), _plain(model)) != (vendor, model):
        raise ValueError(f"{vendor!r} {model!r} can never fit")
    return _Pattern(vendor, model, firmware)


def _make(entry: Mapping[str, Any]) -> Make:
    quirks = dict(entry["quirks"])
    units = tuple(quirks.pop("units", ()))
    refuses = frozenset(quirks.pop("refuses", ()))
    returns_within = quirks.pop("returns_within_min", None)
    make = Make(
        name=entry["name"],
        sources=tuple(entry["sources"]),
        units=units,
        refuses=refuses,
        meter_interval=quirks.pop("meter_interval_s", 0),
        returns_within=None if returns_within is None else timedelta(minutes=returns_within),
        **quirks,
    )
    if not (set(units) <= _UNITS and refuses <= _PURPOSES and make.kind in {None, *_KINDS}):
        raise ValueError(f"{make.name}: unknown words")
    return make


_MAKES = _read(json.loads(_FILE.read_text(encoding="utf-8")))
