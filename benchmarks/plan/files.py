"""Reads real prices and sessions from files of comma- or semicolon-separated values.

With a heading, columns are found by their names in any order; without one they are in the order told.
Every time needs its offset from UTC, so that the hour that comes twice in autumn is two hours.
"""

from collections.abc import Iterator, Sequence
import csv
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

from .prices import QUARTER, Series, paid
from .sessions import LEAST, Visit

_POWERS = (3_680, 7_360, 11_040)
#: A session that took more than this share of what there was time for may not have been full.
_FILLED = 0.98

type _Row = tuple[int, dict[str, str]]


def read_prices(path: Path) -> Series:
    """Return the prices of a file with the columns start (ISO 8601) and NOK per kWh.

    They are spot prices without VAT, of hours or quarters without gaps. Raises ``ValueError``, which
    names the line, for what is not, and ``OSError``.
    """
    rows = [
        (line, _time(path, line, row["start"]), _number(path, line, row["nok per kwh"]))
        for line, row in _rows(path, ("start", "NOK per kWh"), ())
    ]
    if len(rows) < 2:
        raise ValueError(f"{path}: less than two prices")
    length = rows[1][1] - rows[0][1]
    if length not in {QUARTER, 4 * QUARTER}:
        raise ValueError(
            f"{path}: line {rows[1][0]}: periods of {length}, not of an hour or a quarter"
        )
    for (_, earlier, _), (line, later, _) in pairwise(rows):
        if later == earlier:
            raise ValueError(
                f"{path}: line {line}: {later.isoformat()} is there twice; in the night that the"
                " clocks are set back the offsets of the two hours differ (+02:00, then +01:00)"
            )
        if later - earlier != length:
            what = "is not in order" if later < earlier else f"follows {later - earlier} later"
            raise ValueError(
                f"{path}: line {line}: {later.isoformat()} {what} (in UTC), not {length} later"
            )
    first = rows[0][1]
    if first.minute or first.second or first.microsecond:
        raise ValueError(f"{path}: line {rows[0][0]}: the first price does not begin on the hour")
    spot = [price for _, _, price in rows for _ in range(length // QUARTER)]
    return Series(path.stem, first, spot, paid(first, spot))


def read_sessions(path: Path, series: Series) -> list[Visit]:
    """Return the sessions of a file with the columns plug-in, plug-out (ISO 8601) and kWh.

    A column kW may give the power, else it is the least of 3.7, 7.4 and 11 that suffices. Sessions
    outside the prices, those of less than half a kWh, and those that cannot have taken what they say
    are left out. Raises ``ValueError``, which names the line, when a value is none or none is left,
    and ``OSError``.
    """
    found = [
        visit
        for line, row in _rows(path, ("plug-in", "plug-out", "kWh"), ("kW",))
        if (visit := _visit(path, line, row, series)) is not None
    ]
    if not found:
        end = series.time(len(series.spot))
        raise ValueError(f"{path}: no session between {series.start} and {end}, where prices are")
    return sorted(found, key=lambda visit: visit.begin)


def _visit(path: Path, line: int, row: dict[str, str], series: Series) -> Visit | None:
    came, left = (_time(path, line, row[name]) for name in ("plug-in", "plug-out"))
    energy = int(_number(path, line, row["kwh"]) * 1000)
    if left <= came:
        raise ValueError(f"{path}: line {line}: plugged out at {left}, before it was plugged in")
    if energy < 0:
        raise ValueError(f"{path}: line {line}: {row['kwh']} kWh is less than nothing")
    begin, end = -((series.start - came) // QUARTER), (left - series.start) // QUARTER
    hours = (end - begin) / 4
    fits = [power for power in _POWERS if power * hours >= energy]
    power = next(iter(fits), 0)
    if row.get("kw"):
        power = int(_number(path, line, row["kw"]) * 1000)
    if not (0 <= begin < end <= len(series.spot) and LEAST <= energy <= power * hours):
        return None
    return Visit(path.stem, begin, end, energy, power, full=energy < _FILLED * power * hours)


def _rows(path: Path, names: Sequence[str], optional: Sequence[str]) -> Iterator[_Row]:
    """Yield the number of each line, and its values by the names of their columns in lower case."""
    wanted = [name.lower() for name in names]
    columns = [*wanted, *(name.lower() for name in optional)]
    with path.open(newline="", encoding="utf-8-sig") as file:
        first = file.readline()
        file.seek(0)
        reader = csv.reader(file, delimiter=";" if ";" in first else ",")
        for number, cells in enumerate(reader):
            row = [cell.strip() for cell in cells]
            if number == 0 and row and not row[0][:1].isdigit():
                columns = [cell.lower() for cell in row]
                if missing := [name for name in names if name.lower() not in columns]:
                    raise ValueError(
                        f"{path}: no column {', '.join(missing)}, only {', '.join(row)}"
                    )
                continue
            if not any(row):
                continue
            values = dict(zip(columns, row, strict=False))
            if any(not values.get(name) for name in wanted):
                raise ValueError(f"{path}: line {reader.line_num}: needs {', '.join(names)}")
            yield reader.line_num, values


def _time(path: Path, line: int, text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{path}: line {line}: {text} is no time (ISO 8601)") from None
    if found.utcoffset() is None:
        raise ValueError(f"{path}: line {line}: {text} has no offset from UTC, such as +01:00 or Z")
    return found.astimezone(UTC)


def _number(path: Path, line: int, text: str) -> float:
    try:
        found = float(text.replace(",", "."))
    except ValueError:
        raise ValueError(f"{path}: line {line}: {text} is no number") from None
    if not abs(found) < 1e6:
        raise ValueError(f"{path}: line {line}: {text} is no number to reckon with")
    return found
