from collections.abc import Iterator, Mapping
from typing import Any

from .exceptions import ValidationError

class Draft4Validator:
    schema: Mapping[str, Any]
    def __init__(self, schema: Mapping[str, Any]) -> None: ...
    def iter_errors(self, instance: Any) -> Iterator[ValidationError]: ...
