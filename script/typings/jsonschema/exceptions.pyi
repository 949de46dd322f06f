from collections import deque
from collections.abc import Iterable
from typing import Any

class ValidationError(Exception):
    message: str
    validator: str
    validator_value: Any
    instance: Any
    @property
    def absolute_path(self) -> deque[str | int]: ...

def best_match(errors: Iterable[ValidationError]) -> ValidationError | None: ...
