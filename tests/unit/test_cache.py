"""What is made from packages is made once for all processes, and never taken on trust."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest

from synthkit.cache import FOLDER, kept


class Maker:
    """Counts how often it makes a table."""

    def __init__(self) -> None:
        self.made = 0
        self.packages = ["numpy"]
        self.code: list[Path] = []

    def make(self) -> pa.Table:
        self.made += 1
        return pa.table({"city": ["Lyon", "Malm\u00f6"], "share": [0.1, 1 / 3]})

    def get(self) -> pa.Table:
        return kept("cities", self.make, packages=self.packages, code=self.code)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(FOLDER, str(tmp_path / "cache"))
    return tmp_path / "cache"


def test_it_is_made_once(folder: Path) -> None:
    maker = Maker()
    assert [maker.get().equals(maker.get()) for _ in range(3)] == [True] * 3
    assert maker.made == 1
    assert [each.suffix for each in folder.iterdir()] == [".arrow"]


@pytest.mark.parametrize("harm", ["cut", "changed", "empty"])
def test_what_was_changed_is_made_anew(folder: Path, harm: str) -> None:
    maker = Maker()
    expected = maker.get()
    (path,) = folder.iterdir()
    content = path.read_bytes()
    at = content.index(b"Lyon")
    harmed = {"cut": content[:-9], "empty": b"", "changed": content[:at] + b"M" + content[at + 1 :]}
    path.write_bytes(harmed[harm])
    assert maker.get().equals(expected)
    assert maker.made == 2
    assert path.read_bytes() == content


def test_other_code_and_other_packages_make_their_own(folder: Path, tmp_path: Path) -> None:
    maker = Maker()
    maker.code = [tmp_path / "code.py"]
    for text in ("a = 1", "a = 2"):
        maker.code[0].write_text(text)
        maker.get()
    maker.packages = ["numpy", "pyarrow"]
    maker.get()
    assert maker.made == len(list(folder.iterdir())) == 3
    for number in range(5):
        maker.code[0].write_text(f"b = {number}")
        maker.get()
    assert len(list(folder.iterdir())) == 4


def test_a_folder_that_cannot_be_written_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv(FOLDER, str(tmp_path / "file" / "cache"))
    maker = Maker()
    assert maker.get().equals(maker.get())
    assert maker.made == 2
