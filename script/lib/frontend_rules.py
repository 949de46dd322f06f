"""What holds of the card: the same texts in every language, and no more to load than a phone likes.

usage: python -m script.lib.frontend_rules
"""

import gzip
import json
from pathlib import Path
import re
import sys

ROOT = Path(__file__).parents[2]
TRANSLATIONS = ROOT / "frontend" / "src" / "translations"
SOURCES = ROOT / "frontend" / "src"
BUILT = ROOT / "custom_components" / "zmartcharge" / "frontend"
LANGUAGES = ("en", "nb", "sv", "da")
#: What every page of Home Assistant loads, and all that there is, in bytes as they are sent (gzip).
ENTRY_BUDGET, WHOLE_BUDGET = 15_000, 80_000
_PLACEHOLDER = re.compile(r"\{\w+\}")


def translation_problems(folder: Path = TRANSLATIONS) -> list[str]:
    """Return where a language lacks a text, has one too many, or other placeholders."""
    texts = {
        language: json.loads((folder / f"{language}.json").read_text()) for language in LANGUAGES
    }
    english, found = texts["en"], []
    for language, own in texts.items():
        found += [f"{language}: {key} is missing" for key in english.keys() - own.keys()]
        found += [f"{language}: {key} is not in en" for key in own.keys() - english.keys()]
        for key in english.keys() & own.keys():
            if sorted(_PLACEHOLDER.findall(own[key])) != sorted(_PLACEHOLDER.findall(english[key])):
                found.append(f"{language}: {key} has other placeholders than in en")
            if not own[key].strip():
                found.append(f"{language}: {key} is empty")
    return sorted(found)


def unused_texts(folder: Path = SOURCES) -> list[str]:
    """Return the texts that no source mentions."""
    sources = "\n".join(path.read_text() for path in sorted(folder.rglob("*.ts")))
    english = json.loads((folder / "translations" / "en.json").read_text())
    return [f"{key} is used nowhere" for key in english if not re.search(rf"\b{key}\b", sources)]


def sizes(folder: Path = BUILT) -> dict[str, int]:
    """Return the bytes of each file as a browser gets it."""
    return {
        path.name: len(gzip.compress(path.read_bytes(), 9)) for path in sorted(folder.glob("*.js"))
    }


def size_problems(found: dict[str, int]) -> list[str]:
    """Return which budget is not kept."""
    problems = []
    if (entry := found["zmartcharge.js"]) > ENTRY_BUDGET:
        problems.append(f"the entry has {entry} bytes, not at most {ENTRY_BUDGET}")
    if (whole := sum(found.values())) > WHOLE_BUDGET:
        problems.append(f"the card has {whole} bytes, not at most {WHOLE_BUDGET}")
    return problems


def main() -> int:
    """Print what is wrong and return the exit status."""
    problems = translation_problems() + unused_texts() + size_problems(sizes())
    for problem in problems:
        print(f"frontend: {problem}")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
