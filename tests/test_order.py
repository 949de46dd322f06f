"""What the workers of a run of all tests take."""

from pathlib import Path
from typing import cast

import pytest

from .order import arrange


class _Item:
    """As much of a test as is looked at."""

    def __init__(self, name: str, file: str, *marks: pytest.MarkDecorator, hass: bool = False):
        self.name, self.path, self.location = name, Path(file), (file, 0, name)
        self.fixturenames = ["hass"] if hass else []
        self.marks = list(marks)

    def get_closest_marker(self, name: str) -> pytest.Mark | None:
        return next((each.mark for each in self.marks if each.name == name), None)

    def add_marker(self, mark: pytest.MarkDecorator) -> None:
        self.marks.append(mark)

    @property
    def group(self) -> str:
        mark = self.get_closest_marker("xdist_group")
        assert mark is not None
        return str(mark.args[0])


def test_what_waits_comes_first_in_two_groups_then_whole_files_the_longest_first() -> None:
    waits, takes = pytest.mark.e2e, pytest.mark.timeout
    items = [
        _Item("quick", "a.py"),
        _Item("with a house", "b.py", hass=True),
        _Item("without one", "b.py"),
        _Item("waits briefly", "c.py", waits, takes(300)),
        _Item("waits long", "d.py", waits, takes(700)),
        _Item("waits as briefly", "e.py", waits, takes(300)),
        _Item("long itself", "f.py", takes(200)),
    ]
    arrange(cast("list[pytest.Item]", items))
    assert [(item.name, item.group) for item in items] == [
        ("waits long", "waits 0"),
        ("waits briefly", "waits 1"),
        ("waits as briefly", "waits 1"),
        ("long itself", "f.py"),
        ("with a house", "b.py"),
        ("without one", "b.py"),
        ("quick", "a.py"),
    ]
