"""The rules of docs/architecture.md about who may import whom, as a check.

usage: python -m script.lib.import_rules
"""

import ast
from collections.abc import Iterator
from pathlib import Path
import sys

ROOT = Path(__file__).parents[2]
INTEGRATION = ROOT / "custom_components" / "zmartcharge"
ROOMS = ("csms", "meter", "price", "plan", "balance", "access", "ledger")
#: plan and ledger may use the price types; every room may use units.
ALLOWED_BETWEEN_ROOMS = {("plan", "price"), ("ledger", "price")}
LIVING = ("hub", "site", "charger", "connector")
SHARED = {"units"}
#: Programs that stand alone, and what of ours they may use.
PROGRAMS = {
    "ams2mqtt_bridge": {"ams2mqtt_bridge"},
    "simulator": {"simulator"},
}
OURS = {"custom_components", "ams2mqtt_bridge", "simulator", "benchmarks", "tests", "script"}


def imports_of(path: Path, package: tuple[str, ...]) -> Iterator[tuple[int, str, bool]]:
    """Yield line, absolute dotted name, and whether only types are meant, of each import."""
    tree = ast.parse(path.read_text())
    type_only = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.If)
        and isinstance(node.test, ast.Name)
        and node.test.id == "TYPE_CHECKING"
        for inner in ast.walk(node)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node.lineno, alias.name, id(node) in type_only
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else ()
            prefix = ".".join((*base, *((node.module,) if node.module else ())))
            if node.level and not node.module:
                for alias in node.names:
                    yield node.lineno, f"{prefix}.{alias.name}", id(node) in type_only
            else:
                yield node.lineno, prefix, id(node) in type_only


def violations() -> list[str]:
    """Return every import that breaks a rule, as ``path:line: why``."""
    found = []
    for path in sorted(INTEGRATION.rglob("*.py")):
        package = path.relative_to(ROOT).parts[:-1]
        for line, name, _ in imports_of(path, package):
            if why := _in_integration(path.relative_to(INTEGRATION).parts, name):
                found.append(f"{path.relative_to(ROOT)}:{line}: {why}")
    for program, allowed in PROGRAMS.items():
        for path in sorted((ROOT / program).rglob("*.py")):
            package = path.relative_to(ROOT).parts[:-1]
            for line, name, _ in imports_of(path, package):
                top = name.partition(".")[0]
                if (top in OURS and top not in allowed) or _is_home_assistant(name, path):
                    found.append(f"{path.relative_to(ROOT)}:{line}: {program} must not know {name}")
    return found + circles()


def _is_home_assistant(name: str, path: Path) -> bool:
    # voluptuous is an alias that importing homeassistant installs; that one import is its price.
    return name.startswith("homeassistant.") or (
        name == "homeassistant" and "config" not in path.stem
    )


def _in_integration(parts: tuple[str, ...], name: str) -> str | None:
    """Return why a module of the integration may not import ``name``, or None."""
    inside = "custom_components.zmartcharge"
    room = parts[0] if parts[0] in ROOMS else None
    if room and (name == "homeassistant" or name.startswith("homeassistant.")):
        return f"the room {room} must not know Home Assistant"
    if not name.startswith(inside + "."):
        return None
    target = name.removeprefix(inside + ".").split(".")
    if room:
        if target[0] == room or target[0] in SHARED or (room, target[0]) in ALLOWED_BETWEEN_ROOMS:
            return None
        return f"the room {room} must not know {target[0]}"
    if target[0] in ROOMS and len(target) > 1:
        return f"{'.'.join(target)} is behind the front door: import from {target[0]}"
    return None


def circles() -> list[str]:
    """Return circles among the integration's modules; imports for types only do not count."""
    graph: dict[str, set[str]] = {}
    for path in INTEGRATION.rglob("*.py"):
        package = path.relative_to(ROOT).parts[:-1]
        module = ".".join((*package, path.stem)).removesuffix(".__init__")
        graph[module] = {
            name for _, name, only_types in imports_of(path, package) if not only_types
        }
    found: list[str] = []
    done: set[str] = set()

    def visit(module: str, trail: tuple[str, ...]) -> None:
        if module in trail:
            circle = [*trail[trail.index(module) :], module]
            found.append("circle: " + " -> ".join(m.rpartition(".")[2] for m in circle))
            return
        if module in done:
            return
        for target in sorted(graph[module] & graph.keys()):
            # A package's front door imports its own files, which is no circle.
            if not module.startswith(target + "."):
                visit(target, (*trail, module))
        done.add(module)

    for module in sorted(graph):
        visit(module, ())
    return found


if __name__ == "__main__":
    problems = violations()
    print("\n".join(problems) or "import rules: ok")
    sys.exit(bool(problems))
