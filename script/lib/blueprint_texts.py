"""Checks the blueprints: both copies are one, and every language has the texts that English has.

usage: python -m script.lib.blueprint_texts
"""

from collections.abc import Iterator
from pathlib import Path
import sys
from typing import Any

from homeassistant.util.yaml import load_yaml_dict

from custom_components.zmartcharge.blueprint_text import inputs_of, options_of, read_texts

ROOT = Path(__file__).parents[2]
SHIPPED = ROOT / "custom_components" / "zmartcharge" / "blueprints" / "automation"
PUBLISHED = ROOT / "blueprints" / "automation" / "zmartcharge"
LANGUAGES = ("nb", "sv", "da")


def problems() -> Iterator[str]:
    """Yield what is wrong, if anything is."""
    shipped, published = (
        {path.name for path in each.glob("*.yaml")} for each in (SHIPPED, PUBLISHED)
    )
    yield from (f"{name} is in one folder only" for name in sorted(shipped ^ published))
    for name in sorted(shipped & published):
        if (SHIPPED / name).read_bytes() != (PUBLISHED / name).read_bytes():
            yield f"the copies of {name} differ"
    wanted: dict[str, set[str]] = {
        Path(name).stem: set(_texts_of(load_yaml_dict(SHIPPED / name)["blueprint"]))
        for name in sorted(shipped)
    }
    for language in LANGUAGES:
        texts = read_texts(language)
        common = set(_flat(texts.get("common", {})))
        used: set[str] = set()
        for blueprint, keys in wanted.items():
            own = texts.get(blueprint, {})
            inputs = own.get("input", {})
            found = {key for key in ("name", "description") if key in own} | set(_flat(inputs))
            # What a blueprint says of an input itself stands for all that is common to it.
            shared = {key for key in common & keys if key.partition(".")[0] not in inputs}
            used |= shared
            yield from (
                f"{language}: {blueprint} lacks {key}" for key in sorted(keys - found - shared)
            )
            yield from (f"{language}: {blueprint} has no {key}" for key in sorted(found - keys))
        yield from (f"{language}: nobody needs common {key}" for key in sorted(common - used))
        unknown = texts.keys() - wanted.keys() - {"common"}
        yield from (f"{language}: there is no {blueprint}" for blueprint in sorted(unknown))


def _texts_of(blueprint: dict[str, Any]) -> Iterator[str]:
    yield from ("name", "description")
    for key, each in inputs_of(blueprint):
        yield from (f"{key}.{part}" for part in ("name", "description") if part in each)
        # A language is called what it calls itself.
        if key != "language":
            yield from (f"{key}.options.{option['value']}" for option in options_of(each))


def _flat(texts: dict[str, Any], prefix: str = "") -> Iterator[str]:
    for key, each in texts.items():
        if isinstance(each, dict):
            yield from _flat(each, f"{prefix}{key}.")
        elif each:
            yield f"{prefix}{key}"


if __name__ == "__main__":
    found = list(problems())
    print("\n".join(found) or "blueprints: ok")
    sys.exit(bool(found))
