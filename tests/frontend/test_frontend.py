"""The card's own tests, and the rules that script/lint holds of it."""

import asyncio
import json
from pathlib import Path
import shutil

import pytest

from script.lib.demo.processes import ROOT
from script.lib.frontend_rules import (
    ENTRY_BUDGET,
    LANGUAGES,
    TRANSLATIONS,
    WHOLE_BUDGET,
    size_problems,
    sizes,
    translation_problems,
    unused_texts,
)


@pytest.mark.e2e
@pytest.mark.timeout(300)
async def test_card_does_in_chromium_what_its_tests_say(socket_enabled: None) -> None:
    tests = await asyncio.create_subprocess_exec(
        "script/frontend",
        "test",
        "--reporter=dot",
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await tests.communicate()
    assert tests.returncode == 0, said.decode()[-4000:]


def test_every_language_has_every_text() -> None:
    assert translation_problems() == []
    assert unused_texts() == []


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"stop": None}, "nb: stop is missing"),
        ({"nothing_else": "mer"}, "nb: nothing_else is not in en"),
        ({"stop": " "}, "nb: stop is empty"),
        ({"minutes": "min"}, "nb: minutes has other placeholders than in en"),
    ],
)
def test_language_that_differs_is_told(
    tmp_path: Path, change: dict[str, str | None], problem: str
) -> None:
    for language in LANGUAGES:
        shutil.copy(TRANSLATIONS / f"{language}.json", tmp_path)
    file = tmp_path / "nb.json"
    texts = json.loads(file.read_text()) | change
    file.write_text(json.dumps({key: text for key, text in texts.items() if text is not None}))
    assert translation_problems(tmp_path) == [problem]


def test_card_is_quick_to_load() -> None:
    assert size_problems(sizes()) == []


def test_card_that_grows_too_large_is_told() -> None:
    assert len(size_problems({"zmartcharge.js": ENTRY_BUDGET + 1, "x.js": WHOLE_BUDGET})) == 2
