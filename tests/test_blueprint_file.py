"""The copies of the shipped blueprints, each for itself."""

from pathlib import Path

from homeassistant.util.file import WriteError
import pytest

from custom_components.zmartcharge import marked_file
from custom_components.zmartcharge.automation_file import CannotAddError
from custom_components.zmartcharge.blueprint_file import install_blueprints, shipped_blueprints


@pytest.fixture(name="folder")
def folder_fixture(tmp_path: Path) -> Path:
    """Return where the copies are."""
    folder = tmp_path / "blueprints/automation/zmartcharge"
    folder.mkdir(parents=True)
    return folder


@pytest.mark.parametrize("create", [{"load_balancing.yaml"}, shipped_blueprints()])
def test_copy_in_another_encoding_stays_and_keeps_no_other_away(
    tmp_path: Path, folder: Path, create: set[str]
) -> None:
    mine = folder / "cable_forgotten.yaml"
    mine.write_bytes("# på min måte".encode("latin-1"))
    install_blueprints(tmp_path, create=create, language="nb")
    assert mine.read_bytes() == "# på min måte".encode("latin-1")
    assert {each.name for each in folder.iterdir()} == create | {mine.name}


def test_older_copy_that_cannot_be_replaced_keeps_no_other_away(
    tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install_blueprints(tmp_path, create={"cable_forgotten.yaml"}, language="nb")
    older = (folder / "cable_forgotten.yaml").read_text(encoding="utf-8")
    real = marked_file.write_utf8_file_atomic

    def write(path: str, text: str) -> None:
        if path.endswith("cable_forgotten.yaml"):
            raise WriteError("read-only")
        real(path, text)

    monkeypatch.setattr(marked_file, "write_utf8_file_atomic", write)
    install_blueprints(tmp_path, create={"load_balancing.yaml"}, language="sv")
    assert (folder / "load_balancing.yaml").exists()
    assert (folder / "cable_forgotten.yaml").read_text(encoding="utf-8") == older


def test_wanted_copy_that_cannot_be_written_is_told_after_all_others(
    tmp_path: Path, folder: Path
) -> None:
    # Nothing can take the place of a folder.
    (folder / "cable_forgotten.yaml").mkdir()
    with pytest.raises(CannotAddError):
        install_blueprints(tmp_path, create=shipped_blueprints(), language="en")
    assert {each.name for each in folder.iterdir()} == shipped_blueprints()
