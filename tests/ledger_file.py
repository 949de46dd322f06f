"""The file of a ledger that nothing is in yet."""

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from custom_components.zmartcharge.ledger.engine import open_engine
from custom_components.zmartcharge.ledger.migrations import migrate


def put_empty_ledger(path: Path) -> None:
    """Put an empty ledger where there is none: making one takes many syncs of the disk."""
    if not path.exists():
        path.write_bytes(_empty_ledger())


@cache
def _empty_ledger() -> bytes:
    with TemporaryDirectory() as folder:
        path = Path(folder, "ledger.db")
        engine = open_engine(f"sqlite:///{path}")
        migrate(engine)
        engine.dispose()
        return path.read_bytes()
