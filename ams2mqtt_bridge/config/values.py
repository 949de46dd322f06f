"""Validators for single settings; each says what is wrong and what to write instead.

Numbers and switches may also be text, because an environment variable always is. Messages never
repeat the value that was given: it may be a secret in the wrong place.
"""

from collections.abc import Callable
from pathlib import Path
import re
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import voluptuous as vol

_HOST_LABEL = re.compile(r"[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?")
_IPV6 = re.compile(r"[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*(%[\w.-]+)?")
_KEY = re.compile(r"[0-9A-Fa-f]{32}")
_MAX_HOST_LENGTH = 253
_MAX_TOPIC_LENGTH = 200
_YES = {"true", "yes", "on", "1"}
_NO = {"false", "no", "off", "0"}


def text(value: Any) -> str:
    """Accept text that is not empty."""
    if not isinstance(value, str):
        raise vol.Invalid("is not text; put it in quotes")
    if not value.strip():
        raise vol.Invalid("is empty; fill it in or remove the line")
    return value


def switch(value: Any) -> bool:
    """Accept true or false, also in words."""
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.lower() in _YES | _NO:
        return value.lower() in _YES
    raise vol.Invalid("is neither true nor false; write one of them")


def whole_number(low: int, high: int, meaning: str) -> Callable[[Any], int]:
    """Accept an integer from ``low`` to ``high``."""

    def validate(value: Any) -> int:
        if isinstance(value, str) and value.strip().isdecimal() and len(value) <= len(str(high)):
            value = int(value)
        if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
            raise vol.Invalid(f"is not {meaning}; give a whole number from {low} to {high}")
        return value

    return validate


def one_of(*numbers: int) -> Callable[[Any], int]:
    """Accept one of the whole numbers."""
    by_text = {str(number): number for number in numbers}

    def validate(value: Any) -> int:
        if isinstance(value, bool) or str(value).strip() not in by_text:
            raise vol.Invalid(f"is not known; write one of: {', '.join(by_text)}")
        return by_text[str(value).strip()]

    return validate


def seconds(low: float, high: float) -> Callable[[Any], float]:
    """Accept a number of seconds from ``low`` to ``high``."""

    def validate(value: Any) -> float:
        try:
            number = float("nan") if isinstance(value, bool) else float(value)
        except TypeError, ValueError, OverflowError:
            number = float("nan")
        if not low <= number <= high:
            raise vol.Invalid(f"is not a time; give seconds from {low:g} to {high:g}")
        return number

    return validate


def choice(*options: str) -> Callable[[Any], str]:
    """Accept one of the words; a number is also a word, because YAML reads 5 as one."""

    def validate(value: Any) -> str:
        if isinstance(value, str | int) and str(value).lower() in options:
            return str(value).lower()
        raise vol.Invalid(f"is not known; write one of: {', '.join(options)}")

    return validate


def unless[T](word: str, validate: Callable[[Any], T]) -> Callable[[Any], T | None]:
    """Accept the word, which becomes ``None``, or what ``validate`` accepts."""

    def either(value: Any) -> T | None:
        if isinstance(value, str) and value.strip().lower() == word:
            return None
        try:
            return validate(value)
        except vol.Invalid as error:
            raise vol.Invalid(f"{error.msg}, or {word}") from error

    return either


port = whole_number(1, 65535, "a port")


def key(value: Any) -> bytes:
    """Accept a key of 16 octets, written as 32 hexadecimal digits."""
    digits = re.sub(r"[\s:-]", "", value) if isinstance(value, str) else ""
    if _KEY.fullmatch(digits) is None:
        raise vol.Invalid(
            "is not a key; copy the 32 hexadecimal digits from the grid company, in quotes"
        )
    return bytes.fromhex(digits)


def time_zone(value: Any) -> ZoneInfo:
    """Accept the name of a time zone (IANA)."""
    try:
        return ZoneInfo(text(value).strip())
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise vol.Invalid("is not a time zone; give a name such as Europe/Oslo") from error


def host(value: Any) -> str:
    """Accept a host name or an IP address."""
    name = text(value).strip()
    labels = name.rstrip(".").split(".")
    if len(name) <= _MAX_HOST_LENGTH and (
        _IPV6.fullmatch(name) or all(map(_HOST_LABEL.fullmatch, labels))
    ):
        return name
    raise vol.Invalid(
        "is not a host; give a name such as homeassistant.local or an IP address, "
        "without mqtt:// and without the port"
    )


def topic(value: Any) -> str:
    """Accept an MQTT topic to publish on (MQTT 3.1.1, clause 4.7)."""
    name = text(value)
    if (
        len(name) > _MAX_TOPIC_LENGTH
        or not name.isprintable()
        or set(name) & set("#+")
        or name[0] in "$/"
        or name.endswith("/")
    ):
        raise vol.Invalid(
            "is not a topic to publish on; give a name such as ams/house, without # and + "
            "and with no / first or last"
        )
    return name


def subscription(value: Any) -> str:
    """Accept an MQTT topic filter to subscribe to (MQTT 3.1.1, clause 4.7)."""
    name = text(value)
    levels = name.split("/")
    wild = [level for level in levels if set(level) & set("#+") and level not in {"#", "+"}]
    if wild or "#" in levels[:-1] or len(name) > _MAX_TOPIC_LENGTH or not name.isprintable():
        raise vol.Invalid("is not a topic to subscribe to; give a name such as amsleser/hex")
    return name


def writable_file(directory: Path) -> Callable[[Any], Path]:
    """Accept the path of a file that may still be missing, in a folder that is there."""

    def validate(value: Any) -> Path:
        path = directory / Path(text(value)).expanduser()
        if path.is_dir() or not path.parent.is_dir():
            raise vol.Invalid(
                f"no file can be made at {path}; a relative path begins in {directory}"
            )
        return path

    return validate


def existing_file(directory: Path) -> Callable[[Any], Path]:
    """Accept the path of a file that exists; a relative one begins in ``directory``."""

    def validate(value: Any) -> Path:
        path = directory / Path(text(value)).expanduser()
        if not path.is_file():
            raise vol.Invalid(f"no file {path}; a relative path begins in {directory}")
        return path

    return validate
