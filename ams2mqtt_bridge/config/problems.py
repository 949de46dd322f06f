"""What is wrong with a configuration, in words for the person who wrote it."""

from dataclasses import dataclass
from typing import override


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake: where it is (file and line, or environment variable), and what to do."""

    where: str
    text: str

    @override
    def __str__(self) -> str:
        return f"{self.where}: {self.text}"


class ConfigError(Exception):
    """The configuration cannot be used; ``problems`` has every mistake, not only the first.

    No message contains the value of a secret.
    """

    def __init__(self, *problems: Problem) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems
