"""A ledger in a file of its own."""

from collections.abc import AsyncGenerator
import logging
from pathlib import Path

import pytest

from custom_components.zmartcharge.ledger import Ledger


@pytest.fixture(autouse=True)
def quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    """Spare the log every statement, which Home Assistant's tests ask for."""
    monkeypatch.setattr(logging.getLogger("sqlalchemy.engine"), "level", logging.WARNING)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return where the ledger's file is."""
    return tmp_path / "ledger.db"


@pytest.fixture
def url(path: Path) -> str:
    """Return the URL of the ledger's file."""
    return f"sqlite:///{path}"


@pytest.fixture
async def ledger(url: str) -> AsyncGenerator[Ledger]:
    """Return an open ledger."""
    opened = await Ledger.open(url)
    yield opened
    await opened.close()
