"""An account as JSON, and back."""

from typing import Any

from .account import Account, Mark
from .hour import SECOND, Calendar, Hour

# In a state that was tampered with, a time could be beyond every calendar.
_TIMES = range(253_370_764_800 * SECOND)  # until the year 9999


class StateError(ValueError):
    """What was to be the state of the accounts is none, or of another version."""


def write_account(account: Account) -> dict[str, Any]:
    """Return the account as JSON; an hour is a row: start, then the fields of ``Hour``."""
    return {
        "power": _write_mark(account.power),
        "anchor": _write_mark(account.anchor),
        "counted_at": account.counted_at,
        "hours": [
            [
                start,
                hour.fixed,
                hour.fixed_time,
                hour.integrated,
                hour.integrated_time,
                int(hour.estimated),
            ]
            for start, hour in account.hours.items()
        ],
    }


def read_account(state: object, calendar: Calendar) -> Account:
    """Return the account that ``write_account`` wrote; raise ``StateError`` when it did not."""
    match state:
        case {
            "power": power,
            "anchor": anchor,
            "counted_at": counted_at,
            "hours": list(rows),
        }:
            return Account(
                calendar=calendar,
                hours=dict(map(_read_hour, rows)),
                power=_read_mark(power),
                anchor=_read_mark(anchor),
                counted_at=read_time(counted_at),
            )
    raise StateError("not an account")


def read_time(state: object) -> int | None:
    """Return a time (µs), or ``None`` for none; raise ``StateError`` when it is neither."""
    match state:
        case None:
            return None
        case int(at) if at in _TIMES:
            return at
    raise StateError("not a time")


def _read_hour(row: object) -> tuple[int, Hour]:
    match row:
        case [
            int(start),
            int(fixed),
            int(fixed_time),
            int(integrated),
            int(integrated_time),
            int(estimated),
        ] if start in _TIMES and min(fixed, fixed_time, integrated, integrated_time) >= 0:
            return start, Hour(fixed, fixed_time, integrated, integrated_time, bool(estimated))
    raise StateError("not an hour")


def _write_mark(mark: Mark | None) -> list[int] | None:
    return None if mark is None else [mark.at, mark.value]


def _read_mark(state: object) -> Mark | None:
    match state:
        case None:
            return None
        case [int(at), int(value)] if at in _TIMES:
            return Mark(at, value)
    raise StateError("not a time and a value")
