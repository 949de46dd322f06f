"""Payloads drawn from the JSON schemas of the ``ocpp`` package, of which parts may be anything.

The hypothesis-jsonschema package does not work with our Hypothesis; OCPP's schemas need little of
what it can do.
"""

from functools import cache
import json
from pathlib import Path
from typing import Any

from hypothesis import strategies as st
import ocpp

from tests.csms.v201.test_properties import paths, put

_FOLDER = Path(ocpp.__file__).parent
_KEPT_2 = ("TransactionEvent", "MeterValues", "StatusNotification", "NotifyEvent")
#: What the books are made of is drawn as often as all the rest.
_KEPT = {
    "1.6": ("StartTransaction", "StopTransaction", "MeterValues", "StatusNotification"),
    "2.0.1": _KEPT_2,
    "2.1": _KEPT_2,
}
#: Nothing is drawn larger than this, whatever the schema allows.
_MOST_TEXT, _MOST_ITEMS = 60, 3
_TIMES = st.sampled_from(
    [
        "2026-11-21T11:59:00Z",
        "2026-10-25T02:30:00+02:00",
        "2026-10-25T02:30:00+01:00",
        "2026-11-21T11:59:00.123456Z",
        "1970-01-01T00:00:00Z",
        "9999-12-31T23:59:59Z",
        "0001-01-01T00:00:00+14:00",
    ]
)
ANYTHING: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=20)
    | st.sampled_from(["NaN", "-1", "1e400", "\ud800", "\x00", "\x1b[31m", 10**400, -(2**63)]),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=6,
)


@cache
def actions(version: str) -> tuple[str, ...]:
    """Return the requests of a version (``1.6``, ``2.0.1`` or ``2.1``), from whichever side."""
    folder = _FOLDER / f"v{version.replace('.', '')}" / "schemas"
    found = {path.stem for path in folder.glob("*.json")}
    # The files of 1.6 are named after the request itself; 2.1 has messages that are no requests.
    ending = "" if version == "1.6" else "Request"
    requests = {name for name in found if name.endswith(ending) and not name.endswith("Response")}
    return tuple(sorted(name.removesuffix(ending) for name in requests))


def names(version: str) -> st.SearchStrategy[str]:
    """Return the names of requests, those that matter most as often as all others."""
    return st.sampled_from(_KEPT[version]) | st.sampled_from(actions(version))


@cache
def schema(version: str, action: str) -> dict[str, Any]:
    """Return the schema of a request."""
    folder = _FOLDER / f"v{version.replace('.', '')}" / "schemas"
    name = action if version == "1.6" else f"{action}Request"
    found: dict[str, Any] = json.loads((folder / f"{name}.json").read_text("utf-8-sig"))
    return found


@cache
def payloads(version: str, action: str) -> st.SearchStrategy[Any]:
    """Return payloads that the schema of a request allows."""
    root = schema(version, action)
    return _values(root, root.get("definitions", {}))


def _values(part: dict[str, Any], definitions: dict[str, Any]) -> st.SearchStrategy[Any]:
    if reference := part.get("$ref"):
        name = reference.rsplit("/", 1)[1]
        return st.deferred(lambda: _values(definitions[name], definitions))
    if "enum" in part:
        return st.sampled_from(part["enum"])
    match part.get("type"):
        case "object":
            return _objects(part, definitions)
        case "array":
            most = min(part.get("maxItems", _MOST_ITEMS), _MOST_ITEMS)
            items = _values(part["items"], definitions)
            return st.lists(items, min_size=min(part.get("minItems", 0), most), max_size=most)
        case "integer":
            return st.integers(part.get("minimum", -5), part.get("maximum", 2**31))
        case "number":
            low, high = part.get("minimum", -1e9), part.get("maximum", 1e9)
            return st.floats(low, high)
        case "boolean":
            return st.booleans()
        case "string" if part.get("format") == "date-time":
            return _TIMES
        case "string":
            most = min(part.get("maxLength", _MOST_TEXT), _MOST_TEXT)
            return st.text(max_size=most) | st.sampled_from(["7", "1.5", "T1"])
        case _:
            return ANYTHING


def _objects(part: dict[str, Any], definitions: dict[str, Any]) -> st.SearchStrategy[Any]:
    properties: dict[str, Any] = part.get("properties", {})
    required = set(part.get("required", ()))
    drawn = {
        name: _values(inner, definitions)
        for name, inner in properties.items()
        if name != "customData"
    }
    return st.fixed_dictionaries(
        {name: values for name, values in drawn.items() if name in required},
        optional={name: values for name, values in drawn.items() if name not in required},
    )


@st.composite
def requests(draw: st.DrawFn, version: str) -> tuple[str, Any]:
    """Draw a request of which up to three parts are anything at all."""
    action = draw(names(version))
    payload = draw(payloads(version, action))
    for _ in range(draw(st.integers(0, 3))):
        if found := paths(payload):
            payload = put(payload, draw(st.sampled_from(found)), draw(ANYTHING))
    return action, payload
