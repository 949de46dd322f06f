"""Compiles the grid companies' tariffs of fri-nettleie into the integration's data file.

usage: python -m script.lib.compile_tariffs FOLDER

FOLDER is ``tariffer/`` of https://github.com/kraftsystemet/fri-nettleie (CC BY 4.0, "Fri nettleie",
kraftsystemet). Its format is told in ``tariff-eksempel.yml`` there: prices without taxes, fastledd in
NOK per year, energiledd in øre per kWh, hours with the last one included, the last exception wins.
Tariffs for businesses are left out. Whatever is not understood stops it: no company is left out.
"""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from itertools import pairwise
import json
from pathlib import Path
import sys
from typing import Any

import yaml

from custom_components.zmartcharge.price import GridCatalogue

TARGET = Path(__file__).parents[2] / "custom_components/zmartcharge/price/data/grid_tariffs.json"
HEAD = {
    "source": "https://github.com/kraftsystemet/fri-nettleie",
    "attribution": "Fri nettleie, kraftsystemet and its contributors",
    "license": "CC BY 4.0, https://creativecommons.org/licenses/by/4.0/",
    "changes": "compiled from YAML to JSON, names in English, tariffs for businesses left out",
    "units": "energy in øre per kWh, capacity in NOK per year, without VAT and taxes",
}
DWELLINGS = {"husholdning": "home", "fritid": "cabin"}
BUSINESS = {"liten_næring"}
DAYS = {
    "mandag": "monday", "tirsdag": "tuesday", "onsdag": "wednesday", "torsdag": "thursday",
    "fredag": "friday", "lørdag": "saturday", "søndag": "sunday", "ukedag": "weekday",
    "helg": "weekend", "helligdager": "holiday", "fridag": "day_off", "virkedag": "workday",
}  # fmt: skip
MONTHS = (
    "januar", "februar", "mars", "april", "mai", "juni", "juli", "august", "september", "oktober",
    "november", "desember",
)  # fmt: skip
METHODS = {
    "TRE_DØGNMAX_MND": "three_daily_maxima",
    "MND_MAX": "month_maximum",
    "FEM_VEKTET_ÅR": "five_weighted_of_year",
    "OV_TREFASE": "main_fuse",
    "UKJENT": "unknown",
}
KEYS = {
    "company": {"netteier", "gln", "mga", "sist_oppdatert", "kilder", "tariffer"},
    "tariff": {"gyldig_fra", "gyldig_til", "navn", "kundegrupper", "energiledd", "fastledd"},
    "energiledd": {"grunnpris", "unntak"},
    "unntak": {"navn", "timer", "dager", "måneder", "pris"},
    "fastledd": {"metode", "terskel_inkludert", "terskler"},
}


def compile_folder(folder: Path) -> dict[str, Any]:
    """Return the data of every company. Raises ``ValueError`` for what is not understood."""
    files = sorted(folder.glob("*.yml"))
    if not files:
        raise ValueError(f"no .yml in {folder}")
    companies: dict[str, Any] = {}
    for path in files:
        try:
            companies[path.stem] = company(yaml.safe_load(path.read_text(encoding="utf-8")))
        except (KeyError, TypeError, ValueError, yaml.YAMLError) as problem:
            raise ValueError(f"{path.name}: {problem!r}") from problem
    updated = max(each["updated"] for each in companies.values())
    return {**HEAD, "updated": updated, "companies": companies}


def company(raw: Mapping[str, Any]) -> dict[str, Any]:
    """Return one company's data."""
    _known("company", raw)
    tariffs = [tariff(each) for each in raw["tariffer"] if set(each["kundegrupper"]) - BUSINESS]
    for dwelling in DWELLINGS.values():
        _without_overlap([each for each in tariffs if dwelling in each["dwellings"]])
    tariffs.sort(key=lambda each: (each["since"], each["dwellings"]))
    return {
        "name": raw["netteier"].strip(),
        "updated": raw["sist_oppdatert"],
        "sources": raw["kilder"],
        "tariffs": [{key: each[key] for key in each if key != "until"} for each in tariffs],
    }


