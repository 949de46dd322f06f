"""Each numbered statement on security has a test with its number in its name."""

import ast
from pathlib import Path
import re

TESTS = Path(__file__).parents[1]
STATEMENTS = range(1, 22)
_NUMBERED = re.compile(r"test_(?:statement_)?(\d{1,2})_")


def numbers(source: str) -> set[int]:
    """Return the numbers in the names of a file's tests."""
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    names = [node.name for node in ast.walk(ast.parse(source)) if isinstance(node, functions)]
    return {int(found[1]) for name in names if (found := _NUMBERED.match(name))}


def test_every_statement_has_a_test() -> None:
    sources = [path.read_text() for path in TESTS.rglob("test_*.py")]
    tested = set[int]().union(*map(numbers, sources))
    assert tested >= set(STATEMENTS), set(STATEMENTS) - tested


def test_a_number_elsewhere_in_a_name_is_none_of_a_statement() -> None:
    assert numbers("def test_wrong_credentials_get_401(): ...") == set()
    assert numbers("async def test_07_x(): ...\ndef test_statement_11_y(): ...") == {7, 11}
