"""Names of variables in the device model (OCPP 2.0.1, part 1, clause 4), as text and as JSON.

As text: ``Component.Variable``, where either may have an ``[instance]``, and the component a place
``#evse`` or ``#evse:connector``: ``DeviceDataCtrlr.ItemsPerMessage[GetVariables]``, ``EVSE#1.Power``.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
import re
from typing import Any, Self, override

from ..errors import InvalidRequestError
from ..inbound import MAX_CONNECTOR
from ..rpc import JsonObject

_MAX_VALUE = 2500
_NAME = re.compile(
    r"(?P<component>[^\[\]#.]{1,50})(\[(?P<instance>[^\[\]]{1,50})\])?"
    r"(#(?P<evse>\d{1,3})(:(?P<connector>\d{1,3}))?)?"
    r"\.(?P<variable>[^\[\]#.]{1,50})(\[(?P<variable_instance>[^\[\]]{1,50})\])?"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class VariableName:
    """A variable of a component; ``evse`` and ``connector`` are where the component is."""

    component: str
    variable: str
    instance: str | None = None
    evse: int | None = None
    connector: int | None = None
    variable_instance: str | None = None

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the name that a text is; raises InvalidRequestError."""
        found = _NAME.fullmatch(text)
        if found is None:
            raise InvalidRequestError(f"{text[:100]} is not Component.Variable")
        evse, connector = found["evse"], found["connector"]
        return cls(
            component=found["component"],
            variable=found["variable"],
            instance=found["instance"],
            evse=None if evse is None else int(evse),
            connector=None if connector is None else int(connector),
            variable_instance=found["variable_instance"],
        )

    @classmethod
    def read(cls, item: JsonObject) -> Self | None:
        """Return the name in an object with ``component`` and ``variable``, None without one."""
        match item:
            case {"component": {"name": str(component)}, "variable": {"name": str(variable)}}:
                evse = item["component"].get("evse")
                place = evse if isinstance(evse, dict) else {}
                return cls(
                    component=component[:50],
                    variable=variable[:50],
                    instance=_text(item["component"].get("instance")),
                    evse=_number(place.get("id")),
                    connector=_number(place.get("connectorId")),
                    variable_instance=_text(item["variable"].get("instance")),
                )
        return None

    @override
    def __str__(self) -> str:
        place = "" if self.evse is None else f"#{self.evse}"
        if place and self.connector is not None:
            place += f":{self.connector}"
        component = f"{self.component}{_bracketed(self.instance)}{place}"
        return f"{component}.{self.variable}{_bracketed(self.variable_instance)}"

    def payload(self) -> JsonObject:
        """Return ``component`` and ``variable`` as a request has them."""
        component: JsonObject = {"name": self.component}
        if self.instance is not None:
            component["instance"] = self.instance
        if self.evse is not None:
            component["evse"] = {"id": self.evse}
            if self.connector is not None:
                component["evse"]["connectorId"] = self.connector
        variable: JsonObject = {"name": self.variable}
        if self.variable_instance is not None:
            variable["instance"] = self.variable_instance
        return {"component": component, "variable": variable}


def read_values(items: object, value: str, attribute: str) -> Iterator[tuple[str, str | None]]:
    """Yield the name and the actual value of each item; ``value`` and ``attribute`` are their keys."""
    for item in objects_of(items):
        if (name := VariableName.read(item)) and item.get(attribute, "Actual") == "Actual":
            yield str(name), _value(item.get(value))


def read_report(items: object) -> Iterator[tuple[str, str | None]]:
    """Yield the name and the actual value of each variable in ``reportData``."""
    for item in objects_of(items):
        if (name := VariableName.read(item)) is None:
            continue
        for attribute in objects_of(item.get("variableAttribute")):
            if attribute.get("type", "Actual") == "Actual":
                yield str(name), _value(attribute.get("value"))
        characteristics = item.get("variableCharacteristics")
        if isinstance(characteristics, dict) and "maxLimit" in characteristics:
            yield limit_name(str(name)), _value(characteristics["maxLimit"])


def limit_name(name: str) -> str:
    """Return under which name the most that a variable can be is reported."""
    return f"{name}.maxLimit"


def objects_of(items: object) -> Iterable[JsonObject]:
    """Return the objects in a JSON list, none where it is no list."""
    return [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []


def _bracketed(instance: str | None) -> str:
    return "" if instance is None else f"[{instance}]"


def _text(value: Any) -> str | None:
    return value[:50] if isinstance(value, str) and value else None


def _number(value: Any) -> int | None:
    is_number = isinstance(value, int) and not isinstance(value, bool)
    return value if is_number and 0 <= value <= MAX_CONNECTOR else None


def _value(value: Any) -> str | None:
    match value:
        case None:
            return None
        case bool():
            return str(value).lower()
        case _:
            return str(value)[:_MAX_VALUE]