def tariff(raw: Mapping[str, Any]) -> dict[str, Any]:
    """Return one tariff's data; ``until`` is for checking only."""
    _known("tariff", raw)
    return {
        "since": raw["gyldig_fra"],
        "until": raw.get("gyldig_til"),
        "dwellings": sorted(DWELLINGS[each] for each in set(raw["kundegrupper"]) - BUSINESS),
        "energy": energy(raw["energiledd"]),
        "capacity": capacity(raw["fastledd"]),
    }


def energy(raw: Mapping[str, Any]) -> dict[str, Any]:
    """Return the energy fee's data."""
    _known("energiledd", raw)
    return {
        "base": number(raw["grunnpris"]),
        "exceptions": [exception(each) for each in raw.get("unntak") or ()],
    }


def exception(raw: Mapping[str, Any]) -> dict[str, Any]:
    """Return the data of an exception from the energy fee."""
    _known("unntak", raw)
    found: dict[str, Any] = {"name": raw["navn"], "amount": number(raw["pris"])}
    if raw.get("timer") is not None:
        found["hours"] = sorted(set(hours(raw["timer"])))
    if (days := raw.get("dager") or []) and "alle" not in days:
        found["days"] = sorted(DAYS[day] for day in days)
    if months := raw.get("måneder") or []:
        found["months"] = sorted(MONTHS.index(month) + 1 for month in months)
    return found


def hours(text: str) -> Iterator[int]:
    """Yield the hours of ``6-21``, the last one included; ``22-5`` goes over midnight."""
    first, _, last = text.partition("-")
    begin, end = int(first), int(last)
    if not (0 <= begin <= 23 and 0 <= end <= 23):
        raise ValueError(f"hours {text}")
    yield from range(begin, end + 1) if begin <= end else (*range(begin, 24), *range(end + 1))


def capacity(raw: Mapping[str, Any]) -> dict[str, Any]:
    """Return the capacity fee's data."""
    _known("fastledd", raw)
    return {
        "method": METHODS[raw["metode"]],
        "threshold_included": raw["terskel_inkludert"] is not False,
        "steps": [[number(step["terskel"]), number(step["pris"])] for step in raw["terskler"]],
    }


def number(value: object) -> str:
    """Return a number as its decimals were written."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError(f"not a number: {value!r}")
    return format(Decimal(str(value)).normalize(), "f")


def _known(kind: str, raw: Mapping[str, Any]) -> None:
    if unknown := set(raw) - KEYS[kind]:
        raise ValueError(f"{kind}: unknown {sorted(unknown)}")


def _without_overlap(tariffs: list[dict[str, Any]]) -> None:
    ordered = sorted(tariffs, key=lambda each: each["since"])
    for earlier, later in pairwise(ordered):
        if earlier["since"] == later["since"]:
            raise ValueError(f"two tariffs from {earlier['since']}")
        if earlier["until"] is not None and earlier["until"] > later["since"]:
            raise ValueError(f"overlap at {later['since']}")


def render(data: Mapping[str, Any]) -> str:
    """Return the file's text, a company on each line, so that a change shows which one."""
    head = {key: value for key, value in data.items() if key != "companies"}
    lines = [
        f"    {_compact(company_id)}: {_compact(each)}"
        for company_id, each in data["companies"].items()
    ]
    text = json.dumps(head, ensure_ascii=False, indent=2)
    return f'{text[:-2]},\n  "companies": {{\n{",\n".join(lines)}\n  }}\n}}\n'


def _compact(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def main(arguments: list[str]) -> int:
    """Compile, check that the integration reads it, and write."""
    if len(arguments) != 1:
        print(__doc__, file=sys.stderr)
        return 2
    try:
        text = render(compile_folder(Path(arguments[0])))
        catalogue = GridCatalogue.from_dict(json.loads(text))
    except ValueError as problem:
        print(problem, file=sys.stderr)
        return 1
    TARGET.write_text(text, encoding="utf-8")
    print(f"{TARGET.name}: {len(catalogue.companies)} companies, of {catalogue.updated}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
