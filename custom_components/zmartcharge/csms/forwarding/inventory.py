"""What a charger told of its variables, as the reports that another system asks for (2.0.1, B07, B08).

The charger is not asked again, and whoever reads this changes nothing: every value is read-only.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
import json

from ..adapter import text_of
from ..errors import InvalidRequestError
from ..rpc import JsonObject
from ..v201.variables import VariableName, objects_of

#: Bytes and variables of one part, so that it is no large frame.
_MOST_BYTES, _MOST_VARIABLES = 16_000, 20
#: Criteria by which a component without such a variable counts as if that were true (B08).
_TRUE_IF_MISSING = {"Active", "Available", "Enabled"}

type Inventory = Mapping[VariableName, str]


def inventory(known: Iterable[tuple[str, str | None]]) -> Inventory:
    """Return what is known by names, without what has no value, or is no variable's name."""
    found: dict[VariableName, str] = {}
    for text, value in known:
        try:
            name = VariableName.parse(text)
        except InvalidRequestError:
            continue
        if value is not None:
            found[name] = value
    return found


def chosen(all_of_it: Inventory, payload: JsonObject) -> Inventory:
    """Return what a GetReport chooses by its components, variables and criteria."""
    wanted = list(objects_of(payload.get("componentVariable")))
    criteria = [str(each) for each in payload.get("componentCriteria", ())]
    found = {
        name: value
        for name, value in all_of_it.items()
        if not wanted or any(_matches(name, each) for each in wanted)
    }
    if not criteria:
        return found
    return {
        name: value
        for name, value in found.items()
        if any(_meets(all_of_it, name, criterion) for criterion in criteria)
    }


def report(request_id: int, values: Inventory, at: datetime) -> tuple[JsonObject, ...]:
    """Return the NotifyReports that tell values, in the order in which they are to be sent."""
    parts: list[list[JsonObject]] = []
    size = _MOST_BYTES
    for name, value in values.items():
        attribute = {"type": "Actual", "value": value, "mutability": "ReadOnly"}
        item = {**name.payload(), "variableAttribute": [attribute]}
        more = len(json.dumps(item))
        if size + more > _MOST_BYTES or len(parts[-1]) >= _MOST_VARIABLES:
            parts.append([])
            size = 0
        parts[-1].append(item)
        size += more
    return tuple(
        {
            "requestId": request_id,
            "generatedAt": text_of(at),
            "seqNo": number,
            "tbc": number < len(parts) - 1,
            "reportData": part,
        }
        for number, part in enumerate(parts)
    )


def _matches(name: VariableName, wanted: JsonObject) -> bool:
    """Tell whether a variable is meant; what is left out of ``wanted`` may be anything."""
    component, variable = wanted["component"], wanted.get("variable", {})
    place = component.get("evse", {})
    return all(
        asked is None or asked == told
        for asked, told in (
            (component["name"], name.component),
            (component.get("instance"), name.instance),
            (place.get("id"), name.evse),
            (place.get("connectorId"), name.connector),
            (variable.get("name"), name.variable),
            (variable.get("instance"), name.variable_instance),
        )
    )


def _meets(all_of_it: Inventory, name: VariableName, criterion: str) -> bool:
    told = [
        value
        for each, value in all_of_it.items()
        if each.variable == criterion
        and (each.component, each.instance, each.evse, each.connector)
        == (name.component, name.instance, name.evse, name.connector)
    ]
    if not told:
        return criterion in _TRUE_IF_MISSING
    return any(value.strip().lower() == "true" for value in told)
